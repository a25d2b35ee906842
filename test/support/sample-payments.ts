/** The pages about a merchant's grant and attempts with sample data; part of `sample-pages.ts`. */
import type { Code, Grant } from '../../src/core/model.ts';
import type { Verdict } from '../../src/core/verdict.ts';
import type { PaymentsCase } from '../../src/profiles/payments/case.ts';
import { judge } from '../../src/profiles/payments/profile.ts';
import { verdictOf, withChecks } from '../../src/profiles/payments/verdicts.ts';
import { grantPage, grantRevokePage } from '../../src/server/pages/grant.ts';
import { grantsPage } from '../../src/server/pages/grants.ts';
import type { Signed } from '../../src/server/pages/layout.ts';
import { lineageOf } from '../../src/server/pages/lineage.ts';
import { verdictPage } from '../../src/server/pages/verdict.ts';
import { DAY, declined, HOUR, NOON, paymentsCase } from './payments-case.ts';

const CENTURY = 36_500 * DAY;

/** A merchant's grant with two keys, the first of which was revoked. */
function sampleMerchant(t: (text: string) => string): {
  readonly grant: Grant;
  readonly codes: readonly Code[];
} {
  const grant: Grant = {
    id: 'gr_1MV7M3K4R2TAM4W8T1ZB5N6C0H',
    profile: 'payments',
    by: t('operator'),
    to: t('merchant:acme'),
    terms: { hold_hours: 24, advice_may_shorten: false, same_purchase: 'warn', lease_seconds: 60 },
    from: NOON - 30 * DAY,
    until: null,
    state: 'active',
    policyEpoch: 1,
    rev: 1,
  };
  const key = {
    grant: grant.id,
    purpose: 'payments_key',
    handle: 'opaque',
    bindings: [],
    total: null,
    used: 0,
  } as const;
  const made = (id: string, from: number, state: Code['state'], days = CENTURY): Code => {
    return { ...key, id, from, until: from + days, state, generation: 1, rev: 1 };
  };
  const codes = [
    made('cd_3KV7M3K4R2ZZZZ', grant.from, 'revoked'),
    made('cd_4KV7M3K4R2ZZZZ', grant.from + DAY, 'live'),
    made('cd_5KV7M3K4R2ZZZZ', NOON - DAY, 'live', 90 * DAY),
  ];
  return { grant, codes };
}

/** A verdict on an attempt, as it is read: with its tree. */
export function samplePayment(c: PaymentsCase, over: Partial<Verdict> = {}): Verdict {
  const verdict = verdictOf(c, judge(c), 'gr_1MV7M3K4R2TAM4W8T1ZB5N6C0H', '10.0.0.9');
  return withChecks({ ...verdict, id: 'vd_8P3K9QD2XAM4W8T1ZB5N6C0HJ', ...over });
}

/** Sample pages by name; `t` changes every fact on the way. */
export function samplePaymentPages(
  t: (text: string) => string,
  frame: { readonly hub: string; readonly signed: Signed },
): Readonly<Record<string, string>> {
  const { grant, codes } = sampleMerchant(t);
  const attempt = { merchant: t('merchant:acme'), purchase: t('order-1001'), network: t('visa'), region: t('EU') };
  const refused = samplePayment(paymentsCase([declined('51', NOON - HOUR)], { attempt }), {
    consequence: { hits: 2 },
    times: 2,
  });
  const unread = samplePayment(
    paymentsCase([declined('ZZ', NOON - HOUR)], { attempt: { ...attempt, network: 'visa' } }),
  );
  const accepted = samplePayment(paymentsCase([declined('51', NOON - 13 * HOUR)], { attempt }), {
    id: 'vd_9P3K9QD2XAM4W8T1ZB5N6C0HJ',
  });
  const timeline = { grant, codes, verdicts: [refused, accepted], effects: [] };
  const at = { now: NOON, generation: 1 };
  const row = { grant, allowed: [], owed: [], live: { codes: 2, tokens: 0 }, standing: 'live' } as const;
  return {
    'payments-grants': grantsPage({
      ...frame,
      rows: [row, { ...row, live: { codes: 0, tokens: 0 }, standing: 'revoked' }],
      filter: { state: 'any', profile: 'payments' },
      holders: [{ id: t('merchant:acme'), name: t('merchant:acme') }],
      profiles: ['oauth', 'home', 'payments'],
      owing: [],
    }),
    'payments-grant': grantPage({
      ...frame,
      grant,
      standing: 'live',
      allowed: [],
      lineage: lineageOf({ timeline, ...at }),
      timeline,
      at,
      untold: 0,
      below: [],
    }),
    'payments-revoke': grantRevokePage({
      ...frame,
      grant,
      csrf: t('c5rf-grant'),
      toll: { codes: 2, tokens: 0, grants: 0, devices: [] },
    }),
    'payments-refused': verdictPage({ ...frame, verdict: refused, timeline, at }),
    'payments-unread': verdictPage({ ...frame, verdict: unread }),
    'payments-accepted': verdictPage({ ...frame, verdict: accepted, timeline, at }),
  };
}
