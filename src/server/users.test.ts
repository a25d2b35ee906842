import { hash } from '@node-rs/argon2';
import { describe, expect, it } from 'vitest';
import { openMemory } from '../store/memory/open.ts';
import { createHasher, DUMMY_HASH, type Hasher } from './passwords.ts';
import { createUsers, nameFault, passwordFault, type SignIn, type User, type Users } from './users.ts';

const PASSWORD = 'four random words here';
const HOME = '192.0.2.1';
const AWAY = '198.51.100.7';

/** The real hasher; every verification it is asked for is written down by the hash it went against. */
function counting(): Hasher & { readonly verified: string[] } {
  const hasher = createHasher();
  const verified: string[] = [];
  return {
    ...hasher,
    verified,
    verify(against, password) {
      verified.push(against);
      return hasher.verify(against, password);
    },
  };
}

async function setUp(): Promise<{
  users: Users;
  hasher: ReturnType<typeof counting>;
  registry: ReturnType<typeof openMemory>['registry'];
  pass: (ms: number) => void;
  tries: (count: number, name: string, source: string, password?: string) => Promise<SignIn['outcome'][]>;
}> {
  let now = 1_000_000;
  const clock = (): number => now;
  const hasher = counting();
  const { registry } = openMemory({ clock });
  const users = createUsers({ registry, clock, hasher });
  expect(await users.add('ada', PASSWORD)).toEqual({ outcome: 'added', name: 'ada' });
  const tries = async (
    count: number,
    name: string,
    source: string,
    password = 'wrong password',
  ): Promise<SignIn['outcome'][]> => {
    const outcomes: SignIn['outcome'][] = [];
    for (let i = 0; i < count; i++) outcomes.push((await users.signIn({ name, password, source })).outcome);
    return outcomes;
  };
  return { users, hasher, registry, pass: (ms) => (now += ms), tries };
}

describe('signing in', () => {
  it('takes the right password, and says the same of a wrong one and an unknown user', async () => {
    const { users } = await setUp();
    expect(await users.signIn({ name: 'ada', password: PASSWORD, source: HOME })).toEqual({
      outcome: 'in',
      user: 'ada',
    });
    expect(await users.signIn({ name: 'ada', password: 'not this one', source: HOME })).toEqual({ outcome: 'wrong' });
    expect(await users.signIn({ name: 'eve', password: PASSWORD, source: HOME })).toEqual({ outcome: 'wrong' });
  });

  it.each([
    ['a wrong password', 'ada', 'not this one'],
    ['an unknown user', 'eve', PASSWORD],
    ['a name that no user can have', 'ADA <x>', PASSWORD],
    ['an empty name and password', '', ''],
    ['a password that is too long', 'ada', 'é'.repeat(300)],
    ['a very long name', 'a'.repeat(10_000), PASSWORD],
  ])('does the same work for %s: one verification at full cost', async (_case, name, password) => {
    const { users, hasher } = await setUp();
    expect((await users.signIn({ name, password, source: HOME })).outcome).toBe('wrong');
    expect(hasher.verified).toHaveLength(1);
    const cost = (phc: string | undefined): string | undefined => phc?.split('$').slice(1, 4).join('$');
    expect(cost(hasher.verified[0])).toBe('argon2id$v=19$m=19456,t=2,p=1');
  });

  it('spends on an unknown user what it spends on a known one: the dummy hash has the parameters of today', () => {
    expect(createHasher().stale(DUMMY_HASH)).toBe(false);
  });

  it('takes a password however its accents are composed (NFC)', async () => {
    const { users } = await setUp();
    await users.add('zoe', 'cafe\u0301 cre\u0300me bru\u0302le\u0301e');
    for (const password of ['café crème brûlée', 'cafe\u0301 cre\u0300me bru\u0302le\u0301e']) {
      expect(await users.signIn({ name: 'zoe', password, source: HOME })).toEqual({ outcome: 'in', user: 'zoe' });
    }
  });

  it('makes the hash again when it was made with other parameters', async () => {
    const { users, registry } = await setUp();
    const old = await hash(PASSWORD, { memoryCost: 8_192, timeCost: 1, parallelism: 1 });
    await registry.save<User>('user', 'bob', 0, { passwordHash: old, createdAt: 7 });
    expect((await users.signIn({ name: 'bob', password: PASSWORD, source: HOME })).outcome).toBe('in');
    const record = await registry.get<User>('user', 'bob');
    expect(record?.body.passwordHash).toContain('m=19456,t=2,p=1');
    expect(record?.body.createdAt).toBe(7);
    expect((await users.signIn({ name: 'bob', password: PASSWORD, source: HOME })).outcome).toBe('in');
  });

  it('refuses a user whose stored hash cannot be read', async () => {
    const { users, registry } = await setUp();
    await registry.save<User>('user', 'bob', 0, { passwordHash: 'plain', createdAt: 0 });
    expect((await users.signIn({ name: 'bob', password: 'plain', source: HOME })).outcome).toBe('wrong');
  });
});

describe('failed sign-ins', () => {
  it('make the source wait 30 s for that user after five, without spending a hash', async () => {
    const { users, hasher, pass, tries } = await setUp();
    expect(await tries(5, 'ada', HOME)).toEqual(Array(5).fill('wrong'));
    const spent = hasher.verified.length;
    const held = await users.signIn({ name: 'ada', password: PASSWORD, source: HOME });
    expect(held).toEqual({ outcome: 'wait', retryAfterSeconds: 30 });
    expect(hasher.verified).toHaveLength(spent);
    pass(29_999);
    expect(await users.signIn({ name: 'ada', password: PASSWORD, source: HOME })).toMatchObject({
      retryAfterSeconds: 1,
    });
    pass(1);
    expect((await users.signIn({ name: 'ada', password: PASSWORD, source: HOME })).outcome).toBe('in');
  });

  it('hold unknown users in the same way, so that a hold tells nothing', async () => {
    const { tries } = await setUp();
    expect(await tries(6, 'eve', HOME)).toEqual([...Array(5).fill('wrong'), 'wait']);
  });

  it('do not keep the rightful holder out from another source', async () => {
    const { users, tries } = await setUp();
    await tries(40, 'ada', AWAY);
    expect((await users.signIn({ name: 'ada', password: PASSWORD, source: HOME })).outcome).toBe('in');
  });

  it('make the source wait after twenty, whatever the names', async () => {
    const { users, tries } = await setUp();
    for (let i = 0; i < 5; i++) expect(await tries(4, `user${i}`, AWAY)).toEqual(Array(4).fill('wrong'));
    expect((await users.signIn({ name: 'ada', password: PASSWORD, source: AWAY })).outcome).toBe('wait');
    expect((await users.signIn({ name: 'ada', password: PASSWORD, source: HOME })).outcome).toBe('in');
  });

  it('are forgotten after 60 s, and a success is never counted', async () => {
    const { pass, tries } = await setUp();
    await tries(4, 'ada', HOME);
    expect(await tries(10, 'ada', HOME, PASSWORD)).toEqual(Array(10).fill('in'));
    pass(60_001);
    expect(await tries(5, 'ada', HOME)).toEqual(Array(5).fill('wrong'));
  });

  it('cannot slip past the limit in a burst', async () => {
    const { users, hasher } = await setUp();
    const burst = Array.from({ length: 30 }, () =>
      users.signIn({ name: 'ada', password: 'wrong password', source: HOME }),
    );
    const outcomes = (await Promise.all(burst)).map((r) => r.outcome);
    expect(outcomes.filter((o) => o === 'wrong')).toHaveLength(5);
    expect(hasher.verified).toHaveLength(5);
  });

  it('from one IPv6 network count together', async () => {
    const { users, tries } = await setUp();
    for (let i = 0; i < 5; i++) await tries(1, 'ada', `2001:db8:0:1::${i}`);
    const same = await users.signIn({ name: 'ada', password: PASSWORD, source: '2001:db8:0:1:ffff::9' });
    expect(same.outcome).toBe('wait');
    const next = await users.signIn({ name: 'ada', password: PASSWORD, source: '2001:db8:0:2::1' });
    expect(next.outcome).toBe('in');
  });
});

describe('hashing', () => {
  it('runs two at a time, keeps 32 waiting, and turns the rest away', async () => {
    const { users } = await setUp();
    const crowd = Array.from({ length: 40 }, (_, i) =>
      users.signIn({ name: 'ada', password: PASSWORD, source: `192.0.2.${i + 1}` }),
    );
    const results = await Promise.all(crowd);
    expect(results.filter((r) => r.outcome === 'in')).toHaveLength(34);
    expect(results.filter((r) => r.outcome === 'busy')).toEqual(
      Array(6).fill({ outcome: 'busy', retryAfterSeconds: 2 }),
    );
    expect((await users.signIn({ name: 'ada', password: PASSWORD, source: '192.0.2.40' })).outcome).toBe('in');
  });
});

describe('adding a user', () => {
  it.each(['', 'Ada', 'a b', 'a'.repeat(65), 'é', '../x', 'a\n'])('refuses the name %j', async (name) => {
    const { users } = await setUp();
    expect(await users.add(name, PASSWORD)).toMatchObject({ outcome: 'refused', about: 'name' });
  });

  it.each(['a', '0', 'a.b_c-d', 'a'.repeat(64)])('takes the name %j', (name) => {
    expect(nameFault(name)).toBeUndefined();
  });

  it('asks a password for length only, and to differ from the name', () => {
    expect(passwordFault('ada', 'x'.repeat(11))).toContain('at least 12 characters, got 11');
    expect(passwordFault('ada', 'x'.repeat(12))).toBeUndefined();
    expect(passwordFault('ada', '🔑'.repeat(12))).toBeUndefined();
    expect(passwordFault('ada', 'x'.repeat(256))).toBeUndefined();
    expect(passwordFault('ada', 'x'.repeat(257))).toContain('256 bytes');
    expect(passwordFault('ada.lovelace', 'Ada.Lovelace')).toContain('other than the user name');
  });

  it('happens once per name, also when two do it at the same time', async () => {
    const { users } = await setUp();
    const both = await Promise.all([users.add('bob', PASSWORD), users.add('bob', 'another good password')]);
    expect(both.map((r) => r.outcome).sort()).toEqual(['added', 'refused']);
    expect((await users.list()).map((u) => u.name)).toEqual(['ada', 'bob']);
    expect(JSON.stringify(await users.list())).not.toContain('argon2');
  });
});

describe('developers and people who run the hub', () => {
  const withApps = async (): Promise<Awaited<ReturnType<typeof setUp>>> => {
    const made = await setUp();
    for (const app of ['lights', 'bi_tool']) await made.registry.save('app', app, 0, {});
    return made;
  };

  it('a developer is one of registered applications, and runs nothing', async () => {
    const { users } = await withApps();
    expect(await users.add('dev', PASSWORD, ['lights', 'lights', 'bi_tool'])).toMatchObject({ outcome: 'added' });
    expect(await users.find('dev')).toEqual({ role: 'developer', user: 'dev', apps: ['lights', 'bi_tool'] });
    expect(await users.find('ada')).toEqual({ role: 'operator', user: 'ada' });
    for (const apps of [['unheard_of'], ['lights', 'Lights'], [], Array<string>(101).fill('lights')])
      expect(await users.add('eve', PASSWORD, apps)).toMatchObject({ outcome: 'refused', about: 'apps' });
    expect(await users.find('eve')).toBeUndefined();
    expect(await users.list()).toMatchObject([{ name: 'ada' }, { name: 'dev', developerOf: ['lights', 'bi_tool'] }]);
  });

  it('nobody is called as whoever signs in with a link of the command line', async () => {
    const { users } = await withApps();
    for (const apps of [undefined, ['lights']])
      expect(await users.add('owner', PASSWORD, apps)).toMatchObject({ outcome: 'refused', about: 'name' });
    expect(await users.find('owner')).toEqual({ role: 'operator', user: 'owner' });
  });

  it('the last one who runs the hub stays one; a second one may go, or become a developer', async () => {
    const { users } = await withApps();
    await users.add('dev', PASSWORD, ['lights']);
    expect(await users.remove('ada')).toMatchObject({ outcome: 'refused', about: 'last' });
    expect(await users.setRole('ada', ['lights'])).toMatchObject({ outcome: 'refused', about: 'last' });
    await users.add('bob', PASSWORD);
    expect(await users.setRole('bob', ['bi_tool'])).toMatchObject({ outcome: 'done' });
    expect(await users.find('bob')).toMatchObject({ role: 'developer', apps: ['bi_tool'] });
    expect(await users.setRole('bob', null)).toMatchObject({ outcome: 'done' });
    expect(await users.remove('ada')).toMatchObject({ outcome: 'done' });
    expect(await users.remove('ada')).toEqual({ outcome: 'unknown' });
    expect(await users.setRole('nobody', null)).toEqual({ outcome: 'unknown' });
  });

  it('a developer whose applications change stays a developer, also where nobody with a password runs the hub', async () => {
    const { registry } = openMemory();
    for (const app of ['lights', 'doors']) await registry.save('app', app, 0, {});
    const users = createUsers({ registry, clock: () => 1_000_000 });
    await users.add('dana', PASSWORD, ['lights']);
    expect(await users.setRole('dana', ['doors'])).toMatchObject({ outcome: 'done' });
    expect(await users.find('dana')).toEqual({ role: 'developer', user: 'dana', apps: ['doors'] });
  });

  it('two operators who end each other at the same moment do not leave the hub without any', async () => {
    const { registry } = openMemory();
    // Both have looked who is there before either does anything.
    let looking = 0;
    let both = (): void => undefined;
    const here = new Promise<void>((resolve) => {
      both = resolve;
    });
    const meeting: typeof registry = {
      ...registry,
      async list<T>(kind: Parameters<typeof registry.list>[0]) {
        const found = await registry.list<T>(kind);
        if (kind === 'user' && ++looking <= 2) {
          if (looking === 2) both();
          await here;
        }
        return found;
      },
    };
    for (const app of ['lights']) await registry.save('app', app, 0, {});
    const users = createUsers({ registry: meeting, clock: () => 1_000_000 });
    for (const end of [(name: string) => users.remove(name), (name: string) => users.setRole(name, ['lights'])]) {
      for (const name of ['ada', 'bob']) await users.add(name, PASSWORD);
      looking = 0;
      const ended = await Promise.all(['ada', 'bob'].map(end));
      const left = (await users.list()).filter(({ developerOf }) => developerOf === undefined).map(({ name }) => name);
      expect(left.length).toBeGreaterThan(0);
      expect(ended.filter(({ outcome }) => outcome === 'done')).toHaveLength(2 - left.length);
      for (const name of left)
        expect((await users.signIn({ name, password: PASSWORD, source: HOME })).outcome).toBe('in');
      for (const name of ['ada', 'bob']) await registry.remove('user', name);
    }
  });

  it('who is removed is signed out, and their successor of the same name does not inherit a session', async () => {
    const { users, registry } = await withApps();
    await users.add('bob', PASSWORD);
    await registry.save('session', 's1', 0, { user: 'bob' });
    await registry.save('session', 's2', 0, { user: 'ada' });
    await registry.save('link', 'l1', 0, { user: 'bob' });
    expect(await users.remove('bob')).toEqual({ outcome: 'done', sessions: 1 });
    expect(await users.find('bob')).toBeUndefined();
    expect((await registry.list('session')).map(({ id }) => id)).toEqual(['s2']);
    expect(await registry.list('link')).toEqual([]);
  });

  it('an application that is gone is off every list, and a developer of nothing does not come to run the hub', async () => {
    const { users } = await withApps();
    await users.add('dev', PASSWORD, ['lights']);
    await users.add('two', PASSWORD, ['lights', 'bi_tool']);
    await users.dropApp('lights');
    expect(await users.find('dev')).toEqual({ role: 'developer', user: 'dev', apps: [] });
    expect(await users.find('two')).toMatchObject({ apps: ['bi_tool'] });
    expect(await users.find('ada')).toMatchObject({ role: 'operator' });
  });
});
