/** `counterfoil fix <verdict> [id]`: what the hub can do about a refusal: the plan, and, when it is agreed to, doing it. */
import type { Command } from 'commander';
import type { Impact } from '../../profiles/oauth/fixes.ts';
import type { Fixes, Outlook, PlannedFix } from '../../server/fixes-shapes.ts';
import { OperationError } from '../../server/operations.ts';
import { action, type Cli } from '../cli.ts';
import type { Environment } from '../environment.ts';
import { EXIT, type ExitCode, UsageError } from '../exit.ts';
import { teach } from '../help.ts';
import { shortId } from '../render/id.ts';
import type { Line, Style } from '../render/line.ts';
import { blanks, span } from '../render/text.ts';

interface FixOptions {
  readonly yes?: boolean;
}

/** Registers the command. */
export function registerFix(program: Command, environment: Environment): void {
  const command = program
    .command('fix <verdict> [id]')
    .description('what can be done about a refusal in the registration: the plan, and doing it')
    .option('--yes', 'do not ask');
  command.action(
    action<FixOptions>(environment, async (cli, options, [verdict = '', id]) => {
      const operations = await cli.operations();
      const fixes = await operations.fixes(verdict);
      const chosen = choose(fixes, id);
      if (!chosen) {
        if (options.yes && fixes.fixes.length > 1)
          throw new UsageError('there are several fixes: name one', `there is ${idsOf(fixes).join(', ')}`);
        show(cli, fixes);
        return fixes.fixes.length > 0 ? EXIT.ok : EXIT.refused;
      }
      // With --json and without --yes the plan is the answer, for a program to look at.
      if (cli.json && !options.yes) {
        cli.printJson({ ...fixes, fixes: [chosen] });
        return EXIT.ok;
      }
      if (!cli.json) cli.print(planLines(chosen, fixes, cli.style));
      if (!options.yes && !(await cli.confirm(`${chosen.say}?`))) return EXIT.refused;
      return apply(cli, fixes, chosen);
    }),
  );
  teach(command, {
    examples: ['fix vd_7F3K9A2B4C', 'fix vd_7F3K9A2B4C register-redirect-uri', 'fix vd_7F3K9A2B4C enable-scopes --yes'],
    json: '{verdict, app?, today?, fixes: [{id, rule, say, changes: [{item, from, to}], impact: [{kind, say}], would?, then, seal}]}; with --yes {outcome: "applied", app, secret?, then, today?}',
  });
}

/** The one that is named, or the only one there is. @throws UsageError for a name that none has */
function choose({ fixes }: Fixes, id: string | undefined): PlannedFix | undefined {
  if (id === undefined) return fixes.length === 1 ? fixes[0] : undefined;
  const found = fixes.find((fix) => fix.id === id);
  if (found || fixes.length === 0) return found;
  throw new UsageError(`no fix of this verdict is called ${id}`, `there is ${idsOf({ fixes }).join(', ')}`);
}

function idsOf({ fixes }: Pick<Fixes, 'fixes'>): readonly string[] {
  return fixes.map(({ id }) => id);
}

async function apply(cli: Cli, { verdict }: Fixes, fix: PlannedFix): Promise<ExitCode> {
  const operations = await cli.operations();
  const came = await operations.applyFix(verdict, fix.id, fix.seal);
  if (came.outcome === 'stale')
    throw new OperationError('something has changed since the plan was made: nothing was done, look at it again');
  const { today } = await operations.fixes(verdict);
  if (cli.json) {
    cli.printJson({ ...came, ...(today && { today }) });
    return EXIT.ok;
  }
  const { style } = cli;
  cli.print([[span(style, 'done', 'good'), blanks(2), span(style, came.then)]]);
  if (came.secret !== undefined) {
    cli.print([[blanks(2), span(style, 'secret'.padEnd(14), 'faint'), span(style, came.secret)]]);
    cli.say('the secret is shown this once: only its hash is kept');
  }
  if (today && fix.would) cli.print([outlookLine('judged again with today’s settings: ', today, style)]);
  return EXIT.ok;
}

function show(cli: Cli, fixes: Fixes): void {
  if (cli.json) {
    cli.printJson(fixes);
    return;
  }
  const [first] = fixes.fixes;
  if (first) {
    cli.print(fixes.fixes.flatMap((fix) => [...planLines(fix, fixes, cli.style), []]));
    cli.say(`to do one: counterfoil fix ${shortId(fixes.verdict)} ${first.id}`);
    return;
  }
  if (fixes.today?.ok) cli.say('judged again with today’s settings it passes: there is nothing left to do here');
  else
    cli.say(
      `there is nothing in the registration that would take this away: counterfoil show ${shortId(fixes.verdict)}`,
    );
}

const KINDS: Readonly<Record<Impact['kind'], string>> = { means: 'means', risk: 'careful', stays: 'stays' };
const LABEL = 10;

function planLines({ id, say, changes, impact, would }: PlannedFix, { app }: Fixes, style: Style): Line[] {
  const row = (label: string, text: string): Line => [
    blanks(2),
    span(style, label.padEnd(LABEL), label === KINDS.risk ? 'caution' : 'faint'),
    span(style, text),
  ];
  return [
    [span(style, id, 'id'), blanks(2), span(style, say, 'strong'), span(style, ` of ${app?.id ?? ''}`, 'faint')],
    ...changes.map(({ item, from, to }) => row('changes', `${item}: ${from} -> ${to}`)),
    ...impact.map(({ kind, say: words }) => row(KINDS[kind], words)),
    ...(would ? [[blanks(2 + LABEL), ...outlookLine('the request that was refused: ', would, style)]] : []),
  ];
}

function outlookLine(before: string, { ok, say, rule }: Outlook, style: Style): Line {
  return ok
    ? [span(style, before), span(style, 'passes', 'good')]
    : [span(style, before), span(style, 'still refused', 'bad'), span(style, `: ${say ?? rule ?? ''}`)];
}
