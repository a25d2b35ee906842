/** `counterfoil home …`: accessories, by the hub's own pairings. One file per command. */
import type { Command } from 'commander';
import type { Environment } from '../../environment.ts';
import { registerAccessories } from './accessories.ts';
import { registerDiscover } from './discover.ts';
import { registerForget } from './forget.ts';
import { registerGet } from './get.ts';
import { registerGrant } from './grant.ts';
import { registerPair } from './pair.ts';
import { registerPairings } from './pairings.ts';
import { registerReset } from './reset.ts';
import { registerSet } from './set.ts';
import { registerTransfer } from './transfer.ts';
import { registerWatch } from './watch.ts';

/** Registers the commands. */
export function registerHome(program: Command, environment: Environment): void {
  const home = program.command('home').description('accessories: discover, pair, read, switch, and who controls them');
  for (const register of [
    registerDiscover,
    registerPair,
    registerAccessories,
    registerGet,
    registerSet,
    registerWatch,
    registerPairings,
    registerGrant,
    registerTransfer,
    registerReset,
    registerForget,
  ])
    register(home, environment);
}
