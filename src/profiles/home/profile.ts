/**
 * The home profile as tables: capabilities and pairings on HomeKit accessories. An authorization code carries them as
 * scopes; these tables judge what OAuth's own cannot. The first rule that fails is the one the wire hears about, so what
 * somebody may do comes before what is there: nobody learns of an accessory by asking for it.
 */
import { createHash } from 'node:crypto';
import { decide } from '../../core/decide.ts';
import type { Phase } from '../../core/rule.ts';
import type { Fix, Judgement } from '../../core/verdict.ts';
import type { AccessCase, Case, GrantCase } from './case.ts';
import { accessoryKnown } from './rules/accessory-known.ts';
import { accessoryReachable } from './rules/accessory-reachable.ts';
import { accessoryRoom } from './rules/accessory-room.ts';
import { capabilityGranted } from './rules/capability-granted.ts';
import { capabilityReadable } from './rules/capability-readable.ts';
import { characteristicKnown } from './rules/characteristic-known.ts';
import { codeFormat } from './rules/code-format.ts';
import { directNotLimited } from './rules/direct-not-limited.ts';
import { hubAdmin } from './rules/hub-admin.ts';
import { operationGranted } from './rules/operation-granted.ts';
import { ownershipCode } from './rules/ownership-code.ts';
import { pairingBound } from './rules/pairing-bound.ts';
import { pairingIdForm } from './rules/pairing-id-form.ts';
import { pairingKeyType } from './rules/pairing-key-type.ts';
import { protocolVersion } from './rules/protocol-version.ts';
import { roleAllowed } from './rules/role-allowed.ts';
import { timedWriteRequired } from './rules/timed-write-required.ts';
import { twoKeys } from './rules/two-keys.ts';
import { valueInBounds } from './rules/value-in-bounds.ts';
import { withinHours } from './rules/within-hours.ts';

/** Home scopes at consent and at redemption, with or without a pairing on the accessory itself. */
const grant: readonly Phase<GrantCase>[] = [
  { id: 'scope', rules: [capabilityReadable, directNotLimited, roleAllowed] },
  { id: 'code', rules: [codeFormat, ownershipCode] },
  { id: 'pairing', rules: [pairingBound, pairingIdForm, pairingKeyType, twoKeys] },
  { id: 'accessory', rules: [accessoryKnown, protocolVersion, hubAdmin, accessoryRoom] },
];

/** One request at the protected API, or one event of a stream. */
const access: readonly Phase<AccessCase>[] = [
  { id: 'capability', rules: [capabilityGranted, operationGranted, valueInBounds, withinHours] },
  { id: 'accessory', rules: [accessoryKnown, characteristicKnown, timedWriteRequired, accessoryReachable] },
];

/** The tables by action, as verdicts name them. */
export const tables: { readonly grant: readonly Phase<GrantCase>[]; readonly access: readonly Phase<AccessCase>[] } = {
  grant,
  access,
};

/** An action of this profile. */
export type Action = keyof typeof tables;

/** Names this engine: equal policy and snapshot give an equal tree. */
export const policy: string = createHash('sha256')
  .update(JSON.stringify([tables, 'home-1']))
  .digest('base64url')
  .slice(0, 12);

/** Facts of a code that this profile's rules judge, and OAuth's tables need not. */
export const boundFacts: readonly string[] = grant.flatMap((phase) => phase.rules.flatMap((rule) => rule.binds ?? []));

/** Judges a case, fresh or from a snapshot, by the table of its action. */
export function judge(action: Action, c: Case): Judgement {
  // The snapshot's action names its type; the tables share no other common shape.
  const judgement = decide(c as never, tables[action] as readonly Phase<never>[]);
  const { decisive } = judgement;
  if (!decisive || 'request' in c) return judgement;
  return { ...judgement, decisive: { ...decisive, refusal: heardAt(c.stage, decisive.refusal) } };
}

/** The words of `/authorize` (RFC 6749 §4.1.2.1) and of `/token` (§5.2); rules speak those of `/token` and the API. */
function heardAt(stage: GrantCase['stage'], refusal: string): string {
  if (refusal === 'not_found') return 'invalid_scope';
  return stage === 'consent' && refusal === 'invalid_grant' ? 'invalid_request' : refusal;
}

/** One cause of an error, and what to do about it. */
export interface PossibleCause {
  readonly rule: string;
  readonly say: string;
  readonly fixes: readonly Fix[];
}

/** The checklist of a wire error, for when nothing but the error is known. */
export function checklistFor(error: string): readonly PossibleCause[] {
  const rules = [...grant, ...access].flatMap((phase: Phase<never>) => phase.rules);
  const heard = (refusal: string): boolean =>
    refusal === error || heardAt('consent', refusal) === error || heardAt('redemption', refusal) === error;
  return [...new Set(rules)]
    .filter(({ refusal }) => heard(refusal))
    .flatMap(({ id: rule, causes, warns }) =>
      Object.entries(causes)
        .filter(([cause]) => !warns?.includes(cause))
        .map(([, { say, fixes }]) => ({ rule, say, fixes })),
    );
}
