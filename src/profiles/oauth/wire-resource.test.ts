/** What a client hears at the protected API; the token endpoint is in `wire.test.ts`. */
import { describe, expect, it } from 'vitest';
import {
  accessToken,
  bindings,
  CLIENT,
  code,
  JKT,
  keyedResourceCase,
  NOW,
  OTHER_JKT,
  proof,
  resourceCase,
  without,
} from '../../../test/support/oauth-case.ts';
import { bytes, causesOf, REFERRING, VERDICTS } from '../../../test/support/oauth-wire.ts';
import type { ResourceCase } from './case.ts';
import { judge } from './profile.ts';
import { errorUri, resourceRefusal } from './wire.ts';

const api = (spoiled: Parameters<typeof proof>[0]) =>
  keyedResourceCase({ dpop: { ...proof(keyedResourceCase().dpop), ...spoiled } });

/** One case for every way to be refused at the protected API, by the rule and cause that decide. */
const RESOURCE: Readonly<Record<string, ResourceCase>> = {
  'token-scheme/missing': without(resourceCase({ scheme: 'none' }), 'handle', 'code', 'grant'),
  'token-scheme/other': without(resourceCase({ scheme: 'other' }), 'handle', 'code', 'grant'),
  'token-scheme/downgraded': resourceCase({ code: accessToken({ jkt: JKT }) }),
  'token-scheme/unbound': resourceCase({ scheme: 'dpop' }),
  'code-wellformed/empty': without(resourceCase({ handle: { read: 'empty', detail: '' } }), 'code', 'grant'),
  'code-wellformed/label': without(resourceCase({ handle: { read: 'label', detail: '' } }), 'code', 'grant'),
  'code-wellformed/length': without(resourceCase({ handle: { read: 'length', detail: '' } }), 'code', 'grant'),
  'code-wellformed/character': without(resourceCase({ handle: { read: 'character', detail: '' } }), 'code', 'grant'),
  'code-known/unknown': without(resourceCase(), 'code', 'grant'),
  'code-standing/burned': resourceCase({ code: { ...accessToken(), state: 'burned' } }),
  'code-standing/revoked': resourceCase({ code: { ...accessToken(), state: 'revoked' } }),
  'code-standing/superseded': resourceCase({ code: { ...accessToken(), state: 'superseded' } }),
  'code-standing/grant-ended': resourceCase({ grant: { id: 'gr_1', state: 'revoked', rev: 2 } }),
  'code-standing/restored': resourceCase({ generation: 2 }),
  'code-unexpired/expired': resourceCase({
    now: NOW + 300_000,
    code: code({ bindings: bindings({ client_id: CLIENT, scope: ['lamp:read'] }) }),
  }),
  'code-unexpired/token-expired': resourceCase({ now: NOW + 300_000 }),
  'code-unexpired/early': resourceCase({ now: NOW - 60_000 }),
  'dpop-wellformed/several': api({ fault: { kind: 'several', detail: '' }, signature: 'unchecked' }),
  'dpop-wellformed/malformed': api({ fault: { kind: 'malformed', detail: '' }, signature: 'unchecked' }),
  'dpop-wellformed/algorithm': api({ fault: { kind: 'algorithm', detail: '' }, signature: 'unchecked' }),
  'dpop-signature/invalid': api({ signature: 'invalid' }),
  'dpop-target/method': api({ htm: 'POST' }),
  'dpop-target/uri': api({ htu: 'x' }),
  'dpop-fresh/old': api({ iat: NOW / 1000 - 61 }),
  'dpop-fresh/ahead': api({ iat: NOW / 1000 + 11 }),
  'dpop-nonce/missing': api({ nonce: 'absent' }),
  'dpop-nonce/other': api({ nonce: 'other' }),
  'dpop-once/replayed': api({ replayed: true }),
  'dpop-token-hash/absent': api({ ath: 'absent' }),
  'dpop-token-hash/mismatch': api({ ath: 'mismatch' }),
  'pairing-key/missing': without(keyedResourceCase(), 'dpop'),
  'pairing-key/other-key': api({ jkt: OTHER_JKT }),
  'scope-sufficient/switched-off': resourceCase({
    needs: ['admin'],
    enabled: [],
    code: accessToken({ scope: ['admin'] }),
  }),
  'scope-sufficient/insufficient': resourceCase({ needs: ['admin'] }),
};

describe('the refusal at the protected API', () => {
  const answerTo = (c: ResourceCase, verdict = VERDICTS[0] ?? '') =>
    resourceRefusal(judge('resource', c), errorUri(REFERRING, verdict), 'nonce', c.needs.join(' '));

  it('is known here for every cause of the table', () => {
    expect(Object.keys(RESOURCE).sort()).toEqual(causesOf('resource'));
  });

  it.each(Object.keys(RESOURCE))('is decided by %s', (pair) => {
    const { decisive } = judge('resource', RESOURCE[pair] as ResourceCase);
    expect(`${decisive?.rule}/${decisive?.cause}`).toBe(`oauth.${pair}`);
  });

  it('is the same to the byte for every cause of one error; only a request without any token gets no error', () => {
    const answers = new Map<string, Set<string>>();
    for (const [i, c] of Object.values(RESOURCE).entries()) {
      const answer = answerTo(c, VERDICTS[i % 2]);
      const { error } = JSON.parse(answer.body) as { error: string };
      answers.set(error, (answers.get(error) ?? new Set()).add(bytes(answer)));
    }
    expect(Object.fromEntries([...answers].map(([error, set]) => [error, set.size]))).toEqual({
      unauthorized: 1,
      invalid_token: 1,
      invalid_dpop_proof: 1,
      use_dpop_nonce: 1,
      insufficient_scope: 1,
    });
  });

  it('asks for what is missing as RFC 6750 and RFC 9449 say', () => {
    const challenge = (pair: string) => answerTo(RESOURCE[pair] as ResourceCase).headers['www-authenticate'];
    expect(challenge('token-scheme/missing')).not.toContain('error');
    expect(challenge('code-known/unknown')).toContain('Bearer error="invalid_token"');
    expect(challenge('dpop-nonce/missing')).toMatch(/^DPoP error="use_dpop_nonce"/);
    expect(challenge('scope-sufficient/insufficient')).toContain('scope="admin"');
    expect(answerTo(RESOURCE['scope-sufficient/insufficient'] as ResourceCase).status).toBe(403);
  });
});
