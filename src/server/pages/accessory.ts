/** One accessory: does it answer, what it shows, who its controllers are, what it is owed; and the steps that ask first. */
import type { Effect } from '../../core/model.ts';
import type { Verdict } from '../../core/verdict.ts';
import type { AccessoryView, PairingView, ValueView } from '../home/shapes.ts';
import { answers } from './accessories.ts';
import { showForm } from './accessory-setup.ts';
import { accessoryPath, doctorSays, heldBy, keyFact, toldValues, valueName, valueText } from './accessory-words.ts';
import { problemNotice } from './fields.ts';
import { owedFor, owedKeys, owedLine } from './grant-words.ts';
import { capital, type Html, html, visible } from './html.ts';
import { fact, hiddenFields, PATHS, page, type Signed, TEAR } from './layout.ts';
import { MINT_PATH } from './mint.ts';

/** What can be done with an accessory; the value of its forms' field `do`. */
export const ACCESSORY_FORMS = ['remove', 'forget', 'show-code'] as const;

/** One of them. */
export type AccessoryForm = (typeof ACCESSORY_FORMS)[number];

interface Frame {
  readonly hub: string;
  readonly signed: Signed;
  readonly id: string;
  readonly name: string;
}

/** Input of the page. */
export interface AccessoryPage extends Frame {
  /** What it said; nothing where it did not answer while the page waited. */
  readonly view?: AccessoryView;
  readonly waitedSeconds: number;
  /** The doctor's, on what was said with it, where that went wrong. */
  readonly verdict?: Verdict;
  readonly values: readonly ValueView[];
  readonly pairings: readonly PairingView[];
  readonly names: ReadonlyMap<string, string>;
  /** What it is still owed, newest first. */
  readonly owed: readonly Effect[];
  /** CSRF token of the form that shows the setup code; only for what the hub plays itself. */
  readonly showCode?: string;
  readonly done?: 'remove';
  readonly problem?: string;
  /** Path of the module that looks whether something is still due. */
  readonly module?: string;
}

/** Renders it. */
export function accessoryPage(input: AccessoryPage): string {
  const { hub, signed, id, name, view, done, problem, owed, module } = input;
  return page({
    here: 'accessories',
    hub,
    signed,
    ...(module !== undefined && { module }),
    title: `${problem === undefined ? '' : 'Error: '}${name}`,
    width: 'wide',
    main: html`<article class="ticket">
<div class="stack"><p class="eyebrow"><a href="${PATHS.accessories}">Accessories</a></p>
<h1>${visible(name, 100)}</h1>
<p>${answers(view)}</p>
${problem !== undefined && problemNotice(problem)}
${done && html`<p class="notice good" role="status">The pairing is removed, and the accessory was read back: it lists it no more.</p>`}
${owed.length > 0 && html`<div class="notice caution stack-near" data-owed="${owedKeys(owed)}"><h2>Still due</h2><ul class="stack-near">${owed.map((effect) => html`<li>${owedLine(effect)} ${owedFor(effect)}</li>`)}</ul></div>`}
${about(input)}</div>
${TEAR}
<div class="apart">
${view?.reachable !== true && silent(input)}
${toldValues(input.values).length > 0 && shows(input)}
${controllers(input)}
${doing(input)}
</div>
</article>`,
  });

  function about({ view: seen }: AccessoryPage): Html {
    const rows: readonly (readonly [string, string | undefined])[] = [
      ['Called', id],
      ['Model', seen?.model],
      ['Firmware', seen?.firmware],
      ['Protocol', seen?.pv],
      ['HAP id', seen?.hapId],
      ['At', seen?.address],
    ];
    return html`<dl class="facts">${rows.map(([label, value]) => value !== undefined && html`<dt>${label}</dt><dd>${fact(value)}</dd>`)}</dl>`;
  }
}

function silent({ view, verdict, waitedSeconds }: AccessoryPage): Html {
  const why = view?.why ?? `nothing was heard for ${waitedSeconds} s`;
  return html`<section class="stack" aria-labelledby="silent"><h2 id="silent">It did not answer</h2>
<p>${capital(visible(why, 400))}.</p>
${verdict && doctorSays(verdict)}
<p class="soft">What is due on it stays due, and is done as soon as it answers.</p></section>`;
}

function shows({ values }: AccessoryPage): Html {
  return html`<section class="stack" aria-labelledby="shows"><h2 id="shows">What it shows</h2>
<dl class="facts">${toldValues(values).map((value) => html`<dt>${capital(valueName(value))}</dt><dd><b>${valueText(value)}</b></dd>`)}</dl></section>`;
}

function controllers({ id, pairings, names, view }: AccessoryPage): Html | false {
  if (pairings.length === 0 && view?.reachable !== true) return false;
  return html`<section class="stack" aria-labelledby="pairings"><h2 id="pairings">Pairings</h2>
<ul class="rows">${pairings.map(
    (
      pairing,
    ) => html`<li><div><p>${heldBy(pairing, names)}${pairing.admin && html` <span class="tag soft">administrator</span>`}${!pairing.listed && html` <span class="tag warn">! not there yet</span>`}</p>
<p class="small">${fact(pairing.id)} ${keyFact(pairing.fingerprint)}</p>
${pairing.whose === 'grants' && html`<p class="small soft">It goes when the grant is revoked.</p>`}</div>
${pairing.whose === 'stranger' && html`<a class="button danger" href="${`${accessoryPath(id)}?${new URLSearchParams({ ask: 'remove', pairing: pairing.id })}`}">Remove …</a>`}</li>`,
  )}</ul></section>`;
}

function doing({ id, name, showCode, view }: AccessoryPage): Html {
  const own = view?.own ?? showCode !== undefined;
  const path = accessoryPath(id);
  return html`<section class="stack" aria-labelledby="doing"><h2 id="doing">What you can do</h2>
<ul class="rows"><li><div><p><b>Authorize an app for it</b></p><p class="small soft">A code that the app redeems once.</p></div><a class="button" href="${`${MINT_PATH}?${new URLSearchParams({ accessory: id })}`}">Authorize</a></li>
${showCode !== undefined && html`<li><div><p><b>Show its setup code</b></p><p class="small soft">A secret: whoever has it can pair with ${visible(name, 100)}.</p></div>${showForm(path, showCode)}</li>`}
${!own && html`<li><div><p><b>Forget it</b></p><p class="small soft">The hub is no controller of it any more; the accessory is not told.</p></div><a class="button danger" href="${`${path}?ask=forget`}">Forget …</a></li>`}
</ul></section>`;
}

/** Input of a step that asks first: a stranger's pairing to remove, or the accessory to forget. */
export interface AccessoryAskPage extends Frame {
  readonly csrf: string;
  readonly ask: { readonly do: 'forget' } | { readonly do: 'remove'; readonly pairing: string };
}

/** Renders that step. */
export function accessoryAskPage({ hub, signed, id, name, csrf, ask }: AccessoryAskPage): string {
  const path = accessoryPath(id);
  const remove = ask.do === 'remove';
  const title = remove ? `Remove a pairing from ${name}?` : `Forget ${name}?`;
  const says = remove
    ? [
        html`Whoever holds ${fact(ask.pairing)} cannot reach <b>${visible(name, 100)}</b> any more: not by another app, and not by automations.`,
        html`It is removed from the accessory itself, which is read back. To come back, it has to be paired anew.`,
      ]
    : [
        html`This hub cannot read or switch <b>${visible(name, 100)}</b> any more, and apps cannot through it.`,
        html`The accessory is not told: it keeps the hub’s pairing until it is reset.`,
      ];
  return page({
    here: 'accessories',
    hub,
    signed,
    title,
    width: 'narrow',
    main: html`<div class="ticket">
<div class="stack"><p class="eyebrow">${fact(id)}</p><h1>${visible(title, 200)}</h1></div>
${TEAR}
<div class="stack"><h2>What happens</h2>
<ul class="either stack-near">${says.map((line) => html`<li>${line}</li>`)}</ul>
<form class="choices gap" method="post" action="${path}">
${hiddenFields({ do: ask.do, csrf, ...(remove && { pairing: ask.pairing }) })}<a class="button" href="${path}">Keep it</a>
<button class="danger" type="submit">${remove ? 'Remove it' : 'Forget it'}</button>
</form></div></div>`,
  });
}
