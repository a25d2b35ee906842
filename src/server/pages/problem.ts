/** A refusal that must not be sent on to an app: the standard's error, a reference, and what the person can do. */
import { type Html, html, visible } from './html.ts';
import { fact, PATHS, page, type Signed, TEAR } from './layout.ts';

/** Input of the problem page. Causes have no place in it: strangers read this page. */
export interface ProblemPage {
  readonly hub: string;
  /** The standard's error (`invalid_request`), or one of `not_found`, `not_yours`, `too_large`, `form_expired`. */
  readonly error: string;
  /** Opens the operator's view at `/r/<reference>`, for who may see it. */
  readonly reference?: string;
  readonly signed?: Signed;
}

interface Words {
  readonly title: string;
  readonly say: string;
  readonly steps: readonly string[];
}

const BACK = 'Go back to the app and start again from there.';
const AGAIN = 'Go back, load the page anew, and try again.';
const TELL = 'If it happens again, send the reference below to whoever looks after this hub.';

const WORDS: Readonly<Record<string, Words>> = {
  not_found: {
    title: 'There is nothing here',
    say: 'The address may be mistyped, or what was here is gone.',
    steps: ['Check the address.', 'Or begin at the front page of this hub.'],
  },
  not_yours: {
    title: 'This is not yours to decide',
    say: 'You are signed in as a developer. What an app may do here is decided by whoever runs this hub.',
    steps: ['Ask whoever runs this hub to sign in and decide.', 'Or sign in with another account.'],
  },
  form_expired: {
    title: 'This page was open too long',
    say: 'To be safe, the hub takes an answer only for a short while. Nothing was done.',
    steps: [AGAIN],
  },
  too_large: { title: 'That was too much at once', say: 'The request is larger than this hub reads.', steps: [AGAIN] },
  server_error: {
    title: 'Something went wrong on this hub',
    say: 'It is not your fault, and nothing was decided.',
    steps: ['Wait a moment, then go back to the app and try again.', TELL],
  },
  temporarily_unavailable: {
    title: 'The hub is busy',
    say: 'It has more to do than it can right now. Nothing was decided.',
    steps: ['Wait a moment, then go back to the app and try again.'],
  },
};

const DEFAULT: Words = {
  title: 'This hub cannot answer that app',
  say: 'The app sent you here with a request that does not fit what this hub knows of it. Nothing was shared, and you did nothing wrong.',
  steps: [BACK, TELL],
};

/** Renders it. */
export function problemPage({ hub, error, reference, signed }: ProblemPage): string {
  const words = (Object.hasOwn(WORDS, error) && WORDS[error]) || DEFAULT;
  return page({
    hub,
    title: words.title,
    width: 'narrow',
    ...(signed && { signed }),
    main: html`<div class="ticket">
<div class="stack"><h1>${words.title}</h1><p>${words.say}</p></div>
${TEAR}
<div class="stack">
<h2>What you can do</h2>
<ol class="steps">${words.steps.map((step) => html`<li><span>${step}</span></li>`)}</ol>
<dl class="facts well">
<dt>Error</dt><dd>${fact(error)}</dd>
${reference !== undefined && referenceRow(reference)}
</dl>
</div>
</div>`,
    foot: html`<a href="${PATHS.home}">${visible(hub)}</a>`,
  });
}

/** A reference is 4 to 32 letters and digits; anything else is shown, never linked. */
function referenceRow(reference: string): Html {
  const shown = fact(reference);
  const linked = /^[0-9A-Za-z]{4,32}$/.test(reference)
    ? html`<a href="${PATHS.verdict + reference}">${shown}</a>`
    : shown;
  return html`<dt>Reference</dt><dd>${linked}</dd>`;
}
