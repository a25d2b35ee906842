/**
 * One at a time on each accessory: a pairing that is added for one grant while it is removed for another would be gone, and
 * both would have been read back as they should be. Within a process by waiting; between nodes by a lease.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Registry } from '../../store/registry.ts';
import { changeRecord } from '../records.ts';

/** Longer than all that is asked of an accessory in one turn may take. */
const LEASE_MS = 60_000;
const ASK_AGAIN_MS = 100;

interface Lease {
  readonly holder: string;
  readonly until: number;
}

const turns = new WeakMap<Registry, Map<string, Promise<unknown>>>();

/** Runs `work` when nobody else is at this accessory. */
export function exclusively<T>(
  options: { readonly registry: Registry; readonly shared: boolean; readonly clock: () => number },
  accessory: string,
  work: () => Promise<T>,
): Promise<T> {
  const { registry, shared } = options;
  const own = turns.get(registry) ?? new Map<string, Promise<unknown>>();
  turns.set(registry, own);
  const run = (own.get(accessory) ?? Promise.resolve()).then(() =>
    shared ? leased(options, accessory, work) : work(),
  );
  own.set(
    accessory,
    run.catch(() => undefined),
  );
  return run;
}

async function leased<T>(
  { registry, clock }: { readonly registry: Registry; readonly clock: () => number },
  accessory: string,
  work: () => Promise<T>,
): Promise<T> {
  const id = `turn:${accessory}`;
  const holder = randomUUID();
  for (;;) {
    const lease = await changeRecord<Lease>(registry, 'lease', id, (now) =>
      now && now.until > clock() ? now : { holder, until: clock() + LEASE_MS },
    );
    if (lease.holder === holder) break;
    await sleep(ASK_AGAIN_MS);
  }
  try {
    return await work();
  } finally {
    await changeRecord<Lease>(registry, 'lease', id, (now) =>
      now?.holder === holder ? { holder, until: 0 } : (now ?? { holder, until: 0 }),
    );
  }
}
