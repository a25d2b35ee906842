/** A mark in every fact that is not the developer's; whatever the case, no byte of it is in what the developer is shown. */
// proves: C19
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as homes from '../../test/support/home-case.ts';
import {
  authorizeCase,
  bindings,
  client,
  code,
  exchangeRequest,
  keyedResourceCase,
  proof,
  resourceCase,
  tokenCase,
  without,
} from '../../test/support/oauth-case.ts';
import { paint } from '../cli/render/color.ts';
import { renderVerdict } from '../cli/render/verdict.ts';
import type { Verdict } from '../core/verdict.ts';
import type { AccessCase, GrantCase, Case as HomeCase } from '../profiles/home/case.ts';
import { judge as judgeHome } from '../profiles/home/profile.ts';
import { verdictOf as homeVerdict } from '../profiles/home/verdicts.ts';
import type { Case, TokenCase } from '../profiles/oauth/case.ts';
import { type Action, judge } from '../profiles/oauth/profile.ts';
import { verdictOf } from '../profiles/oauth/verdicts.ts';
import { rowOf } from './console/refusals-row.ts';
import { verdictPage } from './pages/verdict.ts';
import { seenBy } from './seen-by.ts';
import { columnsFor } from './words.ts';

const CANARY = 'cAnArY7f3k';
const mark = (what: string): string => `${CANARY}-${what}`;
const DEVELOPER = { role: 'developer', user: 'dev', apps: ['my_app_123'] } as const;
const STYLE = { color: false, unicode: true, width: 200 } as const;

/** Everything that a developer can be shown of a verdict. */
function surfaces(verdict: Verdict): string {
  const seen = seenBy(DEVELOPER, verdict);
  if (!seen) return '';
  const signed = { user: 'dev', role: 'developer', csrf: 'x' } as const;
  return [
    JSON.stringify(seen),
    verdictPage({ hub: 'Hub', signed, verdict: seen }),
    JSON.stringify(rowOf(seen, columnsFor(DEVELOPER, undefined))),
    JSON.stringify(rowOf(seen, columnsFor(DEVELOPER, seen.profile))),
    paint(renderVerdict(seen, STYLE, { now: seen.at, all: true }), STYLE),
  ].join('\n');
}

function kept(action: Action, c: Case): Verdict {
  const judgement = judge(action, c);
  const row = verdictOf(c, judgement, { action, source: mark('source'), grant: mark('grant') });
  return { ...row, checks: judgement.checks, consequence: { hits: 1, undoing: 2 } };
}

function keptHome(action: 'grant' | 'access', c: HomeCase): Verdict {
  const judgement = judgeHome(action, c);
  const row = homeVerdict(c, judgement, {
    action,
    source: mark('source'),
    subject: 'my_app_123',
    grant: mark('grant'),
  });
  return { ...row, checks: judgement.checks };
}

/** No surface has the mark, and the operator's verdict does: the test looks where something is. */
function expectWithheld(verdict: Verdict): void {
  expect(JSON.stringify(verdict)).toContain(CANARY);
  const shown = surfaces(verdict);
  expect(shown).toContain(verdict.id);
  expect(shown).not.toContain(CANARY);
}

const GRANT = { id: mark('grant'), state: 'active', rev: 1 } as const;
/** What a person decided, and what the code is tied to for them. */
const PRIVATE = { scope: [`home:${mark('lamp')}/lightbulb/on:r`], pairing_id: mark('pairing'), jkt: mark('key') };

/** One way each in which a token request of the developer's own application can be wrong. */
const SPOILED: readonly ((c: TokenCase) => TokenCase)[] = [
  (c) => ({ ...c, request: exchangeRequest({ redirect_uri: 'com.myapp:/Callback' }) }),
  (c) => ({ ...c, request: exchangeRequest({ grant_type: 'code' }) }),
  (c) => ({ ...c, request: exchangeRequest({ scope: 'lamp:read other' }) }),
  (c) => ({ ...c, pkce: 'mismatch' }),
  (c) => ({ ...c, dpop: proof({ pairingId: mark('other-pairing') }) }),
  (c) => ({ ...c, dpop: proof({ jkt: 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs' }) }),
  (c) => ({ ...c, grant: { ...GRANT, state: 'revoked', endedBy: mark('person-left') } }),
  (c) => ({ ...c, code: { ...mine(c), state: 'superseded', next: `cd_${CANARY}` } }),
  (c) => ({ ...c, code: { ...mine(c), used: 1, usedAt: c.now - 60_000 } }),
  (c) => ({ ...c, code: { ...mine(c), until: c.now - 5_000 } }),
  (c) => ({ ...c, client: client({ scopes: [] }) }),
  (c) => ({ ...c, client: client({ scopes: [{ name: mark('scope'), enabled: false }] }) }),
  (c) => ({ ...c, generation: 2 }),
  (c) => without(c, 'handle', 'code') as TokenCase,
];

function mine(c: TokenCase): NonNullable<TokenCase['code']> {
  return c.code ?? code();
}

/** The application's own code, whose grant, people and pairings are the owner's. */
function own(facts: Readonly<Record<string, string | readonly string[] | undefined>> = PRIVATE): TokenCase {
  const bound = bindings({
    client_id: 'my_app_123',
    redirect_uri: 'com.myapp:/callback',
    code_challenge: '*',
    ...facts,
  });
  return tokenCase({ code: code({ grant: mark('grant'), bindings: bound }), grant: GRANT });
}

const ways = fc.uniqueArray(fc.nat(SPOILED.length - 1), { maxLength: 5 });
const spoil = (c: TokenCase, picks: readonly number[]): TokenCase =>
  picks.reduce((spoiled, i) => SPOILED[i]?.(spoiled) ?? spoiled, c);

describe('what a developer is never shown', () => {
  it('of an own code: source, grant, scopes that a person allowed, pairings and keys, who ended it', () => {
    const facts = fc.subarray(Object.keys(PRIVATE) as (keyof typeof PRIVATE)[]);
    fc.assert(
      fc.property(ways, facts, (picks, names) => {
        const bound = Object.fromEntries(names.map((name) => [name, PRIVATE[name]]));
        expectWithheld(kept('token', spoil(own(bound), picks)));
      }),
      { numRuns: 400 },
    );
  });

  it('of a code of another application that somebody presents in its name: whose it is, where it was for, and how it stands', () => {
    const foreign = code({
      grant: mark('grant'),
      bindings: bindings({
        client_id: mark('other-app'),
        redirect_uri: `com.${CANARY}:/callback`,
        code_challenge: '*',
        ...PRIVATE,
      }),
    });
    fc.assert(
      fc.property(ways, (picks) => {
        const verdict = kept('token', spoil(tokenCase({ code: foreign, grant: GRANT }), picks));
        expectWithheld(verdict);
      }),
      { numRuns: 400 },
    );
    const states = [foreign, { ...foreign, used: 1, usedAt: 1 }, { ...foreign, state: 'revoked' as const }];
    const [first, ...others] = states.map((one) => {
      const { checks, ...row } = kept('token', tokenCase({ code: one, grant: GRANT }));
      const seen = seenBy(DEVELOPER, { ...row, checks: checks ?? [] });
      return JSON.stringify({ ...seen, id: '' });
    });
    for (const other of others) expect(other).toBe(first);
  });

  it('when the application is not registered any more, the one that the code belongs to', () => {
    const c = own({ client_id: mark('other-app'), redirect_uri: `com.${CANARY}:/cb` });
    expectWithheld(kept('token', without(c, 'client') as TokenCase));
  });

  it('at the API: what the token allows, its key, and its grant', () => {
    const bound = bindings({ client_id: 'my_app_123', ...PRIVATE });
    const token = code({ purpose: 'access_token', total: null, grant: mark('grant'), bindings: bound });
    const needs = [`home:${mark('door')}/lock/target-state:w`];
    for (const c of [
      resourceCase({ code: token, grant: GRANT, needs }),
      resourceCase({ code: token, grant: { ...GRANT, state: 'revoked', endedBy: mark('why') }, enabled: [mark('x')] }),
      keyedResourceCase({ code: token, grant: GRANT, needs }),
    ])
      expectWithheld(kept('resource', c));
  });

  it('at consent: who was asked, and from where', () => {
    const verdict = kept('authorize', authorizeCase({ decision: 'deny' }));
    expectWithheld(verdict);
  });

  it('of accessories: their names and ids, what is allowed on them, at which hours, within which bounds, who else is paired', () => {
    const lamp = homes.lamp({
      id: mark('lamp'),
      pv: `2.${CANARY}`,
      firmware: mark('firmware'),
      firmwareThen: mark('older'),
      hubPairing: mark('hub'),
    });
    const scopes = [`home:${mark('lamp')}/lightbulb/brightness:rw[10..60]@07:00-22:00`, `home:${mark('door')}:direct`];
    const access: Partial<AccessCase>[] = [
      {},
      { request: { accessory: mark('lamp'), service: '43', characteristic: '8', op: 'write', value: 99 } },
      { request: { accessory: mark('lamp'), service: '43', characteristic: '8', op: 'subscribe' } },
      { request: { accessory: mark('safe'), service: mark('s'), characteristic: mark('c'), op: 'read' } },
      { local: { day: 6, minute: 30 } },
      { scopes: [] },
      { accessory: { ...lamp, reachable: false } },
    ];
    const request = { accessory: mark('lamp'), service: '43', characteristic: '8', op: 'write', value: 40 } as const;
    for (const one of access)
      expectWithheld(keptHome('access', homes.accessCase({ scopes, accessory: lamp, request, ...one })));
    const grants: Partial<GrantCase>[] = [
      {},
      { scopes: [`home:${mark('lamp')}/`] },
      { accessories: [] },
      { accessories: [{ ...lamp, hub: 'user' }] },
      { accessories: [{ ...lamp, pv: '1.1', pairings: { listed: 16, max: 16, asked: 'absent' } }] },
      { accessories: [{ ...lamp, pv: '1.1', pairings: { listed: 1, max: 16, asked: 'other-key' } }] },
      { pairing: { id: mark('hub'), role: 'admin' }, ownership: { act: 'transfer', code: 'reset' } },
      { bound: { pairing_id: mark('p'), jkt: mark('j'), hap_jkt: mark('h') }, hapKey: homes.statement() },
    ];
    const pairing = { id: mark('pairing'), role: 'user' } as const;
    for (const one of grants)
      expectWithheld(keptHome('grant', homes.grantCase({ scopes, accessories: [lamp], pairing, ...one })));
  });

  it('whether the hub has an accessory that the application may not touch', () => {
    const request = { accessory: 'safe', service: '43', characteristic: '8', op: 'read' } as const;
    const there = homes.accessCase({ request, accessory: homes.lamp({ id: 'safe' }) });
    const seen = [there, without(there, 'accessory') as AccessCase].map((c) => {
      const verdict = seenBy(DEVELOPER, keptHome('access', c));
      return JSON.stringify({ ...verdict, id: '' });
    });
    expect(seen[0]).toContain('capability-granted');
    expect(seen[1]).toBe(seen[0]);
  });
});
