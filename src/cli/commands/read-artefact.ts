/** Gets hold of what is to be explained: from stdin, from a file, or from the words themselves. */
import { readFile, stat } from 'node:fs/promises';
import { readIso8583 } from '../../protocols/iso8583/read.ts';
import type { Environment } from '../environment.ts';
import { UsageError } from '../exit.ts';
import { readStdin } from '../prompt.ts';

/** Largest file or stdin read. A token request is under 1 KiB, a long capture under 100 KiB. */
const BYTES_MAX = 1024 * 1024;

/** The artefact as text. One argument that names a file is that file; several words are one text. */
export async function readArtefact(environment: Environment, args: readonly string[]): Promise<string> {
  const [first] = args;
  if (first === '-' || (first === undefined && !environment.stdin.isTTY))
    return decode(await readStdin(environment, BYTES_MAX));
  if (first === undefined)
    throw new UsageError('expected something to explain, got nothing', 'counterfoil explain --help has examples');
  if (args.length > 1) return args.join(' ');
  const found = await stat(first).catch(() => undefined);
  if (found?.isFile()) {
    if (found.size > BYTES_MAX)
      throw new UsageError(`${first} is larger than ${BYTES_MAX} bytes`, 'bring only the part that matters');
    return decode(await readFile(first));
  }
  if (found?.isDirectory()) throw new UsageError(`${first} is a folder`, 'name one file');
  if (looksLikeFile(first))
    throw new UsageError(`there is no file ${first}`, 'look at the spelling, or pass the text itself');
  return first;
}

function looksLikeFile(text: string): boolean {
  return (
    /^(\.{0,2}\/)?[\w./-]+\.(txt|json|log|http|har|sh|curl|req|har)$/i.test(text) || /^\.{0,2}\/[\w./-]+$/.test(text)
  );
}

/** Text as it is; the bytes of an ISO 8583 response as hex. */
function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    if (isCardResponse(bytes)) return bytes.toString('hex');
    throw new UsageError('expected text, got bytes that are no UTF-8', 'bring the request or response as text');
  }
}

function isCardResponse(bytes: Buffer): boolean {
  const read = readIso8583(bytes);
  return read.ok && read.response && read.responseCode !== undefined;
}
