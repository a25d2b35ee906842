/** Times for people: how long ago, how long still, and the clock on the wall. Milliseconds in. */
import type { Style } from './line.ts';

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** A span of time by its largest unit, rounded down: `12 s`, `4 min`, `3 h`, `2 d`; under a second `0 s`. */
export function duration(ms: number): string {
  const length = Math.abs(ms);
  for (const [name, size] of UNITS) if (length >= size) return `${Math.floor(length / size)} ${name}`;
  return '0 s';
}

/** `12 s ago`, `in 4 min`, `now`. What is still to come is told by the second it ends in: 299.9 s are `in 5 min`. */
export function age(at: number, now: number): string {
  const ms = now - at;
  if (Math.abs(ms) < 1_000) return 'now';
  return ms > 0 ? `${duration(ms)} ago` : `in ${duration(Math.floor(ms / 1_000) * 1_000)}`;
}

/** How long to wait: `in 11 h 59 min`, by two units, the smaller one rounded up, so that it is over when it says; or `now`. */
export function wait(at: number, now: number): string {
  const ms = at - now;
  if (ms <= 0) return 'now';
  const largest = UNITS.findIndex(([, size]) => ms >= size);
  const [, finest] = UNITS[largest < 0 ? UNITS.length - 1 : largest + 1] ?? ['s', 1_000];
  const whole = Math.ceil(ms / finest) * finest;
  const parts = UNITS.flatMap(([name, size], i) => {
    const n = Math.floor((whole % (UNITS[i - 1]?.[1] ?? Number.POSITIVE_INFINITY)) / size);
    return n > 0 ? [`${n} ${name}`] : [];
  });
  return `in ${parts.join(' ')}`;
}

/** `2026-03-01`, in the style's time zone. */
export function day(at: number, style: Style): string {
  const { year, month, day } = parts(at, style);
  return `${year}-${month}-${day}`;
}

/** `14:05:09`, in the style's time zone. */
export function clock(at: number, style: Style): string {
  const { hour, minute, second } = parts(at, style);
  return `${hour}:${minute}:${second}`;
}

function parts(at: number, style: Style): Record<string, string> & Record<Part, string> {
  const format = new Intl.DateTimeFormat('en-GB', {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    ...(style.timeZone !== undefined && { timeZone: style.timeZone }),
  });
  return Object.fromEntries(format.formatToParts(at).map((p) => [p.type, p.value])) as Record<Part, string>;
}

type Part = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second';

const AGO = /^(\d{1,6})\s*(s|min|m|h|d|w)$/;
const AGO_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const ISO = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?)?$/;

/** Reads `10m`, `2h`, `7d` (ago) or an ISO 8601 date or time; undefined when it is neither. */
export function readTime(text: string, now: number): number | undefined {
  const ago = AGO.exec(text);
  if (ago) return now - Number(ago[1]) * (AGO_MS[ago[2] ?? 's'] ?? 0);
  if (!ISO.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}
