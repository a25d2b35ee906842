import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import type { SignedCodeCase } from '../case.ts';

const DECODE = {
  audience: 'client',
  say: 'decode the LTPK from base64 once, and expect 32 bytes before anything else',
} as const;

/** The public key (LTPK) is 32 bytes, once it is decoded. */
export const keyLength: Rule<SignedCodeCase> = {
  id: 'signed-code.key-length',
  cite: 'RFC 8032 §5.1.5, HAP §5.6.4',
  refusal: 'invalid_grant',
  why: 'a key of another length is read as another key, and every signature then looks bad',
  causes: {
    hex: {
      say: 'the LTPK is in hexadecimal and was read as base64',
      fixes: [{ audience: 'client', say: 'decode 64 digits as hexadecimal: two for each of 32 bytes' }],
    },
    text: {
      say: 'the LTPK was encoded twice: what decodes is its base64 text, not its bytes',
      fixes: [{ audience: 'client', say: 'do not base64-encode the LTPK again before it is stored or sent' }, DECODE],
    },
    der: {
      say: 'the LTPK is a key in DER (SPKI); its last 32 bytes are the key itself',
      fixes: [{ audience: 'client', say: 'take the last 32 of the 44 bytes, or import it as SPKI and not as raw' }],
    },
    pair: {
      say: 'these are 64 bytes: a secret key with its public half behind it, or a signature',
      fixes: [
        { audience: 'client', say: 'if it is a secret key, take its last 32 bytes, and make a new pair: it was shown' },
        DECODE,
      ],
    },
    length: {
      say: 'the LTPK is not 32 bytes long after base64',
      fixes: [DECODE, { audience: 'owner', say: 'pair again, and keep the key as it is told in pairing' }],
    },
  },
  check: ({ key }) => {
    if (!key) return skip('no LTPK was brought');
    if (key.like === 'raw') return pass({ presented: '32 bytes' });
    return fail(key.like === 'other' ? 'length' : key.like, {
      expected: '32 bytes',
      presented: `${key.bytes} bytes after base64`,
    });
  },
};
