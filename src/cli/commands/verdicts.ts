/** `counterfoil verdicts`: every attempt, newest first; with `--follow`, as they come. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type { Verdict } from '../../core/verdict.ts';
import type { Operations } from '../../server/operations.ts';
import type { Query } from '../../store/port.ts';
import { action, type Cli, jsonText } from '../cli.ts';
import type { Environment } from '../environment.ts';
import { EXIT, UsageError } from '../exit.ts';
import { teach } from '../help.ts';
import { addQueryOptions, type QueryOptions, readQuery } from '../query.ts';
import { age, clock } from '../render/age.ts';
import { came } from '../render/came.ts';
import { ruleName, shortId } from '../render/id.ts';
import type { Style } from '../render/line.ts';
import { type Column, renderTable } from '../render/table.ts';

interface VerdictsOptions extends QueryOptions {
  readonly cause?: string;
  readonly rule?: string;
  readonly ok?: boolean;
  readonly refused?: boolean;
  readonly follow?: boolean;
}

const FOLLOW_MS = 1_000;
const QUERY_MAX = 1_000;
/** Width from which the wire error has a column of its own; the rule says more. */
const HEARD_FROM = 110;

/** Registers the command. */
export function registerVerdicts(program: Command, environment: Environment): void {
  const command = addQueryOptions(program.command('verdicts').description('every attempt and what came of it'))
    .option('--rule <id>', 'only those that this rule decided, as the list names it')
    .option('--cause <id>', 'a cause or a rule, as the list names them')
    .option('--ok', 'accepted ones only')
    .option('--refused', 'refused ones only')
    .option('--follow', 'go on, and print new ones as they come');
  command.action(
    action<VerdictsOptions>(environment, async (cli, options) => {
      if (options.ok && options.refused) throw new UsageError('--ok and --refused leave nothing', 'keep one of them');
      const operations = await cli.operations();
      const { now } = await operations.status();
      const query = readQuery(options, now);
      const verdicts = await select(operations, query, options);
      if (options.follow) return follow(cli, operations, { query, options, now, first: verdicts });
      if (cli.json) cli.printJson(verdicts);
      else if (verdicts.length === 0) cli.say('no such verdicts: nothing was presented, or the filters leave nothing');
      else
        cli.print(
          renderTable(
            verdicts,
            columns((v) => age(v.at, now), false, cli.style),
            cli.style,
          ),
        );
      return EXIT.ok;
    }),
  );
  teach(command, {
    examples: [
      'verdicts --refused --since 10m',
      'verdicts --client my_app_123 --rule redirect-uri-exact',
      'verdicts --rule code-unused --cause replay',
      'verdicts --follow',
    ],
    json: '[{id, profile, action, ok, decisive?, cause?, refusal?, subject?, source?, grant?, code?, at, times, checks?, consequence?}]; with --follow one per line',
  });
}

type Selected = Query & { readonly limit: number };

/**
 * The store knows no outcome, and takes a rule or a cause but not both: the rest is picked from as many rows as it gives.
 * Its rules have their profile before them; the list prints them without, so they can be given back that way.
 */
async function select(
  operations: Operations,
  query: Selected,
  { ok, refused, cause, rule }: VerdictsOptions,
): Promise<Verdict[]> {
  const both = rule !== undefined && cause !== undefined;
  const narrowed = ok || refused || both ? { ...query, limit: QUERY_MAX } : query;
  const decided = async (by: string): Promise<readonly Verdict[]> => operations.verdicts({ ...narrowed, cause: by });
  let found: readonly Verdict[];
  if (rule !== undefined) found = await decided(fullName(rule));
  else if (cause === undefined) found = await operations.verdicts(narrowed);
  else {
    found = await decided(cause);
    if (found.length === 0) found = await decided(fullName(cause));
  }
  return found
    .filter((v) => (ok ? v.ok : refused ? !v.ok : true) && (!both || v.cause === cause))
    .slice(0, query.limit);
}

function fullName(rule: string): string {
  return rule.includes('.') ? rule : `oauth.${rule}`;
}

interface Following {
  readonly query: Selected;
  readonly options: VerdictsOptions;
  readonly now: number;
  readonly first: readonly Verdict[];
}

/** Equal refusals grow one row for a minute, so that long a row may come again with more `times`. */
const GROWING_MS = 65_000;

/** Polls until the reader goes away or Ctrl-C. What was printed is remembered with its count, so that nothing comes twice. */
async function follow(cli: Cli, operations: Operations, { query, options, now, first }: Following): Promise<never> {
  const stopped = new AbortController();
  cli.environment.stdout.once('error', () => stopped.abort());
  let since = now;
  let seen = new Set(first.map(keyOf));
  let fresh = first.toReversed();
  let heading = true;
  for (;;) {
    if (fresh.length > 0) printFresh(cli, fresh, heading);
    heading &&= fresh.length === 0;
    since = Math.max(since, ...fresh.map((v) => v.at));
    await sleep(FOLLOW_MS, undefined, { signal: stopped.signal });
    const found = await select(operations, { ...query, since: since - GROWING_MS, limit: QUERY_MAX }, options);
    const known = new Set([...seen, ...fresh.map(keyOf)]);
    fresh = found.filter((v) => !known.has(keyOf(v)) && (v.at >= now || v.times > 1)).toReversed();
    seen = new Set([...found.map(keyOf)]);
  }
}

function keyOf({ id, times }: Verdict): string {
  return `${id} ${times}`;
}

function printFresh(cli: Cli, fresh: readonly Verdict[], heading: boolean): void {
  if (cli.json) {
    for (const verdict of fresh) cli.environment.stdout.write(`${jsonText(verdict, 0)}\n`);
    return;
  }
  const lines = renderTable(
    fresh,
    columns((v) => clock(v.at, cli.style), true, cli.style),
    cli.style,
  );
  cli.print(heading ? lines : lines.slice(1));
}

/** With `steady`, columns are wide enough that parts printed one after another line up. */
function columns(when: (verdict: Verdict) => string, steady: boolean, style: Style): Column<Verdict>[] {
  const heard: Column<Verdict> = { label: 'heard', tone: 'faint', text: (v) => v.refusal ?? '' };
  const least = (width: number): { least?: number } => (steady ? { least: width } : {});
  return [
    { label: 'id', tone: 'id', whole: true, text: (v) => shortId(v.id) },
    { label: 'when', whole: true, ...least(8), text: when },
    {
      label: 'came',
      whole: true,
      ...least(8),
      tone: (v) => came(v).tone,
      text: (v) => came(v).word,
    },
    { label: 'what', spare: true, ...least(9), text: (v) => v.action },
    { label: 'client', ...least(12), text: (v) => v.subject ?? '' },
    { label: 'rule', ...least(18), text: (v) => (v.decisive === undefined ? '' : ruleName(v.decisive)) },
    { label: 'cause', ...least(10), text: (v) => v.cause ?? '' },
    ...(style.width >= HEARD_FROM ? [heard] : []),
    { label: 'times', ...least(5), text: (v) => (v.times > 1 ? String(v.times) : '') },
  ];
}
