/** The gate's windows on SQLite: eight processes on one file. */
import { windowCases } from './payments-windows.cases.ts';
import { ROUNDS } from './rounds.ts';
import { sqlitePlace } from './targets.ts';

windowCases('SQLite', sqlitePlace, 50_000 * ROUNDS, 40 * ROUNDS);
