/**
 * A TCP proxy that treats its callers badly: it drops requests, cuts answers in the middle or swallows them, is slow, and
 * sends a request twice. As in `sessions-net.ts`, never more than twice in a row for one session.
 */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../fuzz/random.ts';

/** Names the session of a request; the proxy is told, the hub does not look. */
export const SESSION_FIELD = 'x-session';

/** What it does. */
export type Trick = 'sound' | 'drop' | 'cut' | 'swallow' | 'slow' | 'double';

/** A running proxy. */
export interface Proxy {
  readonly port: number;
  readonly tricks: Readonly<Record<Trick, number>>;
  close(): Promise<void>;
}

const IN_A_ROW = 2;
const TRICKS: readonly Trick[] = ['drop', 'cut', 'swallow', 'slow', 'double'];

/** Listens on a free loopback port, in front of the port that `to` names at the time. */
export async function startProxy(to: () => number, from: Random): Promise<Proxy> {
  const tricks = { sound: 0, drop: 0, cut: 0, swallow: 0, slow: 0, double: 0 };
  const rows = new Map<string, number>();
  const open = new Set<Socket>();

  const choose = (session: string): Trick => {
    const row = rows.get(session) ?? 0;
    const trick = row < IN_A_ROW && from.nat(100) < 35 ? from.pick(TRICKS) : 'sound';
    rows.set(session, trick === 'sound' ? row : row + 1);
    tricks[trick] += 1;
    return trick;
  };

  async function serve(client: Socket): Promise<void> {
    const request = await readRequest(client);
    const session = new RegExp(`${SESSION_FIELD}: (\\d+)`, 'i').exec(request.toString('latin1'))?.[1] ?? '';
    const trick = choose(session);
    if (trick === 'drop') return void client.destroy();
    await sleep(trick === 'slow' ? 300 + from.nat(1_000) : from.nat(30));
    const answers = [exchangeWith(to(), request)];
    if (trick === 'double') answers.push(sleep(from.nat(1_500)).then(() => exchangeWith(to(), request)));
    // what the other copy comes to is nobody's business, also when it fails first
    const settled = Promise.allSettled(answers);
    const answer = await answers[from.nat(answers.length)];
    await settled;
    if (trick === 'swallow' || answer === undefined) return;
    if (trick === 'cut') {
      client.write(answer.subarray(0, from.nat(answer.length)));
      await sleep(1);
      return void client.destroy();
    }
    if (answer.toString('latin1', 0, 12) === 'HTTP/1.1 200') rows.set(session, 0);
    client.end(answer);
  }

  const server = createServer((client) => {
    open.add(client);
    client.on('error', () => client.destroy());
    client.on('close', () => open.delete(client));
    serve(client).catch(() => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    tricks,
    async close() {
      server.close();
      for (const client of open) client.destroy();
    },
  };
}

/** A whole request: head, and as much body as it announces. */
async function readRequest(client: Socket): Promise<Buffer> {
  let bytes = Buffer.alloc(0);
  for await (const chunk of client.iterator({ destroyOnReturn: false })) {
    bytes = Buffer.concat([bytes, chunk as Buffer]);
    const end = bytes.indexOf('\r\n\r\n');
    const length = /content-length: (\d+)/i.exec(bytes.toString('latin1', 0, Math.max(end, 0)))?.[1];
    if (end >= 0 && bytes.length >= end + 4 + Number(length ?? 0)) return bytes;
  }
  throw new Error('expected a whole request, the connection ended before it');
}

/** Everything the hub says to these bytes. @throws when it does not listen, or lets go before it has answered */
async function exchangeWith(port: number, request: Buffer): Promise<Buffer> {
  const hub = connect(port, '127.0.0.1');
  try {
    await once(hub, 'connect');
    hub.write(request);
    const chunks: Buffer[] = [];
    for await (const chunk of hub) chunks.push(chunk as Buffer);
    if (chunks.length === 0) throw new Error('expected an answer, the hub let go');
    return Buffer.concat(chunks);
  } finally {
    hub.destroy();
  }
}
