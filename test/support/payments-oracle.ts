/**
 * A second, naive reading of the payments rules: no epochs, no maps, no stepping. It filters lists, and finds the next open
 * moment by trying every moment at which anything can change.
 */

import { type Random, random } from '../../fuzz/random.ts';
import type { Past, PaymentsCase } from '../../src/profiles/payments/case.ts';
import { DATA } from '../../src/profiles/payments/data.ts';
import type { FactKind, Near, ResponseClass, Sourced } from '../../src/profiles/payments/data-types.ts';

const CIRCLE: readonly Near[] = ['key', 'amount', 'merchant', 'card'];
const within = (past: Past, near: Near): boolean => CIRCLE.indexOf(past.near) <= CIRCLE.indexOf(near);
const held = (entry: Sourced, t: number): boolean =>
  (entry.validFrom === null || Date.parse(entry.validFrom) <= t) &&
  (entry.validTo === null || t < Date.parse(entry.validTo));
const over = (past: Past): number => past.respondedAt ?? past.leaseUntil ?? past.at;
const waits = (past: Past, t: number): boolean =>
  past.outcome === 'pending' && t < (past.leaseUntil ?? Number.POSITIVE_INFINITY);
const inRegion = (
  e: { regions: readonly string[] | null; except?: readonly string[] },
  r: string | undefined,
): boolean => r === undefined || (e.regions ? e.regions.includes(r) : !e.except?.includes(r));

function entryOf(c: PaymentsCase, past: Past, t: number) {
  if (past.code === undefined) return undefined;
  const all = DATA.codes.filter((e) => held(e, t) && Object.hasOwn(e.codes, past.code as string));
  return all.find((e) => e.networks?.includes(c.attempt.network)) ?? all.find((e) => e.networks === undefined);
}
const adviceOf = (past: Past, t: number) =>
  DATA.advice.find((e) => held(e, t) && Object.hasOwn(e.codes, past.mac ?? '?'));
function kindOf(c: PaymentsCase, past: Past, t: number): ResponseClass {
  if (past.class !== undefined && !(past.class === 'unknown' && past.code !== undefined)) return past.class;
  if (past.code !== undefined) return entryOf(c, past, t)?.class ?? 'unknown';
  return adviceOf(past, t)?.class ?? 'unknown';
}
const clearsOf = (kind: ResponseClass): readonly FactKind[] => DATA.classes.find((e) => e.class === kind)?.clears ?? [];
const clear = (c: PaymentsCase, past: Past, kinds: readonly FactKind[]): boolean =>
  (c.newFacts ?? []).some((fact) => kinds.includes(fact.kind) && fact.at >= over(past));
/** Of a circle, newest first, what no approval ended: none that was sent later and came no sooner. */
function standing(c: PaymentsCase, near: Near): Past[] {
  const list = c.history.filter((past) => within(past, near));
  const ends = (past: Past, i: number): boolean =>
    list.slice(i).some((later) => later.outcome === 'approved' && over(later) >= over(past));
  return list.filter((past, i) => past.outcome !== 'approved' && !ends(past, i)).toReversed();
}
const steps = (id: string, t: number): readonly number[] =>
  DATA.holds.find((e) => e.id === id && held(e, t))?.stepsMs ?? [];

function full(c: PaymentsCase, t: number, ids: readonly string[]): boolean {
  return DATA.limits.some((limit) => {
    if (!ids.includes(limit.id) || !held(limit, t) || !inRegion(limit, c.attempt.region)) return false;
    const window = limit.windowHours * 3_600_000;
    const tries = c.history.filter((past) => within(past, limit.per) && past.outcome !== 'approved');
    const counted = tries.filter(
      (past, i) => limit.counts === 'declines' || (i > 0 && past.at - (tries[i - 1] as Past).at < window),
    );
    return counted.filter((past) => past.at > t - window).length >= limit.limit;
  });
}

/** May the attempt be made at `t`, if nothing else happens until then? */
export function openIn(c: PaymentsCase, t: number): boolean {
  const { network, purchase, region } = c.attempt;
  const near = standing(c, 'amount');
  const declines = near.filter(({ outcome }) => outcome === 'declined');
  const reaches = (past: Past): boolean => past.near !== 'card' || entryOf(c, past, t)?.reach === 'card';
  const atMerchant = [...standing(c, 'merchant'), ...standing(c, 'card')].filter(
    (past) => past.outcome === 'declined' && reaches(past),
  );
  const category = (past: Past): number | undefined =>
    DATA.categories.find((e) => held(e, t) && e.codes.includes(past.code ?? '?') && inRegion(e, region))?.category;
  const codeClears = (past: Past, kind: ResponseClass): readonly FactKind[] =>
    entryOf(c, past, t)?.clears ?? clearsOf(kind);
  const shut: boolean[] = [];

  shut.push(c.history.some((past) => within(past, 'amount') && waits(past, t)));
  const same = c.history.filter((past) => purchase !== undefined && past.purchase === purchase && past.near !== 'card');
  shut.push(same.some(({ outcome }) => outcome === 'approved'));
  const latest = declines[0];
  shut.push(latest !== undefined && kindOf(c, latest, t) === 'unknown' && !clear(c, latest, clearsOf('unknown')));
  shut.push(atMerchant.some((past) => kindOf(c, past, t) === 'never' && !clear(c, past, codeClears(past, 'never'))));
  shut.push(
    declines.some((past) => kindOf(c, past, t) === 'fix-data' && !clear(c, past, codeClears(past, 'fix-data'))),
  );
  if (network === 'visa') {
    const own = (past: Past, kind: ResponseClass): readonly FactKind[] =>
      kindOf(c, past, t) === kind ? codeClears(past, kind) : clearsOf(kind);
    shut.push(atMerchant.some((past) => category(past) === 1 && !clear(c, past, own(past, 'never'))));
    shut.push(declines.some((past) => category(past) === 3 && !clear(c, past, own(past, 'fix-data'))));
    shut.push(full(c, t, ['visa-reattempts']));
    const enforced =
      steps('same-purchase', t)[0] ??
      (c.settings.samePurchase === 'close' ? steps('same-purchase-since', t)[0] : undefined);
    const guilty = same.some(
      (past) => past.outcome === 'declined' && !['04', '07', '41', '43'].includes(past.code ?? ''),
    );
    shut.push(enforced !== undefined && guilty && t < (same[0] as Past).at + enforced);
  }
  const funds = declines.find((past) => kindOf(c, past, t) === 'funds');
  if (funds !== undefined) {
    const advice = network === 'mastercard' && c.settings.adviceMayShorten ? adviceOf(funds, t)?.waitMs : undefined;
    shut.push(t < over(funds) + Math.min(c.settings.holdMs, advice ?? Number.POSITIVE_INFINITY));
  }
  const landed = near.filter((past) => !waits(past, t));
  const silent = (past: Past): boolean => past.outcome !== 'declined' || kindOf(c, past, t) === 'technical';
  const run = landed.findIndex((past) => !silent(past));
  const faults = run < 0 ? landed : landed.slice(0, run);
  const pauses = steps('technical', t);
  if (faults[0]) shut.push(t < over(faults[0]) + (pauses[Math.min(faults.length, pauses.length) - 1] as number));
  const asked = declines.filter((past) => kindOf(c, past, t) === 'ask-issuer');
  const known = asked.findIndex((past) => clear(c, past, codeClears(past, 'ask-issuer')));
  const [one, two] = known < 0 ? asked : asked.slice(0, known);
  const [pause = 0, month = 0] = steps('ask-issuer', t);
  shut.push(one !== undefined && t < over(one) + pause, two !== undefined && t < over(two) + month);
  const merchantWide = standing(c, 'merchant').filter(({ outcome }) => outcome === 'declined');
  shut.push(merchantWide.some((past) => adviceOf(past, t)?.act === 'never' && !clear(c, past, clearsOf('never'))));
  shut.push(c.full === true);
  if (network === 'mastercard') {
    const last = declines.find(({ mac }) => mac !== undefined);
    const advice = last && adviceOf(last, t);
    shut.push(last !== undefined && advice === undefined && !clear(c, last, clearsOf('unknown')));
    shut.push(advice?.act === 'fix-data' && !clear(c, last as Past, clearsOf('fix-data')));
    shut.push(advice?.act === 'wait' && t < over(last as Past) + (advice.waitMs as number));
    shut.push(full(c, t, ['mastercard-day', 'mastercard-month']));
  }
  const published = DATA.networks.find((e) => e.network === network && held(e, t));
  if (published?.limits === 'none published') shut.push(full(c, t, ['unpublished-day', 'unpublished-month']));
  const any = standing(c, 'merchant').find(({ outcome }) => outcome === 'declined');
  shut.push(published === undefined && any !== undefined && !clear(c, any, clearsOf('unknown')));
  return !shut.includes(true);
}

/** The first open moment, found by trying every one at which something can change. */
export function nextOpen(c: PaymentsCase): number | 'never' {
  const spans = [
    0,
    c.settings.holdMs,
    ...DATA.holds.flatMap(({ stepsMs }) => stepsMs),
    ...DATA.advice.flatMap(({ waitMs }) => waitMs ?? []),
    ...DATA.limits.map(({ windowHours }) => windowHours * 3_600_000),
  ];
  const dates = Object.values(DATA)
    .flat()
    .flatMap(({ validFrom, validTo }: Sourced) => [validFrom, validTo]);
  const moments = c.history.flatMap((past) =>
    [past.at, over(past), past.leaseUntil ?? past.at].flatMap((t) => spans.map((s) => t + s)),
  );
  const tries = [c.now, ...moments, ...dates.flatMap((date) => (date === null ? [] : [Date.parse(date)]))];
  const sorted = [...new Set(tries)].filter((t) => t >= c.now).sort((a, b) => a - b);
  return sorted.find((t) => openIn(c, t)) ?? 'never';
}

const CODES = [
  '51',
  '51',
  '51',
  '61',
  '05',
  '05',
  '91',
  '96',
  '54',
  '14',
  '03',
  '62',
  '41',
  '57',
  'R1',
  '83',
  '1A',
  '82',
  'ZZ',
  '00',
];
const MACS = ['', '', '', '01', '02', '03', '24', '25', '30', '40', '99'];
const AROUND = [
  '2021-04-17',
  '2022-10-01',
  '2023-11-01',
  '2024-04-01',
  '2025-05-19',
  '2026-07-25',
  '2018-04-14',
  '2026-10-01',
];

/** A random case: few values, so that they meet; histories up to 60 attempts, mostly near a date of the data. */
export function drawCase(seed: number): PaymentsCase {
  const draw = random(seed);
  const now = Date.parse(draw.pick(AROUND)) + draw.nat(4 * 86_400_000) - 2 * 86_400_000;
  const network = draw.pick(['visa', 'visa', 'mastercard', 'mastercard', 'amex', 'nobody']);
  const span = draw.pick([3_600_000, 86_400_000, 40 * 86_400_000, 100 * 86_400_000]);
  const busy = draw.pick([1, 3, 12, 60]);
  const plain = draw.nat(2) === 0;
  const history = Array.from({ length: draw.nat(busy + 1) }, () => now - draw.nat(span))
    .sort((a, b) => a - b)
    .map((at): Past => drawPast(draw, at, now, plain));
  return {
    now,
    attempt: {
      merchant: 'm',
      card: 'pf_c',
      amount: { minor: 100, currency: 'EUR' },
      initiator: 'merchant',
      network,
      processor: draw.pick(['iso8583', 'nobody']),
      ...(draw.nat(2) === 0 && { region: draw.pick(['US', 'CA', 'EU']) }),
      ...(draw.nat(2) === 0 && { purchase: 'p1' }),
    },
    history,
    settings: {
      holdMs: draw.pick([43_200_000, 3_600_000]),
      adviceMayShorten: draw.nat(2) === 0,
      samePurchase: draw.pick(['warn', 'close']),
    },
    ...(draw.nat(2) === 0 && {
      newFacts: [
        {
          kind: draw.pick(['new-card', '3-d-secure', 'corrected-data', 'issuer-approved'] as const),
          at: now - draw.nat(span),
        },
      ],
    }),
  };
}

function drawPast(draw: Random, at: number, now: number, plain: boolean): Past {
  const near = draw.pick(['key', 'key', 'key', 'amount', 'merchant', 'card'] as const);
  const purchase = draw.nat(3) === 0 ? { purchase: draw.pick(['p1', 'p2']) } : {};
  const answered = Math.min(now, at + draw.nat(5_000));
  const kind = draw.nat(20);
  if (kind === 0) return { near, at, respondedAt: answered, outcome: 'approved', code: '00', ...purchase };
  if (kind === 1) return { near, at, outcome: 'pending', leaseUntil: at + 60_000, ...purchase };
  if (kind === 2) return { near, at, respondedAt: answered, outcome: 'unknown', ...purchase };
  const code = plain ? draw.pick(['51', '91']) : draw.pick(CODES);
  const mac = plain ? '' : draw.pick(MACS);
  return {
    near,
    at,
    respondedAt: answered,
    outcome: 'declined',
    ...purchase,
    ...(draw.nat(30) > 0 && { code }),
    ...(mac !== '' && { mac }),
  };
}
