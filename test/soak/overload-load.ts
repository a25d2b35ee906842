/**
 * Load for one hub over raw keep-alive sockets, cheap enough to leave the other core to the hub. Closed: each caller
 * sends its next request when it has its answer. Open: requests fall due at a rate, whether answered or not, and their
 * time counts from when they were due, also while they wait for a connection.
 */
import { connect, type Socket } from 'node:net';

/** One answer: its status, when it was due and when it was there (ms), whether it says when to come back. */
export interface Answer {
  readonly request: string;
  readonly status: number;
  readonly dueAt: number;
  readonly at: number;
  readonly retryAfter: boolean;
}

/** What a run came to. */
export interface Run {
  readonly answers: readonly Answer[];
  /** Until the last request was due. */
  readonly offeredMs: number;
}

/** A form post as bytes. */
export function tokenPost(form: Readonly<Record<string, string>>): string {
  const body = new URLSearchParams(form).toString();
  const head = `POST /token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded`;
  return `${head}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

interface Job {
  readonly bytes: string;
  readonly dueAt: number;
}

/** Sends all requests. With `perSecond` they fall due at that rate; without it, whenever a connection is free. */
export async function offer(
  port: number,
  requests: readonly string[],
  { connections, perSecond = Number.POSITIVE_INFINITY }: { connections: number; perSecond?: number },
): Promise<Run> {
  const answers: Answer[] = [];
  const jobs: Job[] = [];
  const free = new Set<Socket>();
  let taken = 0;
  let told = (): void => undefined;
  const lost = new Error('expected every request to be answered, but a connection was closed under one');
  let failed: Error | undefined;

  const work = (socket: Socket, send: (job: Job) => void): void => {
    const job = jobs[taken];
    if (!job) return void free.add(socket);
    taken += 1;
    send(job);
  };
  const sends = new Map<Socket, (job: Job) => void>();
  const attach = (socket: Socket): void => {
    let job: Job | undefined;
    let text = '';
    const send = (next: Job): void => {
      job = next;
      socket.write(next.bytes);
    };
    sends.set(socket, send);
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text = text === '' ? chunk : text + chunk;
      const end = text.indexOf('\r\n\r\n');
      if (end < 0 || !job) return;
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1]);
      if (text.length < end + 4 + length) return;
      const retryAfter = /\r\nretry-after: \d+\r\n/i.test(text.slice(0, end + 2));
      answers.push({
        request: job.bytes,
        status: Number(text.slice(9, 12)),
        dueAt: job.dueAt,
        at: performance.now(),
        retryAfter,
      });
      text = '';
      job = undefined;
      work(socket, send);
      if (answers.length === requests.length) told();
    });
    socket.on('close', () => {
      free.delete(socket);
      if (job) failed = lost;
      if (failed) told();
    });
    free.add(socket);
  };
  const sockets = await openAll(port, connections);
  for (const socket of sockets) attach(socket);
  const startAt = performance.now();
  const done = new Promise<void>((resolve) => {
    told = resolve;
  });
  while (jobs.length < requests.length && !failed) {
    const now = performance.now();
    const due = perSecond === Number.POSITIVE_INFINITY ? requests.length : ((now - startAt) / 1_000) * perSecond;
    while (jobs.length < Math.min(due, requests.length)) {
      const dueAt = perSecond === Number.POSITIVE_INFINITY ? now : startAt + (jobs.length / perSecond) * 1_000;
      jobs.push({ bytes: requests[jobs.length] ?? '', dueAt });
    }
    for (const socket of free) {
      if (taken >= jobs.length) break;
      free.delete(socket);
      const send = sends.get(socket);
      if (send) work(socket, send);
    }
    if (jobs.length < requests.length) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const offeredMs = performance.now() - startAt;
  if (!failed && answers.length < requests.length) await done;
  for (const socket of sockets) socket.destroy();
  if (failed) throw failed;
  return { answers, offeredMs };
}

function openAll(port: number, count: number): Promise<Socket[]> {
  const one = (): Promise<Socket> =>
    new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      socket.once('connect', () => resolve(socket)).on('error', reject);
    });
  return Promise.all(Array.from({ length: count }, one));
}

/** The value below which `share` of them are. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
