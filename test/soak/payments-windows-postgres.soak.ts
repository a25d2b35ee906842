/** The gate's windows on PostgreSQL: eight nodes on one server, whose clock decides. */
import { it } from 'vitest';
import { windowCases } from './payments-windows.cases.ts';
import { embeddedPrograms } from './programs.ts';
import { ROUNDS } from './rounds.ts';
import { postgresPlace } from './targets.ts';

const programs = await embeddedPrograms();
if ('missing' in programs) it.skip(`no PostgreSQL to take payments on: ${programs.missing}`);
else windowCases('PostgreSQL', () => postgresPlace(programs.bin), 12_000 * ROUNDS, 40 * ROUNDS);
