/** The front page: which hub this is, the last refusals for who is signed in, and how to send a first request. */
import { leaves, type Verdict } from '../../core/verdict.ts';
import { NONCE_ASKED, nonceAsked } from '../../profiles/oauth/nonce-asked.ts';
import { capital, type Html, html, visible } from './html.ts';
import { fact, moment, PATHS, page, type Signed, shownFact, TEAR } from './layout.ts';
import { referenceOf } from './timeline.ts';

/** Input of the front page. */
export interface HomePage {
  readonly hub: string;
  /** The issuer, without a slash at its end: `http://localhost:5151`. */
  readonly issuer: string;
  readonly signed?: Signed;
  /** Newest first; shown only to who is signed in. */
  readonly refusals?: readonly Pick<
    Verdict,
    'id' | 'at' | 'action' | 'subject' | 'decisive' | 'cause' | 'refusal' | 'times' | 'checks'
  >[];
  /** An app that is registered already, for the first request. */
  readonly sample?: { readonly clientId: string; readonly redirectUri: string };
}

/** Renders it. */
export function homePage(input: HomePage): string {
  const { hub, signed } = input;
  return page({
    hub,
    title: signed ? 'Refusals' : 'Authorization codes that can say why they were refused',
    width: 'wide',
    here: 'refusals',
    ...(signed && { signed }),
    main: html`<div class="ticket">
${signed ? refusals(input) : welcome()}
${TEAR}
${firstRequest(input)}
</div>`,
  });
}

function welcome(): Html {
  return html`<div class="stack">
<h1>Authorization codes that can say why they were refused</h1>
<p>This hub lets apps in on your word and keeps the other half of every ticket. When one comes back and does not fit, the app hears only the standard’s error. You see every fact: what was expected, what came, and what to do.</p>
<p><a class="button primary" href="${PATHS.login}">Sign in</a></p>
</div>`;
}

function refusals({ refusals: list = [] }: HomePage): Html {
  if (list.length === 0) {
    return html`<div class="stack"><h1>No refusals yet</h1><p class="soft">When a request does not fit, it appears here with every check and its cause.</p>
${trusted()}</div>`;
  }
  return html`<div class="stack">
<h1>Last refusals</h1>
${refusalList(list)}
${trusted()}
</div>`;
}

/** Where the registry is. */
function trusted(): Html {
  return html`<p><a href="${PATHS.apps}">Trusted Applications</a> <span class="soft">says which apps may ask here, where their codes may go, and what each may do.</span></p>`;
}

/** Refusals as a list of links to their pages. */
export function refusalList(list: NonNullable<HomePage['refusals']>): Html {
  return html`<ul class="list">${list.map(
    ({ id, at, action, subject, times, ...why }) => html`<li><a href="${PATHS.verdict + referenceOf(id)}">
<span class="small soft">${moment(at)}</span>
<span class="what"><b>${capital(reason(why))}</b>${times > 1 && ` × ${times}`}<br><span class="small soft">${shownFact(action)}${subject !== undefined && html` by ${shownFact(subject)}`}</span></span>
<span class="small go">${fact(referenceOf(id))}</span>
</a></li>`,
  )}</ul>`;
}

function firstRequest({ issuer, sample, signed }: HomePage): Html {
  const { clientId, redirectUri } = sample ?? { clientId: 'YOUR_APP', redirectUri: 'YOUR_REDIRECT_URI' };
  const lines = [
    `curl -i ${issuer}/token`,
    '-d grant_type=authorization_code',
    '-d code=PASTE_A_CODE',
    `-d ${quoted(`client_id=${clientId}`)}`,
    `-d ${quoted(`redirect_uri=${redirectUri}`)}`,
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

/** A word for a POSIX shell; quoted when it needs to be. */
function quoted(word: string): string {
  return /^[\w./:=@%+,-]*$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** The decisive cause in words; its id where the row keeps no tree. */
function reason(verdict: Pick<Verdict, 'decisive' | 'cause' | 'refusal' | 'checks'>): string {
  if (nonceAsked(verdict)) return `${NONCE_ASKED}, which is no fault`;
  const { decisive, cause, refusal, checks = [] } = verdict;
  const say = leaves(checks).find((check) => check.id === decisive)?.cause?.say;
  return say ?? (cause ?? refusal ?? 'refused').replaceAll('-', ' ');
}
