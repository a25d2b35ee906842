/** One grant: the decision, what came of it as a graph, its life, and the two things to do: renew its code, revoke it. */
import type { Code, Grant } from '../../core/model.ts';
import type { Timeline, Updated } from '../operations.ts';
import type { ClockAt, GrantStanding } from '../standing.ts';
import { grantWords } from '../words.ts';
import { appPath } from './app-fields.ts';
import { type CodeOnce, codeOnce } from './code-once.ts';
import { problemNotice } from './fields.ts';
import {
  type Allowed,
  count,
  decidedRow,
  grantPath,
  holderName,
  isOwed,
  mayList,
  owedKeys,
  owedLine,
  standingTag,
  termRows,
} from './grant-words.ts';
import { asShown, type Html, html, visible } from './html.ts';
import { fact, hiddenFields, moment, PATHS, page, type Signed, span, TEAR } from './layout.ts';
import type { LineageNode } from './lineage.ts';
import { lineageDrawing } from './lineage-drawing.ts';
import { type Telling, timelineSection } from './timeline.ts';
import { advice } from './words.ts';

/** What can be done to a grant; the value of its forms' field `do`. */
export type GrantForm = 'renew' | 'revoke';

interface Frame {
  readonly hub: string;
  readonly signed: Signed;
  readonly grant: Grant;
  /** The application, while it is registered. */
  readonly app?: { readonly name: string };
}

/** Input of the page. */
export interface GrantPage extends Frame {
  readonly standing: GrantStanding;
  readonly allowed: readonly Allowed[];
  readonly lineage: LineageNode;
  /** What of its life is told, and how many older entries are not. */
  readonly timeline: Timeline;
  /** The store's clock and generation. */
  readonly at: ClockAt;
  readonly changed?: Telling['changed'];
  readonly untold: number;
  /** Other grants below this one. */
  readonly below: readonly Grant[];
  /** A code that could be renewed, with the token of that form and the store's clock. */
  readonly renewable?: { readonly code: Code; readonly csrf: string; readonly now: number };
  /** It was revoked just now. */
  readonly revoked?: true;
  /** What was asked for and could not be done. */
  readonly problem?: string;
  /** Path of the module that looks whether something is still due. */
  readonly module?: string;
}

/** Renders it. */
export function grantPage(input: GrantPage): string {
  const { hub, signed, grant, app, standing, timeline, lineage, untold, revoked, problem, module } = input;
  const owed = timeline.effects.filter(isOwed);
  return page({
    here: 'grants',
    hub,
    signed,
    ...(module !== undefined && { module }),
    title: `${problem === undefined ? '' : 'Error: '}Grant of ${app?.name ?? grant.to}`,
    width: 'wide',
    main: html`<article class="ticket">
<div class="stack"><p class="eyebrow"><a href="${PATHS.grants}">Grants</a></p>
<h1>Grant of ${holderName(grant, app)}</h1>
<p>${standingTag(standing)}</p>
${problem !== undefined && problemNotice(problem)}
${revoked && html`<p class="notice good" role="status">It is revoked: nothing that was handed out for it is taken any more.</p>`}
${owed.length > 0 && html`<div class="notice caution stack-near" data-owed="${owedKeys(owed)}"><h2>Still due</h2><ul class="stack-near">${owed.map((effect) => html`<li>${owedLine(effect)}</li>`)}</ul></div>`}
${decision(input)}
</div>
${TEAR}
<div class="apart">
<section class="stack" aria-labelledby="lineage"><h2 id="lineage">What came of it</h2>
${lineageDrawing(lineage)}</section>
${doing(input)}
${untold > 0 && html`<p class="soft">${count(untold, 'older moment is', 'older moments are')} left out below.</p>`}
${timelineSection(timeline, { at: input.at, ...(input.changed && { changed: input.changed }) })}
</div>
</article>`,
  });
}

function decision({ grant, app, allowed, below }: GrantPage): Html {
  const { id, profile, to, until, terms, endedAt, endedBy, parent } = grant;
  const own = grantWords(profile);
  const bound = [
    ...(terms['pairing_id'] === undefined ? [] : [['Pairing', String(terms['pairing_id'])] as const]),
    ...(terms['redirect_uri'] === undefined ? [] : [['Redirect URI', String(terms['redirect_uri'])] as const]),
    ...(terms['ownership'] === undefined ? [] : [['Ownership', String(terms['ownership'])] as const]),
  ];
  return html`<dl class="facts">
<dt>Grant</dt><dd>${fact(id)}</dd>
<dt>${own?.holder ?? 'For'}</dt><dd>${app ? html`<a href="${appPath(to)}">${visible(to, 200)}</a>` : html`${fact(to)}${!own && html` <span class="soft small">not registered any more</span>`}`}</dd>
<dt>May</dt><dd>${mayList(grant, allowed)}</dd>
${bound.map(([name, value]) => html`<dt>${name}</dt><dd>${fact(value)}</dd>`)}
${termRows(grant)}${decidedRow(grant)}
<dt>Ends</dt><dd>${until === null ? 'when it is revoked' : moment(until)}</dd>
${endedAt !== undefined && html`<dt>Ended</dt><dd>${moment(endedAt)}${endedBy !== undefined && html`: ${asShown(endedBy.replaceAll('-', ' '))}`}</dd>`}
${parent !== undefined && html`<dt>Comes of</dt><dd><a href="${grantPath(parent)}">${visible(parent, 60)}</a></dd>`}
${below.length > 0 && html`<dt>Grants below</dt><dd><ul>${below.map((one) => html`<li><a href="${grantPath(one.id)}">${visible(one.id, 60)}</a> <span class="soft small">for ${visible(one.to, 60)}</span></li>`)}</ul></dd>`}
</dl>`;
}

function doing({ grant, standing, renewable }: GrantPage): Html | false {
  if (standing !== 'live' && standing !== 'pending' && renewable === undefined) return false;
  const path = grantPath(grant.id);
  const own = grantWords(grant.profile);
  return html`<section class="stack" aria-labelledby="doing"><h2 id="doing">What you can do</h2>
<ul class="rows">
${
  renewable &&
  html`<li><div><p><b>Renew its code</b></p><p class="small soft">${fact(renewable.code.id.slice(0, 13))} was not redeemed yet and has ${span(renewable.code.until - renewable.now)} left. A new one takes its place, bound to the same; the old one is worthless then.</p></div>
<form method="post" action="${path}">${hiddenFields({ do: 'renew', code: renewable.code.id, csrf: renewable.csrf })}<button type="submit">Renew</button></form></li>`
}
${own && standing === 'live' && html`<li><div><p><b>Make another ${own.key}</b></p><p class="small soft">At the command line, which shows it this once: ${fact(own.more)}</p></div></li>`}
<li><div><p><b>Revoke it</b></p><p class="small soft">${own ? `Its ${own.key}s die at once.` : 'Codes and tokens die at once, and what it set up on devices is taken back.'} You are shown what before anything happens.</p></div>
<a class="button danger" href="${`${path}?ask=revoke`}">Revoke…</a></li>
</ul></section>`;
}

/** What dies with a grant. */
export interface GrantToll {
  readonly codes: number;
  readonly tokens: number;
  /** There was more than could be counted. */
  readonly more?: true;
  /** Grants below it, which end with it. */
  readonly grants: number;
  /** What will be taken back: what it set up, and where. */
  readonly devices: readonly { readonly kind: string; readonly target: string; readonly pairing?: string }[];
}

/** Input of the step before a grant is revoked. */
export interface GrantRevokePage extends Frame {
  readonly csrf: string;
  readonly toll: GrantToll;
}

/** Renders that step. */
export function grantRevokePage({ hub, signed, grant, app, csrf, toll }: GrantRevokePage): string {
  const path = grantPath(grant.id);
  const { codes, tokens, more, grants, devices } = toll;
  const least = more ? 'At least ' : '';
  const own = grantWords(grant.profile);
  const none = `No ${own?.key ?? 'code or token'} of it would still be taken: none has to die.`;
  const dying = own
    ? html`<b>${count(codes, `live ${own.key}`)}</b>`
    : html`<b>${count(codes, 'code')}</b> and <b>${count(tokens, 'live token')}</b>`;
  const after = own?.toll ?? ['There is no way back: the app has to be authorized anew.'];
  return page({
    here: 'grants',
    hub,
    signed,
    title: `Revoke the grant of ${app?.name ?? grant.to}?`,
    width: 'narrow',
    main: html`<div class="ticket">
<div class="stack"><p class="eyebrow">${fact(grant.id)}</p><h1>Revoke the grant of ${holderName(grant, app)}?</h1></div>
${TEAR}
<div class="stack"><h2>What happens</h2>
<ul class="either stack-near">
<li>${codes + tokens === 0 ? none : html`${least}${dying} ${own && codes === 1 ? 'dies' : 'die'} at once.`}</li>
${devices.map(({ kind, target, pairing }) => html`<li>Its ${visible(kind.replaceAll('_', ' '), 60)}${pairing !== undefined && html` ${fact(pairing)}`} is removed from <b>${visible(target, 100)}</b>. Until that is read back, this page says so.</li>`)}
${grants > 0 && html`<li><b>${count(grants, 'grant')}</b> below it ${grants === 1 ? 'ends' : 'end'} with it.</li>`}
${after.map((line) => html`<li>${advice(line)}</li>`)}
</ul>
<form class="choices gap" method="post" action="${path}">
${hiddenFields({ do: 'revoke', csrf })}<a class="button" href="${path}">Keep it</a>
<button class="danger" type="submit">Revoke it</button>
</form></div></div>`,
  });
}

/** Input of the page that shows a renewed code, this once. */
export interface GrantRenewedPage extends Frame, Omit<CodeOnce, 'minted' | 'app'> {
  readonly updated: Updated;
  /** How the application proves itself. */
  readonly proves: CodeOnce['app'];
}

/** Renders it. */
export function grantRenewedPage({ hub, signed, grant, app, updated, proves, ...rest }: GrantRenewedPage): string {
  const { old, minted, changes } = updated;
  return page({
    here: 'grants',
    hub,
    signed,
    title: 'The code is renewed',
    width: 'middle',
    main: html`<article class="ticket">
<div class="stack"><p class="eyebrow"><a href="${grantPath(grant.id)}">Grant of ${holderName(grant, app)}</a></p>
<h1>The code is renewed</h1>
<p>${fact(old.slice(0, 13))} is worthless now, and names its successor to whoever runs this hub.</p></div>
${TEAR}
<div class="apart">${codeOnce({ ...rest, app: proves, minted })}
<section class="stack" aria-labelledby="changes"><h2 id="changes">What changed</h2>
<dl class="facts">${changes.map(({ item, from, to }) => html`<dt>${visible(item, 100)}</dt><dd>${from === to ? html`<code>${asShown(to)}</code> <span class="soft small">as before</span>` : html`<code>${asShown(from)}</code> <span class="soft">became</span> <code>${asShown(to)}</code>`}</dd>`)}</dl>
</section></div>
</article>`,
  });
}
