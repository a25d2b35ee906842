import { describe, expect, it } from 'vitest';
import type { Verdict } from '../core/verdict.ts';
import { ownRefusals, RULES, seenBy } from './seen-by.ts';

const OPERATOR = { role: 'operator', user: 'ada' } as const;
const DEVELOPER = { role: 'developer', user: 'dev', apps: ['mine', 'also_mine'] } as const;

const VERDICT: Verdict = {
  id: 'vd_1',
  profile: 'oauth',
  action: 'token',
  ok: false,
  subject: 'mine',
  source: '192.0.2.1',
  policy: 'x',
  at: 1,
  snapshot: {},
  checks: [],
  times: 1,
};

/** Ids of the rules that open so much. */
function open(how: string | undefined): string[] {
  return [...RULES]
    .filter(([, rule]) => rule.open === how)
    .map(([id]) => id)
    .sort();
}

describe('who sees what', () => {
  it('an operator sees every verdict as it is kept', () => {
    expect(seenBy(OPERATOR, VERDICT)).toBe(VERDICT);
    expect(ownRefusals(OPERATOR)).toEqual({});
  });

  it('a developer sees those of their applications, without what is the owner’s, and no other', () => {
    expect(seenBy(DEVELOPER, VERDICT)).toMatchObject({ id: 'vd_1', withheld: true });
    expect(seenBy(DEVELOPER, VERDICT)).not.toHaveProperty('source');
    const { subject: _, ...nobodys } = VERDICT;
    for (const other of [{ ...VERDICT, subject: 'other' }, { ...VERDICT, subject: 'mine␠' }, nobodys])
      expect(seenBy(DEVELOPER, other)).toBeUndefined();
    expect(ownRefusals(DEVELOPER)).toEqual({ client: ['mine', 'also_mine'] });
  });

  it('a developer of nothing any more sees nothing', () => {
    const nobody = { role: 'developer', user: 'dev', apps: [] } as const;
    expect(seenBy(nobody, VERDICT)).toBeUndefined();
    expect(ownRefusals(nobody)).toEqual({ client: [] });
  });
});

describe('what rules show to developers', () => {
  it('every rule of every profile is looked at: these are open, and every other one is closed', () => {
    expect(open('all')).toEqual([
      'home.code-format',
      'home.pairing-bound',
      'home.pairing-key-type',
      'oauth.box-opened',
      'oauth.client-auth-method',
      'oauth.client-secret',
      'oauth.code-challenge',
      'oauth.code-known',
      'oauth.code-signature',
      'oauth.code-wellformed',
      'oauth.consent-given',
      'oauth.dpop-fresh',
      'oauth.dpop-nonce',
      'oauth.dpop-once',
      'oauth.dpop-signature',
      'oauth.dpop-target',
      'oauth.dpop-token-hash',
      'oauth.dpop-wellformed',
      'oauth.form-readable',
      'oauth.grant-type-enabled',
      'oauth.grant-type-known',
      'oauth.key-binding',
      'oauth.media-type',
      'oauth.parameters-once',
      'oauth.parameters-present',
      'oauth.redirect-uri-registered',
      'oauth.refresh-pace',
      'oauth.response-type',
      'oauth.token-scheme',
    ]);
    expect(open('own')).toEqual([
      'oauth.client-known',
      'oauth.code-unexpired',
      'oauth.code-unused',
      'oauth.code-verifier',
      'oauth.redirect-uri-exact',
    ]);
    expect(open('cause')).toEqual([
      'home.capability-granted',
      'home.capability-readable',
      'home.direct-not-limited',
      'home.operation-granted',
      'home.ownership-code',
      'home.pairing-id-form',
      'home.role-allowed',
      'home.timed-write-required',
      'home.two-keys',
      'home.value-in-bounds',
      'home.within-hours',
      'oauth.code-client',
    ]);
    expect(open('own-cause')).toEqual([
      'oauth.code-standing',
      'oauth.pairing-id',
      'oauth.pairing-key',
      'oauth.scope-enabled',
      'oauth.scope-granted',
      'oauth.scope-included',
      'oauth.scope-sufficient',
    ]);
    expect(open(undefined)).toEqual([
      'home.accessory-known',
      'home.accessory-reachable',
      'home.accessory-room',
      'home.characteristic-known',
      'home.hub-admin',
      'home.protocol-version',
      'payments.already-paid',
      'payments.ask-issuer-once',
      'payments.card-record',
      'payments.fix-data-first',
      'payments.hold-after-51',
      'payments.in-flight',
      'payments.mastercard-advice',
      'payments.mastercard-day',
      'payments.mastercard-month',
      'payments.merchant-key',
      'payments.network-limits-published',
      'payments.never-codes',
      'payments.response-known',
      'payments.same-purchase',
      'payments.technical-backoff',
      'payments.visa-category',
      'payments.visa-reattempts',
    ]);
  });

  it('one rule tells whose a code is', () => {
    expect([...RULES].filter(([, { whose }]) => whose).map(([id]) => id)).toEqual(['oauth.code-client']);
  });
});
