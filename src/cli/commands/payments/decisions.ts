/**
 * The file of `payments simulate --out`: a row for each attempt, CSV or JSON lines. It has its name only when it is whole;
 * until then it is called `….part`. What is no file (a terminal, a pipe) is written to as it is.
 */
import { statSync } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import type { Decided, LoggedAttempt } from '../../../profiles/payments/simulate.ts';
import { UsageError } from '../../exit.ts';

/** The file while it is written. */
export interface Decisions {
  /** @throws UsageError when it cannot be written */
  write(line: number, attempt: LoggedAttempt, decided: Decided): Promise<void>;
  /** Gives it its name. @throws UsageError when it could not be written */
  keep(): Promise<void>;
  /** Takes it away; what had its name before is as it was. Nothing behind `keep`. */
  drop(): Promise<void>;
}

const HEAD = 'line,at,admitted,open_at,rules,fee_currency,fee_minor\n';

/** Opens one; JSON lines where the name ends in `.jsonl`. @throws UsageError */
export async function openDecisions(file: string): Promise<Decisions> {
  const plain = statSync(file, { throwIfNoEntry: false })?.isFile() ?? true;
  const path = plain ? `${file}.part` : file;
  const row = file.endsWith('.jsonl') ? jsonRow : csvRow;
  const stream = (await opened(path, file)).createWriteStream();
  let failed: NodeJS.ErrnoException | undefined;
  let over = false;
  stream.on('error', (fault) => {
    failed = fault;
  });
  const put = async (text: string): Promise<void> => {
    if (failed) throw unwritable(file, failed);
    if (stream.write(text)) return;
    await new Promise<void>((resolve) => {
      const go = (): void => {
        stream.off('drain', go).off('close', go);
        resolve();
      };
      stream.on('drain', go).on('close', go);
    });
  };
  const end = (): Promise<void> =>
    new Promise((resolve) => (stream.destroyed ? resolve() : stream.once('close', () => resolve()).end()));
  if (row === csvRow) await put(HEAD);
  return {
    write: (line, attempt, decided) => put(row(line, attempt, decided)),
    async keep() {
      await end();
      if (failed) throw unwritable(file, failed);
      if (plain) await rename(path, file);
      over = true;
    },
    async drop() {
      if (over) return;
      await end();
      if (plain) await rm(path, { force: true });
    },
  };
}

async function opened(path: string, file: string): Promise<FileHandle> {
  try {
    return await open(path, path === file ? 'w' : 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw unwritable(file, error as Error);
    throw new UsageError(`--out: ${path} is there already`, 'name another file, or take that one away');
  }
}

function unwritable(file: string, fault: NodeJS.ErrnoException): UsageError {
  return new UsageError(`--out: cannot write ${file}: ${fault.code ?? fault.message}`, 'name another file');
}

function openAt(at: number, { closed }: Decided): string {
  if (closed.some(({ until }) => until === 'never')) return 'never';
  return new Date(Math.max(at, ...closed.map(({ until }) => Number(until)))).toISOString();
}

function jsonRow(line: number, { at }: LoggedAttempt, decided: Decided): string {
  const { closed, fee } = decided;
  return `${JSON.stringify({
    line,
    at: new Date(at).toISOString(),
    admitted: closed.length === 0,
    open_at: openAt(at, decided),
    rules: closed.map(({ rule }) => rule),
    ...(fee && { fee: { currency: fee.currency, minor: fee.minor } }),
  })}\n`;
}

function csvRow(line: number, { at }: LoggedAttempt, decided: Decided): string {
  const { closed, fee } = decided;
  const rules = closed.map(({ rule }) => rule).join(' ');
  const cells = [line, new Date(at).toISOString(), closed.length === 0, openAt(at, decided), rules];
  return `${[...cells, fee?.currency ?? '', fee?.minor ?? ''].join(',')}\n`;
}
