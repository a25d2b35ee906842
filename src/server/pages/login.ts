/** The sign-in page. The same words for an unknown user and a wrong password. */
import { type Html, html, visible } from './html.ts';
import { fact, hiddenFields, PATHS, page, TEAR } from './layout.ts';

/** What went wrong with the last try. `expired`: the form was open too long, or came from elsewhere. */
export type LoginProblem =
  | { readonly kind: 'wrong' | 'expired' | 'link' | 'passkey' }
  | { readonly kind: 'wait' | 'busy'; readonly retryAfterSeconds: number };

/** Input of the sign-in page. */
export interface LoginPage {
  readonly hub: string;
  /** Where this hub is, so that a person sees whom the password goes to: `http://localhost:5151`. */
  readonly origin: string;
  /** Token of `sessions.visit`. */
  readonly csrf: string;
  /** Carried along unchanged: where to go on afterwards. */
  readonly hidden?: Readonly<Record<string, string>>;
  /** The app that sent the person here, if one did. */
  readonly app?: { readonly name: string };
  /** The name that was typed before. */
  readonly name?: string;
  readonly problem?: LoginProblem;
  /** Where this page may offer passkeys. The form shows when the module finds that the browser can. */
  readonly passkey?: LoginPasskey;
  /** Path of the module; see `Frame.module`. */
  readonly module?: string;
}

/** The other form. Fields: `csrf`, `answer`, and the hidden ones. */
export interface LoginPasskey {
  readonly action: string;
  /** Options for `navigator.credentials.get`, as JSON. */
  readonly options: string;
  /** Path of this page, for when the options have grown old. */
  readonly again: string;
}

/** Renders it. Fields: `csrf`, `name`, `password`, and the hidden ones. */
export function loginPage(input: LoginPage): string {
  const { hub, app, problem, module } = input;
  const title = app ? `Sign in to answer ${app.name}` : 'Sign in';
  return page({
    hub,
    title: problem ? `Error: ${title}` : title,
    width: 'narrow',
    ...(module !== undefined && { module }),
    main: html`<div class="ticket">
${app ? html`${stub(app.name, hub)}${TEAR}` : html`<h1 class="alone">Sign in</h1>`}
${form(input)}
${input.passkey && byPasskey(input, input.passkey)}
</div>`,
    foot: html`Your password goes to this hub at ${fact(input.origin)}${app ? html`, never to ${visible(app.name, 80)}` : ''}.`,
  });
}

function stub(name: string, hub: string): Html {
  return html`<div class="stack-near">
<p class="eyebrow">${visible(name, 80)} asks to use ${visible(hub, 80)}</p>
<h1>Sign in to answer</h1>
</div>`;
}

function byPasskey({ csrf, hidden }: LoginPage, { action, options, again }: LoginPasskey): Html {
  return html`<form class="stack instead" method="post" action="${action}" data-passkey="get" data-options="${options}" data-again="${again}" hidden>
${hiddenFields({ ...hidden, csrf, answer: '' })}
<p class="or" aria-hidden="true"><span>or</span></p>
<button class="full" type="submit">Use a passkey</button>
<p class="small soft" role="status"></p>
</form>`;
}

function form({ csrf, hidden, name, problem, passkey }: LoginPage): Html {
  const wrong = problem?.kind === 'wrong';
  const described = problem ? html`aria-describedby="problem"` : '';
  const invalid = wrong ? html`aria-invalid="true"` : '';
  // What was refused a moment ago is not offered again by itself.
  const suggest = passkey && problem?.kind !== 'passkey' && problem?.kind !== 'wait';
  // After a mistake the name stands already, so the hand belongs in the password.
  const nameFocus = name === undefined || name === '' ? html`autofocus` : '';
  const passwordFocus = nameFocus === '' ? html`autofocus` : '';
  return html`<form class="stack" method="post" action="${PATHS.login}">
${hiddenFields({ ...hidden, csrf })}
${problem && html`<p class="notice" id="problem" role="alert">${sayProblem(problem)}</p>`}
<div><label for="name">User name</label>
<input id="name" name="name" type="text" autocomplete="${suggest ? 'username webauthn' : 'username'}" autocapitalize="none" autocorrect="off" spellcheck="false" maxlength="64" required value="${name ?? ''}" ${nameFocus} ${invalid} ${described}></div>
<div><label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" maxlength="256" required ${passwordFocus} ${invalid} ${described}></div>
<button class="primary full" type="submit">Sign in</button>
</form>`;
}

function sayProblem(problem: LoginProblem): string {
  switch (problem.kind) {
    case 'wrong':
      return 'That name and password do not go together. Check both and try again.';
    case 'expired':
      return 'This page was open too long to be safe. Please sign in again.';
    case 'passkey':
      return 'That passkey was not accepted. It may have been removed here: sign in with your password.';
    case 'link':
      return 'That sign-in link was used already or is older than a minute. Sign in here, or ask the hub for a new link.';
    case 'wait':
      return `Too many tries in a row. Please wait ${seconds(problem.retryAfterSeconds)}, then try again.`;
    case 'busy':
      return `Many people are signing in right now. Please try again in ${seconds(problem.retryAfterSeconds)}.`;
  }
}

function seconds(count: number): string {
  return count === 1 ? '1 second' : `${count} seconds`;
}
