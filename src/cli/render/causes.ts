/** One class of error: every cause that hides behind it, in the order in which they are looked for. */
import type { Fix } from '../../core/verdict.ts';
import type { PossibleCause } from '../../profiles/oauth/profile.ts';
import { counted } from './consequence.ts';
import { ruleName } from './id.ts';
import type { Line, Style } from './line.ts';
import { blanks, mark, padLine, span, wrapWords } from './text.ts';

const INDENT = 5;
/** An arrow is two columns in ASCII, and a blank follows. */
const ARROW = 3;

/** The causes, numbered, each with what to do about it. `who` hears the error and no more. */
export function renderCauses(
  error: string,
  causes: readonly PossibleCause[],
  style: Style,
  who = 'the client',
): Line[] {
  const lines: Line[] = [
    [
      span(style, error, 'bad'),
      blanks(2),
      span(style, `${counted(causes.length, 'cause')} that ${who} cannot tell apart`),
    ],
  ];
  let rule = '';
  causes.forEach((cause, i) => {
    if (cause.rule !== rule) lines.push([], [blanks(1), span(style, ruleName(cause.rule), 'strong')]);
    rule = cause.rule;
    lines.push(...hanging(`${String(i + 1).padStart(3)}. `, cause.say, style));
    for (const fix of cause.fixes) lines.push(...fixLines(fix, style));
  });
  return lines;
}

function hanging(head: string, text: string, style: Style): Line[] {
  return wrapWords(span(style, text).text, style.width - INDENT).map((t, i) => [
    ...padLine(i === 0 ? [span(style, head)] : [], INDENT),
    span(style, t),
  ]);
}

function fixLines(fix: Fix, style: Style): Line[] {
  const text = `${fix.audience}: ${fix.say}`;
  return wrapWords(span(style, text).text, style.width - INDENT - ARROW).map((t, i) => [
    blanks(INDENT),
    ...padLine(i === 0 ? [mark(style, 'arrow', 'faint'), blanks(1)] : [], ARROW),
    span(style, t, 'faint'),
  ]);
}
