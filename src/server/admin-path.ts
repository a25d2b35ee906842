/** Where a database's admin socket lies: beside the file, or in a private folder when that path is too long. */
import { createHash } from 'node:crypto';
import { lstat, mkdir, realpath } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { OperationError } from './operations.ts';

/** Socket addresses hold 104 bytes on macOS, 108 on Linux; a little is left for the name it is first bound under. */
const PATH_BYTES_MAX = 92;

/**
 * The same answer for the same file however it is named (links in its folder are followed), so that hub and command
 * line meet.
 *
 * @throws OperationError when the private folder belongs to somebody else or is open to others
 */
export async function adminPath(dbFile: string, platform: NodeJS.Platform = process.platform): Promise<string> {
  const folder = await realpath(dirname(resolve(dbFile))).catch(() => dirname(resolve(dbFile)));
  const file = join(folder, basename(dbFile));
  const hash = createHash('sha256').update(file).digest('hex').slice(0, 24);
  if (platform === 'win32') return `\\\\.\\pipe\\counterfoil-${hash}`;
  const beside = `${file}.sock`;
  return Buffer.byteLength(beside) <= PATH_BYTES_MAX ? beside : join(await privateFolder(), `${hash}.sock`);
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
