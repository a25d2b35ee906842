/**
 * Complete, sound cases of the home tables. A test takes one and spoils one thing.
 * `src/profiles/home/profile.test.ts` proves that the tables accept each of them.
 */
import type { AccessCase, AccessoryFacts, GrantCase, HapKeyFacts } from '../../src/profiles/home/case.ts';

export const NOW = 1_800_000_000_000;
export const PAIRING = 'A1B2C3D4-0000-4000-8000-000000000001';
export const HUB_PAIRING = '5E0B1F6C-1111-4111-8111-111111111111';
export const JKT = '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I';
export const HAP_JKT = 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs';

/** The demo's lamp, reachable, the hub its administrator, with room. */
export function lamp(overrides: Partial<AccessoryFacts> = {}): AccessoryFacts {
  return {
    id: 'lamp',
    reachable: true,
    pv: '1.1',
    firmware: '1.0.0',
    hub: 'admin',
    hubPairing: HUB_PAIRING,
    pairings: { listed: 1, max: 16, asked: 'absent' },
    database: true,
    characteristic: { perms: ['pr', 'pw', 'ev'], format: 'uint8' },
    ...overrides,
  };
}

/** A redemption for a pairing on the lamp, by the app's one key. */
export function grantCase(overrides: Partial<GrantCase> = {}): GrantCase {
  return {
    now: NOW,
    stage: 'redemption',
    scopes: ['home:lamp:direct'],
    asksPairing: true,
    pairing: { id: PAIRING, role: 'user' },
    sender: { thumbprint: JKT, curve: 'Ed25519' },
    bound: { pairing_id: PAIRING, jkt: JKT },
    accessories: [lamp()],
    code: { format: '5.1', policyEpoch: 1 },
    ...overrides,
  };
}

/** A sound statement of the HAP key. */
export function statement(overrides: Partial<HapKeyFacts> = {}): HapKeyFacts {
  return {
    signature: 'valid',
    key: { thumbprint: HAP_JKT, curve: 'Ed25519' },
    names: { aud: 'match', code: 'match', jkt: 'match', pairing: 'match' },
    ...overrides,
  };
}

/** The same redemption by an app whose DPoP key is not its HAP key. */
export function twoKeyCase(overrides: Partial<GrantCase> = {}): GrantCase {
  return grantCase({
    sender: { thumbprint: JKT, curve: 'P-256', names: HAP_JKT },
    hapKey: statement(),
    bound: { pairing_id: PAIRING, jkt: JKT, hap_jkt: HAP_JKT },
    ...overrides,
  });
}

/** A redemption for capabilities through the hub only. */
export function limitedCase(overrides: Partial<GrantCase> = {}): GrantCase {
  return grantCase({ scopes: ['home:lamp/lightbulb/brightness:rw[10..60]'], asksPairing: false, ...overrides });
}

/** Setting the brightness to 40 on a Monday at noon. */
export function accessCase(overrides: Partial<AccessCase> = {}): AccessCase {
  return {
    now: NOW,
    local: { day: 0, minute: 720 },
    scopes: ['home:lamp/lightbulb/brightness:rw[10..60]@07:00-22:00'],
    request: { accessory: 'lamp', service: '43', characteristic: '8', op: 'write', value: 40 },
    accessory: lamp(),
    ...overrides,
  };
}

/** A case without some of its parts. */
export function without<T, K extends keyof T>(c: T, ...keys: readonly K[]): Omit<T, K> {
  const rest = { ...c };
  for (const key of keys) delete rest[key];
  return rest;
}
