/** One Trusted Application: its facts, a form for each thing that may be changed, and its last refusals. */
import type { AppView } from '../operations.ts';
import {
  type AppForm,
  AUTH_WORDS,
  appPath,
  authName,
  exceptionNames,
  type KnownScope,
  type ScopeSwitch,
  SECTION,
  scopeRows,
  switchesOf,
  type Tried,
  typeName,
} from './app-fields.ts';
import { problemNotice, tick } from './fields.ts';
import { type Html, html, visible } from './html.ts';
import { fact, hiddenFields, moment, PATHS, page, type Signed, TEAR } from './layout.ts';
import { MINT_PATH } from './mint.ts';
import { type Listed, refusalList } from './refusals.ts';

/** Input of the page. */
export interface AppPage {
  readonly hub: string;
  readonly signed: Signed;
  readonly app: AppView;
  /** CSRF token of each form. */
  readonly csrf: Readonly<Record<AppForm, string>>;
  /** Scopes of the hub's own API; those that are not included are offered. */
  readonly known: readonly KnownScope[];
  /** Newest first. */
  readonly refusals: readonly Listed[];
  /** The form that was just saved. */
  readonly done?: AppForm;
  /** The form that was not taken. */
  readonly tried?: Tried;
  /** The form was open too long, or came from elsewhere. */
  readonly expired?: true;
}

/** Renders it. */
export function appPage(input: AppPage): string {
  const { hub, signed, app, tried, expired } = input;
  return page({
    here: 'apps',
    hub,
    signed,
    title: `${tried || expired ? 'Error: ' : ''}${app.name}`,
    width: 'wide',
    main: html`<article class="ticket">
<div class="stack"><p class="eyebrow"><a href="${PATHS.apps}">Trusted Applications</a></p>
<h1>${visible(app.name, 100)}</h1>
${expired && problemNotice('this page was open too long to be safe; nothing was changed: please try again')}
${facts(app)}
<p class="beside"><a class="button" href="${`${MINT_PATH}?${new URLSearchParams({ client: app.id })}`}">Authorize it</a><a class="button" href="${`${PATHS.grants}?${new URLSearchParams({ client: app.id, state: 'any' })}`}">Its grants</a></p></div>
${TEAR}
<div class="sets">
${redirectUris(input)}
${scopes(input)}
${grantTypes(input)}
${exceptions(input)}
${app.type === 'confidential' && secret(input)}
${about(input)}
${refusals(input)}
${remove(input)}
</div>
</article>`,
  });
}

function facts(app: AppView): Html {
  const { id, type, createdAt } = app;
  return html`<dl class="facts">
<dt>Client ID</dt><dd>${fact(id)}</dd>
<dt>Type</dt><dd>${typeName(type)}</dd>
<dt>Proves itself by</dt><dd>${proof(app)}</dd>
<dt>Registered</dt><dd>${moment(createdAt)}</dd>
${exceptionNames(app).map((words) => html`<dt>Exception</dt><dd><span class="tag warn">${words}</span></dd>`)}
</dl>`;
}

function proof({ type, authMethod, exceptions: { withoutPkce = false } = {} }: AppView): Html | string {
  return type === 'public' && !withoutPkce ? 'PKCE, code by code' : authName(authMethod);
}

function redirectUris(input: AppPage): Html {
  const { redirectUris: uris } = input.app;
  const entered = input.tried?.form === 'add-uri' ? (input.tried.values.get('uri') ?? '') : '';
  const invalid = input.tried?.form === 'add-uri' && html`aria-invalid="true" aria-describedby="problem"`;
  const row = (uri: string): Html =>
    html`<li>${fact(uri)}${
      uris.length > 1 &&
      form(
        input,
        'remove-uri',
        html`${hiddenFields({ uri })}<button class="link" type="submit">Remove<span class="unseen"> ${visible(uri)}</span></button>`,
      )
    }</li>`;
  return section(
    input,
    'redirect-uris',
    'Redirect URIs',
    'Where its codes may go. Compared byte for byte; only the port of a loopback address is free. One always stays.',
    html`<ul class="rows">${uris.map(row)}</ul>
${form(
  input,
  'add-uri',
  html`<div><label for="uri">Add a redirect URI</label><div class="beside"><input id="uri" name="uri" autocapitalize="none" autocorrect="off" autocomplete="off" spellcheck="false" required value="${entered}" ${invalid}>
<button type="submit">Add</button></div></div>`,
)}`,
  );
}

function scopes(input: AppPage): Html {
  const { app, known, tried } = input;
  const entered = tried?.form === 'scopes' ? tried.values : undefined;
  const posted = new Map((entered ? switchesOf(entered) : []).map((row) => [row.name, row]));
  const offered = known.filter(({ name }) => !app.scopes.some((scope) => scope.name === name));
  const rows: ScopeSwitch[] = [
    ...app.scopes.map(({ name, enabled }) => ({ name, included: true, enabled })),
    ...offered.map(({ name }) => ({ name, included: false, enabled: false })),
  ].map((row) => posted.get(row.name) ?? row);
  return section(
    input,
    'scopes',
    'Scopes',
    'Two switches each: included, it is on the app’s list; enabled, it may be used now. Switching off reaches tokens that are out already.',
    html`${app.scopes.length === 0 && html`<p class="notice caution">No scope is included: every request of this app is refused.</p>`}
${form(
  input,
  'scopes',
  html`${rows.length > 0 && scopeRows(rows, known, 'both')}
<div><label for="more">Include others, with a blank between them</label><input id="more" name="more" autocapitalize="none" autocorrect="off" autocomplete="off" spellcheck="false" value="${entered?.get('more') ?? ''}"></div>
<button type="submit">Save scopes</button>`,
)}`,
  );
}

const GRANT_WORDS = { authorization_code: 'exchange a code for tokens', refresh_token: 'renew its tokens' } as const;

function grantTypes(input: AppPage): Html {
  const types = Object.entries(GRANT_WORDS) as [keyof typeof GRANT_WORDS, string][];
  const has = (type: (typeof types)[number][0]): boolean =>
    input.tried?.form === 'grant-types' ? input.tried.values.has(type) : input.app.grantTypes.includes(type);
  return section(
    input,
    'grant-types',
    'Grant types',
    'What it may do at the token endpoint.',
    form(
      input,
      'grant-types',
      html`<div class="stack-near">${types.map(([type, words]) => tick(type, has(type), html`${fact(type)} <span class="soft">${words}</span>`))}</div>
<button type="submit">Save grant types</button>`,
    ),
  );
}

function exceptions(input: AppPage): Html {
  const { withoutPkce = false, shortCodes = false } = input.app.exceptions ?? {};
  const price = (name: string, on: boolean, words: string, cost: string): Html =>
    tick(
      name,
      on,
      html`<b>${words}</b>${on && html` <span class="tag warn">switched on</span>`}<br><span class="small soft">${cost}</span>`,
    );
  return section(
    input,
    'exceptions',
    'Exceptions',
    'Off unless an app cannot do otherwise. Switching one on is logged.',
    form(
      input,
      'exceptions',
      html`<div class="stack">${price(
        'withoutPkce',
        withoutPkce,
        'Take codes without PKCE',
        input.app.type === 'public'
          ? 'Costs: whoever sees a code on its way, in a log or in another app, can use it. Nothing proves that it came back to the app that asked.'
          : 'Changes nothing for a confidential app: its secret stands in for PKCE.',
      )}${price(
        'shortCodes',
        shortCodes,
        'Hand out 16-character codes',
        'Costs: a shorter code is easier to guess, so it is made only where a key or PKCE must come with it, and never without.',
      )}</div>
<button type="submit">Save exceptions</button>`,
    ),
  );
}

function secret(input: AppPage): Html {
  return section(
    input,
    'secret',
    'Secret',
    'The hub keeps only a hash of it, so it cannot be shown again.',
    form(
      input,
      'new-secret',
      html`<p>A new secret is shown once. The old one stops working that very moment, and the app is refused until it has the new one.</p>
<button type="submit">Make a new secret</button>`,
    ),
  );
}

function about(input: AppPage): Html {
  const { app, tried } = input;
  const entered = tried?.form === 'describe' ? tried.values : undefined;
  const method = entered?.get('authMethod') ?? app.authMethod;
  const way = (one: 'client_secret_basic' | 'client_secret_post'): Html =>
    html`<label class="tick"><input type="radio" name="authMethod" value="${one}" ${one === method && html`checked`}><span>${AUTH_WORDS[one]} <span class="soft">${fact(one)}</span></span></label>`;
  return section(
    input,
    'about',
    app.type === 'public' ? 'Name' : 'Name and authentication',
    'The client ID and the type stay as they are.',
    form(
      input,
      'describe',
      html`<div><label for="name">What people read when it asks</label><input id="name" name="name" maxlength="100" autocomplete="off" required value="${entered?.get('name') ?? app.name}"></div>
${app.type === 'confidential' && html`<fieldset><legend>How it sends its secret</legend><div class="stack-near">${way('client_secret_basic')}${way('client_secret_post')}</div></fieldset>`}
<button type="submit">Save</button>`,
    ),
  );
}

function refusals(input: AppPage): Html {
  const { refusals: list } = input;
  return section(
    input,
    'refusals',
    'Last refusals',
    'Each opens with every check, its cause, and what to do.',
    list.length === 0
      ? html`<p class="soft">None.</p>`
      : html`${refusalList(list)}<p><a href="${`${PATHS.home}?${new URLSearchParams({ app: input.app.id, range: 'all' })}`}">All of its refusals</a></p>`,
  );
}

function remove(input: AppPage): Html {
  return section(
    input,
    'remove',
    'Remove',
    'You are shown first what will be revoked.',
    html`<p><a class="button danger" href="${`${appPath(input.app.id)}?ask=remove`}">Remove this application…</a></p>`,
  );
}

const DONE: Readonly<Record<AppForm, string>> = {
  describe: 'Saved.',
  'add-uri': 'Registered. It counts from the next request on.',
  'remove-uri': 'Removed. A code on its way there can no longer be exchanged.',
  scopes: 'Saved. It counts at once, for tokens that are out already too.',
  'grant-types': 'Saved. It counts from the next request on.',
  exceptions: 'Saved. It counts from the next request on.',
  'new-secret': 'Saved.',
  remove: 'Removed.',
};

function section({ done, tried }: AppPage, id: string, title: string, say: string, body: Html): Html {
  const saved = done !== undefined && SECTION[done] === id;
  const problem = tried && SECTION[tried.form] === id ? tried.problem : undefined;
  return html`<section class="set" id="${id}" aria-labelledby="${id}-title">
<div class="stack-near"><h2 id="${id}-title">${title}</h2><p class="small soft">${say}</p></div>
<div class="stack">${saved && html`<p class="notice good" role="status">${DONE[done]}</p>`}${problem !== undefined && problemNotice(problem)}${body}</div>
</section>`;
}

/** A form of this page; its answer is shown at the section that it stands in. */
function form({ app, csrf }: AppPage, does: AppForm, inside: Html): Html {
  return html`<form class="stack" method="post" action="${`${appPath(app.id)}#${SECTION[does]}`}">
${hiddenFields({ do: does, csrf: csrf[does] })}${inside}
</form>`;
}
