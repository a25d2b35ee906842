/** Lives of sessions on a flaky network, and what must hold of what the hub has kept of them. */
import { expect } from 'vitest';
import { type Random, random } from '../../fuzz/random.ts';
import type { Store } from '../../src/store/port.ts';
import {
  appKey,
  KINDS,
  type Kind,
  refresh,
  type Send,
  type Session,
  type World,
  type Writing,
} from './sessions-app.ts';
import { type Ground, HTU, type Ledger, openSoakHub, type SoakHub } from './sessions-hub.ts';
import { flakyLine, type Mishaps } from './sessions-net.ts';
import { type VirtualTime, virtualTime } from './sessions-time.ts';

/** 2027-01-15, and any other time would do. */
export const START = 1_800_000_000_000;
const HOUR_MS = 3_600_000;
/** Sessions begin, and refresh, so close to each other that the hub is busy with many at once. */
const APART_MS = 1;

/** Makes a session that is not signed in yet. */
export function newSession(id: number, kind: Kind, from: Random, writing: Writing = 'plain'): Session {
  // a third of the devices have a wrong clock, up to ten minutes either way
  const offsetMs = from.nat(3) === 0 ? from.nat(1_200_000) - 600_000 : 0;
  return {
    id,
    kind,
    key: kind === 'key' ? appKey() : undefined,
    takesLate: from.nat(2) === 0,
    writing,
    shared: { refresh: '', access: '', until: 0 },
    nonce: undefined,
    offsetMs,
    learnedMs: 0,
  };
}

/** What a population came to. */
export interface Outcome {
  readonly sessions: readonly Session[];
  readonly loggedOut: readonly Session[];
  readonly mishaps: Mishaps;
  /** Answers with tokens that left the hub. */
  readonly issued: number;
  readonly requests: number;
}

/** How they live. */
export interface Living {
  readonly ground: Ground;
  readonly sessions: number;
  /** Refreshes due by expiry, in each life. */
  readonly cycles: number;
  readonly restarts: number;
  readonly seed: number;
}

/** Lives through `cycles` hours or more, ends with one refresh over a sound line, and looks at what was kept. */
export async function liveThrough({ ground, sessions: count, cycles, restarts, seed }: Living): Promise<Outcome> {
  const time = virtualTime(START);
  const hub = await openSoakHub(ground, time);
  const from = random(seed);
  const mishaps: Mishaps = { lostRequests: 0, lostAnswers: 0, slow: 0, doubled: 0, offline: 0 };
  const sessions = Array.from({ length: count }, (_, i) => newSession(i, KINDS[i % KINDS.length] ?? 'bearer', from));
  const ledgers = new Map<Session, Ledger>();
  let requests = 0;
  const busyMs = Math.ceil(count * APART_MS);

  const live = async (session: Session): Promise<void> => {
    await time.sleep(from.nat(busyMs));
    const ledger = await hub.signIn(session);
    ledgers.set(session, ledger);
    const direct: Send = (form, headers) => {
      requests += 1;
      return hub.ask(ledger, form, headers);
    };
    const line = flakyLine(direct, time, from, mishaps);
    const world: World = { time, from, send: line.send, htu: HTU };
    for (let cycle = 0; cycle < cycles; cycle++) await oneCycle(session, world, line);
    await time.sleep(HOUR_MS);
    session.shared.until = 0;
    await refresh(session, { ...world, send: direct });
  };
  const all = Promise.all(sessions.map(live));
  void restartNowAndThen(hub, time, from, { restarts, cycles, busyMs });
  await Promise.all([time.run(), all]);
  for (const session of sessions) await expectWhole(hub.store(), session, ledgers.get(session));
  await hub.close();
  const issued = [...ledgers.values()].reduce((sum, ledger) => sum + ledger.issued, 0);
  return { sessions, loggedOut: sessions.filter((s) => s.loggedOut !== undefined), mishaps, issued, requests };
}

/** Until the token is nearly over, then all tabs at once, one of 25 devices offline for up to an hour first. */
async function oneCycle(session: Session, world: World, line: { offlineUntil: number }): Promise<void> {
  const { time, from } = world;
  await time.sleep(session.shared.until - 300_000 - time.now());
  if (from.nat(50) === 0) await time.sleep(HOUR_MS * (1 + from.nat(20)));
  if (from.nat(25) === 0) line.offlineUntil = time.now() + from.nat(HOUR_MS);
  // the device's clock is set, or runs away
  if (from.nat(10) === 0) session.offsetMs = from.nat(2) === 0 ? 0 : from.nat(1_200_000) - 600_000;
  const tabs = Array.from({ length: 1 + from.nat(4) }, async () => {
    await time.sleep(from.nat(1_500));
    await refresh(session, world);
  });
  await Promise.all(tabs);
}

/** Restarts spread over the cycles, each while one is busy: 5 minutes before its tokens end. */
async function restartNowAndThen(
  hub: SoakHub,
  time: VirtualTime,
  from: Random,
  { restarts, cycles, busyMs }: { restarts: number; cycles: number; busyMs: number },
): Promise<void> {
  for (let n = 0; n < restarts; n++) {
    const due = START + (1 + Math.floor((n * cycles) / restarts)) * (HOUR_MS - 300_000);
    await time.sleep(due + from.nat(busyMs) - time.now());
    await hub.restart();
  }
}

/** One family, one chain, one live end; a verdict for every answer, and an access token for every one with tokens. */
export async function expectWhole(store: Store, session: Session, ledger: Ledger | undefined): Promise<void> {
  if (!ledger) throw new Error(`session ${session.id} was never signed in`);
  const query = { grant: ledger.grant, limit: 1_000 };
  const [codes, verdicts] = await Promise.all([store.find('codes', query), store.find('verdicts', query)]);
  const rows = (purpose: string) => codes.filter((code) => code.purpose === purpose);
  const tokens = rows('refresh_token');
  const live = tokens.filter((code) => code.used === 0 && code.state === 'live');
  const used = tokens.filter((code) => code.used > 0);
  const what = `session ${session.id}, ${session.kind}`;
  expect(live.length, `live refresh tokens of ${what}`).toBeLessThanOrEqual(1);
  if (session.loggedOut === undefined) expect(live.length, `no live refresh token of ${what}`).toBe(1);
  expect(
    used.every((code) => code.used === 1),
    `uses of ${what}`,
  ).toBe(true);
  // every used one has a successor of its own, and nothing else is in the family
  expect(new Set(used.map((code) => code.next)).size, `successors of ${what}`).toBe(used.length);
  expect(tokens.length, `chain of ${what}`).toBe(used.length + 1);
  expect(rows('access_token').length, `access tokens of ${what}`).toBe(ledger.issued);
  expect(verdicts.filter((verdict) => verdict.ok).length, `verdicts of ${what}`).toBe(ledger.issued);
  const kept = new Set(verdicts.map((verdict) => verdict.id));
  expect(
    [...ledger.verdicts].filter((id) => !kept.has(id)),
    `verdicts lost of ${what}`,
  ).toEqual([]);
}
