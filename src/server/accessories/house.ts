/**
 * The accessories of a hub: its own lamp, and those it was paired with. The hub has one HAP identity, made of its master key,
 * so every node of it is the same controller, and a pairing is worth nothing without that key.
 */
import { createHash } from 'node:crypto';
import { openSession, pairSetup } from '../../protocols/hap/controller.ts';
import { HapError } from '../../protocols/hap/errors.ts';
import { type Identity, identityFrom } from '../../protocols/hap/keys.ts';
import type { Address, HapOptions } from '../../protocols/hap/options.ts';
import type { Paired } from '../../protocols/hap/pair-verify.ts';
import type { Registered, Registry } from '../../store/registry.ts';
import { OperationError } from '../operations.ts';
import { changeRecord } from '../records.ts';
import type { Accessory } from './accessory.ts';
import { hapAccessory } from './hap.ts';
import { type Held, heldPairings } from './holders.ts';
import type { VirtualLamp } from './virtual-lamp.ts';

/** What is kept of an accessory that the hub is paired with. Public facts only: the hub's key is derived, not stored. */
export interface PairedRecord {
  readonly name: string;
  /** Its HAP id, and its long-term key in base64url. */
  readonly hapId: string;
  readonly key: string;
  /** Where it was last found; nothing for the lamp of this hub, which says so itself. */
  readonly address?: Address;
  /** Milliseconds since the epoch. */
  readonly pairedAt: number;
}

/** Why the hub has an accessory no more, until it is paired anew. */
export interface Away {
  /** The grant of the code that gave it away. */
  readonly grant: string;
  readonly act: 'transfer' | 'reset';
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** How pairing is asked for. */
export interface PairInput {
  readonly id: string;
  readonly name?: string;
  /** Both may be left out for the hub's own lamp only. */
  readonly address?: Address;
  readonly setupCode?: string;
  /** From its TXT record, where it was discovered. */
  readonly hapId?: string;
  readonly featureFlags?: number;
}

/** The accessories. */
export interface House {
  /** The hub as a controller. */
  readonly identity: Identity;
  /** The hub's own lamp, also while it is somebody else's. */
  readonly lamp: Accessory | undefined;
  get(id: string): Promise<Accessory | undefined>;
  list(): Promise<readonly Accessory[]>;
  record(id: string): Promise<PairedRecord | undefined>;
  /** Pairs, and keeps it. @throws OperationError for a name that is taken or no name; HapError as pairing fails */
  pair(input: PairInput, options?: HapOptions): Promise<PairedRecord>;
  /** It was found somewhere else: from now on it is looked for there. */
  moved(id: string, address: Address): Promise<void>;
  /** The hub is no controller of it any more. Nothing is said to the accessory. */
  forget(id: string): Promise<boolean>;
  /** Forgets it, and remembers that it was given away: not even the own lamp is paired again by itself. */
  giveAway(id: string, away: Away): Promise<void>;
  /** Was it given away, and not paired anew since? */
  away(id: string): Promise<Away | undefined>;
  close(): Promise<void>;
}

/** What a house is made of. */
export interface HouseOptions {
  readonly registry: Registry;
  /** 32 bytes that the hub's HAP key is made of. */
  readonly seed: Uint8Array;
  readonly lamp?: { readonly id: string; readonly name: string; readonly device: VirtualLamp };
  readonly clock: () => number;
  /** Deadlines of every session, and a recorder. */
  readonly hap?: Pick<HapOptions, 'deadlines' | 'record'>;
}

/** As in scopes (`home:<accessory>:…`). */
const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/;

/** The accessories that the registry knows. */
export function createHouse({ registry, seed, lamp, clock, hap = {} }: HouseOptions): House {
  const identity = identityFrom(controllerId(seed), seed);
  const made = new Map<string, { readonly rev: number; readonly accessory: Accessory }>();
  let pairingLamp: Promise<Paired> | undefined;

  const pairedOf = ({ hapId, key }: PairedRecord): Paired => ({
    accessoryId: hapId,
    accessoryLtpk: Buffer.from(key, 'base64url'),
    identity,
  });

  const keep = async (id: string, paired: Paired, name: string, address?: Address): Promise<PairedRecord> => {
    const record: PairedRecord = {
      name,
      hapId: paired.accessoryId,
      key: Buffer.from(paired.accessoryLtpk).toString('base64url'),
      ...(address && { address }),
      pairedAt: clock(),
    };
    const rev = (await registry.get('accessory', id))?.rev ?? 0;
    if (!(await registry.save('accessory', id, rev, record)))
      throw new OperationError(`somebody else has just changed the accessory ${id}; look again`);
    await registry.remove('setting', awayOf(id));
    return record;
  };

  /** The lamp of a fresh hub is paired when it is first needed, by its setup code, like any other. */
  const lampPaired = async (): Promise<Paired> => {
    if (!lamp) throw new Error('this hub has no lamp of its own');
    const { id, name, device } = lamp;
    const record = await registry.get<PairedRecord>('accessory', id);
    if (record) return pairedOf(record.body);
    if (await registry.get('setting', awayOf(id)))
      throw new HapError(
        'connect',
        'unreachable',
        `the ${id} was given away: counterfoil home pair ${id} takes it back`,
      );
    const address = await device.where();
    // It may know the hub already, when this process, or one before, died before it wrote that down here.
    const known = await device.pairedWith(identity);
    const paired = known
      ? { accessoryId: known.id, accessoryLtpk: known.publicKey, identity }
      : await pairSetup(address, await device.setupCode(), identity, hap);
    await tellHeld(address, paired, await heldPairings(registry, id));
    await keep(id, paired, name);
    return paired;
  };

  /** What is held for grants that live: of a lamp that was simulated, or that is another one since its key was lost. */
  const tellHeld = async (address: Address, paired: Paired, held: readonly Held[]): Promise<void> => {
    if (held.length === 0) return;
    const session = await openSession(address, paired, hap);
    for (const { id, key, holders } of held)
      await session.addPairing({
        id,
        publicKey: Buffer.from(key, 'base64url'),
        admin: holders.some(({ admin }) => admin),
      });
    session.close();
  };

  const lampAccessory =
    lamp &&
    hapAccessory({
      ...hap,
      id: lamp.id,
      name: lamp.name,
      where: () => lamp.device.where(),
      paired: () => {
        pairingLamp ??= lampPaired();
        const pairing = pairingLamp;
        pairing.catch(() => {
          pairingLamp = undefined;
        });
        return pairing;
      },
    });

  const accessoryOf = ({ id, rev, body }: Registered<PairedRecord>): Accessory => {
    const known = made.get(id);
    if (known?.rev === rev) return known.accessory;
    known?.accessory.close();
    const read = async (): Promise<PairedRecord> => {
      const found = await registry.get<PairedRecord>('accessory', id);
      if (!found) throw new Error(`the hub is not paired with ${id} any more`);
      return found.body;
    };
    const accessory = hapAccessory({
      ...hap,
      id,
      name: body.name,
      where: async () => {
        const { address } = await read();
        if (!address) throw new Error(`nobody knows where ${id} is: find it with counterfoil home discover`);
        return address;
      },
      paired: async () => pairedOf(await read()),
    });
    made.set(id, { rev, accessory });
    return accessory;
  };

  /** It is away only as long as there is no record of a pairing: that one is written last, and removed last. */
  const away = async (id: string): Promise<Away | undefined> => {
    if (await registry.get('accessory', id)) return undefined;
    return (await registry.get<Away>('setting', awayOf(id)))?.body;
  };

  const forget = (id: string): Promise<boolean> => {
    made.get(id)?.accessory.close();
    made.delete(id);
    if (id === lampAccessory?.id) {
      lampAccessory.close();
      pairingLamp = undefined;
    }
    return registry.remove('accessory', id);
  };

  return {
    identity,
    lamp: lampAccessory,
    async get(id) {
      if (lampAccessory && id === lampAccessory.id) return (await away(id)) ? undefined : lampAccessory;
      const found = await registry.get<PairedRecord>('accessory', id);
      return found && accessoryOf(found);
    },
    async list() {
      const others = (await registry.list<PairedRecord>('accessory')).filter(({ id }) => id !== lampAccessory?.id);
      const own = lampAccessory && !(await away(lampAccessory.id)) ? [lampAccessory] : [];
      return [...own, ...others.map(accessoryOf)];
    },
    record: async (id) => (await registry.get<PairedRecord>('accessory', id))?.body,
    async pair({ id, name, hapId, featureFlags, ...given }, options = {}) {
      if (!ID.test(id))
        throw new OperationError(
          `expected a name of letters, digits, dots and dashes for the accessory, got ${JSON.stringify(id)}`,
        );
      if (await registry.get('accessory', id))
        throw new OperationError(`an accessory is called ${id} already: choose another name`);
      const own = lamp?.id === id ? lamp : undefined;
      const address = own ? await own.device.where() : given.address;
      const setupCode = given.setupCode ?? (await own?.device.setupCode());
      if (!address || setupCode === undefined)
        throw new OperationError(
          `expected an address and a setup code for ${id}: find it with counterfoil home discover`,
        );
      const paired = await pairSetup(address, setupCode, identity, {
        ...hap,
        ...options,
        ...(hapId !== undefined && { accessoryId: hapId }),
        ...(featureFlags !== undefined && { featureFlags }),
      });
      if (!own) return keep(id, paired, name ?? id, address);
      pairingLamp = undefined;
      return keep(id, paired, name ?? own.name);
    },
    async moved(id, address) {
      const found = await registry.get<PairedRecord>('accessory', id);
      if (found) await registry.save('accessory', id, found.rev, { ...found.body, address });
    },
    forget,
    async giveAway(id, why) {
      await changeRecord<Away>(registry, 'setting', awayOf(id), () => why);
      await forget(id);
    },
    away,
    async close() {
      lampAccessory?.close();
      for (const { accessory } of made.values()) accessory.close();
    },
  };
}

const awayOf = (id: string): string => `away:${id}`;

/** Pairing ids are upper-case UUIDs (HAP §5.6.5). The hub's is made of its key, so that it is the same everywhere. */
function controllerId(seed: Uint8Array): string {
  const hex = createHash('sha256').update('counterfoil controller').update(seed).digest('hex').toUpperCase();
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}
