/** The operations on keys, the audit trail and who signed in. */
import type { Registry } from '../store/registry.ts';
import { accountEvents } from './account-events.ts';
import { type AuditSource, createAuditCheck } from './audit-check.ts';
import type { AuditChecked, AuditOperations } from './audit-shapes.ts';
import { type KeyListInput, keyList } from './key-list.ts';
import { OperationError } from './operations.ts';

/** What they work on. */
export interface AuditOperationsDeps {
  readonly registry: Registry;
  /** The store's clock. */
  readonly now: () => Promise<number>;
  /** Only a running hub has them. */
  readonly running?: AuditSource & Pick<KeyListInput, 'keys' | 'controller'>;
}

/** Makes them. */
export function auditOperations({ registry, now, running }: AuditOperationsDeps): AuditOperations {
  let last: AuditChecked | null = null;
  const check = running && createAuditCheck(running, now);
  return {
    async keys() {
      if (!running) throw needsHub('counterfoil audit key prints the one that checks the trail');
      const { keys, key, controller, master } = running;
      return keyList({ keys, audit: key.publicPem, controller, master, now: await now() });
    },
    async checkAudit() {
      if (!check) throw needsHub('counterfoil audit verify needs none');
      last = await check();
      return last;
    },
    auditChecked: async () => last,
    accountEvents: () => accountEvents(registry),
  };
}

function needsHub(instead: string): OperationError {
  return new OperationError(`expected a running hub, but none runs on this data: ${instead}`);
}
