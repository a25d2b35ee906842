/**
 * A backup: gzip of JSON lines. The first line says what it is, then come chunks of rows, and the last line counts them
 * and carries an HMAC over everything before it, by a key derived from the master key: a backup that was cut or changed,
 * or is another hub's, is not restored unnoticed. It is the same for every store, so it also moves a hub from one kind
 * of database to another. It holds no code, token, password or key, but people's names and addresses: keep it private.
 */
import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import type { Chunk, Dump, Meta } from '../store/upkeep.ts';
import { derived } from './keys.ts';
import { OperationError } from './operations.ts';

const FORMAT = { counterfoil: 'backup', version: 1 } as const;

/** Characters of the longest line that is read: 500 rows, each of some 100,000 at most. */
const LINE_MAX = 64_000_000;

/** The fastest level: rows are repetitive, and a busy hub should not wait for the last per cent. */
const GZIP_LEVEL = 1;

/** Rows of each table. */
export type RowCounts = Readonly<Record<string, number>>;

/** What was written. */
export interface BackupDone {
  readonly rows: RowCounts;
  readonly generation: number;
}

/** Told of the rows so far. */
export type Progress = (rows: number) => void;

/** The key of backups, from the 32 bytes of the master key. */
export function backupKey(master: Uint8Array): KeyObject {
  return createSecretKey(derived(master, 'backup', 32));
}

/**
 * Writes a dump to `path`, mode 0600, durable when the promise resolves. A file of that name is left as it is; what is
 * unfinished is called `….part`, and goes when writing fails.
 *
 * @throws OperationError when the file is there already
 */
export async function writeBackup(
  dump: Dump,
  path: string,
  key: KeyObject,
  { onProgress, signal }: { readonly onProgress?: Progress; readonly signal?: AbortSignal } = {},
): Promise<BackupDone> {
  const part = `${path}.part`;
  await claim(part);
  try {
    const rows: Record<string, number> = {};
    const lines = Readable.from(linesOf(dump, key, rows, onProgress), { objectMode: false });
    const sink = createWriteStream(part, { flush: true });
    await pipeline(lines, createGzip({ level: GZIP_LEVEL }), sink, { ...(signal && { signal }) });
    await nameOnce(part, path);
    return { rows, generation: dump.meta.generation };
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/** Makes an empty file of this name. @throws OperationError when there is one */
async function claim(path: string): Promise<void> {
  try {
    await (await open(path, 'wx', 0o600)).close();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new OperationError(`${path} is there already: name another file, or move that one away`);
  }
}

/** Gives the finished file its name, and makes the name durable. */
async function nameOnce(part: string, path: string): Promise<void> {
  await claim(path);
  await rename(part, path);
  const folder = await open(dirname(path), 'r');
  await folder.sync().finally(() => folder.close());
}

async function* linesOf(
  { meta, chunks }: Dump,
  key: KeyObject,
  counts: Record<string, number>,
  onProgress?: Progress,
): AsyncGenerator<string> {
  const mac = createHmac('sha256', key);
  const line = (value: unknown): string => {
    const text = `${JSON.stringify(value)}\n`;
    mac.update(text);
    return text;
  };
  const count = counter(counts, onProgress);
  yield line({ ...FORMAT, ...meta });
  for await (const chunk of chunks) {
    yield line({ table: chunk.table, rows: chunk.rows });
    count(chunk);
  }
  yield line({ end: counts });
  yield `${JSON.stringify({ mac: mac.digest('base64url') })}\n`;
}

/** Counts the rows of each table into `counts`, and tells of all so far. */
function counter(counts: Record<string, number>, onProgress?: Progress): (chunk: Chunk) => void {
  let total = 0;
  return ({ table, rows }) => {
    counts[table] = (counts[table] ?? 0) + rows.length;
    total += rows.length;
    onProgress?.(total);
  };
}

/**
 * Opens a backup as a dump. What is wrong with it is thrown while it is read, at the latest at its end: a store that is
 * filled with it is then left as it was. With `trusted`, an HMAC of another key is accepted.
 *
 * @throws OperationError when it is no backup, newer than this program, cut, changed, or made under another master key
 */
export async function readBackup(
  path: string,
  key: KeyObject,
  { trusted = false, onProgress }: { readonly trusted?: boolean; readonly onProgress?: Progress } = {},
): Promise<Dump> {
  const lines = readLines(path);
  const first = await lines.next();
  const mac = createHmac('sha256', key);
  const meta = metaOf(path, first.done ? undefined : first.value);
  mac.update(`${first.value}\n`);
  async function* chunks(): AsyncGenerator<Chunk> {
    const counts: Record<string, number> = {};
    const count = counter(counts, onProgress);
    let ended = false;
    for await (const text of lines) {
      const value = parsed(path, text);
      if (typeof value['mac'] === 'string' && ended) {
        if (!trusted && !equal(mac.digest(), value['mac'])) throw new OperationError(untrusted(path));
        return;
      }
      mac.update(`${text}\n`);
      if (value['end'] !== undefined) {
        if (JSON.stringify(value['end']) !== JSON.stringify(counts)) break;
        ended = true;
        continue;
      }
      const chunk = chunkOf(path, value);
      count(chunk);
      yield chunk;
    }
    throw new OperationError(`${path} should end with the number of its rows, but it was cut: take another backup`);
  }
  return { meta, chunks: chunks() };
}

function untrusted(path: string): string {
  return (
    `${path} was changed, or made under another master key: restore it with the key file it belongs to, ` +
    'or with --trust if you know where it has been'
  );
}

function equal(mac: Buffer, claimed: string): boolean {
  const other = Buffer.from(claimed, 'base64url');
  return other.length === mac.length && timingSafeEqual(mac, other);
}

/** The lines of a gzipped file, each bounded. */
async function* readLines(path: string): AsyncGenerator<string> {
  const gunzip: Transform = createGunzip();
  const source = createReadStream(path);
  source.on('error', (error) => gunzip.destroy(error));
  let held = '';
  const decoder = new TextDecoder();
  try {
    for await (const bytes of source.pipe(gunzip)) {
      let piece = decoder.decode(bytes as Buffer, { stream: true });
      for (let end = piece.indexOf('\n'); end >= 0; end = piece.indexOf('\n')) {
        yield held + piece.slice(0, end);
        held = '';
        piece = piece.slice(end + 1);
      }
      held += piece;
      if (held.length > LINE_MAX) throw new OperationError(`${path} has a line that is too long to be a backup's`);
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code?.startsWith('Z_')) throw new OperationError(`${path} is no whole gzip file: it was cut, or is no backup`);
    throw error;
  } finally {
    source.destroy();
  }
}

function parsed(path: string, text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>;
  } catch {
    // said below
  }
  throw new OperationError(`${path} should be lines of JSON, got ${JSON.stringify(text.slice(0, 40))}`);
}

function metaOf(path: string, text: string | undefined): Meta {
  const { counterfoil, version, generation, clock } = parsed(path, text ?? '');
  if (counterfoil !== FORMAT.counterfoil) throw new OperationError(`${path} is no backup of Counterfoil`);
  if (version !== FORMAT.version)
    throw new OperationError(`${path} is a backup of version ${String(version)}, expected 1: upgrade Counterfoil`);
  if (!Number.isSafeInteger(generation) || !Number.isSafeInteger(clock))
    throw new OperationError(`${path} should begin with a generation and a time`);
  return { generation: generation as number, clock: clock as number };
}

/** The shape only; what a row means is for the store, whose columns are strict. */
function chunkOf(path: string, { table, rows }: Readonly<Record<string, unknown>>): Chunk {
  if (typeof table !== 'string' || !Array.isArray(rows) || !rows.every(isRow))
    throw new OperationError(`${path} should hold rows of tables, got something else`);
  return { table, rows } as unknown as Chunk;
}

function isRow(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((cell) => cell === null || typeof cell === 'string' || typeof cell === 'number')
  );
}
