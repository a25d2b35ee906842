/**
 * Explains a signed code, or the complaint that a signature is bad: a text in, a verdict out. Pure: no clock, no store; the
 * same text and keys give the identical verdict. What is brought is never repeated.
 */
import { createHash } from 'node:crypto';
import { decide } from '../../core/decide.ts';
import type { Fix, Verdict } from '../../core/verdict.ts';
import { caseFrom, type Known } from './case.ts';
import { policy, tables } from './profile.ts';

/**
 * Judges a code, a key and a complaint as far as they were brought. A good tree with skipped checks is no proof: the
 * skipped ones say what to bring.
 *
 * @param at when it was judged, milliseconds since the epoch; it enters nothing but the verdict's `at`
 */
export function explainSignedCode(text: string, known: Known = {}, at = 0): Verdict {
  const c = caseFrom(text, known);
  const judgement = decide(c, tables.code);
  const { decisive } = judgement;
  return {
    id: `vd_${createHash('sha256').update(JSON.stringify(c)).digest('hex').slice(0, 26).toUpperCase()}`,
    profile: 'signed-code',
    action: 'code',
    ok: judgement.ok,
    ...(decisive && { decisive: decisive.rule, cause: decisive.cause, refusal: decisive.refusal }),
    policy,
    at,
    snapshot: c,
    checks: judgement.checks,
    times: 1,
  };
}

/** One cause that the complaint can have. */
export interface PossibleCause {
  readonly rule: string;
  readonly cause: string;
  readonly say: string;
  readonly fixes: readonly Fix[];
}

/** Where to look first when all there is is "Bad ed25519 signature": mostly it is the encoding, hardly ever a forgery. */
const FIRST = ['base64url', 'padding', 'white-space', 'text', 'length', 'hex', 'der'];

/** Every cause that "Bad ed25519 signature" can have, the likely ones first. */
export function badSignatureCauses(): readonly PossibleCause[] {
  const all = tables.code.flatMap(({ rules }) =>
    rules.flatMap(({ id, causes }) => Object.entries(causes).map(([cause, words]) => ({ rule: id, cause, ...words }))),
  );
  const likely = (one: PossibleCause): number => (FIRST.includes(one.cause) ? FIRST.indexOf(one.cause) : FIRST.length);
  return all.toSorted((a, b) => likely(a) - likely(b));
}
