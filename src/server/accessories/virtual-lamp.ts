/** The lamp that a fresh hub has: an accessory that the hub plays, and its light, which is a record of the registry. */
import { LAMP, lampDatabase } from '../../protocols/hap/accessory/lamp.ts';
import { CATEGORY } from '../../protocols/hap/accessory/services.ts';
import { KEY_BYTES } from '../../protocols/hap/keys.ts';
import type { Registry } from '../../store/registry.ts';
import { changeRecord } from '../records.ts';
import { VERSION } from '../version.ts';
import { holdAll } from './holders.ts';
import { type Played, type PlayedOptions, startPlayed } from './played.ts';

/** What the lamp shows, and who switched it last: a pairing id. Times in milliseconds. */
export interface LampState {
  readonly on: boolean;
  readonly brightness: number;
  readonly by?: string;
  readonly changedAt: number;
}

/** The lamp as a device. */
export interface VirtualLamp extends Omit<Played, 'server'> {
  state(): Promise<LampState>;
}

/** How it is played. */
export interface VirtualLampOptions
  extends Pick<PlayedOptions, 'registry' | 'id' | 'key' | 'clock' | 'shared' | 'onFault'> {
  readonly name: string;
}

const MODEL = 'Virtual lamp';

/** Begins to play it, unless another node does. */
export async function startVirtualLamp(options: VirtualLampOptions): Promise<VirtualLamp> {
  const { registry, id, name, clock, onFault } = options;
  const place = `accessory:${id}`;
  await importSimulated(registry, id, place, clock());
  const read = async (): Promise<LampState> =>
    stateOf((await registry.get<LampState | Simulated>('setting', place))?.body, clock());
  let shown = await read();
  let saving: Promise<unknown> = Promise.resolve();
  let toSave = false;
  /** However fast it is switched, one write is under way and one waits: the light that is kept is the newest. */
  const save = (): void => {
    if (toSave) return;
    toSave = true;
    saving = saving.then(() => {
      toSave = false;
      return changeRecord<LampState>(registry, 'setting', place, () => shown).catch(onFault);
    });
  };
  const played = await startPlayed({
    ...options,
    model: MODEL,
    category: CATEGORY.lightbulb,
    async database() {
      shown = await read();
      const label = { name, manufacturer: 'Counterfoil', model: MODEL, serialNumber: id, firmwareRevision: VERSION };
      return lampDatabase(label);
    },
    begun(server) {
      server.set(LAMP.aid, LAMP.on, shown.on);
      server.set(LAMP.aid, LAMP.brightness, shown.brightness);
    },
    onWrite(aid, iid, value, by) {
      if (aid !== LAMP.aid) return;
      const next =
        iid === LAMP.on ? { on: value === true } : iid === LAMP.brightness ? { brightness: Number(value) } : {};
      shown = { ...shown, ...next, by: by.id, changedAt: clock() };
      save();
    },
  });
  return {
    where: played.where,
    setupCode: played.setupCode,
    pairedWith: played.pairedWith,
    plug: played.plug,
    state: async () => (played.server() ? shown : read()),
    async close() {
      await played.close();
      await saving;
    },
  };
}

/** The record as 0.1 and 0.2 had it, when the lamp was simulated. */
interface Simulated {
  readonly state: { readonly on: boolean; readonly changedAt: number };
  readonly pairings: readonly { readonly id: string; readonly key: string; readonly holders?: readonly string[] }[];
}

function stateOf(found: LampState | Simulated | undefined, now: number): LampState {
  if (found && 'state' in found) return { on: found.state.on, brightness: 100, changedAt: found.state.changedAt };
  return found ?? { on: false, brightness: 100, changedAt: now };
}

/**
 * Once: what the simulated lamp listed becomes what is held here, and the real lamp is told of that when the hub pairs with
 * it. Before the worker starts, so no grant can end in between; after a crash it begins again.
 */
async function importSimulated(registry: Registry, id: string, place: string, now: number): Promise<void> {
  const found = (await registry.get<LampState | Simulated>('setting', place))?.body;
  if (!found || !('state' in found)) return;
  const sound = found.pairings.filter(({ key }) => Buffer.from(key, 'base64url').length === KEY_BYTES);
  await holdAll(
    registry,
    id,
    sound.map(({ id: pairing, key, holders = [] }) => ({
      id: pairing,
      key,
      holders: holders.map((grant) => ({ grant, until: null, admin: false })),
    })),
  );
  await changeRecord<LampState | Simulated>(registry, 'setting', place, (known) => stateOf(known, now));
}
