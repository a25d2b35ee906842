/**
 * What of a refusal leaves the house when it is shared. Redacted unless asked otherwise: which checks failed, why, and what
 * to do, in sentences that are the same for everybody. Not here: links (`share.ts`), signatures (`share-receipt.ts`).
 */
import { createHash } from 'node:crypto';
import { type Check, checklist, leaves, type Verdict } from '../core/verdict.ts';
import { withhold } from '../core/withhold.ts';
import { OperationError } from './operations.ts';
import { RULES } from './seen-by.ts';
import { SHARE_PARTS, type SharedCheck, type SharedRefusal, type SharePart } from './share-shapes.ts';

/**
 * The document of a refusal, with these parts. It is made of what a developer of the application would see, so that not
 * even `values` shows what is the owner's.
 *
 * @throws OperationError for an accepted or an erased verdict, or an unknown part
 */
export function refusalOf(verdict: Verdict, parts: readonly SharePart[]): SharedRefusal {
  const unknown = parts.find((part) => !SHARE_PARTS.includes(part));
  if (unknown !== undefined) throw new OperationError(`expected ${SHARE_PARTS.join(', ')}, got ${String(unknown)}`);
  if (verdict.erased) throw new OperationError('the verdict was erased on request: there is nothing left to share');
  if (verdict.ok) throw new OperationError('expected a refusal to share, got a verdict that accepted');
  const { checks = [], profile, action, refusal, decisive, subject, at } = withhold(verdict, RULES);
  const has = (part: SharePart): boolean => parts.includes(part);
  const made = leaves(checks).filter(({ outcome }) => outcome !== 'skip');
  const wrong = made.filter(({ outcome }) => outcome !== 'pass');
  const why = wrong.find(({ id }) => id === decisive) ?? wrong[0];
  return {
    asked: `${profile} ${action}`,
    ...(refusal !== undefined && { heard: refusal }),
    why: why?.cause?.say ?? 'refused',
    when: new Date(at).toISOString().slice(0, has('time') ? undefined : DAY_LENGTH),
    ...(has('app') && subject !== undefined && { app: subject }),
    failed: made.filter(({ outcome }) => outcome === 'fail').length,
    of: made.length,
    checks: wrong.map((check) => sharedCheck(check, has('values'))),
    todo: checklist(checks),
  };
}

/** `2026-11-21` */
const DAY_LENGTH = 10;

function sharedCheck({ id, outcome, cause, expected, presented }: Check, values: boolean): SharedCheck {
  const shared = { rule: id, outcome: outcome === 'warn' ? outcome : 'fail', say: cause?.say ?? '' } as const;
  if (!values) return shared;
  return {
    ...shared,
    ...(cause?.detail !== undefined && { detail: cause.detail }),
    ...(expected !== undefined && { expected }),
    ...(presented !== undefined && { presented }),
  };
}

/** Names one document: what was previewed is what is shared, or nothing is. */
export function sealOf(refusal: SharedRefusal): string {
  return createHash('sha256').update(JSON.stringify(refusal)).digest('base64url');
}
