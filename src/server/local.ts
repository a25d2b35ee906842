/** Operations without a running hub: on a store opened in process, or, without a master key, on nothing at all. */
import { randomBytes } from 'node:crypto';
import type { OAuthDeps } from '../profiles/oauth/deps.ts';
import type { Store } from '../store/port.ts';
import type { Registry } from '../store/registry.ts';
import { DEFAULT_PORT, oauthConfig, readIssuer } from './config.ts';
import { deriveKeys } from './keys.ts';
import { createOperations } from './operate.ts';
import type { Operations } from './operations.ts';
import { createUsers } from './users.ts';

/** What they work on. */
export interface LocalOptions {
  readonly store: Store;
  readonly registry: Registry;
  readonly data: string;
  /** Undefined when there are no records: what would need them is skipped, not refused. */
  readonly master: Uint8Array | undefined;
  /** As the hub's own, when it is not on its usual port. */
  readonly issuer?: string;
}

/** Makes them. */
export function localOperations({ store, registry, data, master, issuer }: LocalOptions): Operations {
  const keys = deriveKeys(master ?? randomBytes(32));
  const oauth: OAuthDeps = {
    store,
    registry,
    keys,
    config: oauthConfig(issuer === undefined ? `http://localhost:${DEFAULT_PORT}` : readIssuer(issuer), DEFAULT_PORT),
    ...(master === undefined && { offline: true }),
  };
  const users = createUsers({ registry, clock: Date.now });
  return createOperations({
    oauth,
    users,
    receipts: keys.receipts,
    cards: keys.cards,
    data,
    log: (line) => process.stderr.write(`${line}\n`),
  });
}
