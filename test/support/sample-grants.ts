/** The pages about grants and codes with sample data; part of `sample-pages.ts`. */
import type { Code, Effect, Grant } from '../../src/core/model.ts';
import type { Verdict } from '../../src/core/verdict.ts';
import type { Minted } from '../../src/server/operations.ts';
import { grantPage, grantRenewedPage, grantRevokePage } from '../../src/server/pages/grant.ts';
import { grantsPage } from '../../src/server/pages/grants.ts';
import type { Signed } from '../../src/server/pages/layout.ts';
import { lineageOf } from '../../src/server/pages/lineage.ts';
import { mintedPage, mintPage } from '../../src/server/pages/mint.ts';
import { sampleAccessoryPages } from './sample-accessories.ts';

type Taint = (text: string) => string;

const AT = Date.UTC(2026, 2, 14, 9, 26, 53, 589);
const HOUR = 3_600_000;
/** An app's. */
const PAIRING = '0E9C5D3A-71B2-4C11-9D0E-5A1B77C05100';

/** A grant with codes: one that was renewed once, so many refreshes an hour apart, and what a device is owed. */
export function sampleLife(
  t: Taint,
  refreshes: number,
  state: Grant['state'] = 'active',
): {
  readonly grant: Grant;
  readonly codes: readonly Code[];
  readonly effects: readonly Effect[];
  readonly now: number;
} {
  const grant: Grant = {
    id: 'gr_09V7M3K4R2TAM4W8T1ZB5N6C0H',
    profile: 'oauth',
    by: t('ada'),
    to: t('my_app_123'),
    terms: {
      scope: [t('lamp:read'), t('home:lamp:direct')],
      redirect_uri: t('com.myapp:/callback'),
      pairing_id: t(PAIRING),
      amount: { minor: 1_250, currency: t('EUR') },
    },
    from: AT,
    until: null,
    state,
    ...(state === 'revoked' && { endedAt: AT + 9 * HOUR, endedBy: t('revoked-by-operator') }),
    policyEpoch: 1,
    rev: 1,
  };
  const base = { grant: grant.id, handle: 'opaque', bindings: [], total: 1, used: 0, generation: 1, rev: 1 } as const;
  const codes: Code[] = [
    {
      ...base,
      id: 'cd_1AV7M3K4R2ZZZZ',
      purpose: 'authorization_code',
      from: AT,
      until: AT + 300_000,
      state: 'superseded',
    },
    {
      ...base,
      id: 'cd_2BV7M3K4R2ZZZZ',
      purpose: 'authorization_code',
      from: AT + 200_000,
      until: AT + 500_000,
      state: 'live',
      used: 1,
      usedAt: AT + 212_000,
    },
  ];
  for (let i = 0; i <= refreshes; i++) {
    const from = AT + 212_000 + i * HOUR;
    const last = i === refreshes;
    const id = String(i).padStart(5, '0');
    const access = { ...base, total: null, from, until: from + HOUR, state: 'live' } as const;
    codes.push({ ...access, id: `cd_A${id}M3K4R2ZZZZ`, purpose: 'access_token' });
    codes.push({
      ...base,
      id: `cd_R${id}M3K4R2ZZZZ`,
      purpose: 'refresh_token',
      from,
      until: from + 720 * HOUR,
      state: 'live',
      ...(!last && { used: 1, usedAt: from + HOUR }),
    });
  }
  const owing: Effect = {
    id: 'ef_1',
    grant: grant.id,
    kind: 'pairing',
    target: t('lamp'),
    data: { pairing_id: t(PAIRING) },
    state: state === 'revoked' ? 'undoing' : 'due',
    attempts: 4,
    nextAt: AT,
    lastError: t('the lamp did not answer within 5 s'),
    rev: 1,
  };
  return { grant, codes, effects: [owing], now: AT + refreshes * HOUR + 900_000 };
}

/** Sample pages by name; `t` changes every fact on the way. */
export function sampleGrantPages(
  t: Taint,
  frame: { readonly hub: string; readonly signed: Signed },
  verdict: Verdict,
): Readonly<Record<string, string>> {
  const csrf = t('c5rf-grant');
  const app = { id: t('my_app_123'), name: t('Hallway Lights'), authMethod: 'none' } as const;
  const allowed = [
    { scope: t('lamp:read'), means: t('see whether the lamp is on, now and as it changes') },
    {
      scope: t('home:lamp:direct'),
      means: t('become a controller of the lamp itself: everything it can do, until removed'),
    },
  ];
  const fresh = sampleLife(t, 1);
  const long = sampleLife(t, 415);
  const ended = sampleLife(t, 2, 'revoked');
  const pageOf = ({ now, ...life }: ReturnType<typeof sampleLife>) => ({
    ...frame,
    grant: life.grant,
    app,
    allowed,
    lineage: lineageOf({ timeline: life, now, generation: 1 }),
    at: { now, generation: 1 },
    timeline: { ...life, codes: life.codes.slice(-8), verdicts: [verdict] },
    untold: Math.max(0, life.codes.length - 8),
    below: [],
  });
  const waiting = {
    ...fresh,
    codes: fresh.codes.slice(0, 2).map(({ usedAt: _, ...code }) => ({ ...code, used: 0 })),
    effects: [],
  };
  const code = waiting.codes[1] as Code;
  const minted: Minted = {
    code: 'hap5.1-authcode:A5x8G3Qq7RZt0bVn2LsKd9WfYcHpM',
    id: 'cd_3CV7M3K4R2ZZZZ',
    grant: fresh.grant.id,
    until: AT + 300_000,
    redirectUri: t('com.myapp:/callback'),
    scopes: [t('lamp:read')],
    verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
  };
  const { verifier: _, ...unproven } = minted;
  const issuer = t('http://localhost:5151');
  const filter = { state: 'live' } as const;
  const row = { grant: fresh.grant, app, allowed, owed: fresh.effects, live: { codes: 1, tokens: 3 } };
  const list = { ...frame, holders: [app], profiles: ['oauth', 'payments'], owing: fresh.effects, filter };
  const form = { ...frame, csrf, apps: [app], accessories: [{ id: t('lamp'), name: t('Lamp') }] };
  return {
    grants: grantsPage({
      ...list,
      rows: [
        { ...row, standing: 'live' },
        { ...row, grant: ended.grant, standing: 'revoked', owed: ended.effects, live: { codes: 0, tokens: 0 } },
        {
          grant: { ...fresh.grant, terms: {}, until: AT + HOUR },
          allowed: [],
          standing: 'expired',
          owed: [],
          live: { codes: 0, tokens: 100, more: true },
        },
      ],
      older: '/grants?state=live&before=gr_1',
    }),
    'grants-empty': grantsPage({ ...list, rows: [], owing: [], filter: { ...filter, client: t('no_such_app') } }),
    grant: grantPage({ ...pageOf(fresh), standing: 'live' }),
    'grant-waiting': grantPage({
      ...pageOf({ ...waiting, now: AT + 230_000 }),
      standing: 'live',
      renewable: { code, csrf, now: AT + 230_000 },
      problem: t('cd_1AV7M3K4R2 is superseded, expected a live code; its successor is cd_2BV7M3K4R2'),
    }),
    'grant-long': grantPage({ ...pageOf(long), standing: 'live' }),
    'grant-revoked': grantPage({ ...pageOf(ended), standing: 'revoked', revoked: true, below: [fresh.grant] }),
    'grant-revoke': grantRevokePage({
      ...frame,
      grant: fresh.grant,
      app,
      csrf,
      toll: { codes: 1, tokens: 3, grants: 1, devices: [{ kind: 'pairing', target: t('lamp'), pairing: t(PAIRING) }] },
    }),
    'grant-renewed': grantRenewedPage({
      ...frame,
      grant: fresh.grant,
      app,
      proves: app,
      issuer,
      now: AT,
      ownVerifier: true,
      proof: true,
      updated: {
        old: 'cd_2BV7M3K4R2ZZZZ',
        minted: unproven,
        changes: [
          { item: t('code'), from: t('cd_2BV7M3K4R2'), to: t('cd_3CV7M3K4R2') },
          { item: 'bound to client_id', from: t('my_app_123'), to: t('my_app_123') },
        ],
      },
    }),
    'mint-form': mintPage({ ...form, values: new Map([['accessory', t('lamp')]]) }),
    'mint-tried': mintPage({
      ...form,
      values: new Map([
        ['client', app.id],
        ['can-direct', 'on'],
        ['ttl', t('600')],
        ['jkt', t('0ZcOCORZNYy')],
      ]),
      problem: t('expected a lifetime of 1 to 300 whole seconds, got 600'),
    }),
    'mint-no-apps': mintPage({ ...form, apps: [], values: new Map() }),
    minted: mintedPage({ ...frame, app, minted, allowed, issuer, now: AT, ownVerifier: false, proof: false }),
    'minted-bound': mintedPage({
      ...frame,
      app: { ...app, authMethod: 'client_secret_basic' },
      minted: unproven,
      allowed,
      issuer,
      now: AT,
      ownVerifier: true,
      proof: true,
    }),
    ...sampleAccessoryPages(t, frame, fresh.effects),
  };
}
