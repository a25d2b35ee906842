/** What every command gets: its operations, a place to print, and the person to ask. */
import type { Command } from 'commander';
import { databaseName, hasPassword, withoutPassword } from '../server/database.ts';
import type { Operations } from '../server/operations.ts';
import type { Environment, Opened } from './environment.ts';
import { EXIT, type ExitCode, UsageError } from './exit.ts';
import { ask } from './prompt.ts';
import { detectStyle, paint } from './render/color.ts';
import type { Line, Style } from './render/line.ts';
import { safe } from './render/text.ts';

/** Where the data is unless `--db` or COUNTERFOIL_DB says otherwise. */
export const DEFAULT_DB = './counterfoil.db';

/** Options that every command takes. */
export interface GlobalOptions {
  readonly db?: string;
  readonly json?: boolean;
  readonly color?: boolean;
}

/** One run of one command. */
export interface Cli {
  readonly environment: Environment;
  readonly json: boolean;
  readonly style: Style;
  /** The database: a file's path, or a PostgreSQL URL. Never printed. */
  readonly db: string;
  /** The same as it may be shown: without a password. */
  readonly data: string;
  /** The hub's operations or the file's, opened at the first call. `create` makes a missing file. */
  opened(options?: { readonly create?: boolean }): Promise<Opened>;
  /** The same, where it does not matter whose they are. */
  operations(options?: { readonly create?: boolean }): Promise<Operations>;
  /** The hub's or the file's; where there is neither, operations that know nothing, and a line that says so. */
  operationsOrNothing(): Promise<Opened>;
  /** The same without the line: for what needs no records. */
  openedOrNothing(): Promise<Opened>;
  /** Lines to stdout. */
  print(lines: readonly Line[]): void;
  /** One JSON value and a line feed to stdout; every character that a terminal could act on is escaped. */
  printJson(value: unknown): void;
  /** A line to stderr. */
  say(text: string): void;
  /** Asks yes or no; without a terminal to ask on, `--yes` is required. */
  confirm(question: string): Promise<boolean>;
}

/** A command's work. `O` is what its options parse to; arguments come flat, in order. */
export type Work<O> = (cli: Cli, options: O & GlobalOptions, args: readonly string[]) => Promise<ExitCode>;

/** A commander action that does the work, closes what it opened, and reports the exit code to `done`. */
export function action<O>(environment: Environment, work: Work<O>): (this: Command) => Promise<void> {
  return async function (this: Command): Promise<void> {
    const options = this.optsWithGlobals<O & GlobalOptions>();
    const { cli, close } = makeCli(environment, options);
    try {
      exitCodes.set(rootOf(this), await work(cli, options, this.args));
    } finally {
      await close();
    }
  };
}

/** The database that a command is about. */
export function databaseOf({ db }: GlobalOptions, env: Environment['env']): string {
  return db ?? (env['COUNTERFOIL_DB'] || DEFAULT_DB);
}

const exitCodes = new WeakMap<Command, ExitCode>();

/** The exit code of the command that ran under this program. */
export function exitCodeOf(program: Command): ExitCode {
  return exitCodes.get(program) ?? EXIT.ok;
}

function rootOf(command: Command): Command {
  return command.parent ? rootOf(command.parent) : command;
}

function makeCli(environment: Environment, options: GlobalOptions): { cli: Cli; close: () => Promise<void> } {
  const { stdout, stderr, env } = environment;
  const db = databaseOf(options, env);
  const data = databaseName(db);
  let opened: Promise<Opened | undefined> | undefined;
  const style = detectStyle({ env, isTty: stdout.isTTY ?? false, columns: stdout.columns, color: options.color });
  const cli: Cli = {
    environment,
    db,
    data,
    style,
    json: options.json ?? false,
    operations: async (options) => (await cli.opened(options)).operations,
    opened: async ({ create = false } = {}) => {
      opened ??= environment.open(db, create);
      const found = await opened;
      if (!found)
        throw new UsageError(
          `no hub is running and there is no data at ${data}`,
          'counterfoil starts one, or name the file with --db',
        );
      return found;
    },
    operationsOrNothing: async () => {
      const found = await cli.openedOrNothing();
      if (found.from === 'nothing')
        cli.say(`no hub is running and there is no data at ${data}: judged with nothing registered`);
      return found;
    },
    openedOrNothing: async () => {
      opened ??= environment.open(db, false);
      const found = await opened;
      if (found) return found;
      opened = environment.openNothing();
      return (await opened) as Opened;
    },
    print: (lines) => void stdout.write(paint(lines, style)),
    printJson: (value) => void stdout.write(`${jsonText(value)}\n`),
    say: (text) => void stderr.write(`${safe(withoutPassword(text, db))}\n`),
    confirm: async (question) => {
      if (!environment.stdin.isTTY) throw new UsageError('there is no terminal to ask on', 'add --yes to go ahead');
      return /^y(es)?$/i.test(await ask(environment, `${question} [y/N] `));
    },
  };
  if (hasPassword(options.db ?? ''))
    cli.say('everybody on this machine may see the password in --db: put the URL into COUNTERFOIL_DB instead');
  return { cli, close: async () => (await opened?.catch(() => undefined))?.close() };
}

/** JSON.stringify leaves DEL, C1 and invisible characters as they are; a terminal would not. */
export function jsonText(value: unknown, indent: number = 2): string {
  return JSON.stringify(value, null, indent).replace(/[\p{C}\u2028\u2029]/gu, (c) =>
    c === '\n'
      ? c
      : Array.from({ length: c.length }, (_, i) => `\\u${c.charCodeAt(i).toString(16).padStart(4, '0')}`).join(''),
  );
}
