/** The list of Trusted Applications: who may ask, where codes may go, what each may do, and every exception. */
import type { AppView } from '../operations.ts';
import { appPath, exceptionNames, typeName } from './app-fields.ts';
import { type Html, html, visible } from './html.ts';
import { fact, PATHS, page, type Signed, TEAR } from './layout.ts';

/** Input of the list. */
export interface AppsPage {
  readonly hub: string;
  readonly signed: Signed;
  readonly apps: readonly AppView[];
  /** An application was removed just now. */
  readonly removed?: true;
}

/** Renders it. */
export function appsPage({ hub, signed, apps, removed }: AppsPage): string {
  return page({
    here: 'apps',
    hub,
    signed,
    title: 'Trusted Applications',
    width: 'wide',
    main: html`<div class="ticket">
<div class="headed"><div class="stack-near"><h1>Trusted Applications</h1>
<p class="soft">Only these apps may ask for codes on this hub.</p></div>
${apps.length > 0 && html`<a class="button primary" href="${`${PATHS.apps}/new`}">Register an application</a>`}</div>
${removed && html`<p class="notice good gap" role="status">The application is removed, and everything it held is revoked.</p>`}
${TEAR}
${apps.length === 0 ? empty() : html`<ul class="cards">${apps.map(card)}</ul>`}
</div>`,
  });
}

function empty(): Html {
  return html`<div class="stack">
<h2>None is registered</h2>
<p>Until an app is registered here, every request of it is refused. Registering takes a name, the address its codes may go to, and what it may do.</p>
<p><a class="button primary" href="${`${PATHS.apps}/new`}">Register the first application</a></p>
</div>`;
}

function card(app: AppView): Html {
  const { id, name, type, redirectUris, scopes } = app;
  const exceptions = exceptionNames(app);
  return html`<li>
<div class="stack-near"><h2><a href="${appPath(id)}">${visible(name, 100)}</a></h2>
<p class="small">${fact(id)}</p>
<p class="small soft">${typeName(type)}</p>
${exceptions.map((words) => html`<p><span class="tag warn">Exception: ${words}</span></p>`)}</div>
<dl class="facts">
<dt>Redirect URIs</dt><dd>${few(redirectUris, (uri) => fact(uri))}</dd>
<dt>Scopes</dt><dd>${
    scopes.length === 0
      ? html`<span class="warn">none included</span>`
      : few(
          scopes,
          (scope) =>
            html`${fact(scope.name)} ${scope.enabled ? html`<span class="soft small">included, enabled</span>` : html`<span class="warn small">included, not enabled</span>`}`,
        )
  }</dd>
</dl>
</li>`;
}

/** The first few of a list, each on its own line, and how many more there are. */
function few<T>(all: readonly T[], one: (item: T) => Html): Html {
  const rest = all.length - SHOWN;
  return html`<ul>${all.slice(0, SHOWN).map((item) => html`<li>${one(item)}</li>`)}${rest > 0 && html`<li class="soft small">and ${rest} more</li>`}</ul>`;
}

const SHOWN = 6;
