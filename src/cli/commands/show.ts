/** `counterfoil show <id>` and `counterfoil verdict <id>`: one verdict's tree, or one grant's life. */
import type { Command } from 'commander';
import { checklist, type Verdict } from '../../core/verdict.ts';
import { codeId, readCode } from '../../protocols/typed-code/typed-code.ts';
import { action, type Cli } from '../cli.ts';
import type { Environment } from '../environment.ts';
import { EXIT, type ExitCode, UsageError } from '../exit.ts';
import { teach } from '../help.ts';
import { renderTimeline } from '../render/timeline.ts';
import { renderVerdict } from '../render/verdict.ts';

interface ShowOptions {
  readonly all?: boolean;
  readonly asDeveloper?: boolean;
}

const JSON_VERDICT = '{…the verdict with its checks, checklist: [{rule, audience, say}]}';

/** Registers both commands. */
export function registerShow(program: Command, environment: Environment): void {
  const verdict = program.command('verdict <id>').description('one verdict: every check, what to do, what it did');
  verdict
    .option('--all', 'a line for every passed check too')
    .option('--as-developer', 'what the developer of the application sees of it')
    .action(
      action<ShowOptions>(environment, async (cli, { all = false, asDeveloper }, [text = '']) => {
        const kind = kindOf(text);
        return showVerdict(cli, kind?.kind === 'verdict' ? kind.id : text, all, asDeveloper);
      }),
    );
  teach(verdict, {
    examples: [
      'verdict vd_7F3K9A2B4C',
      'verdict http://localhost:5151/r/7F3K9A2B4C',
      'verdict vd_7F3K9A2B4C --as-developer',
    ],
    json: JSON_VERDICT,
  });
  const show = program.command('show <id>').description('a verdict, or the life of a grant or code, by its id');
  show.option('--all', 'a line for every passed check too').action(
    action<ShowOptions>(environment, async (cli, options, [text = '']) => {
      const kind = kindOf(text);
      if (!kind)
        throw new UsageError(`expected an id (vd_, gr_, cd_) or a code, got ${text}`, 'counterfoil verdicts lists ids');
      return showAny(cli, kind, options.all ?? false);
    }),
  );
  teach(show, {
    examples: ['show vd_7F3K9A2B4C', 'show gr_4B2K9A2B4C', "show 'hap5.1-authcode:…'"],
    json: `verdict: ${JSON_VERDICT}; grant or code: {grant, codes, verdicts, effects}`,
  });
}

/** What an id names. */
export interface Named {
  readonly kind: 'verdict' | 'life';
  readonly id: string;
}

const REFERENCE = /^(?:(?:https?:\/\/[^\s?#]+)?\/?r\/)?([0-9A-HJKMNP-TV-Z]{10}|[0-9A-HJKMNP-TV-Z]{26})$/;

/** Reads an id, a reference or its URL, or a code itself; undefined when it is none of them. */
export function kindOf(text: string): Named | undefined {
  const trimmed = text.trim();
  if (/^vd_[0-9A-Z]+$/.test(trimmed)) return { kind: 'verdict', id: trimmed };
  if (/^(gr|cd)_[0-9A-Z]+$/.test(trimmed)) return { kind: 'life', id: trimmed };
  const reference = REFERENCE.exec(trimmed)?.[1];
  if (reference !== undefined) return { kind: 'verdict', id: `vd_${reference}` };
  const read = /^hap5\.1-authcode:/.test(trimmed) ? readCode('authorization_code', trimmed) : undefined;
  return read?.ok ? { kind: 'life', id: codeId('authorization_code', read.body) } : undefined;
}

/** Shows either; exit 0 for a life or an accepted verdict, 1 for a refused one. */
export async function showAny(cli: Cli, named: Named, all: boolean): Promise<ExitCode> {
  if (named.kind === 'verdict') return showVerdict(cli, named.id, all);
  const operations = await cli.operations();
  const [life, at] = await Promise.all([operations.timeline(named.id), operations.status()]);
  if (cli.json) cli.printJson(life);
  else cli.print(renderTimeline(life, cli.style, at));
  return EXIT.ok;
}

async function showVerdict(cli: Cli, id: string, all: boolean, asDeveloper = false): Promise<ExitCode> {
  const operations = await cli.operations();
  const [whole, { now }] = await Promise.all([operations.verdict(id), operations.status()]);
  const verdict = asDeveloper ? await forDeveloper(whole) : whole;
  if (cli.json) cli.printJson({ ...verdict, checklist: checklist(verdict.checks ?? []) });
  else cli.print(renderVerdict(verdict, cli.style, { now, all }));
  return verdict.ok ? EXIT.ok : EXIT.refused;
}

/** As somebody sees it who may see the refusals of its application, and of no other. */
async function forDeveloper(verdict: Verdict): Promise<Verdict> {
  // Loaded only here: it knows every rule of every profile.
  const { seenBy } = await import('../../server/seen-by.ts');
  const { subject } = verdict;
  const seen = subject && seenBy({ role: 'developer', user: '', apps: [subject] }, verdict);
  if (seen) return seen;
  throw new UsageError('the verdict is about no application: no developer sees it', 'leave --as-developer out');
}
