/**
 * A load generator cheap enough not to be what is measured: raw sockets, HTTP/1.1 with keep-alive, one request
 * outstanding on each, requests made before the watch starts. Every answer is checked.
 *
 * Not here: what to send to whom (`bench/exchange.ts`), and pipelining, which no client of a token endpoint does.
 */
import { connect, type Socket } from 'node:net';

/** Callers at once, unless told. */
export const CALLERS = 64;

/** What a run came to. */
export interface Loaded {
  readonly perSecond: number;
  /** Whole answers as they came, in the order of the requests. */
  readonly answers: readonly Buffer[];
  /** Share of one core that the loader itself took: near 1 the loader is the limit, not the server. */
  readonly loaderShare: number;
}

/** A form post as bytes. */
export function formPost(port: number, path: string, body: string): Buffer {
  const head = [
    `POST ${path} HTTP/1.1`,
    `host: localhost:${port}`,
    'content-type: application/x-www-form-urlencoded',
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** Whether an answer gives tokens. */
export function givesTokens(answer: Buffer): boolean {
  return answer.toString('latin1', 9, 12) === '200' && answer.includes('"access_token":"');
}

/**
 * Sends all requests, each on the first caller that is free, and takes the time from the first byte sent to the last one
 * received. Connections are made before.
 *
 * @param accept tells a good answer; without it every answer has to give tokens
 * @throws when an answer is not accepted, is not framed by a content-length, or a connection ends
 */
export async function load(
  port: number,
  requests: readonly Buffer[],
  { callers = CALLERS, accept = givesTokens }: { callers?: number; accept?: (answer: Buffer) => boolean } = {},
): Promise<Loaded> {
  const sockets = await Promise.all(Array.from({ length: Math.min(callers, requests.length) }, () => open(port)));
  const answers = new Array<Buffer>(requests.length);
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  try {
    await exchangeAll(sockets, requests, answers, accept);
    const ms = performance.now() - startedAt;
    const { user, system } = process.cpuUsage(cpu);
    return { perSecond: (requests.length / ms) * 1_000, answers, loaderShare: (user + system) / 1_000 / ms };
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

function exchangeAll(
  sockets: readonly Socket[],
  requests: readonly Buffer[],
  answers: Buffer[],
  accept: (answer: Buffer) => boolean,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let next = 0;
    let open = requests.length;
    const call = (socket: Socket): void => {
      let at = -1;
      let part: Buffer | undefined;
      const send = (): void => {
        at = next++;
        const request = requests[at];
        if (request) socket.write(request);
      };
      socket.on('error', reject);
      socket.on(
        'close',
        () => open > 0 && reject(new Error('expected the connection to stay open, but it was closed')),
      );
      socket.on('data', (chunk) => {
        const answer: Buffer = part ? Buffer.concat([part, chunk]) : chunk;
        const length = lengthOf(answer);
        if (Number.isNaN(length))
          return reject(new Error(`expected a content-length, got ${answer.toString('latin1')}`));
        part = answer.length < length ? answer : undefined;
        if (part) return;
        if (!accept(answer)) return reject(new Error(`expected another answer, got ${answer.toString('latin1')}`));
        answers[at] = answer;
        open -= 1;
        if (open === 0) resolve();
        else send();
      });
      send();
    };
    sockets.forEach(call);
  });
}

/** Bytes of a whole answer; infinite while its head is not there, NaN without a content-length. */
function lengthOf(answer: Buffer): number {
  const end = answer.indexOf('\r\n\r\n');
  if (end < 0) return Number.POSITIVE_INFINITY;
  const length = /\r\ncontent-length: (\d+)/i.exec(answer.toString('latin1', 0, end))?.[1];
  return length === undefined ? Number.NaN : end + 4 + Number(length);
}
