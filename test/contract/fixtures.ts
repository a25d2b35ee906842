/** Values for the contract, complete ones, so that a field that gets lost is seen. Ids count up: runs are equal. */
import type { Code, Effect, Grant } from '../../src/core/model.ts';
import type { Verdict } from '../../src/core/verdict.ts';

let serial = 0;

/** A fresh id; unique in this process and, with `process.pid`, between racing ones. */
export function freshId(prefix: string): string {
  serial += 1;
  return `${prefix}${process.pid.toString(36)}_${serial.toString(36).padStart(5, '0')}`;
}

export function grantOf(over: Partial<Grant> = {}): Grant {
  return {
    id: freshId('gr_'),
    profile: 'oauth',
    by: 'alice',
    to: 'my_app_123',
    terms: {
      scopes: ['lamp:read', 'lamp:write'],
      version: { version: [5, 10] },
      amount: { minor: 1200, currency: 'EUR' },
    },
    from: 1_000,
    until: null,
    state: 'active',
    policyEpoch: 3,
    rev: 1,
    ...over,
  };
}

export function codeOf(grant: string, over: Partial<Code> = {}): Code {
  return {
    id: freshId('cd_'),
    grant,
    purpose: 'authorization_code',
    handle: 'opaque',
    bindings: [
      { fact: 'redirect_uri', match: 'exact', expected: 'com.myapp:/callback' },
      { fact: 'code_challenge', match: 'exact', expected: 'E9Melhoa', secret: true },
    ],
    from: 1_000,
    until: 10_000_000,
    total: 1,
    used: 0,
    state: 'live',
    generation: 1,
    rev: 1,
    ...over,
  };
}

export function effectOf(grant: string, over: Partial<Effect> = {}): Effect {
  return {
    id: freshId('ef_'),
    grant,
    kind: 'pairing',
    target: 'lamp-1',
    data: { pairing_id: 'A1', admin: false, slots: { from: 1, to: 4 } },
    state: 'due',
    attempts: 0,
    nextAt: 0,
    rev: 1,
    ...over,
  };
}

export function verdictOf(over: Partial<Verdict> = {}): Verdict {
  return {
    id: freshId('vd_'),
    profile: 'oauth',
    action: 'token',
    ok: false,
    policy: 'sha256:abc',
    at: 1_000,
    snapshot: { presented: { client_id: 'my_app_123 ' }, list: [1, null, { deep: true }] },
    times: 1,
    ...over,
  };
}

/** A verdict with every optional field. */
export function fullVerdict(over: Partial<Verdict> = {}): Verdict {
  return verdictOf({
    decisive: 'oauth.redirect-uri-exact',
    cause: 'redirect-mismatch',
    refusal: 'invalid_grant',
    subject: 'my_app_123',
    source: '192.168.1.7',
    grant: 'gr_somewhere',
    code: 'cd_somewhere',
    checks: [{ id: 'proof', outcome: 'fail', children: [{ id: 'oauth.pkce', outcome: 'skip', because: 'no code' }] }],
    consequence: { hits: 2, heldUntil: 9 },
    ...over,
  });
}
