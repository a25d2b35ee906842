/** A client's side of DPoP (RFC 9449): keys and proofs, with any claim or header set otherwise. */
import { randomUUID } from 'node:crypto';
import { CompactSign, calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';

/** A key pair with what a proof needs of it. */
export interface ProofKey {
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
  /** The private half, as no proof may carry it. */
  readonly secretJwk: JWK;
  readonly jkt: string;
}

/** A fresh key for an algorithm jose knows. */
export async function proofKey(alg = 'EdDSA'): Promise<ProofKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = await exportJWK(publicKey);
  return { alg, privateKey, jwk, secretJwk: await exportJWK(privateKey), jkt: await calculateJwkThumbprint(jwk) };
}

/** Signs a proof. Claims set to undefined are left out. */
export async function signProof(
  key: ProofKey,
  claims: Readonly<Record<string, unknown>>,
  header: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const payload = Buffer.from(JSON.stringify({ jti: randomUUID(), ...claims }));
  return new CompactSign(payload)
    .setProtectedHeader({ typ: 'dpop+jwt', alg: key.alg, jwk: key.jwk, ...header })
    .sign(key.privateKey);
}
