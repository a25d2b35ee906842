import { createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openMemory } from '../store/memory/open.ts';
import { oauthConfig } from './config.ts';
import { passkeySite } from './passkeys.ts';
import { CHALLENGE_MS, createChallenges } from './passkeys-challenge.ts';

describe('where passkeys work', () => {
  const site = (issuer: string): unknown => passkeySite(issuer, oauthConfig(issuer, 5151).aliases);

  it('is the issuer’s own name and origin, and localhost with our port where the issuer is this machine', () => {
    expect(site('http://localhost:5151')).toEqual({ rpId: 'localhost', origins: ['http://localhost:5151'] });
    expect(site('http://127.0.0.1:5151')).toEqual({ rpId: 'localhost', origins: ['http://localhost:5151'] });
    expect(site('http://localhost:8080')).toEqual({
      rpId: 'localhost',
      origins: ['http://localhost:8080', 'http://localhost:5151'],
    });
    expect(site('https://hub.example')).toEqual({ rpId: 'hub.example', origins: ['https://hub.example'] });
  });

  it('is nowhere where the issuer is an IP address: no browser makes one', () => {
    expect(site('https://192.168.1.5')).toBeUndefined();
    expect(site('https://[2001:db8::1]')).toBeUndefined();
  });
});

describe('challenges', () => {
  const key = createSecretKey(randomBytes(32));
  const setUp = () => {
    let now = 1_000_000;
    const clock = (): number => now;
    const { registry } = openMemory({ clock });
    const node = () => createChallenges({ registry, clock, key });
    const pass = (ms: number): void => {
      now += ms;
    };
    return { here: node(), there: node(), registry, pass };
  };

  it('hold for whom they were made, at every node, for five minutes; nothing is kept of those nobody answers', async () => {
    const { here, there, registry, pass } = setUp();
    const challenge = here.make('ada');
    expect(new Set(Array.from({ length: 100 }, () => here.make('ada'))).size).toBe(100);
    expect([there.holds(challenge, 'ada'), there.holds(challenge, 'bob')]).toEqual([true, false]);
    for (let at = 0; at < 70; at++) {
      const flipped = Buffer.from(challenge, 'base64url');
      flipped[at % 56] = (flipped[at % 56] ?? 0) ^ 1;
      expect(here.holds(flipped.toString('base64url'), 'ada')).toBe(false);
    }
    for (const junk of ['', 'A', 'A'.repeat(75), `${challenge}A`, challenge.slice(1)])
      expect(here.holds(junk, 'ada')).toBe(false);
    pass(CHALLENGE_MS - 1);
    expect(here.holds(challenge, 'ada')).toBe(true);
    pass(1);
    expect(here.holds(challenge, 'ada')).toBe(false);
    expect(await registry.list('link')).toEqual([]);
  });

  it('are spent once among all nodes, however they are written, and are forgotten when they are too old anyway', async () => {
    const { here, there, registry, pass } = setUp();
    const challenge = here.make('ada');
    const won = await Promise.all([here, there, here, there].map((node) => node.spend(challenge)));
    expect(won.filter((first) => first)).toHaveLength(1);
    // The last character has two bits that carry nothing.
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const twin = challenge.slice(0, -1) + alphabet[(alphabet.indexOf(challenge.at(-1) ?? '') & ~3) + 3];
    expect(Buffer.from(twin, 'base64url')).toEqual(Buffer.from(challenge, 'base64url'));
    expect(await there.spend(twin)).toBe(false);
    pass(CHALLENGE_MS);
    await here.spend(here.make('bob'));
    expect(await registry.list('link')).toHaveLength(1);
  });
});
