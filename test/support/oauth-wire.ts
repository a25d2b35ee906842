/** What the tests of the wire share: every cause there is, and an answer as its bytes. */
import { createSecretKey } from 'node:crypto';
import type { Phase } from '../../src/core/rule.ts';
import type { OAuthDeps } from '../../src/profiles/oauth/deps.ts';
import { type Action, tables } from '../../src/profiles/oauth/profile.ts';
import type { Outgoing } from '../../src/protocols/http/exchange.ts';
import { ISSUER } from './oauth-case.ts';

/** Every cause a table can refuse for: `blanks` only warns, and a token request need not name its redirect URI. */
export function causesOf(action: Action): string[] {
  const all = tables[action].flatMap((phase: Phase<never>) =>
    phase.rules.flatMap((rule) =>
      Object.keys(rule.causes).map((cause) => `${rule.id.slice('oauth.'.length)}/${cause}`),
    ),
  );
  return all.filter((pair) => pair !== 'code-wellformed/blanks' && pair !== 'redirect-uri-registered/missing').sort();
}

/** An answer's bytes, its reference blotted out. */
export function bytes({ status, headers, body }: Outgoing): string {
  return JSON.stringify([status, headers, body]).replaceAll(/\/r\/[0-9A-Z]{26}(?=\\*")/g, '/r/··········');
}

/** What `errorUri` is given: an issuer, and a key to seal references with. */
export const REFERRING: Pick<OAuthDeps, 'config' | 'keys'> = (() => {
  const key = createSecretKey(Buffer.alloc(32, 7));
  return {
    keys: { successor: key, nonce: key, reference: key, apiNonce: key },
    config: { issuer: ISSUER, aliases: [], codeTtlSeconds: 300, accessTtlSeconds: 3_600, refreshTtlSeconds: 86_400 },
  };
})();

/** Two verdicts to refer to. */
export const VERDICTS: readonly string[] = ['vd_0123456789ABCDEFGHJKMNPQRS', 'vd_ZYXWVTSRQPNMKJHGFEDCBA9876'];
