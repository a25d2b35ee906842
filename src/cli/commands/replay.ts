/** `counterfoil replay <id> --set k=v`: the same case judged again, with something said differently. */
import type { Command } from 'commander';
import { leaves, type Outcome, type Verdict } from '../../core/verdict.ts';
import { action } from '../cli.ts';
import type { Environment } from '../environment.ts';
import { EXIT, UsageError } from '../exit.ts';
import { collect, teach } from '../help.ts';
import { ruleName, shortId } from '../render/id.ts';
import type { Line, Style } from '../render/line.ts';
import { blanks, displayWidth, mark, padLine, span } from '../render/text.ts';
import { renderVerdict } from '../render/verdict.ts';

interface ReplayOptions {
  readonly set?: readonly string[];
  readonly all?: boolean;
}

/** A rule whose outcome, or cause, is another one now. */
interface Change {
  readonly rule: string;
  readonly from: { readonly outcome: Outcome; readonly cause?: string } | undefined;
  readonly to: { readonly outcome: Outcome; readonly cause?: string } | undefined;
}

/** Registers the command. */
export function registerReplay(program: Command, environment: Environment): void {
  const command = program
    .command('replay <verdict>')
    .description('judge a kept case again; changes nothing')
    .option('--set <name=value>', 'as if this had been presented; repeat for more', collect)
    .option('--all', 'a line for every passed check too');
  command.action(
    action<ReplayOptions>(environment, async (cli, options, [id = '']) => {
      const set = readSettings(options.set ?? []);
      const operations = await cli.operations();
      const [before, after, { now }] = await Promise.all([
        operations.verdict(id),
        operations.replay(id, set),
        operations.status(),
      ]);
      const changes = compare(before, after);
      if (cli.json) cli.printJson({ before, after, changes });
      else {
        cli.print([
          ...renderVerdict(after, cli.style, { now, all: options.all ?? false, judgedOnly: true }),
          [],
          ...changeLines(changes, before, cli.style),
        ]);
      }
      return after.ok ? EXIT.ok : EXIT.refused;
    }),
  );
  teach(command, {
    examples: [
      'replay vd_7F3K9A2B4C',
      'replay vd_7F3K9A2B4C --set settings=now      with the application as it is registered today',
      'replay vd_7F3K9A2B4C --set redirect_uri=com.myapp:/callback --set client_id=my_app_123',
    ],
    json: '{before, after, changes: [{rule, from: {outcome, cause?}, to: {outcome, cause?}}]}',
  });
}

/** `name=value` pairs; a value may hold `=`. */
function readSettings(pairs: readonly string[]): Record<string, string> {
  const set = new Map<string, string>();
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    if (equals < 1)
      throw new UsageError(`--set: expected name=value, got ${pair}`, 'try --set redirect_uri=com.myapp:/callback');
    const name = pair.slice(0, equals);
    if (set.has(name)) throw new UsageError(`--set: ${name} is set twice`, 'set each name once');
    set.set(name, pair.slice(equals + 1));
  }
  return Object.fromEntries(set);
}

/** The rules that came out otherwise, in the new tree's order, then those that are gone. */
function compare(before: Verdict, after: Verdict): Change[] {
  const index = (v: Verdict): Map<string, Change['from']> =>
    new Map(
      leaves(v.checks ?? []).map((c) => [
        c.id,
        { outcome: c.outcome, ...(c.cause !== undefined && { cause: c.cause.id }) },
      ]),
    );
  const old = index(before);
  const fresh = index(after);
  return [...new Set([...fresh.keys(), ...old.keys()])]
    .map((rule) => ({ rule, from: old.get(rule), to: fresh.get(rule) }))
    .filter(({ from, to }) => from?.outcome !== to?.outcome || from?.cause !== to?.cause);
}

function changeLines(changes: readonly Change[], before: Verdict, style: Style): Line[] {
  const against = `against ${shortId(before.id)}`;
  if (changes.length === 0) return [[span(style, 'Changed'.padEnd(12), 'strong'), span(style, `nothing, ${against}`)]];
  const side = (s: Change['from']): Line =>
    s ? [mark(style, s.outcome, s.outcome === 'fail' ? 'bad' : s.outcome === 'pass' ? 'good' : 'faint')] : [blanks(1)];
  const causes = ({ from, to }: Change): string =>
    [from?.cause, to?.cause].filter((c) => c !== undefined).join(' then ');
  const widest = Math.max(...changes.map(({ rule }) => displayWidth(ruleName(rule))));
  return [
    [span(style, 'Changed'.padEnd(12), 'strong'), span(style, against, 'faint')],
    ...changes.map(
      (change): Line => [
        blanks(2),
        ...side(change.from),
        blanks(1),
        mark(style, 'arrow', 'faint'),
        blanks(1),
        ...side(change.to),
        blanks(2),
        ...padLine([span(style, ruleName(change.rule))], widest + 3),
        span(style, causes(change), 'faint'),
      ],
    ),
  ];
}
