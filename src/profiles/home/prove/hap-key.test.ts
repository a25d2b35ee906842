import { generateKeyPairSync, sign } from 'node:crypto';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { calculateJwkThumbprint, compactVerify, importJWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { codeHash, isWeak, readStatement, STATEMENT_TYPE, signStatement, thumbprintOf } from './hap-key.ts';

const NAMES = {
  aud: 'http://hub.test:5151',
  code: 'hap5.1-authcode:x8G3pQ2vR9mN7kL1',
  jkt: 'j'.repeat(43),
  pairingId: 'A1',
};
const EXPECTED = { ...NAMES, aud: ['http://counterfoil.local:5151', NAMES.aud] };

function newKey(): { key: ReturnType<typeof generateKeyPairSync>['privateKey']; x: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return { key: privateKey, x: publicKey.export({ format: 'jwk' }).x ?? '' };
}

const { key, x } = newKey();
const sound = signStatement(key, x, NAMES);

/** A statement with other parts, signed by our key whatever it says. */
function made(header: object, payload: unknown): string {
  const input = [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${input}.${sign(null, Buffer.from(input), key).toString('base64url')}`;
}

const HEADER = { typ: STATEMENT_TYPE, alg: 'EdDSA', jwk: { kty: 'OKP', crv: 'Ed25519', x } };
const CLAIMS = { aud: NAMES.aud, c_hash: codeHash(NAMES.code), jkt: NAMES.jkt, pairing_id: NAMES.pairingId };

describe('the statement of a HAP key', () => {
  it('is believed when it is signed by the key in it and names this redemption', async () => {
    expect(readStatement(sound, EXPECTED)).toEqual({
      facts: {
        signature: 'valid',
        key: { thumbprint: thumbprintOf(x), curve: 'Ed25519' },
        names: { aud: 'match', code: 'match', jkt: 'match', pairing: 'match' },
      },
      publicKey: x,
    });
    const jwk = { kty: 'OKP', crv: 'Ed25519', x };
    expect(thumbprintOf(x)).toBe(await calculateJwkThumbprint(jwk));
    const peer = await compactVerify(sound, await importJWK(jwk, 'EdDSA'));
    expect(JSON.parse(Buffer.from(peer.payload).toString())).toEqual(CLAIMS);
  });

  it('names nothing but this redemption: another hub, code, sender or pairing is a mismatch', () => {
    const others = { aud: 'http://other', code: 'other', jkt: 'other', pairingId: 'other' };
    for (const [name, other] of Object.entries(others)) {
      const { facts } = readStatement(signStatement(key, x, { ...NAMES, [name]: other }), EXPECTED);
      const told = { aud: 'match', code: 'match', jkt: 'match', pairing: 'match' };
      expect(facts.names).toEqual({ ...told, [name === 'pairingId' ? 'pairing' : name]: 'mismatch' });
    }
    expect(readStatement(made(HEADER, {}), EXPECTED).facts.names).toEqual({
      aud: 'absent',
      code: 'absent',
      jkt: 'absent',
      pairing: 'absent',
    });
    const { jkt: _, ...senderless } = EXPECTED;
    expect(readStatement(sound, senderless).facts.names?.jkt).toBe('mismatch');
  });

  it('is not believed when another key signed it, or a bit of it has changed', () => {
    const other = newKey();
    expect(readStatement(signStatement(other.key, x, NAMES), EXPECTED).facts).toEqual({ signature: 'invalid' });
    const [head = '', , signature = ''] = sound.split('.');
    const body = Buffer.from(JSON.stringify({ ...CLAIMS, pairing_id: 'B2' })).toString('base64url');
    expect(readStatement([head, body, signature].join('.'), EXPECTED).facts).toEqual({ signature: 'invalid' });
  });

  it.each([
    ['nothing', ''],
    ['two parts', sound.split('.').slice(0, 2).join('.')],
    ['too much', `${sound}${'A'.repeat(5_000)}`],
    ['a short signature', sound.slice(0, -1)],
    ['another type', made({ ...HEADER, typ: 'dpop+jwt' }, CLAIMS)],
    ['no algorithm', made({ ...HEADER, alg: 'none' }, CLAIMS)],
    ['an extension that must be understood', made({ ...HEADER, crit: ['b64'], b64: false }, CLAIMS)],
    ['a private key', made({ ...HEADER, jwk: { ...HEADER.jwk, d: x } }, CLAIMS)],
    ['a key of another kind', made({ ...HEADER, jwk: { ...HEADER.jwk, crv: 'X25519' } }, CLAIMS)],
    ['a padded key', made({ ...HEADER, jwk: { ...HEADER.jwk, x: `${x}=` } }, CLAIMS)],
    ['a short key', made({ ...HEADER, jwk: { ...HEADER.jwk, x: x.slice(4) } }, CLAIMS)],
    ['claims that are no object', made(HEADER, [CLAIMS])],
    ['no key', made({ typ: STATEMENT_TYPE, alg: 'EdDSA' }, CLAIMS)],
  ])('is a fault when it is or has %s', (_, text) => {
    const { facts, publicKey } = readStatement(text, EXPECTED);
    expect([facts.signature, typeof facts.fault, publicKey]).toEqual(['unchecked', 'string', undefined]);
  });

  it('never throws, whatever comes', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(sound.length), fc.string({ maxLength: 3 }), (text, at, inside) => {
        expect(readStatement(text, EXPECTED).facts.signature).toBe('unchecked');
        const changed = sound.slice(0, at) + inside + sound.slice(at + inside.length);
        expect(readStatement(changed, EXPECTED).facts.signature === 'valid').toBe(changed === sound);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is longer than any message that HAP has controllers sign, and is text: neither passes for the other', () => {
    // HAP §5.6.5 and §5.7.3: 32 bytes, an id of at most 36, 32 bytes; the first 32 are the controller's own random ones.
    const least = made({ typ: STATEMENT_TYPE, alg: 'EdDSA', jwk: HEADER.jwk }, {}).split('.').slice(0, 2).join('.');
    expect(readStatement(`${least}.${made(HEADER, {}).split('.')[2]}`, EXPECTED).facts.signature).toBe('valid');
    expect(least.length).toBeGreaterThan(32 + 36 + 32);
    expect(least).toMatch(/^[\x21-\x7e]+$/);
  });
});

/** Edwards arithmetic of RFC 8032 §5.1, slow and plain: does eight times the point come to nothing? */
const P = 2n ** 255n - 19n;
const mod = (n: bigint): bigint => ((n % P) + P) % P;
function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let b = mod(base), e = exponent; e > 0n; e >>= 1n, b = mod(b * b)) if (e & 1n) result = mod(result * b);
  return result;
}
const D = mod(-121665n * power(121666n, P - 2n));

function isSmall(hex: string): boolean {
  const bytes = Buffer.from(hex, 'hex').reverse();
  const y = mod(BigInt(`0x${bytes.toString('hex')}`) & (2n ** 255n - 1n));
  const x2 = mod((y * y - 1n) * power(D * y * y + 1n, P - 2n));
  let root = power(x2, (P + 3n) / 8n);
  if (mod(root * root) !== x2) root = mod(root * power(2n, (P - 1n) / 4n));
  if (mod(root * root) !== x2) return false;
  let point: readonly [bigint, bigint] = [root, y];
  for (let n = 0; n < 3; n++) {
    const [a, b] = point;
    const k = mod(D * a * a * b * b);
    point = [mod(2n * a * b * power(1n + k, P - 2n)), mod((b * b + a * a) * power(1n - k, P - 2n))];
  }
  return point[0] === 0n && point[1] === 1n;
}

describe('a weak key', () => {
  const Y = [
    '0000000000000000000000000000000000000000000000000000000000000000',
    '0100000000000000000000000000000000000000000000000000000000000000',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  ];

  it('is every spelling of a point whose eightfold is nothing', () => {
    for (const hex of Y) {
      expect([hex, isSmall(hex)]).toEqual([hex, true]);
      for (const sign_ of [0, 0x80]) {
        const bytes = Buffer.from(hex, 'hex');
        bytes[31] = (bytes[31] ?? 0) | sign_;
        expect(isWeak(bytes.toString('base64url'))).toBe(true);
      }
    }
  });

  it('is one that everybody can sign for: accessories on tweetnacl take a signature made of nothing', () => {
    const identity = Buffer.from(Y[1] ?? '', 'hex');
    const nothing = Buffer.concat([identity, Buffer.alloc(32)]);
    const peer = createRequire(import.meta.resolve('@homebridge/hap-nodejs'))('tweetnacl');
    expect(peer.sign.detached.verify(Buffer.from('anything'), nothing, identity)).toBe(true);
    expect(isWeak(identity.toString('base64url'))).toBe(true);
  });

  it('is none that a library makes', () => {
    for (let n = 0; n < 200; n++) expect(isWeak(newKey().x)).toBe(false);
  });

  it('is never believed in a statement, whether its signature passes for one or not', () => {
    const weak = Buffer.from(Y[1] ?? '', 'hex');
    const header = { ...HEADER, jwk: { kty: 'OKP', crv: 'Ed25519', x: weak.toString('base64url') } };
    const [head, body] = made(header, CLAIMS).split('.');
    const text = [head, body, Buffer.concat([weak, Buffer.alloc(32)]).toString('base64url')].join('.');
    const { facts } = readStatement(text, EXPECTED);
    expect([facts.signature, facts.key?.weak]).not.toEqual(['valid', undefined]);
  });
});
