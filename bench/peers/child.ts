/**
 * A server in a process of its own, and how a benchmark talks to it: over IPC, one question at a time, so that nothing
 * but the load goes over HTTP while the watch runs.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Profile, profiled, startProfile } from './profile.ts';

/** What a server under test can do besides serving. */
export interface Peer {
  readonly port: number;
  /** Fresh authorization codes, ready to be exchanged. */
  mint(count: number): Promise<readonly string[]>;
  /** What its store's queue has done so far, where it has one. */
  readonly counters?: Counted | undefined;
}

/** Intents, and the transactions that took them. */
export interface Counted {
  readonly intents: number;
  readonly transactions: number;
}

/** Processor time in microseconds since the start, and what the queue has done. */
export interface Usage {
  readonly cpuMicros: number;
  readonly counters?: Counted | undefined;
}

type Question = { readonly mint: number } | 'usage' | 'profile' | 'profiled' | 'stop';

/** Answers the benchmark's questions from inside the server's process. */
export function servePeer(peer: Peer): void {
  process.on('message', (question: Question) => {
    void answer(peer, question).then((value) => process.send?.({ value }));
  });
  // A benchmark that died leaves no server behind.
  process.on('disconnect', () => process.exit(0));
  process.send?.({ value: peer.port });
}

async function answer(peer: Peer, question: Question): Promise<unknown> {
  if (typeof question === 'object') return peer.mint(question.mint);
  if (question === 'profile') return startProfile();
  if (question === 'profiled') return profiled();
  if (question === 'stop') process.exit(0);
  const { user, system } = process.cpuUsage();
  return { cpuMicros: user + system, counters: peer.counters } satisfies Usage;
}

/** A running server. */
export interface RunningPeer extends Pick<Peer, 'port' | 'mint'> {
  readonly pid: number;
  usage(): Promise<Usage>;
  /** Starts the profiler of its process. */
  profile(): Promise<void>;
  /** Stops it, and answers where the time went. */
  profiled(): Promise<Profile>;
  stop(): Promise<void>;
}

/**
 * Starts `bench/peers/<file>.ts` with `NODE_ENV=production`.
 *
 * @param execArgv options of Node, such as `--cpu-prof`
 * @throws when it ends before it listens
 */
export async function startPeer(
  file: string,
  args: readonly string[] = [],
  execArgv: readonly string[] = [],
): Promise<RunningPeer> {
  const child = fork(join(import.meta.dirname, `${file}.ts`), [...args], {
    execArgv: [...execArgv],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const ask = async <T>(question: Question): Promise<T> => {
    child.send(question);
    return told<T>(child, file);
  };
  const port = await told<number>(child, file);
  return {
    port,
    pid: child.pid ?? 0,
    mint: (count) => ask({ mint: count }),
    usage: () => ask('usage'),
    profile: () => ask('profile'),
    profiled: () => ask('profiled'),
    async stop() {
      if (child.exitCode !== null) return;
      const ended = once(child, 'exit');
      child.send('stop');
      await ended;
    },
  };
}

async function told<T>(child: ChildProcess, file: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`the server ${file} ended with ${code}`));
    child.once('exit', ended);
    child.once('message', ({ value }: { value: T }) => {
      child.off('exit', ended);
      resolve(value);
    });
  });
}
