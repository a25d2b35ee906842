/** What the client makes of answers that are not the gate's: of a proxy, of a login page, of a connection that was cut. */
import { getEventListeners, once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { AttemptOpenError, createPaymentsClient, PaymentsError } from './payments.ts';
import type { Attempt, PaymentsClient, PaymentsClientOptions } from './payments-types.ts';

let server: Server | undefined;
afterEach(async () => {
  const stopped = server?.close();
  server?.closeAllConnections();
  if (stopped) await once(stopped, 'close');
  server = undefined;
});

/** A client of a server that answers so. */
async function clientOf(
  answer: RequestListener,
  options: Partial<PaymentsClientOptions> = {},
): Promise<PaymentsClient> {
  server = createServer((request, response) => {
    request.resume();
    request.on('end', () => answer(request, response));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return createPaymentsClient({ url: `http://127.0.0.1:${port}`, key: 'cfp_test', tries: 2, ...options });
}

const json =
  (status: number, body: unknown): RequestListener =>
  (_, response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

const html: RequestListener = (_, response) =>
  response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Sign in</title>');

/** Half of an answer of the gate, and then nothing more. */
const cutOff: RequestListener = (_, response) => {
  const whole = JSON.stringify(RESERVED);
  response.writeHead(201, { 'content-type': 'application/json', 'content-length': whole.length });
  response.write(whole.slice(0, whole.length >> 1), () => response.destroy());
};

const ATTEMPT: Attempt = {
  card: { token: 'tok_1', processor: 'stripe' },
  amount: { minor: 1_999, currency: 'EUR' },
  network: 'visa',
  initiator: 'cardholder',
};
const RESERVED = {
  admitted: true,
  attempt: 'at_1',
  fence: 1,
  lease_until: '2026-11-21T12:01:00.000Z',
  verdict: 'http://hub/r/1',
};
const CLOSED = {
  admitted: false,
  next_allowed_at: null,
  never: true,
  closed: [{ rule: 'payments.a', until: null, never: true }],
  merchant: [],
  customer: [],
};
const RECORDED = { recorded: 'now', attempt: 'at_1', outcome: 'approved', next_allowed_at: null, never: true };

/** Each is what no gate says, to any call. */
const FOREIGN: readonly (readonly [string, RequestListener])[] = [
  ['a page', html],
  ['an answer that is cut off', cutOff],
  ['nothing', (_, response) => response.writeHead(200).end()],
  ['204', (_, response) => response.writeHead(204).end()],
  ['null', json(200, null)],
  ['a list', json(200, [RESERVED])],
  ['an object of somebody else', json(200, { ok: true, admitted: 'yes', recorded: true })],
  ['a refusal without its rules', json(200, { ...CLOSED, closed: undefined })],
  ['a refusal whose rules are no list', json(200, { ...CLOSED, closed: 'payments.a' })],
  ['a refusal with a rule that is none', json(200, { ...CLOSED, closed: [null] })],
  ['a refusal with a time that is none', json(200, { ...CLOSED, next_allowed_at: 'soon' })],
];

const NOT_UNDERSTOOD = { name: 'PaymentsError', status: 502, type: 'not-understood' };

describe('a client of the gate', () => {
  it.each(FOREIGN)('takes %s for no leave to send, and for no refusal', async (_, answer) => {
    const client = await clientOf(answer);
    let sent = false;
    const send = async (): Promise<never> => {
      sent = true;
      throw new Error('sent');
    };
    await expect(client.reserve(ATTEMPT)).rejects.toMatchObject(NOT_UNDERSTOOD);
    await expect(client.attempt(ATTEMPT, send)).rejects.toMatchObject(NOT_UNDERSTOOD);
    await expect(client.check(ATTEMPT)).rejects.toMatchObject(NOT_UNDERSTOOD);
    expect(sent).toBe(false);
  });

  it.each(FOREIGN)(
    'takes %s for no outcome that was recorded, and says so only after it has tried again',
    async (_, answer) => {
      let asked = 0;
      const client = await clientOf((request, response) => {
        asked += 1;
        answer(request, response);
      });
      await expect(client.record('at_1', { outcome: 'approved' })).rejects.toMatchObject(NOT_UNDERSTOOD);
      expect(asked).toBe(2);
    },
  );

  it.each([
    ['no attempt', { attempt: undefined }],
    ['an attempt that is no text', { attempt: 7 }],
    ['no fence', { fence: undefined }],
    ['a fence that is no number', { fence: 'NaN' }],
    ['no end of the lease', { lease_until: undefined }],
    ['an end of the lease that is no time', { lease_until: 'soon' }],
    ['no verdict', { verdict: undefined }],
    ['leave that is not given', { admitted: 'true' }],
  ])('takes a reservation with %s for none', async (_, over) => {
    const client = await clientOf(json(201, { ...RESERVED, ...over }));
    await expect(client.reserve(ATTEMPT)).rejects.toMatchObject(NOT_UNDERSTOOD);
  });

  it('takes leave in an answer of 409 for none', async () => {
    const client = await clientOf(json(409, RESERVED));
    await expect(client.reserve(ATTEMPT)).rejects.toMatchObject(NOT_UNDERSTOOD);
  });

  it('takes what the gate says', async () => {
    const client = await clientOf((request, response) => {
      if (request.url === '/payments/check') json(200, CLOSED)(request, response);
      else if (request.url === '/payments/attempts') json(201, RESERVED)(request, response);
      else json(200, RECORDED)(request, response);
    });
    expect(await client.check(ATTEMPT)).toMatchObject({ admitted: false, nextAllowedAt: 'never' });
    expect(await client.reserve(ATTEMPT)).toEqual({
      admitted: true,
      attempt: 'at_1',
      fence: 1,
      leaseUntil: new Date(RESERVED.lease_until),
      verdict: 'http://hub/r/1',
    });
    expect(await client.record('at_1', { outcome: 'approved' })).toMatchObject({
      recorded: 'now',
      nextAllowedAt: 'never',
    });
  });

  it('records through a proxy that shows a page first, then lets through', async () => {
    let asked = 0;
    const client = await clientOf((request, response) => {
      asked += 1;
      (asked === 1 ? html : json(200, RECORDED))(request, response);
    });
    expect(await client.record('at_1', { outcome: 'approved' })).toMatchObject({ recorded: 'now' });
    expect(asked).toBe(2);
  });

  it('keeps the outcome of what was sent where a page stands before the hub', async () => {
    const client = await clientOf((request, response) =>
      (request.method === 'PUT' ? html : json(201, RESERVED))(request, response),
    );
    const done = { answer: 'yes', outcome: { outcome: 'approved' } } as const;
    const failed = await client.attempt(ATTEMPT, async () => done).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(AttemptOpenError);
    expect(failed).toMatchObject({ attempt: 'at_1', done, cause: NOT_UNDERSTOOD });
    expect((failed as AttemptOpenError).cause).toBeInstanceOf(PaymentsError);
  });

  it('leaves nothing behind on the signal of holds, however often it comes back', async () => {
    const stop = new AbortController();
    const left: number[] = [];
    // fetch keeps listeners of its own until they are collected; those that are counted are the client's.
    const client = await clientOf((_, response) => response.writeHead(503).end(), {
      fetch: (address, init) => {
        left.push(getEventListeners(stop.signal, 'abort').length);
        if (left.length === 4) stop.abort();
        return fetch(address, { ...init, signal: null });
      },
    });
    expect((await client.holds({ signal: stop.signal }).next()).done).toBe(true);
    expect(left).toEqual([0, 0, 0, 0]);
  });
});
