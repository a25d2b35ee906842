/**
 * Changes of ownership for the person in charge: a code for each act, and how far a change is. The house changes hands by an
 * app that redeems the code, and never without one.
 */
import type { Effect } from '../../core/model.ts';
import type { Act } from '../../profiles/home/case.ts';
import { effectWords } from '../../profiles/home/effects.ts';
import { type Progress, STOP_WORDS, stageOf } from '../../profiles/home/ownership.ts';
import { isAct, planOf, progressOfEffects, stepOf } from '../../profiles/home/ownership-effect.ts';
import { printScope } from '../../profiles/home/scope.ts';
import type { Store } from '../../store/port.ts';
import type { House } from '../accessories/house.ts';
import { type MintInput, OperationError, type OwnershipInput, type OwnershipStatus } from '../operations.ts';

/** More than a house has. */
const ACCESSORIES_MAX = 1_000;

/** The request of the code that an act takes, as minting reads it. @throws OperationError for what cannot be handed over */
export async function ownershipRequest(
  house: Pick<House, 'list'> | undefined,
  input: OwnershipInput,
): Promise<{ readonly mint: MintInput; readonly act: Act }> {
  if (!house) throw new OperationError('a change of ownership takes a running hub: start it with counterfoil start');
  const { act, accessories, jkt, pairingId, ...rest } = input;
  if (!isAct(act)) throw new OperationError(`expected additional, transfer or reset, got ${JSON.stringify(act)}`);
  if (typeof jkt !== 'string')
    throw new OperationError('expected the key that the code is for: whoever found the code could use it otherwise');
  const ids = accessories === 'all' ? (await house.list()).map(({ id }) => id) : accessories;
  if (!Array.isArray(ids) || ids.length === 0 || ids.length > ACCESSORIES_MAX)
    throw new OperationError('expected the names of accessories, or all of them, got none');
  return {
    act,
    mint: {
      ...rest,
      jkt,
      ...(act !== 'reset' && pairingId !== undefined && { pairingId }),
      scopes: ids.map((accessory) => printScope({ kind: 'direct', accessory: String(accessory) })),
    },
  };
}

/** How far a change is, over all of its accessories. Undefined when the grant changes no ownership. */
export async function statusOf(store: Store, grant: string): Promise<OwnershipStatus | undefined> {
  const effects = await ownershipEffects(store, grant);
  const act = effects[0] && planOf(effects[0])?.act;
  if (act === undefined) return undefined;
  const { done, of, say }: Progress = progressOfEffects(effects);
  return { grant, act, done, of, say, accessories: effects.map(lineOf) };
}

/** What a grant owes to the ownership of accessories, in the order of its scopes. */
export async function ownershipEffects(store: Store, grant: string): Promise<readonly Effect[]> {
  const found = await store.find('effects', { grant, limit: ACCESSORIES_MAX });
  return found.filter((effect) => planOf(effect) !== undefined).toReversed();
}

function lineOf(effect: Effect): OwnershipStatus['accessories'][number] {
  const step = stepOf(effect);
  const { state, detail } = effectWords(effect);
  const fixes = step.do === 'stop' ? STOP_WORDS[step.why].fixes : [];
  return {
    id: effect.target,
    state: effect.state,
    stage: stageOf(step),
    say: detail === undefined ? state : `${state}, ${detail}`,
    ...(fixes.length > 0 && { fixes }),
  };
}
