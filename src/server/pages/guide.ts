/** The guide on pages: all rules, findable by words, and one rule with each of its causes. The texts are the rules' own. */
import type { GuideCause, GuideRule } from '../guide.ts';
import { hearerOf, peopleOf } from '../words.ts';
import { capital, type Html, html, visible } from './html.ts';
import { fact, PATHS, page, type Signed, TEAR } from './layout.ts';
import { advice, ruleTitle, sentence } from './words.ts';

/** Input of the list. */
export interface GuidePage {
  readonly hub: string;
  readonly signed: Signed;
  /** What was looked for; all of them where it is empty. */
  readonly words: string;
  readonly rules: readonly GuideRule[];
}

/** Input of one rule's page. */
export interface GuideRulePage {
  readonly hub: string;
  readonly signed: Signed;
  readonly rule: GuideRule;
}

/** `/guide/<rule>` of a rule of ours; undefined of what the guide does not have: the engine's own check. */
export function guidePath(rule: string, cause?: string): string | undefined {
  if (!/^[a-z]+(?:-[a-z]+)*\.[a-z0-9-]+$/.test(rule) || rule.startsWith('core.')) return undefined;
  return `${PATHS.guide}/${rule}${cause !== undefined && /^[a-z0-9-]+$/.test(cause) ? `#${cause}` : ''}`;
}

/** Renders the list. */
export function guidePage({ hub, signed, words, rules }: GuidePage): string {
  const books = [...new Set(rules.map(({ book }) => book))];
  const causes = rules.reduce((sum, rule) => sum + rule.causes.length, 0);
  return page({
    here: 'guide',
    hub,
    signed,
    title: 'Guide',
    width: 'wide',
    main: html`<article class="ticket">
<div class="stack"><h1>Why something is refused</h1>
<p>Every rule that codes, tokens and accessories are judged by: what it is for, what may be wrong, what to do.</p>
<form method="get" action="/guide" role="search" class="beside">
<input id="q" name="q" type="search" aria-label="Words to look for" placeholder="redirect, invalid_grant, expired" maxlength="200" autocapitalize="none" autocorrect="off" autocomplete="off" spellcheck="false" value="${words}">
<button type="submit">Find</button></form>
<p class="small soft" role="status">${found(words, rules.length, causes)}</p></div>
${TEAR}
<div class="apart">${books.map(
      (book) => html`<section class="stack" aria-label="${book}"><h2>${book}</h2>
<ul class="list guide">${rules.filter((rule) => rule.book === book).map(row)}</ul></section>`,
    )}
${rules.length === 0 && html`<p>No rule has all of these words. <a href="/guide">See all of them</a>.</p>`}</div>
</article>`,
  });
}

function found(words: string, rules: number, causes: number): Html {
  const count = html`${rules} ${rules === 1 ? 'rule' : 'rules'}, ${causes} ${causes === 1 ? 'cause' : 'causes'}`;
  return words === '' ? count : html`${count} with “${visible(words, 200)}”. <a href="/guide">See all</a>`;
}

function row({ id, why }: GuideRule): Html {
  return html`<li><a href="${`${PATHS.guide}/${id}`}"><span>${fact(id)}</span><span class="what">${sentence(why)}</span></a></li>`;
}

/** Renders one rule. */
export function guideRulePage({ hub, signed, rule }: GuideRulePage): string {
  const { id, book, cite, why, judged, causes } = rule;
  return page({
    here: 'guide',
    hub,
    signed,
    title: id,
    width: 'middle',
    main: html`<article class="ticket">
<div class="stack"><p class="eyebrow"><a href="/guide">Guide</a> · ${book}</p>
<h1>${ruleTitle(id)}</h1>
<p>${sentence(why)}</p>
<dl class="facts">
<dt>Rule</dt><dd>${fact(id)}</dd>
<dt>After</dt><dd>${cite}</dd>
<dt>Judged</dt><dd>${judged.join(', ')}</dd>
</dl></div>
${TEAR}
<div class="apart">${causes.map((cause) => causeSection(cause, id))}</div>
</article>`,
  });
}

function causeSection({ id, say, fixes, heard, warns, counts }: GuideCause, rule: string): Html {
  const people = peopleOf(rule);
  const who = hearerOf(rule);
  return html`<section class="stack cause" id="${id}" aria-label="${say}">
<h2>${sentence(say)}</h2>
<p class="small soft">Cause ${fact(id)}${heard.length > 0 && html` · ${who} hears ${heard.map((error, i) => html`${i > 0 && ' or '}${fact(error)}`)}`}${warns && ' · a warning: nothing is refused for it'}${counts && ' · counts against the code'}</p>
${
  fixes.length > 0 &&
  html`<ol class="steps">${fixes.map(
    (fix) =>
      html`<li><div><p>${advice(fix.say)}</p><p class="small soft">${capital(people[fix.audience])}</p></div></li>`,
  )}</ol>`
}
</section>`;
}
