/** Every page of the hub with sample data, for screenshots and browser tests; `taint` changes every fact on the way. */

import { show } from '../../src/core/show.ts';
import type { Check, Verdict } from '../../src/core/verdict.ts';
import { withhold } from '../../src/core/withhold.ts';
import type { Timeline } from '../../src/server/operations.ts';
import { consentPage } from '../../src/server/pages/consent.ts';
import type { Signed } from '../../src/server/pages/layout.ts';
import { loginPage } from '../../src/server/pages/login.ts';
import { problemPage } from '../../src/server/pages/problem.ts';
import { signinNeededPage } from '../../src/server/pages/signin-needed.ts';
import { verdictPage } from '../../src/server/pages/verdict.ts';
import { RULES } from '../../src/server/seen-by.ts';
import { sampleAccountPages } from './sample-account.ts';
import { sampleAppPages } from './sample-apps.ts';
import { sampleFixPages } from './sample-fixes.ts';
import { sampleGrantPages } from './sample-grants.ts';
import { samplePaymentPages } from './sample-payments.ts';
import { sampleRefusalPages } from './sample-refusals.ts';
import { sampleShare, sampleSharePages } from './sample-share.ts';

const AT = Date.UTC(2026, 2, 14, 9, 26, 53, 589);
const LAMP = 'hall-lamp.4f:1c:88:0a:2e:71';

/** Sample pages by name. */
export function samplePages(taint: (text: string) => string = (text) => text): Readonly<Record<string, string>> {
  const t = taint;
  const hub = t('Counterfoil');
  const signed: Signed = { user: t('ada'), role: 'operator', csrf: t('c5rf-logout') };
  const csrf = t('c5rf-form');
  const app = { name: t('Hallway Lights'), clientId: t('my_app_123'), redirectUri: t('com.myapp:/callback') };
  const hidden = { request: t('client_id=my_app_123&state=af0ifjsldkj') };
  const origin = t('http://localhost:5151');
  const login = { hub, origin, csrf, hidden, app };
  const consent = { hub, signed, csrf, action: '/authorize/decision', hidden, app, codeTtlSeconds: 300 };
  const scopes = [
    { name: t('lamp.switch'), means: t('switch the hall lamp on and off') },
    { name: t('lamp.read'), means: t('see whether the lamp is on') },
    { name: t('offline_access') },
  ];
  const verdict = sampleVerdict(t);
  return {
    'login-plain': loginPage({ hub, origin, csrf }),
    'login-app': loginPage(login),
    'login-wrong': loginPage({ ...login, name: t('ada'), problem: { kind: 'wrong' } }),
    'login-wait': loginPage({ ...login, name: t('ada'), problem: { kind: 'wait', retryAfterSeconds: 28 } }),
    consent: consentPage({ ...consent, scopes, boundTo: { pairingId: t('A1B2-77C0-51'), key: t('0ZcOCORZNYy') } }),
    'consent-web': consentPage({
      ...consent,
      scopes: [],
      app: { ...app, redirectUri: t('https://bi.example.com/cb') },
    }),
    problem: problemPage({ hub, error: t('invalid_request'), reference: t('7F3K9QD2XA'), signed }),
    'problem-not-found': problemPage({ hub, error: 'not_found' }),
    verdict: verdictPage({
      hub,
      signed,
      verdict,
      timeline: sampleTimeline(t, verdict),
      app: { id: app.clientId, name: app.name },
      shares: { reference: verdict.id.slice(3), shares: [sampleShare(t, verdict)] },
    }),
    'verdict-developer': verdictPage({
      hub,
      signed: { ...signed, role: 'developer' },
      verdict: withhold(verdict, RULES),
    }),
    'verdict-replay': verdictPage({ hub, signed, verdict: replayVerdict(t) }),
    'verdict-ok': verdictPage({ hub, signed, verdict: acceptedVerdict(verdict) }),
    'signin-needed': signinNeededPage({ hub, reference: t('7F3K9QD2XA') }),
    ...sampleRefusalPages(t, { hub, signed, issuer: origin }),
    ...sampleSharePages(t, { hub, signed, verdict }),
    ...sampleAccountPages(t, hub, signed),
    ...sampleAppPages(t, { hub, signed, refusals: [verdict, replayVerdict(t)] }),
    ...sampleGrantPages(t, { hub, signed }, verdict),
    ...samplePaymentPages(t, { hub, signed }),
    ...sampleFixPages(t, { hub, signed, verdict, timeline: sampleTimeline(t, verdict) }),
  };
}

type Taint = (text: string) => string;

function sampleVerdict(t: Taint): Verdict {
  const pass = (id: string, presented?: string): Check => ({
    id,
    outcome: 'pass',
    ...(presented && { presented: t(presented) }),
  });
  const fail = (id: string, say: string, fix: string, halves: Partial<Check>, detail?: string): Check => ({
    id,
    outcome: 'fail',
    ...halves,
    cause: {
      id: 'sample',
      say: t(say),
      ...(detail && { detail: t(detail) }),
      fixes: [{ audience: 'client', say: t(fix) }],
    },
  });
  const checks: Check[] = [
    {
      id: 'request',
      outcome: 'fail',
      children: [
        pass('oauth.media-type', 'application/x-www-form-urlencoded'),
        pass('oauth.parameters-once'),
        fail(
          'oauth.grant-type-known',
          'the grant_type has a blank at its end',
          'send grant_type=authorization_code without the blank after it',
          { expected: t('authorization_code'), presented: t(show('authorization_code ')) },
          'blank at position 19',
        ),
      ],
    },
    {
      id: 'client',
      outcome: 'fail',
      children: [
        fail(
          'oauth.client-known',
          'no app is registered under this name',
          'send client_id=my_app_123 without the blank after it',
          { expected: t('my_app_123'), presented: t(show('my_app_123 ')) },
          'blank at position 11',
        ),
        { id: 'oauth.client-secret', outcome: 'skip', because: t('a public app has no secret') },
      ],
    },
    {
      id: 'code',
      outcome: 'warn',
      children: [
        pass('oauth.code-known', 'cd_09V7M3K4R2…'),
        pass('oauth.code-unexpired', '12 s of 300 s'),
        pass('oauth.code-unused'),
        {
          id: 'oauth.code-wellformed',
          outcome: 'warn',
          expected: t('hap5.1-authcode:x8G3'),
          presented: t('hap5.1-authcode: x8G3'),
          cause: {
            id: 'blanks',
            say: t('blanks stood around the code and were dropped'),
            fixes: [{ audience: 'client', say: t('send the code without the blank after its label') }],
          },
        },
      ],
    },
    {
      id: 'binding',
      outcome: 'fail',
      children: [
        fail(
          'oauth.code-verifier',
          'the proof of the PKCE challenge is missing',
          'send code_verifier: the string whose SHA-256 was sent to /authorize',
          {
            expected: t('S256 proof'),
          },
        ),
        fail(
          'oauth.pairing-key',
          'the code is bound to a pairing, and nothing proves that pairing',
          'sign the request with the pairing key of the app',
          {
            expected: t('A1B2-77C0-51'),
            presented: t('A1B2-77C9-51'),
          },
        ),
        pass('oauth.redirect-uri-exact', 'com.myapp:/callback'),
      ],
    },
  ];
  return {
    id: 'vd_7F3K9QD2XAM4W8T1ZB5N6C0HJ',
    profile: 'oauth',
    action: t('token'),
    ok: false,
    decisive: 'oauth.grant-type-known',
    cause: t('grant-type-unknown'),
    refusal: t('unsupported_grant_type'),
    subject: t(show('my_app_123 ')),
    source: t('192.168.1.23'),
    grant: 'gr_09V7M3K4R2',
    policy: 'p',
    at: AT,
    snapshot: {},
    checks,
    times: 1,
  };
}

function replayVerdict(t: Taint): Verdict {
  return {
    ...sampleVerdict(t),
    id: 'vd_8H2M1PPC4TAM4W8T1ZB5N6C0HJ',
    decisive: 'oauth.code-unused',
    cause: t('replay-proven'),
    refusal: t('invalid_grant'),
    times: 3,
    consequence: { revokedCodes: 2, undoing: 1, heldUntil: AT + 30_000 },
    checks: [
      {
        id: 'code',
        outcome: 'fail',
        children: [
          {
            id: 'oauth.code-unused',
            outcome: 'fail',
            presented: t('used 41 s ago'),
            cause: {
              id: 'replay-proven',
              say: t('the code was used before, and the same proven app sent it again'),
              detail: t('first used at 09:26:12'),
              fixes: [
                { audience: 'client', say: t('ask for a new code; keep the token from the first exchange') },
                { audience: 'operator', say: t('find out why the app sent the code twice before letting it in again') },
              ],
            },
          },
        ],
      },
    ],
  };
}

function acceptedVerdict(refused: Verdict): Verdict {
  const { decisive: _d, cause: _c, refusal: _r, ...rest } = refused;
  const checks = refused.checks?.map((p) => ({
    ...p,
    outcome: 'pass' as const,
    children: (p.children ?? []).filter((c) => c.outcome === 'pass'),
  }));
  return { ...rest, ok: true, ...(checks && { checks }) };
}

function sampleTimeline(t: Taint, verdict: Verdict): Timeline {
  const code = { grant: 'gr_1', handle: 'opaque', bindings: [], total: 1, used: 0, generation: 1, rev: 1 } as const;
  return {
    grant: {
      id: 'gr_1',
      profile: 'oauth',
      by: t('ada'),
      to: t('my_app_123'),
      terms: {},
      from: AT - 12_000,
      until: null,
      state: 'active',
      policyEpoch: 1,
      rev: 1,
    },
    codes: [
      {
        ...code,
        id: 'cd_09V7M3K4R2ZZZZ',
        purpose: t('authorization_code'),
        from: AT - 11_950,
        until: AT + 288_000,
        state: 'live',
      },
      {
        ...code,
        id: 'cd_1AV7M3K4R2ZZZZ',
        purpose: 'access_token',
        from: AT + 9_000,
        until: AT + 3_609_000,
        usedAt: AT + 9_400,
        state: 'live',
      },
    ],
    verdicts: [verdict, { ...verdict, id: 'vd_9Z3K9QD2XAM4W8', ok: true, cause: t('accepted'), at: AT + 9_000 }],
    effects: [
      {
        id: 'ef_1',
        grant: 'gr_1',
        kind: t('pairing'),
        target: t(LAMP),
        data: {},
        state: 'due',
        attempts: 2,
        nextAt: AT,
        lastError: t('the lamp did not answer within 5 s'),
        rev: 1,
      },
    ],
  };
}
