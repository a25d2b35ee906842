/** One's own account: password, passkeys, sessions. For everybody who is signed in. */
import { PASSKEY_LIMITS } from '../passkeys.ts';
import type { OpenSession } from '../session.ts';
import type { Passkey, Viewer } from '../users.ts';
import { problemNotice } from './fields.ts';
import { type Html, html, visible } from './html.ts';
import { fact, hiddenFields, moment, PATHS, page, type Signed, TEAR } from './layout.ts';

/** What the page can do: the last part of the path that its form is posted to. */
export const PROFILE_FORMS = ['password', 'passkey', 'passkey-remove', 'session-end', 'sign-out-everywhere'] as const;

/** One of them. */
export type ProfileForm = (typeof PROFILE_FORMS)[number];

/** Where a form is posted to. */
export function profilePath(form: ProfileForm): string {
  return `${PATHS.profile}/${form}`;
}

/**
 * Whether this page can add passkeys. Where not, `at` is an address of the hub at which it can, if there is one; `again`: only
 * just after signing in.
 */
export type PasskeyOffer =
  | { readonly kind: 'here'; readonly options: string }
  | { readonly kind: 'enough' }
  | { readonly kind: 'again' }
  | { readonly kind: 'elsewhere'; readonly at?: string };

/** Input of the page. */
export interface ProfilePage {
  readonly hub: string;
  readonly signed: Signed;
  readonly viewer: Viewer;
  /** CSRF token of each form. */
  readonly csrf: Readonly<Record<ProfileForm, string>>;
  /** What is kept of this user; missing for who came by a link of the command line: there is no such user. */
  readonly account?: { readonly passkeys: readonly Passkey[]; readonly offer: PasskeyOffer };
  readonly sessions: readonly OpenSession[];
  /** The name of the session that asks. */
  readonly current: string;
  /** What was just done. */
  readonly done?: ProfileForm;
  /** What was not taken, and why. */
  readonly tried?: { readonly form: ProfileForm; readonly problem: string; readonly about?: 'current' | 'next' };
  /** Path of the module; see `Frame.module`. */
  readonly module?: string;
}

/** Renders it. */
export function profilePage(input: ProfilePage): string {
  const { hub, signed, viewer, account, tried, module } = input;
  return page({
    here: 'profile',
    hub,
    signed,
    title: tried ? 'Error: Your account' : 'Your account',
    width: 'wide',
    ...(module !== undefined && { module }),
    main: html`<article class="ticket">
<div class="stack"><p class="eyebrow">Your account</p>
<h1>${visible(viewer.user, 80)}</h1>
${role(viewer)}</div>
${TEAR}
<div class="sets">
${account ? html`${password(input)}${passkeys(input, account)}` : noAccount()}
${sessions(input)}
</div>
</article>`,
  });
}

function role(viewer: Viewer): Html {
  if (viewer.role === 'operator') return html`<p class="soft">You run this hub: you see all of it, and decide.</p>`;
  const apps = viewer.apps.map((id, i) => html`${i > 0 && ', '}${fact(id)}`);
  return html`<p class="soft">You are a developer of ${viewer.apps.length === 0 ? 'no application yet' : apps}: you see what was refused there, and why.</p>`;
}

function noAccount(): Html {
  return html`<section class="set" id="password" aria-labelledby="password-title">
<div class="stack-near"><h2 id="password-title">Password and passkeys</h2></div>
<div class="stack"><p>You came in by a link of the command line. It belongs to nobody in particular, so there is no password to change and no passkey to add.</p>
<p>To sign in by name from now on, add a user where the hub runs:</p>
<pre class="well">counterfoil user add alice</pre></div>
</section>`;
}

function password(input: ProfilePage): Html {
  const { tried, viewer } = input;
  const wrong = (about: 'current' | 'next'): Html | false =>
    tried?.form === 'password' &&
    (tried.about ?? about) === about &&
    html`aria-invalid="true" aria-describedby="problem"`;
  return section(
    input,
    'password',
    'Password',
    'At least 12 characters; three or four random words do well. Changing it signs you out everywhere else.',
    ['password'],
    form(
      input,
      'password',
      html`<input type="hidden" name="username" value="${viewer.user}" autocomplete="username">
<div><label for="current">Current password</label><input id="current" name="current" type="password" autocomplete="current-password" maxlength="256" required ${wrong('current')}></div>
<div><label for="next">New password</label><input id="next" name="next" type="password" autocomplete="new-password" minlength="12" maxlength="256" required ${wrong('next')}></div>
<div><label for="again">New password, once more</label><input id="again" name="again" type="password" autocomplete="new-password" minlength="12" maxlength="256" required ${wrong('next')}></div>
<button type="submit">Change password</button>`,
    ),
  );
}

function passkeys(input: ProfilePage, account: NonNullable<ProfilePage['account']>): Html {
  const { passkeys: list, offer } = account;
  const row = (
    one: Passkey,
  ): Html => html`<li><div class="stack-near"><p><b>${visible(one.name, 60)}</b>${one.synced && html` <span class="tag soft">on all your devices</span>`}</p>
<p class="small soft">added ${moment(one.createdAt)}<br>${one.usedAt === undefined ? 'not used yet' : html`last used ${moment(one.usedAt)}`}</p></div>${form(
    input,
    'passkey-remove',
    html`${hiddenFields({ id: one.id })}<button class="link" type="submit">Remove<span class="unseen"> ${visible(one.name, 60)}</span></button>`,
  )}</li>`;
  return section(
    input,
    'passkeys',
    'Passkeys',
    'Sign in with a fingerprint, a face or a security key. Nothing to type, and no other page can ask for it. Your password goes on working.',
    ['passkey', 'passkey-remove'],
    html`${list.length === 0 ? html`<p class="soft">None yet.</p>` : html`<ul class="rows">${list.map(row)}</ul>`}
${adding(input, offer)}`,
  );
}

function adding(input: ProfilePage, offer: PasskeyOffer): Html {
  if (offer.kind === 'enough')
    return html`<p class="small soft">${PASSKEY_LIMITS.each} is as many as one person may have here. Remove one to add another.</p>`;
  if (offer.kind === 'again') {
    const login = `${PATHS.login}?next=${encodeURIComponent(PATHS.profile)}`;
    return html`<p class="small soft">A passkey is added just after signing in, so that nobody adds one at a browser you left open: <a href="${login}">sign in again</a>.</p>`;
  }
  if (offer.kind === 'elsewhere') {
    return offer.at === undefined
      ? html`<p class="small soft">This hub is reached by an IP address, and browsers make passkeys only for names. They will work once it has one.</p>`
      : html`<p class="small soft">Passkeys belong to one address of this hub: ${fact(offer.at)}. Sign in there to add one.</p>`;
  }
  return html`<form class="stack" method="post" action="${`${profilePath('passkey')}#passkeys`}" data-passkey="create" data-options="${offer.options}" data-again="${`${PATHS.profile}#passkeys`}" hidden>
${hiddenFields({ csrf: input.csrf.passkey, answer: '' })}
<div><label for="passkey-name">Name of a new passkey</label><div class="beside"><input id="passkey-name" name="name" maxlength="${PASSKEY_LIMITS.name}" autocomplete="off" placeholder="My phone" required>
<button type="submit">Add a passkey</button></div></div>
<p class="small soft" role="status"></p>
</form>
<noscript><p class="small soft">Adding a passkey needs JavaScript. Everything else here works without.</p></noscript>`;
}

function sessions(input: ProfilePage): Html {
  const { sessions: list, current } = input;
  const row = ({ name, signedInAt, usedAt }: OpenSession): Html => {
    const here = name === current;
    const end = form(
      input,
      'session-end',
      html`${hiddenFields({ session: name })}<button class="link" type="submit">Sign out<span class="unseen"> the session of ${moment(signedInAt)}</span></button>`,
    );
    return html`<li><div class="stack-near"><p>since ${moment(signedInAt)}</p><p class="small soft">last used ${moment(usedAt)}</p></div>${
      here ? html`<span class="tag pass">this browser</span>` : end
    }</li>`;
  };
  return section(
    input,
    'sessions',
    'Sessions',
    'Where you are signed in. One ends by itself after two idle hours, and after twelve in any case.',
    ['session-end', 'sign-out-everywhere'],
    html`<ul class="rows">${list.map(row)}</ul>
${form(input, 'sign-out-everywhere', html`<button class="danger" type="submit">Sign out everywhere</button>`)}`,
  );
}

const DONE: Readonly<Record<ProfileForm, string>> = {
  password: 'Changed. You are signed out everywhere else.',
  passkey: 'Added. You can sign in with it from now on.',
  'passkey-remove': 'Removed. It no longer signs you in; your device may go on offering it until you delete it there.',
  'session-end': 'Signed out there.',
  'sign-out-everywhere': 'Signed out everywhere.',
};

/** Where a form stands on the page, for `#…`. */
export const PROFILE_SECTION: Readonly<Record<ProfileForm, string>> = {
  password: 'password',
  passkey: 'passkeys',
  'passkey-remove': 'passkeys',
  'session-end': 'sessions',
  'sign-out-everywhere': 'sessions',
};

function section(
  { done, tried }: ProfilePage,
  id: string,
  title: string,
  say: string,
  forms: readonly ProfileForm[],
  body: Html,
): Html {
  const saved = done !== undefined && forms.includes(done) ? DONE[done] : undefined;
  const problem = tried && forms.includes(tried.form) ? tried.problem : undefined;
  return html`<section class="set" id="${id}" aria-labelledby="${id}-title">
<div class="stack-near"><h2 id="${id}-title">${title}</h2><p class="small soft">${say}</p></div>
<div class="stack">${saved !== undefined && html`<p class="notice good" role="status">${saved}</p>`}${problem !== undefined && problemNotice(problem)}${body}</div>
</section>`;
}

function form({ csrf }: ProfilePage, does: ProfileForm, inside: Html): Html {
  return html`<form class="stack" method="post" action="${`${profilePath(does)}#${PROFILE_SECTION[does]}`}">
${hiddenFields({ csrf: csrf[does] })}${inside}
</form>`;
}
