/** The accessories of the hub: who answers, what they show, who is paired with them, what they are still owed. */
import type { Effect } from '../../core/model.ts';
import type { AccessoryView, PairingView, ValueView } from '../home/shapes.ts';
import { accessoryPath, heldBy, keyFact, ROOMS, switches, valueName, valueText } from './accessory-words.ts';
import { owedFor, owedLine } from './grant-words.ts';
import { capital, type Html, html, visible } from './html.ts';
import { fact, PATHS, page, type Signed, TEAR } from './layout.ts';
import { MINT_PATH } from './mint.ts';

/** An accessory as it is listed. */
export interface AccessoryRow {
  readonly id: string;
  readonly name: string;
  /** What it said; nothing where it did not answer while the page waited. */
  readonly view?: AccessoryView;
  readonly values: readonly ValueView[];
  readonly pairings: readonly PairingView[];
  readonly owed: readonly Effect[];
}

/** Input of the list. */
export interface AccessoriesPage {
  readonly hub: string;
  readonly signed: Signed;
  readonly rows: readonly AccessoryRow[];
  /** Names of applications by their ids. */
  readonly names: ReadonlyMap<string, string>;
  /** How long the page waited, in seconds. */
  readonly waitedSeconds: number;
  /** What was just done. */
  readonly done?: 'forget' | 'pair';
}

const DONE = {
  forget: 'The hub is no controller of it any more.',
  pair: 'The hub is paired with it.',
} as const;

/** Renders it. */
export function accessoriesPage(input: AccessoriesPage): string {
  const { hub, signed, rows, done } = input;
  return page({
    here: 'accessories',
    hub,
    signed,
    title: 'Accessories',
    width: 'wide',
    main: html`<div class="ticket">
<div class="headed"><div class="stack-near"><h1>Accessories</h1>
<p class="soft">What this hub is paired with, and who else is.</p></div>
<div class="beside"><a class="button primary" href="${MINT_PATH}">Authorize an app</a><a class="button" href="${accessoryPath(ROOMS.pair)}">Pair another one</a></div></div>
${done && html`<p class="notice good gap" role="status">${DONE[done]}</p>`}
${TEAR}
${rows.length === 0 ? html`<p>There is none. <a href="${accessoryPath(ROOMS.pair)}">Pair the first one</a>.</p>` : html`<ul class="cards">${rows.map((row) => card(row, input))}</ul>`}
</div>
<div class="ticket">${thisHub(rows)}</div>`,
  });
}

function card(
  { id, name, view, values, pairings, owed }: AccessoryRow,
  { names, waitedSeconds }: AccessoriesPage,
): Html {
  const { model, firmware, pv } = view ?? {};
  return html`<li>
<div class="stack-near"><h2><a href="${accessoryPath(id)}">${visible(name, 100)}</a></h2>
<p>${answers(view)}</p>
<p class="small soft">${fact(id)}${model !== undefined && html` · ${visible(model, 60)}`}</p></div>
<dl class="facts">
${view?.reachable !== true && html`<dt>Why</dt><dd>${view?.why === undefined ? `It said nothing for ${waitedSeconds} s.` : html`${capital(visible(view.why, 400))}. <a href="${accessoryPath(id)}">What to do</a>`}</dd>`}
${switches(values).map((value) => html`<dt>${capital(valueName(value))}</dt><dd><b>${valueText(value)}</b></dd>`)}
${firmware !== undefined && html`<dt>Firmware</dt><dd>${visible(firmware, 60)}${pv !== undefined && html` <span class="soft small">protocol ${visible(pv, 20)}</span>`}</dd>`}
${pairings.length > 0 && html`<dt>Pairings</dt><dd><ul>${pairings.map((one) => html`<li>${heldBy(one, names)}${!one.listed && html` <span class="warn small">not there yet</span>`}</li>`)}</ul></dd>`}
${owed.length > 0 && html`<dt>Still due</dt><dd><ul>${owed.map((effect) => html`<li>${owedLine(effect)} ${owedFor(effect)}</li>`)}</ul></dd>`}
</dl>
</li>`;
}

/** Does it answer? By sign, word and colour. */
export function answers(view: Pick<AccessoryView, 'reachable'> | undefined): Html {
  return view?.reachable === true
    ? html`<span class="tag pass">● Answers</span>`
    : html`<span class="tag fail">✗ Did not answer</span>`;
}

function thisHub(rows: readonly AccessoryRow[]): Html {
  const own = rows.flatMap(({ pairings }) => pairings).find(({ whose }) => whose === 'hub');
  return html`<section class="stack" aria-labelledby="this"><h2 id="this">This hub</h2>
<p>To accessories it is a controller; to apps that pair with it, an accessory of its own: a bridge with the lamp behind it.</p>
${own && html`<dl class="facts"><dt>As a controller</dt><dd>${fact(own.id)} ${keyFact(own.fingerprint)}</dd></dl>`}
<p><a href="${`${PATHS.accessories}/${ROOMS.hub}`}">Its setup code</a> <span class="soft">is a secret, and shown when you ask for it.</span></p>
</section>`;
}
