/**
 * `npm run test:timing`, with `-- --samples N` (10,000 unless told), `--only CLASS`, `--hold MS` (2 unless told: what every
 * hub has would take hours; 0 measures what is not held) and `--json FILE`. How to read what it prints: `README.md` beside
 * this file.
 *
 * Exit code 0: nothing differs by its class's bound. 1: something does. 3: the run says nothing (the null control fired,
 * or a planted leak was missed), so that its silence must not be believed.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openSqlite } from '../../src/store/sqlite/open.ts';
import { type ErrorClass, prepareClasses } from './classes.ts';
import { type Findings, findingsOf } from './findings.ts';
import { type Asked, measure, WARM_UP } from './measure.ts';
import { leaksOf, meansSomething, reportOf, summaryOf } from './report.ts';

/** A file system in memory, where there is one: waiting for a disk would hide all but the coarsest leaks. */
const MEMORY = '/dev/shm';

const { values } = parseArgs({
  options: {
    samples: { type: 'string', default: '10000' },
    only: { type: 'string' },
    hold: { type: 'string', default: '2' },
    json: { type: 'string' },
  },
});
if (!/^[1-9]\d{1,5}$/.test(values.samples) || !/^\d{1,3}$/.test(values.hold)) {
  console.error('expected: node test/timing/study.ts [--samples N] [--only CLASS] [--hold MS] [--json FILE]');
  console.error('N from 10 to 999999, MS from 0 to 999');
  process.exit(2);
}
process.exit(await study(Number(values.samples), Number(values.hold), values.only, values.json));

async function study(
  samples: number,
  holdMs: number,
  only: string | undefined,
  json: string | undefined,
): Promise<number> {
  const folder = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), 'counterfoil-timing-'));
  try {
    const path = join(folder, 'hub.db');
    const classes = await prepared(path, samples + WARM_UP);
    const found: Findings[] = [];
    for (const one of classes.filter(({ id }) => only === undefined || id === only)) {
      const rounds = Math.max(10, Math.round(samples * one.share));
      const taken = await withHub(path, holdMs, (asked) => measure(asked, one, rounds));
      const findings = findingsOf(one, taken, holdMs);
      console.log(`${reportOf(findings)}\n`);
      await expectVerdicts(path, one);
      found.push(findings);
    }
    if (json !== undefined) writeFileSync(json, `${JSON.stringify(found, null, 2)}\n`);
    return conclude(found);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function prepared(path: string, count: number): Promise<readonly ErrorClass[]> {
  const opened = openSqlite({ path });
  const classes = await prepareClasses(opened.store, opened.registry, count);
  await opened.close();
  return classes;
}

/** The causes were really met, each of them: the verdicts say so. */
async function expectVerdicts(path: string, { id, causes }: ErrorClass): Promise<void> {
  const { store, close } = openSqlite({ path });
  for (const { name, verdict } of causes) {
    if (verdict === undefined || (await store.find('verdicts', { cause: verdict, limit: 1 })).length > 0) continue;
    throw new Error(`${id}, ${name}: expected verdicts with the cause ${verdict}, found none`);
  }
  await close();
}

async function withHub<T>(path: string, holdMs: number, use: (asked: Asked) => Promise<T>): Promise<T> {
  const child = fork(join(import.meta.dirname, 'child.ts'), [path, String(holdMs)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const over = once(child, 'exit');
  try {
    const [told] = await Promise.race([once(child, 'message'), over.then(() => [undefined])]);
    if (!told) throw new Error('expected the hub to come up, but it ended');
    const { port, startedNs } = told as { port: number; startedNs: string };
    return await use({ port, holdMs, startedNs: BigInt(startedNs) });
  } finally {
    child.kill('SIGTERM');
    await over;
  }
}

function conclude(found: readonly Findings[]): number {
  const deaf = found.filter((one) => !meansSomething(one));
  for (const { id } of deaf) console.log(`${id}: this run says nothing; take more samples, or a quieter machine`);
  const leaking = found.filter((one) => leaksOf(one).length > 0);
  for (const one of leaking) console.log(summaryOf(one));
  if (deaf.length > 0) return 3;
  return leaking.length > 0 ? 1 : 0;
}
