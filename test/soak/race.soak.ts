/** The races on SQLite: one file, four processes. */
import { raceCases } from './race.cases.ts';
import { sqlitePlace } from './targets.ts';

raceCases('SQLite', sqlitePlace);
