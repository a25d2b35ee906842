/** What the forms about Trusted Applications are called, where they stand, and the fields that several of them share. */
import type { AppView } from '../operations.ts';
import { tick } from './fields.ts';
import { type Html, html, visible } from './html.ts';
import { fact, hiddenFields, PATHS } from './layout.ts';

/** Everything that one application's page can do; the value of its forms' field `do`. */
export const APP_FORMS = [
  'describe',
  'add-uri',
  'remove-uri',
  'scopes',
  'grant-types',
  'exceptions',
  'new-secret',
  'remove',
] as const;

/** One of them. */
export type AppForm = (typeof APP_FORMS)[number];

/** Id of the section of the page that a form stands in, for `#…`. */
export const SECTION: Readonly<Record<AppForm, string>> = {
  describe: 'about',
  'add-uri': 'redirect-uris',
  'remove-uri': 'redirect-uris',
  scopes: 'scopes',
  'grant-types': 'grant-types',
  exceptions: 'exceptions',
  'new-secret': 'secret',
  remove: 'remove',
};

/** A form that was not taken: what was wrong with it, and what was entered. */
export interface Tried<F extends string = AppForm> {
  readonly form: F;
  readonly problem: string;
  readonly values: ReadonlyMap<string, string>;
}

/** Ids whose path would be read as something else: a page of ours, or a step up. */
const AWKWARD: ReadonlySet<string> = new Set(['new', '.', '..']);

/** `/apps/<id>`. An id that would be read as something else is encoded twice, which no client id can look like. */
export function appPath(id: string): string {
  const segment = AWKWARD.has(id)
    ? [...id].map((c) => `%25${c.charCodeAt(0).toString(16)}`).join('')
    : encodeURIComponent(id.toWellFormed());
  return `${PATHS.apps}/${segment}`;
}

/** The id in the last segment of such a path; `undefined` when it is no encoding at all. */
export function appIdOf(segment: string): string | undefined {
  try {
    return decodeURIComponent(decodeURIComponent(segment));
  } catch {
    return undefined;
  }
}

/** What each of an application's switches is called where it stands out; empty when it has none. */
export function exceptionNames({ exceptions }: Pick<AppView, 'exceptions'>): readonly string[] {
  const names: string[] = [];
  if (exceptions?.withoutPkce) names.push('codes without PKCE');
  if (exceptions?.shortCodes) names.push('16-character codes');
  return names;
}

/** What kind of client it is (RFC 6749 §2.1), in words. */
export function typeName(type: AppView['type']): string {
  return type === 'public' ? 'Public: keeps no secret' : 'Confidential: keeps a secret';
}

/** How an application proves itself, in words and by its standard name. */
export function authName(method: AppView['authMethod']): Html {
  return html`${AUTH_WORDS[method]} <span class="soft">${fact(method)}</span>`;
}

/** Ways to send a secret, in words. */
export const AUTH_WORDS: Readonly<Record<AppView['authMethod'], string>> = {
  none: 'Nothing but its client ID',
  client_secret_basic: 'Its secret in the Authorization header',
  client_secret_post: 'Its secret in the form',
};

/** A scope on its way through a form: the first switch (included) and the second (enabled). */
export interface ScopeSwitch {
  readonly name: string;
  readonly included: boolean;
  readonly enabled: boolean;
}

/** A scope that the hub's own API knows. */
export interface KnownScope {
  readonly name: string;
  readonly means?: string;
}

/** Rows of scopes; an application has 100 at most, and the hub's own stand beside them. */
const ROWS_MAX = 200;

/** Reads the rows of `scopeRows` back: fields `scope-0`, `included-0`, `enabled-0`, and so on. */
export function switchesOf(values: ReadonlyMap<string, string>): ScopeSwitch[] {
  const switches: ScopeSwitch[] = [];
  for (let i = 0; i < ROWS_MAX; i++) {
    const name = values.get(`scope-${i}`);
    if (name === undefined) break;
    switches.push({ name, included: values.has(`included-${i}`), enabled: values.has(`enabled-${i}`) });
  }
  return switches;
}

/** One row per scope: its name, what it means, and its switches. With `included` alone there is no second one. */
export function scopeRows(
  rows: readonly ScopeSwitch[],
  known: readonly KnownScope[],
  switches: 'included' | 'both',
): Html {
  const means = new Map(known.map((scope) => [scope.name, scope.means]));
  return html`<ul class="rows">${rows.map(({ name, included, enabled }, i) => {
    const words = means.get(name);
    const label = (word: string): Html => html`${word}<span class="unseen"> ${visible(name)}</span>`;
    return html`<li>${hiddenFields({ [`scope-${i}`]: name })}<span>${fact(name)}${words !== undefined && html`<br><span class="small soft">${visible(words, 200)}</span>`}</span>
<span class="ticks">${tick(`included-${i}`, included, label('included'))}${switches === 'both' && tick(`enabled-${i}`, enabled, label('enabled'))}</span></li>`;
  })}</ul>`;
}
