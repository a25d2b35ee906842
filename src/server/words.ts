/** The words of every profile, for lists and pages: one more profile is one more name here. */
import type { Column, GrantWords, People, ProfileWords } from '../core/column.ts';
import type { Grant, Value } from '../core/model.ts';
import { show } from '../core/show.ts';
import { leaves, type Verdict } from '../core/verdict.ts';
import { words as home } from '../profiles/home/list-words.ts';
import { NONCE_ASKED, nonceAsked } from '../profiles/oauth/nonce-asked.ts';
import { words as oauth } from '../profiles/oauth/words.ts';
import { words as payments } from '../profiles/payments/list-words.ts';
import type { Viewer } from './users.ts';

/** All of them, in the order in which they are offered. */
export const WORDS: readonly ProfileWords[] = [oauth, home, payments];

/** Those of one; undefined of a profile that is not known. */
function wordsOf(profile: string): ProfileWords | undefined {
  return WORDS.find((words) => words.profile === profile);
}

/** What a person calls a profile. */
export function profileName(profile: string): string {
  return wordsOf(profile)?.name ?? profile;
}

const PEOPLE: People = {
  client: 'whoever writes the app',
  owner: 'the owner, who decides',
  operator: 'whoever runs the hub',
  issuer: 'whoever hands out the codes',
};

/** Who can carry out the fixes of a rule; its id begins with its profile. Without a rule, as of an application's. */
export function peopleOf(rule: string = ''): People {
  return wordsOf(profileOf(rule))?.people ?? PEOPLE;
}

/** Who hears what a rule refuses. */
export function hearerOf(rule: string): string {
  return hearing(profileOf(rule), '').who;
}

function profileOf(rule: string): string {
  return rule.split('.', 1)[0] ?? '';
}

/** What a profile says of its grants; undefined where they are for applications. */
export function grantWords(profile: string): GrantWords | undefined {
  return wordsOf(profile)?.grants;
}

/** Who hears a refusal of a profile, and what; without `what`, its name and nothing else. */
export function hearing(profile: string, action: string): { readonly who: string; readonly what?: string } {
  const { hears = 'the app', heard = {} } = wordsOf(profile) ?? {};
  const what = Object.hasOwn(heard, action) ? heard[action] : undefined;
  return { who: hears, ...(what !== undefined && { what }) };
}

/** What it means that a case of a profile passed. */
export function passedWords(profile: string, action: string): string {
  const { passed = {} } = wordsOf(profile) ?? {};
  return (Object.hasOwn(passed, action) && passed[action]) || 'everything matched';
}

/** What it means that failures of a profile are counted, where that burns nothing. */
export function countsWords(profile: string): string | undefined {
  return wordsOf(profile)?.counts;
}

/** What a verdict says of its case, safe to show; nothing where that is withheld, or was erased. */
export function factsOf({
  profile,
  snapshot,
}: Pick<Verdict, 'profile' | 'snapshot'>): readonly (readonly [label: string, value: string])[] {
  return (wordsOf(profile)?.facts?.(snapshot) ?? []).map(([label, value]) => [label, show(value)]);
}

/** The terms of a grant as its profile words them, safe to show; undefined where it does not. */
export function termsOf({
  profile,
  terms,
}: Pick<Grant, 'profile' | 'terms'>): readonly (readonly [label: string, value: string])[] | undefined {
  return grantWords(profile)
    ?.terms?.(terms)
    .map(([label, value]) => [label, show(value)]);
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
  const words = wordsOf(verdict.profile);
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
