import { describe, expect, it } from 'vitest';
import {
  authorizeCase,
  client,
  codeBound,
  exchangeRequest,
  request,
  tokenCase,
} from '../../../test/support/oauth-case.ts';
import { askedScopes } from './case.ts';
import { partsIn, switchedOn, withGranted, withListed } from './coverage.ts';
import type { Beyond } from './deps.ts';
import { judge } from './profile.ts';

/** A profile whose scopes are paths: `a/b` is a part of `a`, and `!` must be named. */
const beyond: Beyond = {
  consent: async () => undefined,
  redeem: async () => ({ effects: [] }),
  covered: (granted, asked) => asked.filter((scope) => granted.some((whole) => scope.startsWith(`${whole}/`))),
  explicit: (scope) => scope.startsWith('!'),
  facts: [],
};
const listing = (...scopes: string[]) =>
  client({ scopes: scopes.map((text) => ({ name: text.replace(/^-/, ''), enabled: !text.startsWith('-') })) });
const failed = (c: Parameters<typeof judge>[1], action: 'authorize' | 'token' = 'authorize'): string | undefined =>
  judge(action, c).decisive?.rule;

describe('a scope asked for', () => {
  it('is listed and switched on when it is a part of one that is', () => {
    const c = withListed({ beyond }, authorizeCase({ client: listing('a') }, { scope: 'a/b' }));
    expect(failed(c)).toBeUndefined();
    expect(c.client?.scopes).toEqual([
      { name: 'a', enabled: true },
      { name: 'a/b', enabled: true, explicit: true },
    ]);
    expect(failed(authorizeCase({ client: listing('a') }, { scope: 'a/b' }))).toBe('oauth.scope-included');
  });

  it('is switched off when the one that it is a part of is, unless another one covers it', () => {
    const off = authorizeCase({ client: listing('-a') }, { scope: 'a/b/c' });
    expect(failed(withListed({ beyond }, off))).toBe('oauth.scope-enabled');
    const on = authorizeCase({ client: listing('-a', 'a/b') }, { scope: 'a/b/c' });
    expect(failed(withListed({ beyond }, on))).toBeUndefined();
  });

  it('is off when it is listed as off itself, whatever else it is a part of', () => {
    const c = authorizeCase({ client: listing('a', '-a/b') }, { scope: 'a/b' });
    expect(failed(withListed({ beyond }, c))).toBe('oauth.scope-enabled');
    expect(switchedOn({ beyond }, listing('a', '-a/b'), ['a', 'a/b', 'a/c', 'b'])).toEqual(['a', 'a/c']);
  });

  it('at /token may be a part of what was granted, and of nothing else', () => {
    const granted = codeBound({ scope: ['a'] });
    const asking = (scope: string) =>
      withGranted(
        { beyond },
        withListed(
          { beyond },
          tokenCase({ client: listing('a', 'b'), code: granted, request: exchangeRequest({ scope }) }),
        ),
      );
    expect(failed(asking('a/b'), 'token')).toBeUndefined();
    expect(askedScopes(asking('a/b'))).toEqual(['a/b']);
    expect(failed(asking('b/c'), 'token')).toBe('oauth.scope-granted');
    expect(failed(asking('a/b b'), 'token')).toBe('oauth.scope-granted');
  });

  it('is judged again the same way from the snapshot, and deriving twice adds nothing', () => {
    const c = withListed({ beyond }, authorizeCase({ client: listing('a') }, { scope: 'a/b a/c a/b' }));
    expect(withListed({ beyond }, c)).toEqual(c);
    expect(judge('authorize', structuredClone(c)).checks).toEqual(judge('authorize', c).checks);
  });
});

describe('a request that names no scope', () => {
  it('is about all that is switched on and need not be named', () => {
    const c = withListed({ beyond }, authorizeCase({ client: listing('a', '-b', '!c'), request: request({}) }));
    expect(askedScopes(c)).toEqual(['a']);
    const bare = withListed({ beyond }, authorizeCase({ client: listing('!c'), request: request({}) }));
    expect(askedScopes(bare)).toEqual([]);
  });

  it('is as it was where nothing has to be named, and where no other profile is there', () => {
    const c = authorizeCase({ client: listing('a', 'b'), request: request({}) });
    expect(withListed({ beyond }, c)).toBe(c);
    const named = authorizeCase({ client: listing('a'), request: request({}) });
    expect(withListed({}, named)).toBe(named);
    expect(partsIn({}, ['a'], ['a/b'])).toEqual([]);
  });
});
