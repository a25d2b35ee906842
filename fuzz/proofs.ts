/**
 * DPoP proofs (RFC 9449 §4.2), sound ones and ones that are wrong in one to four ways: JSON is kept as names and raw
 * texts, so that duplicates, odd orders, huge numbers and `__proto__` come out as they were put in.
 *
 * The keys come from constants and prove nothing. ECDSA signatures are random, so an input is not the same in two runs
 * of a seed; what a finding prints is the whole of it.
 */
import {
  createECDH,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign,
} from 'node:crypto';
import { ISSUER, NOW } from '../test/support/oauth-case.ts';
import { mutate } from './mutate.ts';
import type { Random } from './random.ts';

/** Members of a JSON object in order: name, and value as JSON text. */
type Members = readonly (readonly [name: string, value: string])[];

interface Key {
  readonly alg: string;
  readonly jwk: Members;
  readonly key: KeyObject;
  /** Of `crypto.sign`; null where the key says it. */
  readonly digest: string | null;
}

const seed = (name: string, bytes: number): Buffer =>
  createHash('shake256', { outputLength: bytes }).update(`counterfoil fuzz ${name}`).digest();

function edwards(alg: string, prefix: string, bytes: number): Key {
  const der = Buffer.concat([Buffer.from(prefix, 'hex'), seed(alg, bytes)]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return { alg, jwk: publicMembers(key), key, digest: null };
}

function elliptic(alg: string, curve: string, crv: string, bytes: number, digest: string): Key {
  const ecdh = createECDH(curve);
  // the first byte is cleared, so that the number is below the order of every curve here
  const d = Buffer.concat([Buffer.alloc(1), seed(alg, bytes - 1)]);
  ecdh.setPrivateKey(d);
  const point = ecdh.getPublicKey();
  const part = (at: number): string => point.subarray(1 + at * bytes, 1 + (at + 1) * bytes).toString('base64url');
  const jwk = { kty: 'EC', crv, x: part(0), y: part(1), d: d.toString('base64url') };
  const key = createPrivateKey({ key: jwk, format: 'jwk' });
  return { alg, jwk: publicMembers(key), key, digest };
}

function publicMembers(key: KeyObject): Members {
  const { kty, crv, x, y } = createPublicKey(key).export({ format: 'jwk' });
  return Object.entries({ kty, crv, x, y }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, JSON.stringify(value)] as const],
  );
}

const ED25519 = '302e020100300506032b657004220420';
const ED448 = '3047020100300506032b6571043b0439';
const X25519 = '302e020100300506032b656e04220420';
const P256 = elliptic('ES256', 'prime256v1', 'P-256', 32, 'sha256');
const ED = edwards('EdDSA', ED25519, 32);

/** Accepted algorithms, the quick ones more often. */
const KEYS: readonly Key[] = [
  ED,
  ED,
  edwards('Ed25519', ED25519, 32),
  P256,
  P256,
  elliptic('ES384', 'secp384r1', 'P-384', 48, 'sha384'),
];

/** Keys of kinds that no proof may have. */
const ODD_KEYS: readonly Key[] = [
  elliptic('ES512', 'secp521r1', 'P-521', 66, 'sha512'),
  elliptic('ES256K', 'secp256k1', 'secp256k1', 32, 'sha256'),
  edwards('Ed448', ED448, 57),
  // these two cannot sign at all; a signature by another key stands in
  {
    ...ED,
    jwk: publicMembers(
      createPrivateKey({
        key: Buffer.concat([Buffer.from(X25519, 'hex'), seed('x', 32)]),
        format: 'der',
        type: 'pkcs8',
      }),
    ),
  },
  {
    ...ED,
    jwk: [
      ['kty', '"oct"'],
      ['k', '"AAAAAAAAAAAAAAAAAAAAAA"'],
    ],
  },
  {
    ...ED,
    alg: 'RS256',
    jwk: [
      ['kty', '"RSA"'],
      ['e', '"AQAB"'],
      ['n', `"${'u'.repeat(342)}"`],
    ],
  },
  {
    ...ED,
    jwk: [
      ['kty', '"AKP"'],
      ['alg', '"ML-DSA-44"'],
      ['pub', `"${'A'.repeat(1_750)}"`],
    ],
  },
];

/** Values that readers of JSON stumble over, as JSON text. */
const VALUES: readonly string[] = [
  ...['null', 'true', '0', '-0', '1', '1.5', '1e300', '1e999', '-1e999', '9007199254740991', '9007199254740993'],
  ...[
    '1e-999',
    '123456789012345678901234567890',
    '[]',
    '{}',
    '""',
    '" "',
    '"\\u0000"',
    '"\\ud800"',
    '"\\udc00\\ud800"',
  ],
  ...[
    '"__proto__"',
    '"constructor"',
    '{"__proto__":{"polluted":1}}',
    '"none"',
    '"HS256"',
    '"EdDSA"',
    '"ES256"',
    '"ES384"',
  ],
  ...[
    '"dpop+jwt"',
    '"DPoP+JWT"',
    '"application/dpop+jwt"',
    '"EC"',
    '"OKP"',
    '"P-256"',
    '"P-384"',
    '"Ed25519"',
    '"POST"',
  ],
  ...[
    '"AAAA"',
    '"\u202e"',
    '"\\u202e\\u200b"',
    '"\u{1f511}"',
    `"${ISSUER}/token"`,
    `"${ISSUER}/token?code=x8G3pQ2vR9mN7kL1"`,
  ],
  ...[`"${'x'.repeat(600)}"`, `"${'\u{1f511}'.repeat(150)}"`, `"${'\\u0000'.repeat(80)}"`],
  ...['['.repeat(900) + ']'.repeat(900), `${'{"a":'.repeat(300)}1${'}'.repeat(300)}`, `[${'0,'.repeat(700)}0]`],
];

/** Members with a meaning of their own (RFC 7515 §4.1, RFC 7517 §4, RFC 7797). */
const NAMES: readonly string[] = [
  ...[
    'typ',
    'alg',
    'jwk',
    'crit',
    'x5c',
    'x5u',
    'x5t',
    'jku',
    'kid',
    'b64',
    'zip',
    'enc',
    'cty',
    'iss',
    'url',
    'nonce',
  ],
  ...['kty', 'crv', 'x', 'y', 'd', 'k', 'n', 'e', 'p', 'oth', 'use', 'key_ops', 'ext', 'priv', 'pub'],
  ...[
    'jti',
    'htm',
    'htu',
    'iat',
    'exp',
    'nbf',
    'ath',
    'pairing_id',
    '__proto__',
    'constructor',
    'toString',
    '',
    '\u0000',
  ],
];
const MEMBERS: Members = [
  ['crit', '["b64"]'],
  ['crit', '["exp"]'],
  ['crit', '[]'],
  ['b64', 'false'],
  ['b64', 'true'],
  ['x5c', '["AAAA"]'],
  ['jku', '"https://evil.example/jwks"'],
  ['key_ops', '["verify"]'],
  ['key_ops', '["sign"]'],
  ['use', '"enc"'],
  ['ext', 'false'],
  ['d', '"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"'],
];

interface Draft {
  readonly key: Key;
  readonly head: Members;
  readonly jwk: Members;
  readonly claims: Members;
}

function draft(from: Random): Draft {
  const key = from.nat(16) === 0 ? from.pick(ODD_KEYS) : from.pick(KEYS);
  const claims: [string, string][] = [
    ['jti', JSON.stringify(`j${from.nat(1_000_000)}`)],
    ['htm', '"POST"'],
    ['htu', JSON.stringify(`${ISSUER}/token`)],
    ['iat', String(NOW / 1_000 - from.nat(100))],
  ];
  if (from.nat(3) === 0) claims.push(['nonce', '"nonce"']);
  if (from.nat(3) === 0) claims.push(['ath', '"fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo"']);
  if (from.nat(3) === 0) claims.push(['pairing_id', '"A1B2C3D4-0000-4000-8000-000000000001"']);
  return {
    key,
    head: [
      ['typ', '"dpop+jwt"'],
      ['alg', `"${key.alg}"`],
    ],
    jwk: key.jwk,
    claims,
  };
}

/** The members with one of them changed, dropped, doubled, moved, or an odd one added. */
function spoil(from: Random, members: Members): Members {
  const at = from.nat(members.length);
  const one = members[at] ?? ['', 'null'];
  const others = members.filter((_, i) => i !== at);
  const value = from.pick(VALUES);
  switch (from.nat(6)) {
    case 0:
      return others;
    case 1:
      return [...members, [one[0], value]];
    case 2:
      return [[one[0], value], ...members];
    case 3:
      return [...members, from.nat(2) === 0 ? from.pick(MEMBERS) : [from.pick(NAMES), value]];
    case 4:
      return [...others, one];
    default:
      return members.map((member, i) => (i === at ? [member[0], value] : member));
  }
}

const object = (members: Members): string => `{${members.map(([n, v]) => `${JSON.stringify(n)}:${v}`).join(',')}}`;
const encoded = (text: string): string => Buffer.from(text).toString('base64url');

function signature(from: Random, { key, digest, jwk }: Key, input: string): string {
  const data = Buffer.from(input);
  const by = (k: KeyObject, hash: string | null, dsaEncoding: 'ieee-p1363' | 'der'): string =>
    sign(hash, data, { key: k, dsaEncoding }).toString('base64url');
  switch (from.nat(24)) {
    case 0:
      return '';
    case 1:
      return 'A'.repeat(86);
    case 2:
      return Buffer.alloc(64, 255).toString('base64url');
    case 3:
      return by(key, digest, 'der');
    case 4:
      return by(P256.key, 'sha256', 'ieee-p1363');
    case 5:
      return createHmac('sha256', object(jwk)).update(data).digest('base64url');
    default:
      return by(key, digest, 'ieee-p1363');
  }
}

/** A proof of this draft; its JSON is whatever the members say. */
function proofOf(from: Random, { key, head, jwk, claims }: Draft): string {
  const whole = from.nat(20) === 0 ? head : [...head, ['jwk', object(jwk)] as const];
  const input = `${encoded(object(whole))}.${encoded(object(claims))}`;
  return `${input}.${signature(from, key, input)}`;
}

/** Sound proofs, made once: what is only cut or joined need not be signed each time. */
export function soundProofs(): string[] {
  return KEYS.flatMap((key) => {
    const head: Members = [
      ['typ', '"dpop+jwt"'],
      ['alg', `"${key.alg}"`],
      ['jwk', object(key.jwk)],
    ];
    const claims: Members = [
      ['jti', '"one"'],
      ['htm', '"POST"'],
      ['htu', `"${ISSUER}/token"`],
      ['iat', String(NOW / 1_000)],
    ];
    const input = `${encoded(object(head))}.${encoded(object(claims))}`;
    const made = sign(key.digest, Buffer.from(input), { key: key.key, dsaEncoding: 'ieee-p1363' });
    return `${input}.${made.toString('base64url')}`;
  });
}

const JWT_PIECES: readonly string[] = [
  ...[
    '.',
    '..',
    ',',
    '=',
    '==',
    '+',
    '/',
    '-',
    '_',
    ' ',
    '\t',
    '\0',
    'eyJ',
    'e30',
    'e30.',
    'bnVsbA',
    'W10',
    '\u00e9',
    '\ud800',
  ],
  ...['eyJhbGciOiJub25lIn0', 'ImRwb3Arand0Ig', 'A'.repeat(86), 'x'.repeat(3_000), 'DPoP ', '%2e', '~'],
];

/** One header field: freshly signed with odd JSON in it, a sound one whose segments were mixed, or one that was cut. */
export function makeProof(from: Random, seeds: readonly string[]): string {
  const kind = from.nat(10);
  if (kind < 5) return mutate(from, seeds, JWT_PIECES);
  if (kind < 7) return remixed(from, seeds);
  let made = draft(from);
  for (let changes = from.nat(5); changes > 0; changes--) {
    const part = from.pick(['head', 'jwk', 'claims', 'claims'] as const);
    made = { ...made, [part]: spoil(from, made[part]) };
  }
  return proofOf(from, made);
}

/** Header, claims and signature of different proofs, one of them perhaps given in another base64. */
function remixed(from: Random, seeds: readonly string[]): string {
  const segment = (at: number): string => from.pick(seeds).split('.')[at] ?? '';
  const three = from.nat(2) === 0 ? from.pick(seeds).split('.') : [segment(0), segment(1), segment(2)];
  const at = from.nat(three.length);
  const one = three[at] ?? '';
  const other = [
    one.replaceAll('-', '+').replaceAll('_', '/'),
    `${one}=`,
    `${one.slice(0, -1)}B`,
    ` ${one}`,
    encoded(one),
  ];
  return three.map((part, i) => (i === at ? from.pick(other) : part)).join('.');
}
