/**
 * The listener: `node:http`, one list of routes, everything bounded. No framework: endpoints are functions over plain
 * data (`protocols/http/exchange.ts`), so a router for a dozen exact paths is all that is missing.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Incoming, Outgoing, Route, Sink } from '../protocols/http/exchange.ts';
import { BUSY, fault, plain } from './answers.ts';
import { BODY_BYTES_MAX, readBody } from './body.ts';
import { type Admission, createAdmission, type Limits } from './limits.ts';
import { OperationError } from './operations.ts';
import { clientAddress } from './proxy.ts';
import { sourceOf } from './source.ts';
import { createSteady, type Steady } from './steady.ts';
import { type Table, tableOf } from './table.ts';

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
  readonly limits: Limits;
  /** A reverse proxy on this machine says where requests come from. */
  readonly trustProxy?: boolean;
  /** Told of faults; never of refusals, and never with a secret. */
  readonly onFault: (error: unknown, route: string) => void;
  /** Told, at most once a minute, how many requests were turned away since it was told last. */
  readonly onTurnedAway?: (requests: number) => void;
}

/** A listening hub. */
export interface Listener {
  readonly port: number;
  /**
   * Takes no new connections, ends streams, lets requests in flight finish, then closes. What has not finished within
   * `drainMs` is cut off.
   */
  close(): Promise<void>;
}

/** What serving a request needs. */
interface Service {
  readonly options: ListenOptions;
  readonly table: Table;
  readonly admission: Admission;
  /** Refusals that wait to be as old as all others. */
  readonly refusals: Steady;
  /** Ends a stream that is open. */
  readonly sinks: Set<() => void>;
  /** `Host` fields that were found good, as they came. */
  readonly goodHosts: Set<string>;
  closing: boolean;
  turnedAway: number;
  toldAt: number;
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
  const service: Service = {
    options,
    table: tableOf(options.routes(port)),
    admission: createAdmission(options.limits),
    refusals: createSteady(options.limits),
    sinks: new Set(),
    goodHosts: new Set(),
    closing: false,
    turnedAway: 0,
    toldAt: Number.NEGATIVE_INFINITY,
  };
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('request', (req, res) => serve(service, req, res));
  return { port, close: () => close(server, sockets, service) };
}

async function close(server: Server, sockets: ReadonlySet<Socket>, service: Service): Promise<void> {
  service.closing = true;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const end of service.sinks) end();
  server.closeIdleConnections();
  // A connection that never sent a byte is not idle to Node, and would be waited for.
  for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, service.options.limits.drainMs);
  });
  // A request whose peer has gone is still in flight: the store has been asked, and must not be closed under it.
  await Promise.race([late, Promise.all([closed, service.admission.idle()])]);
  clearTimeout(timer);
  service.refusals.flush();
  server.closeAllConnections();
  await closed;
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

function serve(service: Service, req: IncomingMessage, res: ServerResponse): void {
  const { host } = req.headers;
  if (!isOurs(service, host)) {
    const said = `this hub does not answer to the host name ${JSON.stringify(host ?? '')}`;
    return void send(service, req, res, plain(421, said));
  }
  const url = req.url ?? '/';
  const question = url.indexOf('?');
  const path = question < 0 ? url : url.slice(0, question);
  const method = req.method ?? 'GET';
  const route = service.table(method, path);
  if (route === 'not-found') return void send(service, req, res, plain(404, 'there is nothing at this address'));
  if (!('handle' in route)) {
    const allow = route.join(', ');
    const headers = { allow, 'content-type': 'text/plain' };
    return void send(service, req, res, { ...plain(405, `expected ${allow} at this address`), headers });
  }
  const source = sourceOf(
    service.options.trustProxy
      ? clientAddress(String(req.headers['x-forwarded-for'] ?? ''), req.socket.remoteAddress)
      : (req.socket.remoteAddress ?? 'unknown'),
  );
  // Before anything is read, so that turning away costs little; the place itself is taken when all of it is there, or
  // those who send slowly would hold all places.
  if (!service.admission.hasPlace(source)) return void turnAway(service, req, res);
  readBody(req, (body) => {
    const at = route.steady ? performance.now() : 0;
    const incoming: Incoming = {
      method,
      path,
      query: question < 0 ? '' : url.slice(question + 1),
      headers: req.headers as Incoming['headers'],
      body: body ?? '',
      ...(body === undefined && { tooLarge: true }),
      source,
    };
    void answer(service, route, incoming, at, req, res);
  });
}

/** Serves a request that is all there since `at`. */
async function answer(
  service: Service,
  route: Route,
  incoming: Incoming,
  at: number,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const { admission, refusals } = service;
  if (!admission.enter(incoming.source)) return turnAway(service, req, res);
  try {
    const outgoing = await route.handle(incoming);
    if (outgoing.stream) stream(service, outgoing, req, res);
    else if (!route.steady || outgoing.status < 400) send(service, req, res, outgoing);
    else if (refusals.full) await sendLater(service, at, route, req, res, outgoing);
    else void sendLater(service, at, route, req, res, outgoing);
  } catch (error) {
    failed(service, error, route, req, res);
  } finally {
    // Only now: a hub that stops waits for the answer to be on its way. One that is held keeps its connection waited for.
    admission.leave(incoming.source);
  }
}

function failed(service: Service, error: unknown, route: Route, req: IncomingMessage, res: ServerResponse): void {
  // The route and not the address: in that of a shared refusal stands its secret.
  service.options.onFault(error, `${req.method} ${route.path}`);
  if (res.headersSent) res.destroy();
  else send(service, req, res, fault(error));
}

/** Resolves when the answer is on its way. Never rejects. */
function sendLater(
  service: Service,
  at: number,
  route: Route,
  req: IncomingMessage,
  res: ServerResponse,
  outgoing: Outgoing,
): Promise<void> {
  return new Promise((resolve) => {
    service.refusals.hold(at, () => {
      resolve();
      if (res.destroyed) return;
      try {
        send(service, req, res, outgoing);
      } catch (error) {
        failed(service, error, route, req, res);
      }
    });
  });
}

function isOurs({ options, goodHosts }: Service, host: string | undefined): boolean {
  if (host === undefined) return false;
  if (goodHosts.has(host)) return true;
  const ours = options.hosts.has(host.replace(/:\d{1,5}$/, '').toLowerCase());
  // A name can be written in many ways, with any port: few are remembered.
  if (ours && goodHosts.size < 16) goodHosts.add(host);
  return ours;
}

function send(service: Service, req: IncomingMessage, res: ServerResponse, { status, headers, body }: Outgoing): void {
  res.writeHead(status, fieldsOf(service, headers, Buffer.byteLength(body)));
  res.end(req.method === 'HEAD' ? undefined : body);
}

/** Names and values in turn: what `writeHead` takes with the least ado. */
function fieldsOf({ closing }: Service, headers: Outgoing['headers'], length?: number): string[] {
  const fields: string[] = [];
  for (const name in headers) fields.push(name, headers[name] ?? '');
  if (headers['x-content-type-options'] === undefined) fields.push('x-content-type-options', 'nosniff');
  if (length !== undefined) fields.push('content-length', String(length));
  if (closing) fields.push('connection', 'close');
  return fields;
}

function stream(service: Service, outgoing: Outgoing, req: IncomingMessage, res: ServerResponse): void {
  const { sinks } = service;
  // A peer that hung up while it was being let in would never be seen closing.
  if (res.destroyed || service.closing || req.method === 'HEAD') {
    outgoing.stream?.(GONE);
    return void send(service, req, res, service.closing ? BUSY : outgoing);
  }
  res.writeHead(outgoing.status, fieldsOf(service, outgoing.headers));
  const end = (): void => {
    res.end();
  };
  sinks.add(end);
  res.once('close', () => sinks.delete(end));
  outgoing.stream?.({
    write: (chunk) => {
      // A peer that does not read is cut off rather than buffered for.
      if (res.writableLength > BODY_BYTES_MAX) res.destroy();
      else res.write(chunk);
    },
    end,
    onClose: (listener) => res.once('close', listener),
  });
}

/** For a stream that ends before it begins. */
const GONE: Sink = { write: () => undefined, end: () => undefined, onClose: (listener) => listener() };

const TOLD_EVERY_MS = 60_000;

/** Nothing was read, judged or kept: there is no verdict of it, only a count. */
function turnAway(service: Service, req: IncomingMessage, res: ServerResponse): void {
  send(service, req, res, BUSY);
  service.turnedAway += 1;
  const now = performance.now();
  if (now - service.toldAt < TOLD_EVERY_MS) return;
  service.toldAt = now;
  service.options.onTurnedAway?.(service.turnedAway);
  service.turnedAway = 0;
}
