/** The composition root: puts the stores, the operations and this process's streams together, and runs one command. */
import { hasPassword } from '../server/database.ts';
import { VERSION } from '../server/version.ts';
import { openMemory } from '../store/memory/open.ts';
import { openSqlite } from '../store/sqlite/open.ts';
import { checkTrail } from '../store/trail.ts';
import { registerAudit } from './commands/audit.ts';
import { registerBackup, registerRestore } from './commands/backup.ts';
import { registerErase } from './commands/erase.ts';
import { registerStart } from './commands/start.ts';
import type { Environment } from './environment.ts';
import { EXIT } from './exit.ts';
import { opener } from './open.ts';
import { run } from './program.ts';

const { stdin, stdout, stderr, env } = process;

/** A reader that went away (`| head`) has what it wanted. */
for (const stream of [stdout, stderr]) {
  stream.on('error', (fault: NodeJS.ErrnoException) => process.exit(fault.code === 'EPIPE' ? EXIT.ok : EXIT.fault));
}

/** What a database's adapter needs is loaded when it is needed: whoever has a file never loads the driver of a server. */
const { openData, ...ways } = opener(
  {
    openSqlite,
    openPostgres: async (options) => (await import('../store/postgres/open.ts')).openPostgres(options),
    openMemory: () => openMemory(),
  },
  env,
);

// A password on the command line is there for everybody who lists processes; from here on it is not.
if (process.argv.some((argument) => hasPassword(argument.replace(/^--db=/, '')))) process.title = 'counterfoil';

const environment: Environment = {
  stdin,
  stdout,
  stderr,
  env,
  version: VERSION,
  ...ways,
};

process.exitCode = await run(process.argv.slice(2), environment, {
  first: [registerStart(openData, checkTrail)],
  last: [
    registerBackup(openData),
    registerRestore(openData),
    registerAudit(openData, checkTrail),
    registerErase(openData),
  ],
});
