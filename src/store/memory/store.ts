/** The store in memory: each method of the port is one uninterrupted piece of work. */
import type { Moment } from '../clock.ts';
import type { Store } from '../port.ts';
import { claim, settle } from './effects.ts';
import { find, load } from './read.ts';
import { refuse } from './refuse.ts';
import { revoke } from './revoke.ts';
import { sweep } from './sweep.ts';
import type { Tables } from './tables.ts';
import { mint, redeem } from './write.ts';

/** Builds the store over `tables`; `opened` and `moment` throw once it is closed. */
export function memoryStore(
  tables: Tables,
  opened: () => void,
  moment: () => Moment,
  close: () => Promise<void>,
): Store {
  return {
    load: async (ask) => load(tables, ask, moment().now),
    mint: async (minting) => mint(tables, minting, moment()),
    redeem: async (redemption) => redeem(tables, redemption, moment()),
    refuse: async (refusal) => refuse(tables, refusal, moment()),
    revoke: async (revocation) => revoke(tables, revocation, moment()),
    async find(kind, query) {
      opened();
      return find(tables, kind, query);
    },
    claim: async (ask) => claim(tables, ask, moment()),
    settle: async (settlement) => settle(tables, settlement, moment()),
    sweep: async ({ before }) => sweep(tables, before, moment()),
    close,
  };
}
