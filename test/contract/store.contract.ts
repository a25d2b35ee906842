/**
 * The contract: what every store must do, sentence by sentence of `src/store/port.ts`. An adapter's test calls
 * `storeContract` and nothing else; there are no optional parts. One more promise is one more test in the file of its
 * intent, in `cases/`.
 */
import { describe } from 'vitest';
import type { Open } from './cases/case.ts';
import { closeCases } from './cases/close.ts';
import { effectCases } from './cases/effects.ts';
import { findCases } from './cases/find.ts';
import { keptCases } from './cases/kept.ts';
import { loadCases } from './cases/load.ts';
import { mintCases } from './cases/mint.ts';
import { redeemCases } from './cases/redeem.ts';
import { refuseCases } from './cases/refuse.ts';
import { registryCases } from './cases/registry.ts';
import { revokeCases } from './cases/revoke.ts';
import { sweepCases } from './cases/sweep.ts';
import { tallyCases } from './cases/tallies.ts';
import { upkeepCases } from './cases/upkeep.ts';

/** Runs the whole contract against the store that `open` opens. */
export function storeContract(name: string, open: Open): void {
  describe(`store contract: ${name}`, () => {
    keptCases(open);
    loadCases(open);
    mintCases(open);
    redeemCases(open);
    refuseCases(open);
    revokeCases(open);
    findCases(open);
    tallyCases(open);
    effectCases(open);
    sweepCases(open);
    registryCases(open);
    upkeepCases(open);
    closeCases(open);
  });
}
