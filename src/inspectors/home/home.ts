/**
 * The doctor: a transcript of a HomeKit dialogue in, a verdict out. Pure: no clock, no network, no store; the same
 * transcript gives the identical verdict.
 */
import { createHash } from 'node:crypto';
import { decide } from '../../core/decide.ts';
import { show } from '../../core/show.ts';
import type { Fix, Verdict } from '../../core/verdict.ts';
import type { Entry } from '../../protocols/hap/transcript.ts';
import { caseOf, type HomeCase, text } from './case.ts';
import { policy, tables } from './profile.ts';
import { readLog } from './read/read-log.ts';
import { SYMPTOMS, type Symptom, symptomOf } from './symptoms.ts';

/** What can be brought: entries as the controller records them, or the text or bytes of a log of any software. */
export type Brought = readonly Entry[] | string | Uint8Array;

/**
 * Judges a transcript or a log, by every rule. Total: whatever is brought gets a verdict, and what is unknown is said to be.
 *
 * @param at when it was judged, milliseconds since the epoch; it enters nothing but the verdict's `at`
 */
export function explainHome(brought: Brought, at = 0): Verdict {
  const c = caseFrom(brought);
  const judgement = decide(c, tables.transcript);
  const { decisive } = judgement;
  const subject = text(c.known, 'txt_id') ?? text(c.known, 'accessory_id');
  const source = text(c.known, 'found_address') ?? text(c.known, 'last_address');
  return {
    id: idOf(c),
    profile: 'hap',
    action: 'transcript',
    ok: judgement.ok,
    ...(decisive && { decisive: decisive.rule, cause: decisive.cause, refusal: decisive.refusal }),
    ...(subject !== undefined && { subject: show(subject) }),
    ...(source !== undefined && { source: show(source) }),
    policy,
    at,
    snapshot: c,
    checks: judgement.checks,
    times: 1,
  };
}

/** Reads what was brought into a case, without judging it. */
function caseFrom(brought: Brought): HomeCase {
  if (typeof brought !== 'string' && !(brought instanceof Uint8Array)) return caseOf(brought);
  const { entries, log } = readLog(brought);
  return caseOf(entries, log);
}

/** One cause that a message of a screen can have. */
export interface PossibleCause {
  readonly rule: string;
  readonly cause: string;
  readonly say: string;
  readonly fixes: readonly Fix[];
}

/** The causes that hide behind a message of a screen, in the order in which to look; undefined for words not known here. */
export function possibleCauses(
  words: string,
): { readonly symptom: Symptom; readonly causes: readonly PossibleCause[] } | undefined {
  const symptom = symptomOf(words);
  return symptom && { symptom, causes: symptom.causes.flatMap(causeNamed) };
}

/** All messages of screens that are known, for a page. */
export const symptoms: readonly Symptom[] = SYMPTOMS;

function causeNamed(name: string): PossibleCause[] {
  const [id = '', cause = ''] = name.split('/');
  const rule = tables.transcript.flatMap((phase) => phase.rules).find((one) => one.id === id);
  const said = rule?.causes[cause];
  return rule && said ? [{ rule: id, cause, ...said }] : [];
}

/** Crockford's alphabet, as all ids have it. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** The id of a verdict that nobody keeps: from the case alone, so that the same transcript has the same. */
function idOf(c: HomeCase): string {
  const bytes = createHash('sha256').update(policy).update(JSON.stringify(c)).digest();
  return `vd_${[...bytes.subarray(0, 26)].map((byte) => ALPHABET[byte % 32]).join('')}`;
}
