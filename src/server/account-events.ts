/**
 * Who signed in, and what they did at the hub's pages, or to merchants and card keys: a thousand, for whoever runs the hub. Of
 * more, those of whoever has most go first, so that signing in over and over pushes out nobody else's. One record, beside the
 * signed audit trail and not part of it: that one is of decisions about codes. Erasing a person takes theirs away.
 */
import type { Registry } from '../store/registry.ts';
import { changeRecord } from './records.ts';

/** What happened. `link`: a sign-in link of the command line; `set-up`: the first user was made. */
export type AccountAct =
  | 'password'
  | 'passkey'
  | 'link'
  | 'set-up'
  | 'password-changed'
  | 'passkey-added'
  | 'passkey-removed'
  | 'signed-out-everywhere'
  | 'app-registered'
  | 'app-changed'
  | 'app-removed'
  | 'fix-applied'
  | 'grant-revoked'
  | 'code-renewed'
  | 'accessory-paired'
  | 'accessory-forgotten'
  | 'pairing-removed'
  | 'refusal-shared'
  | 'share-ended'
  | 'merchant-changed'
  | 'merchant-key-made'
  | 'card-key-made'
  | 'card-keys-dropped';

/** One of them; `at` in milliseconds since the epoch. */
export interface AccountEvent {
  readonly at: number;
  readonly user: string;
  readonly act: AccountAct;
  /** What it was done to, by its id; what somebody did about themselves has none. */
  readonly about?: string;
}

const ID = 'account-events';
const KEPT = 1_000;

/** Writes it down. */
export async function noteAccountEvent(registry: Registry, event: AccountEvent): Promise<void> {
  await changeRecord<readonly AccountEvent[]>(registry, 'setting', ID, (now = []) => bounded([event, ...now]));
}

/** Without the oldest one of whoever has most, where there are too many. */
function bounded(events: readonly AccountEvent[]): readonly AccountEvent[] {
  if (events.length <= KEPT) return events;
  const [busiest] = [...Map.groupBy(events, ({ user }) => user).values()].sort((a, b) => b.length - a.length);
  const oldest = busiest?.at(-1);
  return events.filter((event) => event !== oldest);
}

/** All that are kept, newest first. */
export async function accountEvents(registry: Registry): Promise<readonly AccountEvent[]> {
  return (await registry.get<readonly AccountEvent[]>('setting', ID))?.body ?? [];
}

/** Forgets those of one person. */
export async function forgetAccountEvents(registry: Registry, user: string): Promise<void> {
  await changeRecord<readonly AccountEvent[] | undefined>(registry, 'setting', ID, (now) =>
    now?.some((event) => event.user === user) ? now.filter((event) => event.user !== user) : now,
  );
}
