/**
 * The reader of DPoP proofs. Beside being total and bounded it is held against a second reading by node:crypto alone:
 * what it calls valid is a proof, and a plain proof that is sound is called valid.
 */
import { createHash, createPublicKey, createSecretKey, type JsonWebKey, verify } from 'node:crypto';
import { DPOP_ALGORITHMS } from '../src/profiles/oauth/case.ts';
import { judge } from '../src/profiles/oauth/profile.ts';
import { dpopFacts, dpopNonce, type Proof, readProof } from '../src/profiles/oauth/prove/dpop.ts';
import { codeBound, JKT, NOW, PAIRING, tokenCase } from '../test/support/oauth-case.ts';
import { makeProof, soundProofs } from './proofs.ts';
import { law, type Target, weigh } from './target.ts';

const NONCE_KEY = createSecretKey(Buffer.alloc(32, 1));
const NONCES = [dpopNonce(NONCE_KEY, NOW), dpopNonce(NONCE_KEY, NOW - 60_000)];
const NONE: ReadonlySet<string> = new Set();

/** What a second reading of the same text finds; undefined where it is no JWT of three parts with a JSON header. */
interface Reading {
  readonly alg: unknown;
  readonly typ: unknown;
  readonly jwk: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>> | undefined;
  /** Nothing but what a proof needs, and base64url as RFC 4648 §3.5 wants it. */
  readonly plain: boolean;
}

function object(bytes: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

const canonical = (text: unknown): boolean =>
  typeof text === 'string' && Buffer.from(text, 'base64url').toString('base64url') === text;
const only = (value: object, names: readonly string[]): boolean => Object.keys(value).every((n) => names.includes(n));

function readAgain(header: string): Reading | undefined {
  const parts = header.split('.');
  const [head, claims] = parts.slice(0, 2).map((part) => object(Buffer.from(part, 'base64url')));
  const jwk = head?.['jwk'];
  if (parts.length !== 3 || !head || typeof jwk !== 'object' || jwk === null) return undefined;
  const key = jwk as Record<string, unknown>;
  const plain =
    parts.every(canonical) &&
    only(head, ['typ', 'alg', 'jwk']) &&
    only(key, ['kty', 'crv', 'x', 'y']) &&
    canonical(key['x']) &&
    (key['y'] === undefined || (canonical(key['y']) && key['kty'] === 'EC'));
  return { alg: head['alg'], typ: head['typ'], jwk: key, claims, plain };
}

const CURVES: ReadonlyMap<unknown, readonly [crv: string, digest: string | null]> = new Map([
  ['EdDSA', ['Ed25519', null]],
  ['Ed25519', ['Ed25519', null]],
  ['ES256', ['P-256', 'sha256']],
  ['ES384', ['P-384', 'sha384']],
]);

function signed(header: string, { alg, jwk }: Reading): boolean {
  const [crv, digest] = CURVES.get(alg) ?? [];
  if (digest === undefined || jwk['crv'] !== crv || jwk['kty'] !== (digest === null ? 'OKP' : 'EC')) return false;
  const at = header.lastIndexOf('.');
  try {
    const { kty, x, y } = jwk as JsonWebKey;
    const key = createPublicKey({ key: { kty, crv, x, ...(y !== undefined && { y }) } as JsonWebKey, format: 'jwk' });
    const signature = Buffer.from(header.slice(at + 1), 'base64url');
    return verify(digest, Buffer.from(header.slice(0, at)), { key, dsaEncoding: 'ieee-p1363' }, signature);
  } catch {
    return false;
  }
}

function thumbprint({ kty, crv, x, y }: Readonly<Record<string, unknown>>): string {
  const members = kty === 'EC' ? { crv, kty, x, y } : { crv, kty, x };
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url');
}

const soundClaims = (claims: Readonly<Record<string, unknown>> | undefined): boolean =>
  typeof claims?.['jti'] === 'string' &&
  claims['jti'] !== '' &&
  typeof claims['htm'] === 'string' &&
  typeof claims['htu'] === 'string' &&
  Number.isSafeInteger(claims['iat']);

function validLaws(header: string, { facts, once, jwk }: Proof): void {
  const again = readAgain(header);
  law(again !== undefined && again.typ === 'dpop+jwt', 'what is valid is a JWT of its type');
  law((DPOP_ALGORITHMS as readonly unknown[]).includes(again.alg), 'what is valid is signed by an accepted algorithm');
  law(!('d' in again.jwk), 'what is valid shows no private key');
  law(signed(header, again), 'what is valid is signed by the key it shows');
  law(soundClaims(again.claims), 'what is valid has all its claims');
  law(facts.jkt === thumbprint(again.jwk), 'jkt is the thumbprint of that key');
  law(facts.iat === again.claims?.['iat'], 'iat is the one that was signed');
  law(String(again.claims?.['htm']).startsWith(facts.htm ?? '-'), 'htm is the one that was signed');
  law(new RegExp(`^jti:${facts.jkt}:[A-Za-z0-9_-]{27}$`).test(once?.key ?? ''), 'one use has one short key');
  law(Number.isFinite(once?.until) && jwk !== undefined, 'a use ends');
}

/** The case that a proof comes into is judged, and judged again from its snapshot (law 8). */
function judgeLaws(proof: Proof): void {
  const dpop = dpopFacts(proof, NONCE_KEY, NOW, NONE);
  law((dpop.nonce === 'current') === NONCES.includes(proof.nonce ?? ''), 'a nonce is current or it is not');
  const c = tokenCase({ code: codeBound({ jkt: proof.facts.jkt ?? JKT, pairing_id: PAIRING }), dpop });
  const kept = JSON.parse(JSON.stringify(c)) as typeof c;
  law(JSON.stringify(judge('token', kept)) === JSON.stringify(judge('token', c)), 'a snapshot is judged the same');
}

let runs = 0;

/** Every so often, where a look costs more than the reading. */
const sometimes = (): boolean => runs++ % 8 === 0;

/** `readProof`, with what follows from it. */
export const DPOP: Target = {
  name: 'dpop',
  seeds: soundProofs,
  make: makeProof,
  async run(input) {
    const proof = await readProof(input, 'cfa_token');
    law(proof !== undefined, 'what came is answered');
    const { facts, nonce, once } = proof;
    law(weigh([facts, nonce, once]) < 1_200, 'facts are short, whatever the proof is');
    law(Object.keys(Object.prototype).length === 0, 'prototypes stay clean');
    if (facts.signature === 'valid') {
      validLaws(input, proof);
      judgeLaws(proof);
      return 'valid';
    }
    law(facts.jkt === undefined && once === undefined, 'nothing of a bad proof is believed');
    if (sometimes()) judgeLaws(proof);
    if (facts.signature === 'invalid') return 'signature wrong';
    if (facts.fault?.detail.startsWith('jti')) return 'signature right, claims wrong';
    const again = input.includes(',') || input.length > 8_192 ? undefined : readAgain(input);
    if (again?.plain && again.typ === 'dpop+jwt' && soundClaims(again.claims))
      law(!signed(input, again), 'a plain and sound proof is valid');
    if (sometimes())
      law(JSON.stringify(await readProof(input, 'cfa_token')) === JSON.stringify(proof), 'the same twice');
    return facts.fault?.detail.startsWith('the key') ? 'key or JWT unreadable' : `${facts.fault?.kind} before any key`;
  },
};
