/**
 * Changes for somebody who asks for them again and again: a watch remembers what was heard between two questions, and a
 * question waits a while for something to hear. Whoever stops asking is forgotten.
 */
import { randomUUID } from 'node:crypto';
import { NotFoundError, OperationError } from '../operations.ts';
import type { ChangeView } from './shapes.ts';

const WAIT_MS = 5_000;
const FORGET_MS = 30_000;
const CHANGES_MAX = 1_000;
const WATCHES_MAX = 32;

interface Watch {
  readonly heard: ChangeView[];
  stir: () => void;
  forget: NodeJS.Timeout;
}

/** The watches of a hub. */
export interface Watches {
  /** Begins one. `listen` is told where to put changes, and answers how to stop. @throws OperationError when there are too many */
  open(listen: (hear: (change: ChangeView) => void) => () => void): string;
  /** What was heard, oldest first; of very much only the newest. @throws NotFoundError for one that is over */
  changes(id: string): Promise<readonly ChangeView[]>;
}

/** None yet. */
export function createWatches(): Watches {
  const watches = new Map<string, Watch>();
  return {
    open(listen) {
      if (watches.size >= WATCHES_MAX)
        throw new OperationError(`${WATCHES_MAX} watches are open: end one, or wait half a minute`);
      const id = randomUUID();
      let stop = (): void => undefined;
      const end = (): void => {
        watches.delete(id);
        stop();
      };
      const watch: Watch = { heard: [], stir: () => undefined, forget: setTimeout(end, FORGET_MS).unref() };
      watches.set(id, watch);
      stop = listen((change) => {
        watch.heard.push(change);
        if (watch.heard.length > CHANGES_MAX) watch.heard.shift();
        watch.stir();
      });
      return id;
    },
    async changes(id) {
      const watch = watches.get(id);
      if (!watch) throw new NotFoundError('this watch is over: begin another one');
      watch.forget.refresh();
      if (watch.heard.length === 0) await stirred(watch);
      return watch.heard.splice(0);
    },
  };
}

function stirred(watch: Watch): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, WAIT_MS).unref();
    watch.stir = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}
