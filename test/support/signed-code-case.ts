/** Signed codes for the inspector, sound and mistreated in each of the ways there are, read as it reads them. */
import { generateKeyPairSync } from 'node:crypto';
import { caseFrom, type SignedCodeCase } from '../../src/inspectors/signed-code/case.ts';
import type { SignedCodeCause } from '../../src/protocols/signed-code/read.ts';
import { type SigningKey, signCode, signingKey } from '../../src/protocols/signed-code/signed-code.ts';

const NOW = 1_800_000_000_000;
const UNTIL = NOW + 300_000;

/** The key of the hub, and somebody else's. */
export const KEY: SigningKey = signingKey(generateKeyPairSync('ed25519').privateKey);
export const OTHER: SigningKey = signingKey(generateKeyPairSync('ed25519').privateKey);

/** A code with characters of either alphabet, so that base64 and base64url differ. */
export const CODE: string = (() => {
  for (;;) {
    const one = signCode(KEY, { from: NOW, until: UNTIL });
    if (one.includes('+') && one.includes('/')) return one;
  }
})();

const bytes = Buffer.from(CODE, 'base64');
const flipped = Buffer.from(bytes);
flipped[30] = (flipped[30] ?? 0) ^ 1;

/** The code, mistreated. */
export const MISTREATED: Readonly<Record<Exclude<SignedCodeCause, 'empty' | 'too-long'>, string>> = {
  'white-space': `${CODE.slice(0, 70)}\n${CODE.slice(70)}`,
  'percent-encoded': encodeURIComponent(CODE),
  character: `${CODE.slice(0, 50)}*${CODE.slice(51)}`,
  hex: bytes.toString('hex'),
  base64url: CODE.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', ''),
  'double-encoded': Buffer.from(CODE).toString('base64'),
  foreign: `Q0ZT${CODE.slice(4)}`,
  version: CODE.replace('CFS1', 'CFS2'),
  truncated: CODE.slice(0, 100),
  length: `${CODE.slice(0, -2)}AAAA`,
  padding: CODE.slice(0, -2),
  'unknown-key': signCode(generateFresh(), { from: NOW, until: UNTIL }),
  'wrong-key': signCode({ ...OTHER, id: KEY.id }, { from: NOW, until: UNTIL }),
  'bad-signature': flipped.toString('base64'),
  expired: signCode(KEY, { from: NOW - 300_000, until: NOW - 1_000 }),
};

function generateFresh(): SigningKey {
  return signingKey(generateKeyPairSync('ed25519').privateKey);
}

const KNOWN = { keys: [KEY, OTHER], now: NOW };

/** The sound code, read. */
export const SOUND: SignedCodeCase = caseFrom(CODE, KNOWN);

/** The code mistreated so, read. */
export function mistreated(cause: keyof typeof MISTREATED): SignedCodeCase {
  return caseFrom(MISTREATED[cause], KNOWN);
}
