/**
 * What the person in charge does with accessories, by the hub's own pairings. Each operation has a session of its own, written
 * down, so that what goes wrong comes with the doctor's verdict. Pairing: `pair.ts`; examining: `examine.ts`.
 */
import { fingerprint } from '../../protocols/hap/keys.ts';
import type { Session } from '../../protocols/hap/session.ts';
import { encodeSetupPayload, type SetupPayload } from '../../protocols/hap/setup-payload.ts';
import type { Store } from '../../store/port.ts';
import type { Registry } from '../../store/registry.ts';
import { heldPairings } from '../accessories/holders.ts';
import type { House } from '../accessories/house.ts';
import { exclusively } from '../accessories/turns.ts';
import { HUB_ID, LAMP_ID } from '../config.ts';
import { NotFoundError, OperationError } from '../operations.ts';
import { withSession } from './dialogue.ts';
import { examine } from './examine.ts';
import { announcedOf, lookAround } from './find.ts';
import { known, listAll, namesByHapId, seen, viewOf } from './list.ts';
import { createPairing } from './pair.ts';
import { getValues, setValues, watchValues } from './read-write.ts';
import type { HomeOperations, PairingView } from './shapes.ts';
import { createWatches } from './watches.ts';

/** What they work on. */
export interface HomeOperationsDeps {
  readonly house: House;
  readonly registry: Registry;
  readonly store: Store;
  readonly shared: boolean;
  readonly clock: () => number;
  /** Of what the hub has of its own: its lamp, and itself as a bridge. */
  readonly setupCodes: Readonly<Record<string, () => Promise<string>>>;
}

/** Of their QR codes. Neither announces itself, so nothing has to agree with the setup id. */
const LABELS: Readonly<Record<string, Pick<SetupPayload, 'setupId' | 'category'>>> = {
  [LAMP_ID]: { setupId: 'LAMP', category: 5 },
  [HUB_ID]: { setupId: '0HUB', category: 2 },
};

/** The operations, or, without a house, those that need none; the others say what they need. */
export function homeOperations(deps: HomeOperationsDeps | undefined): HomeOperations {
  return deps ? withHouse(deps) : withoutHouse();
}

function withoutHouse(): HomeOperations {
  const needsHub = async (): Promise<never> => {
    throw new OperationError(
      'expected a running hub, because accessories are its own, but none runs on this data: counterfoil start starts one',
    );
  };
  return {
    homeDiscover: async (input) => (await lookAround(input ?? {})).map((found) => announcedOf(found)),
    homePair: needsHub,
    homeAccessories: needsHub,
    homeNames: needsHub,
    homeAccessory: needsHub,
    homeGet: needsHub,
    homeSet: needsHub,
    homeWatch: needsHub,
    homeChanges: needsHub,
    homePairings: needsHub,
    homeRemovePairing: needsHub,
    homeForget: needsHub,
    homeSetupCode: needsHub,
    homeExamine: (target, look) => examine(undefined, target, look ?? {}),
  };
}

function withHouse(deps: HomeOperationsDeps): HomeOperations {
  const { house } = deps;
  const watches = createWatches();
  const pairing = createPairing(house, async (id) => viewOf(house, await known(house, id)));
  return {
    async homeDiscover(input) {
      const [around, names] = await Promise.all([lookAround(input ?? {}), namesByHapId(house)]);
      return around.map((found) => announcedOf(found, names.get(found.txt.id?.toUpperCase() ?? '')));
    },
    homePair: (input) => pairing.pair(input),
    homeAccessories: () => listAll(house),
    homeNames: async () => (await house.list()).map(({ id, name }) => ({ id, name })),
    async homeAccessory(id) {
      const { view, verdict } = await seen(house, await known(house, id));
      return { ...view, ...(verdict && { verdict }) };
    },
    homeGet: (ids) => getValues(house, ids),
    // over the admin socket a missing argument comes as null
    homeSet: (writes, timedMs) => setValues(house, writes, timedMs ?? undefined),
    homeWatch: (ids) => watchValues(house, watches, ids, deps.clock),
    homeChanges: (watch) => watches.changes(watch),
    homePairings: (id) => pairingsOf(deps, id),
    homeRemovePairing: (id, which) => removePairing(deps, id, which),
    homeForget: (id) => forget(deps, id),
    async homeSetupCode(id) {
      const [asked, label] = [deps.setupCodes[id], LABELS[id]];
      if (!asked || !label)
        throw new OperationError(
          `expected ${Object.keys(LABELS).join(' or ')}, got ${id}: the setup code of every other accessory is printed on it`,
        );
      const setupCode = await asked();
      return { setupCode, payload: encodeSetupPayload({ ...label, setupCode, ip: true, ble: false, paired: false }) };
    },
    homeExamine: (target, look) => examine(house, target, look ?? {}),
  };
}

/** What it lists, and what was added for grants and is not there. */
async function pairingsOf(deps: HomeOperationsDeps, id: string): Promise<readonly PairingView[]> {
  const accessory = await known(deps.house, id);
  const listed = await withSession(deps.house, accessory, (session) => session.listPairings(), { look: {} });
  return described(deps, id, listed);
}

type Listed = Awaited<ReturnType<Session['listPairings']>>;

async function described(
  { house, registry, store }: HomeOperationsDeps,
  id: string,
  listed: Listed,
): Promise<PairingView[]> {
  const held = await heldPairings(registry, id);
  const wanted = held.flatMap(({ holders }) => holders.map(({ grant }) => grant));
  const { grants } = await store.load({ grants: [...new Set(wanted)] });
  const grantsOf = (pairing: string, key: string): PairingView['grants'] =>
    held
      .filter((one) => one.id === pairing && one.key === key)
      .flatMap(({ holders }) => holders.map(({ grant }) => ({ grant, client: grants.get(grant)?.to ?? 'unknown' })));
  const there = listed.map(({ id: pairing, publicKey, admin }): PairingView => {
    const forGrants = grantsOf(pairing, Buffer.from(publicKey).toString('base64url'));
    const whose = pairing === house.identity.id ? 'hub' : forGrants.length > 0 ? 'grants' : 'stranger';
    return { id: pairing, admin, fingerprint: fingerprint(publicKey), whose, grants: forGrants, listed: true };
  });
  const missing = held
    .filter((one) => !there.some((pairing) => pairing.id === one.id))
    .map(
      (one): PairingView => ({
        id: one.id,
        admin: one.holders.some(({ admin }) => admin),
        fingerprint: fingerprint(Buffer.from(one.key, 'base64url')),
        whose: 'grants',
        grants: grantsOf(one.id, one.key),
        listed: false,
      }),
    );
  return [...there, ...missing];
}

/** Only a stranger's: what was added for a grant goes with its grant, and the hub's own with a transfer or a reset. */
async function removePairing(deps: HomeOperationsDeps, id: string, which: string): Promise<readonly PairingView[]> {
  const accessory = await known(deps.house, id);
  const wanted = which.trim().toUpperCase();
  return exclusively(deps, id, () =>
    withSession(
      deps.house,
      accessory,
      async (session) => {
        const before = await described(deps, id, await session.listPairings());
        const [pairing, ...others] = before.filter((one) => one.listed && one.id.toUpperCase().startsWith(wanted));
        if (!pairing || wanted.length < 4)
          throw new NotFoundError(
            `${id} lists no pairing that begins with ${which}: counterfoil home pairings ${id} lists them`,
          );
        if (others.length > 0) throw new OperationError(`more than one pairing begins with ${which}: give more of it`);
        demandStranger(id, pairing);
        await session.removePairing(pairing.id);
        const after = await described(deps, id, await session.listPairings());
        if (after.some((one) => one.listed && one.id === pairing.id))
          throw new OperationError(
            `${id} acknowledged the removal of ${pairing.id} but still lists it: unplug ${id}, or reset it`,
          );
        return after;
      },
      { look: {} },
    ),
  );
}

function demandStranger(accessory: string, { whose, grants, id }: PairingView): void {
  if (whose === 'hub')
    throw new OperationError(
      `${id} is the hub's own pairing: without it the hub loses ${accessory}; counterfoil home transfer hands it over, home reset clears it`,
    );
  if (whose === 'stranger') return;
  const named = grants.map(({ grant, client }) => `${grant} of ${client}`).join(', ');
  throw new OperationError(
    `${id} was added for ${named}: counterfoil revoke ends the grant, and removes the pairing with it`,
  );
}

async function forget({ house, registry }: HomeOperationsDeps, id: string): Promise<{ forgotten: string }> {
  if (id === LAMP_ID) throw new OperationError(`${id} is part of this hub and cannot be forgotten`);
  await known(house, id);
  const grants = new Set(
    (await heldPairings(registry, id)).flatMap(({ holders }) => holders.map(({ grant }) => grant)),
  );
  if (grants.size > 0)
    throw new OperationError(
      `${id} has pairings that were added for ${[...grants].join(', ')}: revoke them first, so that they are taken back`,
    );
  await house.forget(id);
  return { forgotten: id };
}
