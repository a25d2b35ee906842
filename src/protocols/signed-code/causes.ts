/** What each cause means and what to do about it: the words of the rule that redeems and of the inspector that explains. */
import type { SignedCodeCause } from './read.ts';

/** The words of one cause; the shape of a rule's. */
export interface CauseWords {
  readonly say: string;
  readonly fixes: readonly { readonly audience: 'client' | 'owner' | 'operator' | 'issuer'; readonly say: string }[];
}

/** The words in which people meet most of these causes. */
export const COMPLAINT: RegExp =
  /\b(?:bad|invalid|wrong)[ _-]{1,3}(?:ed25519[ _-]{0,3})?signature|signature[ _-]{1,3}(?:is |was )?(?:bad|invalid|mismatch)/i;

const client = (say: string) => ({ audience: 'client', say }) as const;
const EXACTLY = client('send the code exactly as it was handed out: 140 characters of base64 that begin with CFS1');

/** The words, by cause. */
export const CAUSES: Readonly<Record<SignedCodeCause, CauseWords>> = {
  empty: { say: 'there is no code', fixes: [EXACTLY] },
  'too-long': { say: 'the text is longer than any code', fixes: [client('send the code alone'), EXACTLY] },
  'white-space': {
    say: 'there is white space inside the code',
    fixes: [
      client('percent-encode the form value: + is %2B, / is %2F, = is %3D; a form encoder does that'),
      client('take line breaks out: mail and terminals wrap long lines'),
    ],
  },
  'percent-encoded': {
    say: 'the code is still percent-encoded',
    fixes: [client('percent-encode the form once, not twice'), EXACTLY],
  },
  hex: {
    say: 'the code is written in hexadecimal',
    fixes: [client('send the base64 text itself; do not decode it and print its bytes'), EXACTLY],
  },
  character: {
    say: 'a character of the code belongs to no base64',
    fixes: [client('copy the code anew; mind quotes and dashes that an editor made prettier')],
  },
  base64url: {
    say: 'the code is in base64url; signed codes are in base64',
    fixes: [client('encode with + and / and with padding (RFC 4648 §4), or leave the text as it was handed out')],
  },
  'double-encoded': {
    say: 'the code was encoded once more',
    fixes: [client('do not base64-encode the code: it is base64 already'), EXACTLY],
  },
  foreign: {
    say: 'this is base64 of something else',
    fixes: [client('send the code, not a key, a signature or a token'), EXACTLY],
  },
  version: {
    say: 'the code is of a version that is not known here',
    fixes: [{ audience: 'operator', say: 'look up which hub minted it; update the older of the two' }],
  },
  truncated: {
    say: 'the code is cut off',
    fixes: [client('copy all 140 characters; mind line wraps and fixed-size buffers')],
  },
  length: {
    say: 'the code is longer than codes are',
    fixes: [client('copy the code alone, once'), EXACTLY],
  },
  padding: {
    say: 'the padding of the code is not as it was',
    fixes: [client('keep both = at the end; in a form each is %3D'), EXACTLY],
  },
  'unknown-key': {
    say: 'the code names a key that is not known here',
    fixes: [
      client('check that the code goes to the hub that handed it out'),
      {
        audience: 'operator',
        say: 'if the master key of the hub was changed, its older codes are void: hand out new ones',
      },
    ],
  },
  'wrong-key': {
    say: 'the code names one key and is signed with another',
    fixes: [{ audience: 'issuer', say: 'sign with the key whose id stands in the code' }],
  },
  'bad-signature': {
    say: 'the signature does not hold for these bytes',
    fixes: [
      client('copy the code anew: one of its characters is another'),
      {
        audience: 'issuer',
        say: 'sign the first 39 bytes as they are (Ed25519, RFC 8032): no hash and no text before it',
      },
    ],
  },
  expired: {
    say: 'the time that is signed into the code has ended',
    fixes: [client('ask for a new code and redeem it at once')],
  },
};
