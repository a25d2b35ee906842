/** Changing a record of the registry while other nodes, and other requests of this one, change it too. */
import type { Registered, Registrable, Registry } from '../store/registry.ts';

/** Each lost round means that somebody else won it, so this many are lost only to that many others at the same time. */
const TRIES_MAX = 50;

/**
 * Reads a record, changes it and saves it, again from the start whenever somebody else came between.
 *
 * @param make what the record should be, from what it is (`undefined`: there is none); may be called several times, and
 *   changes nothing by answering what it was given
 * @returns the record as it is then
 * @throws when others came between every time
 */
export async function changeRecord<T>(
  registry: Registry,
  kind: Registrable,
  id: string,
  make: (now: T | undefined) => T,
): Promise<T> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const found: Registered<T> | undefined = await registry.get<T>(kind, id);
    const next = make(found?.body);
    if (next === found?.body || (await registry.save(kind, id, found?.rev ?? 0, next))) return next;
  }
  throw new Error(`expected to change the ${kind} ${id}, but others came between ${TRIES_MAX} times`);
}

/** Removed in one go; the rest waits for the next time, so that whoever set it off does not wait long. */
const REMOVED_MAX = 500;

/** Removes records that are `over`, asked of the one with the most `age` first, and of the rest the oldest (the least `age`, a time) beyond `limit`. */
export async function tidyRecords<T>(
  registry: Registry,
  kind: Registrable,
  { over, age, limit }: { over(body: T): boolean; age(body: T): number; readonly limit: number },
): Promise<void> {
  const newestFirst = (await registry.list<T>(kind)).sort((a, b) => age(b.body) - age(a.body));
  let live = 0;
  const gone = newestFirst.filter(({ body }) => over(body) || ++live > limit).slice(0, REMOVED_MAX);
  await Promise.all(gone.map(({ id }) => registry.remove(kind, id)));
}
