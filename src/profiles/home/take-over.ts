/**
 * The new owner's part of a transfer, for apps: over a HAP session of its own it lists, says so to the hub, and lets the others
 * go, one after another. It can be stopped at any point and begun again: the accessory's list is all it needs.
 *
 *     const session = await openSession(address, paired);
 *     await takeOver(session, { to: { id, key }, own: hubPairingId }, { tell });
 */
import { LAST_ERRORS } from './effects.ts';
import { type Listed, type Step, type TransferPlan, transferStep } from './ownership.ts';

/** What it needs of a session (`counterfoil/hap`). */
export interface TakeOverSession {
  listPairings(): Promise<readonly { readonly id: string; readonly publicKey: Uint8Array; readonly admin: boolean }[]>;
  removePairing(id: string): Promise<void>;
}

/** Who hears of it. */
export interface TakeOverOptions {
  /**
   * Tells the hub what the new owner has listed (`POST /api/ownership/<accessory>`), before anybody is removed and when nobody
   * is left; what it throws ends the take-over, to be begun again.
   */
  readonly tell?: (listed: readonly Listed[]) => Promise<void>;
  /** Told of each step, before it is made. */
  readonly onStep?: (step: Step) => void;
}

/** More than an accessory has room for, so that one that adds as fast as it removes ends in an error and not in a loop. */
const ROUNDS_MAX = 256;

/**
 * Goes on with a transfer until there is nothing left for the new owner to do. Nobody is removed before the new owner's
 * own list shows it as an administrator with its key.
 *
 * @param plan `own` is the hub's pairing id, `to` the caller itself, its key as base64url
 * @returns `done`, or the step that somebody else has to make first: `list` as `old` means that the hub has not added us yet
 * @throws what the session and `tell` throw, and an Error for an accessory that acknowledges a removal and keeps the pairing
 */
export async function takeOver(
  session: TakeOverSession,
  plan: TransferPlan,
  { tell, onStep }: TakeOverOptions = {},
): Promise<Step> {
  let told = false;
  let removed: string | undefined;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const byNew = await list(session);
    const me = byNew?.find(({ id }) => id === plan.to.id);
    const owns = me?.admin === true && me.key === plan.to.key;
    const step = transferStep(plan, byNew && owns ? { byNew } : {});
    if (step.do !== 'remove') {
      // Also at the end: the hub, which is out by now, learns of it at once.
      if (step.do === 'done') await tell?.(byNew ?? []);
      return step;
    }
    if (step.id === removed) throw new Error(LAST_ERRORS.kept);
    if (!told) await tell?.(byNew ?? []);
    told = true;
    onStep?.(step);
    await session.removePairing(step.id);
    removed = step.id;
  }
  throw new Error(`expected the list to end, but others were added ${ROUNDS_MAX} times: look who does that`);
}

/** HAP §5.15 table 5-5: authentication, which to an administrator's question means that one is none. */
const NOT_ADMIN = 2;

async function list(session: TakeOverSession): Promise<readonly Listed[] | undefined> {
  try {
    return (await session.listPairings()).map(({ id, publicKey, admin }) => ({
      id,
      key: Buffer.from(publicKey).toString('base64url'),
      admin,
    }));
  } catch (error) {
    if (error instanceof Error && 'tlvError' in error && error.tlvError === NOT_ADMIN) return undefined;
    throw error;
  }
}
