/** The first run: one link, for one person, once. */
// proves: C24
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SETUP_MS } from '../../src/server/first-run.ts';
import { heldClock, startTestHub, type TestHub } from '../support/hub.ts';
import { startHubProcess } from '../support/hub-process.ts';
import { PASSWORD, type Page, type Visitor, visitor } from '../support/visitor.ts';
import { SESSION } from './people.ts';

const LINK = /http:\/\/localhost:\d+\/setup\?token=([\w-]{43})/g;

describe('counterfoil start', () => {
  it('prints a set-up link while there is no user: it makes the first one, who is signed in; after that it is dead', async () => {
    const hub = await startHubProcess();
    try {
      const printed = await untilPrinted(hub.printed);
      const [, token = ''] = [...printed.matchAll(LINK)][0] ?? [];
      expect([...printed.matchAll(LINK)]).toHaveLength(1);
      for (const bytes of hub.files().values()) expect(bytes.includes(token)).toBe(false);
      const person = visitor(hub.issuer);
      const page = await person.get(`/setup?token=${token}`);
      const made = await fill(person, page, 'ada');
      expect([made.status, made.location]).toEqual([303, '/']);
      expect((await person.get('/profile')).html).toContain('<h1>ada</h1>');
      const late = await visitor(hub.issuer).get(`/setup?token=${token}`);
      expect(late.status).toBe(410);
      expect(late.html).toContain('counterfoil user add');
      expect(hub.printed().split(token)).toHaveLength(2);
      expect(hub.cli<{ name: string }[]>(['user', 'list']).map(({ name }) => name)).toEqual(['ada']);
    } finally {
      await hub.stop();
      hub.remove();
    }
  }, 60_000);
});

async function untilPrinted(printed: () => string): Promise<string> {
  while (!printed().includes('/setup?token=')) await new Promise((later) => setTimeout(later, 20));
  return printed();
}

const fill = (who: Visitor, page: Page, name: string, password = PASSWORD, again = password): Promise<Page> =>
  who.submit(page, '/setup', { name, password, again });

describe('the link', () => {
  let t: TestHub;
  const clock = heldClock();
  beforeAll(async () => {
    t = await startTestHub({ clock: clock.now });
  });
  afterAll(() => t.close());
  afterEach(() => expect(t.faults).toEqual([]));

  const offered = async (): Promise<string> => {
    const link = await t.hub.firstRun.offer();
    if (!link) throw new Error('expected a link: there is no user');
    return link.path;
  };
  const users = async (): Promise<string[]> => (await t.hub.operations.listUsers()).map(({ name }) => name);

  it('cannot be guessed: without it, with a wrong one, an old one or one that a newer one took the place of, there is nothing', async () => {
    const [first, second] = [await offered(), await offered()];
    const near = `${second.slice(0, -1)}${second.endsWith('A') ? 'B' : 'A'}`;
    for (const path of ['/setup', '/setup?token=', '/setup?token=x', `/setup?token=${'A'.repeat(43)}`, near, first]) {
      const page = await visitor(t.url).get(path);
      expect(page.status, path).toBe(410);
      expect(page.html, path).not.toContain('<form');
    }
    const person = visitor(t.url);
    const page = await person.get(second);
    expect(page.status).toBe(200);
    const wrong = await person.submit(page, '/setup', {
      token: 'A'.repeat(43),
      name: 'eve',
      password: PASSWORD,
      again: PASSWORD,
    });
    expect(wrong.status).toBe(410);
    clock.move(SETUP_MS);
    expect((await person.get(second)).status).toBe(410);
    const late = await visitor(t.url).get('/login');
    const csrf = /name="csrf" value="([^"]*)"/.exec(late.html)?.[1] ?? '';
    expect((await person.post('/setup', { csrf, token: second.slice(13) })).status).toBe(403);
    expect(await users()).toEqual([]);
  });

  it('says what is wrong with a name or a password, and still works after that', async () => {
    const person = visitor(t.url);
    const page = await person.get(await offered());
    for (const [name, password, again, say] of [
      ['Ada', PASSWORD, PASSWORD, 'lower case'],
      ['owner', PASSWORD, PASSWORD, 'another name'],
      ['ada', 'short', 'short', 'at least 12 characters'],
      ['ada', PASSWORD, 'something else', 'typed in two ways'],
    ] as const) {
      const answer = await fill(person, page, name, password, again);
      expect([answer.status, answer.html.includes(say)], say).toEqual([400, true]);
      expect(answer.html).toContain('role="alert"');
    }
    expect(await users()).toEqual([]);
    expect(person.cookies.has(SESSION)).toBe(false);
  });

  it('of many who use it at once, one becomes the first user', async () => {
    const path = await offered();
    const people = await Promise.all(
      Array.from({ length: 6 }, async (_, i) => {
        const person = visitor(t.url);
        const page = await person.get(path);
        return { person, page, name: `user${i}` };
      }),
    );
    const answers = await Promise.all(people.map(({ person, page, name }) => fill(person, page, name)));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 410, 410, 410, 410, 410]);
    const won = people[answers.findIndex(({ status }) => status === 303)];
    expect(await users()).toEqual([won?.name]);
    expect(people.filter(({ person }) => person.cookies.has(SESSION)).map(({ name }) => name)).toEqual([won?.name]);
  });

  it('does nothing while there is a user, and none is offered', async () => {
    expect(await t.hub.firstRun.offer()).toBeUndefined();
    // As if it had been printed a moment before somebody was added by the command line.
    const other = await startTestHub();
    const link = await other.hub.firstRun.offer();
    const person = visitor(other.url);
    const page = await person.get(link?.path ?? '');
    await other.hub.operations.addUser('bob', PASSWORD);
    expect((await fill(person, page, 'eve')).status).toBe(410);
    expect((await other.hub.operations.listUsers()).map(({ name }) => name)).toEqual(['bob']);
    await other.close();
  });
});
