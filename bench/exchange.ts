/**
 * Code for tokens, and a refresh of each: a public app with PKCE, opaque tokens, 64 callers, over HTTP. Each server is a
 * process of its own, the loader another; all take turns in every round on fresh codes, and a ratio is the median over
 * rounds of two rates of the same round. `bench/README.md` says what is compared with what, and how to read it.
 *
 *   node bench/exchange.ts [--only NAME,NAME] [--rounds N] [--json FILE] [--prof FOLDER]
 *
 * `--only bare,sqlite` leaves the others out; `--prof` writes a `.cpuprofile` of each server into the folder.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type PostgresServer, startPostgres } from '../test/support/postgres.ts';
import { type Counted, type RunningPeer, startPeer } from './peers/child.ts';
import { fsyncMs } from './peers/fsync.ts';
import { formPost, load } from './peers/load.ts';
import { median } from './peers/median.ts';
import { exchangeForm, refreshForm, refreshTokenOf } from './peers/setting.ts';
import { type Measure, report } from './report.ts';

const KINDS = ['exchange', 'refresh'] as const;
type Kind = (typeof KINDS)[number];

/** One run of one server. */
interface Run {
  readonly perSecond: number;
  /** Requests for each second of processor time of the server's process; a database's own process is not in it. */
  readonly perCpuSecond: number;
  readonly loaderShare: number;
  /** Writes that shared a transaction, on average; NaN where the store does not say. */
  readonly together: number;
}

interface Contender {
  readonly name: string;
  readonly peer: RunningPeer;
  readonly runs: Readonly<Record<Kind, Run[]>>;
  /** Requests in a run; settled by the warm-up. */
  requests: number;
}

/** How long a run should last: many transactions, and short enough for the machine to be the same for the next one. */
const RUN_MS = 600;
const WARM_UP_REQUESTS = 2_000;
const WARM_UP_MS = 8_000;
const PROFILED_RUNS = 3;

/** Servers that everybody is compared with, where they take part. */
const YARDSTICKS = ['bare', 'oidc-provider', 'node-oauth2-server'];

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string', default: '9' },
    json: { type: 'string' },
    prof: { type: 'string' },
  },
});

const tokenPost = (peer: RunningPeer, form: string): Buffer => formPost(peer.port, '/token', form);

async function run(peer: RunningPeer, requests: readonly Buffer[]): Promise<Run & { answers: readonly Buffer[] }> {
  const before = await peer.usage();
  const { perSecond, answers, loaderShare } = await load(peer.port, requests);
  const after = await peer.usage();
  const perCpuSecond = requests.length / ((after.cpuMicros - before.cpuMicros) / 1e6);
  return { perSecond, perCpuSecond, loaderShare, together: togetherIn(before.counters, after.counters), answers };
}

function togetherIn(before: Counted | undefined, after: Counted | undefined): number {
  if (!before || !after) return Number.NaN;
  return (after.intents - before.intents) / (after.transactions - before.transactions);
}

/** Exchanges fresh codes, then refreshes each token that came of it, once. */
async function turn(peer: RunningPeer, requests: number): Promise<Record<Kind, Run>> {
  const posts = (forms: readonly string[]): Buffer[] => forms.map((form) => tokenPost(peer, form));
  const exchange = await run(peer, posts((await peer.mint(requests)).map(exchangeForm)));
  const refresh = await run(peer, posts(exchange.answers.map((answer) => refreshForm(refreshTokenOf(answer)))));
  return { exchange, refresh };
}

/** The same bytes as the hub answers, headers in its order and without those that Node writes itself. */
async function bareLike(hub: RunningPeer, execArgv: readonly string[]): Promise<RunningPeer> {
  const [code = ''] = await hub.mint(1);
  const { answers } = await load(hub.port, [tokenPost(hub, exchangeForm(code))]);
  const [head = '', body = ''] = answers[0]?.toString('latin1').split('\r\n\r\n') ?? [];
  const fields = head
    .split('\r\n')
    .slice(1)
    .map((line: string) => line.split(/: (.*)/s).slice(0, 2));
  const own = fields.filter(([name = '']) => !/^(?:date|connection|keep-alive)$/i.test(name));
  return startPeer('bare', [head.slice(9, 12), JSON.stringify(own.flat()), body], execArgv);
}

/** Starts who takes part, into `contenders`, so that whatever fails, what was started can be stopped. */
async function start(folder: string, contenders: Contender[], servers: PostgresServer[]): Promise<void> {
  const execArgv = options.prof === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${options.prof}`];
  const only = options.only?.split(',');
  const enter = (name: string, peer: RunningPeer): number =>
    contenders.push({ name, peer, runs: { exchange: [], refresh: [] }, requests: 0 });
  const starts: Readonly<Record<string, () => Promise<RunningPeer>>> = {
    sqlite: () => startPeer('counterfoil', ['sqlite', join(folder, 'exchange.db')], execArgv),
    memory: () => startPeer('counterfoil', ['memory'], execArgv),
    postgres: async () => {
      const server = await startPostgres();
      servers.push(server);
      const { url, schema } = server.place();
      return startPeer('counterfoil', ['postgres', url, schema], execArgv);
    },
    'oidc-provider': () => startPeer('oidc-provider', [], execArgv),
    'node-oauth2-server': () => startPeer('oauth2-server', [], execArgv),
  };
  for (const [name, begin] of Object.entries(starts)) {
    if (!only || only.includes(name)) enter(name, await begin());
  }
  const hub = contenders[0];
  if (hub && (!only || only.includes('bare'))) enter('bare', await bareLike(hub.peer, execArgv));
}

async function measure(contenders: readonly Contender[], rounds: number): Promise<void> {
  for (const contender of contenders) {
    // A server's code is compiled while it runs: by the clock, so that each is as warm as it gets.
    let requests = WARM_UP_REQUESTS;
    for (const end = performance.now() + WARM_UP_MS; performance.now() < end; ) {
      const { exchange } = await turn(contender.peer, requests);
      requests = Math.round((exchange.perSecond * RUN_MS) / 1_000);
    }
    contender.requests = requests;
  }
  for (let round = 0; round < rounds; round++) {
    // Another one goes first each time: what one leaves behind for the disk, the next one waits for.
    const first = round % contenders.length;
    for (const { peer, requests, runs } of [...contenders.slice(first), ...contenders.slice(0, first)]) {
      const { exchange, refresh } = await turn(peer, requests);
      runs.exchange.push(exchange);
      runs.refresh.push(refresh);
    }
  }
}

/** One figure for each server, beside the yardsticks' of the same rounds. */
function figures(
  contenders: readonly Contender[],
  kind: Kind,
  unit: string,
  nameOf: (name: string) => string,
  of: (run: Run) => number,
): Measure[] {
  return contenders.map(({ name, runs }) => {
    const own = runs[kind].map(of);
    const yardsticks = contenders.filter((other) => other.name !== name && YARDSTICKS.includes(other.name));
    const ratios = yardsticks.map((other) => {
      const theirs = other.runs[kind].map(of);
      return [other.name, median(own.map((value, round) => value / (theirs[round] ?? Number.NaN)))] as const;
    });
    return { name: nameOf(name), unit, value: median(own), ratios: Object.fromEntries(ratios) };
  });
}

/** Where the hub's time goes while it exchanges; apart from the rounds, because sampling costs. */
async function verdictShares({ name, peer, requests }: Contender): Promise<Measure[]> {
  const codes = await peer.mint(requests * PROFILED_RUNS);
  const posts = codes.map((code) => tokenPost(peer, exchangeForm(code)));
  await peer.profile();
  await load(peer.port, posts);
  const profile = await peer.profiled();
  const all = Object.values(profile).reduce((sum, ms) => sum + ms, 0);
  const share = (...groups: string[]): number =>
    (groups.reduce((sum, group) => sum + (profile[group] ?? 0), 0) / all) * 100;
  return [
    { name: `verdicts, share of the profile on ${name}`, unit: '%', value: share('judging', 'keeping'), ratios: {} },
    { name: 'of it judging', unit: '%', value: share('judging'), ratios: {} },
    { name: 'of it keeping', unit: '%', value: share('keeping'), ratios: {} },
  ];
}

async function figuresOf(contenders: readonly Contender[], folder: string): Promise<Measure[]> {
  const sqlite = contenders.find(({ name }) => name === 'sqlite');
  // The names of these two tables differ, so that whoever looks for `exchange sqlite` finds one figure.
  const rates = KINDS.flatMap((kind) =>
    figures(
      contenders,
      kind,
      'ops/s',
      (name) => `${kind} ${name}`,
      (run) => run.perSecond,
    ),
  );
  const byCpu = KINDS.flatMap((kind) =>
    figures(
      contenders,
      kind,
      'ops/CPU-s',
      (name) => `CPU: ${CPU_WORDS[kind]}, ${name}`,
      (run) => run.perCpuSecond,
    ),
  );
  return [
    ...rates,
    ...byCpu,
    ...(sqlite ? await verdictShares(sqlite) : []),
    { name: 'fdatasync', unit: 'ms', value: fsyncMs(folder), ratios: {} },
    ...contenders.flatMap(({ name, runs }) => {
      const value = median(runs.exchange.map((run) => run.together));
      return Number.isNaN(value) ? [] : [{ name: `writes in a transaction: ${name}`, unit: '', value, ratios: {} }];
    }),
    ...contenders.map(({ name, runs }) => ({
      name: `loader's share of a core: ${name}`,
      unit: '%',
      value: median(runs.exchange.map((run) => run.loaderShare)) * 100,
      ratios: {},
    })),
  ];
}

const CPU_WORDS: Readonly<Record<Kind, string>> = { exchange: 'code for tokens', refresh: 'token renewed' };

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'counterfoil-bench-'));
  const contenders: Contender[] = [];
  const servers: PostgresServer[] = [];
  try {
    await start(folder, contenders, servers);
    await measure(contenders, Number(options.rounds));
    report(await figuresOf(contenders, folder), options.json === undefined ? [] : ['--json', options.json]);
  } finally {
    for (const { peer } of contenders) await peer.stop();
    for (const server of servers) await server.stop();
    rmSync(folder, { recursive: true });
  }
}

await main();
