/** A developer's narrow view, over HTTP: the refusals of their own applications, and nothing else that the hub has. */
// proves: C19
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Verdict } from '../../src/core/verdict.ts';
import { words } from '../support/app-owner.ts';
import { startTestHub, type TestHub } from '../support/hub.ts';
import { addPublic, exchangeForm, REDIRECT_URI } from '../support/outside.ts';
import { PASSWORD, type Page, signedIn, type Visitor, visitor } from '../support/visitor.ts';

let t: TestHub;
let dev: Visitor;
let ada: Visitor;
beforeAll(async () => {
  t = await startTestHub();
  const { operations } = t.hub;
  await operations.addUser('ada', PASSWORD);
  for (const app of ['mine', 'theirs']) await addPublic(t, app);
  await operations.addUser('dev', PASSWORD, ['mine']);
  [dev, ada] = await Promise.all([signedIn(t.url, 'dev'), signedIn(t.url, 'ada')]);
});
afterAll(async () => {
  expect(t.faults).toEqual([]);
  await t?.close();
});

/** A refusal about a client, of a code that was minted for `owner`. */
async function refuse(client: string, owner = client, redirectUri = 'com.myapp:/Callback'): Promise<Verdict> {
  const form = exchangeForm(owner, await t.hub.operations.mint({ client: owner }));
  expect((await t.token({ ...form, client_id: client, redirect_uri: redirectUri })).status).toBe(400);
  const [verdict] = await t.hub.operations.verdicts({ limit: 1 });
  if (!verdict) throw new Error('expected a verdict');
  return verdict;
}

const at = ({ id }: Verdict): string => `/r/${id.slice(3)}`;

/** A page without what differs by who asks when. */
function same({ status, html }: Page): string {
  return `${status} ${words({ status, html, headers: new Headers() })}`;
}

describe('a developer', () => {
  it('sees the refusals of their own application in the list, and not that others were refused', async () => {
    const [own, foreign] = [await refuse('mine'), await refuse('theirs')];
    const page = await dev.get('/');
    expect(page.status).toBe(200);
    expect(page.html).toContain(own.id.slice(3, 13));
    for (const fact of [foreign.id.slice(3, 13), 'theirs', '127.0.0.1']) expect(page.html).not.toContain(fact);
    const all = await ada.get('/');
    for (const { id } of [own, foreign]) expect(all.html).toContain(id.slice(3, 13));
    const json = await dev.get('/refusals.json?client=theirs');
    expect(json.html).not.toContain(foreign.id.slice(3, 13));
  });

  it('sees a verdict of their own: what was expected and what came, without where from, whose decision, and its life', async () => {
    const own = await refuse('mine');
    const page = await dev.get(at(own));
    expect(page.status).toBe(200);
    for (const fact of ['com.myapp:/', REDIRECT_URI, 'invalid_grant', 'oauth.redirect-uri-exact'])
      expect(words({ ...page, html: page.html.replaceAll(/<\/?mark>/g, '') })).toContain(fact);
    expect(words(page)).toContain('withheld: the owner');
    for (const fact of [
      '127.0.0.1',
      own.grant ?? 'gr_',
      'gr_',
      'The life of this grant',
      '/share/',
      'Settings of',
      '?fix=',
    ])
      expect(page.html, fact).not.toContain(fact);
    expect(words(await ada.get(at(own)))).toContain('127.0.0.1');
  });

  it('is told of a code of another application that it is one, and not what it was tied to', async () => {
    const verdict = await refuse('mine', 'theirs', 'com.myapp:/elsewhere');
    const page = await dev.get(at(verdict));
    expect(words(page)).toContain('Wrong client id: the code was issued for a different app');
    for (const fact of ['theirs', REDIRECT_URI]) expect(page.html, fact).not.toContain(fact);
    expect((await ada.get(at(verdict))).html).toContain('theirs');
  });

  it('gets the same answer for a verdict of another application as for one that never was', async () => {
    const foreign = await refuse('theirs');
    const never = await dev.get('/r/0123456789ABCDEFGHJKMNPQRS');
    expect(never.status).toBe(404);
    for (const path of [at(foreign), at(foreign).slice(0, 13), at(foreign).slice(0, 8), `${at(foreign)}?fix=x`])
      expect(same(await dev.get(path)), path).toBe(same(never));
    const own = await refuse('mine');
    expect((await dev.get(at(own).slice(0, 13))).status).toBe(200);
    // A short beginning of an id is a time: nothing is told by it.
    expect((await dev.get(at(own).slice(0, 9))).status).toBe(404);
  });

  it('finds nothing behind any page of whoever runs the hub', async () => {
    const own = await refuse('mine');
    const reference = own.id.slice(3);
    const never = same(await dev.get('/r/0123456789ABCDEFGHJKMNPQRS'));
    const pages = [
      '/apps',
      '/apps/new',
      '/apps/mine',
      '/grants',
      `/grants/${own.grant?.slice(3)}`,
      '/accessories',
      '/accessories/lamp',
      `/share/${reference}`,
      `/share/${reference}?values=1`,
    ];
    for (const path of pages) {
      expect(same(await dev.get(path)), path).toBe(never);
      expect((await ada.get(path)).status, path).not.toBe(500);
    }
    for (const path of ['/apps/new', '/apps/mine', `/share/${reference}`, '/share-end/sh_0000000000', at(own)])
      expect((await dev.post(path, { do: 'remove', csrf: 'x' })).status, path).toBe(404);
    expect((await t.hub.operations.listApps()).map(({ id }) => id).sort()).toEqual(['mine', 'theirs']);
  });

  it('decides nothing at /authorize, neither yes nor no', async () => {
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: 'mine',
      redirect_uri: REDIRECT_URI,
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
    }).toString();
    const grants = (await t.hub.operations.grants({})).length;
    const asked = await dev.get(`/authorize?${query}`);
    expect(words(asked)).toContain('not yours to decide');
    const shown = await ada.get(`/authorize?${query}`);
    expect(shown.html).toContain('Allow');
    // Not even with the token that the form would have had.
    const cookie = [...dev.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const session = await t.hub.sessions.read(cookie);
    if (!session) throw new Error('expected a session');
    const csrf = t.hub.sessions.csrf(session, `consent:${createHash('sha256').update(query).digest('base64url')}`);
    for (const decision of ['allow', 'deny']) {
      const answer = await dev.post('/authorize', { request: query, decision, csrf });
      expect(answer.status).toBe(403);
      expect(words(answer)).toContain('not yours to decide');
      expect(answer.location).toBeUndefined();
    }
    expect((await t.hub.operations.grants({})).length).toBe(grants);
  });

  it('sees no more from the next request on when their role ends, and is signed out when they are removed', async () => {
    const { operations } = t.hub;
    await operations.addUser('eve', PASSWORD, ['mine', 'theirs']);
    const eve = await signedIn(t.url, 'eve');
    const [own, other] = [await refuse('mine'), await refuse('theirs')];
    expect((await eve.get(at(other))).status).toBe(200);
    await operations.setUserRole('eve', ['mine']);
    expect((await eve.get(at(other))).status).toBe(404);
    expect((await eve.get(at(own))).status).toBe(200);
    expect(await operations.removeUser('eve')).toEqual({ removed: 'eve', sessions: 1 });
    expect(same(await eve.get(at(own)))).toBe(same(await visitor(t.url).get(at(own))));
    await operations.addUser('eve', PASSWORD);
    expect(same(await eve.get(at(own)))).toBe(same(await visitor(t.url).get(at(own))));
  });

  it('loses the refusals of an application that is removed, and does not get those of the next one by that id', async () => {
    const { operations } = t.hub;
    await addPublic(t, 'passing');
    await operations.addUser('pat', PASSWORD, ['passing']);
    const pat = await signedIn(t.url, 'pat');
    const before = await refuse('passing');
    expect((await pat.get(at(before))).status).toBe(200);
    await operations.removeApp('passing');
    await addPublic(t, 'passing');
    for (const one of [before, await refuse('passing')]) expect((await pat.get(at(one))).status).toBe(404);
    expect((await pat.get('/apps')).status).toBe(404);
  });
});
