/**
 * The guide: every rule of every profile and inspector in its own words. What each is for, its causes, what to do about them,
 * what the application hears. It is read from the tables that judge, so no text is here twice.
 *
 * One more profile or inspector is one more line in `BOOKS`.
 */
import type { CauseText, Phase } from '../core/rule.ts';
import { tables as hap } from '../inspectors/home/profile.ts';
import { tables as signedCode } from '../inspectors/signed-code/profile.ts';
import { tables as home, checklistFor as homeChecklist } from '../profiles/home/profile.ts';
import { tables as oauth, checklistFor as oauthChecklist } from '../profiles/oauth/profile.ts';
import { tables as payments } from '../profiles/payments/profile.ts';

/** One cause of one rule. */
export interface GuideCause extends CauseText {
  readonly id: string;
  /** Wire errors that an application hears for it, where it refuses one. */
  readonly heard: readonly string[];
  /** It never refuses: somebody should know. */
  readonly warns?: true;
  /** Failing this way with the code in hand counts against the code. */
  readonly counts?: true;
}

/** One rule. */
export interface GuideRule {
  readonly id: string;
  /** Whose it is, as a heading has it. */
  readonly book: string;
  readonly cite: string;
  readonly why: string;
  /** Where it is judged: the table and its phase, `token: client`. */
  readonly judged: readonly string[];
  readonly causes: readonly GuideCause[];
}

type Tables = Readonly<Record<string, readonly Phase<never>[]>>;
type Checklist = (error: string) => readonly { readonly rule: string; readonly say: string }[];

interface Book {
  readonly name: string;
  readonly tables: Tables;
  /** Of a profile: which causes are heard as an error, or that each is heard as its rule has it. An inspector refuses nobody. */
  readonly checklist?: Checklist | 'as written';
}

const BOOKS: readonly Book[] = [
  { name: 'OAuth: codes, tokens and the API', tables: oauth as Tables, checklist: oauthChecklist },
  { name: 'HomeKit accessories through the hub', tables: home as Tables, checklist: homeChecklist },
  { name: 'Card payments: another attempt', tables: payments as Tables, checklist: 'as written' },
  { name: 'The doctor: HomeKit dialogues', tables: hap as Tables },
  { name: 'Signed codes, looked at offline', tables: signedCode as Tables },
];

let read: readonly GuideRule[] | undefined;

/** All of them, in the order of the tables. */
export function guide(): readonly GuideRule[] {
  read ??= BOOKS.flatMap(rulesOf);
  return read;
}

/** The rule of this id, with or without its profile: `redirect-uri-registered` where only one is called so. */
export function guideFor(id: string): GuideRule | undefined {
  const exact = guide().find((rule) => rule.id === id);
  if (exact) return exact;
  const named = guide().filter((rule) => rule.id.endsWith(`.${id}`));
  return named.length === 1 ? named[0] : undefined;
}

/** Rules that have all of these words somewhere, upper and lower case alike; those with more of them in their id first. */
export function guideAbout(words: string): readonly GuideRule[] {
  const wanted = words
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, WORDS_MAX);
  const inId = ({ id }: GuideRule): number => wanted.filter((word) => id.includes(word)).length;
  return guide()
    .filter((rule) => wanted.every((word) => textOf(rule).includes(word)))
    .toSorted((a, b) => inId(b) - inId(a));
}

const WORDS_MAX = 20;
const texts = new WeakMap<GuideRule, string>();

function textOf(rule: GuideRule): string {
  const known = texts.get(rule);
  if (known !== undefined) return known;
  const { id, cite, why, causes } = rule;
  const ofCause = ({ id, say, heard, fixes }: GuideCause): string[] => [
    id,
    say,
    ...heard,
    ...fixes.map((fix) => fix.say),
  ];
  const text = [id, id.replaceAll('-', ' '), cite, why, ...causes.flatMap(ofCause)].join('\n').toLowerCase();
  texts.set(rule, text);
  return text;
}

function rulesOf({ name, tables, checklist }: Book): GuideRule[] {
  const rules = new Map<string, { rule: Phase<never>['rules'][number]; judged: string[] }>();
  for (const [table, phases] of Object.entries(tables)) {
    for (const { id: phase, rules: of } of phases) {
      for (const rule of of) {
        const known = rules.get(rule.id) ?? { rule, judged: [] };
        known.judged.push(`${table}: ${phase}`);
        rules.set(rule.id, known);
      }
    }
  }
  const refusals = [...rules.values()].map(({ rule }) => rule.refusal);
  const heard = typeof checklist === 'function' ? heardIn(checklist, refusals) : undefined;
  return [...rules.values()].map(({ rule: { id, cite, why, refusal, causes, warns, counts }, judged }) => ({
    id,
    book: name,
    cite,
    why,
    judged,
    causes: Object.entries(causes).map(([cause, { say, fixes }]) => ({
      id: cause,
      say,
      fixes,
      heard: heard?.get(`${id} ${say}`) ?? (checklist === 'as written' && !warns?.includes(cause) ? [refusal] : []),
      ...(warns?.includes(cause) && { warns: true as const }),
      ...(counts?.includes(cause) && { counts: true as const }),
    })),
  }));
}

/** Errors that rules turn into elsewhere: at `/authorize` (RFC 6749 §4.1.2.1) and at the API (RFC 6750 §3.1). */
const ELSEWHERE = ['invalid_request', 'invalid_scope', 'invalid_token', 'unauthorized'];

function heardIn(checklist: Checklist, refusals: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const heard = new Map<string, string[]>();
  for (const error of new Set([...refusals, ...ELSEWHERE])) {
    for (const { rule, say } of checklist(error)) {
      const key = `${rule} ${say}`;
      const errors = heard.get(key) ?? [];
      if (!errors.includes(error)) errors.push(error);
      heard.set(key, errors);
    }
  }
  return heard;
}
