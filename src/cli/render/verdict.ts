/** A verdict as a person reads it: what came of it, the tree, what to do, what it did, who heard what. */
import { type Check, checklist, leaves, type Verdict } from '../../core/verdict.ts';
import { factsOf } from '../../server/words.ts';
import { age } from './age.ts';
import { renderChecklist } from './checklist.ts';
import { renderChecks } from './checks.ts';
import { counted, renderConsequence } from './consequence.ts';
import { ruleName, shortId } from './id.ts';
import type { Line, Style } from './line.ts';
import { blanks, flow, lineWidth, mark, span, wrapLine, wrapWords } from './text.ts';

/** How much to show. `judgedOnly`: a request that was judged but never sent. */
export interface VerdictOptions {
  readonly now: number;
  /** Every passed rule on a line of its own. */
  readonly all?: boolean;
  readonly judgedOnly?: boolean;
  /** Judged without a hub's records: finding no fault is no acceptance. */
  readonly offline?: boolean;
}

const ERASED_SAYS = 'who, where from and what was sent were erased on request';

/** The whole verdict as lines. */
export function renderVerdict(verdict: Verdict, style: Style, options: VerdictOptions): Line[] {
  const checks = verdict.checks ?? [];
  const todos = renderChecklist(checklist(checks), style);
  return [
    ...heading(verdict, style, options),
    [],
    ...(verdict.erased ? [[span(style, `  ${ERASED_SAYS}`, 'faint')]] : renderChecks(checks, style, options.all)),
    ...(todos.length > 0 ? [[], ...todos] : []),
    [],
    ...renderConsequence(verdict, style, options),
  ];
}

/** `refused · 4 of 9 checks failed`. Skipped checks are not counted among those made. */
function summary(checks: readonly Check[], ok: boolean, judgedOnly: boolean = false): string {
  const made = leaves(checks).filter((c) => c.outcome !== 'skip');
  const failed = made.filter((c) => c.outcome === 'fail').length;
  const warned = made.filter((c) => c.outcome === 'warn').length;
  const word = `${judgedOnly ? 'would be ' : ''}${ok ? 'accepted' : 'refused'}`;
  if (made.length === 0) return word;
  const warnings = warned > 0 ? ` · ${warned} to look at` : '';
  if (ok) return `${word} · ${made.length - warned} of ${made.length} checks passed${warnings}`;
  return `${word} · ${failed} of ${made.length} checks failed${warnings}`;
}

function withoutRecords(checks: readonly Check[]): string {
  const skipped = leaves(checks).filter((c) => c.outcome === 'skip').length;
  return `no fault found · ${counted(skipped, 'check')} could not be made here`;
}

function heading(verdict: Verdict, style: Style, options: VerdictOptions): Line[] {
  const undecided = verdict.ok && options.offline;
  const tone = undecided ? 'caution' : verdict.ok ? 'good' : 'bad';
  const checks = verdict.checks ?? [];
  const first: Line = [
    mark(style, undecided ? 'skip' : verdict.ok ? 'pass' : 'fail', tone),
    blanks(1),
    ...(options.judgedOnly ? [] : [span(style, shortId(verdict.id), 'id'), blanks(2)]),
    span(style, undecided ? withoutRecords(checks) : summary(checks, verdict.ok, options.judgedOnly), tone),
  ];
  const facts = [
    `${verdict.profile} ${verdict.action}`,
    ...(verdict.subject ? [verdict.subject] : []),
    ...(verdict.source && !options.judgedOnly ? [`from ${verdict.source}`] : []),
    ...(options.judgedOnly ? [] : [age(verdict.at, options.now)]),
  ].map((fact): Line => [span(style, fact, 'faint')]);
  const where = flow(facts, [blanks(1), mark(style, 'dot', 'faint'), blanks(1)], style.width - 2);
  const fits = lineWidth(first) <= style.width;
  const top = (fits ? [first] : wrapLine(first, style.width - 2)).map(
    (line, i): Line => (i === 0 ? line : [blanks(2), ...line]),
  );
  return [
    ...top,
    ...where.map((line): Line => [blanks(2), ...line]),
    ...caseLines(verdict, style),
    ...decisive(verdict, style),
  ];
}

/** What the profile says of the case, as many beside each other as there is room for. */
function caseLines(verdict: Verdict, style: Style): Line[] {
  const facts = factsOf(verdict).map(
    ([label, value]): Line => [span(style, `${label.toLowerCase()} `, 'faint'), span(style, value)],
  );
  const lines = flow(facts, [blanks(1), mark(style, 'dot', 'faint'), blanks(1)], style.width - 2);
  return facts.length === 0 ? [] : lines.map((line): Line => [blanks(2), ...line]);
}

/** The check that decided what the client heard; why, in general, where its own line says the particular. */
function decisive(verdict: Verdict, style: Style): Line[] {
  if (verdict.ok || verdict.decisive === undefined) return [];
  const cause = leaves(verdict.checks ?? []).find((c) => c.id === verdict.decisive)?.cause;
  const say = cause?.detail === undefined ? '' : `: ${cause.say}`;
  const text = `${verdict.refusal ?? 'refused'} by ${ruleName(verdict.decisive)}${say}`;
  return wrapWords(span(style, text).text, style.width - 2).map((t): Line => [blanks(2), span(style, t)]);
}
