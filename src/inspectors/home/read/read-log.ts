/**
 * Text to entries: our own transcript as JSON lines (or one JSON array), or a log of other software, line by line. Bounded
 * and total. Of a foreign line nothing is kept but the facts that a phrase names: logs are full of codes and keys.
 */

import type { Entry, Event, Step } from '../../../protocols/hap/transcript.ts';
import type { LogFacts } from '../case.ts';
import { STEPS } from '../case.ts';
import { symptomOf } from '../symptoms.ts';
import { type Part, PHRASES, partOf } from './phrases.ts';

/** Most bytes, lines, and characters of a line that are read. */
export const LOG_LIMITS = { bytes: 1_048_576, lines: 20_000, lineChars: 4_000, entries: 2_000 } as const;
/** Most facts of an entry, and characters of one. */
const FACTS = 40;
const FACT_CHARS = 300;

/** What a log says. */
export interface ReadLog {
  readonly entries: readonly Entry[];
  readonly log: LogFacts;
}

/** Reads a log, whoever wrote it. Never throws; what is too large is not read at all. */
export function readLog(input: string | Uint8Array): ReadLog {
  if (input.length > LOG_LIMITS.bytes) return { entries: [], log: { lines: 0, understood: 0, fault: 'too-large' } };
  const text = typeof input === 'string' ? input : Buffer.from(input).toString('utf8');
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .filter((line) => line.trim() !== '');
  if (lines.length === 0) return { entries: [], log: { lines: 0, understood: 0, fault: 'empty' } };
  if (lines.length > LOG_LIMITS.lines)
    return { entries: [], log: { lines: lines.length, understood: 0, fault: 'too-large' } };
  const entries = arrayOf(text) ?? ownLines(lines);
  if (entries) return { entries, log: { lines: lines.length, understood: entries.length } };
  return foreign(lines.map((line) => line.slice(0, LOG_LIMITS.lineChars)));
}

const EVENTS: readonly Event[] = ['known', 'sent', 'received', 'timeout', 'closed', 'failed', 'done'];

/** A whole transcript as one JSON array. */
function arrayOf(text: string): Entry[] | undefined {
  if (!text.trimStart().startsWith('[')) return undefined;
  const value = parsed(text);
  const entries = Array.isArray(value) ? value.slice(0, LOG_LIMITS.entries).flatMap(entryOf) : [];
  return entries.length > 0 ? entries : undefined;
}

/** A transcript of ours, an entry a line; lines of others between them are passed over. */
function ownLines(lines: readonly string[]): Entry[] | undefined {
  const entries: Entry[] = [];
  for (const line of lines) {
    const at = line.indexOf('{');
    if (at < 0 || entries.length >= LOG_LIMITS.entries) continue;
    entries.push(...entryOf(parsed(line.slice(at))));
  }
  return entries.length > 0 ? entries : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** One entry, if it is one; facts that are neither text, number nor yes-or-no are left out. */
function entryOf(value: unknown): Entry[] {
  if (typeof value !== 'object' || value === null) return [];
  const { atMs, step, event, facts } = value as Readonly<Record<string, unknown>>;
  if (!STEPS.all.includes(step as Step) || !EVENTS.includes(event as Event)) return [];
  const kept = Object.entries(typeof facts === 'object' && facts !== null ? facts : {})
    .slice(0, FACTS)
    .filter(
      ([name, fact]) => /^[a-z][a-z0-9_]{0,39}$/.test(name) && ['string', 'number', 'boolean'].includes(typeof fact),
    )
    .map(([name, fact]) => [name, typeof fact === 'string' ? fact.slice(0, FACT_CHARS) : fact]);
  const at = typeof atMs === 'number' && Number.isFinite(atMs) ? Math.round(atMs) : 0;
  return [{ atMs: at, step: step as Step, event: event as Event, facts: Object.fromEntries(kept) }];
}

/** Lines of a stack trace that are looked at for the part of the dialogue that an error belongs to. */
const TRACE = 12;

/** A log of other software, by its phrases. A screen's message counts only where nothing better was said. */
function foreign(lines: readonly string[]): ReadLog {
  const entries: Entry[] = [];
  let part: Part | undefined;
  let symptom: string | undefined;
  let understood = 0;
  lines.forEach((line, i) => {
    const named = partOf(line);
    part = named ?? part;
    const behind = named ?? traced(lines, i) ?? part;
    const found = entries.length < LOG_LIMITS.entries ? entryFor(line, behind, i) : undefined;
    if (found) entries.push(found);
    const words = found ? undefined : symptomOf(line)?.id;
    symptom ??= words;
    if (found || named !== undefined || words !== undefined) understood++;
  });
  if (
    symptom !== undefined &&
    !entries.some(({ event }) => event === 'failed' || event === 'timeout' || event === 'closed')
  ) {
    entries.push({ atMs: lines.length, step: 'pair-setup M1', event: 'failed', facts: { symptom } });
  }
  return { entries, log: { lines: lines.length, understood } };
}

/** The part that the stack trace behind an error names. */
function traced(lines: readonly string[], i: number): Part | undefined {
  for (let at = i + 1; at <= i + TRACE && /^\s+at\s|^\s+File\s/.test(lines[at] ?? ''); at++) {
    const part = partOf(lines[at] ?? '');
    if (part !== undefined) return part;
  }
  return undefined;
}

/** The first phrase that knows the line makes its entry. The number of the line stands for its time. */
function entryFor(line: string, part: Part | undefined, i: number): Entry | undefined {
  for (const { pattern, entry } of PHRASES) {
    const match = pattern.exec(line);
    const made = match && entry(match, part);
    if (made) return { atMs: i, step: made[0], event: made[1], facts: made[2] ?? {} };
  }
  return undefined;
}
