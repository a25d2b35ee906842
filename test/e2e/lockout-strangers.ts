/**
 * Strangers' failures at the token endpoint, as many as are asked for: they hold no code, so they cost no holder
 * anything, whether they come from everywhere or from the holder's own address. The profile's own functions over a real
 * store; the sockets have their tests in `lockout.test.ts`.
 */
import { describe, expect, it } from 'vitest';
import type { Code } from '../../src/core/model.ts';
import { exchange } from '../../src/profiles/oauth/token.ts';
import { codeId, mintCode, readCode } from '../../src/protocols/typed-code/typed-code.ts';
import { exchangeForm, type OAuthHub, oauthHub, tokenRequest } from '../support/oauth-hub.ts';

/** How many are on their way at once. */
const CROWD = 500;
/** The address that `tokenRequest` names. */
const HOLDER = '192.0.2.1';

const elsewhere = (i: number): string => `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`;

/** The code with its last four characters counted through: as near as guesses can come. */
function near(code: string, i: number): string {
  const guess = code.slice(0, -4) + i.toString(36).padStart(4, '0');
  return guess === code ? `${code.slice(0, -4)}zzzz` : guess;
}

/** Each stranger tries once; answers how many heard what a stranger should. */
async function strangers(
  hub: OAuthHub,
  count: number,
  guess: (i: number) => string,
  source: (i: number) => string,
): Promise<number> {
  let refused = 0;
  for (let from = 0; from < count; from += CROWD) {
    const crowd = Array.from({ length: Math.min(CROWD, count - from) }, (_, n) => from + n);
    const answers = await Promise.all(
      crowd.map((i) => exchange(hub.deps, { ...tokenRequest(exchangeForm(guess(i))), source: source(i) })),
    );
    for (const { answer } of answers) if (answer.status === 400 && answer.body.includes('"invalid_grant"')) refused++;
    hub.pass(5);
  }
  return refused;
}

async function kept(hub: OAuthHub, code: string): Promise<Code | undefined> {
  const read = readCode('authorization_code', code);
  const id = read.ok ? codeId('authorization_code', read.body) : '';
  return (await hub.deps.store.load({ codes: [id] })).codes.get(id);
}

/** Declares them. */
export function strangerCases(count: number): void {
  describe(`${count} failures of strangers at the token endpoint`, () => {
    it('from as many addresses, a few characters from the code: the holder exchanges it all the same', async () => {
      const hub = await oauthHub();
      const code = await hub.mint();
      const before = await kept(hub, code);
      expect(before?.state).toBe('live');
      expect(await strangers(hub, count, (i) => near(code, i), elsewhere)).toBe(count);
      expect(await kept(hub, code)).toEqual(before);
      expect((await hub.post(exchangeForm(code))).answer.status).toBe(200);
    });

    it("from the holder's own address, at the 16-character form: the holder exchanges it all the same", async () => {
      const hub = await oauthHub();
      const code = await hub.mint({ short: true });
      const before = await kept(hub, code);
      expect(before?.handle).toBe('bound');
      const other = mintCode('authorization_code', 'bound', hub.now());
      const guess = (i: number): string => near(i % 2 === 0 ? code : other, i);
      expect(await strangers(hub, count, guess, () => HOLDER)).toBe(count);
      expect(await kept(hub, code)).toEqual(before);
      expect((await hub.post(exchangeForm(code))).answer.status).toBe(200);
    });
  });
}
