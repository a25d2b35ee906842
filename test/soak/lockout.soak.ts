/** Strangers' 10⁵ failures at the token endpoint each round; `npm test` has the same with fewer. */
import { strangerCases } from '../e2e/lockout-strangers.ts';
import { ROUNDS } from './rounds.ts';

strangerCases(100_000 * ROUNDS);
