/**
 * Where a database's admin socket lies: beside the file, or in a private folder when that path is too long or there is no
 * file. Of several nodes on one machine the first has the socket; each can do all that the others can.
 */
import { createHash } from 'node:crypto';
import { lstat, mkdir, realpath } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { databaseName, isPostgres } from './database.ts';
import { OperationError } from './operations.ts';

/** Socket addresses hold 104 bytes on macOS, 108 on Linux; a little is left for the name it is first bound under. */
const PATH_BYTES_MAX = 92;

/**
 * The same answer for the same database however it is named (links in a file's folder are followed, a URL's password does
 * not count), so that hub and command line meet.
 *
 * @param db a file, or the URL of a PostgreSQL database
 * @throws OperationError when the private folder belongs to somebody else or is open to others
 */
export async function adminPath(db: string, platform: NodeJS.Platform = process.platform): Promise<string> {
  const name = isPostgres(db) ? databaseName(db) : await fileName(db);
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 24);
  if (platform === 'win32') return `\\\\.\\pipe\\counterfoil-${hash}`;
  const beside = `${name}.sock`;
  return !isPostgres(db) && Buffer.byteLength(beside) <= PATH_BYTES_MAX
    ? beside
    : join(await privateFolder(), `${hash}.sock`);
}

async function fileName(db: string): Promise<string> {
  const folder = await realpath(dirname(resolve(db))).catch(() => dirname(resolve(db)));
  return join(folder, basename(db));
}

async function privateFolder(): Promise<string> {
  const { uid } = userInfo();
  const folder = join(tmpdir(), `counterfoil-${uid}`);
  await mkdir(folder, { mode: 0o700 }).catch((fault: NodeJS.ErrnoException) => {
    if (fault.code !== 'EEXIST') throw fault;
  });
  const found = await lstat(folder);
  if (!found.isDirectory() || found.uid !== uid || (found.mode & 0o077) !== 0) {
    throw new OperationError(
      `${folder} should be a folder of yours that nobody else may enter: remove it, or set TMPDIR`,
    );
  }
  return folder;
}
