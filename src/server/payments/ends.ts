/**
 * Which holds of a merchant end, and when. Nothing is kept for it: attempts are found by their verdicts, and what closes a card
 * is worked out from the card's own record, so that a restart, another node or a late answer make no difference.
 */
import type { Verdict } from '../../core/verdict.ts';
import type { Attempt, PaymentsCase, Settings } from '../../profiles/payments/case.ts';
import { nextAllowedAt } from '../../profiles/payments/profile.ts';
import {
  type CardRecord,
  factsOf,
  historyOf,
  holdKey,
  type KeptAttempt,
  recordOf,
} from '../../profiles/payments/record.ts';
import type { Store } from '../../store/port.ts';

/** A hold that has ended. Times are milliseconds since the epoch. */
export interface Ended {
  readonly at: number;
  readonly card: string;
  /** The last attempt of the same. */
  readonly attempt: KeptAttempt;
}

/** What ended since the last look; not `whole` where there was more than can be looked at. */
export interface Look {
  readonly now: number;
  readonly ended: readonly Ended[];
  readonly whole: boolean;
}

/** What is watched with. */
export interface EndsOptions {
  readonly store: Store;
  readonly grant: string;
  readonly settings: () => Promise<Settings>;
  /** Everything up to this time is known already. */
  readonly from: number;
}

/** A verdict is kept later than its time says, by as long as its request took. */
const OVERLAP_MS = 10_000;
/** Holds by time are no longer than this. */
const WINDOW_MS = 31 * 86_400_000;
const PAGE = 500;
/** Attempts that one look takes up, and that are watched at once. */
const TAKEN_MAX = 5_000;
const WATCHED_MAX = 20_000;

interface Watched {
  readonly card: string;
  readonly attempt: Attempt;
  /** Closed until then; not there while it is under way, or was not looked at yet. */
  readonly until?: number;
}

/** Begins to watch; each look tells what ended since the one before. Looks are made one after another. */
export function watchEnds(options: EndsOptions): () => Promise<Look> {
  const { store } = options;
  const watched = new Map<string, Watched>();
  let told = options.from;
  let listedTo: number | undefined;
  let seen = new Set<string>();

  return async () => {
    const { now } = await store.load({});
    const since = Math.max(told, now - WINDOW_MS);
    const first = listedTo === undefined;
    const rows = await admitted(options, (first ? since - WINDOW_MS : (listedTo ?? now)) - OVERLAP_MS);
    for (const { id, snapshot } of rows.toReversed()) {
      if (!seen.has(id)) take(watched, (snapshot as PaymentsCase).attempt);
    }
    seen = new Set(rows.map(({ id }) => id));
    listedTo = now;
    const whole = rows.length < TAKEN_MAX && told >= since && watched.size <= WATCHED_MAX;
    for (const key of watched.keys()) {
      if (watched.size <= WATCHED_MAX) break;
      watched.delete(key);
    }
    const ended = await settle(options, watched, { since, now });
    told = now;
    return { now, ended, whole };
  };
}

function take(watched: Map<string, Watched>, attempt: Attempt): void {
  const { card, amount, initiator } = attempt;
  const key = JSON.stringify([card, amount.minor, amount.currency, initiator]);
  watched.delete(key);
  watched.set(key, { card, attempt });
}

/** Attempts that were let through since then, newest first. */
async function admitted({ store, grant }: EndsOptions, since: number): Promise<readonly Verdict[]> {
  const found: Verdict[] = [];
  while (found.length < TAKEN_MAX) {
    const last = found.at(-1);
    const query = { grant, ok: true, since: Math.max(0, since), limit: PAGE };
    const rows = await store.find('verdicts', { ...query, ...(last && { before: { at: last.at, id: last.id } }) });
    found.push(
      ...rows.filter(({ profile, action, erased }) => profile === 'payments' && action === 'attempt' && !erased),
    );
    if (rows.length < PAGE) break;
  }
  return found;
}

/** Looks at what is under way and at what should be open by now. */
async function settle(
  { store, settings }: EndsOptions,
  watched: Map<string, Watched>,
  { since, now }: { readonly since: number; readonly now: number },
): Promise<readonly Ended[]> {
  const due = [...watched].filter(([, { until }]) => until === undefined || until <= now);
  const set = due.length > 0 ? await settings() : undefined;
  const ended: Ended[] = [];
  for (let i = 0; set !== undefined && i < due.length; i += PAGE) {
    const some = due.slice(i, i + PAGE);
    const records = await recordsOf(
      store,
      some.map(([, { card }]) => card),
    );
    for (const [key, one] of some) {
      const record = records.get(one.card);
      const found = record && stateOf({ ...one, record, settings: set, since, now });
      if (found === 'under-way') continue;
      if (typeof found === 'number') watched.set(key, { ...one, until: found });
      else watched.delete(key);
      if (typeof found === 'object') ended.push(found);
    }
  }
  return ended.sort((a, b) => a.at - b.at || (a.attempt.id < b.attempt.id ? -1 : 1));
}

/** The record of each card, found where it is kept now. */
async function recordsOf(store: Store, cards: readonly string[]): Promise<ReadonlyMap<string, CardRecord>> {
  const found = await read(store, cards);
  const moved = [...found.values()].flatMap(({ movedTo }) => movedTo ?? []);
  const there =
    moved.length > 0
      ? await read(
          store,
          moved.map((key) => key.slice(holdKey('').length)),
        )
      : undefined;
  return new Map(
    cards.flatMap((card) => {
      const record = found.get(card);
      const at = record?.movedTo === undefined ? record : there?.get(record.movedTo.slice(holdKey('').length));
      return at === undefined ? [] : [[card, at] as const];
    }),
  );
}

/** Each card once: hundreds of those that are watched may be of one. */
async function read(store: Store, watched: readonly string[]): Promise<ReadonlyMap<string, CardRecord>> {
  const cards = [...new Set(watched)];
  const { holds } = await store.load({ holds: cards.map(holdKey) });
  return new Map(cards.map((card) => [card, recordOf(holds.get(holdKey(card)))]));
}

interface Standing extends Watched {
  readonly record: CardRecord;
  readonly settings: Settings;
  readonly since: number;
  readonly now: number;
}

/** Under way, closed until a time, ended since, or (undefined) nothing to wait for. */
function stateOf({
  attempt,
  card,
  record,
  settings,
  since,
  now,
  until,
}: Standing): Ended | number | 'under-way' | undefined {
  const last = record.attempts.findLast(
    ({ merchant, amount, initiator }) =>
      merchant === attempt.merchant &&
      amount.minor === attempt.amount.minor &&
      amount.currency === attempt.amount.currency &&
      initiator === attempt.initiator,
  );
  if (!last || last.outcome === 'approved' || last.outcome === 'not-sent') return undefined;
  if (last.outcome === 'pending' && now < last.leaseUntil) return 'under-way';
  const history = historyOf(record, attempt);
  const newFacts = factsOf(record, attempt.merchant);
  const opensAfter = (time: number): number | 'never' =>
    nextAllowedAt({ now: time, attempt, history, settings, ...(newFacts.length > 0 && { newFacts }) });
  const next = opensAfter(now);
  if (next === 'never') return undefined;
  if (next > now) return next;
  const over = last.respondedAt ?? last.leaseUntil;
  const at = until ?? opensAfter(Math.max(Math.min(since, now), over));
  return at !== 'never' && at > Math.max(since, over) && at <= now ? { at, card, attempt: last } : undefined;
}
