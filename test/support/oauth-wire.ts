/** What the tests of the wire share: every cause there is, and an answer as its bytes. */
import type { Phase } from '../../src/core/rule.ts';
import { type Action, tables } from '../../src/profiles/oauth/profile.ts';
import type { Outgoing } from '../../src/protocols/http/exchange.ts';

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
  return JSON.stringify([status, headers, body]).replaceAll(/\/r\/[0-9A-Z]{10}(?=\\*")/g, '/r/··········');
}

/** Two verdicts to refer to. */
export const VERDICTS: readonly string[] = ['vd_0123456789ABCDEFGHJKMNPQRS', 'vd_ZYXWVTSRQPNMKJHGFEDCBA9876'];
