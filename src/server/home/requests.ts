/** What one request about characteristics may ask, of the API as of `counterfoil home`; and reading many of an accessory. */
import type { CharacteristicId, CharacteristicRead } from '../../protocols/hap/characteristics.ts';
import { keyOf } from '../../protocols/hap/session-answers.ts';
import type { Accessory } from '../accessories/accessory.ts';

/** Names in one request. */
export const IDS_MAX = 50;
/** How long a timed write may wait, in milliseconds. */
export const TIMED_MAX_MS = 60_000;
/** Characteristics in one question: some accessories answer no longer request line. */
const READ_MAX = 40;

/** What came of each, in the order asked for; each is asked for once. @throws HapError */
export async function readAll(
  from: Pick<Accessory, 'read'>,
  ids: readonly CharacteristicId[],
): Promise<readonly (CharacteristicRead | undefined)[]> {
  const asked = [...new Map(ids.map((id) => [keyOf(id), id])).values()];
  const read = new Map<string, CharacteristicRead>();
  for (let at = 0; at < asked.length; at += READ_MAX)
    for (const one of await from.read(asked.slice(at, at + READ_MAX))) read.set(keyOf(one), one);
  return ids.map((id) => read.get(keyOf(id)));
}
