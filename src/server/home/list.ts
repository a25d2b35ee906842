/** The accessories of the hub as a list: who answers, what they are, how many controllers they have. */
import type { Verdict } from '../../core/verdict.ts';
import { characteristicName } from '../../profiles/home/types.ts';
import type { ListedAccessory } from '../../protocols/hap/characteristics.ts';
import type { Accessory } from '../accessories/accessory.ts';
import type { House } from '../accessories/house.ts';
import { LAMP_ID } from '../config.ts';
import { DeviceError, NotFoundError } from '../operations.ts';
import { withSession } from './dialogue.ts';
import { lookAround } from './find.ts';
import { partsOf } from './paths.ts';
import type { AccessoryView, Announced } from './shapes.ts';

/** An accessory that is away must not keep the others waiting. */
const DEADLINES = { connectMs: 3_000, answerMs: 5_000 } as const;
const LOOK_SECONDS = 2;

/** The accessory of that name. @throws NotFoundError */
export async function known(house: Pick<House, 'get'>, id: string): Promise<Accessory> {
  const accessory = await house.get(id);
  if (accessory) return accessory;
  throw new NotFoundError(`no accessory is called ${id} here: counterfoil home accessories lists them`);
}

/** What the hub calls the accessories that it is paired with, by HAP id in capitals. */
export async function namesByHapId(house: Pick<House, 'list' | 'record'>): Promise<ReadonlyMap<string, string>> {
  const all = await house.list();
  const records = await Promise.all(all.map(async ({ id }) => [id, await house.record(id)] as const));
  return new Map(records.flatMap(([id, record]) => (record ? [[record.hapId.toUpperCase(), id] as const] : [])));
}

/** All of them. The network is asked as well where there are others than the hub's own. */
export async function listAll(house: House): Promise<readonly AccessoryView[]> {
  const all = await house.list();
  const others = all.some(({ id }) => id !== LAMP_ID);
  const around = others ? lookAround({ seconds: LOOK_SECONDS }).catch(() => []) : [];
  const views = await Promise.all(all.map((accessory) => viewOf(house, accessory)));
  const announced = new Map((await around).map(({ txt }) => [txt.id?.toUpperCase(), txt]));
  return views.map((view) => {
    const txt = announced.get(view.hapId?.toUpperCase());
    return txt ? { ...view, pv: txt.pv, ...(txt.sf !== undefined && { sf: txt.sf }) } : view;
  });
}

/** One of them, as it answers now. */
export async function viewOf(house: House, accessory: Accessory): Promise<AccessoryView> {
  return (await seen(house, accessory)).view;
}

/** The same, with the doctor's verdict where it does not answer. */
export async function seen(
  house: House,
  accessory: Accessory,
): Promise<{ readonly view: AccessoryView; readonly verdict?: Verdict }> {
  const { id, name } = accessory;
  const asked = await withSession(
    house,
    accessory,
    async (session) => ({ database: await session.accessories(), pairings: (await session.listPairings()).length }),
    { deadlines: DEADLINES },
  ).catch((error: unknown) => {
    if (error instanceof DeviceError) return error;
    throw error;
  });
  const record = await house.record(id);
  const address = await accessory.address().catch(() => undefined);
  const base = {
    id,
    name,
    own: id === LAMP_ID,
    ...(record && { hapId: record.hapId }),
    ...(address && { address: `${address.host}:${address.port}` }),
  };
  if (asked instanceof DeviceError)
    return { view: { ...base, reachable: false, why: asked.message }, verdict: asked.verdict };
  return { view: { ...base, reachable: true, pairings: asked.pairings, ...labelOf(asked.database) } };
}

/** What it says of itself (HAP §8.1, §8.17); of a bridge, what the bridge says. */
export function labelOf(
  database: readonly ListedAccessory[],
): Pick<AccessoryView, 'model' | 'firmware'> & Partial<Pick<Announced, 'pv'>> {
  const parts = database.flatMap(partsOf);
  const text = (name: string): string | undefined => {
    const value = parts.find(({ characteristic }) => characteristicName(characteristic.type) === name)?.characteristic
      .value;
    return typeof value === 'string' ? value : undefined;
  };
  const version = parts.find(
    ({ service, characteristic }) => service.type === PROTOCOL && characteristic.type === VERSION,
  );
  const pv = version?.characteristic.value;
  const [model, firmware] = [text('model'), text('firmware-revision')];
  return {
    ...(model !== undefined && { model }),
    ...(firmware !== undefined && { firmware }),
    ...(typeof pv === 'string' && { pv }),
  };
}

const PROTOCOL = 'A2';
const VERSION = '37';
