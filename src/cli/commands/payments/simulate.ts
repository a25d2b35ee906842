/**
 * `counterfoil payments simulate`: what the gate would have made of attempts that were really made. Rows are read, judged and
 * written one at a time; what was written when somebody presses Ctrl-C stays, and is whole up to there. A row that is wrong ends
 * it, and nothing stays.
 */

import { createReadStream, statSync } from 'node:fs';
import { setImmediate as breathe } from 'node:timers/promises';
import type { Command } from 'commander';
import { amountText } from '../../../core/show.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../../profiles/payments/case.ts';
import {
  type Decided,
  type LoggedAttempt,
  OrderError,
  type Running,
  type Simulation,
  simulation,
} from '../../../profiles/payments/simulate.ts';
import { action, type Cli } from '../../cli.ts';
import type { Environment } from '../../environment.ts';
import { EXIT, type ExitCode, UsageError } from '../../exit.ts';
import { teach } from '../../help.ts';
import { ruleName } from '../../render/id.ts';
import type { Line, Style } from '../../render/line.ts';
import { blanks, span, wrapWords } from '../../render/text.ts';
import { refuseNumbers, wholeNumber } from './card-input.ts';
import { CsvError, type Row, readCsv } from './csv.ts';
import { type Decisions, openDecisions } from './decisions.ts';
import { COLUMNS, type RowReader, rowReader } from './logged.ts';
import { type CountedName, nameCounter } from './names.ts';

interface SimulateOptions {
  readonly out?: string;
  readonly holdHours?: string;
  readonly samePurchase?: string;
  readonly adviceMayShorten?: boolean;
}

const HOUR_MS = 3_600_000;
/** Rows between two looks at the clock, the terminal and Ctrl-C. */
const STEP = 256;

/** Registers the command. */
export function registerSimulate(payments: Command, environment: Environment): void {
  const command = payments
    .command('simulate <declines.csv>')
    .description('what a list of attempts would have cost and won under the gate; - reads stdin')
    .option('--out <file>', 'what would have become of each attempt: CSV, or JSON lines where the name ends in .jsonl')
    .option('--hold-hours <n>', 'how long a decline for funds closes the same attempt; 12 unless told')
    .option('--same-purchase <what>', 'the 12 hours of Visa’s old dispute rule: warn (unless told) or close')
    .option('--advice-may-shorten', 'the network’s own advice may shorten the hold')
    .addHelpText(
      'after',
      `\nColumns, in any order, by the names in the first line; rows in the order of their times:\n${columnsText()}`,
    );
  command.action(action<SimulateOptions>(environment, (cli, options, [file = '']) => run(cli, options, file)));
  teach(command, {
    examples: ['payments simulate declines.csv', 'payments simulate declines.csv --out decisions.csv --json'],
    json: '{attempts, approved, declined, unknown, refused, refusedForGood, delayed, feesAtStake, feesAvoided, unpriced, feesAnyway, byRule, forgotten, assumes, unknownNames: [{kind: "network" | "processor" | "region", name, near?, attempts}], stopped?}',
  });
}

function columnsText(): string {
  const width = Math.max(...Object.keys(COLUMNS).map((name) => name.length));
  return Object.entries(COLUMNS)
    .map(([name, says]) => `  ${name.padEnd(width)}  ${says}`)
    .join('\n');
}

async function run(cli: Cli, options: SimulateOptions, file: string): Promise<ExitCode> {
  refuseNumbers(options, [file]);
  const running = simulation(settingsOf(options));
  const size = file === '-' ? undefined : sizeOf(file);
  if (file !== '-' && options.out !== undefined) refuseSame(file, options.out);
  const input = file === '-' ? cli.environment.stdin : createReadStream(file);
  const out = options.out === undefined ? undefined : await openDecisions(options.out);
  const progress = progressOf(cli, size);
  const asked = { stop: false };
  const stop = (): void => {
    asked.stop = true;
  };
  process.once('SIGINT', stop);
  const names = nameCounter();
  try {
    await eachRow(cli, input, { running, out, progress, names, stopped: () => asked.stop });
    await out?.keep();
  } catch (error) {
    if (error instanceof CsvError)
      throw new UsageError(`${file}: ${error.message}`, 'counterfoil payments simulate --help lists the columns');
    throw error;
  } finally {
    process.removeListener('SIGINT', stop);
    progress.done();
    await out?.drop();
  }
  const sums = running.sums();
  if (cli.json) cli.printJson({ ...sums, unknownNames: names.found(), ...(asked.stop && { stopped: true }) });
  else cli.print(summary(sums, names.found(), cli.style));
  if (asked.stop) cli.say('stopped before the end: what was judged up to there is what is shown, and what was written');
  return asked.stop ? EXIT.interrupted : EXIT.ok;
}

interface Reading {
  readonly running: Running;
  readonly out: Decisions | undefined;
  readonly progress: Progress;
  readonly names: ReturnType<typeof nameCounter>;
  readonly stopped: () => boolean;
}

async function eachRow(
  cli: Cli,
  input: AsyncIterable<Uint8Array | string>,
  { running, out, progress, names, stopped }: Reading,
): Promise<void> {
  let reader: RowReader | undefined;
  let rows = 0;
  for await (const row of readCsv(progress.counted(input))) {
    if (!reader) {
      reader = rowReader(row);
      if (reader.ignored.length > 0) cli.say(`not read: ${reader.ignored.join(', ').slice(0, 300)}`);
      continue;
    }
    const attempt = reader.read(row);
    names.count(attempt, attempt.at);
    const decided = taken(running, row, attempt);
    await out?.write(row.line, attempt, decided);
    rows += 1;
    if (rows % STEP !== 0) continue;
    progress.show(rows);
    // A signal is heard between turns of the loop only, and a file in memory never waits.
    await breathe();
    if (stopped()) return;
  }
}

function taken(running: Running, { line }: Row, attempt: LoggedAttempt): Decided {
  try {
    return running.take(attempt);
  } catch (error) {
    if (!(error instanceof OrderError)) throw error;
    throw new CsvError(`line ${line}, column at: expected a time that is not before that of the row above`);
  }
}

function settingsOf({ holdHours, samePurchase, adviceMayShorten }: SimulateOptions): Settings {
  if (samePurchase !== undefined && samePurchase !== 'warn' && samePurchase !== 'close')
    throw new UsageError('--same-purchase: expected warn or close', 'try --same-purchase close');
  return {
    holdMs: holdHours === undefined ? DEFAULT_SETTINGS.holdMs : wholeNumber('--hold-hours', holdHours) * HOUR_MS,
    adviceMayShorten: adviceMayShorten ?? DEFAULT_SETTINGS.adviceMayShorten,
    samePurchase: samePurchase ?? DEFAULT_SETTINGS.samePurchase,
  };
}

function sizeOf(file: string): number {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found?.isFile()) return found.size;
  throw new UsageError(
    `expected a CSV file, got ${found ? 'something that is no file' : 'nothing'} at ${file}`,
    'name one, or - for stdin',
  );
}

/** Opening the one would empty the other, under whatever name it has. */
function refuseSame(file: string, out: string): void {
  const [read, written] = [file, out].map((path) => statSync(path, { bigint: true, throwIfNoEntry: false }));
  if (read && written && read.dev === written.dev && read.ino === written.ino)
    throw new UsageError('--out: expected another file than the one that is read', 'name another file');
}

interface Progress {
  counted(input: AsyncIterable<Uint8Array | string>): AsyncIterable<Uint8Array | string>;
  show(rows: number): void;
  done(): void;
}

const BAR = 30;
const SHOW_EVERY_MS = 100;

/** A bar on a terminal; nothing elsewhere. */
function progressOf({ environment: { stderr }, json, style }: Cli, size: number | undefined): Progress {
  const shown = stderr.isTTY === true && !json;
  let bytes = 0;
  let last = 0;
  return {
    async *counted(input) {
      for await (const chunk of input) {
        bytes += chunk.length;
        yield chunk;
      }
    },
    show(rows) {
      const now = performance.now();
      if (!shown || now - last < SHOW_EVERY_MS) return;
      last = now;
      const part = size === undefined ? undefined : Math.min(1, bytes / Math.max(1, size));
      const [full, empty] = style.unicode ? ['█', '░'] : ['#', '-'];
      const bar =
        part === undefined
          ? ''
          : `${full.repeat(Math.round(part * BAR))}${empty.repeat(BAR - Math.round(part * BAR))} ${Math.floor(part * 100)} %  `;
      stderr.write(`\r\u001b[K${bar}${rows.toLocaleString('en')} attempts`);
    },
    done() {
      if (shown && last > 0) stderr.write('\r\u001b[K');
    },
  };
}

function summary(sums: Simulation, names: readonly CountedName[], style: Style): Line[] {
  const row = (label: string, value: string): Line => [span(style, label.padEnd(36), 'faint'), span(style, value)];
  const { refused, byRule } = sums;
  const all = refused.declined + refused.approved + refused.unknown;
  return [
    row(
      'attempts',
      `${count(sums.attempts)}: ${count(sums.approved)} approved, ${count(sums.declined)} declined, ${count(sums.unknown)} unknown`,
    ),
    row(
      'the gate would have refused',
      `${count(all)}, of which ${count(refused.declined)} were declined: sent in vain`,
    ),
    row(
      'approved, but later under the gate',
      `${count(refused.approved)}${refused.approved > 0 ? `, ${money(sums.delayed)}` : ''}`,
    ),
    row('refused for good', `${count(sums.refusedForGood)}: only something new of the card would have opened them`),
    row('fees at stake', money(sums.feesAtStake)),
    row('fees that the gate avoids', money(sums.feesAvoided)),
    ...(Object.keys(sums.feesAnyway).length > 0 ? [row('fees that come anyway', money(sums.feesAnyway))] : []),
    ...(sums.unpriced > 0 ? [row('against a rule, price not known', count(sums.unpriced))] : []),
    ...(sums.forgotten > 0 ? [row('cards forgotten meanwhile', count(sums.forgotten))] : []),
    ...(Object.keys(byRule).length > 0 ? [[] as Line, [span(style, 'Closed by', 'strong')] as Line] : []),
    ...Object.entries(byRule)
      .toSorted(([, a], [, b]) => b - a)
      .map(([rule, times]): Line => [blanks(2), span(style, ruleName(rule).padEnd(34)), span(style, count(times))]),
    ...nameLines(names, style),
    [],
    [span(style, 'Assumed', 'strong')],
    ...sums.assumes.flatMap((text) =>
      wrapWords(text, style.width - 2).map((line): Line => [blanks(2), span(style, line, 'faint')]),
    ),
  ];
}

function nameLines(names: readonly CountedName[], style: Style): Line[] {
  if (names.length === 0) return [];
  const texts = names.map(
    ({ kind, name, near }) => `${kind} ${name}${near === undefined ? '' : ` (did you mean ${near}?)`}`,
  );
  const width = Math.max(34, ...texts.map((text) => text.length + 2));
  const rows = names.map(
    ({ attempts }, i): Line => [blanks(2), span(style, (texts[i] ?? '').padEnd(width)), span(style, count(attempts))],
  );
  return [[], [span(style, 'Names that no table knows', 'strong')], ...rows];
}

function count(n: number): string {
  return n.toLocaleString('en');
}

function money(sums: Readonly<Record<string, number>>): string {
  const parts = Object.entries(sums).map(([currency, minor]) => amountText(minor, currency));
  return parts.length === 0 ? 'none that is known' : parts.join(', ');
}
