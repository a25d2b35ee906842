/**
 * A process that takes payments: `node payments-child.ts TARGET SKEW OUT`, over a channel. TARGET is JSON; its own clock is SKEW
 * milliseconds off. Each message is an order, answered when it is done. What it heard goes to OUT, one line each, in one
 * write call, so that a kill leaves the whole line or none.
 */
import { openSync, writeSync } from 'node:fs';
import { random } from '../../fuzz/random.ts';
import type { GateDeps } from '../../src/profiles/payments/card.ts';
import { type Answer, reserve } from '../../src/profiles/payments/gate.ts';
import { type Outcome, record } from '../../src/profiles/payments/outcome.ts';
import { askFor, chargeOn, openGate, race, tellOf } from './payments-gate.ts';
import type { Heard, Live, Order, Probed } from './payments-processes.ts';
import type { Target } from './targets.ts';

/** Charges under way at the same time in one process. */
const TILLS = 8;
/** Attempts of a card after which it is left alone: fewer than a record keeps, so that the check sees all of them. */
const ATTEMPTS_MAX = 30;

const [target = '', skew = '0', out = ''] = process.argv.slice(2);
const lines = openSync(out, 'a');
/** This process's clock: driven by the orders, a little further with every attempt, and always off by as much. */
let own = 0;
const really = Date.now;
if ((JSON.parse(target) as Target).store === 'postgres') Date.now = () => really() + Number(skew);
const deps: GateDeps = await openGate(JSON.parse(target) as Target, () => (own === 0 ? really() : own) + Number(skew));
const usedUp = new Set<number>();

function write(heard: Heard): void {
  writeSync(lines, `${JSON.stringify(heard)}\n`);
}

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  // The signal is on its way, and nothing more of this process may run.
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

const DECLINES: readonly (readonly [code: string, advice?: string])[] = [
  ['51'],
  ['51'],
  ['51'],
  ['51', '24'],
  ['91'],
  ['91'],
  ['05'],
  ['61'],
  ['41'],
];

/** Answers how many decisions that were. */
async function live({ base, attempts, cards, seed, failpoint, nth = 1 }: Live): Promise<number> {
  const draw = random(seed);
  let decided = 0;
  let points = nth;
  own = base;
  if (usedUp.size >= cards.count) for (const card of usedUp) if (card < cards.from) usedUp.delete(card);
  const comesTo = (at: Live['failpoint']): void => {
    if (at === failpoint && --points === 0) die();
  };
  const till = async (): Promise<void> => {
    while (decided < attempts) {
      own += draw.nat(3);
      const card = cards.from + draw.nat(cards.count);
      if (usedUp.has(card)) continue;
      const attempt = chargeOn(card, draw.nat(16));
      decided += 1;
      const answer = (await reserve(deps, askFor(attempt, `till ${skew}`))) as Answer;
      if (!answer.admitted) {
        write({ heard: 'refused' });
        continue;
      }
      const { attempt: id, fence } = answer.reservation;
      write({ heard: 'admitted', id, card: attempt.card, at: answer.verdict.at });
      if (fence >= ATTEMPTS_MAX) usedUp.add(card);
      comesTo('reserved-before-sent');
      // The processor: whoever is sent to it twice has charged twice.
      write({ heard: 'sent', id });
      comesTo('sent-before-recorded');
      const fate = draw.nat(40);
      if (fate === 0) continue;
      const [code, advice] = draw.pick(DECLINES);
      const declined: Outcome = { outcome: 'declined', response: { code, ...(advice !== undefined && { advice }) } };
      const outcome: Outcome = fate === 1 ? { outcome: 'not-sent' } : fate < 5 ? { outcome: 'approved' } : declined;
      const { recorded } = await record(deps, tellOf(attempt, id, outcome));
      if (recorded !== 'now') throw new Error(`expected the answer to be recorded now, got ${recorded}`);
      write({ heard: 'recorded', id, outcome: outcome.outcome, ...(outcome === declined && { code }) });
    }
  };
  await Promise.all(Array.from({ length: TILLS }, till));
  return decided;
}

/** Asks once when the own clock shows exactly `at`. */
async function probe(card: number, kind: number, at: number | undefined): Promise<Probed> {
  if (at !== undefined) own = at - Number(skew);
  const attempt = chargeOn(card, kind);
  const answer = (await reserve(deps, askFor(attempt, `probe ${skew}`))) as Answer;
  const { admitted, verdict } = answer;
  if (answer.admitted) {
    write({ heard: 'admitted', id: answer.reservation.attempt, card: attempt.card, at: verdict.at });
    return { admitted, at: verdict.at };
  }
  write({ heard: 'refused' });
  return { admitted, at: verdict.at, nextAllowedAt: answer.nextAllowedAt };
}

process.on('message', async (order: Order) => {
  if (order.job === 'live') process.send?.(await live(order));
  else if (order.job === 'probe') process.send?.(await probe(order.card, order.kind, order.at));
  else if (order.job === 'race') process.send?.(await race(deps, chargeOn(order.card, 0), order.racers));
  else {
    await deps.store.close();
    process.disconnect();
  }
});
// Whoever started it is gone: so is its work.
process.once('disconnect', () => process.exit());
process.send?.('ready');
