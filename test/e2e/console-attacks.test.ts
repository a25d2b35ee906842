/** Attacks on the console and on who may look: each was tried first, and is kept so that it stays without effect. */
// proves: C19, C24
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Verdict } from '../../src/core/verdict.ts';
import { heldClock, startTestHub, type TestHub } from '../support/hub.ts';
import { addPublic, exchangeForm, REDIRECT_URI } from '../support/outside.ts';
import { PASSWORD, type Page, signedIn, type Visitor, visitor } from '../support/visitor.ts';

const clock = heldClock();
let t: TestHub;
let ada: Visitor;
let broken = false;
const wheres: string[] = [];

beforeAll(async () => {
  t = await startTestHub({
    clock: clock.now,
    between: (store) => ({
      ...store,
      load: (ask) => (broken ? Promise.reject(new Error('the disk is gone')) : store.load(ask)),
    }),
    onFault: (where) => wheres.push(where),
  });
  for (const app of ['wide', 'other']) await addPublic(t, app, { scopes: ['home:*:r'] });
  await t.hub.operations.addUser('ada', PASSWORD);
  ada = await signedIn(t.url, 'ada');
});
afterAll(() => t.close());
afterEach(() => clock.move(60_000));

const asking = (client: string, scope: string): string =>
  `/authorize?${new URLSearchParams({
    response_type: 'code',
    client_id: client,
    redirect_uri: REDIRECT_URI,
    scope,
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
  })}`;

/** An answer without what differs from one to the next anyhow. */
function heard({ status, location, html }: Page, scope: string): unknown {
  const text = html.replaceAll(/value="[^"]*"|data-options="[^"]*"|href="[^"]*"|data-again="[^"]*"/g, '');
  return { status, location, text: text.replaceAll(scope, '') };
}

describe('what the household has', () => {
  it('is not for a stranger to find out at /authorize, nor for a developer: an accessory that is there and one that is not are answered alike', async () => {
    await t.hub.operations.addUser('dev', PASSWORD, ['wide']);
    const [stranger, dev] = [visitor(t.url), await signedIn(t.url, 'dev')];
    for (const who of [stranger, dev]) {
      const [there, not] = ['home:lamp:r', 'home:safe:r'];
      const answers = [
        heard(await who.get(asking('wide', there)), there),
        heard(await who.get(asking('wide', not)), not),
      ];
      expect(answers[1]).toEqual(answers[0]);
    }
    const json = await dev.get('/refusals.json?range=all');
    expect(JSON.parse(json.html)).toMatchObject({ rows: [] });
    // Whoever may decide is told, and so is the app that sent them.
    expect((await ada.get(asking('wide', 'home:safe:r'))).location).toContain('error=invalid_scope');
  });
});

describe('refusals of two applications', () => {
  it('are never one row, or what one sends would hide what the other was refused', async () => {
    for (const app of ['wide', 'other', 'wide']) await ada.get(asking(app, 'home:nothing:r'));
    const rows = await t.hub.operations.verdicts({ cause: 'home.accessory-known', since: clock.now() });
    expect(rows.map(({ subject, times }) => `${subject} ${times}`).sort()).toEqual(['other 1', 'wide 2']);
  });
});

describe('an application that is gone', () => {
  it('leaves no developer to the next one of its id, also when the hub was killed halfway', async () => {
    const { operations, oauth } = t.hub;
    await addPublic(t, 'passing');
    await operations.addUser('pat', PASSWORD, ['passing', 'other']);
    // Of all that removing does, this was done.
    await oauth.registry.remove('app', 'passing');
    await addPublic(t, 'passing');
    expect((await operations.listUsers()).find(({ name }) => name === 'pat')?.developerOf).toEqual(['other']);
    await expect(addPublic(t, 'other')).rejects.toThrow('registered already');
    expect((await operations.listUsers()).find(({ name }) => name === 'pat')?.developerOf).toEqual(['other']);
  });
});

describe('a log', () => {
  it('has no link in it: a fault at a shared page names the address without its secret', async () => {
    const verdict = await t.hub.operations.verdicts({ ok: false, limit: 1 });
    const shared = await t.hub.operations.share(verdict[0]?.id ?? '', []);
    const token = shared?.path.slice('/s/'.length) ?? '';
    broken = true;
    for (const path of [`/s/${token}`, `/s-receipt/${token}`])
      expect((await visitor(t.url).get(path)).status).toBe(500);
    broken = false;
    expect(wheres).toEqual(['GET /s/:token', 'GET /s-receipt/:token']);
    expect(wheres.join()).not.toContain(token);
  });
});

describe('a page that is only left open', () => {
  it('is no use: what it asks for by itself keeps nobody signed in', async () => {
    const who = await signedIn(t.url, 'ada');
    const cookie = [...who.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    // As a browser sends it for `fetch`, XMLHttpRequest and EventSource.
    const headers = { cookie, 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'empty' };
    const statuses = (): Promise<number[]> =>
      Promise.all(
        ['/refusals/chart', '/refusals.json', '/refusals/live'].map(async (path) => {
          const answer = await fetch(t.url + path, { headers });
          await answer.body?.cancel();
          return answer.status;
        }),
      );
    for (let minutes = 0; minutes < 120; minutes += 10) {
      expect(await statuses(), `after ${minutes} minutes`).toEqual([200, 200, 200]);
      expect((await (await fetch(`${t.url}/grants?state=due`, { headers })).text()).includes('data-owed')).toBe(true);
      clock.move(600_000);
    }
    expect(await statuses()).toEqual([401, 401, 401]);
  });
});

describe('a page of another port or subdomain, whose browser sends the cookie along', () => {
  it('gets what a stranger gets, and so cannot find out by time or size what a search would show', async () => {
    const { cookies } = await signedIn(t.url, 'ada');
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const get = async (path: string, headers: Readonly<Record<string, string>>): Promise<string> => {
      const answer = await fetch(t.url + path, { headers, redirect: 'manual' });
      return `${answer.status} ${(await answer.text()).replaceAll(/name="csrf" value="[^"]*"/g, '')}`;
    };
    for (const path of ['/?q=wide&range=all', '/grants?client=wide', '/apps', '/profile', '/r/7F3K9QD2XA', '/audit']) {
      for (const dest of ['empty', 'image', 'script', 'iframe', 'object']) {
        const headers = { cookie, 'sec-fetch-site': 'same-site', 'sec-fetch-dest': dest };
        expect(await get(path, headers), `${path} as ${dest}`).toBe(await get(path, {}));
      }
      // A link of theirs leads in, as any link does; and what pages of the hub ask for is answered.
      const link = {
        cookie,
        'sec-fetch-site': 'same-site',
        'sec-fetch-dest': 'document',
        'sec-fetch-mode': 'navigate',
      };
      expect(await get(path, link), path).not.toBe(await get(path, {}));
      const own = { cookie, 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'empty' };
      expect(await get(path, own), path).not.toBe(await get(path, {}));
    }
  });
});

describe('everything that a developer can ask for', () => {
  it('is the same to the byte before and after others were refused, let in, and given things, whatever it is filtered by', async () => {
    const { operations } = t.hub;
    for (const app of ['mine', 'theirs']) await addPublic(t, app);
    await operations.addUser('mel', PASSWORD, ['mine']);
    const mel = await signedIn(t.url, 'mel');
    const attempt = async (app: string, change: Readonly<Record<string, string>> = {}): Promise<void> => {
      const minted = await operations.mint({ client: app, scopes: ['lamp:read'] });
      await t.token({ ...exchangeForm(app, minted), ...change });
    };
    await attempt('mine', { redirect_uri: 'com.myapp:/Callback' });
    await attempt('mine');
    const [own] = await operations.verdicts({ client: 'mine', ok: false });

    const others = async (): Promise<void> => {
      await attempt('theirs');
      await attempt('theirs', { redirect_uri: 'com.myapp:/Callback' });
      await attempt('theirs', { code_verifier: 'a'.repeat(43) });
      await t.token({ grant_type: 'authorization_code', client_id: 'nobody', code: 'x', redirect_uri: REDIRECT_URI });
      await operations.addUser(`friend-${randomUUID().slice(0, 8)}`, PASSWORD, ['theirs']);
      const [theirs] = await operations.verdicts({ client: 'theirs', ok: false });
      await operations.share(theirs?.id ?? '', ['values', 'app']);
    };
    await others();
    const [theirs] = await operations.verdicts({ client: 'theirs', ok: false });
    const filters = ['theirs', 'mine', 'nobody', '127.0.0.1', 'gr_', 'Callback', theirs?.id ?? '', own?.grant ?? '-'];
    const asks = [
      '',
      ...['accepted=1', 'range=all', 'range=1h', 'profile=oauth', 'profile=home', 'profile=payments'],
      ...filters.flatMap((text) => [`q=${text}`, `app=${text}`, `client=${text}`, `cause=${text}`, `grant=${text}`]),
      ...['redirect-uri-exact', 'code-verifier', 'client-known'].map((rule) => `cause=oauth.${rule}`),
      ...[theirs, own].map((verdict) => `range=all&before=${verdict?.at}.${verdict?.id}`),
    ];
    const references = [theirs, own].flatMap(({ id = '' } = {} as Verdict) =>
      [4, 8, 10, 11, 13, 26].map((length) => `/r/${id.slice(3, 3 + length)}`),
    );
    const paths = [
      ...['/', '/refusals.json', '/refusals/chart'].flatMap((path) => asks.map((ask) => `${path}?accepted=1&${ask}`)),
      ...references.flatMap((path) => [path, `${path}?fix=register-redirect-uri`, `${path}?done=x`]),
      ...['/guide', '/guide?q=theirs', '/guide/oauth.client-known', '/profile', '/apps', '/apps/theirs', '/grants'],
      ...['/grants/new', '/accessories', '/accessories/lamp', '/audit', `/share/${theirs?.id.slice(3)}`],
    ];
    const all = async (): Promise<ReadonlyMap<string, string>> => {
      const answers = new Map<string, string>();
      for (const path of paths) {
        const { status, location = '', html, headers } = await mel.get(path);
        expect(status, path).not.toBe(500);
        expect(headers.get('cache-control'), path).toBe('no-store');
        answers.set(path, `${status} ${location} ${html}`);
      }
      return answers;
    };
    const before = await all();
    await others();
    const after = await all();
    for (const path of paths) expect(after.get(path), path).toBe(before.get(path));
    // The looking was at something.
    expect(before.get('/?accepted=1&')).toContain(own?.id.slice(3, 13));
    expect(before.get(`/r/${own?.id.slice(3)}`)).toContain('oauth.redirect-uri-exact');
    for (const [path, text] of before)
      for (const fact of [theirs?.id.slice(13), own?.grant?.slice(3), 'friend-'])
        if (!path.includes(fact ?? '-')) expect(text, path).not.toContain(fact);
  }, 60_000);
});
