/** `counterfoil share`: a link to one refusal for seven days, ending it, and checking a receipt without any hub. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import {
  SHARE_PARTS,
  type Shared,
  type SharedCheck,
  type SharedRefusal,
  type SharePart,
  type ShareView,
} from '../../server/share-shapes.ts';
import { action, type Cli } from '../cli.ts';
import type { Environment } from '../environment.ts';
import { EXIT, UsageError } from '../exit.ts';
import { teach } from '../help.ts';
import { age } from '../render/age.ts';
import { renderChecklist } from '../render/checklist.ts';
import { differing } from '../render/differ.ts';
import { ruleName } from '../render/id.ts';
import type { Line, Style } from '../render/line.ts';
import { type Column, renderTable } from '../render/table.ts';
import { blanks, mark, span, wrapWords } from '../render/text.ts';
import { using } from './data.ts';
import { kindOf } from './show.ts';

interface ShareOptions {
  readonly with?: string;
  readonly preview?: boolean;
}

const JSON_REFUSAL = '{asked, heard?, why, when, app?, failed, of, checks, todo}';

/** Registers the command and its verbs. */
export function registerShare(program: Command, environment: Environment): void {
  const share = program.command('share').description('a link to one refusal, open to everybody who has it for 7 days');
  share
    .argument('[verdict]', 'the refusal')
    .option(
      '--with <parts>',
      `what goes along: ${SHARE_PARTS.join(', ')} (commas between); nothing of these unless told`,
    )
    .option('--preview', 'show what would be shared, and make no link')
    .action(
      action<ShareOptions>(environment, async (cli, options, [text]) => {
        if (text === undefined) throw new UsageError('expected the id of a refusal', 'counterfoil verdicts --refused');
        return shareOne(cli, kindOf(text)?.id ?? text, options);
      }),
    );
  teach(share, {
    examples: ['share vd_7F3K9A2B4C --preview', 'share vd_7F3K9A2B4C --with values,app', 'share list'],
    json: `{id, verdict, by, at, until, with, link, refusal: ${JSON_REFUSAL}}`,
  });
  registerList(share, environment);
  registerRevoke(share, environment);
  registerVerify(share, environment);
  registerKey(share, environment);
}

async function shareOne(cli: Cli, id: string, options: ShareOptions): Promise<0> {
  const parts = partsIn(options.with ?? '');
  const operations = await cli.operations();
  if (options.preview) {
    const { refusal } = await operations.previewShare(id, parts);
    if (cli.json) cli.printJson(refusal);
    else cli.print(renderRefusal(refusal, cli.style));
    return EXIT.ok;
  }
  const shared = await operations.share(id, parts);
  // Without a seal there is always one.
  if (!shared) throw new Error('nothing was shared');
  if (cli.json) cli.printJson(madeOf(shared));
  else {
    const { now } = await operations.status();
    cli.print([
      ...renderRefusal(shared.refusal, cli.style),
      [],
      [span(cli.style, shared.link, 'strong')],
      [
        span(
          cli.style,
          `ends ${age(shared.until, now)}; to end it now: counterfoil share revoke ${shared.id.slice(0, 13)}`,
          'faint',
        ),
      ],
    ]);
    cli.say(
      'the link is shown this once; copies that others make of it cannot be recalled, and follow their own policies',
    );
  }
  return EXIT.ok;
}

function madeOf({ path: _, ...rest }: Shared): Omit<Shared, 'path'> {
  return rest;
}

function partsIn(text: string): readonly SharePart[] {
  const named = text.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));
  const unknown = named.find((part) => !(SHARE_PARTS as readonly string[]).includes(part));
  if (unknown !== undefined)
    throw new UsageError(`--with: expected ${SHARE_PARTS.join(', ')}, got ${unknown}`, 'counterfoil share --help');
  return named as readonly SharePart[];
}

/** What is shared, as it is read. */
function renderRefusal(refusal: SharedRefusal, style: Style): Line[] {
  const { asked, heard, why, when, app, failed, of, checks, todo } = refusal;
  const facts = [asked, ...(app === undefined ? [] : [app]), ...(heard === undefined ? [] : [`heard ${heard}`]), when];
  return [
    [mark(style, 'fail', 'bad'), blanks(1), span(style, `refused · ${failed} of ${of} checks failed`, 'bad')],
    [blanks(2), span(style, facts.join(' · '), 'faint')],
    ...wrapWords(span(style, why).text, style.width - 2).map((line): Line => [blanks(2), span(style, line)]),
    [],
    ...checks.flatMap((check) => checkLines(check, style)),
    ...(todo.length > 0 ? [[], ...renderChecklist(todo, style)] : []),
  ];
}

function checkLines({ rule, outcome, say, detail, expected, presented }: SharedCheck, style: Style): Line[] {
  const tone = outcome === 'fail' ? 'bad' : 'caution';
  const told = wrapWords(span(style, detail === undefined ? say : `${say}: ${detail}`).text, style.width - 4);
  const fact = (name: string, line: Line): Line => [blanks(4), span(style, name.padEnd(9), 'faint'), ...line];
  return [
    [blanks(2), mark(style, outcome, tone), blanks(1), span(style, ruleName(rule), 'strong')],
    ...told.map((line): Line => [blanks(4), span(style, line, 'caution')]),
    ...(expected === undefined ? [] : [fact('expected', [span(style, expected)])]),
    ...(presented === undefined ? [] : [fact('got', differing(expected, presented, style))]),
  ];
}

function registerList(share: Command, environment: Environment): void {
  const list = share
    .command('list')
    .description('links that are open')
    .action(
      action(environment, async (cli) => {
        const operations = await cli.operations();
        const [shares, { now }] = await Promise.all([operations.shares(), operations.status()]);
        if (cli.json) cli.printJson(shares);
        else if (shares.length === 0) cli.say('nothing is shared');
        else cli.print(renderTable(shares, columns(now), cli.style));
        return EXIT.ok;
      }),
    );
  teach(list, { examples: ['share list'], json: '[{id, verdict, by, at, until, with}], times in milliseconds' });
}

function columns(now: number): Column<ShareView>[] {
  return [
    { label: 'id', tone: 'id', whole: true, text: ({ id }) => id.slice(0, 13) },
    { label: 'verdict', tone: 'id', whole: true, text: ({ verdict }) => verdict.slice(0, 13) },
    { label: 'by', text: ({ by }) => by },
    { label: 'made', text: ({ at }) => age(at, now) },
    { label: 'ends', text: ({ until }) => age(until, now) },
    { label: 'with', tone: 'faint', text: (share) => share.with.join(', ') },
  ];
}

function registerRevoke(share: Command, environment: Environment): void {
  const revoke = share
    .command('revoke <id>')
    .description('end a link at once; copies cannot be recalled')
    .action(
      action(environment, async (cli, _options, [id = '']) => {
        const operations = await cli.operations();
        const ended = await operations.revokeShare(id);
        if (cli.json) cli.printJson(ended);
        else cli.print([[span(cli.style, `${ended.id.slice(0, 13)}: ended, the link answers 410 from now on`)]]);
        return EXIT.ok;
      }),
    );
  teach(revoke, { examples: ['share revoke sh_7F3K9A2B4C'], json: '{id, verdict}' });
}

function registerVerify(share: Command, environment: Environment): void {
  const verify = share.command('verify <receipt>').description('check a receipt: offline, with a hub’s public key');
  verify.requiredOption('--public-key <file>', 'the hub’s public key: PEM, or the keys as the hub serves them').action(
    action<{ readonly publicKey: string }>(environment, async (cli, { publicKey }, [file = '']) => {
      const { readReceipt, readPublicKey } = await import('../../server/share-receipt.ts');
      const text = await using(file, () => readFileSync(file, 'utf8'));
      const pem = await using(publicKey, () => readFileSync(publicKey, 'utf8'));
      const read = await readReceipt(
        text,
        orUsage(publicKey, () => readPublicKey(pem)),
      );
      if (cli.json) cli.printJson(read);
      else if (read.ok) {
        const { hub, shared, refusal } = read.receipt;
        const first = [mark(cli.style, 'pass', 'good'), blanks(1)];
        cli.print([
          [...first, span(cli.style, `signed by ${hub}, shared on ${shared}`, 'good')],
          [],
          ...renderRefusal(refusal, cli.style),
        ]);
      } else cli.print([[mark(cli.style, 'fail', 'bad'), blanks(1), span(cli.style, read.say, 'bad')]]);
      return read.ok ? EXIT.ok : EXIT.refused;
    }),
  );
  teach(verify, {
    examples: ['share verify refusal-receipt.txt --public-key keys.json'],
    json: `{ok, receipt: {hub, shared, refusal: ${JSON_REFUSAL}}} or {ok, cause, say}`,
  });
}

function orUsage<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch {
    throw new UsageError(`expected an Ed25519 public key in ${file}`, 'counterfoil share key prints the hub’s own');
  }
}

function registerKey(share: Command, environment: Environment): void {
  const key = share
    .command('key')
    .description('print the public key that receipts are checked with')
    .action(
      action(environment, async (cli) => {
        const keys = await (await cli.operations()).receiptKeys();
        if (cli.json) cli.printJson(keys.jwks);
        else
          cli.print(
            keys.pem
              .trim()
              .split('\n')
              .map((line) => [span(cli.style, line)]),
          );
        return EXIT.ok;
      }),
    );
  teach(key, { examples: ['share key > hub.pem'], json: '{keys: [{kty, crv, x, kid, alg, use}]}' });
}
