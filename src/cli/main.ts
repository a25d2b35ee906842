/** The composition root: puts the stores, the operations and this process's streams together, and runs one command. */
import { VERSION } from '../server/version.ts';
import { openMemory } from '../store/memory/open.ts';
import { openSqlite } from '../store/sqlite/open.ts';
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

const environment: Environment = {
  stdin,
  stdout,
  stderr,
  env,
  version: VERSION,
  ...opener({ openSqlite, openMemory: () => openMemory() }),
};

process.exitCode = await run(process.argv.slice(2), environment, [registerStart((path) => openSqlite({ path }))]);
