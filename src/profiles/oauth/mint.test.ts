import { generateKeyPairSync } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { CHALLENGE, CLIENT, JKT, NOW, PAIRING, REDIRECT } from '../../../test/support/oauth-case.ts';
import { type OAuthHub, oauthHub } from '../../../test/support/oauth-hub.ts';
import { readSignedCode } from '../../protocols/signed-code/read.ts';
import { signingKey } from '../../protocols/signed-code/signed-code.ts';
import { type Decision, mintAuthorization } from './mint.ts';

let hub: OAuthHub;
beforeEach(async () => {
  hub = await oauthHub();
});

const minted = (decision: Partial<Decision> = {}) =>
  mintAuthorization(hub.deps, NOW, 1, {
    by: 'ada',
    clientId: CLIENT,
    scopes: ['lamp:read'],
    redirectUri: REDIRECT,
    ...decision,
  });

describe('minting', () => {
  it('binds the code to what was decided, and keeps no code', () => {
    const { code, kept, grant } = minted({ challenge: CHALLENGE, jkt: JKT, pairingId: PAIRING });
    expect(kept).toMatchObject({
      grant: grant.id,
      from: NOW,
      until: NOW + 300_000,
      total: 1,
      used: 0,
      state: 'live',
      handle: 'opaque',
    });
    expect(kept.bindings.map((b) => b.fact)).toEqual([
      'client_id',
      'redirect_uri',
      'code_challenge',
      'jkt',
      'pairing_id',
      'scope',
    ]);
    expect(kept.bindings.filter((b) => b.secret).map((b) => b.fact)).toEqual(['code_challenge']);
    expect(JSON.stringify([kept, grant])).not.toContain(code.slice(-29));
  });

  it('lives 300 s at most', () => {
    expect(minted({ ttlSeconds: 900 }).kept.until).toBe(NOW + 300_000);
    expect(minted({ ttlSeconds: 5 }).kept.until).toBe(NOW + 5_000);
  });

  it('signs where it is asked to, and throws where there is no key for that', () => {
    expect(() => minted({ handle: 'signed' })).toThrow('expected a key to sign codes with');
    const codes = signingKey(generateKeyPairSync('ed25519').privateKey);
    const deps = { ...hub.deps, keys: { ...hub.deps.keys, codes } };
    const decision = { by: 'ada', clientId: CLIENT, scopes: ['lamp:read'], handle: 'signed' } as const;
    const { code, kept } = mintAuthorization(deps, NOW, 1, decision);
    expect(readSignedCode(code, [codes])).toMatchObject({ ok: true, from: NOW, until: kept.until });
    expect(kept).toMatchObject({ handle: 'signed', id: expect.stringMatching(/^cd_[0-9A-HJKMNP-TV-Z]{36}$/) });
  });

  it('throws rather than mint a short code that is bound to no proof, or a pairing without its key', () => {
    expect(() => minted({ short: true })).toThrow('expected a key or a challenge');
    expect(() => minted({ pairingId: PAIRING, challenge: CHALLENGE })).toThrow('expected a key for the pairing');
    expect(minted({ short: true, jkt: JKT }).code).toMatch(/^hap5\.1-authcode:[0-9A-Za-z]{16}$/);
    expect(minted({ short: true, challenge: CHALLENGE }).kept.handle).toBe('bound');
  });
});
