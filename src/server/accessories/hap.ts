/** One accessory over one HAP session, which is opened when it is needed and opened again when it was lost. */
import type { CharacteristicId, CharacteristicRead, ListedAccessory } from '../../protocols/hap/characteristics.ts';
import { openSession } from '../../protocols/hap/controller.ts';
import { HapError } from '../../protocols/hap/errors.ts';
import type { Address, HapOptions } from '../../protocols/hap/options.ts';
import type { Paired } from '../../protocols/hap/pair-verify.ts';
import type { Session } from '../../protocols/hap/session.ts';
import { keyOf } from '../../protocols/hap/session-answers.ts';
import type { Accessory, Listener, Versions } from './accessory.ts';

/** What an accessory is reached by. Both are asked before each session: an address moves, a key is another after a reset. */
export interface HapAccessoryOptions extends Pick<HapOptions, 'deadlines' | 'record'> {
  readonly id: string;
  readonly name: string;
  readonly where: () => Promise<Address>;
  readonly paired: () => Promise<Paired>;
}

/** Waits between tries to hear an accessory again: 0.5 s, doubling, 8 s at most. */
const AGAIN_MS = 500;
const AGAIN_MAX_MS = 8_000;

/** After these the session goes on; after all others it is lost. */
const REFUSALS: ReadonlySet<string> = new Set(['tlv-error', 'http-status', 'hap-status']);

/** An accessory that nothing has been asked of yet. */
export function hapAccessory(options: HapAccessoryOptions): Accessory {
  const { id, name, where, paired } = options;
  const listeners = new Set<Listener>();
  let opened: Promise<Session> | undefined;
  let database: Promise<readonly ListedAccessory[]> | undefined;
  let versions: Versions = {};
  let serviceTypes: readonly string[] | undefined;
  let again: NodeJS.Timeout | undefined;
  let waitMs = AGAIN_MS;

  const forget = (session: Promise<Session>): void => {
    if (opened !== session) return;
    opened = undefined;
    database = undefined;
    if (listeners.size > 0) listenLater();
  };

  const open = (): Promise<Session> => {
    const opening: Promise<Session> = Promise.all([where(), paired()]).then(async ([address, pairing]) => {
      const session = await openSession(address, pairing, options);
      void session.closed.then(() => forget(opening));
      return session;
    });
    opening.catch(() => forget(opening));
    return opening;
  };

  /** By the session there is, or, when that one turns out to be lost, once more by a new one: all of it may be done twice. */
  const ask = async <T>(operation: (session: Session) => Promise<T>): Promise<T> => {
    const kept = opened;
    opened ??= open();
    try {
      return await operation(await opened);
    } catch (error) {
      const lost = error instanceof HapError && !REFUSALS.has(error.kind) && error.kind !== 'timeout';
      if (!lost || !kept) throw error;
      if (opened === kept) forget(kept);
      opened ??= open();
      return operation(await opened);
    }
  };

  const tell = (changes: readonly CharacteristicRead[]): void => {
    for (const listener of [...listeners]) listener(changes);
  };

  const listed = (): Promise<readonly ListedAccessory[]> => {
    if (database) return database;
    const reading = ask((session) => session.accessories());
    database = reading;
    reading.then(
      (listed) => {
        versions = versionsOf(listed);
        serviceTypes = listed.flatMap(({ services }) => services.map(({ type }) => type));
      },
      () => undefined,
    );
    reading.catch(() => {
      if (database === reading) database = undefined;
    });
    return reading;
  };

  /** Registers for all that can notify, and tells what it is now: whatever happened in between is made good by that. */
  const listen = async (): Promise<void> => {
    const audible = (await listed()).flatMap(audibleOf);
    if (audible.length === 0) return;
    await ask(async (session) => {
      const newer = new Set<string>();
      await session.subscribe(audible, (changes) => {
        for (const change of changes) newer.add(keyOf(change));
        tell(changes);
      });
      const read = await session.read(audible);
      // An accessory that takes its time to read may have told of a change meanwhile.
      tell(read.filter((one) => one.status === 0 && !newer.has(keyOf(one))));
    });
    waitMs = AGAIN_MS;
  };

  const listenLater = (): void => {
    again ??= setTimeout(() => {
      again = undefined;
      if (listeners.size > 0) listen().catch(() => listenLater());
    }, waitMs).unref();
    waitMs = Math.min(2 * waitMs, AGAIN_MAX_MS);
  };

  return {
    id,
    name,
    address: where,
    async identity() {
      const { accessoryId, accessoryLtpk } = await paired();
      return { id: accessoryId, key: Buffer.from(accessoryLtpk).toString('base64url') };
    },
    accessories: listed,
    versions: () => versions,
    serviceTypes: () => serviceTypes,
    read: (ids) => ask((session) => session.read(ids)),
    async write(writes, timedMs) {
      await ask((session) => (timedMs === undefined ? session.write(writes) : session.timedWrite(writes, timedMs)));
      // An accessory never tells the writer (HAP §6.8), and others listen by the writer's session.
      tell(writes.map(({ aid, iid, value }) => ({ aid, iid, value, status: 0 })));
    },
    subscribe(listener) {
      listeners.add(listener);
      if (listeners.size === 1) listen().catch(() => listenLater());
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        clearTimeout(again);
        again = undefined;
      };
    },
    listPairings: () =>
      ask(async (session) =>
        (await session.listPairings()).map(({ id: pairing, publicKey, admin }) => ({
          id: pairing,
          key: Buffer.from(publicKey).toString('base64url'),
          admin,
        })),
      ),
    addPairing: ({ id: pairing, key, admin }) =>
      ask((session) => session.addPairing({ id: pairing, publicKey: Buffer.from(key, 'base64url'), admin })),
    removePairing: (pairing) => ask((session) => session.removePairing(pairing)),
    close() {
      const session = opened;
      opened = undefined;
      database = undefined;
      session?.then((one) => one.close()).catch(() => undefined);
    },
  };
}

function versionsOf([first]: readonly ListedAccessory[]): Versions {
  const text = (service: string, characteristic: string): string | undefined => {
    const found = first?.services.find(({ type }) => type === service);
    const value = found?.characteristics.find(({ type }) => type === characteristic)?.value;
    return typeof value === 'string' ? value.slice(0, 40) : undefined;
  };
  const [firmware, pv] = [text('3E', '52'), text('A2', '37')];
  return { ...(firmware !== undefined && { firmware }), ...(pv !== undefined && { pv }) };
}

function audibleOf({ aid, services }: ListedAccessory): CharacteristicId[] {
  return services.flatMap(({ characteristics }) =>
    characteristics.filter(({ perms }) => perms.includes('ev')).map(({ iid }) => ({ aid, iid })),
  );
}
