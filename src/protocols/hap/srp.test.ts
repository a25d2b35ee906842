import { randomBytes } from 'node:crypto';
import { SRP, SrpClient, SrpServer } from 'fast-srp-hap';
import { describe, expect, it } from 'vitest';
import { answerChallenge, verifierOf } from './srp.ts';
import { K, N, PRIME, padded, power, sha512, toGroupBytes, toNumber } from './srp-group.ts';
import { createVerifier, startSrpServer } from './srp-server.ts';

const CODE = '031-45-154';
const IDENTITY = Buffer.from('Pair-Setup');

function slowPower(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let b = base, e = exponent; e > 0n; e >>= 1n, b = (b * b) % N) if (e & 1n) result = (result * b) % N;
  return result;
}

describe('the group', () => {
  it('is the one of RFC 5054 with HAP’s k', () => {
    expect(PRIME.length).toBe(384);
    expect(PRIME.subarray(0, 8).toString('hex')).toBe('ffffffffffffffff');
    expect(K).toBe(toNumber(sha512(PRIME, padded(Buffer.of(5)))));
    const k = K.toString(16).padStart(128, '0');
    expect([k.slice(0, 8), k.slice(-6)]).toEqual(['a9c2e255', '3659e0']);
  });

  it('takes powers inside OpenSSL as BigInt does, zeros in front included', () => {
    for (let i = 0; i < 40; i++) {
      const [base, exponent] = [
        toNumber(randomBytes(383)) + 2n,
        toNumber(randomBytes([1, 32, 64, 128][i % 4] ?? 32)) + 1n,
      ];
      const got = power(base, exponent);
      expect(got?.length).toBe(384);
      expect(got && toNumber(got)).toBe(slowPower(base, exponent));
    }
    // a power whose first byte is zero, found by dividing instead of by luck: (2^3000)^1
    expect(power(2n ** 3000n, 1n)?.equals(toGroupBytes(2n ** 3000n))).toBe(true);
  });

  it('takes no power of 0, 1, N-1, N or more', () => {
    for (const base of [0n, 1n, N - 1n, N, N + 1n]) expect(power(base, 12345n)).toBeUndefined();
  });
});

describe('SRP', () => {
  it('proves a right code to fast-srp-hap as the server, and takes its proof', () => {
    for (let i = 0; i < 8; i++) {
      const salt = randomBytes(16);
      const server = new SrpServer(SRP.params.hap, salt, IDENTITY, Buffer.from(CODE), randomBytes(32));
      const answer = answerChallenge({ salt, serverKey: server.computeB() }, CODE);
      if (answer === undefined) throw new Error('expected an answer');
      server.setA(answer.publicKey);
      server.checkM1(answer.proof);
      expect(answer.provenBy(server.computeM2())).toBe(true);
      expect(answer.sessionKey.equals(server.computeK())).toBe(true);
      expect(answer.provenBy(randomBytes(64))).toBe(false);
      expect(answer.provenBy(Buffer.alloc(0))).toBe(false);
    }
  });

  it('lets fast-srp-hap prove a right code as the client', () => {
    const stored = createVerifier(CODE);
    expect(stored.verifier.equals(SRP.computeVerifier(SRP.params.hap, stored.salt, IDENTITY, Buffer.from(CODE)))).toBe(
      true,
    );
    for (let i = 0; i < 8; i++) {
      const server = startSrpServer(stored);
      const client = new SrpClient(SRP.params.hap, stored.salt, IDENTITY, Buffer.from(CODE), randomBytes(32));
      client.setB(server.publicKey);
      const checked = server.check(client.computeA(), client.computeM1());
      if (!('proof' in checked)) throw new Error(`expected a proven client, got ${checked.refused}`);
      client.checkM2(checked.proof);
      expect(checked.sessionKey.equals(client.computeK())).toBe(true);
    }
  });

  it('refuses a wrong code on both sides', () => {
    const server = startSrpServer(createVerifier(CODE));
    const answer = answerChallenge({ salt: server.salt, serverKey: server.publicKey }, '031-45-155');
    if (answer === undefined) throw new Error('expected an answer');
    expect(server.check(answer.publicKey, answer.proof)).toEqual({ refused: 'proof' });
    expect(server.check(answer.publicKey, Buffer.alloc(0))).toEqual({ refused: 'proof' });
  });

  it('refuses a B or A that is no public key: a multiple of N, or longer than the group', () => {
    const stored = createVerifier(CODE);
    const forged = [Buffer.alloc(384), Buffer.alloc(0), PRIME, Buffer.alloc(385, 1)];
    for (const key of forged) {
      expect(answerChallenge({ salt: stored.salt, serverKey: key }, CODE)).toBeUndefined();
      expect(startSrpServer(stored).check(key, randomBytes(64))).toEqual({ refused: 'public-key' });
    }
    expect(answerChallenge({ salt: Buffer.alloc(0), serverKey: Buffer.of(2) }, CODE)).toBeUndefined();
    // B = k·v: what would remain is 0, and its power no secret
    const remainder = toGroupBytes((K * toNumber(verifierOf(stored.salt, CODE))) % N);
    expect(answerChallenge({ salt: stored.salt, serverKey: remainder }, CODE)).toBeUndefined();
  });
});
