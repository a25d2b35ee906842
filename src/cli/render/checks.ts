/**
 * The tree of checks. Phases are branches; what a phase passes is one line, what it could not judge is another, and
 * every failure has a line of its own: name, expected, got, and what is particular to this attempt.
 */
import { type Check, leaves } from '../../core/verdict.ts';
import { WITHHELD } from '../../core/withhold.ts';
import { differing } from './differ.ts';
import { ruleName } from './id.ts';
import type { Line, Style, Tone } from './line.ts';
import { blanks, chunk, displayWidth, flow, lineWidth, mark, padLine, span, wrapWords } from './text.ts';

/** Columns of the branch in front of a rule. */
const INDENT = 5;
const GAP = 3;

/** Where the columns of the failed rules begin; a rule that does not fit is stacked instead. */
interface Columns {
  readonly label: number;
  readonly expected: number;
  readonly got: number;
}

/** The tree as lines. With `all`, every passed and skipped rule has its own line. */
export function renderChecks(tree: readonly Check[], style: Style, all = false): Line[] {
  const checks = toldOnce(tree, new Set());
  const columns = measure(checks, style, all);
  return checks.flatMap((check, i) => {
    const last = i === checks.length - 1;
    const children = check.children ?? [check];
    const groups = all ? children.map((c) => [c]) : fold(children);
    const name = check.children ? check.id : undefined;
    return branch(
      name,
      groups.map((g) => ruleLines(g, columns, style, all)),
      last,
      style,
    );
  });
}

/** Where two rules find the very same thing, the second says its cause in general instead. */
function toldOnce(checks: readonly Check[], told: Set<string>): Check[] {
  return checks.map((check) => {
    if (check.children) return { ...check, children: toldOnce(check.children, told) };
    if (check.cause?.detail === undefined) return check;
    const { detail, ...general } = check.cause;
    if (told.has(detail)) return { ...check, cause: general };
    told.add(detail);
    return check;
  });
}

/** The failed and warned rules one by one, in order; then the passed ones together, then the skipped by their reason. */
function fold(children: readonly Check[]): Check[][] {
  const own = children.filter((c) => c.outcome === 'fail' || c.outcome === 'warn').map((c) => [c]);
  const passed = children.filter((c) => c.outcome === 'pass');
  const skipped = Map.groupBy(
    children.filter((c) => c.outcome === 'skip'),
    (c) => c.because,
  );
  return [...own, ...(passed.length > 0 ? [passed] : []), ...skipped.values()];
}

/** A phase that is one group of one line stands beside its name; any other hangs below it. */
function branch(name: string | undefined, groups: readonly Line[][], last: boolean, style: Style): Line[] {
  const fork = [blanks(1), mark(style, last ? 'end' : 'fork', 'faint'), blanks(1)];
  const trunk = last ? [blanks(INDENT)] : [blanks(1), mark(style, 'bar', 'faint'), blanks(INDENT - 2)];
  const body = groups.flat();
  if (name === undefined) return body.map((line, i) => [...(i === 0 ? fork : trunk), ...line]);
  return [[...fork, span(style, name, 'strong')], ...body.map((line) => [...trunk, ...line])];
}

const TONES: Readonly<Record<Check['outcome'], Tone>> = { pass: 'good', fail: 'bad', warn: 'caution', skip: 'faint' };

function ruleLines(group: readonly Check[], columns: Columns, style: Style, all: boolean): Line[] {
  const [first] = group;
  if (!first) return [];
  const sign = [mark(style, first.outcome, TONES[first.outcome]), blanks(1)];
  const hang = [blanks(2)];
  const body = bodyLines(group, first, columns, style, all);
  return body.map((line, i) => [...(i === 0 ? sign : hang), ...line]);
}

function bodyLines(group: readonly Check[], first: Check, columns: Columns, style: Style, all: boolean): Line[] {
  if (first.outcome === 'fail' || first.outcome === 'warn') return faultLines(first, columns, style);
  if (all) return ownLine(first, columns, style);
  return first.outcome === 'pass' ? passLines(group, style) : skipLines(group, style);
}

/** A passed or skipped rule on a line of its own. */
function ownLine(check: Check, columns: Columns, style: Style): Line[] {
  const text = [check.presented, check.because].filter((t) => t !== undefined).join(' · ');
  const pieces = chunk(span(style, text).text, room(style) - columns.label - GAP);
  return pieces.map(
    (piece, i): Line => [
      ...padLine(
        i === 0 ? [span(style, ruleName(check.id), check.outcome === 'skip' ? 'faint' : 'plain')] : [],
        columns.label + GAP,
      ),
      span(style, piece, 'faint'),
    ],
  );
}

function passLines(group: readonly Check[], style: Style): Line[] {
  const items = group.map((check): Line => {
    const name = span(style, ruleName(check.id));
    return check.because ? [name, span(style, ` (${check.because})`, 'faint')] : [name];
  });
  return flow(items, [blanks(1), mark(style, 'dot', 'faint'), blanks(1)], room(style));
}

function skipLines(group: readonly Check[], style: Style): Line[] {
  const because = group[0]?.because ?? '';
  const names = group.map((check): Line => [span(style, ruleName(check.id), 'faint')]);
  const lines = flow(names, [blanks(1), mark(style, 'dot', 'faint'), blanks(1)], room(style));
  const reason = span(style, because, 'faint');
  const last = lines.at(-1) ?? [];
  if (lineWidth(last) + GAP + lineWidth([reason]) <= room(style))
    return [...lines.slice(0, -1), [...last, blanks(GAP), reason]];
  return [...lines, ...wrapWords(reason.text, room(style) - 2).map((t): Line => [blanks(2), span(style, t, 'faint')])];
}

function room(style: Style): number {
  return style.width - INDENT - 2;
}

/** What stands in the third column: the particular of this attempt, else the cause in general. */
function note(check: Check): string {
  const told = check.cause?.detail ?? check.cause?.say ?? '';
  return check.withheld ? `${told} (${WITHHELD})` : told;
}

function expectedSpans(check: Check, style: Style): Line {
  if (check.expected === undefined) return [];
  return [span(style, 'expected ', 'faint'), span(style, check.expected || 'nothing')];
}

function gotSpans(check: Check, style: Style): Line {
  if (check.presented === undefined) return [];
  return [span(style, 'got ', 'faint'), ...differing(check.expected, check.presented, style)];
}

/** Columns for as many rows as fit on one line each, note included; the longest ones are stacked instead. */
function measure(checks: readonly Check[], style: Style, all: boolean): Columns {
  const faults = leaves(checks).filter((c) => c.outcome === 'fail' || c.outcome === 'warn');
  const named = all ? leaves(checks) : faults;
  const label = Math.max(0, ...named.map((c) => displayWidth(ruleName(c.id))));
  const sized = faults
    .map((c) => ({
      expected: lineWidth(expectedSpans(c, style)),
      got: lineWidth(gotSpans(c, style)),
      note: lineWidth([span(style, note(c))]),
    }))
    .filter((size) => size.expected + size.got > 0)
    .sort((a, b) => a.expected + a.got + a.note - b.expected - b.got - b.note);
  for (let count = sized.length; count > 0; count--) {
    const fitting = sized.slice(0, count);
    const widest = (part: 'expected' | 'got' | 'note'): number => Math.max(...fitting.map((s) => s[part]));
    const columns = { label, expected: widest('expected'), got: widest('got') };
    if (label + columns.expected + columns.got + widest('note') + 3 * GAP <= room(style)) return columns;
  }
  return { label, expected: 0, got: 0 };
}

function faultLines(check: Check, columns: Columns, style: Style): Line[] {
  const label = span(style, ruleName(check.id), 'strong');
  const expected = expectedSpans(check, style);
  const got = gotSpans(check, style);
  if (expected.length + got.length === 0) return beside(label, columns, note(check), style);
  const row = [
    ...padLine([label], columns.label + GAP),
    ...padLine(expected, columns.expected + (columns.expected > 0 ? GAP : 0)),
    ...padLine(got, columns.got + GAP),
    span(style, note(check), 'caution'),
  ];
  const fits = lineWidth(expected) <= columns.expected && lineWidth(got) <= columns.got;
  return fits && lineWidth(row) <= room(style) ? [row] : stacked(check, columns, style);
}

function beside(label: Line[number], columns: Columns, text: string, style: Style): Line[] {
  const wrapped = wrapWords(span(style, text).text, room(style) - columns.label - GAP);
  return wrapped.map(
    (t, i): Line => [...padLine(i === 0 ? [label] : [], columns.label + GAP), span(style, t, 'caution')],
  );
}

/** Expected above got, first characters in one column: the eye finds where two long values part. */
function stacked(check: Check, columns: Columns, style: Style): Line[] {
  const head = beside(span(style, ruleName(check.id), 'strong'), columns, note(check), style);
  const width = room(style) - 2 - 'expected '.length;
  const rows = (name: string, line: Line): Line[] =>
    cut(line, width).map(
      (piece, i): Line => [blanks(2), span(style, (i === 0 ? name : '').padEnd(9), 'faint'), ...piece],
    );
  return [
    ...head,
    ...(check.expected === undefined ? [] : rows('expected', expectedSpans(check, style).slice(1))),
    ...(check.presented === undefined ? [] : rows('got', gotSpans(check, style).slice(1))),
  ];
}

/** Cuts a line of several tones into lines of at most `width` columns. */
function cut(line: Line, width: number): Line[] {
  const pieces: Line[] = [[]];
  let used = 0;
  for (const { text, tone } of line) {
    for (const g of chunk(text, 1)) {
      const w = displayWidth(g);
      if (used + w > width) {
        pieces.push([]);
        used = 0;
      }
      const piece = pieces.at(-1) ?? [];
      const end = piece.at(-1);
      const grown =
        end?.tone === tone ? [...piece.slice(0, -1), { text: end.text + g, tone }] : [...piece, { text: g, tone }];
      pieces[pieces.length - 1] = grown;
      used += w;
    }
  }
  return pieces;
}
