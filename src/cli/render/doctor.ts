/** The doctor's verdict on a dialogue with an accessory: what is wrong, where it showed, what to do, the gentle things first. */
import { type Check, checklist, leaves, type Verdict } from '../../core/verdict.ts';
import { renderChecklist } from './checklist.ts';
import { renderChecks } from './checks.ts';
import { counted } from './consequence.ts';
import { ruleName } from './id.ts';
import type { Line, Style } from './line.ts';
import { blanks, mark, span, wrapWords } from './text.ts';

/** The whole: the finding, every check, what to do. `subject` is what was examined. */
export function renderDoctor(
  verdict: Verdict,
  style: Style,
  { subject, all }: { subject: string; all: boolean },
): Line[] {
  const { checks = [], ok } = verdict;
  const todos = renderChecklist(checklist(checks), style);
  const head: Line[] = ok
    ? [[mark(style, 'pass', 'good'), span(style, ` ${subject}: nothing is wrong in what was said`, 'good')]]
    : finding(verdict, style, `${subject}: `);
  const left = leaves(checks).filter(({ outcome }) => outcome === 'skip').length;
  const shown = all ? checks : made(checks);
  const rest: Line = [span(style, `${counted(left, 'check')} had nothing to look at; --all shows them`, 'faint')];
  return [
    ...head,
    [],
    ...renderChecks(shown, style, all),
    ...(all || left === 0 ? [] : [[], rest]),
    ...(todos.length > 0 ? [[], ...todos] : []),
  ];
}

/** The checks that could be made: of one dialogue most others are about another one. */
function made(checks: readonly Check[]): Check[] {
  return checks.flatMap((phase) => {
    const children = (phase.children ?? []).filter(({ outcome }) => outcome !== 'skip');
    return children.length === 0 ? [] : [{ ...phase, children }];
  });
}

/** The short: the finding and what to do about it. For a command that failed. */
export function renderFinding(verdict: Verdict, style: Style): Line[] {
  const todos = checklist(verdict.checks ?? []).filter(({ rule }) => rule === verdict.decisive);
  return [...finding(verdict, style, ''), ...renderChecklist(todos, style)];
}

/** The decisive check: its cause, what was expected and what came. */
function finding({ checks = [], decisive = '' }: Verdict, style: Style, before: string): Line[] {
  const check = leaves(checks).find(({ id }) => id === decisive);
  const { say = 'something is wrong, and no rule knows what', detail } = check?.cause ?? {};
  const wrapped = (text: string, indent: number): string[] => wrapWords(span(style, text).text, style.width - indent);
  const facts = [
    ...(check?.expected === undefined ? [] : [`expected ${check.expected}`]),
    ...(check?.presented === undefined ? [] : [`got ${check.presented}`]),
    ...(detail === undefined ? [] : [detail]),
  ].join(', ');
  return [
    ...wrapped(`${before}${say}`, 2).map(
      (text, i): Line => [
        ...(i === 0 ? [mark(style, 'fail', 'bad'), blanks(1)] : [blanks(2)]),
        span(style, text, 'bad'),
      ],
    ),
    ...wrapped([ruleName(decisive), facts].filter((part) => part !== '').join(': '), 2).map(
      (text): Line => [blanks(2), span(style, text, 'faint')],
    ),
  ];
}
