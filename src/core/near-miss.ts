/**
 * The near miss: what a developer did wrong, in words, when a presented value is almost the expected one.
 *
 * For values that may be shown only. A secret (a code, a token, a password) is never diagnosed: how close a guess came
 * is an oracle. Callers must not pass secrets, and must not send a diagnosis to the stranger on the wire.
 *
 * A diagnosis explains; it never accepts. Its fix is always to send exactly the expected value.
 */
import { decoded, FOLDS, type FoldLabel } from './near-miss/folds.ts';
import { close, groupsLost, mistypedGroup, swappedGroups, transposed } from './near-miss/groups.ts';
import { type Alignment, align, describe, type Mark, type Middle, middleOf } from './near-miss/text.ts';
import { type UriPart, uriDifference } from './near-miss/uri.ts';
import { show } from './show.ts';

export type { FoldLabel, Mark, UriPart };

/** What kind of slip it was; `same` and only `same` means that the two are equal. */
export type NearMissLabel =
  | 'same'
  | FoldLabel
  | 'double-encoding'
  | UriPart
  | 'swapped-groups'
  | 'swapped-characters'
  | 'mistyped-group'
  | 'mistyped'
  | 'cut-off'
  | 'extra'
  | 'different';

/** How `presented` missed `expected`. */
export interface NearMiss {
  readonly label: NearMissLabel;
  /** First difference, in characters from 1; undefined when there is none, or none was found in what was compared. */
  readonly at?: number;
  /** One line in lower case, safe to show: `blank at position 19`. Values in it keep their own case. */
  readonly say: string;
  /** The characters that differ, for lighting up. */
  readonly expectedMarks: readonly Mark[];
  readonly presentedMarks: readonly Mark[];
  /** What the sender should send; never advice that weakens the check. */
  readonly fix?: string;
}

/** Longest text compared, in UTF-16 units; the rest is counted only. */
const COMPARED_MAX = 4_096;
/** Combinations of two slips are tried on texts up to this length. */
const COMBINED_MAX = 512;

type Explanation = { readonly label: NearMissLabel; readonly say: string };
type Reading = { readonly expected: string; readonly presented: string; readonly detail: string };

/**
 * Says how `presented` missed `expected`: the most specific single slip that alone explains the difference, else two
 * together, else how far apart they are. Pure, total on any UTF-16 text, bounded in time. Never pass a secret.
 */
export function diagnose(expected: string, presented: string): NearMiss {
  if (expected === presented) return { label: 'same', say: 'the same', expectedMarks: [], presentedMarks: [] };
  const whole = expected.length <= COMPARED_MAX && presented.length <= COMPARED_MAX;
  const e = whole ? expected : expected.slice(0, COMPARED_MAX);
  const p = whole ? presented : presented.slice(0, COMPARED_MAX);
  const middle = middleOf([...e], [...p]);
  const alignment = align(middle);
  const detail = describe(middle, alignment);
  const { label, say } = whole
    ? explain({ expected, presented, detail }, middle.from + 1, alignment)
    : long(expected, presented, middle, detail);
  const fix = label === 'different' ? undefined : fixFor(expected, label);
  return {
    label,
    ...(e !== p && { at: middle.from + 1 }),
    say,
    expectedMarks: alignment.expectedMarks,
    presentedMarks: alignment.presentedMarks,
    ...(fix !== undefined && { fix }),
  };
}

function explain(reading: Reading, at: number, alignment: Alignment): Explanation {
  return (
    oneFold(reading) ??
    onePart(reading) ??
    swapped(reading.expected, reading.presented) ??
    twoSlips(reading, at) ??
    lostOrExtra(reading) ??
    twoParts(reading) ??
    mistyped(reading, alignment) ?? { label: 'different', say: `another value, different from position ${at} on` }
  );
}

function oneFold({ expected, presented, detail }: Reading): Explanation | undefined {
  const fold = FOLDS.find(({ apply }) => apply(expected) === apply(presented));
  if (fold === undefined) return undefined;
  const label = fold.label === 'percent-encoding' ? encodingLabel(expected, presented) : fold.label;
  const plain = fold.label.endsWith('-blank') || label === 'invisible' || label === 'line-wrap';
  return {
    label,
    say: plain ? detail : `${label === 'double-encoding' ? 'encoded more than once' : fold.phrase}: ${detail}`,
  };
}

function encodingLabel(expected: string, presented: string): NearMissLabel {
  return Math.max(decoded(expected).times, decoded(presented).times) > 1 ? 'double-encoding' : 'percent-encoding';
}

function onePart({ expected, presented, detail }: Reading): Explanation | undefined {
  const found = uriDifference(expected, presented);
  const [label] = found?.parts ?? [];
  if (found === undefined || label === undefined || found.parts.length > 1) return undefined;
  if (label === 'path' && brokenOff(expected, presented)) return undefined;
  return { label, say: found.say.startsWith('other') ? `${found.say}: ${detail}` : found.say };
}

/** A path that stops in the middle of a word was cut by a hand, and punctuation after one was taken along by a hand. */
function brokenOff(expected: string, presented: string): boolean {
  if (presented.startsWith(expected)) return !/[\p{L}\p{N}/]/u.test(presented.slice(expected.length));
  return expected.startsWith(presented) && !presented.endsWith('/') && expected[presented.length] !== '/';
}

function swapped(expected: string, presented: string): Explanation | undefined {
  const at = transposed([...expected], [...presented]);
  if (at !== undefined) {
    return { label: 'swapped-characters', say: `characters ${at + 1} and ${at + 2} changed places` };
  }
  const said = swappedGroups(expected, presented);
  return said === undefined ? undefined : { label: 'swapped-groups', say: said };
}

/** Two folds together, or a fold and one exact slip of structure. */
function twoSlips({ expected, presented }: Reading, at: number): Explanation | undefined {
  if (expected.length > COMBINED_MAX || presented.length > COMBINED_MAX) return undefined;
  const first = `first at position ${at}`;
  const folded = FOLDS.map((fold) => ({ ...fold, e: fold.apply(expected), p: fold.apply(presented) })).filter(
    ({ e, p }) => e !== expected || p !== presented,
  );
  for (const [i, a] of folded.entries()) {
    for (const [j, b] of folded.entries()) {
      if (a.label === b.label || b.apply(a.e) !== b.apply(a.p)) continue;
      const [one, two] = i < j ? [a, b] : [b, a];
      const label = one.label === 'percent-encoding' ? encodingLabel(expected, presented) : one.label;
      return { label, say: `${one.phrase}, and ${two.phrase}, ${first}` };
    }
  }
  for (const { label, phrase, e, p } of folded) {
    const also = onePart({ expected: e, presented: p, detail: '' }) ?? swapped(e, p);
    if (also !== undefined) return { label, say: `${phrase}, and ${also.label}, ${first}` };
  }
  return undefined;
}

const TELLING = 3;

/** One text stands whole inside the other. */
function lostOrExtra({ expected: e, presented: p, detail }: Reading): Explanation | undefined {
  if (p === '') return { label: 'cut-off', say: 'nothing came' };
  if (e === '') return { label: 'extra', say: 'nothing was expected' };
  const telling = Math.min(e.length, p.length) >= Math.min(TELLING, Math.max(e.length, p.length) / 2);
  if (telling && (e.startsWith(p) || e.endsWith(p))) {
    const part = e.startsWith(p) ? 'end' : 'beginning';
    return { label: 'cut-off', say: `cut off at the ${part}: ${detail}` };
  }
  if (telling && p.includes(e)) {
    if (p === e + e) return { label: 'extra', say: 'the value comes twice' };
    return { label: 'extra', say: `the value with more around it: ${detail}` };
  }
  return groupsLost(e, p);
}

function twoParts({ expected, presented }: Reading): Explanation | undefined {
  const found = uriDifference(expected, presented);
  const [label, second] = found?.parts ?? [];
  if (found === undefined || label === undefined || found.parts.length !== 2) return undefined;
  // Another host with another path is another address altogether.
  if (label === 'host' && second === 'path') return undefined;
  return { label, say: found.say };
}

function mistyped({ expected, presented, detail }: Reading, { distance }: Alignment): Explanation | undefined {
  const group = mistypedGroup(expected, presented);
  if (group !== undefined) return { label: 'mistyped-group', say: `${group}: ${detail}` };
  const long = Math.max(expected.length, presented.length) >= TELLING && Number.isFinite(distance);
  return long && close(expected, presented) ? { label: 'mistyped', say: detail } : undefined;
}

function long(expected: string, presented: string, middle: Middle, detail: string): Explanation {
  const label = expected.startsWith(presented) ? 'cut-off' : presented.startsWith(expected) ? 'extra' : 'different';
  const sizes = `expected ${expected.length} characters, got ${presented.length}`;
  return { label, say: middle.expected.length + middle.presented.length > 0 ? `${sizes}: ${detail}` : sizes };
}

function fixFor(expected: string, label: NearMissLabel): string | undefined {
  if (label === 'same') return undefined;
  if (expected === '') return 'send exactly the empty value';
  const shown = show(expected);
  const value = shown === expected ? shown : 'the expected value, byte for byte as it was issued';
  const once =
    label === 'percent-encoding' || label === 'double-encoding' ? '; let the form encoder encode it, once' : '';
  return `send exactly ${value}${once}`;
}
