/**
 * How long until the hub answers, and how much memory it takes: the command as people run it, on a new SQLite file,
 * from its start to the first 200 of its metadata; from source and as built for the package.
 *
 *   node bench/ready.ts [--rounds N] [--json FILE]
 *
 * The yardstick is Node itself with an empty HTTP server, started the same way. Memory is what the system counts as
 * resident, right after the start and after 20,000 exchanges.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { oauthConfig } from '../src/server/config.ts';
import { deriveKeys, masterKey } from '../src/server/keys.ts';
import { localOperations } from '../src/server/local.ts';
import { openSqlite } from '../src/store/sqlite/open.ts';
import { ROOT, run } from '../tools/run.ts';
import { formPost, load } from './peers/load.ts';
import { median } from './peers/median.ts';
import { mintBatch } from './peers/mint.ts';
import { CLIENT_ID, exchangeForm, REDIRECT_URI, SCOPE } from './peers/setting.ts';
import { type Measure, report } from './report.ts';

const METADATA = '/.well-known/oauth-authorization-server';
const EXCHANGES = 20_000;
const BATCH = 2_000;
const EMPTY = `require('node:http').createServer((_, res) => res.end()).listen(0, '127.0.0.1', function () {
  console.log('http://localhost:' + this.address().port) })`;

/** A started command that has answered. */
interface Started {
  readonly child: ChildProcess;
  readonly port: number;
  readonly readyMs: number;
}

/** Starts Node with these arguments, and waits for the first 200 at the address it prints. */
async function start(args: readonly string[]): Promise<Started> {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('COUNTERFOIL_'));
  const env = { ...Object.fromEntries(own), NODE_ENV: 'production' };
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env });
  const port = await new Promise<number>((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += text.length < 10_000 ? chunk.toString() : '';
      const found = /http:\/\/localhost:(\d+)/.exec(text)?.[1];
      if (found !== undefined) resolve(Number(found));
    });
    child.once('exit', (code) =>
      reject(new Error(`expected ${args.join(' ')} to print its address, it ended with ${code}`)),
    );
  });
  const { status } = await fetch(`http://127.0.0.1:${port}${METADATA}`);
  if (status !== 200) throw new Error(`expected 200, got ${status}`);
  return { child, port, readyMs: performance.now() - startedAt };
}

async function stop({ child }: Started): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

function residentMegabytes(pid: number | undefined): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)])) / 1_000;
}

/** Milliseconds to ready of each command, in turns; the first round fills the system's caches and is not counted. */
async function readyTimes(commands: readonly (() => readonly string[])[], rounds: number): Promise<number[][]> {
  const times: number[][] = commands.map(() => []);
  for (let round = -1; round < rounds; round++) {
    for (const [i, args] of commands.entries()) {
      const started = await start(args());
      await stop(started);
      if (round >= 0) times[i]?.push(started.readyMs);
    }
  }
  return times;
}

/** Memory of the hub after its start, and after exchanging codes minted into its file from outside. */
async function memory(main: string, db: string): Promise<readonly [atStart: number, after: number]> {
  const started = await start([main, 'start', '--no-demo', '--port', '0', '--db', db]);
  const outside = openSqlite({ path: db });
  try {
    const atStart = residentMegabytes(started.child.pid);
    const { store, registry } = outside;
    const master = masterKey(`${db}.key`);
    const operations = localOperations({ store, registry, data: db, master });
    await operations.addApp(CLIENT_ID, { redirectUris: [REDIRECT_URI], scopes: [SCOPE] });
    const config = oauthConfig(`http://localhost:${started.port}`, started.port);
    const deps = { store, registry, keys: deriveKeys(master), config };
    for (let done = 0; done < EXCHANGES; done += BATCH) {
      const codes = await mintBatch(deps, BATCH);
      await load(
        started.port,
        codes.map((code) => formPost(started.port, '/token', exchangeForm(code))),
      );
    }
    return [atStart, residentMegabytes(started.child.pid)];
  } finally {
    await outside.close();
    await stop(started);
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: '9' }, json: { type: 'string' } } });
  const folder = mkdtempSync(join(tmpdir(), 'counterfoil-bench-'));
  // Inside the checkout, so that what is built finds its packages.
  const built = mkdtempSync(join(ROOT, 'node_modules', '.bench-'));
  try {
    if (run(`node tools/build.ts "${join(built, 'dist')}"`) !== 0) throw new Error('expected the build to succeed');
    copyFileSync(join(ROOT, 'package.json'), join(built, 'package.json'));
    const source = join(ROOT, 'src/cli/main.ts');
    let files = 0;
    const hub = (main: string) => (): readonly string[] => [
      ...[main, 'start', '--no-demo', '--port', '0'],
      ...['--db', join(folder, `${files++}.db`)],
    ];
    const commands = [() => ['-e', EMPTY], hub(source), hub(join(built, 'dist/cli/bin.js'))];
    const [bare = [], fromSource = [], packaged = []] = await readyTimes(commands, Number(values.rounds));
    const [atStart, after] = await memory(join(built, 'dist/cli/bin.js'), join(folder, 'memory.db'));
    const row = (name: string, times: readonly number[]): Measure => ({
      name,
      unit: 'ms',
      value: median(times),
      ratios: { bare: median(times.map((ms, round) => ms / (bare[round] ?? Number.NaN))) },
    });
    report(
      [
        { name: 'ready: bare Node', unit: 'ms', value: median(bare), ratios: {} },
        row('ready: from source', fromSource),
        row('ready: as packaged', packaged),
        { name: 'memory after the start', unit: 'MB', value: atStart, ratios: {} },
        { name: 'memory after 20,000 exchanges', unit: 'MB', value: after, ratios: { 'the start': after / atStart } },
      ],
      values.json === undefined ? [] : ['--json', values.json],
    );
  } finally {
    rmSync(built, { recursive: true });
    rmSync(folder, { recursive: true });
  }
}

await main();
