/**
 * Where the rules end, as figures: what a hub says to an app that lost an answer and comes back after the grace, what
 * that means for a day on a phone, and for pages that refresh whenever they are loaded. Nothing here is a promise.
 */
import { random } from '../../fuzz/random.ts';
import {
  type Heard,
  headersOf,
  type Kind,
  named,
  refresh,
  type Send,
  type Session,
  type Writing,
} from './sessions-app.ts';
import { HTU, type Ledger, memoryGround, openSoakHub, type SoakHub } from './sessions-hub.ts';
import { newSession, START } from './sessions-life.ts';
import { type VirtualTime, virtualTime } from './sessions-time.ts';

const HOUR_MS = 3_600_000;
const NEVER: Promise<never> = new Promise(() => undefined);

/** The kinds, each once. */
export const EACH_KIND: readonly Kind[] = ['bearer', 'key', 'basic', 'post'];

interface Place {
  readonly hub: SoakHub;
  readonly time: VirtualTime;
}

async function withHub<T>(work: (place: Place) => Promise<T>): Promise<T> {
  const time = virtualTime(START);
  const hub = await openSoakHub(memoryGround(), time);
  const [result] = await Promise.all([work({ hub, time }), time.run()]);
  await hub.close();
  return result;
}

/** One refresh with the token given, and one more where only the nonce was old. */
async function ask({ hub, time }: Place, session: Session, ledger: Ledger, token: string): Promise<Heard> {
  const form = { grant_type: 'refresh_token', refresh_token: token, ...named(session) };
  const again = async (): Promise<Heard> => hub.ask(ledger, form, headersOf(session, HTU, time));
  const first = await again();
  if (typeof first !== 'object' || first.body['error'] !== 'use_dpop_nonce') return first;
  session.nonce = first.nonce;
  return again();
}

/** Why the hub refused last; `tokens` when it did not. */
async function said({ hub }: Place, ledger: Ledger, heard: Heard): Promise<string> {
  if (typeof heard === 'object' && heard.status === 200) return 'tokens';
  const [newest] = await hub.store().find('verdicts', { grant: ledger.grant, limit: 1 });
  return newest?.cause ?? 'nothing';
}

/** What an app of this kind hears that lost one answer and asks again so much later. */
export function lateReturn(kind: Kind, afterMs: number): Promise<string> {
  return withHub(async (place) => {
    const session = { ...newSession(0, kind, random(1)), offsetMs: 0 };
    const ledger = await place.hub.signIn(session);
    await place.time.sleep(HOUR_MS);
    const token = session.shared.refresh;
    await ask(place, session, ledger, token);
    await place.time.sleep(afterMs);
    return said(place, ledger, await ask(place, session, ledger, token));
  });
}

/** How many of a population were signed out, by kind, and what the token was that gave the reason. */
export interface Losses {
  readonly sessions: number;
  readonly loggedOut: Readonly<Record<Kind, number>>;
  /** Of those: what took the place of the token had never been used by anybody. */
  readonly successorUnused: number;
  /** Of those: it had, but the token itself had been used within the last 10 s: requests crossed. */
  readonly crossed: number;
}

/** Reads the reasons from what the store has kept. */
async function lossesOf({ hub }: Place, all: readonly (readonly [Session, Ledger])[]): Promise<Losses> {
  const loggedOut = { bearer: 0, key: 0, basic: 0, post: 0 };
  let successorUnused = 0;
  let crossed = 0;
  for (const [session, { grant }] of all) {
    if (session.loggedOut === undefined) continue;
    loggedOut[session.kind] += 1;
    const [revoking] = (await hub.store().find('verdicts', { grant, cause: 'refresh-reused' })).reverse();
    const { codes } = await hub.store().load({ codes: [revoking?.code ?? ''] });
    const token = codes.get(revoking?.code ?? '');
    if (codes.get(token?.next ?? '')?.used === 0) successorUnused += 1;
    else if (revoking && revoking.at - (token?.usedAt ?? 0) <= 10_000) crossed += 1;
  }
  return { sessions: all.length, loggedOut, successorUnused, crossed };
}

/**
 * A day on a phone: 24 refreshes, and each time one chance in a hundred that the app is put to sleep with the answer
 * under way and wakes 10 minutes to 8 hours later, and one in a hundred that the line is dead for 15 to 60 s with it.
 */
export function dayOnPhones(count: number): Promise<Losses> {
  return withHub(async (place) => {
    const from = random(24);
    const { hub, time } = place;
    const live = async (session: Session): Promise<readonly [Session, Ledger]> => {
      await time.sleep(from.nat(60_000));
      const ledger = await hub.signIn(session);
      let deafUntil = 0;
      const send: Send = async (form, headers) => {
        await time.sleep(50);
        if (time.now() < deafUntil) return 'unsent';
        const chance = from.nat(200);
        const heard = await hub.ask(ledger, form, headers);
        if (chance > 3 || typeof heard !== 'object' || heard.status !== 200) return heard;
        const asleepMs = chance < 2 ? 600_000 + from.nat(8 * HOUR_MS - 600_000) : 15_000 + from.nat(45_000);
        deafUntil = time.now() + asleepMs;
        return NEVER;
      };
      for (let n = 0; n < 24 && session.loggedOut === undefined; n++) {
        await time.sleep(session.shared.until - 300_000 - time.now());
        await refresh(session, { time, from, send, htu: HTU });
      }
      return [session, ledger];
    };
    return lossesOf(place, await Promise.all(population(count, from, 'plain').map(live)));
  });
}

/** Pages that refresh when they are loaded, within 5 s after another tab has, whose own requests are still under way. */
export function eagerPages(count: number, writing: Writing): Promise<Losses> {
  return withHub(async (place) => {
    const from = random(7);
    const { hub, time } = place;
    const live = async (session: Session): Promise<readonly [Session, Ledger]> => {
      await time.sleep(from.nat(60_000));
      const ledger = await hub.signIn(session);
      const send: Send = async (form, headers) => {
        const slow = from.nat(10) === 0;
        await time.sleep(slow ? 500 + from.nat(2_500) : 10 + from.nat(240));
        const heard = await hub.ask(ledger, form, headers);
        await time.sleep(slow ? 500 + from.nat(2_500) : 10 + from.nat(240));
        return heard;
      };
      const world = { time, from, send, htu: HTU };
      const page = async (afterMs: number, eager: boolean): Promise<void> => {
        await time.sleep(afterMs);
        await refresh(session, world, eager);
      };
      for (let n = 0; n < 8 && session.loggedOut === undefined; n++) {
        await time.sleep(session.shared.until - 300_000 - time.now());
        await Promise.all([page(0, false), page(from.nat(500), false), page(from.nat(5_000), true)]);
      }
      return [session, ledger];
    };
    return lossesOf(place, await Promise.all(population(count, from, writing).map(live)));
  });
}

function population(count: number, from: ReturnType<typeof random>, writing: Writing): Session[] {
  return Array.from({ length: count }, (_, i) => ({
    ...newSession(i, EACH_KIND[i % EACH_KIND.length] ?? 'bearer', from, writing),
    offsetMs: 0,
    takesLate: true,
  }));
}
