import { describe, expect, it } from 'vitest';
import { samplePages } from '../../../test/support/sample-pages.ts';
import type { Check, Verdict } from '../../core/verdict.ts';
import { consentPage, destination } from './consent.ts';
import { render } from './html.ts';
import { span } from './layout.ts';
import { lit } from './lit.ts';
import { problemPage } from './problem.ts';
import { refusalList } from './refusals.ts';
import { signinNeededPage } from './signin-needed.ts';
import { referenceOf, timelineSection, wholeReferenceOf } from './timeline.ts';
import { consequenceLine } from './verdict.ts';

const words = (page: string): string =>
  page
    .replace(/<style>[\s\S]*<\/style>/, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');

describe('the consent page', () => {
  const page = words(samplePages()['consent'] ?? '');

  it('says who asks, where the answer goes, what it allows, and what it is tied to', () => {
    expect(page).toContain('Let Hallway Lights use Counterfoil?');
    expect(page).toContain('( my_app_123 )');
    expect(page).toContain('the app on this device that opens com.myapp:');
    expect(page).toContain('switch the hall lamp on and off');
    expect(page).toContain('A1B2-77C0-51');
    expect(page).toContain('You decide as ada');
  });

  it('speaks no protocol to the person', () => {
    expect(page).not.toMatch(/oauth|pkce|scope|grant|redirect|client|token|authoriz|consent|uri|parameter/i);
  });

  it('names the place an answer goes to in plain words', () => {
    const say = (uri: string): string => words(render(destination(uri))).trim();
    expect(say('https://user@bank.example.evil.example/cb')).toBe('the website bank.example.evil.example');
    expect(say('http://bi.example/cb')).toBe('the website bi.example (not encrypted)');
    expect(say('http://127.0.0.1:8123/cb')).toBe('a program on this computer, 127.0.0.1:8123');
    expect(say('http://[::1]:8123/cb')).toBe('a program on this computer, [::1]:8123');
    expect(say('com.myapp:/callback')).toBe('the app on this device that opens com.myapp:');
    expect(say('not a uri')).toBe('not a uri');
  });

  it('carries the request along, and answers allow or deny', () => {
    const form = consentPage({
      hub: 'Hub',
      signed: { user: 'ada', role: 'operator' as const, csrf: 'l' },
      csrf: 'c&"',
      action: '/authorize/decision',
      hidden: { state: '"><' },
      app: { name: 'A', clientId: 'a', redirectUri: 'https://a.example/' },
      scopes: [],
      codeTtlSeconds: 60,
    });
    expect(form).toContain('name="state" value="&quot;&gt;&lt;"');
    expect(form).toContain('name="csrf" value="c&amp;&quot;"');
    expect(form.match(/name="decision" value="(?:allow|deny)"/g)).toHaveLength(2);
  });
});

describe('pages that strangers see', () => {
  it('are the same for every reference, but for the reference', () => {
    const one = signinNeededPage({ hub: 'Hub', reference: 'AAAAAAAAAA' });
    const two = signinNeededPage({ hub: 'Hub', reference: 'BBBBBBBBBB' });
    expect(one.replaceAll('AAAAAAAAAA', 'BBBBBBBBBB')).toBe(two);
    expect(one).toContain('href="/login?next=%2Fr%2FAAAAAAAAAA"');
  });

  it('cut a reference that is too long, wherever the cut falls', () => {
    expect(() => signinNeededPage({ hub: 'Hub', reference: `${'x'.repeat(31)}😀😀` })).not.toThrow();
  });

  it('link a reference only when it is one', () => {
    expect(problemPage({ hub: 'Hub', error: 'invalid_request', reference: '7F3K9QD2XA' })).toContain(
      'href="/r/7F3K9QD2XA"',
    );
    expect(problemPage({ hub: 'Hub', error: 'invalid_request', reference: '/../x' })).not.toContain('href="/r/');
  });

  it('send nobody back to an app who came from a page of this hub', () => {
    for (const error of ['form_expired', 'too_large', 'not_found']) {
      const page = words(problemPage({ hub: 'Hub', error }));
      expect(page).not.toMatch(/to the app|that app/);
      expect(page.includes('load the page anew')).toBe(error !== 'not_found');
    }
  });

  it('answer an error they have no words for, also one named like a property of every object', () => {
    for (const error of ['constructor', '__proto__', 'unheard_of']) {
      expect(problemPage({ hub: 'Hub', error })).toContain('This hub cannot answer that app');
    }
  });
});

describe('the lists of a person in charge', () => {
  const asked = {
    id: 'vd_7F3K9QD2XAM4W8T1ZB5N6C0HJ',
    profile: 'oauth',
    action: 'token',
    ok: false,
    decisive: 'oauth.dpop-nonce',
    cause: 'missing',
    refusal: 'use_dpop_nonce',
    policy: 'p',
    at: 0,
    snapshot: null,
    times: 1,
  };

  it('call an app that was asked for a nonce just that', () => {
    expect(words(render(refusalList([asked])))).toContain('Asked for a nonce, which is no fault');
    const grant = { id: 'gr_1', profile: 'oauth', by: 'ada', to: 'a', terms: {}, from: 0, until: null } as const;
    const timeline = {
      grant: { ...grant, state: 'active', policyEpoch: 1, rev: 1 } as const,
      codes: [],
      verdicts: [asked],
      effects: [],
    };
    const life = words(render(timelineSection(timeline, { here: asked })));
    expect(life).toContain('Token: asked for a nonce vd_7F3K9QD2XA');
    expect(life).not.toContain('refused');
  });

  it('call it a refusal where something else is wrong as well', () => {
    const fail = (id: string): Check => ({ id, outcome: 'fail', cause: { id: 'x', say: `${id} says no`, fixes: [] } });
    const checks = ['oauth.dpop-nonce', 'oauth.code-verifier'].map(fail);
    expect(words(render(refusalList([{ ...asked, checks }])))).toContain('Oauth.dpop-nonce says no');
  });
});

describe('the verdict page', () => {
  it('lights the characters that differ, and only those', () => {
    const { expected, presented } = lit('A1B2-77C0-51', 'A1B2-77C9-51');
    expect([render(expected), render(presented)]).toEqual(['A1B2-77C<mark>0</mark>-51', 'A1B2-77C<mark>9</mark>-51']);
    expect(render(lit('my_app_123', 'my_app_123␠').presented)).toBe('my_app_123<mark>␣</mark>');
    expect(render(lit('a:b', 'a: b').presented)).toBe('a:<mark>␣</mark>b');
  });

  it('lights nothing in two quite different values, nor in two times: neither is the other mistyped', () => {
    expect(render(lit('authorization_code', 'password').presented)).toBe('password');
    const [later, now] = ['2026-09-20T23:00:00.000Z', '2026-09-20T12:00:00.000Z'] as const;
    expect(render(lit(later, now).presented)).toBe(now);
  });

  it('says in one line what a refusal cost', () => {
    const say = (consequence: Verdict['consequence'], profile = 'oauth'): string =>
      words(render(consequenceLine({ profile, ...(consequence && { consequence }) })));
    expect(say(undefined)).toBe('Nothing. No code, token or grant was touched.');
    expect(say({ hits: 2 })).toBe('Counted as failure 2.');
    expect(say({ hits: 2 }, 'payments')).toBe('Refused 2 times within 30 days, which makes no wait longer.');
    expect(say({ hits: 3, burned: true })).toBe('The code is burned: nobody can use it any more.');
    expect(say({ revokedCodes: 1, undoing: 2 })).toBe(
      '1 code or token of its grant revoked. 2 device effects are being undone.',
    );
  });

  it('is found under the first ten characters of the id', () => {
    expect(referenceOf('vd_7F3K9QD2XAM4W8T1ZB5N6C0HJ')).toBe('7F3K9QD2XA');
    expect(wholeReferenceOf('vd_7F3K9QD2XAM4W8T1ZB5N6C0HJ')).toBe('7F3K9QD2XAM4W8T1ZB5N6C0HJ');
  });
});

describe('span', () => {
  it.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [1_500, '1.5 s'],
    [-12_000, '12 s'],
    [300_000, '5 min'],
    [7_200_000, '2 h'],
    [172_800_000, '2 d'],
  ])('says %i ms as %s', (ms, said) => {
    expect(span(ms)).toBe(said);
  });
});
