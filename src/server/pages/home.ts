/** The front page for strangers: which hub this is, and how to send a first request. Signed in it is `refusals.ts`. */
import { type Html, html, visible } from './html.ts';
import { PATHS, page, TEAR } from './layout.ts';

/** Input of the front page. */
export interface HomePage {
  readonly hub: string;
  /** The issuer, without a slash at its end: `http://localhost:5151`. */
  readonly issuer: string;
}

/** Renders it. */
export function homePage({ hub, issuer }: HomePage): string {
  return page({
    hub,
    title: 'Authorization codes that can say why they were refused',
    width: 'wide',
    main: html`<div class="ticket">
<div class="stack">
<h1>Authorization codes that can say why they were refused</h1>
<p>This hub lets apps in on your word and keeps the other half of every ticket. When one comes back and does not fit, the app hears only the standard’s error. You see every fact: what was expected, what came, and what to do.</p>
<p><a class="button primary" href="${PATHS.login}">Sign in</a></p>
</div>
${TEAR}
${firstRequest(issuer, false)}
</div>`,
  });
}

/** How to see a first refusal. */
export function firstRequest(issuer: string, signed: boolean): Html {
  const lines = [
    `curl -i ${issuer}/token`,
    '-d grant_type=authorization_code',
    '-d code=PASTE_A_CODE',
    '-d client_id=YOUR_APP',
    '-d redirect_uri=YOUR_REDIRECT_URI',
  ];
  return html`<div class="stack">
<h2>Send a first request</h2>
<p>Any code will do, even a made-up one: a refusal is the quickest way to see what this hub does.</p>
<pre class="well" tabindex="0" aria-label="First request">${visible(lines[0] ?? '')} \\
${lines.slice(1).map((line, i) => html`  ${visible(line)}${i < lines.length - 2 ? ' \\\n' : ''}`)}</pre>
<p>The answer names a reference under <code>error_uri</code>. ${signed ? 'Open it, and the page shows why.' : 'Open it, sign in, and the page shows why.'}</p>
<p class="small soft">Apps find everything else at <a href="/.well-known/oauth-authorization-server"><code>/.well-known/oauth-authorization-server</code></a>.</p>
</div>`;
}
