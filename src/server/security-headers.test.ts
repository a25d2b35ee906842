import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { homePage } from './pages/home.ts';
import { formActionSource, pageHeaders } from './security-headers.ts';

describe('formActionSource', () => {
  it.each([
    ['com.myapp:/callback', 'com.myapp:'],
    ['com.myapp:callback?x=1;y', 'com.myapp:'],
    ['https://app.example/cb?a=b', 'https://app.example'],
    ['https://app.example:8443/cb', 'https://app.example:8443'],
    ['https://user:pass@app.example/cb', 'https://app.example'],
    ['http://127.0.0.1:51234/cb', 'http://127.0.0.1:*'],
    ['http://localhost/cb', 'http://localhost:*'],
    ['http://[::1]:8080/cb', 'http:'],
    ['https://[2001:db8::1]/cb', 'https:'],
    ['https://app.example/cb;script-src', 'https://app.example'],
  ])('names the narrowest place for %s', (uri, source) => {
    expect(formActionSource(uri)).toBe(source);
  });

  it.each([
    "https://app.example/; script-src 'unsafe-inline'",
    "https://app.example;script-src 'none'/cb",
    'https://app.example\r\nset-cookie: a=b',
    "com.myapp:;script-src 'self'\n",
    'https://ex ample/cb',
    'https://bücher.example/cb',
    'https://a_b.example/cb',
    "https://'none'.example/cb",
    'https://*.example/cb',
    'https://*/cb',
    'javascript:alert(1)',
    'data:text/html,x',
    'blob:https://app.example/1',
    'file:///etc/passwd',
    '/callback',
    'callback',
    '',
    `https://app.example/${'x'.repeat(3_000)}`,
  ])('refuses what could break out, or reaches no app: %j', (uri) => {
    expect(formActionSource(uri)).toBeUndefined();
  });
});

describe('pageHeaders', () => {
  it('allows the one style sheet by the hash of what the page really carries', () => {
    const style = /<style>([\s\S]*?)<\/style>/.exec(homePage({ hub: 'x', issuer: 'http://localhost' }))?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(pageHeaders()['content-security-policy']).toContain(`style-src 'sha256-${hash}'`);
  });

  it('adds one place to form-action and nothing else', () => {
    expect(pageHeaders('com.myapp:')['content-security-policy']).toMatch(
      /^default-src 'none'; style-src '[^']+'; img-src 'self' data:; form-action 'self' com\.myapp:; frame-ancestors 'none'; base-uri 'none'$/,
    );
  });

  it.each(["x; script-src 'self'", "'unsafe-inline'", '*', 'https://a b', 'https:\r\n'])(
    'throws for anything that is no source expression: %j',
    (source) => {
      expect(() => pageHeaders(source)).toThrow('source expression');
    },
  );
});
