import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRegistered, nearest, redirectUriProblem } from './redirect.ts';

describe('redirectUriProblem', () => {
  it.each([
    'https://app.example/cb',
    'https://app.example/cb?tenant=1',
    'http://127.0.0.1/cb',
    'http://127.0.0.1:4711/cb',
    'http://[::1]:4711',
    'http://localhost:8080/',
    'com.myapp:/callback',
    'com.myapp://host/callback',
  ])('allows %s', (uri) => {
    expect(redirectUriProblem(uri)).toBeUndefined();
  });

  it.each([
    ['', 'blank'],
    ['/cb', 'absolute'],
    ['HTTPS://app.example/cb', 'lower-case'],
    ['https://app.example/cb#x', 'fragment'],
    ['https://app.example/a b', 'blank'],
    ['https://app.example/\u0000', 'control'],
    ['https://äpp.example/', 'non-ASCII'],
    ['https://', 'cannot be read'],
    ['https:app.example/cb', '//'],
    ['http://app.example/cb', 'loopback'],
    ['http://127.0.0.1.evil.test/cb', 'loopback'],
    ['http://localhost@evil.test/', 'loopback'],
    ['http://127.0.0.1:99999/', 'cannot be read'],
    ['javascript:alert(1)', 'reversed domain name'],
    ['data:text/html,x', 'reversed domain name'],
    ['myapp:/cb', 'reversed domain name'],
    ['https://app.example/cb?code=1', 'code'],
    ['com.myapp:/cb?x=1&state=2', 'state'],
    ['https://app.example/cb?password=1', 'secret'],
    ['https://app.example/code=1', 'secret'],
    [`https://app.example/${'x'.repeat(2_000)}`, '2,000'],
  ])('refuses %j', (uri, because) => {
    expect(redirectUriProblem(uri)).toContain(because);
  });

  it('answers to any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 3_000 }), (uri) => void redirectUriProblem(uri)));
  });
});

describe('isRegistered', () => {
  const registered = ['com.myapp:/callback', 'http://127.0.0.1:4711/cb', 'https://app.example:8443/cb'];

  it.each(registered)('is the registered URI itself: %s', (uri) => {
    expect(isRegistered(registered, uri)).toBe(true);
  });

  it.each(['http://127.0.0.1/cb', 'http://127.0.0.1:1/cb', 'http://127.0.0.1:65535/cb'])(
    'takes any loopback port: %s',
    (uri) => {
      expect(isRegistered(registered, uri)).toBe(true);
    },
  );

  it.each([
    'com.myapp:/Callback',
    'com.myapp:/callback/',
    'com.myapp:/callback ',
    'com.myapp:/callback?x',
    'https://app.example/cb',
    'https://app.example:8444/cb',
    'http://localhost:4711/cb',
    'http://[::1]:4711/cb',
    'https://127.0.0.1:4711/cb',
    'http://127.0.0.1:4711/cb/',
    'http://127.0.0.1:4711',
    'http://127.0.0.1:471111/cb',
    'http://127.0.0.1:4711@evil.test/cb',
    'http://127.0.0.1.evil.test:4711/cb',
    'http://127.0.0.1:4711/cb\n',
    'HTTP://127.0.0.1:4711/cb',
    '',
  ])('is no other: %j', (uri) => {
    expect(isRegistered(registered, uri)).toBe(false);
  });

  it('is false for every text that differs, where no loopback address is registered', () => {
    const strict = ['com.myapp:/callback', 'https://app.example/cb'];
    const near = fc
      .constantFrom(...strict)
      .chain((uri) =>
        fc
          .tuple(fc.nat(uri.length), fc.nat(2), fc.string({ maxLength: 3 }))
          .map(([at, cut, put]) => uri.slice(0, at) + put + uri.slice(at + cut)),
      );
    fc.assert(fc.property(near, (uri) => isRegistered(strict, uri) === strict.includes(uri)));
  });
});

describe('nearest', () => {
  it('finds the one that differs in case, slashes or blanks only, else the first', () => {
    const registered = ['https://a.example/cb', 'com.myapp:/callback'];
    expect(nearest(registered, ' COM.myapp://Callback/ ')).toBe('com.myapp:/callback');
    expect(nearest(registered, 'other')).toBe('https://a.example/cb');
    expect(nearest([], 'other')).toBeUndefined();
  });
});

describe('a redirect URI that programs read differently', () => {
  it.each([
    ['https://good.example@evil.example/cb', /names a user/],
    ['com.myapp://good.example@evil.example/cb', /names a user/],
    ['https://good.example\\@evil.example/', /no URI has/],
    ['https://evil.example\\.good.example/', /no URI has/],
    ['https://a"b/', /no URI has/],
    ['https:///good.example/cb', /and a host/],
    ['https:good.example/cb', /and a host/],
  ])('is not registered: %s', (uri, problem) => expect(redirectUriProblem(uri)).toMatch(problem));

  it.each([
    'https://good.example/cb?next=a@b',
    'https://good.example/@me',
    'com.myapp://callback',
    'com.myapp:/a@b',
    'http://[::1]:8080/cb',
  ])('is not taken for one: %s', (uri) => expect(redirectUriProblem(uri)).toBeUndefined());
});
