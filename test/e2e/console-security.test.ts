/**
 * Every address of the console against forged forms, framing and rebinding. The addresses come from the hub itself, and the
 * forms from its pages: a new one is in here from its first day, or this test fails.
 */
// proves: C24, C25
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startTestHub, type TestHub } from '../support/hub.ts';
import { addPublic } from '../support/outside.ts';
import { rawRequest, sendRaw } from '../support/raw-http.ts';
import { formsOf, PASSWORD, type Page, type PageForm, signIn, type Visitor, visitor } from '../support/visitor.ts';
import { APP, authorizePath, SESSION } from './people.ts';

/** Everything that somebody finds who follows every link. */
interface Found {
  readonly pages: ReadonlyMap<string, Page>;
  /** By what they do: a form's address, and its field `do` where it has several. */
  readonly forms: ReadonlyMap<string, PageForm>;
}

const PAGES_MAX = 400;

let t: TestHub;
let ada: Visitor;
let bob: Visitor;
let found: Found;
let foundByBob: Found;

beforeAll(async () => {
  t = await startTestHub();
  const { operations, issuer } = t.hub;
  await addPublic(t, APP);
  for (const name of ['ada', 'bob']) await operations.addUser(name, PASSWORD);
  const minted = await operations.mint({ client: APP });
  await t.token({ grant_type: 'authorization_code', client_id: APP, code: minted.code, redirect_uri: 'com.other:/cb' });
  const [refused] = await operations.verdicts({ ok: false });
  if (!refused) throw new Error('expected a refusal to look at');
  await operations.share(refused.id, ['app'], 'ada');
  [ada, bob] = [visitor(issuer), visitor(issuer)];
  await signIn(ada, await ada.get('/login'), 'ada', PASSWORD);
  await signIn(bob, await bob.get('/login'), 'bob', PASSWORD);
  // Two sessions and a passkey for their rows to be on the page.
  for (const name of ['ada', 'bob']) {
    const other = visitor(issuer);
    await signIn(other, await other.get('/login'), name, PASSWORD);
    await givePasskey(name);
  }
  found = await explore(ada);
  foundByBob = await explore(bob);
}, 120_000);
afterAll(() => t.close());
afterEach(() => expect(t.faults).toEqual([]));

async function givePasskey(name: string): Promise<void> {
  const { registry } = t.hub.oauth;
  const user = await registry.get<object>('user', name);
  const passkey = {
    id: `AA${name}`,
    publicKey: 'AA',
    counter: 0,
    transports: [],
    synced: false,
    name: 'x',
    createdAt: 1,
  };
  await registry.save('user', name, user?.rev ?? 0, { ...user?.body, passkeys: [passkey] });
}

async function explore(who: Visitor): Promise<Found> {
  const pages = new Map<string, Page>();
  const forms = new Map<string, PageForm>();
  const todo = ['/', '/login', '/profile', authorizePath()];
  for (let path = todo.shift(); path !== undefined; path = todo.shift()) {
    if (pages.has(path)) continue;
    if (pages.size >= PAGES_MAX) throw new Error(`expected at most ${PAGES_MAX} pages: which links never end?`);
    const page = await who.get(path);
    pages.set(path, page);
    const posting = page.html.replaceAll(/<form[^>]* method="get"[\s\S]*?<\/form>/g, '');
    for (const form of formsOf({ ...page, html: posting })) forms.set(doneBy(form), form);
    for (const [, href = ''] of page.html.matchAll(/<a [^>]*href="(\/[^"#]*)/g))
      todo.push(href.replaceAll('&amp;', '&'));
  }
  // Shown to strangers only, while there is no user; its own test walks it.
  const { csrf = '' } = formsOf(await who.get('/login')).find(({ action }) => action === '/login')?.fields ?? {};
  const fields = { csrf, token: 'A'.repeat(43), name: 'eve', password: PASSWORD, again: PASSWORD };
  forms.set('/setup', { action: '/setup', fields });
  return { pages, forms };
}

/** Rows of a list have forms that do the same to different things; one of them is enough. */
function doneBy({ action, fields }: PageForm): string {
  return [new URL(action, t.hub.issuer).pathname, fields['do'] ?? ''].join(' ').trim();
}

function matches(route: string, path: string): boolean {
  return new RegExp(`^${route.replaceAll(/[.+~]/g, '\\$&').replace(/:[a-z]+$/, '[^/]+')}$`).test(path);
}

/** What a forged form could have changed. */
async function state(): Promise<string> {
  const { registry, store } = t.hub.oauth;
  const kinds = ['app', 'user', 'setting', 'accessory'] as const;
  const records = await Promise.all(kinds.map((kind) => registry.list(kind)));
  const [grants, codes] = [await store.find('grants', {}), await store.find('codes', {})];
  const sessions = [await t.hub.sessions.list('ada'), await t.hub.sessions.list('bob')].map((list) => list.length);
  return JSON.stringify({ records, grants, codes, sessions });
}

describe('forged forms', () => {
  it('every address that takes a form has one on a page', () => {
    const posts = t.hub.pages.filter(({ method }) => method !== 'GET').map(({ path }) => path);
    const actions = [...found.forms.keys()].map((key) => key.split(' ')[0] ?? '');
    expect(posts.filter((path) => !actions.some((action) => matches(path, action)))).toEqual([]);
    expect(posts.length).toBeGreaterThan(10);
    expect([...foundByBob.forms.keys()].sort()).toEqual([...found.forms.keys()].sort());
  });

  it('none is taken without cookie, without token, with somebody else’s token, or from another site; nothing is changed', async () => {
    const before = await state();
    for (const [does, { action, fields }] of found.forms) {
      const { csrf, ...bare } = fields;
      expect(csrf, `${does} carries a token`).toBeDefined();
      const stranger = visitor(t.hub.issuer);
      const theirs = foundByBob.forms.get(does)?.fields['csrf'] ?? '';
      expect(theirs).not.toBe(csrf);
      const tries: Readonly<Record<string, Promise<Page>>> = {
        'no cookie': stranger.post(action, fields),
        'no token': ada.post(action, bare),
        'an empty token': ada.post(action, { ...bare, csrf: '' }),
        'the token of another session': ada.post(action, { ...fields, csrf: theirs }),
        'another site': ada.post(action, fields, { 'sec-fetch-site': 'cross-site' }),
        'another port or subdomain': ada.post(action, fields, { 'sec-fetch-site': 'same-site' }),
      };
      for (const [what, answer] of Object.entries(tries)) {
        const { status, headers } = await answer;
        expect(status, `${does}: ${what}`).toBe(403);
        expect(headers.getSetCookie().join(), `${does}: ${what}`).not.toContain(SESSION);
      }
    }
    expect(await state()).toBe(before);
  }, 60_000);

  it('a token of one form opens no other form', async () => {
    const before = await state();
    const tokens = new Map([...found.forms].map(([does, { fields }]) => [fields['csrf'] ?? '', does]));
    // Sign-in forms share the token of a visit: none of them does anything without a secret of its own.
    const visits = ['/login', '/login/passkey', '/setup'];
    for (const [does, { action, fields }] of found.forms) {
      if (visits.includes(does)) continue;
      for (const [csrf, owner] of tokens) {
        if (owner === does || csrf === fields['csrf']) continue;
        expect((await ada.post(action, { ...fields, csrf })).status, `${does} with the token of ${owner}`).toBe(403);
      }
    }
    expect(await state()).toBe(before);
  }, 120_000);

  it('the same forms are taken from their own page: it was the token that was missing', async () => {
    const last = ['/profile/session-end', '/profile/sign-out-everywhere', '/logout'];
    const order = [...found.forms].sort(([a], [b]) => last.indexOf(a) - last.indexOf(b));
    const refused: string[] = [];
    for (const [does, { action, fields }] of order) {
      const who = does === '/logout' ? visitor(t.hub.issuer) : ada;
      if (does === '/logout') await signIn(who, await who.get('/login'), 'ada', PASSWORD);
      const own =
        does === '/logout' ? formsOf(await who.get('/')).find((form) => form.action === action)?.fields : fields;
      const { status } = await who.post(action, own ?? {}, { 'sec-fetch-site': 'same-origin' });
      if (status === 403) refused.push(does);
    }
    // An empty answer of a passkey answers no challenge.
    expect(refused.filter((does) => does !== '/login/passkey')).toEqual([]);
    ada = visitor(t.hub.issuer);
    await signIn(ada, await ada.get('/login'), 'ada', PASSWORD);
  }, 60_000);
});

describe('framing', () => {
  it('no page can be framed, cached or sniffed, whatever it says and whoever asks', async () => {
    const samples = t.hub.pages.map(({ path }) => path.replace(/:[a-z]+$/, 'x'));
    const answers: [string, Page][] = [...found.pages];
    for (const path of new Set(samples)) {
      if (path.startsWith('/refusals/live')) continue;
      for (const who of [ada, visitor(t.hub.issuer)]) {
        answers.push([path, await who.get(path)]);
        answers.push([`POST ${path}`, await who.post(path, {})]);
      }
    }
    let pages = 0;
    for (const [path, { headers, html }] of answers) {
      expect(headers.get('x-content-type-options'), path).toBe('nosniff');
      if (!(headers.get('content-type') ?? '').startsWith('text/html')) {
        expect(html, path).not.toMatch(/^\s*<!doctype/i);
        continue;
      }
      pages += 1;
      const csp = headers.get('content-security-policy') ?? '';
      expect(csp, path).toContain("default-src 'none'");
      expect(csp, path).toContain("frame-ancestors 'none'");
      expect(csp, path).toContain("base-uri 'none'");
      expect(csp, path).not.toMatch(/unsafe|\*(?!;|$)|https?:/);
      expect(headers.get('x-frame-options'), path).toBe('DENY');
      expect(headers.get('cache-control'), path).toBe('no-store');
      expect(headers.get('referrer-policy'), path).toBe('no-referrer');
      expect(headers.get('cross-origin-opener-policy'), path).toBe('same-origin');
    }
    expect(pages).toBeGreaterThan(60);
  }, 60_000);
});

describe('rebinding', () => {
  it('no address answers to a host name that is not the hub’s, not even to somebody who is signed in', async () => {
    const cookie = [...ada.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    for (const { method, path } of t.hub.pages) {
      const target = path.replace(/:[a-z]+$/, 'x');
      for (const host of ['evil.example', `localhost.evil.example:${t.hub.port}`]) {
        const answer = await sendRaw(t.hub.port, rawRequest({ method, target, headers: { host, cookie } }));
        expect(answer.status, `${method} ${target} as ${host}`).toBe(421);
        expect(answer.head.join('\n').toLowerCase(), target).not.toContain('set-cookie');
      }
    }
  }, 60_000);
});

describe('cookies', () => {
  it('are out of reach of scripts and of other sites, for as long as they live', async () => {
    const who = visitor(t.hub.issuer);
    const page = await who.get('/login');
    const signed = await who.submit(page, '/login', { name: 'ada', password: PASSWORD });
    const out = await who.submit(await who.get('/'), '/logout', {});
    const lines = [page, signed, out].flatMap(({ headers }) => headers.getSetCookie());
    expect(lines.map((line) => line.split('=')[0])).toEqual(['counterfoil_visit', SESSION, SESSION]);
    for (const line of lines) {
      expect(line).toMatch(/; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/);
      expect(line).not.toMatch(/domain/i);
    }
  });
});
