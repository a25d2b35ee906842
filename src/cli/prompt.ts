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

/** Longest secret read, in characters. */
const SECRET_MAX = 1_024;

/** Asks for secrets, one after another, without echo. Needs a terminal. */
export async function askSecrets({ stdin, stderr }: Environment, questions: readonly string[]): Promise<string[]> {
  if (!stdin.isTTY || !stdin.setRawMode) throw new UsageError('there is no terminal to ask on', 'use --password-stdin');
  const answers: string[] = [];
  stderr.write(questions[0] ?? '');
  stdin.setRawMode(true);
  try {
    let typed: readonly string[] = [];
    for await (const chunk of stdin.iterator({ destroyOnReturn: false })) {
      for (const key of String(chunk)) {
        if (key === '\u0003') throw new Interrupted();
        if (key !== '\r' && key !== '\n' && key !== '\u0004') {
          typed = edited(typed, key);
          continue;
        }
        answers.push(typed.join(''));
        typed = [];
        if (answers.length === questions.length) return answers;
        stderr.write(`\n${questions[answers.length] ?? ''}`);
      }
    }
    throw new Interrupted();
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    stderr.write('\n');
  }
}

/** Backspace takes one character, Ctrl-U all; other control characters are no part of a secret. */
function edited(typed: readonly string[], key: string): readonly string[] {
  if (key === '\u0015') return [];
  if (key === '\u007f' || key === '\b') return typed.slice(0, -1);
  return key >= ' ' && typed.length < SECRET_MAX ? [...typed, key] : typed;
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
