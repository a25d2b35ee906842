/** The store in memory: each method of the port is one uninterrupted piece of work. */
import type { Moment } from '../clock.ts';
import type { Store } from '../port.ts';
import { claim, settle } from './effects.ts';
import { find } from './find.ts';
import { load } from './load.ts';
import { refuse } from './refuse.ts';
import { revoke } from './revoke.ts';
import { sweep } from './sweep.ts';
import type { Tables } from './tables.ts';
import { mint, redeem } from './write.ts';

/** Builds the store over `tables`; `opened`, `moment` and `write` throw once it is closed. */
export function memoryStore(
  tables: Tables,
  opened: () => void,
  moment: () => Moment,
  write: <T>(work: (moment: Moment) => T) => Promise<T>,
  close: () => Promise<void>,
): Store {
  return {
    load: async (ask) => load(tables, ask, moment().now),
    mint: (minting) => write((now) => mint(tables, minting, now)),
    redeem: (redemption) => write((now) => redeem(tables, redemption, now)),
    refuse: (refusal) => write((now) => refuse(tables, refusal, now)),
    revoke: (revocation) => write((now) => revoke(tables, revocation, now)),
    async find(kind, query) {
      opened();
      return find(tables, kind, query);
    },
    claim: async (ask) => claim(tables, ask, moment()),
    settle: async (settlement) => settle(tables, settlement, moment()),
    sweep: ({ before }) => write((now) => sweep(tables, before, now)),
    close,
  };
}
