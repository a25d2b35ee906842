/** Watches a store: tells of every verdict that was kept and of every effect that may now be due. Changes nothing. */
import type { Verdict } from '../core/verdict.ts';
import type { Store } from '../store/port.ts';

/** What is told. */
export interface Observer {
  /** A verdict has been committed; a coalesced refusal comes with the id of the row that keeps it. */
  onVerdict(verdict: Verdict): void;
  /** Something may be owed to an accessory. */
  onEffects(): void;
}

/** The same store, watched. */
export function observed(store: Store, observer: Observer): Store {
  return {
    load: (ask) => store.load(ask),
    find: (kind, query) => store.find(kind, query),
    claim: (ask) => store.claim(ask),
    settle: (settlement) => store.settle(settlement),
    sweep: (ask) => store.sweep(ask),
    close: () => store.close(),
    async mint(minting) {
      const won = await store.mint(minting);
      if (won === 'done' && minting.verdict) observer.onVerdict(minting.verdict);
      return won;
    },
    async redeem(redemption) {
      const won = await store.redeem(redemption);
      if (won !== 'done') return won;
      if (redemption.effects?.length) observer.onEffects();
      if (redemption.verdict) observer.onVerdict(redemption.verdict);
      return won;
    },
    async refuse(refusal) {
      const refused = await store.refuse(refusal);
      if (refused.consequence.undoing) observer.onEffects();
      observer.onVerdict({ ...refusal.verdict, id: refused.verdict, consequence: refused.consequence });
      return refused;
    },
    async revoke(revocation) {
      const revoked = await store.revoke(revocation);
      if (revoked.undoing) observer.onEffects();
      if (revocation.verdict) observer.onVerdict(revocation.verdict);
      return revoked;
    },
  };
}
