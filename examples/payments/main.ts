/**
 * A declined card, an attempt that is not let through, and the end of the hold.
 *
 *   ./node_modules/.bin/node examples/payments/main.ts
 */
import { randomBytes } from 'node:crypto';
import { createPaymentsClient } from '../../src/client/payments.ts';
import { deriveKeys, startHub } from '../../src/server/index.ts';
import { openMemory } from '../../src/store/index.ts';
import { charge } from './charge.ts';

// The clock of the store decides; this one can be moved on, so that nobody has to wait for twelve hours.
let ahead = 0;
const clock = (): number => Date.now() + ahead;
const opened = openMemory({ clock });
const hub = await startHub({ ...opened, keys: deriveKeys(randomBytes(32)), data: 'memory', port: 0, clock });
const { key } = await hub.operations.paymentsAddMerchant('acme', {});
const gate = createPaymentsClient({ url: `http://127.0.0.1:${hub.port}`, key: key.key });

const order = {
  card: { token: 'tok_customer_7', processor: 'example' },
  amount: { minor: 1_999, currency: 'EUR' },
  network: 'visa',
  initiator: 'cardholder',
  purchase: 'order-42',
} as const;
const noMoney = async () => ({ approved: false, code: '51' });
const paid = async () => ({ approved: true, code: '00' });

console.log('1', await charge(gate, order, noMoney));
console.log('2', await charge(gate, order, paid));

const listening = new AbortController();
const { promise: ready, resolve: onReady } = Promise.withResolvers<void>();
const first = gate.holds({ signal: listening.signal, onReady }).next();
await ready;
ahead = 12 * 3_600_000;
const { value } = await first;
console.log('hold ended', value?.endedAt);
listening.abort();

console.log('3', await charge(gate, order, paid));
await hub.close();
await opened.store.close();
