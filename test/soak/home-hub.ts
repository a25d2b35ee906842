/** The test's side of `home-child.ts`: a hub that can die at any moment, and apps that talk to it over HTTP. */
import { join } from 'node:path';
import type { Pairing } from '../../src/server/accessories/accessory.ts';
import type { Held } from '../../src/server/accessories/holders.ts';
import type { PairInput } from '../../src/server/accessories/house.ts';
import type { Minted, MintInput, Timeline } from '../../src/server/operations.ts';
import { type Started, startProcess } from '../contract/processes.ts';

/** What the child is asked, and its answers by number. */
export type Question = { readonly nr: number } & (
  | { readonly ask: 'open'; readonly aheadMs: number }
  | { readonly ask: 'arm'; readonly step: string; readonly nth: number }
  | { readonly ask: 'pair'; readonly input: PairInput }
  | { readonly ask: 'app'; readonly id: string; readonly redirectUri: string; readonly scopes: readonly string[] }
  | { readonly ask: 'mint'; readonly input: MintInput }
  | { readonly ask: 'revoke' | 'life'; readonly grant: string }
  | { readonly ask: 'held' | 'listed'; readonly accessory: string }
  | { readonly ask: 'close' }
);

/** One of them. */
export interface Answer {
  readonly nr: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** What is asked, without its number. */
type Asked = Question extends infer Q ? (Q extends Question ? Omit<Q, 'nr'> : never) : never;

/** Thrown by every call when the process is gone. */
export class GoneError extends Error {}

/** The hub. */
export interface HomeHub extends Started {
  readonly place: { readonly port: number; readonly issuer: string; readonly controller: string };
  open(aheadMs: number): Promise<void>;
  arm(step: string, nth: number): Promise<void>;
  pair(input: PairInput): Promise<void>;
  addApp(id: string, redirectUri: string, scopes: readonly string[]): Promise<void>;
  mint(input: MintInput): Promise<Minted>;
  revoke(grant: string): Promise<void>;
  life(grant: string): Promise<Timeline>;
  held(accessory: string): Promise<readonly Held[]>;
  listed(accessory: string): Promise<readonly Pairing[]>;
  /** Ends it in peace. */
  close(): Promise<void>;
}

/** Starts a process that waits to be told to open the database. */
export function startHomeHub(path: string, master: string): HomeHub {
  const started = startProcess(join(import.meta.dirname, 'home-child.ts'), [path, master]);
  const { child, ended } = started;
  const waiting = new Map<number, (answer: Answer) => void>();
  let nr = 0;
  let place: HomeHub['place'] | undefined;
  child.on('message', (answer: Answer) => {
    waiting.get(answer.nr)?.(answer);
    waiting.delete(answer.nr);
  });
  const ask = async <T>(asked: Asked): Promise<T> => {
    const question = { ...asked, nr: ++nr } as Question;
    const said = new Promise<Answer>((resolve) => waiting.set(question.nr, resolve));
    if (!child.connected) throw new GoneError('the hub is gone');
    child.send(question, () => undefined);
    const answer = await Promise.race([said, ended.then(() => undefined)]);
    if (!answer) throw new GoneError('the hub is gone');
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer.value as T;
  };
  return {
    ...started,
    get place() {
      if (!place) throw new Error('expected an open hub');
      return place;
    },
    async open(aheadMs) {
      place = await ask({ ask: 'open', aheadMs });
    },
    arm: (step, nth) => ask({ ask: 'arm', step, nth }),
    pair: (input) => ask({ ask: 'pair', input }),
    addApp: (id, redirectUri, scopes) => ask({ ask: 'app', id, redirectUri, scopes }),
    mint: (input) => ask({ ask: 'mint', input }),
    revoke: (grant) => ask({ ask: 'revoke', grant }),
    life: (grant) => ask({ ask: 'life', grant }),
    held: (accessory) => ask({ ask: 'held', accessory }),
    listed: (accessory) => ask({ ask: 'listed', accessory }),
    async close() {
      await ask({ ask: 'close' });
      const { code, said } = await ended;
      if (code !== 0 || said !== '') throw new Error(`the hub ended with ${code}: ${said}`);
    },
  };
}
