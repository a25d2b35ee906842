/**
 * The keys that card fingerprints are made with: derived from the master key by name, so that only their names are kept. All
 * are read with; the one in force is written with. A new key comes into force a minute after it was made, when every node knows
 * it, and an old one goes when nothing can be kept under it any more.
 */
import type { FingerprintKey } from '../../profiles/payments/pan.ts';
import { KEPT_MS } from '../../profiles/payments/record.ts';
import type { Loaded } from '../../store/port.ts';
import type { Registry } from '../../store/registry.ts';
import { noteAccountEvent } from '../account-events.ts';
import { OperationError } from '../operations.ts';
import { changeRecord } from '../records.ts';
import type { CardKeyView } from './operation-shapes.ts';

/** The bytes of a key, from its name. */
export type CardKeys = (id: string) => Uint8Array;

/** Until a new key is in force, in milliseconds: longer than any request under way may take. */
const SETTLE_MS = 60_000;

interface Named {
  readonly id: string;
  /** In force from then on, until the next one is. */
  readonly from: number;
}

/** Newest first; never empty. `made` is how many there have been, so that no name comes twice. */
interface Kept {
  readonly made: number;
  readonly keys: readonly Named[];
}

const RECORD = 'payments-card-keys';
const FIRST: Kept = { made: 1, keys: [{ id: 'k1', from: 0 }] };
/** Each attempt reads a card under all of them. */
const KEYS_MAX = 10;

interface Remembered {
  readonly records: number;
  readonly kept: Kept;
}

const memories = new WeakMap<Registry, Remembered>();

/** All live keys, the one in force first. */
export async function cardKeys(
  registry: Registry,
  derive: CardKeys,
  { now, records }: Pick<Loaded, 'now' | 'records'>,
): Promise<readonly FingerprintKey[]> {
  const known = memories.get(registry);
  const kept = known?.records === records ? known.kept : await keptNow(registry);
  memories.set(registry, { records, kept });
  const live = liveAt(kept, now);
  const inForce = live.find(({ from }) => from <= now);
  const order = [...(inForce ? [inForce] : []), ...live.filter((key) => key !== inForce)];
  return order.map(({ id }) => ({ id, secret: derive(id) }));
}

async function keptNow(registry: Registry): Promise<Kept> {
  return (await registry.get<Kept>('setting', RECORD))?.body ?? FIRST;
}

/** Without those under which nothing is kept any more: the next one has been in force for longer than a card is remembered. */
function liveAt({ keys }: Kept, now: number): readonly Named[] {
  return keys.filter((_, i) => {
    const next = keys[i - 1];
    return next === undefined || now <= next.from + KEPT_MS;
  });
}

/** All live keys as people see them, newest first. */
export async function listCardKeys(registry: Registry, now: number): Promise<readonly CardKeyView[]> {
  return viewsOf(await keptNow(registry), now);
}

function viewsOf(kept: Kept, now: number): readonly CardKeyView[] {
  const live = liveAt(kept, now);
  const inForce = live.find(({ from }) => from <= now);
  return live.map((key): CardKeyView => {
    const next = live[live.indexOf(key) - 1];
    const state = key === inForce ? 'in-force' : key.from > now ? 'next' : 'read';
    return { id: key.id, from: key.from, state, ...(state === 'read' && next && { goesAt: next.from + KEPT_MS }) };
  });
}

/**
 * Makes a new key; with `drop`, lets all older ones go instead than that in force: what is known of cards that were not tried
 * since is lost.
 *
 * @throws OperationError while an earlier rotation is not settled, or when there are ten
 */
export async function rotateCardKey(registry: Registry, now: number, drop: boolean): Promise<readonly CardKeyView[]> {
  const kept = await changeRecord<Kept>(registry, 'setting', RECORD, (before = FIRST) => {
    const keys = liveAt(before, now);
    const [newest] = keys;
    if (newest !== undefined && newest.from > now)
      throw new OperationError(
        `expected the key ${newest.id} to be in force, but that is at ${new Date(newest.from).toISOString()}: try again then`,
      );
    if (drop) return { ...before, keys: keys.slice(0, 1) };
    if (keys.length >= KEYS_MAX)
      throw new OperationError(
        `expected fewer than ${KEYS_MAX} live keys, because every attempt reads a card under each: wait until one goes, or --drop them`,
      );
    const made = before.made + 1;
    return { made, keys: [{ id: `k${made}`, from: now + SETTLE_MS }, ...keys] };
  });
  const act = drop ? 'card-keys-dropped' : 'card-key-made';
  await noteAccountEvent(registry, { at: now, user: 'operator', act, about: kept.keys[0]?.id ?? '' });
  return viewsOf(kept, now);
}
