/**
 * What a redeemed direct grant owes to the world: one pairing on each accessory it names. Done when the accessory's own
 * list shows it; ended with its grant, by whoever ends that or by its own time, and undone when the list shows it no more.
 */
import type { Effect, Facts, Grant } from '../../core/model.ts';
import { type Act, directOf, type Role } from './case.ts';

/** HAP §5.15 table 5-6: bit 0 of the permissions is the administrator's. */
export const PERMISSIONS: Readonly<Record<Role, 0 | 1>> = { user: 0, admin: 1 };

/** Kinds of effects: a pairing of an app's own, and a change of ownership (`ownership-effect.ts`). */
export const KINDS = { pairing: 'pairing', ownership: 'ownership' } as const;

/** Cause of a grant that ended by its own time. */
export const EXPIRED = 'grant-expired';

/** The pairing that was proven: its id, and its key (32 bytes, base64url). */
export interface ProvenPairing {
  readonly id: string;
  readonly publicKey: string;
  readonly role: Role;
}

/** What was redeemed. `act` is the change of ownership that the code was minted for; a reset adds no pairing. */
export interface Redeemed {
  readonly grant: string;
  /** Of the code; capabilities through the hub owe nothing. */
  readonly scopes: readonly string[];
  readonly pairing?: ProvenPairing;
  readonly act?: Act;
}

/** The effects that a redemption owes. Pure: the caller makes the ids. */
export function effectsOwed(
  { grant, scopes, pairing, act }: Redeemed,
  now: number,
  newId: () => string,
): readonly Effect[] {
  const data: Facts = {
    ...(act !== undefined && { act }),
    ...(pairing && {
      pairing_id: pairing.id,
      public_key: pairing.publicKey,
      permissions: PERMISSIONS[pairing.role],
    }),
  };
  const targets = new Set(directOf(scopes).map(({ accessory }) => accessory));
  return [...targets].map((target) => ({
    id: newId(),
    grant,
    kind: act === undefined ? KINDS.pairing : KINDS.ownership,
    target,
    data,
    state: 'due',
    attempts: 0,
    nextAt: now,
    rev: 1,
  }));
}

type Ending = Pick<Grant, 'id' | 'until' | 'state'>;

/** Grants whose time is over and whose pairings have to go: the hub revokes each with the cause `EXPIRED`. */
export function expired<G extends Ending>(grants: readonly G[], now: number): readonly G[] {
  return grants.filter(({ until, state }) => state === 'active' && until !== null && until <= now);
}

/** When the next grant ends (ms); undefined when none will. */
export function nextExpiry(grants: readonly Ending[], now: number): number | undefined {
  const ends = grants.flatMap(({ until, state }) =>
    state === 'active' && until !== null && until > now ? [until] : [],
  );
  return ends.reduce<number | undefined>((first, end) => (first === undefined ? end : Math.min(first, end)), undefined);
}

/** Faults that a worker keeps as `lastError` and that mean more than "try again". */
export const LAST_ERRORS = {
  /** Remove Pairing was acknowledged and List Pairings shows it still. */
  kept: 'the accessory acknowledged the removal but still lists the pairing',
  /** Add Pairing was acknowledged and List Pairings does not show it. */
  lost: 'the accessory acknowledged the pairing but does not list it',
} as const;

/** Tries that an accessory may miss before somebody is told. */
const TRIES_QUIET = 3;

/** How an effect stands, for people; `alarm` is there when somebody should act. */
export interface EffectWords {
  readonly state: 'still due' | 'done, read back' | 'undoing' | 'undone';
  readonly detail?: string;
  readonly alarm?: string;
}

/** The words of an effect's state. */
export function effectWords({
  state,
  attempts,
  lastError,
  target,
}: Pick<Effect, 'state' | 'attempts' | 'lastError' | 'target'>): EffectWords {
  if (state === 'done') return { state: 'done, read back' };
  if (state === 'undone') return { state: 'undone' };
  const tried = attempts === 0 ? 'not tried yet' : `tried ${attempts} ${attempts === 1 ? 'time' : 'times'}`;
  const detail = lastError === undefined ? tried : `${tried}: ${lastError}`;
  const word = state === 'due' ? 'still due' : 'undoing';
  if (lastError === LAST_ERRORS.kept)
    return {
      state: word,
      detail,
      alarm: `${target} says that the pairing is gone and still has it: unplug ${target}, or reset it`,
    };
  if (lastError === LAST_ERRORS.lost)
    return { state: word, detail, alarm: `${target} says that it is paired and does not list the pairing` };
  if (state === 'undoing' && attempts > TRIES_QUIET)
    return { state: word, detail, alarm: `${target} has not been told yet: until then the pairing still opens it` };
  return { state: word, detail };
}
