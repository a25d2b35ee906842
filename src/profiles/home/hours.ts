/**
 * Hours of the week in which a capability holds, in the hub's own zone: `22:00-06:00`, `mon-fri,07:00-22:00`, `sat-sun`.
 * A span that ends before it begins goes on into the next day and belongs to the day it began on.
 */

/** Days as bits, Monday the lowest; minutes of the day, the end not included. `to <= from` goes on into the next day. */
export interface Hours {
  readonly days: number;
  readonly from: number;
  readonly to: number;
}

/** A wall clock: day 0 is Monday; minute 0 to 1439. */
export interface LocalTime {
  readonly day: number;
  readonly minute: number;
}

/** Names of days, as they are written in a scope. */
export const DAYS: readonly string[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
/** Every day. */
export const EVERY_DAY = 0b111_1111;
/** Minutes of a day. */
export const DAY_MINUTES = 1_440;
const WEEK_MINUTES = 7 * DAY_MINUTES;
/** Seven days and a span: more members than that repeat themselves. */
const MEMBERS_MAX = 8;

/** What was wrong with hours that could not be read. */
export interface HoursFault {
  readonly expected: string;
  readonly came: string;
}

const TIMES = /^([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|24:00)$/;

/** Reads hours; undefined for all hours of all days. Total, and bounded by the caller. */
export function readHours(text: string): { readonly hours: Hours | undefined } | HoursFault {
  const members = text.split(',', MEMBERS_MAX + 1);
  if (members.length > MEMBERS_MAX) return { expected: 'at most seven days and one span of hours', came: text };
  const last = members.at(-1) ?? '';
  const timed = last.includes(':');
  const span = timed ? readSpan(last) : { from: 0, to: DAY_MINUTES };
  if (span === undefined) return { expected: 'hours like 07:00-22:00', came: last };
  if (span.from === span.to) return { expected: 'hours that end at another time than they begin', came: last };
  let days = 0;
  for (const member of timed ? members.slice(0, -1) : members) {
    const read = readDays(member);
    if (read === undefined) return { expected: `days like mon-fri, of ${DAYS.join(' ')}`, came: member };
    days |= read;
  }
  const hours = { days: days || EVERY_DAY, ...span };
  return { hours: hours.days === EVERY_DAY && span.from === 0 && span.to === DAY_MINUTES ? undefined : hours };
}

function readSpan(text: string): Pick<Hours, 'from' | 'to'> | undefined {
  const [matched, fromHour, fromMinute, toHour, toMinute] = TIMES.exec(text) ?? [];
  if (matched === undefined) return undefined;
  const to = toHour === undefined ? DAY_MINUTES : Number(toHour) * 60 + Number(toMinute);
  // Midnight as an end is the end of the day that it closes.
  return { from: Number(fromHour) * 60 + Number(fromMinute), to: to || DAY_MINUTES };
}

function readDays(text: string): number | undefined {
  const [from = '', to = from, ...more] = text.split('-');
  const first = DAYS.indexOf(from);
  const last = DAYS.indexOf(to);
  if (first < 0 || last < 0 || more.length > 0) return undefined;
  let days = 0;
  for (let day = first; ; day = (day + 1) % 7) {
    days |= 1 << day;
    if (day === last) return days;
  }
}

/** The one spelling of hours. */
export function printHours({ days, from, to }: Hours): string {
  const span = from === 0 && to === DAY_MINUTES ? [] : [`${clock(from)}-${clock(to)}`];
  return [...(days === EVERY_DAY ? [] : dayRuns(days, DAYS).map((run) => run.join('-'))), ...span].join(',');
}

/** Days that follow each other, as first and last name; a single day alone. A week begins on Monday. */
export function dayRuns(days: number, names: readonly string[]): string[][] {
  const runs: string[][] = [];
  for (let day = 0; day < 7; day++) {
    if (!(days & (1 << day))) continue;
    const name = names[day] ?? '';
    const before = day > 0 && days & (1 << (day - 1));
    if (before) runs.push([runs.pop()?.[0] ?? name, name]);
    else runs.push([name]);
  }
  return runs;
}

/** `07:00`; the end of a day is `24:00`. */
export function clock(minute: number): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

/** Is the moment within the hours? */
export function within({ days, from, to }: Hours, { day, minute }: LocalTime): boolean {
  const today = (days & (1 << day)) !== 0;
  if (from < to) return today && minute >= from && minute < to;
  const yesterday = (days & (1 << ((day + 6) % 7))) !== 0;
  return (today && minute >= from) || (yesterday && minute < to);
}

/** Is each moment of `asked` within `granted`? Exact, over the whole week. */
export function coversHours(granted: Hours | undefined, asked: Hours | undefined): boolean {
  if (granted === undefined) return true;
  const spans = spansOf(granted);
  const wanted = asked === undefined ? [[0, WEEK_MINUTES] as const] : spansOf(asked);
  return wanted.every(([from, to]) => spans.some(([open, close]) => open <= from && to <= close));
}

/** As spans of the week's minutes, those that touch joined, none across its end. */
function spansOf({ days, from, to }: Hours): readonly (readonly [from: number, to: number])[] {
  const length = (to > from ? to : to + DAY_MINUTES) - from;
  const spans: (readonly [number, number])[] = [];
  for (let day = 0; day < 7; day++) {
    if (!(days & (1 << day))) continue;
    const start = day * DAY_MINUTES + from;
    const end = start + length;
    spans.push([start, Math.min(end, WEEK_MINUTES)]);
    if (end > WEEK_MINUTES) spans.push([0, end - WEEK_MINUTES]);
  }
  const joined: [number, number][] = [];
  for (const [start, end] of spans.sort((a, b) => a[0] - b[0])) {
    const last = joined.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else joined.push([start, end]);
  }
  return joined;
}

const formats = new Map<string, Intl.DateTimeFormat>();
const SHORT_DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/**
 * The wall clock of a zone (`Europe/Vienna`) at `now`, in milliseconds. Where clocks go back, the hour that comes twice
 * counts both times.
 *
 * @throws RangeError for a zone that this machine does not know
 */
export function localTime(now: number, zone: string): LocalTime {
  let format = formats.get(zone);
  if (!format) {
    const parts = { weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
    format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...parts });
    formats.set(zone, format);
  }
  const read = Object.fromEntries(format.formatToParts(now).map(({ type, value }) => [type, value]));
  return {
    day: SHORT_DAYS.indexOf(read['weekday'] ?? ''),
    minute: Number(read['hour']) * 60 + Number(read['minute']),
  };
}
