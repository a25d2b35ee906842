/** Reading, writing and watching characteristics by their names, as the hub. */
import type { CharacteristicWrite, ListedAccessory } from '../../protocols/hap/characteristics.ts';
import type { Session } from '../../protocols/hap/session.ts';
import { keyOf } from '../../protocols/hap/session-answers.ts';
import type { Accessory } from '../accessories/accessory.ts';
import type { House } from '../accessories/house.ts';
import { OperationError } from '../operations.ts';
import { withSession } from './dialogue.ts';
import { known } from './list.ts';
import { idOf, type Part } from './paths.ts';
import { IDS_MAX, readAll, TIMED_MAX_MS } from './requests.ts';
import type { SetInput, ValueView } from './shapes.ts';
import { accessoryOf, namesIn, partsNamed, typedValue, valueView } from './values.ts';
import type { Watches } from './watches.ts';

/** Values in the order asked for. @throws DeviceError */
export async function getValues(house: House, ids: readonly string[]): Promise<readonly ValueView[]> {
  const read = await byAccessory(house, ids, (accessory, all) =>
    withSession(
      house,
      accessory,
      async (session) => {
        const database = await session.accessories();
        return valuesOf(
          session,
          accessory.id,
          database,
          all.flatMap((id) => partsNamed(database, id, 'pr')),
        );
      },
      { look: {} },
    ),
  );
  return [...read.values()].flat();
}

/** Writes, and reads back what can be read. @throws DeviceError */
export async function setValues(
  house: House,
  writes: readonly SetInput[],
  timedMs: number | undefined,
): Promise<readonly ValueView[]> {
  if (timedMs !== undefined && !(Number.isInteger(timedMs) && timedMs >= 1 && timedMs <= TIMED_MAX_MS))
    throw new OperationError(`expected 1 to ${TIMED_MAX_MS} ms for a timed write, got ${timedMs}`);
  const whole = writes.find(({ id }) => !id.includes('/'));
  if (whole)
    throw new OperationError(`expected one characteristic to write, like ${whole.id}/lightbulb/on, got ${whole.id}`);
  const ids = writes.map(({ id }) => id);
  const done = await byAccessory(house, ids, (accessory, all) =>
    withSession(
      house,
      accessory,
      async (session) => {
        const database = await session.accessories();
        const asked = writes
          .filter(({ id }) => all.includes(id))
          .flatMap(({ id, value }) =>
            partsNamed(database, id, 'pw').map((part) => ({
              part,
              write: { ...idOf(part), value: typedValue(id, part, value) },
            })),
          );
        await send(
          session,
          asked.map(({ write }) => write),
          timedMs,
        );
        const readable = asked
          .map(({ part }) => part)
          .filter(({ characteristic }) => characteristic.perms.includes('pr'));
        return valuesOf(session, accessory.id, database, readable);
      },
      { look: {} },
    ),
  );
  return [...done.values()].flat();
}

async function send(
  session: Session,
  writes: readonly CharacteristicWrite[],
  timedMs: number | undefined,
): Promise<void> {
  await (timedMs === undefined ? session.write(writes) : session.timedWrite(writes, timedMs));
}

/** Listens by the session that the hub has open anyway, which is opened again whenever it is lost. @throws DeviceError */
export async function watchValues(
  house: House,
  watches: Watches,
  ids: readonly string[],
  clock: () => number,
): Promise<{ watch: string; now: readonly ValueView[] }> {
  const found = await byAccessory(house, ids, (accessory, all) =>
    withSession(
      house,
      accessory,
      async (session) => {
        const database = await session.accessories();
        const parts = all.flatMap((id) => partsNamed(database, id, 'ev'));
        return {
          parts,
          nameOf: namesIn(accessory.id, database),
          now: await valuesOf(session, accessory.id, database, parts),
        };
      },
      { look: {} },
    ),
  );
  const now = [...found.values()].flatMap((one) => one.now);
  const last = new Map(now.map(({ id, value }) => [id, value]));
  const watch = watches.open((hear) => {
    const stops = [...found].map(([accessory, { parts, nameOf }]) => {
      const names = new Map(parts.map((part) => [keyOf(idOf(part)), nameOf(part)]));
      return accessory.subscribe((changes) => {
        for (const change of changes) {
          const id = names.get(keyOf(change));
          // After a lost connection all values come once more.
          if (id === undefined || change.value === undefined || last.get(id) === change.value) continue;
          last.set(id, change.value);
          hear({ at: clock(), id, value: change.value });
        }
      });
    });
    return () => {
      for (const stop of stops) stop();
    };
  });
  return { watch, now };
}

async function valuesOf(
  session: Session,
  accessory: string,
  database: readonly ListedAccessory[],
  parts: readonly Part[],
): Promise<readonly ValueView[]> {
  const nameOf = namesIn(accessory, database);
  const read = await readAll(session, parts.map(idOf));
  return parts.map((part, i) => valueView(accessory, part, nameOf(part), read[i] ?? {}));
}

/** Each accessory with all that is asked of it, all of them at once, in the order of their first names. */
async function byAccessory<T>(
  house: House,
  ids: readonly string[],
  work: (accessory: Accessory, ids: readonly string[]) => Promise<T>,
): Promise<ReadonlyMap<Accessory, T>> {
  if (ids.length === 0 || ids.length > IDS_MAX)
    throw new OperationError(`expected 1 to ${IDS_MAX} names like lamp/lightbulb/on, got ${ids.length}`);
  const groups = [...Map.groupBy(ids, accessoryOf)];
  const accessories = await Promise.all(groups.map(async ([id, all]) => [await known(house, id), all] as const));
  return new Map(await Promise.all(accessories.map(async ([one, all]) => [one, await work(one, all)] as const)));
}
