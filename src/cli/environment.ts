/** What the command line stands in, all of it handed in by `main.ts`, so that a test can hand in something else. */
import type { Readable, Writable } from 'node:stream';
import type { Operations } from '../server/operations.ts';

/** Operations, wherever they come from, and how to let go of them. */
export interface Opened {
  readonly operations: Operations;
  /** `hub`: a running hub's; `file`: the database opened in process; `nothing`: nothing is registered, nothing kept. */
  readonly from: 'hub' | 'file' | 'nothing';
  close(): Promise<void>;
}

/** A stream that may be a terminal. */
export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** Input that may be a terminal; `setRawMode` as in `tty.ReadStream`. */
export type Input = Readable & { readonly isTTY?: boolean; setRawMode?(on: boolean): unknown };

/** The surroundings. */
export interface Environment {
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  /** The running hub's operations, else the file's; undefined when there is neither and `create` is false. */
  open(db: string, create: boolean): Promise<Opened | undefined>;
  /** Operations on an empty memory: judging without any hub. */
  openNothing(): Promise<Opened>;
}
