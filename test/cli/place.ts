/** A folder with the command line in it: commands run as people run them, each a process of its own. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Verdict } from '../../src/core/verdict.ts';
import { connectAdmin } from '../../src/server/admin-client.ts';
import { adminPath } from '../../src/server/admin-path.ts';
import type { Operations } from '../../src/server/operations.ts';

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts');

/** What a command printed and how it ended. */
export interface Ran {
  readonly args: readonly string[];
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** What a command gets beside its arguments. */
export interface Given {
  readonly stdin?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
}

/** A hub that runs in the folder. */
export interface Running {
  readonly issuer: string;
  /** Over its admin socket, as a command does it: for what a test needs beside the commands that it is about. */
  readonly operations: Operations;
  /** Everything on stdout so far, and on stderr. */
  out(): string;
  err(): string;
  /** Presses keys, that is, writes to its stdin. */
  press(keys: string): void;
  /** Ends its stdin. */
  hangUp(): void;
  /** Waits until stdout matches from `after` on; answers how long stdout is then. @throws when the hub ends first */
  until(pattern: RegExp, after?: number): Promise<number>;
  /** Sends the signal, if any, and waits for the end; answers the exit code, or the signal that killed it. */
  end(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals | null>;
  /** Posts a form to `/token`. */
  token(form: Readonly<Record<string, string | undefined>>, headers?: Readonly<Record<string, string>>): Promise<Reply>;
}

/** What a client heard, and the verdict that it refers to. */
export interface Reply {
  readonly status: number;
  readonly body: string;
  /** `vd_` and the reference; empty for a success. */
  readonly verdict: string;
}

/** The folder. */
export interface Place {
  readonly folder: string;
  cf(args: readonly string[], given?: Given): Promise<Ran>;
  /** Runs with `--json` and answers the value. @throws when nothing was printed */
  json<T>(args: readonly string[], given?: Given): Promise<T>;
  start(args?: readonly string[]): Promise<Running>;
  verdict(id: string): Promise<Verdict & { readonly checklist: readonly { rule: string; say: string }[] }>;
  /** Kills what still runs, and removes the folder. */
  close(): Promise<void>;
}

/** Makes one. */
export function openPlace(): Place {
  const folder = mkdtempSync(join(tmpdir(), 'cf-cli-'));
  const hubs: ChildProcessWithoutNullStreams[] = [];
  const launch = (args: readonly string[], env: Given['env'] = {}) =>
    spawn(process.execPath, [MAIN, ...args], {
      cwd: folder,
      env: { PATH: process.env['PATH'], HOME: folder, LANG: 'C.UTF-8', TZ: 'UTC', ...env },
    });
  const cf = async (args: readonly string[], { stdin = '', env }: Given = {}): Promise<Ran> => {
    const child = launch(args, env);
    const [out, err] = [collected(child.stdout), collected(child.stderr)];
    // a command that does not read its input may be gone before it is written
    child.stdin.on('error', () => undefined).end(stdin);
    const [code] = (await once(child, 'close')) as [number | null];
    return { args, code, out: out(), err: err() };
  };
  const json = async <T>(args: readonly string[], given?: Given): Promise<T> => {
    const ran = await cf(['--json', ...args], given);
    if (ran.out === '') throw new Error(`expected JSON of ${args.join(' ')}, got: ${ran.err}`);
    return JSON.parse(ran.out) as T;
  };
  return {
    folder,
    cf,
    json,
    start: async (args = ['--no-demo']) => {
      const child = launch(['start', '--port', '0', ...args]);
      hubs.push(child);
      return running(child, join(folder, 'counterfoil.db'));
    },
    verdict: (id) => json(['verdict', id]),
    async close() {
      for (const child of hubs) {
        if (child.exitCode === null && child.signalCode === null) {
          child.kill('SIGKILL');
          await once(child, 'close');
        }
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function collected(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString('utf8');
}

async function running(child: ChildProcessWithoutNullStreams, db: string): Promise<Running> {
  const [out, err] = [collected(child.stdout), collected(child.stderr)];
  const closed = once(child, 'close').then(() => true);
  const until = async (pattern: RegExp, after = 0): Promise<number> => {
    for (;;) {
      const text = out();
      if (pattern.test(text.slice(after))) return text.length;
      const over = await Promise.race([closed, once(child.stdout, 'data').then(() => false)]);
      if (over) throw new Error(`expected ${pattern} before the end, got: ${out().slice(after)}${err()}`);
    }
  };
  await until(/ready in/);
  const issuer = /http:\/\/localhost:\d+/.exec(out())?.[0] ?? '';
  const operations = await connectAdmin(await adminPath(db));
  if (!operations) throw new Error(`expected an admin socket beside ${db}`);
  return {
    issuer,
    operations,
    out,
    err,
    until,
    press: (keys) => void child.stdin.write(keys),
    hangUp: () => void child.stdin.end(),
    async end(signal) {
      if (signal) child.kill(signal);
      await closed;
      return child.exitCode ?? child.signalCode;
    },
    async token(form, headers = {}) {
      const body = new URLSearchParams(
        Object.entries(form).filter((pair): pair is [string, string] => pair[1] !== undefined),
      );
      const answer = await fetch(`${issuer}/token`, { method: 'POST', body, headers });
      const text = await answer.text();
      const reference = /\/r\/([0-9A-Z]{26})"/.exec(text)?.[1];
      return { status: answer.status, body: text, verdict: reference === undefined ? '' : `vd_${reference}` };
    },
  };
}
