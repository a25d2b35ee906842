/**
 * The frame around every page: mark, hub name, who is signed in, one main part. Works without JavaScript.
 *
 * To add a page: a file with its input as readonly data and one pure function that calls `page`. No I/O here or there.
 */
import { asShown, type Html, html, render, trusted, visible } from './html.ts';
import { STYLE } from './style.ts';

/** Who is signed in, what they may see, and the form that signs out. */
export interface Signed {
  readonly user: string;
  readonly role: 'operator' | 'developer';
  /** CSRF token of purpose `logout`. */
  readonly csrf: string;
}

/** What every page tells the frame. */
export interface Frame {
  /** Name of the hub, as its operator chose it. */
  readonly hub: string;
  readonly title: string;
  readonly width: 'narrow' | 'middle' | 'wide';
  readonly signed?: Signed;
  /** Which of the frame's pages this is, or is under. */
  readonly here?: Room;
  /** Path of the module that runs in this page (`Assets.path`); it must be answered with `live`. */
  readonly module?: string;
  readonly main: Html;
  /** One line below; none unless told. */
  readonly foot?: Html;
}

/** Where the pages lead. Mount the handlers at these paths. */
export const PATHS = {
  home: '/',
  apps: '/apps',
  grants: '/grants',
  accessories: '/accessories',
  audit: '/audit',
  profile: '/profile',
  guide: '/guide',
  login: '/login',
  logout: '/logout',
  verdict: '/r/',
} as const;

/** The rooms of the console, as the frame lists them. */
export type Room = 'refusals' | 'apps' | 'grants' | 'accessories' | 'audit' | 'guide' | 'profile';

const ROOMS: readonly { readonly room: Room; readonly path: string; readonly name: string }[] = [
  { room: 'refusals', path: PATHS.home, name: 'Refusals' },
  { room: 'apps', path: PATHS.apps, name: 'Applications' },
  { room: 'grants', path: PATHS.grants, name: 'Grants' },
  { room: 'accessories', path: PATHS.accessories, name: 'Accessories' },
  { room: 'audit', path: PATHS.audit, name: 'Keys and audit' },
  { room: 'guide', path: PATHS.guide, name: 'Guide' },
];

/** Rooms that a developer may enter. */
const FOR_DEVELOPERS: ReadonlySet<Room> = new Set<Room>(['refusals', 'guide']);

/** A whole page. */
export function page({ hub, title, width, signed, here, module, main, foot }: Frame): string {
  return render(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${visible(title)} · ${visible(hub)}</title>
${ICON}
${SHEET}
${module !== undefined && moduleTag(module)}
</head>
<body>
<a class="unseen skip" href="#main">Skip to content</a>
<header class="top">
<a class="brand" href="${PATHS.home}">${MARK}<span>${visible(hub)}</span></a>
${signed && rooms(signed, here)}
${signed && who(signed, here)}
</header>
<main id="main" class="${width}">
${main}
</main>
${foot && html`<footer class="foot"><p>${foot}</p></footer>`}
</body>
</html>
`);
}

/** The one script that a page can have. @throws for anything but the path of one of our modules: a bug */
function moduleTag(path: string): Html {
  if (!/^\/assets\/[0-9a-f]{16}\/[a-z-]+\.[jt]s$/.test(path)) throw new Error('not the path of a module');
  return trusted(`<script type="module" src="${path}"></script>`);
}

/** A raw fact as people may safely see it, in monospace. */
export function fact(text: string): Html {
  return html`<code>${visible(text)}</code>`;
}

/** A fact of a verdict, which is shown already, in monospace. */
export function shownFact(text: string): Html {
  return html`<code>${asShown(text)}</code>`;
}

/** The perforation between the half that was kept and the half that came back. */
export const TEAR: Html = html`<hr class="tear" aria-hidden="true">`;

/** Hidden fields of a form, in order. */
export function hiddenFields(fields: Readonly<Record<string, string>>): Html {
  return html`${Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}`;
}

/** `2026-03-01 14:05:09 UTC`: pages cannot know the reader's time zone, so they say theirs. */
export function moment(atMs: number): Html {
  const iso = new Date(atMs).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC</time>`;
}

/** A length of time in the largest unit that keeps it exact enough to act on: `40 ms`, `12 s`, `5 min`, `3 h`, `2 d`. */
export function span(lengthMs: number): string {
  const ms = Math.abs(lengthMs);
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${Number((ms / 1_000).toFixed(ms < 10_000 ? 1 : 0))} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  return ms < 172_800_000 ? `${Math.round(ms / 3_600_000)} h` : `${Math.round(ms / 86_400_000)} d`;
}

function rooms({ role }: Signed, here: Room | undefined): Html {
  const open = ROOMS.filter(({ room }) => role === 'operator' || FOR_DEVELOPERS.has(room));
  return html`<nav class="rooms" aria-label="Console"><ul>${open.map(({ room, path, name }) => html`<li>${way(path, name, room === here)}</li>`)}</ul></nav>`;
}

function way(path: string, name: Html | string, current: boolean): Html {
  return current ? html`<a href="${path}" aria-current="page">${name}</a>` : html`<a href="${path}">${name}</a>`;
}

function who({ user, csrf }: Signed, here: Room | undefined): Html {
  const name = html`<span class="unseen">Signed in as</span> ${visible(user)}`;
  return html`<form class="who" method="post" action="${PATHS.logout}">
${hiddenFields({ csrf })}${way(PATHS.profile, name, here === 'profile')}
<button class="link" type="submit">Sign out</button>
</form>`;
}

/** Two halves of one ticket: the kept one filled, the other torn off and on its way. */
const DRAWING =
  '<path fill="currentColor" d="M4 4h8l-1.6 2.7L12 9.3 10.4 12l1.6 2.7-1.6 2.6L12 20H4a2 2 0 0 1-2-2v-2.6a3.4 3.4 0 0 0 0-6.8V6a2 2 0 0 1 2-2z"/>' +
  '<path fill="none" stroke="currentColor" stroke-width="1.8" stroke-linejoin="round" d="M16.6 4.9H29a2 2 0 0 1 2 2v1.9a3.3 3.3 0 0 0 0 6.4v1.9a2 2 0 0 1-2 2H16.6l1.5-2.4-1.5-2.4 1.5-2.3-1.5-2.4 1.5-2.3z"/>';

const MARK = trusted(`<svg viewBox="0 0 33 24" aria-hidden="true" focusable="false">${DRAWING}</svg>`);

const ICON_SVG = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-1 -5 35 35" color="#5a70e0">${DRAWING}</svg>`;
const ICON = trusted(`<link rel="icon" href="data:image/svg+xml;base64,${Buffer.from(ICON_SVG).toString('base64')}">`);
const SHEET = trusted(`<style>${STYLE}</style>`);
