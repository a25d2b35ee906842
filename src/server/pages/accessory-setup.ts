/** Setup codes: that of the hub or its lamp, shown when it is asked for, and that of another accessory, to pair with it. */
import type { Verdict } from '../../core/verdict.ts';
import type { Announced } from '../home/shapes.ts';
import { accessoryPath, doctorSays, ROOMS } from './accessory-words.ts';
import { problemNotice } from './fields.ts';
import { type Html, html, visible } from './html.ts';
import { fact, hiddenFields, PATHS, page, type Signed, TEAR } from './layout.ts';
import { qrDrawing } from './qr.ts';

/** Input of the page about this hub's own setup code, before and after it was asked for. */
export interface SetupCodePage {
  readonly hub: string;
  readonly signed: Signed;
  readonly id: string;
  readonly name: string;
  /** Token of the form that shows it. */
  readonly csrf: string;
  readonly code?: { readonly setupCode: string; readonly payload: string };
}

/** Renders it. The last part of its address is `id`; for the hub itself that is `ROOMS.hub`. */
export function setupCodePage({ hub, signed, id, name, csrf, code }: SetupCodePage): string {
  const path = accessoryPath(id);
  const back = id === ROOMS.hub ? PATHS.accessories : path;
  return page({
    here: 'accessories',
    hub,
    signed,
    title: `Setup code of ${name}`,
    width: 'narrow',
    main: html`<div class="ticket">
<div class="stack"><p class="eyebrow"><a href="${back}">${back === path ? visible(name, 100) : 'Accessories'}</a></p>
<h1>Setup code of ${visible(name, 100)}</h1>
<p>It is what would be printed on it. Whoever has it can pair: show it to nobody else.</p></div>
${TEAR}
${
  code === undefined
    ? showForm(path, csrf)
    : html`<div class="stack"><pre class="well secret" tabindex="0" aria-label="Setup code">${visible(code.setupCode)}</pre>
${qrDrawing(code.payload, 'The same as a QR code')}
<p class="small soft">Its text: ${fact(code.payload)}</p></div>`
}
</div>`,
  });
}

/** Input of the page that pairs with another accessory. */
export interface PairPage {
  readonly hub: string;
  readonly signed: Signed;
  readonly csrf: string;
  /** What announces itself; nothing before somebody looked. */
  readonly found?: readonly Announced[];
  /** What stands in the fields; never the code. */
  readonly values: ReadonlyMap<string, string>;
  readonly problem?: string;
  readonly verdict?: Verdict;
}

/** Renders it. */
export function pairPage({ hub, signed, csrf, found, values, problem, verdict }: PairPage): string {
  const path = accessoryPath(ROOMS.pair);
  const said = (name: string): string => values.get(name) ?? '';
  return page({
    here: 'accessories',
    hub,
    signed,
    title: `${problem === undefined ? '' : 'Error: '}Pair an accessory`,
    width: 'middle',
    main: html`<div class="ticket">
<div class="stack"><p class="eyebrow"><a href="${PATHS.accessories}">Accessories</a></p><h1>Pair an accessory</h1>
<p>The hub becomes a controller of it, by the code on its label.</p></div>
${TEAR}
<div class="apart">
${problem !== undefined && html`<div class="stack">${problemNotice(problem)}${verdict && html`<h2>Why it failed</h2>${doctorSays(verdict)}`}</div>`}
<section class="stack" aria-labelledby="around"><h2 id="around">What is around</h2>
${found && announced(found, path)}
<form method="get" action="${path}">${hiddenFields({ look: '1' })}<button type="submit">${found ? 'Look again' : 'Look around'}</button></form>
<p class="hint">It takes four seconds.</p></section>
<section class="stack" aria-labelledby="pair"><h2 id="pair">Pair</h2>
<form class="stack" method="post" action="${path}">${hiddenFields({ csrf })}
<div><label for="target">Which one</label><input id="target" name="target" value="${said('target')}" autocomplete="off" spellcheck="false" aria-describedby="target-hint"><p class="hint" id="target-hint">The name or HAP id it announces, or host:port. Empty: the only one that waits to be paired.</p></div>
<div><label for="code">Setup code</label><input id="code" name="code" required autocomplete="off" spellcheck="false" aria-describedby="code-hint"><p class="hint" id="code-hint">031-45-154 as on the label, or the X-HM://… of its QR code.</p></div>
<div><label for="id">What the hub calls it</label><input id="id" name="id" required value="${said('id')}" autocomplete="off" spellcheck="false" aria-describedby="id-hint"><p class="hint" id="id-hint">A short word for scopes: letters, digits, dot, hyphen.</p></div>
<div><label for="name">Name</label><input id="name" name="name" value="${said('name')}" autocomplete="off"></div>
<p><button class="primary" type="submit">Pair</button></p></form></section>
</div></div>`,
  });
}

function announced(found: readonly Announced[], path: string): Html {
  if (found.length === 0) return html`<p>Nothing announces itself on this network.</p>`;
  return html`<ul class="rows">${found.map(({ name, hapId, model, paired, known, addresses, port }) => {
    const target = hapId ?? `${addresses[0] ?? ''}:${port}`;
    const state =
      known !== undefined
        ? html`yours: ${fact(known)}`
        : paired === true
          ? 'paired with somebody'
          : 'waits to be paired';
    return html`<li><div><p><b>${visible(name, 100)}</b> <span class="soft small">${state}</span></p><p class="small soft">${fact(target)}${model !== undefined && html` · ${visible(model, 60)}`}</p></div>
${known === undefined && paired !== true && html`<a class="button" href="${`${path}?${new URLSearchParams({ target })}`}">Choose</a>`}</li>`;
  })}</ul>`;
}

/** The form that shows a setup code. */
export function showForm(path: string, csrf: string): Html {
  return html`<form method="post" action="${path}">${hiddenFields({ do: 'show-code', csrf })}<button type="submit">Show it</button></form>`;
}
