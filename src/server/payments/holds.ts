/**
 * `GET /payments/holds`: an event for each hold of this merchant that ends, as it ends. What a client hears once more because it
 * came back (`Last-Event-ID`) it knows by the event's id. No card but its fingerprint.
 */
import type { Grant } from '../../core/model.ts';
import type { Pulse } from '../pulse.ts';
import type { Feed } from '../streams.ts';
import { type Ended, watchEnds } from './ends.ts';
import type { GatewayDeps } from './gateway.ts';
import { gateSettings, settingsOf } from './merchants.ts';

/** What the stream is made of. */
export interface HoldsOptions extends Pick<GatewayDeps, 'store' | 'registry'> {
  readonly grant: Grant;
  readonly pulse: Pulse;
  /** Is the key still good? */
  readonly good: () => Promise<boolean>;
  /** `Last-Event-ID`, as it came. */
  readonly after: string | undefined;
}

/** The time of an event, and the beginning of its attempt's id: what ended in one millisecond has an order as well. */
const EVENT_ID = /^(\d{13})-([0-9A-Z]{10})$/;
const NONE = '0'.repeat(10);

function idOf({ at, attempt }: Ended): string {
  return `${at}-${attempt.id.slice(3, 13)}`;
}

/**
 * The events: `ready` (from here on), `ended`, and `incomplete`: more happened since the client was here than is looked back on,
 * so a hold may have ended of which nothing is said.
 */
export function holdsFeed({ store, registry, grant, pulse, good, after }: HoldsOptions): Feed {
  const last = EVENT_ID.exec(after ?? '');
  let heard = last?.[0] ?? '';
  let look: ReturnType<typeof watchEnds> | undefined;
  const ready = async (): Promise<string> => {
    const { now } = await store.load({});
    look = watchEnds({
      store,
      grant: grant.id,
      settings: async () => gateSettings(await settingsOf(registry, grant, await store.load({}))),
      // A millisecond earlier: what ended in the same one may not have been heard.
      from: last?.[1] === undefined ? now : Number(last[1]) - 1,
    });
    return `retry: 1000\n\n${event(heard === '' ? `${now}-${NONE}` : heard, 'ready', {})}`;
  };
  const news = async (): Promise<string> => {
    if (!look) return '';
    const { now, ended, whole } = await look();
    const fresh = ended.filter((one) => idOf(one) > heard);
    const events = fresh.map((one) => event(idOf(one), 'ended', dataOf(one)));
    const newest = fresh.at(-1);
    if (newest) heard = idOf(newest);
    if (!whole) events.push(event(`${now}-${NONE}`, 'incomplete', {}));
    return events.join('');
  };
  return {
    good,
    begin(tell) {
      let waiting = false;
      const ask = (): void => {
        // One look finds everything, so a second one need not queue behind it.
        if (waiting) return;
        waiting = true;
        tell(async () => {
          waiting = false;
          const text = await news();
          return text !== '' && !(await good()) ? undefined : text;
        });
      };
      tell(ready);
      ask();
      return pulse.listen(ask);
    },
  };
}

function event(id: string, name: string, data: unknown): string {
  return `id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

function dataOf({ at, card, attempt }: Ended): Readonly<Record<string, unknown>> {
  const { id, amount, initiator, purchase } = attempt;
  return {
    attempt: id,
    card,
    amount,
    initiator,
    ...(purchase !== undefined && { purchase }),
    ended_at: new Date(at).toISOString(),
  };
}
