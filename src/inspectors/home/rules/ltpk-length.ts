import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { failedCheck, find, type HomeCase, isKeyLength, STEPS, text } from '../case.ts';
import { ladder } from '../fixes.ts';

/** A long-term public key is an Ed25519 key: 32 bytes. */
export const ltpkLength: Rule<HomeCase> = {
  id: 'hap.ltpk-length',
  cite: 'HAP §5.2, RFC 8032 §5.1.5',
  refusal: 'malformed',
  why: '"bad ed25519 signature" is mostly no bad signature, but a key that was decoded wrong',
  causes: {
    length: {
      say: 'the long-term public key is not 32 bytes after decoding: base64 or hex was decoded twice, not at all, or with the wrong alphabet',
      fixes: [
        {
          audience: 'client',
          say: 'decode it exactly once: 44 characters of base64 (43 without =) or 64 of hex are 32 bytes',
        },
        { audience: 'client', say: 'mind base64url: - and _ stand there for + and /' },
        ...ladder('pair-anew', 'tell-maker'),
      ],
    },
  },
  check: (c) => {
    const failed = failedCheck(c, STEPS.all, 'ltpk-length') ?? find(c, ['pair-setup M6', 'list-pairings'], isKeyLength);
    if (failed) {
      const presented = text(failed.facts, 'presented') ?? text(failed.facts, 'fault');
      return fail('length', {
        expected: '32 bytes',
        ...(presented !== undefined && { presented }),
        detail: `at ${failed.step}`,
      });
    }
    const bytes = text(c.known, 'ltpk_bytes');
    if (bytes !== undefined && bytes !== '32')
      return fail('length', { expected: '32 bytes', presented: `${bytes} bytes` });
    return bytes === '32' || failedCheck(c, STEPS.all, 'signature') ? pass() : skip('no long-term key was looked at');
  },
};
