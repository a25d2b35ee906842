/**
 * One code, sixteen callers at the same moment, over HTTP: how many of them get tokens? One would be right (RFC 6749
 * §4.1.2). oidc-provider beside the hub, on its memory adapter, where nothing ever waits, and on two that do, as every
 * adapter of a database must: its contract gives them no way to say that somebody else was first.
 *
 *   node bench/race.ts [--rounds N] [--json FILE]
 *
 * Then the same with one refresh token, and whether the app is still signed in afterwards: whether what any of the
 * sixteen was given can be refreshed once more.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startPostgres } from '../test/support/postgres.ts';
import { type RunningPeer, startPeer } from './peers/child.ts';
import { formPost, givesTokens, load } from './peers/load.ts';
import { exchangeForm, refreshForm, refreshTokenOf } from './peers/setting.ts';
import { type Measure, report } from './report.ts';

const CALLERS = 16;

interface Scene {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
}

/** What one server did in all rounds. */
interface Outcome {
  readonly codeWinners: readonly number[];
  /** Different refresh tokens that one refresh token was turned into. */
  readonly successors: readonly number[];
  /** Rounds after whose refresh race the app could go on. */
  readonly signedIn: number;
}

const post = (peer: RunningPeer, form: string): Buffer => formPost(peer.port, '/token', form);

/** Sends the same form from all callers at once, and answers who got tokens. */
async function raced(peer: RunningPeer, form: string): Promise<readonly Buffer[]> {
  const requests = Array.from({ length: CALLERS }, () => post(peer, form));
  const { answers } = await load(peer.port, requests, { callers: CALLERS, accept: () => true });
  return answers.filter(givesTokens);
}

/** Whether one of these tokens can be refreshed. */
async function anyRefreshes(peer: RunningPeer, tokens: Iterable<string>): Promise<boolean> {
  for (const token of tokens) {
    const { answers } = await load(peer.port, [post(peer, refreshForm(token))], { accept: () => true });
    if (answers.some(givesTokens)) return true;
  }
  return false;
}

async function race(peer: RunningPeer, rounds: number): Promise<Outcome> {
  const codeWinners: number[] = [];
  const successors: number[] = [];
  let signedIn = 0;
  for (let round = 0; round < rounds; round++) {
    const [first = '', second = ''] = await peer.mint(2);
    codeWinners.push((await raced(peer, exchangeForm(first))).length);
    const { answers } = await load(peer.port, [post(peer, exchangeForm(second))]);
    const tokens = answers.map(refreshTokenOf);
    const given = new Set((await raced(peer, refreshForm(tokens[0] ?? ''))).map(refreshTokenOf));
    successors.push(given.size);
    if (await anyRefreshes(peer, given)) signedIn++;
  }
  return { codeWinners, successors, signedIn };
}

function measuresOf(name: string, { codeWinners, successors, signedIn }: Outcome): Measure[] {
  console.log(`${name}: winners per round ${codeWinners.join(' ')}; refresh successors ${successors.join(' ')}`);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const wide = `${CALLERS} callers, ${name}`;
  return [
    { name: `one code, ${wide}: mean`, unit: 'winners', value: mean(codeWinners), ratios: {} },
    { name: `one code, ${wide}: most`, unit: 'winners', value: Math.max(...codeWinners), ratios: {} },
    { name: `one refresh token, ${wide}: most`, unit: 'successors', value: Math.max(...successors), ratios: {} },
    { name: `still signed in, ${wide}`, unit: '%', value: (signedIn / codeWinners.length) * 100, ratios: {} },
  ];
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: '12' }, json: { type: 'string' } } });
  const folder = mkdtempSync(join(tmpdir(), 'counterfoil-bench-'));
  const server = await startPostgres();
  const { url, schema } = server.place();
  const scenes: readonly Scene[] = [
    { name: 'counterfoil in memory', file: 'counterfoil', args: ['memory'] },
    { name: 'counterfoil on SQLite', file: 'counterfoil', args: ['sqlite', join(folder, 'race.db')] },
    { name: 'counterfoil on PostgreSQL', file: 'counterfoil', args: ['postgres', url, schema] },
    { name: 'oidc-provider, its memory adapter', file: 'oidc-provider', args: [] },
    { name: 'oidc-provider, the same 1 ms away', file: 'oidc-provider', args: ['away'] },
    { name: 'oidc-provider, SQLite adapter', file: 'oidc-provider', args: ['sqlite', join(folder, 'oidc.db')] },
    { name: 'node-oauth2-server, three Maps', file: 'oauth2-server', args: [] },
  ];
  const measures: Measure[] = [];
  try {
    for (const { name, file, args } of scenes) {
      const peer = await startPeer(file, args);
      try {
        measures.push(...measuresOf(name, await race(peer, Number(values.rounds))));
      } finally {
        await peer.stop();
      }
    }
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true });
  }
  report(measures, values.json === undefined ? [] : ['--json', values.json]);
}

await main();
