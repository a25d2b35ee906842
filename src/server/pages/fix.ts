/** The step before the hub changes an application's registration for a refusal: every item, what it means, what stays. */
import type { Check } from '../../core/verdict.ts';
import type { Impact } from '../../profiles/oauth/fixes.ts';
import type { Change, Outlook, PlannedFix } from '../fixes-shapes.ts';
import { appPath } from './app-fields.ts';
import { asShown, capital, type Html, html, visible } from './html.ts';
import { fact, hiddenFields, PATHS, page, type Signed, TEAR } from './layout.ts';
import { halves } from './lit.ts';
import { sentence } from './words.ts';

/** Input of the page. */
export interface FixPage {
  readonly hub: string;
  readonly signed: Signed;
  /** CSRF token of this very plan. */
  readonly csrf: string;
  readonly reference: string;
  readonly app: { readonly id: string; readonly name: string };
  readonly fix: PlannedFix;
  /** The check that it takes away, for the two halves side by side. */
  readonly check?: Pick<Check, 'expected' | 'presented'>;
  /** Something changed since it was looked at: nothing was done, and this is the plan as it is now. */
  readonly stale?: true;
}

/** Renders it. */
export function fixPage(input: FixPage): string {
  const { hub, signed, csrf, reference, app, fix, check, stale } = input;
  const back = PATHS.verdict + reference;
  const { expected, presented } = check ?? {};
  return page({
    here: 'refusals',
    hub,
    signed,
    title: `${stale ? 'Error: ' : ''}${capital(fix.say)}`,
    width: 'middle',
    main: html`<article class="ticket">
<div class="stack"><p class="eyebrow"><a href="${back}">Verdict ${fact(reference)}</a></p>
<h1>${capital(fix.say)}?</h1>
${stale && html`<p class="notice" role="alert">Something has changed since you looked: nothing was done. This is the plan as it is now.</p>`}
<p>For <a href="${appPath(app.id)}">${visible(app.name, 100)}</a> ${fact(app.id)}</p>
${changes(fix.changes)}
${expected !== undefined && presented !== undefined && html`<div class="stack-near"><h2 class="minor">What was refused</h2>${halves(expected, presented)}</div>`}
</div>
${TEAR}
<div class="apart">
${impact('What it means', fix.impact, 'means', fix.would)}
${impact('What could go wrong', fix.impact, 'risk')}
${impact('What stays as it is', fix.impact, 'stays')}
<form method="post" action="${back}" class="stack">${hiddenFields({ csrf, fix: fix.id, seal: fix.seal })}
<p class="beside"><button class="primary" type="submit">${capital(fix.say)}</button> <a class="button" href="${back}">Leave it</a></p></form>
</div>
</article>`,
  });
}

function changes(items: readonly Change[]): Html {
  return html`<table class="changes"><caption class="unseen">What changes</caption>
<thead><tr><th scope="col">What changes</th><th scope="col">now</th><th scope="col">then</th></tr></thead>
<tbody>${items.map(
    ({ item, from, to }) =>
      html`<tr><th scope="row">${visible(item, 300)}</th><td data-is="now">${visible(from)}</td><td data-is="then">${item === 'redirect URI' ? fact(to) : html`<b>${visible(to)}</b>`}</td></tr>`,
  )}</tbody></table>`;
}

function impact(title: string, all: readonly Impact[], kind: Impact['kind'], would?: Outlook): Html {
  const lines = all.filter((one) => one.kind === kind).map(({ say }) => html`<li>${sentence(visible(say))}</li>`);
  const list = html`<ul class="dots">${lines}${would && outlook(would)}</ul>`;
  return html`<section class="stack-near" aria-label="${title}"><h2>${title}</h2>
${kind === 'risk' ? html`<div class="notice caution">${list}</div>` : list}</section>`;
}

function outlook({ ok, say, rule }: Outlook): Html {
  const came = ok
    ? html`The request that was refused <b class="pass">would pass</b>.`
    : html`The request that was refused <b class="fail">would still be refused</b>: ${asShown(say ?? rule ?? '')}.`;
  return html`<li>${came}</li>`;
}
