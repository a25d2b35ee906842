/** What a stranger sees at `/r/<reference>`: the same page whether that reference exists or not. */
import { html } from './html.ts';
import { fact, PATHS, page, TEAR } from './layout.ts';

/** Input of the page. */
export interface SigninNeededPage {
  readonly hub: string;
  /** As asked for; at most its first 32 characters are shown. */
  readonly reference: string;
}

/** Renders it. The sign-in link carries `next`, the path to come back to. */
export function signinNeededPage({ hub, reference }: SigninNeededPage): string {
  const shown = reference.slice(0, 32).toWellFormed();
  const login = `${PATHS.login}?next=${encodeURIComponent(PATHS.verdict + shown)}`;
  return page({
    hub,
    title: 'Sign in to see why',
    width: 'narrow',
    main: html`<div class="ticket">
<div class="stack">
<p class="eyebrow">Reference ${fact(shown)}</p>
<h1>Sign in to see why</h1>
<p>This hub tells the reasons of a refusal only to the people in charge of it. Every fact it checked is on the page behind this one.</p>
<p><a class="button primary" href="${login}">Sign in</a></p>
</div>
${TEAR}
<div class="stack">
<h2>No account on this hub?</h2>
<ul class="either">
<li>If it runs in a terminal of yours, press <kbd>o</kbd> there: it opens this hub signed in.</li>
<li>If somebody else runs it, send them the reference ${fact(shown)}. It is no secret.</li>
</ul>
</div>
</div>`,
  });
}
