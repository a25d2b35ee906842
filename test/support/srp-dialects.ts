/**
 * Servers and clients of SRP as they are in the field: each pads or drops zeros in front of numbers in its own places
 * (facts of their sources; the hardware itself is untried). Only the arithmetic is shared with the product.
 */
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { N, power, toNumber } from '../../src/protocols/hap/srp-group.ts';

const GROUP_BYTES = 384;

/** A number in bytes: as wide as the group (or hash), or without zeros in front. */
type Form = 'padded' | 'stripped';

/** Where a side keeps or drops zeros. */
export interface Dialect {
  readonly name: string;
  /** Its public key on the wire, and both public keys in the proofs. */
  readonly wire: Form;
  readonly hashedKeys: Form;
  /** The secret inside K = H(S), and K inside the proofs. */
  readonly secret: Form;
  readonly key: Form;
}

/** The three kinds of accessories. */
export const DIALECTS: readonly Dialect[] = [
  { name: 'HAP-NodeJS', wire: 'padded', hashedKeys: 'padded', secret: 'padded', key: 'padded' },
  { name: 'ADK', wire: 'stripped', hashedKeys: 'stripped', secret: 'stripped', key: 'padded' },
  { name: 'HAP-python', wire: 'padded', hashedKeys: 'padded', secret: 'stripped', key: 'stripped' },
];

const sha = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash('sha512');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

function bytesOf(value: bigint, form: Form, width: number = GROUP_BYTES): Buffer {
  const padded = Buffer.from(value.toString(16).padStart(2 * width, '0'), 'hex');
  return form === 'padded' ? padded : padded.subarray(padded.findIndex((byte) => byte !== 0));
}

function raised(base: bigint, exponent: bigint): bigint {
  const result = power(base, exponent);
  if (result === undefined) throw new Error('expected a base inside the group');
  return toNumber(result);
}

const G = 5n;
const MULTIPLIER = toNumber(sha(bytesOf(N, 'padded'), bytesOf(G, 'padded')));
const IDENTITY = Buffer.from('Pair-Setup');
const GROUP_HASH = (() => {
  const [n, g] = [sha(bytesOf(N, 'padded')), sha(Buffer.of(5))];
  return n.map((byte, i) => byte ^ (g[i] ?? 0));
})();

const mod = (value: bigint): bigint => ((value % N) + N) % N;

function exponentOf(salt: Uint8Array, code: string): bigint {
  return toNumber(sha(salt, sha(Buffer.from(`Pair-Setup:${code}`))));
}

/** What both sides hash at the end, in a dialect. */
function proofs(
  dialect: Dialect,
  salt: Uint8Array,
  a: bigint,
  b: bigint,
  s: bigint,
): { m1: Buffer; m2: Buffer; key: Buffer } {
  const hashed = toNumber(sha(bytesOf(s, dialect.secret)));
  const key = bytesOf(hashed, dialect.key, 64);
  const [A, B] = [bytesOf(a, dialect.hashedKeys), bytesOf(b, dialect.hashedKeys)];
  const m1 = sha(GROUP_HASH, sha(IDENTITY), salt, A, B, key);
  return { m1, m2: sha(A, m1, key), key };
}

/** An accessory of a dialect, for one attempt. */
export interface DialectServer {
  readonly salt: Buffer;
  readonly serverKey: Buffer;
  /** M2 and K for the right proof, nothing for another. */
  check(clientKey: Uint8Array, proof: Uint8Array): { readonly m2: Buffer; readonly key: Buffer } | undefined;
}

/** Makes accessories with one code: what does not depend on the attempt is worked out once. */
export function dialectServers(dialect: Dialect, code: string, salt: Buffer): (b?: Uint8Array) => DialectServer {
  const v = raised(G, exponentOf(salt, code));
  return (secret = randomBytes(32)) => {
    const b = toNumber(secret);
    const B = mod(MULTIPLIER * v + raised(G, b));
    return {
      salt,
      serverKey: bytesOf(B, dialect.wire),
      check(clientKey, proof) {
        const A = toNumber(clientKey);
        const u = toNumber(sha(bytesOf(A, 'padded'), bytesOf(B, 'padded')));
        const { m1, m2, key } = proofs(dialect, salt, A, B, raised(mod(A * raised(v, u)), b));
        return m1.equals(proof) ? { m2, key } : undefined;
      },
    };
  };
}

/** A controller of a dialect that takes the first `a` it draws, whatever comes of it. */
export function dialectAnswer(
  dialect: Dialect,
  { salt, serverKey }: { readonly salt: Uint8Array; readonly serverKey: Uint8Array },
  code: string,
  a: Uint8Array = randomBytes(32),
): {
  readonly clientKey: Buffer;
  readonly m1: Buffer;
  readonly m2: Buffer;
  readonly numbers: { A: bigint; S: bigint; K: bigint };
} {
  const [exponent, B, x] = [toNumber(a), toNumber(serverKey), exponentOf(salt, code)];
  const A = raised(G, exponent);
  const u = toNumber(sha(bytesOf(A, 'padded'), bytesOf(B, 'padded')));
  const S = raised(mod(B - MULTIPLIER * raised(G, x)), exponent + u * x);
  const { m1, m2 } = proofs(dialect, salt, A, B, S);
  const K = toNumber(sha(bytesOf(S, 'padded')));
  return { clientKey: bytesOf(A, dialect.wire), m1, m2, numbers: { A, S, K } };
}

/** Exponents under which numbers begin with zero: `test/vectors/hap/srp-zeros.json`. */
export interface Zeros {
  readonly code: string;
  readonly salt: string;
  readonly servers: readonly {
    readonly title: string;
    readonly b: string;
    readonly zeroB: boolean;
    readonly a: Readonly<Record<'A' | 'S' | 'K', string>>;
  }[];
}

/** The vectors. */
export function zeros(): Zeros {
  return JSON.parse(readFileSync(new URL('../vectors/hap/srp-zeros.json', import.meta.url), 'utf8')) as Zeros;
}
