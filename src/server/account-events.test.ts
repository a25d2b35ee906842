import { describe, expect, it } from 'vitest';
import { openMemory } from '../store/memory/open.ts';
import { accountEvents, forgetAccountEvents, noteAccountEvent } from './account-events.ts';

describe('account events', () => {
  it('are kept newest first, all of those who write at once, a thousand at most', async () => {
    const { registry } = openMemory();
    await Promise.all(
      Array.from({ length: 20 }, (_, at) => noteAccountEvent(registry, { at, user: 'ada', act: 'password' })),
    );
    expect((await accountEvents(registry)).map(({ at }) => at).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, at) => at),
    );
    for (let at = 20; at < 1_010; at++) await noteAccountEvent(registry, { at, user: 'ada', act: 'passkey' });
    const kept = await accountEvents(registry);
    expect([kept.length, kept[0]?.at]).toEqual([1_000, 1_009]);
  });

  it('of others stay when one person signs in over and over: nobody pushes out what somebody else did', async () => {
    const { registry } = openMemory();
    await noteAccountEvent(registry, { at: 1, user: 'ada', act: 'password-changed' });
    for (let at = 2; at < 1_100; at++) await noteAccountEvent(registry, { at, user: 'dev', act: 'password' });
    const kept = await accountEvents(registry);
    expect([kept.length, kept[0]?.at, kept.at(-1)]).toEqual([
      1_000,
      1_099,
      { at: 1, user: 'ada', act: 'password-changed' },
    ]);
  });

  it('of one person are forgotten when that person is erased; those of others stay', async () => {
    const { registry } = openMemory();
    await forgetAccountEvents(registry, 'ada');
    for (const user of ['ada', 'bob', 'ada']) await noteAccountEvent(registry, { at: 1, user, act: 'password' });
    await forgetAccountEvents(registry, 'ada');
    expect((await accountEvents(registry)).map(({ user }) => user)).toEqual(['bob']);
  });
});
