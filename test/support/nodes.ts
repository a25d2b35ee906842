/**
 * Several nodes of one hub: each with its own connection to one database, and before them a balancer that gives every
 * request to the next one, whoever it is from. Their issuer is the balancer's address, as clients know no other.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startHub } from '../../src/server/hub.ts';
import { deriveKeys } from '../../src/server/keys.ts';
import type { Store } from '../../src/store/port.ts';
import type { Registry } from '../../src/store/registry.ts';
import type { TestHub } from './hub.ts';

/** A database that can be opened any number of times. */
export interface SharedData {
  /** Opens it once more, as another process would. */
  open(): Promise<{ readonly store: Store; readonly registry: Registry }>;
  /** Throws it away; nothing is open any more. */
  remove(): Promise<void>;
}

/** The nodes, and the way to them. */
export interface Nodes {
  /** Through the balancer; its `hub` is the first node's. */
  readonly t: TestHub;
  /** Each node by itself. */
  readonly each: readonly TestHub[];
  /** Which node got which request, in order. */
  readonly served: readonly { readonly node: number; readonly what: string }[];
  close(): Promise<void>;
}

/** Starts `count` nodes and their balancer. */
export async function startNodes(count: number, data: SharedData): Promise<Nodes> {
  const ports: number[] = [];
  const served: { node: number; what: string }[] = [];
  const balancer = await balance(ports, (node, what) => served.push({ node, what }));
  const issuer = `http://localhost:${portOf(balancer)}`;
  const master = randomBytes(32);
  const faults: unknown[] = [];
  const start = async (): Promise<TestHub> => {
    const opened = await data.open();
    const hub = await startHub({
      ...opened,
      // Derived by each node for itself, as from an environment variable: what is random is its own.
      keys: deriveKeys(master),
      data: 'test',
      port: 0,
      issuer,
      shared: true,
      onFault: (error) => faults.push(error),
    });
    const url = `http://127.0.0.1:${hub.port}`;
    const close = async (): Promise<void> => {
      await hub.close();
      await opened.store.close();
    };
    return { hub, url, faults, token: (body, headers) => post(url, body, headers), close };
  };
  // All at once, as an orchestrator starts them.
  const each = await Promise.all(Array.from({ length: count }, start));
  ports.push(...each.map(({ hub }) => hub.port));
  const [first] = each;
  if (!first) throw new Error('expected at least one node');
  const url = issuer.replace('localhost', '127.0.0.1');
  const close = async (): Promise<void> => {
    balancer.closeAllConnections();
    balancer.close();
    await Promise.all(each.map((node) => node.close()));
    await data.remove();
  };
  return {
    t: { hub: first.hub, url, faults, token: (body, headers) => post(url, body, headers), close },
    each,
    served,
    close,
  };
}

function post(
  url: string,
  body: string | Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(`${url}/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: typeof body === 'string' ? body : new URLSearchParams(body).toString(),
  });
}

/** A balancer that knows nothing of whom it serves: round-robin, one request after the other, streams as they come. */
async function balance(ports: readonly number[], onServed: (node: number, what: string) => void): Promise<Server> {
  let next = 0;
  const server = createServer((req: IncomingMessage, res: ServerResponse) => {
    const node = next++ % ports.length;
    onServed(node, `${req.method} ${req.url?.split('?')[0]}`);
    const headers = { ...req.headers, 'x-forwarded-for': req.socket.remoteAddress };
    const onward = request({ host: '127.0.0.1', port: ports[node], path: req.url, method: req.method, headers });
    onward.on('response', (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(res);
      res.flushHeaders();
    });
    onward.on('error', () => res.destroy());
    res.on('close', () => onward.destroy());
    req.pipe(onward);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
