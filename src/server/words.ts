/** The words of every profile, for lists of refusals: one more profile is one more name here. */
import type { Column, ProfileWords } from '../core/column.ts';
import type { Value } from '../core/model.ts';
import { show } from '../core/show.ts';
import { leaves, type Verdict } from '../core/verdict.ts';
import { words as home } from '../profiles/home/list-words.ts';
import { NONCE_ASKED, nonceAsked } from '../profiles/oauth/nonce-asked.ts';
import { words as oauth } from '../profiles/oauth/words.ts';
import { words as payments } from '../profiles/payments/list-words.ts';
import type { Viewer } from './users.ts';

/** All of them, in the order in which they are offered. */
export const WORDS: readonly ProfileWords[] = [oauth, home, payments];

/** What a person calls a profile. */
export function profileName(profile: string): string {
  return WORDS.find((words) => words.profile === profile)?.name ?? profile;
}

function saidOf(cause: string): string[] {
  return [...new Set(WORDS.flatMap(({ causes }) => causes.get(cause) ?? []))];
}

/** Does this id of a cause mean one thing, whichever rule names it? */
export function isClear(cause: string): boolean {
  return saidOf(cause).length === 1;
}

/** A cause in words. Where several rules call different things by this id, it is that id. */
export function causeName(cause: string): string {
  const [first, ...others] = saidOf(cause);
  return first !== undefined && others.length === 0 ? first : cause.replaceAll('-', ' ');
}

/** Why a verdict is what it is, in words: its decisive cause; the id of that where the row keeps no tree. */
export function reasonOf(
  verdict: Pick<Verdict, 'decisive' | 'cause' | 'refusal' | 'checks'> & { ok?: boolean },
): string {
  if (verdict.ok) return 'accepted';
  if (nonceAsked(verdict)) return `${NONCE_ASKED}, which is no fault`;
  const { decisive, cause, refusal, checks = [] } = verdict;
  const say = leaves(checks).find((check) => check.id === decisive)?.cause?.say;
  return say ?? (cause !== undefined ? causeName(cause) : (refusal ?? 'refused').replaceAll('-', ' '));
}

/**
 * The columns of a list: those of the profile it is about, or those that all profiles have. What is not for this viewer is
 * left out.
 */
export function columnsFor(viewer: Viewer, profile: string | undefined): readonly Column[] {
  const [first, ...others] = WORDS.filter((words) => profile === undefined || words.profile === profile);
  const common = (first?.columns ?? []).filter(({ id }) =>
    others.every(({ columns }) => columns.some((column) => column.id === id)),
  );
  return common.filter(({ operator }) => viewer.role === 'operator' || !operator);
}

/** What a verdict has in a column, safe to show; undefined where it has nothing. */
export function cellOf(verdict: Verdict, { id }: Column): string | undefined {
  const words = WORDS.find(({ profile }) => profile === verdict.profile);
  const column = words?.columns.find((one) => one.id === id);
  if (!words || !column) return undefined;
  const value = at(verdict, column.path.split('.'));
  if (value === undefined) return undefined;
  if (column.format === 'action') {
    const action = String(value);
    return Object.hasOwn(words.actions, action) ? words.actions[action] : action;
  }
  // A verdict's own strings were shown when it was made; what is in its case is as it came.
  return column.path.includes('.') ? show(value) : String(value);
}

function at(from: unknown, [member, ...rest]: readonly string[]): Value | undefined {
  if (member === undefined) return isValue(from) ? from : undefined;
  if (typeof from !== 'object' || from === null || !Object.hasOwn(from, member)) return undefined;
  return at((from as Readonly<Record<string, unknown>>)[member], rest);
}

/** What `show` can show; of other objects nothing is known. */
function isValue(value: unknown): value is Value {
  if (Array.isArray(value)) return value.every((member) => typeof member === 'string');
  if (typeof value === 'object' && value !== null)
    return (
      'minor' in value && typeof value.minor === 'number' && 'currency' in value && typeof value.currency === 'string'
    );
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
