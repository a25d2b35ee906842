/** The list of grants: who holds one, for what, until when, what of it could still be used, and what devices are owed. */
import type { Effect, Grant } from '../../core/model.ts';
import type { GrantStanding } from '../standing.ts';
import { grantWords } from '../words.ts';
import { appChoice, option } from './fields.ts';
import {
  type Allowed,
  count,
  decidedRow,
  grantPath,
  holderName,
  mayList,
  owedKeys,
  owedLine,
  standingTag,
  termRows,
} from './grant-words.ts';
import { type Html, html } from './html.ts';
import { fact, moment, PATHS, page, type Signed, TEAR } from './layout.ts';

/** What the list can be narrowed to. */
export const GRANT_STATES = ['live', 'due', 'pending', 'revoked', 'denied', 'any'] as const;

/** One of them. */
export type GrantState = (typeof GRANT_STATES)[number];

/** The filter as it stands. */
export interface GrantsFilter {
  readonly client?: string;
  readonly profile?: string;
  readonly state: GrantState;
}

/** A grant as it is listed. */
export interface GrantRow {
  readonly grant: Grant;
  readonly standing: GrantStanding;
  /** The application, while it is registered. */
  readonly app?: { readonly name: string };
  readonly allowed: readonly Allowed[];
  /** What of it would be taken now: codes that wait to be redeemed, and tokens. `more`: there are more tokens than were read. */
  readonly live: { readonly codes: number; readonly tokens: number; readonly more?: true };
  /** What is still owed to devices. */
  readonly owed: readonly Effect[];
}

/** Input of the list. */
export interface GrantsPage {
  readonly hub: string;
  readonly signed: Signed;
  readonly rows: readonly GrantRow[];
  readonly filter: GrantsFilter;
  /** Whom a grant may be for: applications, and what other profiles let in. */
  readonly holders: readonly { readonly id: string; readonly name: string }[];
  readonly profiles: readonly string[];
  /** Where the list goes on. */
  readonly older?: string;
  /** Everything that is owed to devices, whatever the filter. */
  readonly owing: readonly Effect[];
}

const STATE_WORDS: Readonly<Record<GrantState, string>> = {
  live: 'Live',
  due: 'Still due on a device',
  pending: 'Not decided yet',
  revoked: 'Revoked',
  denied: 'Turned down',
  any: 'Any',
};

/** Renders it. */
export function grantsPage(input: GrantsPage): string {
  const { hub, signed, rows, older, owing, filter } = input;
  const grants = new Set(owing.map(({ grant }) => grant)).size;
  return page({
    here: 'grants',
    hub,
    signed,
    title: 'Grants',
    width: 'wide',
    main: html`<div class="ticket" data-owed="${owedKeys(owing)}">
<div class="headed"><div class="stack-near"><h1>Grants</h1>
<p class="soft">Each is a decision of somebody, with everything that was handed out for it.</p></div>
<a class="button primary" href="${`${PATHS.grants}/new`}">Authorize an app</a></div>
${grants > 0 && filter.state !== 'due' && html`<p class="notice caution gap">${count(grants, 'grant')} ${grants === 1 ? 'has' : 'have'} something still due on a device. <a href="${`${PATHS.grants}?state=due`}">Show ${grants === 1 ? 'it' : 'them'}</a></p>`}
${filters(input)}
${TEAR}
${rows.length === 0 ? nothing(filter) : html`<ul class="cards">${rows.map(card)}</ul>`}
${older !== undefined && html`<p class="gap"><a class="button" href="${older}">Older grants</a></p>`}
</div>`,
  });
}

function filters({ filter, holders, profiles }: GrantsPage): Html {
  const known = filter.client === undefined || holders.some(({ id }) => id === filter.client);
  const all = known ? holders : [...holders, { id: filter.client ?? '', name: filter.client ?? '' }];
  return html`<form class="sieve gap" method="get" action="${PATHS.grants}">
<div><label for="client">For</label><select id="client" name="client">${option('', 'All', filter.client ?? '')}${all.map((one) => option(one.id, appChoice(one), filter.client))}</select></div>
<div><label for="profile">Profile</label><select id="profile" name="profile">${option('', 'All', filter.profile ?? '')}${profiles.map((name) => option(name, name, filter.profile))}</select></div>
<div><label for="state">State</label><select id="state" name="state">${GRANT_STATES.map((state) => option(state, STATE_WORDS[state], filter.state))}</select></div>
<button type="submit">Filter</button>
</form>`;
}

function nothing({ client, profile, state }: GrantsFilter): Html {
  const narrowed = client !== undefined || profile !== undefined || state !== 'any';
  return html`<div class="stack">
<h2>${narrowed ? 'No grant is like this' : 'Nothing was decided yet'}</h2>
<p>A grant begins when somebody allows an app what it asks for, or when you authorize one here.</p>
${narrowed && html`<p><a href="${`${PATHS.grants}?state=any`}">Show every grant</a></p>`}
</div>`;
}

function card({ grant, standing, app, allowed, live, owed }: GrantRow): Html {
  const { id, profile, to, until } = grant;
  return html`<li>
<div class="stack-near"><h2><a href="${grantPath(id)}">${holderName(grant, app)}</a></h2>
<p>${standingTag(standing)}</p>
<p class="small soft">${fact(to)} · ${fact(id.slice(0, 13))}</p></div>
<dl class="facts">
<dt>May</dt><dd>${mayList(grant, allowed, 4)}</dd>
${termRows(grant)}${decidedRow(grant)}
<dt>Ends</dt><dd>${until === null ? 'when it is revoked' : moment(until)}</dd>
<dt>In use</dt><dd>${liveWords(live, grantWords(profile)?.key)}</dd>
${owed.length > 0 && html`<dt>Devices</dt><dd><ul>${owed.map((effect) => html`<li>${owedLine(effect)}</li>`)}</ul></dd>`}
</dl>
</li>`;
}

/** `key`: what the profile hands out; a code is not used up by being used then. */
function liveWords({ codes, tokens, more }: GrantRow['live'], key: string | undefined): Html | string {
  const least = more ? 'at least ' : '';
  const parts = [
    ...(codes > 0
      ? [key === undefined ? `${count(codes, 'code')} not redeemed yet` : `${least}${count(codes, `live ${key}`)}`]
      : []),
    ...(tokens > 0 ? [`${least}${count(tokens, 'live token')}`] : []),
  ];
  return parts.length === 0 ? html`<span class="soft">nothing that would still be taken</span>` : parts.join(', ');
}
