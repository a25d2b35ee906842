/** A shared refusal as it is read by whoever has the link; the preview shows the very same. */
import type { SharedCheck, SharedRefusal } from '../share-shapes.ts';
import { hearing } from '../words.ts';
import { asShown, capital, type Html, html } from './html.ts';
import { shownFact, TEAR } from './layout.ts';
import { halves } from './lit.ts';
import { fixSteps, sentence } from './words.ts';

/** Renders it. `level` is that of its title: 1 on a page of its own, 2 in a preview. */
export function sharedRefusal(refusal: SharedRefusal, level: 1 | 2): Html {
  const { asked, heard, why, when, app, failed, of, checks, todo } = refusal;
  const title = capital(why);
  const [profile = '', action = ''] = asked.split(' ', 2);
  const { who, what } = hearing(profile, action);
  return html`<article class="ticket">
<div class="stack">
<p><span class="stamp fail">Refused</span> <span class="soft">&nbsp;Of the checks that may be shown, ${failed} of ${of} failed</span></p>
${level === 1 ? html`<h1>${title}</h1>` : html`<h2>${title}</h2>`}
<dl class="facts">
<dt>When</dt><dd>${asShown(when)}</dd>
<dt>Asked</dt><dd>${shownFact(asked)}${app !== undefined && html` by ${shownFact(app)}`}</dd>
${heard !== undefined && html`<dt>${capital(who)} heard</dt><dd>${what === undefined ? shownFact(heard) : capital(what)}</dd>`}
</dl>
</div>
${TEAR}
<div class="apart">
${
  todo.length > 0 &&
  html`<section class="stack">${heading(level, 'What to do')}
${fixSteps(todo, shownFact)}</section>`
}
<section class="stack">${heading(level, 'What did not hold')}<div>${checks.map(row)}</div></section>
</div>
</article>`;
}

function heading(level: 1 | 2, words: string): Html {
  return level === 1 ? html`<h2>${words}</h2>` : html`<h3>${words}</h3>`;
}

function row({ rule, outcome, say, detail, expected, presented }: SharedCheck): Html {
  const failed = outcome === 'fail';
  return html`<div class="rule">
<span class="glyph ${outcome}" aria-hidden="true">${failed ? '✗' : '!'}</span>
<div>
<p class="line">${shownFact(rule)}<span class="unseen">${failed ? 'failed' : 'warning'}</span></p>
<p>${sentence(say)}${detail !== undefined && html` <span class="soft">${sentence(detail)}</span>`}</p>
${(expected !== undefined || presented !== undefined) && halves(expected, presented)}
</div>
</div>`;
}
