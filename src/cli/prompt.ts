/** Questions to a person at a terminal. They go to stderr, so that stdout stays data. */
import { createInterface } from 'node:readline/promises';
import type { Environment } from './environment.ts';
import { Interrupted, UsageError } from './exit.ts';

/** Asks one line, echoed. */
export async function ask({ stdin, stderr }: Environment, question: string): Promise<string> {
  const lines = createInterface({ input: stdin, output: stderr, terminal: true });
  const interrupted = new AbortController();
  lines.once('SIGINT', () => interrupted.abort());
  try {
    return await lines.question(question, { signal: interrupted.signal });
  } catch {
    stderr.write('\n');
    throw new Interrupted();
  } finally {
    lines.close();
  }
}

/** Longest secret read, in bytes. */
const SECRET_MAX = 1_024;

/** Asks for a secret without echo. Needs a terminal. */
export async function askSecret({ stdin, stderr }: Environment, question: string): Promise<string> {
  if (!stdin.isTTY || !stdin.setRawMode) throw new UsageError('there is no terminal to ask on', 'use --password-stdin');
  stderr.write(question);
  stdin.setRawMode(true);
  let typed: string[] = [];
  try {
    for await (const chunk of stdin.iterator({ destroyOnReturn: false })) {
      for (const key of String(chunk)) {
        if (key === '\r' || key === '\n' || key === '\u0004') return typed.join('');
        if (key === '\u0003') throw new Interrupted();
        if (key === '\u0015') typed = [];
        else if (key === '\u007f' || key === '\b') typed.pop();
        else if (typed.length < SECRET_MAX && key >= ' ') typed.push(key);
      }
    }
    return typed.join('');
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    stderr.write('\n');
  }
}

/** Everything on stdin as bytes, `maxBytes` at most. */
export async function readStdin({ stdin }: Environment, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stdin) {
    const bytes = Buffer.from(chunk as Buffer | string);
    size += bytes.length;
    if (size > maxBytes)
      throw new UsageError(`stdin is larger than ${maxBytes} bytes`, 'send only the part that matters');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}
