/** The one answer that is kept as a refusal although nothing is wrong: it hands the app a nonce to sign next time. */
import { leaves, type Verdict } from '../../core/verdict.ts';
import { dpopNonce } from './rules/dpop-nonce.ts';

/** What lists call it. */
export const NONCE_ASKED = 'asked for a nonce';

/** Did the app have to hear `use_dpop_nonce` (RFC 9449 §8) and nothing else? An app is meant to send it once more. */
export function nonceAsked({ decisive, checks = [] }: Pick<Verdict, 'decisive' | 'checks'>): boolean {
  return decisive === dpopNonce.id && leaves(checks).every(({ id, outcome }) => outcome !== 'fail' || id === decisive);
}
