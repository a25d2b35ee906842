/**
 * Who a pairing was added for. HAP keeps a key and its rights, and several grants of one app may need the same pairing: it
 * goes with the last of them. A record of the registry for each accessory, changed before the accessory is, so that
 * after any crash it says at least what the accessory lists of ours.
 */
import type { Registry } from '../../store/registry.ts';
import { changeRecord } from '../records.ts';
import type { Pairing } from './accessory.ts';

/** A grant that needs a pairing; `until` is when it ends by itself, in milliseconds. */
export interface Holder {
  readonly grant: string;
  readonly until: number | null;
  readonly admin: boolean;
}

/** A pairing and those who need it. */
export interface Held extends Omit<Pairing, 'admin'> {
  readonly holders: readonly Holder[];
}

interface Kept {
  readonly pairings: readonly Held[];
}

const recordOf = (accessory: string): string => `pairings:${accessory}`;

/** All pairings that were added for grants. */
export async function heldPairings(registry: Registry, accessory: string): Promise<readonly Held[]> {
  return (await registry.get<Kept>('setting', recordOf(accessory)))?.body.pairings ?? [];
}

/** Adds pairings with their holders as they are, where nobody holds the id yet; one without holders is anybody's to end. */
export async function holdAll(registry: Registry, accessory: string, held: readonly Held[]): Promise<void> {
  await changeRecord<Kept>(registry, 'setting', recordOf(accessory), (now) => {
    const known = now?.pairings ?? [];
    return { pairings: [...known, ...held.filter(({ id }) => !known.some((one) => one.id === id))] };
  });
}

/**
 * Adds a holder. The answer is the pairing as the accessory should have it.
 *
 * @throws Error when the id is held with another key: nobody takes over a pairing by naming it
 */
export async function hold(
  registry: Registry,
  accessory: string,
  { id, key }: Pick<Pairing, 'id' | 'key'>,
  holder: Holder,
): Promise<Pairing> {
  const kept = await changeRecord<Kept>(registry, 'setting', recordOf(accessory), (now) => {
    const pairings = now?.pairings ?? [];
    const known = pairings.find((one) => one.id === id);
    if (known) expectSameKey(accessory, known, { key });
    const holders = [...(known?.holders ?? []).filter(({ grant }) => grant !== holder.grant), holder];
    return { pairings: [...pairings.filter((one) => one !== known), { id, key, holders }] };
  });
  return pairingOf(kept, id) as Pairing;
}

/** Takes a holder away. The answer is the pairing as the accessory should still have it; undefined when nobody needs it. */
export async function release(
  registry: Registry,
  accessory: string,
  { id, key }: Pick<Pairing, 'id' | 'key'>,
  grant: string,
): Promise<Pairing | undefined> {
  const kept = await changeRecord<Kept>(registry, 'setting', recordOf(accessory), (now) => {
    const known = now?.pairings.find((one) => one.id === id && one.key === key);
    if (!now || !known) return now ?? { pairings: [] };
    const holders = known.holders.filter((one) => one.grant !== grant);
    const others = now.pairings.filter((one) => one !== known);
    return { pairings: holders.length === 0 ? others : [...others, { ...known, holders }] };
  });
  return pairingOf(kept, id);
}

/** The accessory is not the hub's any more: nobody holds anything there. */
export async function letGo(registry: Registry, accessory: string): Promise<void> {
  await registry.remove('setting', recordOf(accessory));
}

/** @throws Error when an accessory knows an id with another key than the one that is wanted */
export function expectSameKey(accessory: string, known: Pick<Pairing, 'key'>, wanted: Pick<Pairing, 'key'>): void {
  if (known.key !== wanted.key)
    throw new Error(`${accessory} knows this pairing id with another key: pair under an id of your own`);
}

function pairingOf({ pairings }: Kept, id: string): Pairing | undefined {
  const held = pairings.find((one) => one.id === id);
  return held && { id, key: held.key, admin: held.holders.some(({ admin }) => admin) };
}

/** Grants whose own time is over and who still hold a pairing. */
export function overdue(pairings: readonly Held[], now: number): readonly string[] {
  const grants = pairings.flatMap(({ holders }) =>
    holders.filter(({ until }) => until !== null && until <= now).map(({ grant }) => grant),
  );
  return [...new Set(grants)];
}
