/** Right codes against every dialect of SRP, 3,000 each round, none refused; `npm test` has those with zeros in front. */
import { randomBytes } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { randomSetupCode } from '../../src/protocols/hap/setup-code.ts';
import { answerChallenge } from '../../src/protocols/hap/srp.ts';
import { DIALECTS, dialectAnswer, dialectServers } from '../support/srp-dialects.ts';
import { ROUNDS } from './rounds.ts';

const CODES = 1_000;
/** Attempts under one code and salt, whose verifier is worked out once. */
const PER_CODE = 20;

describe('setup codes over the dialects of SRP', () => {
  it.each(DIALECTS)(`$name refuses none of ${CODES} right codes a round, and every wrong one`, async (dialect) => {
    const count = { refused: 0, wrongTaken: 0, naiveRefused: 0 };
    const PADDED = DIALECTS[0] ?? dialect;
    for (let done = 0; done < CODES * ROUNDS; done += PER_CODE) {
      const code = randomSetupCode();
      const start = dialectServers(dialect, code, randomBytes(16));
      for (let i = 0; i < PER_CODE; i++) {
        const server = start();
        const answer = answerChallenge(server, code);
        const taken = answer && server.check(answer.publicKey, answer.proof);
        if (taken === undefined || answer?.provenBy(taken.m2) !== true) count.refused++;
        const naive = dialectAnswer(PADDED, server, code);
        if (server.check(naive.clientKey, naive.m1) === undefined) count.naiveRefused++;
      }
      const other = start();
      const wrong = answerChallenge(other, randomSetupCode());
      if (wrong === undefined || other.check(wrong.publicKey, wrong.proof) !== undefined) count.wrongTaken++;
      await turn();
    }
    console.log(
      `${dialect.name}: ${CODES * ROUNDS} right codes, ${count.refused} refused (${count.naiveRefused} of a controller that pads and never draws again)`,
    );
    expect([count.refused, count.wrongTaken]).toEqual([0, 0]);
  });
});
