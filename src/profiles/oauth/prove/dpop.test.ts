import { createHash, createSecretKey, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type ProofKey, proofKey, signProof } from '../../../../test/support/dpop.ts';
import { ISSUER, NOW, PAIRING } from '../../../../test/support/oauth-case.ts';
import { DPOP_ALGORITHMS } from '../case.ts';
import { dpopFacts, dpopNonce, readProof } from './dpop.ts';

const IAT = NOW / 1000;
const CLAIMS = { htm: 'POST', htu: `${ISSUER}/token`, iat: IAT };
const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

let key: ProofKey;
beforeAll(async () => {
  key = await proofKey();
});

const faultOf = async (header: string) => (await readProof(header))?.facts.fault?.kind;

describe('readProof', () => {
  it.each(DPOP_ALGORITHMS)('reads a sound proof by a key for %s', async (alg) => {
    const own = await proofKey(alg);
    const proof = await readProof(await signProof(own, { ...CLAIMS, jti: 'one', nonce: 'n', pairing_id: PAIRING }));
    expect(proof).toMatchObject({
      facts: { signature: 'valid', jkt: own.jkt, curve: own.jwk.crv, ...CLAIMS, pairingId: PAIRING },
      nonce: 'n',
      once: { until: (IAT + 70) * 1000 },
      jwk: own.jwk,
    });
    expect(proof?.facts).not.toHaveProperty('fault');
    expect(proof?.facts).not.toHaveProperty('ath');
  });

  it('finds nothing where nothing came', async () => {
    expect(await readProof(undefined)).toBeUndefined();
  });

  it('names one use by key and jti: the same for a copy, another for another key', async () => {
    const header = await signProof(key, { ...CLAIMS, jti: 'one' });
    const again = await signProof(key, { ...CLAIMS, jti: 'one', iat: IAT + 1 });
    const other = await signProof(await proofKey(), { ...CLAIMS, jti: 'one' });
    const [a, b, c] = await Promise.all([header, again, other].map((h) => readProof(h)));
    expect(a?.once?.key).toBe(b?.once?.key);
    expect(a?.once?.key).not.toBe(c?.once?.key);
  });

  it('finds a signature by another key invalid, and believes none of its claims', async () => {
    const header = await signProof(key, CLAIMS, { jwk: (await proofKey()).jwk });
    expect(await readProof(header)).toEqual({ facts: { signature: 'invalid' } });
  });

  it('finds a proof whose payload was changed invalid', async () => {
    const [head, , signature] = (await signProof(key, CLAIMS)).split('.');
    const forged = `${head}.${base64url({ ...CLAIMS, jti: 'x' })}.${signature}`;
    expect(await readProof(forged)).toEqual({ facts: { signature: 'invalid' } });
  });

  it('finds several proofs', async () => {
    const header = await signProof(key, CLAIMS);
    expect(await faultOf(`${header}, ${header}`)).toBe('several');
  });

  it.each([
    ['nothing', ''],
    ['no JWT', 'hello'],
    ['two parts', 'a.b'],
    ['no JSON', 'e30x.e30.e30'],
    ['a header that is a list', `${base64url([])}.e30.e30`],
    ['a header that is null', `${base64url(null)}.e30.e30`],
    ['prototype names', `${base64url({ typ: 'dpop+jwt', alg: '__proto__', jwk: 7 })}.e30.e30`],
  ])('finds malformed: %s', async (_, header) => {
    expect(await faultOf(header)).toBe('malformed');
  });

  it.each([
    ['another typ', { typ: 'JWT' }],
    ['no typ', { typ: undefined }],
    ['no jwk', { jwk: undefined }],
    ['a jwk that is a text', { jwk: 'key' }],
    ['a jwk that is a list', { jwk: [] }],
    ['an empty jwk', { jwk: {} }],
    ['a jwk of an unknown type', { jwk: { kty: '__proto__' } }],
    ['a symmetric jwk', { jwk: { kty: 'oct', k: 'AAAA' } }],
    ['a jwk of another curve', { jwk: { kty: 'OKP', crv: 'X25519', x: 'AAAA' } }],
    ['a cut jwk', { jwk: { kty: 'OKP', crv: 'Ed25519', x: 'AAAA' } }],
    ['an unknown critical header', { crit: ['x'], x: 1 }],
  ])('finds malformed: %s', async (_, header) => {
    const [, payload, signature] = (await signProof(key, CLAIMS)).split('.');
    const head = base64url({ typ: 'dpop+jwt', alg: 'EdDSA', jwk: key.jwk, ...header });
    expect(await faultOf(`${head}.${payload}.${signature}`)).toBe('malformed');
  });

  it('finds malformed a jwk with its private half, although the signature is good', async () => {
    for (const own of [key, await proofKey('ES256')]) {
      expect(await faultOf(await signProof(own, CLAIMS, { jwk: own.secretJwk }))).toBe('malformed');
    }
  });

  it('finds the algorithm none, symmetric ones and RSA not accepted, before any key is imported', async () => {
    const rsa = await proofKey('PS256');
    expect(await faultOf(await signProof(rsa, CLAIMS))).toBe('algorithm');
    for (const alg of ['none', 'HS256', 'RS256', 'es256', 'constructor', 7]) {
      const head = base64url({ typ: 'dpop+jwt', alg, jwk: key.jwk });
      expect(await faultOf(`${head}.${base64url(CLAIMS)}.`)).toBe('algorithm');
    }
  });

  it('finds malformed an accepted algorithm that does not fit the key', async () => {
    const head = base64url({ typ: 'dpop+jwt', alg: 'ES256', jwk: key.jwk });
    expect(await faultOf(`${head}.${base64url(CLAIMS)}.AAAA`)).toBe('malformed');
  });

  it.each([
    ['no jti', { jti: undefined }],
    ['an empty jti', { jti: '' }],
    ['a jti that is a number', { jti: 1 }],
    ['no htm', { htm: undefined }],
    ['no htu', { htu: undefined }],
    ['an htu that is a list', { htu: [`${ISSUER}/token`] }],
    ['no iat', { iat: undefined }],
    ['an iat that is a text', { iat: String(IAT) }],
    ['an iat with a fraction', { iat: IAT + 0.5 }],
    ['an iat beyond whole numbers', { iat: 1e300 }],
  ])('finds malformed: %s', async (_, claims) => {
    expect(await faultOf(await signProof(key, { ...CLAIMS, ...claims }))).toBe('malformed');
  });

  it('reads up to 8,192 characters and no further', async () => {
    const sized = async (length: number) => signProof(key, { ...CLAIMS, jti: 'j', pad: 'x'.repeat(length) });
    const empty = (await sized(0)).length;
    let pad = Math.floor(((8_192 - empty) * 3) / 4);
    while ((await sized(pad)).length < 8_191) pad++;
    const fits = await sized(pad);
    expect(fits.length).toBeLessThanOrEqual(8_192);
    expect(await readProof(fits)).toMatchObject({ facts: { signature: 'valid' } });
    expect(await faultOf(await sized(pad + 3))).toBe('malformed');
    expect(await faultOf('x'.repeat(1_000_000))).toBe('malformed');
  });

  it('keeps claims short in the facts', async () => {
    const long = 'x'.repeat(1_000);
    const proof = await readProof(
      await signProof(key, { ...CLAIMS, htm: long, htu: long, pairing_id: long, nonce: long }),
    );
    expect(JSON.stringify(proof?.facts).length).toBeLessThan(800);
    expect(proof?.nonce?.length).toBe(100);
  });

  it('compares ath with the access token, at the API only', async () => {
    const token = 'cfa_token';
    const ath = createHash('sha256').update(token).digest('base64url');
    const at = async (claims: object) =>
      (await readProof(await signProof(key, { ...CLAIMS, ...claims }), token))?.facts.ath;
    expect(await at({ ath })).toBe('match');
    expect(await at({ ath: `${ath}=` })).toBe('mismatch');
    expect(await at({ ath: token })).toBe('mismatch');
    expect(await at({ ath: 7 })).toBe('absent');
    expect(await at({})).toBe('absent');
  });

  it('answers to any header', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 300 }), async (text) => void (await readProof(text))),
    );
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.jsonValue(), async (head, payload) => {
        expect((await readProof(`${base64url(head)}.${base64url(payload)}.AAAA`))?.facts.signature).toBe('unchecked');
      }),
    );
  });

  it('answers to any payload and any odd member of the jwk, signed by a good key', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.jsonValue(),
        fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 }),
        async (payload, members) => {
          const header = await signProof(
            key,
            { ...(Object(payload) as object), ...CLAIMS },
            { jwk: { ...members, ...key.jwk } },
          );
          const facts = (await readProof(header))?.facts;
          expect(['valid', 'unchecked']).toContain(facts?.signature);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('the nonce', () => {
  const secret = createSecretKey(randomBytes(32));
  const nonceAt = async (nonce: string | undefined, now: number, by = secret) => {
    const proof = await readProof(await signProof(key, { ...CLAIMS, nonce }));
    if (!proof) throw new Error('a proof was sent');
    return dpopFacts(proof, by, now, new Set()).nonce;
  };

  it('is current in its window of a minute and in the next, and no longer', async () => {
    const window = Math.floor(NOW / 60_000) * 60_000;
    const nonce = dpopNonce(secret, window);
    expect(nonce).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(await nonceAt(nonce, window)).toBe('current');
    expect(await nonceAt(nonce, window + 119_999)).toBe('current');
    expect(await nonceAt(nonce, window + 120_000)).toBe('other');
    expect(await nonceAt(nonce, window - 1)).toBe('other');
  });

  it('is absent or other when it did not come, is mangled, or is of another hub', async () => {
    const nonce = dpopNonce(secret, NOW);
    expect(await nonceAt(undefined, NOW)).toBe('absent');
    for (const other of ['', `${nonce} `, nonce.slice(1), `${nonce}${nonce}`])
      expect(await nonceAt(other, NOW)).toBe('other');
    expect(await nonceAt(nonce, NOW, createSecretKey(randomBytes(32)))).toBe('other');
  });

  it('stands beside the first use: a key in the set was used', async () => {
    const proof = await readProof(await signProof(key, CLAIMS));
    if (!proof?.once) throw new Error('a sound proof names its use');
    expect(dpopFacts(proof, secret, NOW, new Set()).replayed).toBe(false);
    expect(dpopFacts(proof, secret, NOW, new Set([proof.once.key])).replayed).toBe(true);
  });
});
