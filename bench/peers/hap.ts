/**
 * The ends of a HAP connection, each in a process of its own, so that the processor time of one is not counted for another:
 * our controller, hap-controller, and our accessory. This file is both: what a benchmark starts, and what runs in the process.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { CATEGORY, createAccessoryServer, lampDatabase, memoryState } from '../../src/protocols/hap/accessory/index.ts';
import type { CharacteristicId } from '../../src/protocols/hap/characteristics.ts';
import { openSession, pairSetup } from '../../src/protocols/hap/controller.ts';
import { newIdentity } from '../../src/protocols/hap/keys.ts';
import type { Address } from '../../src/protocols/hap/options.ts';
import type { Paired } from '../../src/protocols/hap/pair-verify.ts';
import type { Session } from '../../src/protocols/hap/session.ts';

/** An accessory that nobody has paired, and a value of it. */
export interface Place extends Address {
  readonly accessoryId: string;
  readonly setupCode: string;
  readonly on: CharacteristicId;
}

/** Whose controller. */
export type Maker = 'counterfoil' | 'hap-controller';

/** What an operation took: on the clock, and of the controller's processor. */
export interface Cost {
  readonly ms: number;
  readonly cpuMs: number;
}

/** `verify` connects and opens a session, which takes the place of the one before; `read` and `unpair` use it. */
const OPERATIONS = ['pair', 'verify', 'read', 'unpair'] as const;
type Operations<T> = Readonly<Record<(typeof OPERATIONS)[number], (place: Place) => Promise<T>>>;

/** A controller that runs; it is told what to do with which accessory. */
export interface RunningController extends Operations<Cost> {
  stop(): Promise<void>;
}

/** Starts a controller. @throws when its process ends early */
export async function startController(maker: Maker): Promise<RunningController> {
  const { child, answer, stop } = await start(maker);
  const ask = (operation: string) => (place: Place) => {
    child.send({ operation, place });
    return answer() as Promise<Cost>;
  };
  return { pair: ask('pair'), verify: ask('verify'), read: ask('read'), unpair: ask('unpair'), stop };
}

/** Starts a lamp of ours. @throws when its process ends early */
export async function startAccessory(): Promise<{ readonly place: Place; stop(): Promise<void> }> {
  const { first, stop } = await start('accessory');
  return { place: first as Place, stop };
}

async function start(role: Maker | 'accessory'): Promise<{
  child: ChildProcess;
  first: unknown;
  answer: () => Promise<unknown>;
  stop: () => Promise<void>;
}> {
  const child = fork(import.meta.filename, [role], { env: { ...process.env, NODE_ENV: 'production' } });
  const answer = (): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const ended = (code: number | null): void => reject(new Error(`${role} ended with ${code}`));
      child.once('exit', ended);
      child.once('message', ({ value, error }: { value?: unknown; error?: string }) => {
        child.off('exit', ended);
        if (error === undefined) resolve(value);
        else reject(new Error(`${role}: ${error}`));
      });
    });
  const first = await answer();
  return {
    child,
    first,
    answer,
    async stop() {
      if (child.exitCode !== null) return;
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}

function ours(): Operations<void> {
  let paired: Paired | undefined;
  let session: Session | undefined;
  const need = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error('expected an earlier operation');
    return value;
  };
  return {
    async pair(place) {
      paired = await pairSetup(place, place.setupCode, newIdentity(), { accessoryId: place.accessoryId });
    },
    async verify(place) {
      session?.close();
      session = await openSession(place, need(paired));
    },
    async read({ on }) {
      await need(session).read([on]);
    },
    async unpair() {
      await need(session).removePairing(need(paired).identity.id);
      session = undefined;
    },
  };
}

/** Its sessions are kept (`usePersistentConnections`): it would open one for each read otherwise. */
async function theirs(): Promise<Operations<void>> {
  // not in the process of ours
  const { HttpClient } = await import('hap-controller');
  let client: InstanceType<typeof HttpClient> | undefined;
  const make = (place: Place, data?: ConstructorParameters<typeof HttpClient>[3]): InstanceType<typeof HttpClient> => {
    const options = { usePersistentConnections: true };
    client = new HttpClient(place.accessoryId, place.host, place.port, data, options);
    return client;
  };
  const data = (): NonNullable<ConstructorParameters<typeof HttpClient>[3]> => {
    const known = client?.getLongTermData();
    if (known === undefined || known === null) throw new Error('expected an earlier operation');
    return known;
  };
  return {
    pair: (place) => make(place).pairSetup(place.setupCode),
    async verify(place) {
      const known = data();
      await client?.close();
      // the only way to it: every other one asks for something more
      const one = make(place, known) as unknown as { getDefaultVerifiedConnection(): Promise<unknown> };
      await one.getDefaultVerifiedConnection();
    },
    async read({ on: { aid, iid } }) {
      await client?.getCharacteristics([`${aid}.${iid}`]);
    },
    async unpair() {
      // as text it would have to be hexadecimal
      await client?.removePairing(Buffer.from(data().iOSDevicePairingID, 'hex'));
      await client?.close();
    },
  };
}

async function lamp(): Promise<Place> {
  const setupCode = '482-19-365';
  const model = 'Virtual Lamp';
  const label = { name: 'Lamp', manufacturer: 'Counterfoil', model, serialNumber: '1', firmwareRevision: '1.0' };
  const server = await createAccessoryServer({
    database: lampDatabase(label),
    state: memoryState(),
    setupCode: { policy: 'static', code: setupCode },
    model,
    category: CATEGORY.lightbulb,
  });
  const port = await server.listen();
  return { host: '127.0.0.1', port, accessoryId: server.identity().id, setupCode, on: { aid: 1, iid: 11 } };
}

/** Does one thing after the other, and tells what it took. */
function serve(operations: Operations<void>): void {
  process.on('message', ({ operation, place }: { operation: keyof Operations<void>; place: Place }) => {
    const cpu = process.cpuUsage();
    const began = performance.now();
    operations[operation](place).then(
      () => {
        const ms = performance.now() - began;
        const { user, system } = process.cpuUsage(cpu);
        process.send?.({ value: { ms, cpuMs: (user + system) / 1_000 } satisfies Cost });
      },
      (error: unknown) => process.send?.({ error: String(error) }),
    );
  });
  process.send?.({ value: 'ready' });
}

if (import.meta.main) {
  const role = process.argv[2];
  // a benchmark that died leaves nobody behind
  process.on('disconnect', () => process.exit(0));
  if (role === 'accessory') process.send?.({ value: await lamp() });
  else serve(role === 'counterfoil' ? ours() : await theirs());
}
