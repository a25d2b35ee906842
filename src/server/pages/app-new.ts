/** The form that registers a Trusted Application, and the page that shows a new secret, once. */
import {
  AUTH_WORDS,
  appPath,
  type KnownScope,
  type ScopeSwitch,
  scopeRows,
  switchesOf,
  type Tried,
} from './app-fields.ts';
import { problemNotice } from './fields.ts';
import { type Html, html, visible } from './html.ts';
import { fact, hiddenFields, PATHS, page, type Signed, TEAR } from './layout.ts';

/** Input of the form. Its fields: `csrf`, `id`, `name`, `kind`, `uris`, the rows of `scopeRows`, and `more`. */
export interface AppNewPage {
  readonly hub: string;
  readonly signed: Signed;
  readonly csrf: string;
  /** Scopes of the hub's own API. */
  readonly known: readonly KnownScope[];
  readonly tried?: Tried<'new'>;
}

/** What the field `kind` may say: public, or how a confidential application sends its secret. */
export const APP_KINDS = ['public', 'client_secret_basic', 'client_secret_post'] as const;

/** Renders the form. */
export function appNewPage({ hub, signed, csrf, known, tried }: AppNewPage): string {
  return page({
    here: 'apps',
    hub,
    signed,
    title: `${tried ? 'Error: ' : ''}Register an application`,
    width: 'middle',
    main: html`<form class="ticket" method="post" action="${`${PATHS.apps}/new`}">
${hiddenFields({ csrf })}
<div class="stack"><p class="eyebrow"><a href="${PATHS.apps}">Trusted Applications</a></p><h1>Register an application</h1>
${tried && problemNotice(tried.problem)}</div>
${TEAR}
${fields(known, tried?.values ?? new Map())}
<p class="gap"><button class="primary" type="submit">Register</button></p>
</form>`,
  });
}

function fields(known: readonly KnownScope[], values: ReadonlyMap<string, string>): Html {
  const value = (name: string): string => values.get(name) ?? '';
  const kind = values.get('kind') ?? 'public';
  return html`<div class="apart">
<div class="stack">
<div><label for="id">Client ID</label>
<input id="id" name="id" maxlength="100" autocapitalize="none" autocorrect="off" autocomplete="off" spellcheck="false" required autofocus aria-describedby="id-hint" value="${value('id')}">
<p class="hint" id="id-hint">What the app sends as <code>client_id</code>. Letters, digits and <code>. _ ~ -</code>; it cannot be changed later.</p></div>
<div><label for="name">Name</label>
<input id="name" name="name" maxlength="100" autocomplete="off" aria-describedby="name-hint" value="${value('name')}">
<p class="hint" id="name-hint">What people read when they are asked. The client ID, unless you say.</p></div>
</div>
<fieldset><legend>Can it keep a secret?</legend>
<div class="stack-near">${APP_KINDS.map((one) => kindRow(one, one === kind))}</div></fieldset>
<div><label for="uris">Redirect URIs, one per line</label>
<textarea id="uris" name="uris" rows="3" required autocapitalize="none" autocorrect="off" spellcheck="false" aria-describedby="uris-hint">
${drawnLines(value('uris'))}</textarea>
<p class="hint" id="uris-hint">Where its codes may go, byte for byte: <code>com.example.app:/callback</code>, <code>https://app.example/cb</code>, <code>http://127.0.0.1/cb</code> (any port).</p></div>
<fieldset><legend>Scopes</legend>
<div class="stack"><p class="small soft">Include what it needs and no more. Without any, every request of it is refused.</p>
${known.length > 0 && scopeRows(rowsOf(known, values), known, 'included')}
<div><label for="more">${known.length > 0 ? 'Other scopes' : 'Scopes'}, with a blank between them</label>
<input id="more" name="more" autocapitalize="none" autocorrect="off" autocomplete="off" spellcheck="false" value="${value('more')}"></div></div></fieldset>
</div>`;
}

/** Lines as they were entered; what nobody could see in them, and no redirect URI may hold, is drawn. */
function drawnLines(text: string): string {
  return text
    .split(/\r?\n/)
    .map((line) => visible(line, 2_100))
    .join('\n');
}

function rowsOf(known: readonly KnownScope[], values: ReadonlyMap<string, string>): ScopeSwitch[] {
  const ticked = new Set(switchesOf(values).flatMap((row) => (row.included ? [row.name] : [])));
  return known.map(({ name }) => ({ name, included: ticked.has(name), enabled: true }));
}

const KIND_WORDS: Readonly<Record<(typeof APP_KINDS)[number], { readonly name: string; readonly say: string }>> = {
  public: { name: 'No: a public app', say: 'It runs on people’s devices. PKCE proves it, code by code.' },
  client_secret_basic: { name: 'Yes: a confidential app', say: AUTH_WORDS.client_secret_basic },
  client_secret_post: { name: 'Yes: a confidential app', say: AUTH_WORDS.client_secret_post },
};

function kindRow(kind: (typeof APP_KINDS)[number], on: boolean): Html {
  const { name, say } = KIND_WORDS[kind];
  return html`<label class="tick"><input type="radio" name="kind" value="${kind}" required ${on && html`checked`}><span><b>${name}</b><br><span class="small soft">${say}${kind !== 'public' && html` ${fact(kind)}`}</span></span></label>`;
}

/** Input of the page with a new secret. */
export interface AppSecretPage {
  readonly hub: string;
  readonly signed: Signed;
  readonly app: { readonly id: string; readonly name: string };
  readonly secret: string;
  /** The old one has just died; otherwise the application is new. */
  readonly replaced?: true;
}

/** Renders the only page that ever shows this secret. */
export function appSecretPage({ hub, signed, app, secret, replaced }: AppSecretPage): string {
  return page({
    here: 'apps',
    hub,
    signed,
    title: replaced ? 'New secret' : 'Registered',
    width: 'narrow',
    main: html`<div class="ticket">
<div class="stack"><p class="eyebrow">${visible(app.name, 100)} ${fact(app.id)}</p>
<h1>${replaced ? 'A new secret' : 'Registered'}</h1>
<p>This is the secret of the app. It is shown now and never again: the hub keeps only a hash of it.</p>
<pre class="well secret" tabindex="0" aria-label="Secret">${secret}</pre>
${replaced && html`<p>The old secret no longer works. Put this one where the app reads it.</p>`}</div>
${TEAR}
<p><a class="button primary full" href="${appPath(app.id)}">I have put it away</a></p>
</div>`,
  });
}
