/** kill -9 on SQLite. */
import { killCases } from './kill.cases.ts';
import { sqlitePlace } from './targets.ts';

killCases('SQLite', sqlitePlace, ['begun', 'applied', 'committed', 'durable', 'answered'], ['begun', 'applied']);
