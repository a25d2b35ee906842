import { describe, expect, it } from 'vitest';
import { openMemory } from '../store/memory/open.ts';
import { changePassword, type PasswordChanged } from './password-change.ts';
import { createHasher } from './passwords.ts';
import { createUsers } from './users.ts';

const OLD = 'three random words';
const SOURCE = '192.0.2.1';

describe('two who know the password and change it at once', () => {
  it('have one winner: the other’s is not the current one any more, and who was removed meanwhile has none', async () => {
    const { registry } = openMemory();
    const hasher = createHasher();
    const users = createUsers({ registry, clock: () => 1_000_000, hasher });
    await users.add('ada', OLD);
    const change = (next: string): Promise<PasswordChanged> =>
      changePassword({ registry, users, hasher }, { user: 'ada', current: OLD, next, source: SOURCE });
    const passwords = ['the words of the owner', 'the words of the thief'];
    const changed = await Promise.all(passwords.map(change));
    expect(changed.map(({ outcome }) => outcome).sort()).toEqual(['changed', 'refused']);
    for (const [i, password] of passwords.entries()) {
      const { outcome } = await users.signIn({ name: 'ada', password, source: SOURCE });
      expect(outcome).toBe(changed[i]?.outcome === 'changed' ? 'in' : 'wrong');
    }
  });

  it('of a name that somebody else has got meanwhile changes nothing for them', async () => {
    const { registry } = openMemory();
    const hasher = createHasher();
    const users = createUsers({ registry, clock: () => 1_000_000, hasher });
    for (const name of ['ada', 'bob']) await users.add(name, OLD);
    const late = {
      ...hasher,
      async hash(password: string) {
        await users.remove('ada');
        await users.add('ada', 'of the next one called ada');
        return hasher.hash(password);
      },
    };
    const change = { user: 'ada', current: OLD, next: 'the words of the first one', source: SOURCE };
    expect(await changePassword({ registry, users, hasher: late }, change)).toMatchObject({ outcome: 'refused' });
    expect((await users.signIn({ name: 'ada', password: 'of the next one called ada', source: SOURCE })).outcome).toBe(
      'in',
    );
  });
});
