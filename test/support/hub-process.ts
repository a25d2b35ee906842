/** The hub as people run it: a process of its own, on a database file, with everything it prints kept. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts');

/** The process, and its files. */
export interface HubProcess {
  readonly issuer: string;
  /** The database file. */
  readonly db: string;
  /** Everything printed so far, on either stream. */
  printed(): string;
  /** Runs a command of the command line against the running hub; answers its JSON. */
  cli<T>(args: readonly string[], stdin?: string): T;
  /** Each file beside the database (write-ahead log and all), its bytes as they are now. */
  files(): ReadonlyMap<string, Buffer>;
  /** Asks it to stop, and waits until it has. */
  stop(): Promise<void>;
  signal(name: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): void;
  /** How it ended, when it has: by itself, with a code, or by a signal. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  /** Throws the files away. */
  remove(): void;
}

/** Starts one on a free port. @throws when it does not come up */
export async function startHubProcess(): Promise<HubProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'counterfoil-'));
  const db = join(folder, 'hub.db');
  const args = [MAIN, 'start', '--port', '0', '--db', db, '--no-demo'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], env: quiet() });
  const over = once(child, 'close') as Promise<[number | null, string | null]>;
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  }
  const issuer = await issuerOf(child, () => text);
  return {
    issuer,
    printed: () => text,
    cli: (command, stdin = '') => {
      const out = execFileSync(process.execPath, [MAIN, '--db', db, '--json', ...command], {
        input: stdin,
        env: quiet(),
      });
      return JSON.parse(out.toString('utf8'));
    },
    files: () => {
      const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
      return new Map(names.map(({ name }) => [name, readFileSync(join(folder, name))]));
    },
    db,
    ended: over.then(([code, signal]) => ({ code, signal })),
    signal: (name) => {
      child.kill(name);
    },
    async stop() {
      if (child.exitCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'close');
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function quiet(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], HOME: tmpdir(), LANG: 'C.UTF-8' };
}

async function issuerOf(child: ChildProcess, printed: () => string): Promise<string> {
  const over = once(child, 'close');
  for (;;) {
    const found = /http:\/\/localhost:\d+/.exec(printed())?.[0];
    if (found !== undefined) return found;
    const ended = await Promise.race([over.then(() => true), once(child.stdout ?? child, 'data').then(() => false)]);
    if (ended) throw new Error(`the hub did not come up: ${printed()}`);
  }
}
