/** The races on PostgreSQL: four nodes on one server. */
import { it } from 'vitest';
import { embeddedPrograms } from './programs.ts';
import { raceCases } from './race.cases.ts';
import { postgresPlace } from './targets.ts';

const programs = await embeddedPrograms();
if ('missing' in programs) it.skip(`no PostgreSQL to race on: ${programs.missing}`);
else raceCases('PostgreSQL', () => postgresPlace(programs.bin));
