/** `counterfoil explain` with the answer to a card payment: as it is printed, as a message, and as words of another trade. */
// proves: K1, K4, K5, X12, X13
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Check, leaves } from '../../src/core/verdict.ts';
import { guideFor } from '../../src/server/guide.ts';
import { expectGolden, pasted } from './golden.ts';
import { openPlace, type Place } from './place.ts';

const PAN = '4111111111111111';
/** Fields 2, 39, 48 (advice 24), 49. */
const MESSAGE: Buffer = Buffer.concat([
  Buffer.from('0110'),
  Buffer.from('4000000002018000', 'hex'),
  Buffer.from(`16${PAN}51007T840224978`),
]);
let nowhere: Place;

beforeAll(() => {
  nowhere = openPlace();
});
afterAll(() => nowhere.close());

describe('explain, of a card decline', () => {
  it('says what 51 HAP UPD means to merchant and customer, and that HAP and UPD are unknown', async () => {
    const ran = await nowhere.cf(['explain', '51', 'HAP', 'UPD']);
    expect(ran.code).toBe(1);
    expect(ran.out).toContain('response code 51: insufficient funds · again after 12 h');
    expectGolden('explain-51-hap-upd', pasted(ran));
    const json = JSON.parse((await nowhere.cf(['explain', '51 HAP UPD', '--json'])).out);
    expect(json).toMatchObject({ kind: 'card-decline', code: '51', class: 'funds', againInMs: 43_200_000 });
  });

  it('calls a rule only what the guide knows, and what it reads itself by a name of its own', async () => {
    const named: string[] = [];
    for (const text of ['51 HAP UPD', '51 NSF MAC 30 on mastercard', MESSAGE.toString('hex')]) {
      const { checks } = JSON.parse((await nowhere.cf(['explain', text, '--json'])).out) as { checks: Check[] };
      named.push(...leaves(checks).map(({ id }) => id));
    }
    const rules = named.filter((id) => !id.startsWith('card-answer.'));
    expect(rules).toContain('payments.hold-after-51');
    expect(rules.filter((id) => guideFor(id) === undefined)).toEqual([]);
    for (const own of ['response-code', 'class', 'advice', 'suffix HAP', 'message-whole'])
      expect(named).toContain(`card-answer.${own}`);
  });

  it('leaves hap 51 without more to the list of readings, where this one stands with its command', async () => {
    const ran = await nowhere.cf(['explain', 'hap', '51']);
    expect(ran.code).toBe(3);
    expect(ran.out).toContain("then: counterfoil explain '51 HAP UPD at <processor>'");
  });

  it('takes processor, network and advice from behind the code', async () => {
    expect((await nowhere.cf(['explain', '14 on visa'])).out).toContain('not again, unless something new comes in');
    expect((await nowhere.cf(['explain', '51 NSF MAC 30 on mastercard'])).out).toContain('again after 10 days');
    const unknown = await nowhere.cf(['explain', 'Q7', 'DECLINED']);
    expect(unknown.code).toBe(3);
    expect(unknown.out).toContain('not known here, so it is not tried again');
  });

  it("takes a processor's own words, and says how to write what stands alone", async () => {
    const own = await nowhere.cf(['explain', 'insufficient_funds', 'at', 'stripe']);
    expect(own).toMatchObject({ code: 1 });
    expect(own.out).toContain('response code insufficient_funds at stripe: insufficient funds · again after 12 h');
    expect(await nowhere.cf(['explain', 'advice 08 at rapyd'])).toMatchObject({ code: 1 });
    const either = await nowhere.cf(['explain', '08 at rapyd']);
    expect(either.code).toBe(3);
    expect(either.out).toContain('advice 08 at rapyd');
    for (const [text, hint] of [
      ['59', '59 on visa'],
      ['N7', 'N7 on visa'],
      ['do_not_honor', 'do_not_honor at stripe'],
      ['2001', '2001 at braintree'],
      ['do_not_honor at strpe', 'do_not_honor at stripe'],
    ] as const) {
      const ran = await nowhere.cf(['explain', text]);
      expect(ran, text).toMatchObject({ code: 3, out: '' });
      expect(ran.err, text).toContain(`if it is the answer to a card payment, write: ${hint}`);
    }
    const worded = await nowhere.cf(['explain', 'insufficient_funds']);
    expect(worded).toMatchObject({ code: 3, err: expect.stringContaining('write: insufficient_funds at stripe') });
    for (const word of ['invalid_cvc', 'expired_card', 'incorrect_pin', 'account-closed', 'transaction_not_allowed'])
      expect((await nowhere.cf(['explain', `${word} at ${word === 'account-closed' ? 'moov' : 'stripe'}`])).code).toBe(
        1,
      );
  });

  it('says which names no table knows', async () => {
    const ran = await nowhere.cf(['explain', '51 DECLINED at nosuch on vsa']);
    expect(ran.code).toBe(1);
    expect(ran.err).toContain(
      'no table knows nosuch, neither as a processor nor as a network, so it is left out here; known',
    );
    expect(ran.err).toMatch(/no table knows vsa, .*; did you mean visa\?/);
  });

  it('reads an ISO 8583 response as hex, from a file of hex or of bytes, and repeats no card number', async () => {
    writeFileSync(join(nowhere.folder, 'response.txt'), `${MESSAGE.toString('hex')}\n`);
    writeFileSync(join(nowhere.folder, 'response.log'), MESSAGE);
    const hex = await nowhere.cf(['explain', MESSAGE.toString('hex')]);
    expect(hex.code).toBe(1);
    expect(hex.out).toMatch(/mastercard-advice.*\n.*\n.*expected 1 h after this answer/);
    expect(await nowhere.cf(['explain', 'response.txt'])).toMatchObject({ code: 1, out: hex.out });
    expect(await nowhere.cf(['explain', 'response.log'])).toMatchObject({ code: 1, out: hex.out });
    expect(await nowhere.cf(['explain', '-'], { stdin: MESSAGE })).toMatchObject({ code: 1, out: hex.out });
    expect(hex.out + hex.err).not.toContain(PAN.slice(0, 6));
  });
});
