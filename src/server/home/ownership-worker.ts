/**
 * Changes of ownership, carried out by the hub: the steps are the machines' (`src/profiles/home/ownership.ts`), what they are
 * taken from is the accessory's own list, read anew after each change. What is not done yet is thrown, and tried again.
 */
import type { Effect, Grant } from '../../core/model.ts';
import { namedAccessories } from '../../profiles/home/case.ts';
import { LAST_ERRORS } from '../../profiles/home/effects.ts';
import {
  additionalStep,
  type Known,
  type Listed,
  resetStep,
  STOP_WORDS,
  type Step,
  transferStep,
  type View,
} from '../../profiles/home/ownership.ts';
import { GONE, isMarked, NEW_OWNER_LISTED, planOf } from '../../profiles/home/ownership-effect.ts';
import { listOf } from '../../profiles/oauth/case.ts';
import { identify } from '../../protocols/hap/controller.ts';
import { HapError } from '../../protocols/hap/errors.ts';
import type { Address } from '../../protocols/hap/options.ts';
import { TLV_ERROR } from '../../protocols/hap/tlv8.ts';
import type { Accessory } from '../accessories/accessory.ts';
import { hold, letGo } from '../accessories/holders.ts';
import type { Away, House } from '../accessories/house.ts';
import { revokeEach } from '../grants.ts';
import { unpair, type Work } from './pairing-effect.ts';

/** What it takes. */
export interface OwnershipWork extends Work {
  readonly house: Pick<House, 'identity' | 'away' | 'giveAway'>;
  readonly clock: () => number;
}

/** It happened, and nothing here can take it back. */
export class GoneError extends Error {
  override readonly name = 'GoneError';
}

/** More changes than an accessory has pairings; one that goes on after these is looked at again later. */
const ROUNDS_MAX = 64;

/** Carries a change on as far as the hub can. @throws an Error that says what it waits for, or as the accessory does */
export async function changeOwnership(work: OwnershipWork, target: Accessory, effect: Effect): Promise<void> {
  const { grants } = await work.store.load({ grants: [effect.grant] });
  // It ended since the effect was claimed: what undoes it waits already.
  if (grants.get(effect.grant)?.state !== 'active') return;
  const plan = planOf(effect);
  if (!plan) throw new Error('expected additional, transfer or reset, got another change of ownership');
  const own = work.house.identity.id;
  const { act, pairing } = plan;
  if (act === 'reset' || !pairing) return reset(work, target, effect);
  if (act === 'transfer') return transfer(work, target, effect, pairing);
  await run(work, target, effect, (known) => additionalStep({ own, pairing }, known));
}

/** Takes a change back as far as it can be: a pairing goes as every other does. */
export async function undoOwnership(work: OwnershipWork, target: Accessory, effect: Effect): Promise<void> {
  const plan = planOf(effect);
  if (plan?.act === 'transfer' && (await look(target)) === 'out') {
    await leave(work, target.id, effect, 'transfer');
    throw new GoneError(GONE.transfer.say);
  }
  if (plan?.pairing) await unpair(work, target, effect);
}

/**
 * An effect on an accessory that the hub does not have. Where it was given away, the change that did so is finished, and what
 * was owed to others there is over: the hub answers for it no more.
 */
export async function finishGone(work: OwnershipWork, effect: Effect): Promise<void> {
  const away = await work.house.away(effect.target);
  if (!away) throw new Error(`no accessory is called ${effect.target}`);
  if (away.grant !== effect.grant) {
    if (effect.state === 'undoing') return;
    throw new Error(`${effect.target} is not the hub’s any more: ${GONE[away.act].say}`);
  }
  if (effect.state === 'undoing') throw new GoneError(GONE[away.act].say);
  await leave(work, effect.target, effect, away.act);
}

async function transfer(work: OwnershipWork, target: Accessory, effect: Effect, to: Listed): Promise<void> {
  const own = work.house.identity.id;
  let seen: View | undefined;
  const end = await run(work, target, effect, (known) => {
    seen = known.byOld;
    return transferStep({ own, to }, known);
  });
  // Only the hub's own look at the list is a mark; without one it is for the new owner to say.
  if (end !== 'out')
    throw new Error(seen === 'refused' ? `${STOP_WORDS['not-admin'].say}; the new owner goes on` : NEW_OWNER_LISTED);
  if (!isMarked(effect))
    throw new Error(
      'the hub was removed before it saw the new owner on the list: the new owner has to say that it is there',
    );
  await leave(work, target.id, effect, 'transfer');
}

async function reset(work: OwnershipWork, target: Accessory, effect: Effect): Promise<void> {
  const own = work.house.identity.id;
  const address = await target.address();
  await run(
    work,
    target,
    effect,
    (known) => resetStep({ own }, known),
    () => isUnpaired(address),
  );
  await leave(work, target.id, effect, 'reset');
}

/** Goes from step to step until one is for somebody else; `out` when the accessory does not know the hub any more. */
async function run(
  work: OwnershipWork,
  target: Accessory,
  effect: Effect,
  next: (known: Known) => Step,
  probe?: () => Promise<boolean>,
): Promise<Step | 'out'> {
  let known: Known = {};
  let removed: string | undefined;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const step = next(known);
    if (step.do === 'done' || (step.do === 'list' && step.as === 'new')) return step;
    if (step.do === 'stop') throw new Error(STOP_WORDS[step.why].say);
    if (step.do === 'list') {
      const seen = await look(target);
      if (seen === 'out' && !probe) return 'out';
      known = { byOld: seen === 'out' ? 'refused' : seen };
    } else if (step.do === 'discover') {
      known = { ...known, unpaired: (await probe?.()) ?? false };
    } else {
      if (step.do === 'remove' && step.id === removed) throw new Error(LAST_ERRORS.kept);
      await make(work, target, effect, step);
      removed = step.do === 'remove' ? step.id : undefined;
      known = {};
    }
  }
  throw new Error(`expected the list of ${target.id} to settle, but others change it`);
}

async function make(
  { registry, onStep }: OwnershipWork,
  target: Accessory,
  effect: Effect,
  step: Extract<Step, { do: 'add' | 'remove' }>,
): Promise<void> {
  if (step.do === 'remove') {
    await target.removePairing(step.id);
    return onStep?.('removed');
  }
  const { id, key, admin } = step.pairing;
  // Held like every pairing: another grant of the same app, when it ends, must not take its administrator away.
  await hold(registry, target.id, { id, key }, { grant: effect.grant, until: null, admin });
  onStep?.('held');
  await target.addPairing(step.pairing);
  onStep?.('added');
}

/** The list as the hub gets it: `refused` when it is no administrator, `out` when it is no controller at all any more. */
export async function look(target: Accessory): Promise<View | 'out'> {
  try {
    return await target.listPairings();
  } catch (error) {
    if (!(error instanceof HapError) || error.tlvError !== TLV_ERROR.authentication) throw error;
    // M2 was signed by the accessory's own key before: it is the one that we knew, and it does not know us.
    return error.step === 'pair-verify M4' ? 'out' : 'refused';
  }
}

/** HAP §6.7.6: only an accessory that is paired with nobody lets a stranger identify it. */
async function isUnpaired(address: Address): Promise<boolean> {
  try {
    await identify(address);
    return true;
  } catch (error) {
    if (error instanceof HapError && error.kind === 'http-status') return false;
    throw error;
  }
}

/**
 * The hub has it no more, and claims nothing there: the record says so first, then every grant that names the accessory ends,
 * but for the one that gave it away. May be done again from any point.
 */
async function leave(
  { store, registry, house, clock, onStep }: OwnershipWork,
  id: string,
  { grant }: Effect,
  act: Away['act'],
): Promise<void> {
  await house.giveAway(id, { grant, act, at: clock() });
  onStep?.('given-away');
  const names = ({ id: other, state, terms }: Grant): boolean =>
    state === 'active' && other !== grant && namedAccessories(listOf(terms['scope'])).includes(id);
  await revokeEach(store, {}, names, GONE[act].cause);
  await letGo(registry, id);
  onStep?.('ended');
}
