/** Attacks on the pages of Trusted Applications: strangers, forged forms, open redirects, hostile text. */
// proves: A20
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { change, hiddenOf, register, words } from '../support/app-owner.ts';
import { HOSTILE } from '../support/hostile.ts';
import { startTestHub, type TestHub } from '../support/hub.ts';
import { addConfidential, addPublic } from '../support/outside.ts';
import { formsOf, PASSWORD, signedIn, signIn, type Visitor, visitor } from '../support/visitor.ts';

const PEOPLE = ['ada', 'bob'];
let t: TestHub;
let ada: Visitor;

beforeAll(async () => {
  t = await startTestHub();
  for (const name of PEOPLE) await t.hub.operations.addUser(name, PASSWORD);
  await addPublic(t, 'hallway', { name: 'Hallway' });
  ada = await signedIn(t.url, 'ada');
});
afterAll(() => t?.close());
afterEach(() => expect(t.faults).toEqual([]));

describe('who may', () => {
  it('is asked to sign in first, and then led back', async () => {
    for (const path of ['/apps', '/apps/new', '/apps/hallway']) {
      const person = visitor(t.url);
      const login = await person.get(path);
      expect(words(login)).not.toContain('Hallway');
      const page = await signIn(person, login, 'bob', PASSWORD);
      expect([page.status, page.html.includes('Signed in as')], path).toEqual([200, true]);
      expect(page.html, path).toContain(path === '/apps/new' ? 'Register an application' : 'Hallway');
    }
  });

  it('leads back to pages of this hub alone', async () => {
    const out = [
      '/apps//evil.example',
      '/apps/..',
      '/apps/.',
      '/apps/a/b',
      '/apps//?x',
      '//apps?x',
      '/apps/\\evil',
      '/apps/%2f%2fevil',
    ];
    for (const next of [...out, '/appsx', '/apps/', '/apps/a b', `/apps/${'a'.repeat(101)}`, '/apps/a\r\nx: y']) {
      const login = await visitor(t.url).get(`/login?next=${encodeURIComponent(next)}`);
      expect(formsOf(login)[0]?.fields['next'], next).toBe('/');
    }
  });

  it('shows strangers the same bytes whether there is such an application or not', async () => {
    const read = async (id: string): Promise<string> => {
      const page = await visitor(t.url).get(`/apps/${id}`);
      return page.html.replaceAll(id, 'ID').replaceAll(/name="csrf" value="[^"]*"/g, '');
    };
    expect(await read('hallway')).toBe(await read('nowhere'));
  });

  it('needs the form itself: a forged one changes nothing', async () => {
    await addPublic(t, 'forged');
    await addPublic(t, 'sibling');
    const before = await t.hub.operations.showApp('forged');
    const own = hiddenOf(await ada.get('/apps/forged'), 'add-uri');
    const other = hiddenOf(await ada.get('/apps/forged'), 'scopes')['csrf'] ?? '';
    const sibling = hiddenOf(await ada.get('/apps/sibling'), 'add-uri')['csrf'] ?? '';
    const asked = hiddenOf(await ada.get('/apps/forged?ask=remove'), 'remove');
    const bob = await signedIn(t.url, 'bob');
    const uri = 'https://evil.example/cb';
    for (const [who, fields] of [
      [ada, { do: 'add-uri', uri }],
      [ada, { ...own, uri, csrf: '' }],
      [ada, { ...own, uri, csrf: other }],
      [ada, { ...own, uri, csrf: sibling }],
      [ada, { ...own, uri, do: 'nothing' }],
      [ada, { ...own, do: 'remove' }],
      [bob, { ...own, uri }],
      [bob, { ...asked }],
      [visitor(t.url), { ...own, uri }],
    ] as const) {
      const answer = await who.post('/apps/forged', fields);
      expect([answer.status, answer.html.includes(uri)]).toEqual([403, false]);
    }
    for (const who of [ada, bob, visitor(t.url)]) {
      const answer = await who.post('/apps/new', { csrf: own['csrf'] ?? '', id: 'evil', kind: 'public', uris: uri });
      expect(answer.status).toBe(403);
    }
    for (const site of ['same-site', 'cross-site']) {
      const answer = await ada.post('/apps/forged', { ...own, uri }, { 'sec-fetch-site': site });
      expect(answer.status, site).toBe(403);
    }
    expect(await t.hub.operations.showApp('forged')).toEqual(before);
    expect((await t.hub.operations.listApps()).some((app) => app.id === 'evil')).toBe(false);
    expect((await ada.post('/apps/forged', { ...own, uri })).status).toBe(303);
  });

  it('changes nothing by looking', async () => {
    const before = await t.hub.operations.listApps();
    const query = 'do=remove&uri=https://evil.example/cb&ask=remove&done=remove';
    for (const path of ['/apps', '/apps/new', '/apps/hallway'])
      expect((await ada.get(`${path}?${query}`)).status).toBe(200);
    expect(await t.hub.operations.listApps()).toEqual(before);
  });

  it('finds nothing where nothing is', async () => {
    for (const path of [
      '/apps/nowhere',
      '/apps/',
      '/apps/%',
      '/apps/%25',
      '/apps/%ff',
      '/apps/hallway%00',
      '/apps/Hallway',
    ]) {
      expect((await ada.get(path)).status, path).toBe(404);
      expect((await ada.post(path, { do: 'remove' })).status, path).toBe(404);
    }
    expect((await ada.get('/apps/nowhere?ask=remove')).status).toBe(404);
    expect((await ada.post('/apps', {})).status).toBe(405);
    expect((await ada.post('/apps/new', { uris: 'x'.repeat(70_000) })).status).toBe(413);
  });
});

/** Tags and attributes that no page of ours has; whatever stands in quotes is a value, and values are escaped. */
function foreignMarkup(html: string): string[] {
  const tags = [...html.matchAll(/<[a-z!/][^>]*>/gi)].map(([tag]) => tag.replaceAll(/"[^"]*"/g, ''));
  const foreign = /^<\/?(?:script|img|iframe|base|object|embed)|\s(?:on[a-z]+|style|srcdoc|http-equiv)\b|['`]/i;
  return tags.filter((tag) => foreign.test(tag));
}

describe('hostile text', () => {
  it('in any field of any form is shown as text, or not at all', async () => {
    await addConfidential(t, 'hostile');
    for (const text of HOSTILE.map((one) => one.toWellFormed())) {
      const pages = [
        await register(ada, { id: text, name: text, uris: text, more: text, 'scope-0': text, 'included-0': 'on' }),
      ];
      for (const fields of [
        { name: text, authMethod: text },
        { uri: text },
        { more: text },
        { 'scope-0': text, 'included-0': 'on', 'enabled-0': 'on' },
        { authorization_code: text },
      ]) {
        for (const does of ['describe', 'add-uri', 'scopes', 'grant-types'])
          pages.push(await change(ada, 'hostile', does, fields));
      }
      pages.push(await ada.get('/apps'), await ada.get('/apps/hostile'), await ada.get('/apps/hostile?ask=remove'));
      pages.push(await ada.get(`/apps/hostile?done=${encodeURIComponent(text)}`));
      for (const { status, html, headers } of pages) {
        expect([200, 303, 400]).toContain(status);
        expect(foreignMarkup(html), text).toEqual([]);
        expect(headers.get('set-cookie')).toBeNull();
      }
    }
  }, 60_000);
});
