/** The first run: the page that makes the first user, and the one for a link that does not work any more. */
import { problemNotice } from './fields.ts';
import { html } from './html.ts';
import { fact, hiddenFields, PATHS, page, TEAR } from './layout.ts';

/** Input of the page. */
export interface SetupPage {
  readonly hub: string;
  /** Where this hub is. */
  readonly origin: string;
  /** Token of `sessions.visit`. */
  readonly csrf: string;
  /** The token of the link. */
  readonly token: string;
  /** The name that was typed before. */
  readonly name?: string;
  readonly problem?: { readonly about?: 'name' | 'password'; readonly say: string };
}

/** Renders it. Fields: `csrf`, `token`, `name`, `password`, `again`. */
export function setupPage({ hub, origin, csrf, token, name, problem }: SetupPage): string {
  const wrong = (about: 'name' | 'password') =>
    problem?.about === about && html`aria-invalid="true" aria-describedby="problem"`;
  const first = problem?.about === 'password' ? 'password' : 'name';
  const focus = (field: 'name' | 'password') => field === first && html`autofocus`;
  return page({
    hub,
    title: problem ? 'Error: Set up' : 'Set up',
    width: 'narrow',
    main: html`<div class="ticket">
<div class="stack-near"><p class="eyebrow">A new hub</p><h1>Who looks after it?</h1></div>
${TEAR}
<form class="stack" method="post" action="/setup">
${hiddenFields({ csrf, token })}
<p class="small soft">This makes the first user. They see everything here, register applications, and decide what these may do.</p>
${problem && problemNotice(problem.say)}
<div><label for="name">User name</label>
<input id="name" name="name" type="text" autocomplete="username" autocapitalize="none" autocorrect="off" spellcheck="false" maxlength="64" pattern="[a-z0-9._\\-]+" title="a-z, 0-9, dot, underscore and hyphen" required value="${name ?? ''}" ${focus('name')} ${wrong('name')}>
<p class="hint">Lower case: a-z, 0-9, dot, underscore and hyphen.</p></div>
<div><label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="new-password" minlength="12" maxlength="256" required ${focus('password')} ${wrong('password')}>
<p class="hint">At least 12 characters; three or four random words do well.</p></div>
<div><label for="again">Password, once more</label>
<input id="again" name="again" type="password" autocomplete="new-password" minlength="12" maxlength="256" required ${wrong('password')}></div>
<button class="primary full" type="submit">Create and sign in</button>
</form>
</div>`,
    foot: html`Your password goes to this hub at ${fact(origin)}. It keeps only a hash of it.`,
  });
}

/** What a link opens that was used, is too old, or was never one: the same for all of them. */
export function setupGonePage(hub: string): string {
  return page({
    hub,
    title: 'This link does not work any more',
    width: 'narrow',
    main: html`<div class="ticket">
<div class="stack"><h1>This link does not work any more</h1>
<p>A set-up link makes the first user of a hub. It works once, for a day, until a newer one is printed, and never while there is a user.</p></div>
${TEAR}
<div class="stack">
<h2>What you can do</h2>
<ol class="steps">
<li><span>If you have an account, <a href="${PATHS.login}">sign in</a>.</span></li>
<li><span>If not, add one where the hub runs: ${fact('counterfoil user add alice')}.</span></li>
<li><span>Nobody has one yet? Start the hub again: it prints a new link.</span></li>
</ol>
</div>
</div>`,
  });
}
