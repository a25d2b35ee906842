import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { DPOP_WINDOW, type Presented, proofAgeSeconds } from '../case.ts';

/** The proof was made just now. */
export const dpopFresh: Rule<Presented> = {
  id: 'oauth.dpop-fresh',
  cite: 'RFC 9449 §4.3 (11)',
  refusal: 'invalid_dpop_proof',
  why: 'copied bytes must go stale: the timestamp half of the defence against replay',
  open: 'all',
  causes: {
    old: {
      say: 'the proof is too old, or the clock of the device is behind',
      fixes: [
        { audience: 'client', say: 'make a new proof for every request, right before sending it' },
        { audience: 'client', say: "set the device's clock by NTP" },
      ],
    },
    ahead: {
      say: 'the proof is from the future: the clock of the device is ahead',
      fixes: [{ audience: 'client', say: "set the device's clock by NTP" }],
    },
  },
  check: ({ dpop, now }) => {
    if (dpop?.iat === undefined) return skip(dpop ? 'the proof cannot be read' : 'no DPoP proof came');
    const ageSeconds = proofAgeSeconds(now, dpop.iat);
    if (ageSeconds > DPOP_WINDOW.pastSeconds) {
      return fail('old', { expected: `at most ${DPOP_WINDOW.pastSeconds} s old`, presented: `${ageSeconds} s old` });
    }
    if (-ageSeconds > DPOP_WINDOW.aheadSeconds) {
      return fail('ahead', {
        expected: `at most ${DPOP_WINDOW.aheadSeconds} s ahead`,
        presented: `${-ageSeconds} s ahead`,
      });
    }
    return pass();
  },
};
