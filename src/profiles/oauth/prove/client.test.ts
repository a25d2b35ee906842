import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CLIENT, NOW, REDIRECT } from '../../../../test/support/oauth-case.ts';
import type { App } from '../app.ts';
import { checkSecret, clientFacts, hashSecret, readClient } from './client.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const form = (entries: Readonly<Record<string, string>> = {}) => new Map(Object.entries(entries));

const SECRET = 'correct-horse';
const app: App = {
  name: 'Server',
  type: 'confidential',
  authMethod: 'client_secret_basic',
  secretHash: hashSecret(SECRET),
  redirectUris: [REDIRECT],
  grantTypes: ['authorization_code'],
  scopes: [],
  createdAt: NOW,
};

describe('readClient', () => {
  it('reads a public client, a posted secret and Basic credentials', () => {
    expect(readClient(undefined, form({ client_id: CLIENT }))).toEqual({ clientId: CLIENT, method: 'none' });
    expect(readClient(undefined, form({ client_id: CLIENT, client_secret: SECRET }))).toEqual({
      clientId: CLIENT,
      method: 'client_secret_post',
      secret: SECRET,
    });
    expect(readClient(`Basic ${base64(`${CLIENT}:${SECRET}`)}`, form())).toEqual({
      clientId: CLIENT,
      method: 'client_secret_basic',
      secret: SECRET,
    });
    expect(readClient(undefined, form())).toEqual({ method: 'none' });
  });

  it('takes the scheme in any case, and a client_id beside it that is the same', () => {
    expect(readClient(`bASIC ${base64(`${CLIENT}:x`)}`, form({ client_id: CLIENT }))).toMatchObject({
      method: 'client_secret_basic',
    });
  });

  it('decodes both halves as RFC 6749 §2.3.1 encodes them; the secret may hold colons', () => {
    expect(readClient(`Basic ${base64('a%3Ab:c+d%2B:e')}`, form())).toMatchObject({
      clientId: 'a:b',
      secret: 'c d+:e',
    });
  });

  it.each([
    ['a posted secret beside the header', { client_secret: SECRET }],
    ['another client_id beside the header', { client_id: 'other' }],
  ])('finds several: %s', (_, entries) => {
    const claim = readClient(`Basic ${base64(`${CLIENT}:${SECRET}`)}`, form(entries));
    expect(claim).toEqual({ clientId: CLIENT, method: 'several' });
  });

  it.each([
    '',
    'Basic',
    'Basic ',
    'Basic  QTpC',
    'Basic Q!',
    `Basic ${base64('no colon')}`,
    `Basic ${base64('a%:b')}`,
    `Basic ${base64('a:%E0%A4%A')}`,
    `Basic ${'A'.repeat(5_000)}`,
    'Bearer cfa_x',
    `Basic ${base64('a:b')}, Basic ${base64('a:b')}`,
  ])('finds malformed, and keeps the client that the form names: %j', (header) => {
    expect(readClient(header, form({ client_id: CLIENT }))).toEqual({ clientId: CLIENT, method: 'malformed' });
  });

  it('answers to any header', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        readClient(text, form());
        readClient(`Basic ${base64(text)}`, form());
      }),
    );
  });
});

describe('checkSecret', () => {
  it('finds the right secret and a wrong one', () => {
    expect(checkSecret({ method: 'client_secret_basic', secret: SECRET }, app).secret).toBe('match');
    for (const secret of ['', `${SECRET} `, hashSecret(SECRET)]) {
      expect(checkSecret({ method: 'client_secret_basic', secret }, app).secret).toBe('mismatch');
    }
  });

  it('never finds a match for an application that has no secret', () => {
    const { secretHash: _, ...bare } = app;
    for (const secret of ['', SECRET, 'undefined']) {
      expect(checkSecret({ method: 'client_secret_basic', secret }, bare).secret).toBe('mismatch');
      expect(checkSecret({ method: 'client_secret_basic', secret }, { ...app, secretHash: '' }).secret).toBe(
        'mismatch',
      );
    }
  });

  it('judges no secret of an unknown client, none sent another way, and none that did not come', () => {
    expect(checkSecret({ method: 'client_secret_basic', secret: SECRET }, undefined).secret).toBe('unchecked');
    expect(checkSecret({ method: 'client_secret_post', secret: SECRET }, app).secret).toBe('unchecked');
    expect(checkSecret({ method: 'none' }, app)).toEqual({ method: 'none', secret: 'absent' });
  });
});

describe('clientFacts', () => {
  it('keeps neither the secret nor its hash', () => {
    const facts = clientFacts('server', { ...app, exceptions: { withoutPkce: true } });
    expect(facts).toMatchObject({ id: 'server', name: 'Server', withoutPkce: true });
    expect(JSON.stringify(facts)).not.toContain(app.secretHash);
    expect(clientFacts('server', app)).not.toHaveProperty('withoutPkce');
  });
});
