import { describe, expect, it } from 'vitest';
import type { Verdict } from '../core/verdict.ts';
import { tables as home } from '../profiles/home/profile.ts';
import { tables as oauth } from '../profiles/oauth/profile.ts';
import { tables as payments } from '../profiles/payments/profile.ts';
import { causeName, cellOf, columnsFor, factsOf, isClear, peopleOf, reasonOf, WORDS } from './words.ts';

const OWNER = { role: 'operator', user: 'owner' } as const;
const DEVELOPER = { role: 'developer', user: 'dev', apps: ['a'] } as const;

const VERDICT: Verdict = {
  ...{
    id: 'vd_1',
    profile: 'home',
    action: 'access',
    ok: false,
    subject: 'my_app',
    source: '10.0.0.1',
    policy: 'p',
    at: 0,
  },
  snapshot: { request: { accessory: 'lamp\u202e', characteristic: { odd: true } } },
  times: 1,
};

const cells = (verdict: Verdict): (string | undefined)[] =>
  columnsFor(OWNER, 'home').map((column) => cellOf(verdict, column));

describe('the words of the profiles', () => {
  it('have one for every action', () => {
    const actions = new Map(WORDS.map(({ profile, actions: of }) => [profile, Object.keys(of)]));
    expect(actions.get('oauth')?.toSorted()).toEqual(Object.keys(oauth).toSorted());
    expect(actions.get('home')?.toSorted()).toEqual(Object.keys(home).toSorted());
    expect(actions.get('payments')?.toSorted()).toEqual(Object.keys(payments).toSorted());
  });

  it('name a cause by what its rule says, and by its id where several rules say different things', () => {
    expect(isClear('missing')).toBe(false);
    expect(causeName('missing')).toBe('missing');
    expect(isClear('lost-race')).toBe(true);
    expect(causeName('lost-race')).not.toBe('lost race');
    expect(causeName('of-tomorrow')).toBe('of tomorrow');
  });

  it('name whom a fix addresses by the profile of its rule', () => {
    expect(peopleOf('payments.hold-after-51').owner).toBe('the customer');
    for (const rule of ['oauth.client-known', 'home.two-keys', 'hap.setup-code', 'constructor', undefined])
      expect(peopleOf(rule).client).toBe('whoever writes the app');
  });

  it('say of an attempt what was judged, drawn where it cannot be seen, and nothing of a case that is not there', () => {
    const attempt = { merchant: 'm', purchase: 'o\u202e1', card: 'pf_1', amount: { minor: 1_999, currency: 'EUR' } };
    const rest = { initiator: 'merchant', network: 'visa', processor: 'stripe' } as const;
    const past = { near: 'key', at: 0, outcome: 'declined', code: '51', mac: '02' };
    const elsewhere = { near: 'card', at: 1, outcome: 'declined', code: '59' };
    const c = { attempt: { ...attempt, ...rest }, history: [past, elsewhere] };
    expect(factsOf({ profile: 'payments', snapshot: c }).map((one) => one.join(' '))).toEqual([
      'Amount EUR 19.99',
      'Purchase o⟨U+202E⟩1',
      'Initiated by merchant',
      'Network visa',
      'Processor stripe',
      'Region not said',
      'Card pf_1',
      'Last answer declined with 51, advice 02, at 1970-01-01T00:00:00.000Z',
    ]);
    for (const snapshot of [null, {}, { key: 'absent' }])
      expect(factsOf({ profile: 'payments', snapshot })).toEqual([]);
    expect(factsOf({ profile: 'oauth', snapshot: c })).toEqual([]);
  });

  it('say why as the tree says it, or the cause where no tree is kept', () => {
    const cause = { id: 'x', say: 'the lamp is away', fixes: [] };
    const checks = [{ id: 'home.a', outcome: 'fail', cause }] as const;
    expect(reasonOf({ decisive: 'home.a', cause: 'x', checks })).toBe('the lamp is away');
    expect(reasonOf({ decisive: 'home.a', cause: 'of-tomorrow' })).toBe('of tomorrow');
    expect(reasonOf({ refusal: 'invalid_grant' })).toBe('invalid_grant');
    expect(reasonOf({ ok: true, cause: 'x' })).toBe('accepted');
  });
});

describe('the columns of a list', () => {
  const ids = (profile?: string): string[] => columnsFor(OWNER, profile).map(({ id }) => id);

  it('are those that all profiles have, and of one profile all of its own', () => {
    expect(ids()).toEqual(['app', 'asked', 'source']);
    expect(ids('home')).toEqual(['app', 'asked', 'source', 'accessory', 'characteristic']);
    expect(ids('none')).toEqual([]);
  });

  it('leave out for a developer what is of the owner or of whoever asked', () => {
    expect(columnsFor(DEVELOPER, 'home').map(({ id }) => id)).toEqual(['app', 'asked']);
  });

  it('show what a verdict has there, with what cannot be seen drawn', () => {
    expect(cells(VERDICT)).toEqual(['my_app', 'an accessory', '10.0.0.1', 'lamp⟨U+202E⟩', undefined]);
    expect(cells({ ...VERDICT, snapshot: null })).toEqual(['my_app', 'an accessory', '10.0.0.1', undefined, undefined]);
    expect(cells({ ...VERDICT, profile: 'none' })).toEqual(Array(5).fill(undefined));
    expect(cells({ ...VERDICT, action: 'constructor' })[1]).toBe('constructor');
  });
});
