/** What the pages about grants share: standings with their signs, what a grant allows in words, what it still owes. */
import type { Effect, Grant } from '../../core/model.ts';
import { show } from '../../core/show.ts';
import { effectWords } from '../../profiles/home/effects.ts';
import type { GrantStanding } from '../standing.ts';
import { grantWords, termsOf } from '../words.ts';
import { asShown, capital, type Html, html, visible } from './html.ts';
import { fact, moment, PATHS } from './layout.ts';

/** `/grants/<id>`. */
export function grantPath(id: string): string {
  return `${PATHS.grants}/${encodeURIComponent(id.toWellFormed())}`;
}

const STANDINGS: Readonly<Record<GrantStanding, { readonly tone: string; readonly word: string }>> = {
  live: { tone: 'pass', word: '● Live' },
  pending: { tone: 'warn', word: '○ Not decided yet' },
  expired: { tone: 'soft', word: '○ Expired' },
  denied: { tone: 'fail', word: '✗ Turned down' },
  revoked: { tone: 'fail', word: '✗ Revoked' },
};

/** A standing by sign, word and colour. */
export function standingTag(standing: GrantStanding): Html {
  const { tone, word } = STANDINGS[standing];
  return html`<span class="tag ${tone}">${word}</span>`;
}

/** What a grant allows: a sentence for each scope that has one, with the scope as it is written. */
export interface Allowed {
  readonly scope: string;
  readonly means?: string;
}

/** What a grant allows: its scopes, or what its profile says every one of its grants does. */
export function mayList({ profile }: Pick<Grant, 'profile'>, allowed: readonly Allowed[], few?: number): Html {
  const own = grantWords(profile);
  return own && allowed.length === 0 ? html`${capital(own.may)}` : allowedList(allowed, few);
}

/** When it was decided, and who decided. */
export function decidedRow({ profile, from, by }: Grant): Html {
  return html`<dt>${grantWords(profile)?.decided ?? 'Decided'}</dt><dd>${moment(from)} by ${visible(by, 100)}</dd>`;
}

/** As a list; `few` of them, unless told. */
export function allowedList(allowed: readonly Allowed[], few: number = Number.POSITIVE_INFINITY): Html {
  if (allowed.length === 0) return html`<span class="soft">nothing by name</span>`;
  const left = allowed.length - few;
  return html`<ul>${allowed
    .slice(0, few)
    .map(({ scope, means }) =>
      means === undefined
        ? html`<li>${fact(scope)}</li>`
        : html`<li>${capital(visible(means, 300))} <span class="soft small">${fact(scope)}</span></li>`,
    )}${left > 0 && html`<li class="soft small">and ${left} more</li>`}</ul>`;
}

const ELSEWHERE: ReadonlySet<string> = new Set(['scope', 'redirect_uri', 'pairing_id', 'ownership']);

/** Terms as rows of a list of facts: in its profile's words, or those that the page does not say otherwise by name and value. */
export function termRows(grant: Pick<Grant, 'profile' | 'terms'>): Html {
  const told = termsOf(grant);
  if (told) return html`${told.map(([label, value]) => html`<dt>${label}</dt><dd>${asShown(value)}</dd>`)}`;
  const others = Object.entries(grant.terms).filter(([name]) => !ELSEWHERE.has(name));
  return html`${others.map(([name, value]) => html`<dt>${capital(name.replaceAll('_', ' ').slice(0, 60))}</dt><dd><code>${asShown(show(value))}</code></dd>`)}`;
}

/** What is owed to a device, with what stands in the way, and what somebody should do about it. */
export function owedLine(effect: Effect): Html {
  const { state, detail, alarm } = effectWords(effect);
  return html`<b class="warn">! ${capital(state)} on ${fact(effect.target)}</b>: ${visible(what(effect))}${detail !== undefined && html`, <span class="soft">${visible(detail, 200)}</span>`}${alarm !== undefined && html` <b class="fail">${capital(visible(alarm, 200))}.</b>`}`;
}

function what({ kind, state }: Effect): string {
  const name = kind.replaceAll('_', ' ');
  return state === 'undoing' ? `taking back its ${name}` : `its ${name}`;
}

/** Which grant it is owed to. */
export function owedFor({ grant }: Effect): Html {
  return html`<span class="small">for <a href="${grantPath(grant)}">${fact(grant.slice(0, 13))}</a></span>`;
}

/** What is owed, for `data-owed`: the page's module looks for it in the list of grants. */
export function owedKeys(owed: readonly Effect[]): string {
  return owed.map(({ id, state }) => `${id}:${state}`).join(' ');
}

/** Is it still owed? */
export function isOwed({ state }: Pick<Effect, 'state'>): boolean {
  return state === 'due' || state === 'undoing';
}

/** The name of whom a grant is for: the application's, where it is registered. */
export function holderName(grant: Pick<Grant, 'to'>, app: { readonly name: string } | undefined): string {
  return visible(app?.name ?? grant.to, 100);
}

/** `1 grant`, `3 grants`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : many}`;
}
