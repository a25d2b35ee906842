/** A right code is never refused, whatever an accessory does with zeros in front of numbers; a wrong one always is. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { answerChallenge } from '../../src/protocols/hap/srp.ts';
import { createVerifier, startSrpServer } from '../../src/protocols/hap/srp-server.ts';
import { DIALECTS, dialectAnswer, dialectServers, zeros } from '../support/srp-dialects.ts';

const { code, salt: saltHex, servers } = zeros();
const salt = Buffer.from(saltHex, 'hex');
const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const WRONG = '031-45-155';

/** Hands out what it is given, then random exponents. */
function drawing(first: readonly Buffer[]): { draw: () => Uint8Array; drawn: () => number } {
  let count = 0;
  return { draw: () => first[count++] ?? randomBytes(32), drawn: () => count };
}

describe.each(servers)('where $title', ({ b, zeroB, a }) => {
  const PADDED = DIALECTS[0];
  if (PADDED === undefined) throw new Error('expected a dialect');

  it('the vectors are what they say', () => {
    const server = dialectServers(PADDED, code, salt)(hex(b));
    expect(server.serverKey[0] === 0).toBe(zeroB);
    for (const name of ['A', 'S', 'K'] as const) {
      const { numbers } = dialectAnswer(PADDED, server, code, hex(a[name]));
      const bits = name === 'K' ? 512 : 3072;
      expect(numbers[name] >> BigInt(bits - 8)).toBe(0n);
    }
  });

  it.each(DIALECTS)(
    '$name takes a right code when the first draws begin with zero, and a wrong one never',
    (dialect) => {
      const start = dialectServers(dialect, code, salt);
      for (let i = 0; i < 10; i++) {
        const server = start(hex(b));
        const { draw, drawn } = drawing([hex(a.A), hex(a.S), hex(a.K)]);
        const answer = answerChallenge(server, code, draw);
        if (answer === undefined) throw new Error('expected an answer');
        expect(drawn()).toBeGreaterThan(3);
        const taken = server.check(answer.publicKey, answer.proof);
        expect(taken?.key.equals(answer.sessionKey)).toBe(true);
        expect(answer.provenBy(taken?.m2 ?? Buffer.alloc(0))).toBe(true);
        const wrong = answerChallenge(server, WRONG, draw);
        expect(wrong && server.check(wrong.publicKey, wrong.proof)).toBeUndefined();
      }
    },
  );

  it('a controller that keeps its first draw is refused by some of them: the redraw is what helps', () => {
    const refused = DIALECTS.flatMap((dialect) => {
      const server = dialectServers(dialect, code, salt)(hex(b));
      return (['A', 'S', 'K'] as const).filter((name) => {
        const { clientKey, m1 } = dialectAnswer(PADDED, server, code, hex(a[name]));
        return server.check(clientKey, m1) === undefined;
      });
    });
    expect(new Set(refused)).toEqual(new Set(['A', 'S', 'K']));
  });

  it.each(DIALECTS)('our accessory takes a right code of a controller like $name, and a wrong one never', (dialect) => {
    const stored = createVerifier(code, salt);
    for (const name of ['A', 'S', 'K'] as const) {
      // where B begins with zero our server draws again, and what follows is random
      const server = startSrpServer(stored, drawing([hex(b)]).draw);
      expect(server.publicKey[0]).not.toBe(0);
      const challenge = { salt, serverKey: server.publicKey };
      const { clientKey, m1, m2 } = dialectAnswer(dialect, challenge, code, hex(a[name]));
      const checked = server.check(clientKey, m1);
      expect('proof' in checked && checked.proof.equals(m2)).toBe(true);
      const wrong = dialectAnswer(dialect, challenge, WRONG, hex(a[name]));
      expect(server.check(wrong.clientKey, wrong.m1)).toEqual({ refused: 'proof' });
    }
  });
});
