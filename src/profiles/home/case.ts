/**
 * The cases that the tables of this profile judge: one attempt, loaded, proven and secret-free. Signatures have been
 * verified in `prove/` and stand here as outcomes, so a case can be kept as a verdict's snapshot and judged again.
 */
import { type AccessRequest, capabilitiesOf, homeScopes, type Permission, permits } from './capability.ts';
import type { LocalTime } from './hours.ts';
import type { Direct } from './scope.ts';

/** Rights of a pairing on an accessory, HAP §5.15 table 5-6: there are no others. */
export type Role = 'user' | 'admin';

/** What an ownership code is for; each is minted for one of them and good for no other. */
export type Act = 'additional' | 'transfer' | 'reset';

/** The format of codes and the version of the binding rules that this engine mints by. */
export const CODE_FORMAT = '5.1';
/** Codes of an earlier epoch were bound by other rules. */
export const POLICY_EPOCH = 1;

/** How a code was minted. */
export interface CodeVersion {
  /** `5.1`, as its label says. */
  readonly format?: string;
  readonly policyEpoch?: number;
}

/** A characteristic as the accessory's own database lists it (HAP §6.3.3). */
export interface CharacteristicFacts {
  /** `pr`, `pw`, `ev`, `tw` … */
  readonly perms: readonly string[];
  readonly format?: string;
}

/** What the hub knows of an accessory. */
export interface AccessoryFacts {
  readonly id: string;
  /** Did it answer when it was last asked? Absent: not asked. */
  readonly reachable?: boolean;
  /** The protocol version it announces (`pv`, HAP §6.4); versions of its firmware, now and when the grant was decided. */
  readonly pv?: string;
  readonly firmware?: string;
  readonly firmwareThen?: string;
  /** The hub's own pairing there: its rights, and its id. */
  readonly hub?: Role | 'none';
  readonly hubPairing?: string;
  /** Pairings as last listed: how many, how many there is room for, and whether the asked-for id is among them. */
  readonly pairings?: {
    readonly listed: number;
    readonly max?: number;
    readonly asked?: 'absent' | 'same-key' | 'other-key';
  };
  /** Was its database ever read? Then `characteristic` is what it lists for the request, or absent. */
  readonly database?: boolean;
  readonly characteristic?: CharacteristicFacts;
}

/** A key that was proven, RFC 8037: its RFC 7638 thumbprint and curve. */
export interface KeyFacts {
  readonly thumbprint: string;
  readonly curve?: string;
  /** A point of small order: everybody can sign for it. */
  readonly weak?: boolean;
}

/** The sender's DPoP key; `names` is the claim `hap_jkt` of its proof: the HAP key it speaks for. */
export interface SenderFacts extends KeyFacts {
  readonly names?: string;
}

/** What of a HAP key's statement holds. */
export type Told = 'match' | 'mismatch' | 'absent';

/** A statement signed by the HAP key (docs/decisions/0024-two-keys.md), after verification. */
export interface HapKeyFacts {
  readonly fault?: string;
  readonly signature: 'valid' | 'invalid' | 'unchecked';
  readonly key?: KeyFacts;
  /** Does it name this hub, this code, this sender's key, this pairing? */
  readonly names?: { readonly aud: Told; readonly code: Told; readonly jkt: Told; readonly pairing: Told };
}

/** A decision over home scopes: at consent, and again when its code is redeemed. */
export interface GrantCase {
  readonly now: number;
  readonly stage: 'consent' | 'redemption';
  readonly scopes: readonly string[];
  /** The request asks for a pairing on the accessory, whatever its scopes say. */
  readonly asksPairing: boolean;
  readonly pairing?: { readonly id?: string; readonly role?: Role };
  /** There when the sender's proof holds. */
  readonly sender?: SenderFacts;
  readonly hapKey?: HapKeyFacts;
  /** What the code is, or at consent will be, bound to. */
  readonly bound: { readonly pairing_id?: string; readonly jkt?: string; readonly hap_jkt?: string };
  /** What is asked of the ownership, and what the code was minted for. Absent: neither. */
  readonly ownership?: { readonly act?: Act; readonly code?: Act };
  /** Those of the accessories in question that the hub knows. */
  readonly accessories: readonly AccessoryFacts[];
  readonly code?: CodeVersion;
}

/** A request at the protected API, or one event before it is sent. */
export interface AccessCase {
  readonly now: number;
  /** The hub's wall clock at `now`. */
  readonly local: LocalTime;
  /** The scopes that the token carries. */
  readonly scopes: readonly string[];
  readonly request: AccessRequest;
  /** Absent: the hub knows none by this id. */
  readonly accessory?: AccessoryFacts;
  readonly code?: CodeVersion;
}

/** A case of any table; a verdict's snapshot is one. */
export type Case = GrantCase | AccessCase;

/** A value as a case may keep it: numbers and switches; of everything else only that it came. */
export function keptValue(value: unknown): number | boolean | string {
  return typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value)) ? value : 'no number';
}

/** A case is a constant, so what its token permits is worked out once for all of its rules. */
const PERMISSIONS = new WeakMap<AccessCase, Permission>();

/** What the token permits. */
export function permissionOf(c: AccessCase): Permission {
  let permission = PERMISSIONS.get(c);
  if (!permission) {
    permission = permits(capabilitiesOf(homeScopes(c.scopes)), c.request, c.local);
    PERMISSIONS.set(c, permission);
  }
  return permission;
}

/** The direct pairings among scopes. */
export function directOf(scopes: readonly string[]): readonly Direct[] {
  return homeScopes(scopes).filter((scope) => scope.kind === 'direct');
}

/** Is a pairing of the app's own at stake? A reset adds none. */
export function wantsPairing(c: GrantCase): boolean {
  const act = c.ownership?.act;
  if (act !== undefined) return act !== 'reset';
  return c.asksPairing || directOf(c.scopes).length > 0;
}

/** The reason of rules on pairings, where there is none. */
export const NO_PAIRING = 'no pairing on the accessory is asked for';

/** Ids of the accessories that the scopes name, each once; `*` names none. */
export function namedAccessories(scopes: readonly string[]): readonly string[] {
  return [...new Set(homeScopes(scopes).map((scope) => scope.accessory))].filter((id) => id !== '*');
}
