/**
 * One node and two on one PostgreSQL: code for tokens, 64 callers in all, rounds in turns.
 *
 *   node bench/nodes.ts [--rounds N] [--json FILE]
 *
 * Loader, nodes and database share this machine: with two cores a second node has no core of its own, and what this
 * shows is that two nodes lose nothing to each other, not how far they scale.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { startPostgres } from '../test/support/postgres.ts';
import { type RunningPeer, startPeer } from './peers/child.ts';
import { CALLERS, formPost, load } from './peers/load.ts';
import { median } from './peers/median.ts';
import { exchangeForm } from './peers/setting.ts';
import { report } from './report.ts';

const REQUESTS = 2_000;

/** Exchanges `REQUESTS` codes, shared out among the nodes; requests a second of all together. */
async function rate(nodes: readonly RunningPeer[]): Promise<number> {
  const share = REQUESTS / nodes.length;
  const posts: (readonly Buffer[])[] = [];
  for (const node of nodes) {
    // Minted by one, exchanged by another where there is another: nodes keep nothing of their own.
    const codes = await (nodes.at(-1 - posts.length) ?? node).mint(share);
    posts.push(codes.map((code) => formPost(node.port, '/token', exchangeForm(code))));
  }
  const startedAt = performance.now();
  await Promise.all(nodes.map((node, i) => load(node.port, posts[i] ?? [], { callers: CALLERS / nodes.length })));
  return (REQUESTS / (performance.now() - startedAt)) * 1_000;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: '9' }, json: { type: 'string' } } });
  const server = await startPostgres();
  const nodes: RunningPeer[] = [];
  try {
    const { url, schema } = server.place();
    for (let node = 0; node < 2; node++) nodes.push(await startPeer('counterfoil', ['postgres', url, schema]));
    const one: number[] = [];
    const two: number[] = [];
    // The first two rounds warm up and are not counted.
    for (let round = -2; round < Number(values.rounds); round++) {
      const rates = [await rate(nodes.slice(0, 1)), await rate(nodes)] as const;
      if (round < 0) continue;
      one.push(rates[0]);
      two.push(rates[1]);
    }
    const ratio = median(two.map((value, round) => value / (one[round] ?? Number.NaN)));
    report(
      [
        { name: 'one node on PostgreSQL', unit: 'ops/s', value: median(one), ratios: {} },
        { name: 'two nodes on PostgreSQL', unit: 'ops/s', value: median(two), ratios: { 'one node': ratio } },
        { name: 'cores they all share', unit: 'cores', value: availableParallelism(), ratios: {} },
      ],
      values.json === undefined ? [] : ['--json', values.json],
    );
  } finally {
    for (const node of nodes) await node.stop();
    await server.stop();
  }
}

await main();
