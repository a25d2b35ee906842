/** Single keys from a terminal, or letters from a pipe, one at a time and in order. */
import type { Input } from '../environment.ts';

/** Calls back for each key, the next only when the last is done. `end` comes with Ctrl-C, Ctrl-D, or `q`. */
export function readKeys(stdin: Input, onKey: (key: string) => Promise<void>, onEnd: () => void): () => void {
  let tail: Promise<void> = Promise.resolve();
  const take = (chunk: Buffer | string): void => {
    for (const key of String(chunk).toLowerCase()) {
      if (key === '\u0003' || key === '\u0004' || key === 'q') tail = tail.then(onEnd);
      else if (/[a-z]/.test(key)) tail = tail.then(() => onKey(key));
    }
  };
  stdin.setRawMode?.(true);
  stdin.on('data', take);
  stdin.resume();
  return () => {
    stdin.off('data', take);
    stdin.setRawMode?.(false);
    stdin.pause();
  };
}
