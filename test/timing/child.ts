/**
 * The hub of the study: the real one, on the database file that it is given, with the hold that it is given, in a process
 * of its own. Three things are added, alike for all causes. `x-study: 000050` keeps it busy for 50 µs right before the
 * answer goes out, after all that the hub does to make answers take the same time. `x-work: 000050` does so in the work:
 * when a refusal has been judged and is about to be written. Every request of the study has both headers, with zeros where
 * nothing is planted. `x-from` is the address that a request seems to come from: each sign-in has another, or it would
 * have to wait after a few.
 */
import { type IncomingMessage, Server, ServerResponse } from 'node:http';
import { startHub } from '../../src/server/hub.ts';
import { deriveKeys } from '../../src/server/keys.ts';
import { openSqlite } from '../../src/store/sqlite/open.ts';

const [path = '', hold = '0'] = process.argv.slice(2);
/** What is planted in the work of the one request that is under way. */
let workUs = 0;

function busy(us: number): void {
  const end = process.hrtime.bigint() + BigInt(us * 1_000);
  while (process.hrtime.bigint() < end);
}

const { end } = ServerResponse.prototype;
ServerResponse.prototype.end = function planted(this: ServerResponse, ...rest: unknown[]): ServerResponse {
  busy(Number(this.req.headers['x-study'] ?? 0));
  return Reflect.apply(end, this, rest);
};

const { emit } = Server.prototype;
Server.prototype.emit = function addressed(this: Server, event: string | symbol, ...rest: unknown[]): boolean {
  if (event === 'request') {
    const { headers, socket } = rest[0] as IncomingMessage;
    const value = headers['x-from'];
    workUs = Number(headers['x-work'] ?? 0);
    if (value !== undefined) Object.defineProperty(socket, 'remoteAddress', { value, configurable: true });
  }
  return Reflect.apply(emit, this, [event, ...rest]);
};

const opened = openSqlite({ path });
const { store } = opened;
const hub = await startHub({
  ...opened,
  store: {
    ...store,
    refuse(refusal) {
      busy(workUs);
      return store.refuse(refusal);
    },
  },
  keys: deriveKeys(new Uint8Array(32).fill(7)),
  data: 'timing',
  port: 0,
  // A source that fails more often than this is answered in steps of ten milliseconds; a patient one stays below it.
  limits: { failureBurst: 1_000_000_000, failureEveryMs: 1, holdMs: Number(hold) },
  onFault: (error) => console.error(error),
});
process.once('SIGTERM', async () => {
  await hub.close();
  await opened.close();
});
// Both processes read one clock: the hub's instants are known here better than anybody outside could guess them.
const startedNs = process.hrtime.bigint() - BigInt(Math.round(performance.now() * 1e6));
process.send?.({ port: hub.port, startedNs: String(startedNs) });
