/**
 * The listener: `node:http`, one list of routes, everything bounded. No framework: endpoints are functions over plain
 * data (`protocols/http/exchange.ts`), so a router for a dozen exact paths is all that is missing.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Incoming, Outgoing, Route } from '../protocols/http/exchange.ts';
import { OperationError } from './operations.ts';

/** Longest body read. */
const BODY_BYTES_MAX = 65_536;

/** Where the hub may listen until it speaks TLS. */
const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost']);

/** Settings of the listener. */
export interface ListenOptions {
  /** The one list of routes, made when the port is known. */
  readonly routes: (port: number) => readonly Route[];
  readonly port: number;
  readonly host?: string;
  /** Host names this hub answers to (DNS rebinding: every other `Host` is refused). The port does not count. */
  readonly hosts: ReadonlySet<string>;
  /** Told of faults; never of refusals, and never with a secret. */
  readonly onFault: (error: unknown, route: string) => void;
}

/** A listening hub. */
export interface Listener {
  readonly port: number;
  /** Takes no new connections, lets requests under way finish, then closes. */
  close(): Promise<void>;
}

/**
 * Listens.
 *
 * @throws OperationError for an address other than loopback, or a port that is taken
 */
export async function listen(options: ListenOptions): Promise<Listener> {
  const host = options.host ?? '127.0.0.1';
  if (!LOOPBACK.has(host)) {
    throw new OperationError(
      `cannot listen on ${host}: expected 127.0.0.1, because codes and tokens would cross the network unencrypted; ` +
        'until the hub speaks TLS it serves this machine only',
    );
  }
  const sinks = new Set<() => void>();
  const server = createServer({
    maxHeaderSize: 16_384,
    requestTimeout: 15_000,
    headersTimeout: 10_000,
    keepAliveTimeout: 5_000,
    // Node looks for requests past these bounds every 30 s unless told, and meanwhile they hold their connections.
    connectionsCheckingInterval: 1_000,
    // Node would believe the first of two Authorization or Host fields, and a proxy perhaps the last: joined, neither holds.
    joinDuplicateHeaders: true,
  });
  server.maxConnections = 2_000;
  await bind(server, options.port);
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : options.port;
  const routes = tableOf(options.routes(port));
  server.on('request', (req, res) => {
    serve(options, routes, sinks, req, res).catch((error: unknown) => {
      // A peer that hangs up before its body was there has asked for nothing, and must not fill the log.
      if (error === req.errored) return void res.destroy();
      options.onFault(error, `${req.method} ${pathOf(req.url)}`);
      if (!res.headersSent) send(req, res, fault(error));
      else res.destroy();
    });
  });
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const end of sinks) end();
        server.closeIdleConnections();
      }),
  };
}

function bind(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      reject(
        taken
          ? new OperationError(`port ${port} is taken: is a hub running already? choose another with --port`)
          : error,
      );
    });
    server.listen(port, '127.0.0.1', resolve);
  });
}

type Table = (method: string, path: string) => Route | 'not-found' | readonly string[];

/** Looks routes up: exact paths first, then the few that end in a name. Answers allowed methods for a 405. */
function tableOf(routes: readonly Route[]): Table {
  const exact = new Map<string, Map<string, Route>>();
  for (const route of routes) {
    const key = route.path.replace(/:[a-z]+$/, ':');
    exact.set(key, (exact.get(key) ?? new Map()).set(route.method, route));
  }
  return (method, path) => {
    const methods = exact.get(path) ?? exact.get(`${path.slice(0, path.lastIndexOf('/') + 1)}:`);
    if (!methods) return 'not-found';
    return methods.get(method === 'HEAD' ? 'GET' : method) ?? [...methods.keys()];
  };
}

async function serve(
  options: ListenOptions,
  table: Table,
  sinks: Set<() => void>,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  if (!options.hosts.has(hostName(req.headers.host))) {
    return send(
      req,
      res,
      plain(421, `this hub does not answer to the host name ${JSON.stringify(req.headers.host ?? '')}`),
    );
  }
  const url = req.url ?? '/';
  const path = pathOf(url);
  const route = table(req.method ?? 'GET', path);
  if (route === 'not-found') return send(req, res, plain(404, 'there is nothing at this address'));
  if (Array.isArray(route)) {
    const allow = (route as readonly string[]).join(', ');
    return send(req, res, {
      ...plain(405, `expected ${allow} at this address`),
      headers: { allow, 'content-type': 'text/plain' },
    });
  }
  const body = await readBody(req);
  const incoming: Incoming = {
    method: req.method ?? 'GET',
    path,
    query: url.length > path.length ? url.slice(path.length + 1) : '',
    headers: req.headers as Incoming['headers'],
    body: body ?? '',
    ...(body === undefined && { tooLarge: true }),
    source: sourceOf(req.socket.remoteAddress),
  };
  const answer = await (route as Route).handle(incoming);
  if (answer.stream && req.method !== 'HEAD') return stream(answer, sinks, res);
  send(req, res, answer);
}

function pathOf(url: string | undefined): string {
  const question = url?.indexOf('?') ?? -1;
  return question < 0 ? (url ?? '/') : (url ?? '/').slice(0, question);
}

/** A program on this machine has sixteen million loopback addresses to call from; what is counted per source counts them as one. */
function sourceOf(address: string | undefined): string {
  return address === undefined ? 'unknown' : address.replace(/^127\.[\d.]+$/, '127.0.0.1');
}

function hostName(host: string | undefined): string {
  return (host ?? '').replace(/:\d{1,5}$/, '').toLowerCase();
}

/**
 * The body, or undefined when it is longer than the hub reads. The rest is not waited for: Node throws it away once the
 * answer is out, until `requestTimeout`. Closing on it instead would reset the connection under the answer.
 */
async function readBody(req: IncomingMessage): Promise<Uint8Array | undefined> {
  if (Number(req.headers['content-length'] ?? 0) > BODY_BYTES_MAX) return undefined;
  const chunks: Buffer[] = [];
  let length = 0;
  // Leaving this loop must not destroy the request: its answer still has to go out on the same socket.
  for await (const chunk of req.iterator({ destroyOnReturn: false })) {
    length += (chunk as Buffer).length;
    if (length > BODY_BYTES_MAX) return undefined;
    chunks.push(chunk as Buffer);
  }
  return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
}

function send(req: IncomingMessage, res: ServerResponse, { status, headers, body }: Outgoing): void {
  res.writeHead(status, { 'x-content-type-options': 'nosniff', ...headers, 'content-length': Buffer.byteLength(body) });
  res.end(req.method === 'HEAD' ? undefined : body);
}

function stream(answer: Outgoing, sinks: Set<() => void>, res: ServerResponse): void {
  // A peer that hung up while it was being let in would never be seen closing.
  if (res.destroyed) return;
  res.writeHead(answer.status, { 'x-content-type-options': 'nosniff', ...answer.headers });
  const end = (): void => {
    res.end();
  };
  sinks.add(end);
  res.once('close', () => sinks.delete(end));
  answer.stream?.({
    write: (chunk) => {
      // A peer that does not read is cut off rather than buffered for.
      if (res.writableLength > BODY_BYTES_MAX) res.destroy();
      else res.write(chunk);
    },
    end,
    onClose: (listener) => res.once('close', listener),
  });
}

/** A busy store asks for patience; everything else is a fault, of which the client learns nothing. */
function fault(error: unknown): Outgoing {
  const busy = error instanceof Error && error.name === 'StoreBusyError';
  return {
    status: busy ? 503 : 500,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...(busy && { 'retry-after': '1' }) },
    body: JSON.stringify({ error: busy ? 'temporarily_unavailable' : 'server_error' }),
  };
}

function plain(status: number, text: string): Outgoing {
  return {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
    body: `${text}\n`,
  };
}
