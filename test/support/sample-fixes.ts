/** The pages about doing something about a refusal, and the guide, with sample data; part of `sample-pages.ts`. */
import type { Verdict } from '../../src/core/verdict.ts';
import type { Fixes, PlannedFix } from '../../src/server/fixes-shapes.ts';
import { guideAbout } from '../../src/server/guide.ts';
import type { Timeline } from '../../src/server/operations.ts';
import { fixPage } from '../../src/server/pages/fix.ts';
import { guidePage, guideRulePage } from '../../src/server/pages/guide.ts';
import type { Signed } from '../../src/server/pages/layout.ts';
import { verdictPage } from '../../src/server/pages/verdict.ts';

/** What the other sample pages have already. */
export interface SampleFixes {
  readonly hub: string;
  readonly signed: Signed;
  readonly verdict: Verdict;
  readonly timeline: Timeline;
}

/** Sample pages by name; `t` changes every fact on the way. */
export function sampleFixPages(
  t: (text: string) => string,
  { hub, signed, verdict, timeline }: SampleFixes,
): Readonly<Record<string, string>> {
  const frame = { hub, signed };
  const app = { id: t('bi_tool'), name: t('Monthly Reports') };
  const [listed, came] = [t('https://bi.example.com/oauth/calback'), t('https://bi.example.com/oauth/callback')];
  const refused: Verdict = {
    ...verdict,
    action: t('authorize'),
    decisive: 'oauth.redirect-uri-registered',
    cause: t('unregistered'),
    refusal: t('invalid_request'),
    subject: t('bi_tool'),
    checks: [
      {
        id: 'address',
        outcome: 'fail',
        children: [
          { id: 'oauth.client-known', outcome: 'pass', presented: t('bi_tool') },
          {
            id: 'oauth.redirect-uri-registered',
            outcome: 'fail',
            expected: listed,
            presented: came,
            cause: {
              id: 'unregistered',
              say: t('incorrect redirect URI: mismatch with the URI registered for the app'),
              detail: t('a letter is missing at position 34'),
              fixes: [
                { audience: 'client', say: t('send the registered URI') },
                { audience: 'operator', say: t('or register this one too') },
              ],
            },
          },
        ],
      },
    ],
  };
  const uri: PlannedFix = {
    id: 'register-redirect-uri',
    rule: 'oauth.redirect-uri-registered',
    say: 'register this redirect URI',
    changes: [{ item: 'redirect URI', from: 'not registered', to: came }],
    impact: [
      { kind: 'means', say: 'codes of this app may be sent to this address, from the next request on' },
      { kind: 'means', say: 'nobody gets one by this alone: a person still has to sign in and agree' },
      {
        kind: 'risk',
        say: 'whoever controls this address receives codes of this app; add it only if you know that it is the app’s',
      },
      { kind: 'risk', say: `its host, ${t('bi.example.com')}, is none that is registered for this app so far` },
      { kind: 'stays', say: '1 registered redirect URI as before: take a wrong one away in the settings' },
      { kind: 'stays', say: 'what is alive of this app: 1 active grant and 2 codes and tokens' },
    ],
    then: 'nothing to change in the app: let it start again at /authorize',
    would: { ok: true },
    seal: 'c2VhbA',
  };
  const scopes: PlannedFix = {
    ...uri,
    id: 'include-scopes',
    rule: 'oauth.scope-included',
    say: 'include these scopes',
    changes: [
      { item: `scope ${t('lamp:write')}`, from: 'not included', to: 'included, switched on' },
      { item: `scope ${t('home:*:rws')}`, from: 'not included', to: 'included, switched on' },
    ],
    impact: [
      { kind: 'means', say: 'this app may ask for it; each person sees it when asked, and has to agree' },
      { kind: 'risk', say: 'an app that may ask for more than it needs loses more when it is taken over' },
      { kind: 'stays', say: 'what is alive of this app: nothing' },
    ],
    would: { ok: false, rule: 'oauth.code-unused', say: t('the code was used before') },
  };
  const fixes = (more: Partial<Fixes>): Fixes => ({ verdict: refused.id, app, fixes: [uri], ...more });
  const plan = { ...frame, csrf: t('c5rf-fix'), reference: '7F3K9QD2XAM4W8T1ZB5N6C0HJ', app };
  const check = { expected: listed, presented: came };
  const list = guideAbout('redirect');
  const rule = list.find(({ id }) => id === 'oauth.redirect-uri-registered');
  return {
    'verdict-fixable': verdictPage({ ...frame, verdict: refused, app, fixes: fixes({ today: { ok: false } }) }),
    'verdict-fixed': verdictPage({
      ...frame,
      verdict: refused,
      timeline: longLife(timeline, refused),
      app,
      fixes: fixes({ fixes: [], today: { ok: true } }),
      done: uri.id,
    }),
    'verdict-half-fixed': verdictPage({
      ...frame,
      verdict: refused,
      app,
      fixes: fixes({ fixes: [], today: { ok: false, say: t('the code was used before') } }),
      done: uri.id,
    }),
    fix: fixPage({ ...plan, fix: uri, check }),
    'fix-stale': fixPage({ ...plan, fix: scopes, stale: true }),
    guide: guidePage({ ...frame, words: '', rules: guideAbout('').filter((_, i) => i % 8 === 0) }),
    'guide-found': guidePage({ ...frame, words: t('redirect'), rules: list }),
    'guide-nothing': guidePage({ ...frame, words: t('no such words'), rules: [] }),
    ...(rule && { 'guide-rule': guideRulePage({ ...frame, rule }) }),
  };
}

/** A day of hourly refreshes, before an attempt that failed. */
function longLife(timeline: Timeline, refused: Verdict): Timeline {
  const { cause: _c, decisive: _d, refusal: _r, checks: _k, ...well } = refused;
  const hours = Array.from({ length: 23 }, (_, i) => refused.at - (24 - i) * 3_600_000);
  const refreshes = hours.map(
    (at, i): Verdict => ({
      ...well,
      id: `vd_${String(i).padStart(2, '0')}3K9QD2XAM4W8T1ZB5N6C0HJ`,
      ok: true,
      action: 'token',
      at,
    }),
  );
  const grant = { ...timeline.grant, from: refused.at - 25 * 3_600_000 };
  return { ...timeline, grant, codes: [], verdicts: [...refreshes, refused] };
}
