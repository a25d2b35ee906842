/** A hub with a merchant, and what its tests ask it: a real hub, its HTTP API, and the client that is published. */
import { createPaymentsClient, type PaymentsClient } from '../../src/client/payments.ts';
import { heldClock, startTestHub, type TestHub, type TestHubOptions } from './hub.ts';

/** The hub, its clock, the merchant's key and client. */
export interface PaymentsHub extends TestHub {
  readonly clock: ReturnType<typeof heldClock>;
  readonly key: string;
  readonly client: PaymentsClient;
  /** Any call, with the key unless told. */
  call(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Heard>;
}

/** An answer, whole. */
export interface Heard {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: JSON of whatever shape the test is about
  readonly body: any;
}

export const HOUR: number = 3_600_000;

/** A sound attempt, as the API takes it. */
export const ATTEMPT = {
  card: { pan: '4111111111111111' },
  amount: { minor: 1_999, currency: 'EUR' },
  network: 'visa',
  initiator: 'cardholder',
} as const;

/** Starts one. */
export async function startPaymentsHub(options: TestHubOptions = {}): Promise<PaymentsHub> {
  const clock = heldClock(Date.UTC(2026, 10, 21, 12));
  // A clock that is held gives nobody a second burst.
  const limits = { paymentsBurst: Number.POSITIVE_INFINITY, ...options.limits };
  const started = await startTestHub({ clock: clock.now, ...options, limits });
  const { key } = await started.hub.operations.paymentsAddMerchant('acme', {});
  const client = createPaymentsClient({ url: started.url, key: key.key });
  return {
    ...started,
    clock,
    key: key.key,
    client,
    call: (method, path, body, headers = {}) =>
      call(started.url, method, path, body, { authorization: `Bearer ${key.key}`, ...headers }),
  };
}

/** Any call. A string body goes as it is. */
export async function call(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Heard> {
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { ...(text !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(text !== undefined && { body: text }),
  });
  const heard = await response.text();
  const json = response.headers.get('content-type')?.includes('json') ? JSON.parse(heard) : undefined;
  return { status: response.status, headers: response.headers, text: heard, body: json };
}

/** A random card number of a network's form, its check digit right. */
export function randomPan(length: number = 16, first: string = '4'): string {
  const digits = first.padEnd(length - 1, '0').replace(/0/g, () => String(Math.floor(Math.random() * 10)));
  const sum = [...digits].reduceRight((all, digit, i) => {
    const n = Number(digit) * ((digits.length - i) % 2 === 1 ? 2 : 1);
    return all + (n > 9 ? n - 9 : n);
  }, 0);
  return digits + String((10 - (sum % 10)) % 10);
}
