/** The consent page: who asks, for what, where the answer goes. No protocol word reaches the person. */
import { type Html, html, trusted, visible } from './html.ts';
import { fact, hiddenFields, PATHS, page, type Signed, span, TEAR } from './layout.ts';

/** One thing the app asks for. `means` completes "It will be able to …"; without it the name stands alone. */
export interface AskedScope {
  readonly name: string;
  readonly means?: string;
}

/** Input of the consent page. */
export interface ConsentPage {
  readonly hub: string;
  readonly signed: Signed;
  /** CSRF token of purpose `consent`. */
  readonly csrf: string;
  /** Path the answer is posted to. */
  readonly action: string;
  /** The request, carried along unchanged. */
  readonly hidden?: Readonly<Record<string, string>>;
  readonly app: { readonly name: string; readonly clientId: string; readonly redirectUri: string };
  readonly scopes: readonly AskedScope[];
  /** What the answer is tied to, if anything: fingerprints, as they are shown elsewhere. */
  readonly boundTo?: { readonly key?: string; readonly pairingId?: string };
  /** How long the app has to pick the answer up, in seconds. */
  readonly codeTtlSeconds: number;
}

/** Renders it. Fields: `csrf`, `decision` (`allow` or `deny`), and the hidden ones. */
export function consentPage(input: ConsentPage): string {
  const { hub, signed, csrf, action, hidden, app, scopes } = input;
  const name = visible(app.name, 80);
  return page({
    hub,
    title: `Allow ${app.name}?`,
    width: 'narrow',
    main: html`<div class="ticket">
<div class="stack">
<h1>Let ${name} use ${visible(hub, 80)}?</h1>
<dl class="facts">
<dt>App</dt><dd>${name} <span class="soft">(${fact(app.clientId)})</span></dd>
<dt>Sends you back to</dt><dd>${destination(app.redirectUri)}</dd>
</dl>
</div>
${TEAR}
<div class="stack">
<h2>${scopes.length === 0 ? 'It asks for nothing but to know that you said yes' : 'It will be able to'}</h2>
${scopes.length > 0 && html`<ul class="asks">${scopes.map(asked)}</ul>`}
${promises(input)}
<form class="choices" method="post" action="${action}">
${hiddenFields({ ...hidden, csrf })}
<button class="primary" type="submit" name="decision" value="allow">Allow</button>
<button type="submit" name="decision" value="deny">Don’t allow</button>
</form>
</div>
</div>
${notYou(signed)}`,
    foot: html`Whoever looks after ${visible(hub, 80)} can take this back at any time.`,
  });
}

/** Where the answer goes, in words and with the part of the address that decides it. */
export function destination(redirectUri: string): Html {
  if (!URL.canParse(redirectUri)) return html`${fact(redirectUri)}`;
  const { protocol, hostname, host } = new URL(redirectUri);
  if (protocol !== 'https:' && protocol !== 'http:') return html`the app on this device that opens ${fact(protocol)}`;
  if (hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]') {
    return html`a program on this computer, ${fact(host)}`;
  }
  return html`the website ${fact(host)}${protocol === 'http:' && html` <span class="warn">(not encrypted)</span>`}`;
}

const TICK = trusted(
  '<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M2.5 8.6l3.6 3.6 7.4-8" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/></svg>',
);

/** Scopes of standards that mean the same on every hub. */
const MEANINGS: ReadonlyMap<string, string> = new Map([['offline_access', 'stay connected while you are away']]);

function asked({ name, means: said }: AskedScope): Html {
  const means = said ?? MEANINGS.get(name);
  const words =
    means === undefined
      ? html`<b>${fact(name)}</b>`
      : html`<b>${visible(means, 200)}</b> <span class="soft small">${fact(name)}</span>`;
  return html`<li>${TICK}<span>${words}</span></li>`;
}

function promises({ boundTo, codeTtlSeconds }: ConsentPage): Html {
  const { key, pairingId } = boundTo ?? {};
  const holder =
    pairingId !== undefined
      ? html`Only the app’s own pairing with this hub, ${fact(pairingId)}, can use your answer. A copy of it is worthless to anybody else. `
      : key !== undefined
        ? html`Only this app’s own key, ${fact(key)}, can use your answer. A copy of it is worthless to anybody else. `
        : '';
  return html`<p class="small soft">${holder}Your answer works once, within ${span(codeTtlSeconds * 1_000)}. The app never sees your password.</p>`;
}

function notYou({ user, csrf }: Signed): Html {
  return html`<form class="below" method="post" action="${PATHS.logout}">
${hiddenFields({ csrf })}<p>You decide as <b>${visible(user)}</b>. Not you? <button class="link" type="submit">Use another account</button></p>
</form>`;
}
