/** The store on SQLite: each method of the port is one intent in the queue, or one read. */
import type { DatabaseSync } from 'node:sqlite';
import type { Chain } from '../audit.ts';
import type { Store } from '../port.ts';
import { claimer, settler } from './effects.ts';
import { finder } from './find.ts';
import { loader } from './load.ts';
import type { Queue } from './queue.ts';
import { refuser } from './refuse.ts';
import { grantRevoker, revoker } from './revoke.ts';
import { type Place, START, sweeper } from './sweep.ts';
import type { Inserts } from './tables.ts';
import { minter, redeemer } from './write.ts';

/** Builds the store of an open file; `close` lets go of it. */
export function sqliteStore(
  db: DatabaseSync,
  queue: Queue,
  tick: (floor: number) => number,
  chain: Chain,
  insert: Inserts,
  close: () => Promise<void>,
): Store {
  const mint = minter(db, insert);
  const redeem = redeemer(db, insert);
  const revokeGrant = grantRevoker(db);
  const refuse = refuser(db, insert, revokeGrant);
  const revoke = revoker(db, insert, revokeGrant);
  const claim = claimer(db);
  const settle = settler(db);
  const sweep = sweeper(db, chain);
  const load = loader(db, tick);
  const find = finder(db);
  return {
    load,
    mint: (minting) => queue.submit((moment) => mint(minting, moment)),
    redeem: (redemption) => queue.submit((moment) => redeem(redemption, moment)),
    refuse: (refusal) => queue.submit((moment) => refuse(refusal, moment)),
    revoke: (revocation) => queue.submit((moment) => revoke(revocation, moment)),
    find,
    claim: (ask) => queue.submit((moment) => claim(ask, moment)),
    settle: (settlement) => queue.submit((moment) => settle(settlement, moment)),
    async sweep({ before }) {
      let forgotten = 0;
      for (let at: Place | undefined = START; at; ) {
        const from: Place = at;
        const step = await queue.submit((moment) => sweep(from, before, moment));
        forgotten += step.forgotten;
        at = step.next;
      }
      return forgotten;
    },
    close,
  };
}
