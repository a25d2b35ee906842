import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { proofKey, signProof } from '../../../test/support/dpop.ts';
import { CHALLENGE, CLIENT, ISSUER, PAIRING } from '../../../test/support/oauth-case.ts';
import {
  basic,
  exchangeForm,
  type OAuthHub,
  oauthHub,
  SECRET,
  SERVER,
  tokenRequest,
} from '../../../test/support/oauth-hub.ts';
import { BINDINGS_JUDGED } from '../../core/decide.ts';
import { leaves } from '../../core/verdict.ts';
import type { TokenResponse } from './issue.ts';
import { tables } from './profile.ts';
import { dpopNonce } from './prove/dpop.ts';
import { type Exchanged, judgeToken, readTokenRequest } from './token.ts';
import { refusalOf, verdictOf, withChecks } from './verdicts.ts';

let hub: OAuthHub;
beforeEach(async () => {
  hub = await oauthHub();
});

const tokens = ({ answer }: Exchanged): TokenResponse => {
  expect(answer.status).toBe(200);
  return JSON.parse(answer.body) as TokenResponse;
};
const refreshForm = (token: string, extra: Record<string, string> = {}) => ({
  grant_type: 'refresh_token',
  refresh_token: token,
  client_id: CLIENT,
  ...extra,
});
/** The newest verdict of an answer: its cause, and what it did. */
const told = async ({ verdict }: Exchanged) => {
  const [row] = await hub.deps.store.find('verdicts', { id: verdict });
  return { cause: row?.cause, ...row?.consequence };
};

describe('exchanging a code', () => {
  it('gives tokens once', async () => {
    const code = await hub.mint();
    expect(tokens(await hub.post(exchangeForm(code)))).toEqual({
      access_token: expect.stringMatching(/^cfa_[0-9A-Za-z]{29}$/),
      token_type: 'Bearer',
      expires_in: 3_600,
      refresh_token: expect.stringMatching(/^cfr_[0-9A-Za-z]{29}$/),
      scope: 'lamp:read lamp:write',
    });
    expect(await told(await hub.post(exchangeForm(code)))).toEqual({ cause: 'lost-race' });
  });

  it('has one winner among 20 at once, and the losers revoke nothing', async () => {
    const code = await hub.mint();
    const answers = await Promise.all(Array.from({ length: 20 }, () => hub.post(exchangeForm(code))));
    const won = answers.filter(({ answer }) => answer.status === 200);
    expect(won).toHaveLength(1);
    for (const lost of answers.filter((a) => a !== won[0])) expect(await told(lost)).toEqual({ cause: 'lost-race' });
  });

  it('revokes everything when the proven client replays, and nothing when anybody else does', async () => {
    const code = await hub.mint();
    const { refresh_token: refresh = '' } = tokens(await hub.post(exchangeForm(code)));
    hub.pass(2_001);
    const { code_verifier: _, ...unproven } = exchangeForm(code);
    for (const form of [
      unproven,
      exchangeForm(code, { code_verifier: 'x'.repeat(43) }),
      exchangeForm(code, { client_id: 'nobody' }),
    ]) {
      expect((await told(await hub.post(form))).revokedCodes).toBeUndefined();
    }
    expect(tokens(await hub.post(refreshForm(refresh))).refresh_token).toBeDefined();
    expect(await told(await hub.post(exchangeForm(code)))).toMatchObject({ cause: 'replay', revokedCodes: 3 });
    expect((await hub.post(refreshForm(refresh))).answer.status).toBe(400);
  });

  it('burns the code at the third failed proof within 10 s, and counts neither what is malformed nor what is missing', async () => {
    const code = await hub.mint();
    const wrong = exchangeForm(code, { code_verifier: 'x'.repeat(43) });
    const { code_verifier: _, ...missing } = exchangeForm(code);
    for (let i = 0; i < 5; i++) {
      await hub.post(missing);
      await hub.post({ ...wrong, grant_type: 'authorization_code ' });
      await hub.post(exchangeForm(code, { code_verifier: 'short' }));
    }
    expect(await told(await hub.post(wrong))).toEqual({ cause: 'mismatch', hits: 1 });
    expect(await told(await hub.post(wrong))).toEqual({ cause: 'mismatch', hits: 2 });
    expect(await told(await hub.post(wrong))).toEqual({ cause: 'mismatch', hits: 3, burned: true });
    expect(await told(await hub.post(exchangeForm(code)))).toEqual({ cause: 'burned' });
  });

  it('never gives a scope that was switched off after the consent, whatever part of it the request names', async () => {
    const code = await hub.mint();
    await hub.register(CLIENT, {
      scopes: [
        { name: 'lamp:read', enabled: true },
        { name: 'lamp:write', enabled: false },
      ],
    });
    expect((await told(await hub.post(exchangeForm(code)))).cause).toBe('disabled');
    expect(tokens(await hub.post(exchangeForm(code, { scope: 'lamp:read' }))).scope).toBe('lamp:read');
  });

  it('never takes a secret from an application that was given none', async () => {
    await hub.register('bare', { type: 'confidential', authMethod: 'client_secret_basic' });
    const form = exchangeForm(await hub.mint({ clientId: 'bare' }), { client_id: 'bare' });
    for (const secret of ['', 'undefined', SECRET]) {
      expect((await hub.post(form, basic('bare', secret))).answer.status).toBe(401);
    }
  });

  it('binds every token to facts that the tables judge', async () => {
    const key = await proofKey();
    const code = await hub.mint({ jkt: key.jkt, pairingId: PAIRING });
    const nonce = dpopNonce(hub.deps.keys.nonce, hub.now());
    const dpop = await signProof(key, {
      htm: 'POST',
      htu: `${ISSUER}/token`,
      iat: hub.now() / 1000,
      nonce,
      pairing_id: PAIRING,
    });
    expect(tokens(await hub.post(exchangeForm(code), { dpop })).token_type).toBe('DPoP');
    const facts = (await hub.deps.store.find('codes', {})).map(
      ({ purpose, bindings }) => [purpose, bindings.map((b) => b.fact)] as const,
    );
    expect(Object.fromEntries(facts)).toEqual({
      authorization_code: ['client_id', 'redirect_uri', 'code_challenge', 'jkt', 'pairing_id', 'scope'],
      access_token: ['client_id', 'scope', 'jkt'],
      refresh_token: ['client_id', 'scope', 'jkt'],
    });
    for (const [purpose, bound] of facts) {
      const phases = purpose === 'access_token' ? tables.resource : tables.token;
      const judged = phases.flatMap((phase) => phase.rules.flatMap((rule) => rule.binds ?? []));
      expect(judged).toEqual(expect.arrayContaining(bound));
    }
  });

  it('takes a proof once', async () => {
    const key = await proofKey('ES256');
    const nonce = dpopNonce(hub.deps.keys.nonce, hub.now());
    const dpop = await signProof(key, { htm: 'POST', htu: `${ISSUER}/token`, iat: hub.now() / 1000, nonce });
    tokens(await hub.post(exchangeForm(await hub.mint()), { dpop }));
    const copied = await hub.post(exchangeForm(await hub.mint()), { dpop });
    expect(await told(copied)).toEqual({ cause: 'replayed' });
    expect(copied.answer.headers['dpop-nonce']).toBe(nonce);
  });
});

describe('refreshing', () => {
  const family = async () => tokens(await hub.post(exchangeForm(await hub.mint()))).refresh_token ?? '';

  it('gives 50 at once the identical successor', async () => {
    const first = await family();
    const answers = (await Promise.all(Array.from({ length: 50 }, () => hub.post(refreshForm(first))))).map(tokens);
    expect(new Set(answers.map((answer) => answer.refresh_token)).size).toBe(1);
    expect(new Set(answers.map((answer) => answer.access_token)).size).toBe(50);
  });

  it('answers again for 10 s, and kills the family after that', async () => {
    const first = await family();
    const { refresh_token: next } = tokens(await hub.post(refreshForm(first)));
    hub.pass(10_000);
    expect(tokens(await hub.post(refreshForm(first))).refresh_token).toBe(next);
    hub.pass(1);
    expect(await told(await hub.post(refreshForm(first)))).toMatchObject({ cause: 'refresh-reused', revokedCodes: 4 });
    expect(await told(await hub.post(refreshForm(next ?? '')))).toEqual({ cause: 'grant-ended' });
  });

  it('lets a straggler lose within 2 s of the win, although the successor is in use, and revokes nothing', async () => {
    const first = await family();
    const { refresh_token: next = '' } = tokens(await hub.post(refreshForm(first)));
    hub.pass(13);
    const { refresh_token: third = '' } = tokens(await hub.post(refreshForm(next)));
    expect(await told(await hub.post(refreshForm(first)))).toEqual({ cause: 'lost-race' });
    tokens(await hub.post(refreshForm(third)));
    hub.pass(2_000);
    expect((await told(await hub.post(refreshForm(first)))).cause).toBe('refresh-reused');
  });

  it('gives no token of a successor that was revoked', async () => {
    const first = await family();
    await hub.post(refreshForm(first));
    const [successor] = (await hub.deps.store.find('codes', {})).filter(
      (c) => c.purpose === 'refresh_token' && c.used === 0,
    );
    await hub.deps.store.revoke({ target: { code: successor?.id ?? '' }, cause: 'test' });
    expect((await hub.post(refreshForm(first))).answer.status).toBe(400);
  });

  it('refuses another client, and never widens a scope', async () => {
    const first = await family();
    await hub.register('other_app', {});
    expect((await told(await hub.post(refreshForm(first, { client_id: 'other_app' })))).cause).toBe('other-app');
    expect((await told(await hub.post(refreshForm(first, { scope: 'lamp:read admin' })))).cause).toBe('wider');
    const narrow = tokens(await hub.post(refreshForm(first, { scope: 'lamp:read' })));
    expect(narrow.scope).toBe('lamp:read');
    expect(tokens(await hub.post(refreshForm(narrow.refresh_token ?? ''))).scope).toBe('lamp:read lamp:write');
  });

  it('takes a code for no refresh token, and a refresh token for no code', async () => {
    const first = await family();
    expect((await told(await hub.post(exchangeForm(first)))).cause).toBe('label');
    expect((await told(await hub.post(exchangeForm(first.slice('cfr_'.length))))).cause).toBe('unknown');
    expect((await told(await hub.post(refreshForm(await hub.mint())))).cause).toBe('label');
  });
});

describe('an attempt', () => {
  const NAMES = [
    'grant_type',
    'code',
    'refresh_token',
    'client_id',
    'redirect_uri',
    'code_verifier',
    'client_secret',
    'scope',
    'state',
  ];
  const hostile = fc.oneof(
    fc.constantFrom(
      '__proto__',
      'constructor',
      'authorization_code',
      'refresh_token',
      CLIENT,
      SERVER,
      '\u0000',
      '%',
      '\u202e',
      ' ',
    ),
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.integer({ min: 0, max: 20_000 }).map((n) => 'a/'.repeat(n)),
  );

  it('is judged and never throws, whatever comes', async () => {
    const forms = fc.dictionary(fc.oneof(fc.constantFrom(...NAMES), fc.string()), hostile, { maxKeys: 12 });
    await fc.assert(
      fc.asyncProperty(forms, hostile, hostile, async (form, authorization, dpop) => {
        const { answer } = await hub.post(form, { authorization, dpop });
        expect([400, 401, 413]).toContain(answer.status);
        expect((await hub.post(form)).answer.status).toBeGreaterThanOrEqual(400);
      }),
      { numRuns: 100 },
    );
    for (const body of [
      new Uint8Array(65_536).fill(37),
      Buffer.from('client_id=\xed\xa0\x80', 'latin1'),
      '\ud800=\udfff',
    ]) {
      const evidence = await readTokenRequest(hub.deps, { ...tokenRequest({}), body });
      expect((await judgeToken(hub.deps, evidence)).judgement.ok).toBe(false);
    }
  });

  it('leaves no secret in its verdict, won or refused', async () => {
    const secretText = fc.string({ unit: fc.constantFrom(...'abcXYZ019-._~'), minLength: 43, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(secretText, secretText, secretText, async (verifier, secret, state) => {
        const code = await hub.mint({ clientId: SERVER });
        const form = {
          ...exchangeForm(code),
          client_id: SERVER,
          code_verifier: verifier,
          state,
          refresh_token: `cfr_${code.slice(-29)}`,
        };
        for (const headers of [basic(), basic(SERVER, secret), {}]) {
          const evidence = await readTokenRequest(hub.deps, tokenRequest({ ...form, client_secret: secret }, headers));
          const { c, judgement } = await judgeToken(hub.deps, evidence);
          const verdict = verdictOf(c, judgement, { action: 'token', source: 'x' });
          const row = JSON.stringify([verdict, refusalOf(c, judgement, verdict), withChecks(verdict)]);
          for (const hidden of [code.slice(-29), verifier, secret, SECRET, state, CHALLENGE])
            expect(row).not.toContain(hidden);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('keeps a snapshot that judges to the same tree', async () => {
    const verdict = (await hub.post(exchangeForm(await hub.mint()))).verdict;
    const [row] = await hub.deps.store.find('verdicts', { id: verdict });
    if (!row) throw new Error('the verdict was kept');
    expect(row.checks).toBeUndefined();
    const checks = leaves(withChecks(row).checks ?? []);
    expect(checks.length).toBeGreaterThan(20);
    expect(checks.filter((check) => check.outcome === 'fail' || check.id === BINDINGS_JUDGED)).toEqual([]);
  });
});
