/** `/` for who is signed in: what was refused, newest first, with filters and a chart. `src/console/refusals.ts` keeps it alive. */
import type { Verdict } from '../../core/verdict.ts';
import { reasonOf } from '../words.ts';
import { type Chart, chartSection, number } from './chart.ts';
import { option, tick } from './fields.ts';
import { firstRequest } from './home.ts';
import { asShown, capital, type Html, html } from './html.ts';
import { fact, moment, PATHS, page, type Signed, shownFact, TEAR } from './layout.ts';
import { type Range, rangePicker, rangeWords } from './range.ts';
import { referenceOf } from './timeline.ts';

/** One refusal, or with `ok` what was accepted. Its strings went through `asShown` and stand as they are. */
export interface RefusalRow {
  readonly id: string;
  /** What its page is at, under `/r/`. */
  readonly ref: string;
  readonly at: number;
  readonly ok: boolean;
  readonly times: number;
  readonly profile: string;
  readonly say: string;
  /** One for each column of the page. */
  readonly cells: readonly string[];
}

/** What somebody may choose of one thing. */
export interface Choice {
  readonly value: string;
  readonly name: string;
}

/** Input of the page. */
export interface RefusalsPage {
  readonly hub: string;
  readonly issuer: string;
  readonly signed: Signed;
  /** Path of `src/console/refusals.ts`; the page must be answered with `live` then. */
  readonly module?: string;
  /** Labels of the columns that profiles have, between the cause and the reference. */
  readonly columns: readonly string[];
  readonly rows: readonly RefusalRow[];
  readonly filters: Filters;
  readonly chart: Chart;
  /** Where older rows are: the next page, and the same as JSON. */
  readonly older?: string;
  /** A search looked at so many rows and stopped; `older` goes on. */
  readonly scanned?: number;
  /** What the module asks: more rows, and new ones. Without `live` this is not the newest page. */
  readonly paths: { readonly more: string; readonly next?: string; readonly live?: string; readonly chart: string };
  /** The path without any filter, where there is one; the path of the newest page, where this is another one. */
  readonly all?: string;
  readonly newest?: string;
  /** Nothing was ever kept here. */
  readonly empty?: boolean;
}

/** What is filtered by, and what could be. */
export interface Filters {
  readonly profile?: string;
  readonly profiles: readonly Choice[];
  readonly app?: string;
  readonly apps: readonly Choice[];
  readonly cause?: string;
  readonly causes: readonly (Choice & { readonly count: number })[];
  readonly text?: string;
  readonly accepted: boolean;
  readonly range: Range;
  readonly rangeHref: (range: Range) => string;
}

/** Renders it. */
export function refusalsPage(input: RefusalsPage): string {
  const { hub, signed, module, filters, chart } = input;
  return page({
    hub,
    signed,
    title: 'Refusals',
    width: 'wide',
    here: 'refusals',
    ...(module !== undefined && { module }),
    main: input.empty
      ? nothingYet(input)
      : html`<div class="headed refusals-head"><h1>Refusals</h1><p class="live-state small soft" id="live" hidden></p>${rangePicker(filters.range, filters.rangeHref)}</div>
<div class="ticket board">${chartSection(chart)}</div>
${filterForm(input)}
${log(input)}`,
  });
}

function nothingYet({ issuer, signed, paths }: RefusalsPage): Html {
  return html`<div class="ticket">
<div class="stack"><h1>No refusals yet</h1><p class="soft">When a request does not fit, it appears here with every check and its cause.</p>
${
  signed.role === 'operator' &&
  html`<p><a href="${PATHS.apps}">Trusted Applications</a> <span class="soft">says which apps may ask here, where their codes may go, and what each may do.</span></p>`
}</div>
${TEAR}
${firstRequest(issuer, true)}
<p id="wait" data-live="${paths.live ?? ''}" hidden></p>
</div>`;
}

function filterForm({ filters, all }: RefusalsPage): Html {
  const { profile, profiles, app, apps, cause, causes, text, accepted, range } = filters;
  const counted = causes.map(({ value, name, count }) => ({
    value,
    name: `${clipped(capital(name))} (${number(count)})`,
  }));
  return html`<form class="filters" method="get" action="${PATHS.home}" role="search" aria-label="Filters">
${range !== '1m' && html`<input type="hidden" name="range" value="${range}">`}
${choice('profile', 'Profile', 'All', profiles, profile)}
${choice('app', 'App', 'All', apps, app)}
${choice('cause', 'Cause', 'Any', counted, cause)}
<p class="wide-field"><label for="q">Text</label><input id="q" name="q" type="search" value="${text ?? ''}" maxlength="200" autocomplete="off" spellcheck="false" placeholder="a fact, a reference, a word of the cause"></p>
<p class="buttons">${tick('accepted', accepted, 'Also accepted')}
<button type="submit">Filter</button>${all !== undefined && html`<a href="${all}">Show all</a>`}</p>
</form>`;
}

/** Longest name of a cause that has its count behind it. */
const NAME_MAX = 60;

function clipped(name: string): string {
  return name.length > NAME_MAX
    ? `${name
        .slice(0, NAME_MAX - 1)
        .toWellFormed()
        .trimEnd()}…`
    : name;
}

function choice(
  name: string,
  label: string,
  none: string,
  choices: readonly Choice[],
  chosen: string | undefined,
): Html {
  const known = chosen === undefined || choices.some(({ value }) => value === chosen);
  const all = known ? choices : [{ value: chosen, name: chosen }, ...choices];
  return html`<p><label for="${name}">${label}</label><select id="${name}" name="${name}">${option('', none, chosen ?? '')}${all.map(
    ({ value, name: words }) => option(value, words, chosen),
  )}</select></p>`;
}

function log(input: RefusalsPage): Html {
  const { columns, rows, filters, older, scanned, paths, newest } = input;
  const width = `log of-${columns.length}`;
  return html`<section class="${width}" id="log" aria-labelledby="log-name" data-more="${paths.more}" data-next="${paths.next ?? ''}" data-live="${paths.live ?? ''}" data-chart="${paths.chart}">
<h2 class="unseen" id="log-name">${filters.accepted ? 'Attempts' : 'Refusals'}, newest first</h2>
${newest !== undefined && html`<p class="small"><a href="${newest}">Newest</a></p>`}
<div class="log-table" role="table" aria-labelledby="log-name">
<div class="log-top" role="rowgroup"><div class="log-row log-head" role="row"><span role="columnheader">When (UTC)</span><span role="columnheader">What</span>${columns.map((label) => html`<span role="columnheader">${asShown(label)}</span>`)}<span role="columnheader">Profile</span><span role="columnheader">Reference</span></div></div>
<div class="log-body" role="rowgroup">${rows.map((row) => logRow(row))}</div>
</div>
${rows.length === 0 && html`<p class="log-none soft" id="none">${nothing(input)}</p>`}
<p class="log-more small" id="more">${older !== undefined && html`${scanned !== undefined && html`${number(scanned)} rows were searched. `}<a href="${older}">Older refusals</a>`}</p>
<p class="unseen" id="said" role="status"></p>
</section>`;
}

function nothing({ filters, all, older }: RefusalsPage): Html {
  if (older !== undefined) return html`Nothing among these.`;
  const where = filters.range === 'all' ? '' : ` in ${rangeWords(filters.range)}`;
  return all === undefined
    ? html`Nothing was refused${where}.`
    : html`Nothing that fits${where}. <a href="${all}">Show all</a>`;
}

/** One row. Its cells are in the order of the head. */
function logRow({ id, ref, at, ok, times, profile, say, cells }: RefusalRow): Html {
  return html`<div class="log-row ${ok ? 'ok' : ''}" role="row" data-id="${id}" data-at="${at}" data-times="${times}"><span role="cell" class="when">${timeOf(at)}</span><span role="cell" class="what"><a href="${PATHS.verdict + ref}">${say}</a>${times > 1 && html`<span class="times">× ${number(times)}</span>`}</span>${cells.map((cell) => html`<span role="cell" class="cell">${cell}</span>`)}<span role="cell" class="profile">${profile}</span><span role="cell" class="ref">${ref}</span></div>`;
}

/** `2026-03-14 09:26:53`: the head of the column says UTC. */
function timeOf(at: number): Html {
  const iso = new Date(at).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 19)}</time>`;
}

/** What a short list needs of a refusal. */
export type Listed = Pick<
  Verdict,
  'id' | 'at' | 'action' | 'subject' | 'decisive' | 'cause' | 'refusal' | 'times' | 'checks'
>;

/** Refusals as a short list of links to their pages, for the pages of what they are about. */
export function refusalList(list: readonly Listed[]): Html {
  return html`<ul class="list">${list.map(
    ({ id, at, action, subject, times, ...why }) => html`<li><a href="${PATHS.verdict + referenceOf(id)}">
<span class="small soft">${moment(at)}</span>
<span class="what"><b>${capital(reasonOf(why))}</b>${times > 1 && ` × ${times}`}<br><span class="small soft">${shownFact(action)}${subject !== undefined && html` by ${shownFact(subject)}`}</span></span>
<span class="small go">${fact(referenceOf(id))}</span>
</a></li>`,
  )}</ul>`;
}
