/** The payments gate over real HTTP, with the client that is published: admitted, refused, recorded, and everything that is not so. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AttemptOpenError, createPaymentsClient, PaymentsError } from '../../src/client/payments.ts';
import { leaves } from '../../src/core/verdict.ts';
import { DATA } from '../../src/profiles/payments/data.ts';
import { faultIn, type ObjectShape } from '../../src/server/payments/shape.ts';
import * as shapes from '../../src/server/payments/shapes.ts';
import { ATTEMPT, call, type Heard, HOUR, type PaymentsHub, randomPan, startPaymentsHub } from '../support/payments.ts';
import { PASSWORD, signedIn } from '../support/visitor.ts';

let hub: PaymentsHub;
beforeAll(async () => {
  hub = await startPaymentsHub();
});
afterAll(() => hub.close());

/** A card that no other test has. */
const fresh = () => ({ ...ATTEMPT, card: { pan: randomPan() } });

function expectShape(heard: Heard, status: number, shape: ObjectShape): void {
  expect(heard.status, heard.text).toBe(status);
  expect(faultIn(shape, heard.body), heard.text).toBeUndefined();
}

async function declined(asked: object, code = '51'): Promise<string> {
  const reserved = await hub.call('POST', '/payments/attempts', asked);
  expectShape(reserved, 201, shapes.RESERVED);
  const path = `/payments/outcomes/${reserved.body.attempt}`;
  expectShape(await hub.call('PUT', path, { outcome: 'declined', response: { code } }), 200, shapes.RECORDED);
  return reserved.body.attempt;
}

describe('an attempt', () => {
  it('is admitted, sent, recorded, and refused up to the last millisecond of its hold, with every rule and its source', async () => {
    const asked = fresh();
    expectShape(await hub.call('POST', '/payments/check', asked), 200, shapes.CHECKED);
    await declined(asked);
    const opens = hub.clock.now() + 12 * HOUR;
    hub.clock.move(12 * HOUR - 1);
    const refused = await hub.call('POST', '/payments/attempts', asked);
    expectShape(refused, 409, shapes.REFUSED);
    expect(refused.body).toMatchObject({
      type: 'urn:counterfoil:payments:attempt-closed',
      admitted: false,
      next_allowed_at: new Date(opens).toISOString(),
      never: false,
      refused: 1,
      closed: [{ rule: 'payments.hold-after-51', confidence: 'secondary', never: false }],
    });
    expect(refused.headers.get('content-type')).toBe('application/problem+json');
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(refused.body.merchant.length).toBeGreaterThan(0);
    expect(refused.body.customer.length).toBeGreaterThan(0);
    const checked = await hub.call('POST', '/payments/check', asked);
    expectShape(checked, 200, shapes.CHECKED);
    expect(checked.body).toMatchObject({ admitted: false, next_allowed_at: new Date(opens).toISOString() });
    hub.clock.move(1);
    expectShape(await hub.call('POST', '/payments/attempts', asked), 201, shapes.RESERVED);
  });

  it('is let through once, of twenty that ask at the same time', async () => {
    const asked = fresh();
    const answers = await Promise.all(Array.from({ length: 20 }, () => hub.call('POST', '/payments/attempts', asked)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(19).fill(409)]);
  });

  it('that only something new opens says never, has no Retry-After, and is opened by it', async () => {
    const asked = fresh();
    await declined(asked, '41');
    const refused = await hub.call('POST', '/payments/attempts', asked);
    expectShape(refused, 409, shapes.REFUSED);
    expect(refused.body).toMatchObject({ next_allowed_at: null, never: true });
    expect(refused.headers.get('retry-after')).toBeNull();
    expectShape(
      await hub.call('POST', '/payments/attempts', { ...asked, new_facts: ['new-card'] }),
      201,
      shapes.RESERVED,
    );
  });

  it('sounds to the customer of a lost card as of any other decline, to the byte', async () => {
    const customers = await Promise.all(
      ['41', '43', '05'].map(async (code) => {
        const asked = fresh();
        const { body } = await hub.call('POST', '/payments/attempts', asked);
        const said = { outcome: 'declined', response: { code } };
        const heard = await hub.call('PUT', `/payments/outcomes/${body.attempt}`, said);
        return JSON.stringify(heard.body.customer);
      }),
    );
    expect(new Set(customers).size).toBe(1);
  });

  it('has its outcome recorded once: the same again is fine, another one is a conflict, and the first stays', async () => {
    const id = await declined(fresh());
    const path = `/payments/outcomes/${id}`;
    const again = await hub.call('PUT', path, { outcome: 'declined', response: { code: '51' } });
    expectShape(again, 200, shapes.RECORDED);
    expect(again.body.recorded).toBe('already');
    const other = await hub.call('PUT', path, { outcome: 'approved' });
    expectShape(other, 409, shapes.CONFLICT);
    expect(other.body.recorded_outcome).toBe('declined');
    const kept = await hub.call('GET', `/payments/attempts/${id}`);
    expectShape(kept, 200, shapes.KEPT);
    expect(kept.body).toMatchObject({ outcome: 'declined', code: '51', class: 'funds' });
  });

  it('has no outcome recorded whose code says the opposite, and stays open for the right one', async () => {
    const { body } = await hub.call('POST', '/payments/attempts', fresh());
    const path = `/payments/outcomes/${body.attempt}`;
    for (const [outcome, code] of [
      ['approved', '51'],
      ['declined', '00'],
    ]) {
      const heard = await hub.call('PUT', path, { outcome, response: { code } });
      expectShape(heard, 400, shapes.PROBLEM_SHAPE);
      expect(heard.body).toMatchObject({ at: 'response.code' });
    }
    expect(await hub.call('PUT', path, { outcome: 'approved', response: { code: '00' } })).toMatchObject({
      status: 200,
    });
  });

  it('that nobody answers is unknown when its lease is over, and a late answer is still taken', async () => {
    const reserved = await hub.call('POST', '/payments/attempts', { ...fresh(), lease_seconds: 30 });
    const path = `/payments/attempts/${reserved.body.attempt}`;
    expect((await hub.call('GET', path)).body.outcome).toBe('pending');
    hub.clock.move(30_000);
    expect((await hub.call('GET', path)).body.outcome).toBe('unknown');
    const late = await hub.call('PUT', `/payments/outcomes/${reserved.body.attempt}`, { outcome: 'approved' });
    expect(late.body).toMatchObject({ recorded: 'now', outcome: 'approved' });
  });

  it('may be of any region that the figures speak of, also across the border of the US', async () => {
    const regions = new Set([...DATA.fees, ...DATA.limits, ...DATA.categories].flatMap((entry) => entry.regions ?? []));
    expect(regions.size).toBeGreaterThan(4);
    for (const region of regions)
      expectShape(await hub.call('POST', '/payments/check', { ...fresh(), region }), 200, shapes.CHECKED);
    const fees = await Promise.all(
      [
        ['visa', '41', 'US'],
        ['visa', '41', 'USXB'],
        ['mastercard', '05', 'USXB'],
      ].map(async ([network, code, region]) => {
        const asked = { ...fresh(), network, region };
        const { body } = await hub.call('POST', '/payments/attempts', asked);
        const response = { code, ...(network === 'mastercard' && { advice: '03' }) };
        await hub.call('PUT', `/payments/outcomes/${body.attempt}`, { outcome: 'declined', response });
        const checked = await hub.call('POST', '/payments/check', asked);
        return checked.body.closed.flatMap((rule: { fee?: { minor: number } }) => rule.fee?.minor ?? []);
      }),
    );
    expect(fees).toEqual([[10], [15], [50]]);
  });

  it('by a payment account reference of digits is taken, though a card number seems to stand in it; nowhere else', async () => {
    const par = `V001${randomPan()}000000000`;
    await declined({ ...ATTEMPT, card: { par } });
    expectShape(await hub.call('POST', '/payments/attempts', { ...ATTEMPT, card: { par } }), 409, shapes.REFUSED);
    for (const body of [
      { ...fresh(), purchase: par },
      { ...ATTEMPT, card: { token: par, processor: 'stripe' } },
      { ...ATTEMPT, card: { par: `${par}0` } },
      { ...ATTEMPT, card: { par, note: par } },
      { ...ATTEMPT, 'card.par': par },
    ]) {
      const heard = await hub.call('POST', '/payments/attempts', body);
      expectShape(heard, 400, shapes.PROBLEM_SHAPE);
      expect(heard.text).not.toContain(par.slice(0, 12));
    }
  });

  it('of another merchant is as unknown as one that never was', async () => {
    const { key } = await hub.hub.operations.paymentsAddMerchant('other', {});
    const id = await declined(fresh());
    const theirs = { authorization: `Bearer ${key.key}` };
    const said = { outcome: 'approved' };
    for (const attempt of [id, `at_${'0'.repeat(26)}.${'A'.repeat(43)}`, 'at_', '4111111111111111']) {
      const heard = [
        await hub.call('GET', `/payments/attempts/${attempt}`, undefined, theirs),
        await hub.call('PUT', `/payments/outcomes/${attempt}`, said, theirs),
      ];
      for (const one of heard) expectShape(one, 404, shapes.PROBLEM_SHAPE);
      expect(new Set(heard.map(({ text }) => text)).size).toBe(1);
    }
    await hub.hub.operations.revoke((await hub.hub.operations.grants({ client: 'merchant:other' }))[0]?.id ?? '');
  });
});

describe('a verdict of the gate', () => {
  it('is read and replayed by whoever runs the hub, shows the rules and no card but its fingerprint', async () => {
    const asked = { ...fresh(), purchase: 'order-7' };
    await declined(asked);
    const { body, text } = await hub.call('POST', '/payments/attempts', asked);
    const id = `vd_${body.instance.split('/r/')[1]}`;
    const verdict = await hub.hub.operations.verdict(id);
    expect(verdict).toMatchObject({
      profile: 'payments',
      ok: false,
      decisive: 'payments.hold-after-51',
      subject: 'merchant:acme',
    });
    expect(leaves(verdict.checks ?? []).length).toBe(16);
    expect(JSON.stringify(verdict)).toMatch(/"card":"pf_[\w-]{43}"/);
    for (const said of [JSON.stringify(verdict), text]) expect(said).not.toContain(asked.card.pan);
    const same = await hub.hub.operations.replay(id, {});
    expect(same.checks).toEqual(verdict.checks);
    expect(await hub.hub.operations.replay(id, { after: String(12 * 3_600) })).toMatchObject({ ok: true });
    expect(await hub.hub.operations.replay(id, { hold_hours: '0' })).toMatchObject({ ok: true });
    await expect(hub.hub.operations.replay(id, { card: 'x' })).rejects.toThrow('cannot set card');
    const life = await hub.hub.operations.timeline(verdict.grant ?? '');
    expect(life.verdicts.map((one) => one.id)).toContain(verdict.id);
    expect(life.codes).toMatchObject([{ purpose: 'payments_key', state: 'live' }]);
  });

  it('is given to no developer of an application that is called like the merchant', async () => {
    await hub.hub.operations.addApp('acme', { redirectUris: ['com.acme:/callback'] });
    const { seenBy } = await import('../../src/server/seen-by.ts');
    const [verdict] = await hub.hub.operations.verdicts({ profile: 'payments', limit: 1 });
    expect(verdict && seenBy({ role: 'developer', user: 'dev', apps: ['acme'] }, verdict)).toBeUndefined();
    await hub.hub.operations.removeApp('acme');
    expect((await hub.call('POST', '/payments/check', fresh())).status).toBe(200);
  });
});

describe('the console', () => {
  it('shows refusals of the gate in its list, on a page of their own, and on that of the grant, never a card', async () => {
    const asked = fresh();
    await declined(asked);
    const { body } = await hub.call('POST', '/payments/attempts', asked);
    await hub.hub.operations.addUser('ada', PASSWORD);
    const ada = await signedIn(hub.url);
    const verdict = await ada.get(new URL(body.instance).pathname);
    expect(verdict.status).toBe(200);
    expect(verdict.html).toContain('last answer was a decline for funds');
    const list = await ada.get('/?profile=payments');
    for (const says of ['merchant:acme', 'to try a card', 'EUR 19.99']) expect(list.html).toContain(says);
    const [grant] = await hub.hub.operations.grants({ profile: 'payments', client: 'merchant:acme' });
    const life = await ada.get(`/grants/${grant?.id}`);
    expect(life.status).toBe(200);
    expect(life.html).toContain('Payments key');
    for (const { html } of [verdict, list, life]) expect(html).not.toContain(asked.card.pan);
  });
});

describe('a key', () => {
  const refusals = async () =>
    hub.hub.operations.verdicts({ profile: 'payments', ok: false, cause: 'payments.merchant-key' });

  it('that is none is refused with one and the same answer for every cause, and leaves a verdict that says which', async () => {
    const { operations } = hub.hub;
    const { key: dead } = await operations.paymentsAddMerchant('dead', {});
    const { key: ended } = await operations.paymentsAddMerchant('ended', {});
    const short = await operations.paymentsAddKey('dead', 1);
    await operations.revoke(dead.id);
    await operations.revoke(ended.grant);
    hub.clock.move(86_400_000 + 1);
    const causes: Record<string, string> = {
      malformed: 'Bearer 12',
      unknown: `Bearer cfp_${'A'.repeat(29)}`,
      revoked: `Bearer ${dead.key}`,
      expired: `Bearer ${short.key}`,
      'merchant-ended': `Bearer ${ended.key}`,
    };
    const bodies = new Set<string>();
    for (const authorization of Object.values(causes)) {
      const heard = await hub.call('POST', '/payments/attempts', fresh(), { authorization });
      expectShape(heard, 401, shapes.PROBLEM_SHAPE);
      expect(heard.headers.get('www-authenticate')).toContain('error="invalid_token"');
      bodies.add(heard.text.replace(/\/r\/[0-9A-Z]+/, ''));
    }
    expect(bodies.size).toBe(1);
    expect((await refusals()).map(({ cause }) => cause).toSorted()).toEqual(Object.keys(causes).toSorted());
  });

  it('that is missing is asked for, without an error code, and a token of OAuth is none', async () => {
    const absent = await call(hub.url, 'POST', '/payments/check', fresh());
    expectShape(absent, 401, shapes.PROBLEM_SHAPE);
    expect(absent.headers.get('www-authenticate')).toBe('Bearer realm="counterfoil"');
    for (const label of ['cfa_', 'cfr_', 'hap5.1-authcode:']) {
      const authorization = `Bearer ${label}${'A'.repeat(29)}`;
      expect((await hub.call('GET', '/payments/attempts/at_1', undefined, { authorization })).status).toBe(401);
    }
  });

  it('that is guessed a hundred times is one row of a minute', async () => {
    const before = (await refusals()).length;
    for (let i = 0; i < 100; i++)
      await hub.call('POST', '/payments/check', fresh(), {
        authorization: `Bearer cfp_${String(i).padStart(29, 'x')}`,
      });
    const rows = await refusals();
    expect(rows.length - before).toBeLessThanOrEqual(1);
    expect(Math.max(...rows.map(({ times }) => times))).toBeGreaterThanOrEqual(100);
  });

  it('is one of several of a merchant: a new one works beside the old, and revoking one leaves the other', async () => {
    const { operations } = hub.hub;
    const second = await operations.paymentsAddKey('acme');
    const theirs = { authorization: `Bearer ${second.key}` };
    expect((await hub.call('POST', '/payments/check', fresh(), theirs)).status).toBe(200);
    await operations.revoke(second.id);
    expect((await hub.call('POST', '/payments/check', fresh(), theirs)).status).toBe(401);
    expect((await hub.call('POST', '/payments/check', fresh())).status).toBe(200);
  });
});

describe('a merchant', () => {
  it('is edited from the next attempt on: another hold, and what it had else stays', async () => {
    const { operations } = hub.hub;
    const edited = await operations.paymentsEditMerchant('acme', { holdHours: 24 });
    expect(edited).toMatchObject({ merchant: 'acme', holdHours: 24, leaseSeconds: 60, adviceMayShorten: false });
    const asked = fresh();
    await declined(asked);
    const { body } = await hub.call('POST', '/payments/check', asked);
    expect(Date.parse(body.next_allowed_at) - hub.clock.now()).toBe(24 * HOUR);
    await operations.paymentsEditMerchant('acme', { holdHours: 12 });
    expect(Date.parse((await hub.call('POST', '/payments/check', asked)).body.next_allowed_at) - hub.clock.now()).toBe(
      12 * HOUR,
    );
  });

  it('asks and reserves at its pace, a burst and then by and by, and others at theirs; how it went is always taken', async () => {
    const slow = await startPaymentsHub({ limits: { paymentsBurst: 3, paymentsEveryMs: 2_000 } });
    const { key } = await slow.hub.operations.paymentsAddMerchant('other', {});
    const ask = (how: string) => slow.call('POST', `/payments/${how}`, fresh());
    const { body } = await ask('attempts');
    expect([(await ask('check')).status, (await ask('attempts')).status]).toEqual([200, 201]);
    for (const how of ['check', 'attempts']) {
      const turnedAway = await ask(how);
      expectShape(turnedAway, 429, shapes.PROBLEM_SHAPE);
      expect(turnedAway.headers.get('retry-after')).toBe('2');
    }
    const theirs = { authorization: `Bearer ${key.key}` };
    expect((await call(slow.url, 'POST', '/payments/check', fresh(), theirs)).status).toBe(200);
    const went = { outcome: 'approved' };
    expect((await slow.call('PUT', `/payments/outcomes/${body.attempt}`, went)).status).toBe(200);
    slow.clock.move(2_000);
    expect([(await ask('check')).status, (await ask('check')).status]).toEqual([200, 429]);
    await slow.close();
  });

  it('is named by no card number, and the number is not repeated', async () => {
    const { operations } = hub.hub;
    const pan = randomPan();
    for (const call of [
      operations.paymentsAddMerchant(pan, {}),
      operations.paymentsEditMerchant(pan, { holdHours: 1 }),
      operations.paymentsAddKey(pan),
      operations.paymentsCheck(pan, { ...ATTEMPT, card: { token: 'tok_1', processor: 'stripe' } }),
    ]) {
      const said = await call.catch((error: unknown) => error);
      expect(said).toMatchObject({ message: expect.stringContaining('does not look like a card number') });
      expect(String(said)).not.toContain(pan);
    }
  });

  it.each([
    ['a/b', {}, 'expected a merchant’s name'],
    ['4111111111111111', {}, 'got one that does'],
    ['acme', {}, 'is let in already'],
    ['new', { holdHours: 721 }, 'expected 0 to 720'],
    ['new', { leaseSeconds: 4 }, 'expected a lease of 5 to 600'],
    ['new', { samePurchase: 'perhaps' as never }, 'expected warn or close'],
  ])('is not added as %s with %j', async (name, input, says) => {
    await expect(hub.hub.operations.paymentsAddMerchant(name, input)).rejects.toThrow(says);
  });
});

describe('the key of fingerprints', () => {
  it('is rotated without losing what is known of a card, before, at and after the moment the new one is in force', async () => {
    const { operations } = hub.hub;
    const asked = fresh();
    const id = await declined(asked);
    expect(await operations.paymentsRotateKey(false)).toMatchObject([
      { id: 'k2', state: 'next' },
      { id: 'k1', state: 'in-force' },
    ]);
    await expect(operations.paymentsRotateKey(false)).rejects.toThrow('expected the key k2 to be in force');
    for (const ms of [0, 59_999, 1, 1]) {
      hub.clock.move(ms);
      expect((await hub.call('POST', '/payments/attempts', asked)).status).toBe(409);
    }
    expect(await operations.paymentsCardKeys()).toMatchObject([{ state: 'in-force' }, { state: 'read' }]);
    hub.clock.move(12 * HOUR);
    await declined(asked);
    expect(await operations.paymentsRotateKey(true)).toMatchObject([{ id: 'k2', state: 'in-force' }]);
    expect((await hub.call('POST', '/payments/attempts', asked)).status).toBe(409);
    expect((await hub.call('GET', `/payments/attempts/${id}`)).body.outcome).toBe('declined');
  });

  it('goes by itself when nothing can be kept under it any more', async () => {
    const { operations } = hub.hub;
    await operations.paymentsRotateKey(false);
    hub.clock.move(60_000 + 400 * 24 * HOUR);
    expect(await operations.paymentsCardKeys()).toHaveLength(2);
    hub.clock.move(1);
    expect(await operations.paymentsCardKeys()).toMatchObject([{ id: 'k3', state: 'in-force' }]);
  });
});

describe('a request', () => {
  const longName = 'n'.repeat(5_000);
  it.each([
    ['no object', '[]', 400, 'expected an object'],
    ['no JSON', '{"a":', 400, 'expected one JSON object'],
    ['no JSON at all', '\u0000', 400, 'expected one JSON object'],
    ['too deep', `${'{"a":'.repeat(12)}1${'}'.repeat(12)}`, 400, 'inside each other'],
    ['very deep', '['.repeat(8_000), 400, 'expected one JSON object'],
    ['too long', JSON.stringify({ ...ATTEMPT, purchase: 'x'.repeat(20_000) }), 413, 'at most 16384 bytes'],
    ['a member that is unknown', { ...ATTEMPT, tip: 1 }, 400, '`tip`: expected only card, amount'],
    ['a long name that is unknown', { ...ATTEMPT, [longName]: 1 }, 400, 'expected only card'],
    ['no card', { ...ATTEMPT, card: undefined }, 400, '`card`: expected an object, got nothing'],
    ['an empty card', { ...ATTEMPT, card: {} }, 400, 'expected one of {pan}, {par} or {token, processor}'],
    ['two cards', { ...ATTEMPT, card: { pan: '4111111111111111', par: 'A'.repeat(29) } }, 400, 'expected one of {pan}'],
    ['a number of no card', { ...ATTEMPT, card: { pan: '4111111111111112' } }, 400, 'whose check digit holds'],
    ['a card as a number', { ...ATTEMPT, card: { pan: 4_111_111_111_111_111 } }, 400, '`card.pan`'],
    ['cents in fractions', { ...ATTEMPT, amount: { minor: 19.99, currency: 'EUR' } }, 400, '`amount.minor`'],
    [
      'an amount with room for a card',
      { ...ATTEMPT, amount: { minor: 100_000_000_000, currency: 'EUR' } },
      400,
      '`amount.minor`',
    ],
    ['a currency in small letters', { ...ATTEMPT, amount: { minor: 1, currency: 'eur' } }, 400, 'three capitals'],
    ['another initiator', { ...ATTEMPT, initiator: 'robot' }, 400, 'one of cardholder, merchant, got robot'],
    ['a network in capitals', { ...ATTEMPT, network: 'VISA' }, 400, 'in small letters'],
    ['a fact that is none', { ...ATTEMPT, new_facts: ['luck'] }, 400, '`new_facts[0]`'],
    ['a lease that is too long', { ...ATTEMPT, lease_seconds: 601 }, 400, '5 to 600'],
    ['a prototype', `{"__proto__":{"card":{}},${JSON.stringify(ATTEMPT).slice(1)}`, 400, '`__proto__`: expected only'],
  ])('with %s is refused, and says what was expected', async (_, body, status, says) => {
    const heard = await hub.call('POST', '/payments/attempts', body);
    expectShape(heard, status, shapes.PROBLEM_SHAPE);
    expect(heard.body.detail).toContain(says);
    expect(heard.text.length).toBeLessThan(1_000);
  });

  it('of another media type, with a query, or without a response for a decline is refused', async () => {
    const text = { 'content-type': 'text/plain' };
    expectShape(await hub.call('POST', '/payments/check', ATTEMPT, text), 415, shapes.PROBLEM_SHAPE);
    expectShape(await hub.call('POST', '/payments/check?pan=4111111111111111', ATTEMPT), 400, shapes.PROBLEM_SHAPE);
    expectShape(await hub.call('GET', '/payments/holds?x'), 400, shapes.PROBLEM_SHAPE);
    const { body } = await hub.call('POST', '/payments/attempts', fresh());
    const heard = await hub.call('PUT', `/payments/outcomes/${body.attempt}`, { outcome: 'declined' });
    expectShape(heard, 400, shapes.PROBLEM_SHAPE);
    expect((await hub.call('DELETE', '/payments/attempts')).status).toBe(405);
  });
});

describe('the client', () => {
  it('reserves, sends and records in one, and says why when it may not send', async () => {
    const asked = fresh();
    const sent: string[] = [];
    const send = async ({ attempt }: { readonly attempt: string }) => {
      sent.push(attempt);
      return { answer: 'no money', outcome: { outcome: 'declined', response: { code: '51' } } as const };
    };
    const first = await hub.client.attempt(asked, send);
    expect(first).toMatchObject({ sent: true, answer: 'no money', recorded: { recorded: 'now', outcome: 'declined' } });
    const second = await hub.client.attempt(asked, send);
    expect(second).toMatchObject({ sent: false, refused: { closed: [{ rule: 'payments.hold-after-51' }] } });
    if (second.sent) throw new Error('expected it not to be sent');
    expect(second.refused.nextAllowedAt).toEqual(new Date(hub.clock.now() + 12 * HOUR));
    expect(sent).toHaveLength(1);
    expect(await hub.client.check(asked)).toMatchObject({ admitted: false, closed: [{ until: expect.any(Date) }] });
  });

  it('leaves an attempt open when nobody knows what became of it, and the outcome is recorded later', async () => {
    const lost = new Error('the line went dead');
    const failed = await hub.client.attempt(fresh(), () => Promise.reject(lost)).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(AttemptOpenError);
    const { attempt, cause, done } = failed as AttemptOpenError;
    expect([cause, done]).toEqual([lost, undefined]);
    expect(await hub.client.record(attempt, { outcome: 'approved' })).toMatchObject({ recorded: 'now' });
  });

  it('records again while the hub is away or busy, and hands the answer out when it could not', async () => {
    let calls = 0;
    const flaky: typeof fetch = async (address, init) => {
      calls += 1;
      if (String(address).includes('/outcomes/') && calls % 3 !== 0) {
        if (calls % 3 === 1) throw new TypeError('fetch failed');
        return new Response('{}', { status: 503 });
      }
      return fetch(address, init);
    };
    const client = createPaymentsClient({ url: hub.url, key: hub.key, fetch: flaky });
    const reserved = await hub.client.reserve(fresh());
    if (!reserved.admitted) throw new Error('expected to be admitted');
    expect(await client.record(reserved.attempt, { outcome: 'approved' })).toMatchObject({ recorded: 'now' });
    const dead: typeof fetch = async (address, init) =>
      String(address).includes('/outcomes/') ? Promise.reject(new TypeError('fetch failed')) : fetch(address, init);
    const cut = createPaymentsClient({ url: hub.url, key: hub.key, fetch: dead, tries: 2 });
    const paid = { answer: 'paid', outcome: { outcome: 'approved' } } as const;
    const failed = await cut.attempt(fresh(), async () => paid).catch((error: unknown) => error);
    expect(failed).toMatchObject({ name: 'AttemptOpenError', done: paid });
  });

  it('throws what it did wrong, and nothing of a card', async () => {
    const failed = await hub.client
      .reserve({ ...ATTEMPT, purchase: '4111111111111111' })
      .catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(PaymentsError);
    expect(failed).toMatchObject({ status: 400, type: 'request-not-readable' });
    expect(String(failed)).toContain('card.pan');
    expect(String(failed)).not.toContain('4111');
    const stranger = createPaymentsClient({ url: hub.url, key: 'cfp_no' });
    await expect(stranger.check(ATTEMPT)).rejects.toMatchObject({ status: 401, type: 'key-not-good' });
    const nobody = createPaymentsClient({ url: 'http://127.0.0.1:9', key: hub.key });
    await expect(nobody.check(ATTEMPT)).rejects.toMatchObject({ status: 0, type: 'not-reached' });
  });
});

describe('the hub', () => {
  it('had no fault', () => {
    expect(hub.faults).toEqual([]);
  });
});
