/** What to do: the ordered checklist, grouped by who can do it, numbers running through. */
import type { People } from '../../core/column.ts';
import type { Fix } from '../../core/verdict.ts';
import { peopleOf } from '../../server/words.ts';
import { ruleName } from './id.ts';
import type { Line, Style } from './line.ts';
import { blanks, lineWidth, padLine, span, wrapWords } from './text.ts';

/** An entry: what to do, and the rule that asks for it where one does. */
export type Todo = Fix & { readonly rule?: string };

const INDENT = 7;
const GAP = 3;

/** The checklist as lines, with names for who can do it as the rules' profile has them unless they are given; groups in the order of their first entry, so that the most decisive stands first. */
export function renderChecklist(todos: readonly Todo[], style: Style, who?: People): Line[] {
  if (todos.length === 0) return [];
  const column = ruleColumn(todos, style);
  let number = 0;
  const lines: Line[] = [[span(style, 'What to do', 'strong')]];
  const nameOf = ({ audience, rule }: Todo): string => (who ?? peopleOf(rule))[audience];
  for (const [name, entries] of Map.groupBy(todos, nameOf)) {
    lines.push([blanks(2), span(style, name, 'faint')]);
    for (const entry of entries) lines.push(...todoLines(entry, ++number, column, style));
  }
  return lines;
}

/** Where the rules' names begin; undefined when they do not all fit beside the text, and then none is shown. */
function ruleColumn(todos: readonly Todo[], style: Style): number | undefined {
  const text = Math.max(...todos.map((t) => lineWidth([span(style, t.say)])));
  const rule = Math.max(...todos.map((t) => lineWidth([span(style, ruleName(t.rule ?? ''))])));
  const column = INDENT + text + GAP;
  return column + rule <= style.width ? column : undefined;
}

function todoLines(todo: Todo, number: number, column: number | undefined, style: Style): Line[] {
  const text = wrapWords(span(style, todo.say).text, style.width - INDENT);
  return text.map((t, i) => {
    const head = i === 0 ? `${String(number).padStart(INDENT - 2)}. ` : ' '.repeat(INDENT);
    const line = [span(style, head), span(style, t)];
    if (column === undefined || todo.rule === undefined) return line;
    return [...padLine(line, column), span(style, ruleName(todo.rule), 'faint')];
  });
}
