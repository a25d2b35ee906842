import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import type { TokenCase } from '../case.ts';

/** A sealed request was sealed for this hub and this endpoint, and came as it was sealed. */
export const boxOpened: Rule<TokenCase> = {
  id: 'oauth.box-opened',
  cite: 'RFC 9180 §5.1.1, RFC 9458 §4',
  refusal: 'invalid_request',
  why: 'whoever carries the request may be able to read and rewrite everything around the box',
  open: 'all',
  causes: {
    replayed: {
      say: 'this very box was redeemed before: its bytes were copied, or sent again',
      fixes: [
        { audience: 'client', say: 'seal every request anew' },
        {
          audience: 'owner',
          say: 'if the app did so, somebody between it and the hub sends copies; they open nothing',
        },
      ],
    },
    malformed: {
      say: 'the body is no sealed request',
      fixes: [
        { audience: 'client', say: 'send the envelope as base64url without padding, and nothing else' },
        { audience: 'client', say: 'send a plain form as application/x-www-form-urlencoded' },
      ],
    },
    'other-address': {
      say: 'the request was sealed for another hub, path or method',
      fixes: [
        { audience: 'client', say: 'seal for the issuer that the signed statement names, POST /token' },
        { audience: 'operator', say: 'if the issuer of the hub was changed, apps must fetch its statement anew' },
      ],
    },
    'unknown-key': {
      say: 'the request was sealed to a key that this hub never had',
      fixes: [
        { audience: 'client', say: 'fetch /.well-known/counterfoil-sealing anew and seal again' },
        { audience: 'operator', say: 'if the master key of the hub was changed, apps must pair again' },
      ],
    },
    'key-not-yet': {
      say: 'the request was sealed to a key whose time has not come',
      fixes: [{ audience: 'client', say: 'set the clock, fetch /.well-known/counterfoil-sealing anew and seal again' }],
    },
    'key-expired': {
      say: 'the request was sealed to a key whose time has ended',
      fixes: [{ audience: 'client', say: 'fetch /.well-known/counterfoil-sealing anew and seal again' }],
    },
    'cannot-open': {
      say: 'the box, or a header field that is bound to it, was changed on the way',
      fixes: [
        {
          audience: 'client',
          say: 'send the DPoP and Authorization fields that were given when sealing, and no others',
        },
        {
          audience: 'owner',
          say: 'if the app did so, look for what stands between it and the hub: a proxy, a scanner',
        },
      ],
    },
  },
  check: ({ box }) => {
    if (!box) return skip('the request came without a box');
    if ('keyId' in box) return box.replayed ? fail('replayed') : pass({ presented: `key ${box.keyId}` });
    const { cause, expected, presented } = box;
    return fail(cause, {
      ...(expected !== undefined && { expected }),
      ...(presented !== undefined && { presented }),
    });
  },
};
