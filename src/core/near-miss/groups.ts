/** Texts made of groups (`AAAA-BBBB-CCCC`, words, scopes, versions), and what happens to groups on the way. */
import { align, middleOf } from './text.ts';

/** Separators, by how surely they make groups. */
const SEPARATORS = [' ', ',', '-', '_', '.', ':'] as const;
const GROUPS_MAX = 128;
const BLOCK_MIN = 3;
const BLOCKED_MIN = 8;
const BLOCKED_MAX = 512;

/** The position (from 0) of the first of two neighbours that changed places, when that explains everything. */
export function transposed(e: readonly string[], p: readonly string[]): number | undefined {
  if (e.length !== p.length) return undefined;
  const { from, expected, presented } = middleOf(e, p);
  const [a, b] = expected;
  return expected.length === 2 && presented[0] === b && presented[1] === a ? from : undefined;
}

/** Says how the groups changed places, when they are the same groups in another order. */
export function swappedGroups(expected: string, presented: string): string | undefined {
  if (expected.length !== presented.length) return undefined;
  for (const separator of SEPARATORS) {
    const said = order(expected.split(separator, GROUPS_MAX + 1), presented.split(separator, GROUPS_MAX + 1));
    if (said !== undefined) return said;
  }
  if (expected.length < BLOCKED_MIN || expected.length > BLOCKED_MAX) return undefined;
  for (let size = BLOCK_MIN; size <= expected.length / 2; size++) {
    if (expected.length % size !== 0) continue;
    const said = order(blocks(expected, size), blocks(presented, size));
    if (said !== undefined) return `${said} (groups of ${size} characters)`;
  }
  return undefined;
}

function blocks(text: string, size: number): string[] {
  return Array.from({ length: text.length / size }, (_, i) => text.slice(i * size, (i + 1) * size));
}

function order(e: readonly string[], p: readonly string[]): string | undefined {
  if (e.length < 2 || e.length > GROUPS_MAX || e.length !== p.length) return undefined;
  if (e.toSorted().join('\n') !== p.toSorted().join('\n')) return undefined;
  const moved = e.flatMap((group, i) => (group === p[i] ? [] : [i + 1]));
  if (moved.length === 2) return `groups ${moved[0]} and ${moved[1]} of ${e.length} changed places`;
  return `the ${e.length} groups come in another order`;
}

/** Groups that are missing from (or too many in) the presented text while all the others are there, in order. */
export function groupsLost(
  expected: string,
  presented: string,
): { readonly label: 'cut-off' | 'extra'; readonly say: string } | undefined {
  for (const separator of [' ', ',', '-'] as const) {
    const e = expected.split(separator, GROUPS_MAX + 1);
    const p = presented.split(separator, GROUPS_MAX + 1);
    if (Math.max(e.length, p.length) > GROUPS_MAX || e.length === p.length) continue;
    const lost = e.length > p.length ? missing(e, p) : missing(p, e);
    if (lost === undefined) continue;
    const which = `${lost.length === 1 ? 'group' : 'groups'} ${lost.join(', ')} of ${Math.max(e.length, p.length)}`;
    return e.length > p.length
      ? { label: 'cut-off', say: `${which} missing` }
      : { label: 'extra', say: `${which} too many` };
  }
  return undefined;
}

/** The 1-based places in `all` that `some`, in the same order, does without; undefined when it is no subsequence. */
function missing(all: readonly string[], some: readonly string[]): number[] | undefined {
  const lost: number[] = [];
  let next = 0;
  all.forEach((group, i) => {
    if (group === some[next]) next++;
    else lost.push(i + 1);
  });
  return next === some.length && next > 0 && !some.includes('') ? lost : undefined;
}

/** Says which one group differs. Words must stay close; of three or more hyphened groups one may be another altogether. */
export function mistypedGroup(expected: string, presented: string): string | undefined {
  const separator = expected.includes(' ')
    ? ' '
    : expected.includes('-')
      ? '-'
      : /^\d+(?:\.\d+)+$/.test(expected)
        ? '.'
        : undefined;
  if (separator === undefined) return undefined;
  const e = expected.split(separator, GROUPS_MAX + 1);
  const p = presented.split(separator, GROUPS_MAX + 1);
  if (e.length > GROUPS_MAX || e.length !== p.length) return undefined;
  const wrong = e.flatMap((group, i) => (group === p[i] ? [] : [i]));
  const [at] = wrong;
  if (at === undefined || wrong.length !== 1) return undefined;
  const any = separator !== ' ' && e.length >= 3;
  if (!any && !close(e[at] ?? '', p[at] ?? '')) return undefined;
  return `${separator === ' ' ? 'word' : 'group'} ${at + 1} of ${e.length}`;
}

/** Few enough edits to be a slip of the hand: one in short texts, a quarter of the characters in longer ones. */
export function close(expected: string, presented: string): boolean {
  const [e, p] = [[...expected], [...presented]];
  const allowed = Math.max(1, Math.floor(Math.max(e.length, p.length) / 4));
  return Math.abs(e.length - p.length) <= allowed && align(middleOf(e, p)).distance <= allowed;
}
