/** Two strings side by side, the characters that differ lit. Both come from a verdict, so they are shown already. */
import { diagnose } from '../../core/near-miss.ts';
import { isMoment } from '../../core/show.ts';
import { asShown, type Html, html } from './html.ts';

/** The two halves as HTML. */
export interface Lit {
  readonly expected: Html;
  readonly presented: Html;
}

/** Lights what differs. Two quite different values are not one mistyped: nothing is lit, they are simply both shown. */
export function lit(expected: string, presented: string): Lit {
  const { label, expectedMarks, presentedMarks } = diagnose(expected, presented);
  if (label === 'different' || (isMoment(expected) && isMoment(presented)))
    return { expected: html`${asShown(expected)}`, presented: html`${asShown(presented)}` };
  return { expected: marked(expected, expectedMarks), presented: marked(presented, presentedMarks) };
}

function marked(text: string, marks: readonly { readonly start: number; readonly end: number }[]): Html {
  const characters = [...text];
  const piece = (from: number, to: number): string => asShown(characters.slice(from, to).join(''));
  const parts: Html[] = [];
  let at = 0;
  for (const { start, end } of marks) {
    // A lone blank stays a blank in prose; here it is the very thing that differs, so it is drawn.
    parts.push(html`${piece(at, start)}<mark>${piece(start, end).replaceAll(' ', '␣')}</mark>`);
    at = end;
  }
  return html`${parts}${piece(at, characters.length)}`;
}

/** The two halves of the ticket, one above the other, so that equal characters stand under each other. */
export function halves(expected: string | undefined, presented: string | undefined): Html {
  const both = expected !== undefined && presented !== undefined ? lit(expected, presented) : undefined;
  const nothing = html`<i class="soft">nothing</i>`;
  return html`<dl class="halves">
${expected !== undefined && html`<div><dt>expected</dt><dd>${both?.expected ?? asShown(expected)}</dd></div>`}
<div><dt>presented</dt><dd>${both?.presented ?? (presented === undefined ? nothing : asShown(presented))}</dd></div>
</dl>`;
}
