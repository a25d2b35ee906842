/**
 * A change of ownership as an effect of the outbox: what it is to do, and how far it is. Nothing is remembered but the effect
 * itself; what it last failed by says where it waits.
 */
import type { Effect } from '../../core/model.ts';
import type { Act } from './case.ts';
import { KINDS } from './effects.ts';
import { type Listed, type Progress, progressOf, STOP_WORDS, type Step, type Stop } from './ownership.ts';

const ACTS: ReadonlySet<string> = new Set<Act>(['additional', 'transfer', 'reset']);

/** Is this the name of a change of ownership? */
export function isAct(text: unknown): text is Act {
  return typeof text === 'string' && ACTS.has(text);
}

/** What an ownership effect is to do. A reset has no pairing. */
export interface OwnershipPlan {
  readonly act: Act;
  readonly pairing?: Listed;
}

/** Reads the data of an effect; undefined when it is no change of ownership. */
export function planOf({ kind, data }: Pick<Effect, 'kind' | 'data'>): OwnershipPlan | undefined {
  const { act, pairing_id: id, public_key: key } = data;
  if (kind !== KINDS.ownership || !isAct(act)) return undefined;
  if (act === 'reset') return { act };
  return { act, pairing: { id: String(id), key: String(key), admin: data['permissions'] === 1 } };
}

/**
 * The mark of a transfer whose new owner is on the list. It is set before the new owner removes anybody, and stays at the front of
 * `lastError`: when the accessory then does not know the hub any more, it is the new owner that has it.
 */
export const NEW_OWNER_LISTED = 'the new owner is an administrator; it has to connect, list, and let the others go';

/** Is the new owner known to be on the list? */
export function isMarked({ lastError }: Pick<Effect, 'lastError'>): boolean {
  return lastError?.startsWith(NEW_OWNER_LISTED) ?? false;
}

/** `lastError` after another try: the mark stays. */
export function nextError(effect: Pick<Effect, 'lastError'>, error: string): string {
  if (!isMarked(effect) || error.startsWith(NEW_OWNER_LISTED)) return error;
  return `${NEW_OWNER_LISTED}; last try: ${error}`;
}

/** Where an effect stands, as the step that comes next. Nobody is asked; what its last try came to is what is known. */
export function stepOf(effect: Pick<Effect, 'state' | 'lastError' | 'kind' | 'data'>): Step {
  if (effect.state === 'done') return { do: 'done' };
  const why = stopIn(effect.lastError);
  if (why) return { do: 'stop', why };
  return isMarked(effect) ? { do: 'list', as: 'new' } : { do: 'list', as: 'old' };
}

function stopIn(error: string | undefined): Stop | undefined {
  if (error === undefined) return undefined;
  return (Object.keys(STOP_WORDS) as Stop[]).find((why) => error.includes(STOP_WORDS[why].say));
}

/** The progress of a change over all of its accessories; those whose grant has ended are not counted. */
export function progressOfEffects(effects: readonly Effect[]): Progress {
  const counted = effects.filter(({ state }) => state === 'due' || state === 'done');
  return progressOf(new Map(counted.map((effect) => [effect.target, stepOf(effect)])));
}

/** Why grants on an accessory end, and what an effect says that cannot be taken back; by what became of the accessory. */
export const GONE: Readonly<Record<'transfer' | 'reset', { readonly cause: string; readonly say: string }>> = {
  transfer: {
    cause: 'accessory-handed-over',
    say: 'handed over: only its new owner can give it back',
  },
  reset: {
    cause: 'accessory-reset',
    say: 'wiped: it cannot be taken back, only paired anew',
  },
};
