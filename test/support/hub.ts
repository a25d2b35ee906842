/** A real hub on a free loopback port, over a real store, with a clock that a test may hold. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { auditKey } from '../../src/server/audit.ts';
import { type Hub, type HubOptions, startHub } from '../../src/server/hub.ts';
import { deriveKeys } from '../../src/server/keys.ts';
import { openMemory } from '../../src/store/memory/open.ts';
import type { Store } from '../../src/store/port.ts';
import { openSqlite } from '../../src/store/sqlite/open.ts';
import { checkTrail } from '../../src/store/trail.ts';

/** How to start it. */
export interface TestHubOptions {
  /** Milliseconds since the epoch; the real clock unless given. Never let it go backwards. */
  readonly clock?: () => number;
  /** `sqlite` unless told. */
  readonly store?: 'sqlite' | 'memory';
  readonly onVerdict?: NonNullable<HubOptions['onVerdict']>;
  /** Limits other than those of every hub. Refusals are not held to one age unless a test asks for it. */
  readonly limits?: NonNullable<HubOptions['limits']>;
  readonly log?: NonNullable<HubOptions['log']>;
  readonly setupCodes?: NonNullable<HubOptions['setupCodes']>;
  /** Time zone of the house; the machine's unless given. */
  readonly zone?: string;
  /** Puts something between the hub and its store. */
  readonly between?: (store: Store) => Store;
  /** Told where each fault was, as a log would have it. */
  readonly onFault?: (where: string) => void;
}

/** A running hub, where it listens, and every fault it had. */
export interface TestHub {
  readonly hub: Hub;
  readonly url: string;
  readonly faults: readonly unknown[];
  /** Posts a form to `/token`. A string body is sent as it is. */
  token(body: string | Readonly<Record<string, string>>, headers?: Readonly<Record<string, string>>): Promise<Response>;
  close(): Promise<void>;
}

/** Starts one. */
export async function startTestHub(options: TestHubOptions = {}): Promise<TestHub> {
  const folder = mkdtempSync(join(tmpdir(), 'counterfoil-'));
  const clock = options.clock ?? Date.now;
  const opened =
    options.store === 'memory' ? openMemory({ clock }) : openSqlite({ path: join(folder, 'hub.db'), clock });
  const master = randomBytes(32);
  const faults: unknown[] = [];
  const hub = await startHub({
    ...opened,
    keys: deriveKeys(master),
    audit: { upkeep: opened.upkeep, key: auditKey(master), check: checkTrail, master: join(folder, 'hub.db.key') },
    data: 'test',
    port: 0,
    clock,
    onFault: (error, where) => {
      faults.push(error);
      options.onFault?.(where);
    },
    ...(options.onVerdict && { onVerdict: options.onVerdict }),
    // How fast this machine is at the moment decides no test: nobody is turned away because others are slow.
    limits: { holdMs: 0, waitMs: Number.POSITIVE_INFINITY, ...options.limits },
    ...(options.log && { log: options.log }),
    ...(options.setupCodes && { setupCodes: options.setupCodes }),
    ...(options.zone !== undefined && { zone: options.zone }),
    ...(options.between && { store: options.between(opened.store) }),
  });
  const url = `http://127.0.0.1:${hub.port}`;
  return {
    hub,
    url,
    faults,
    token: (body: string | Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}) =>
      fetch(`${url}/token`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
        body: typeof body === 'string' ? body : new URLSearchParams(body).toString(),
      }),
    async close() {
      await hub.close();
      await opened.store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A clock that stands still until it is moved. */
export function heldClock(start: number = Date.UTC(2026, 0, 1)): {
  readonly now: () => number;
  move(ms: number): void;
} {
  let at = start;
  return {
    now: () => at,
    move(ms) {
      at += ms;
    },
  };
}
