import { diagnose } from '../../../core/near-miss.ts';
import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import type { Asked } from '../case.ts';
import { isRegistered, nearest } from '../redirect.ts';

/** The redirect URI is registered for the application, byte for byte and case-sensitive; a loopback port is free. */
export const redirectUriRegistered: Rule<Asked & { readonly intent?: string }> = {
  id: 'oauth.redirect-uri-registered',
  cite: 'RFC 6749 §3.1.2.3, RFC 8252 §7.3',
  refusal: 'invalid_grant',
  why: 'a hub that redirects to unknown addresses hands its codes to whoever asks',
  open: 'all',
  causes: {
    missing: {
      say: 'the request names no redirect URI',
      fixes: [{ audience: 'client', say: 'send redirect_uri, exactly as registered' }],
    },
    unregistered: {
      say: 'incorrect redirect URI: mismatch with the URI registered for the app',
      fixes: [
        { audience: 'client', say: 'send the registered URI: it is compared byte for byte and case-sensitive' },
        { audience: 'operator', say: 'or register this one too: counterfoil app edit <id> --redirect-uri …' },
      ],
    },
  },
  check: ({ intent, client, request: { values } }) => {
    if (intent === 'refresh_token') return skip('a refresh request carries no redirect URI');
    if (!client) return skip('the client is not known');
    const presented = values['redirect_uri'];
    if (presented === undefined) {
      return intent === undefined
        ? fail('missing', { expected: client.redirectUris, presented: 'nothing' })
        : skip('no redirect URI came');
    }
    if (isRegistered(client.redirectUris, presented)) return pass({ presented });
    const expected = nearest(client.redirectUris, presented) ?? 'no redirect URI is registered';
    return fail('unregistered', { expected, presented, detail: diagnose(expected, presented).say });
  },
};
