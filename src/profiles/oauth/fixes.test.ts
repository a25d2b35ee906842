import { describe, expect, it } from 'vitest';
import { HOSTILE } from '../../../test/support/hostile.ts';
import {
  accessToken,
  authorizeCase,
  client,
  confidential,
  confidentialCase,
  exchangeRequest,
  refreshCase,
  resourceCase,
  tokenCase,
} from '../../../test/support/oauth-case.ts';
import type { Case } from './case.ts';
import { clientOf, type Proposal, proposals, type Standing } from './fixes.ts';
import { type Action, judge } from './profile.ts';

const HOLDS = { grants: 3, live: 7 };
const APP: Standing['app'] = client();

/** The proposals for a case as it is judged, with the application as it is registered now. */
function about(action: Action, c: Case, app: Standing['app'] = APP): readonly Proposal[] {
  const { checks } = judge(action, c);
  return proposals({ profile: 'oauth', snapshot: c, checks }, { app, holds: HOLDS });
}

const ids = (found: readonly Proposal[]): string[] => found.map(({ id }) => id);
const at = (uri: string): Case => authorizeCase({}, { redirect_uri: uri });
const says = ({ impact }: Proposal, kind: string): string =>
  impact
    .filter((one) => one.kind === kind)
    .map(({ say }) => say)
    .join('; ');

describe('a redirect URI', () => {
  it('is proposed byte for byte as it was presented, beside those that are registered', () => {
    const [found, ...others] = about('authorize', at('https://app.example/Cb?x=%41'));
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      id: 'register-redirect-uri',
      rule: 'oauth.redirect-uri-registered',
      edit: { redirectUris: ['com.myapp:/callback', 'https://app.example/Cb?x=%41'] },
    });
  });

  it('comes with who would receive codes there, and with its host where that is a new one', () => {
    const app = client({ redirectUris: ['https://app.example/cb'] });
    const [near] = about('authorize', authorizeCase({ client: app }, { redirect_uri: 'https://app.example/cb2' }), app);
    const [far] = about('authorize', authorizeCase({ client: app }, { redirect_uri: 'https://app.examp1e/cb' }), app);
    const [local] = about('authorize', at('http://127.0.0.1:8080/cb'));
    const [scheme] = about('authorize', at('com.other:/cb'));
    const risks = [near, far, local, scheme].map((found) => (found ? says(found, 'risk') : ''));
    for (const risk of risks) expect(risk).toContain('whoever controls this address receives codes of this app');
    expect(risks.map((risk) => /its host, (\S+),|loopback|claim this scheme/.exec(risk)?.[0])).toEqual([
      undefined,
      'its host, app.examp1e,',
      'loopback',
      'claim this scheme',
    ]);
  });

  it.each([
    ...HOSTILE,
    'http://evil.example/cb',
    'https://app.example/cb ',
    'https://app.example/cb#x',
    'https://app.example@evil.example/cb',
    'https://app.example\\@evil.example/',
    'https://аpp.example/cb',
    'javascript:alert(1)',
    'https://app.example/cb?code=•',
    'https://app.example/cb?error_uri=x',
    `https://app.example/${'a'.repeat(2_028)}`,
    '/callback',
  ])('that is hostile, cut or not whole is never proposed: %j', (uri) => {
    expect(ids(about('authorize', at(uri)))).toEqual([]);
    expect(ids(about('token', tokenCase({ request: exchangeRequest({ redirect_uri: uri }) })))).toEqual([]);
  });

  it('that has been registered since is not proposed again', () => {
    const now = client({ redirectUris: ['com.myapp:/callback', 'https://app.example/cb'] });
    expect(about('authorize', at('https://app.example/cb'), now)).toEqual([]);
  });

  it('that differs from the one in the code alone is the app’s to mend', () => {
    const app = client({ redirectUris: ['com.myapp:/callback', 'com.myapp:/other'] });
    const c = tokenCase({ client: app, request: exchangeRequest({ redirect_uri: 'com.myapp:/other' }) });
    expect(about('token', c, app)).toEqual([]);
  });
});

describe('scopes', () => {
  it('that are not included are proposed, each once, and what is switched off stays so', () => {
    const app = client({ scopes: [{ name: 'lamp:read', enabled: false }] });
    const c = authorizeCase({ client: app }, { scope: 'lamp:write lamp:read lamp:write' });
    const found = about('authorize', c, app);
    expect(ids(found)).toEqual(['include-scopes', 'enable-scopes']);
    expect(found.map(({ edit }) => edit)).toEqual([
      { scopes: ['lamp:read', 'lamp:write'], disabledScopes: ['lamp:read'] },
      { disabledScopes: [] },
    ]);
  });

  it('that were included since are not proposed again', () => {
    const before = client({ scopes: [] });
    expect(ids(about('authorize', authorizeCase({ client: before })))).toEqual([]);
  });

  it('that are parts of listed ones are not proposed', () => {
    const listed = { ...client(), scopes: [{ name: 'home:*:rws', enabled: true }] };
    const known = { ...listed, scopes: [...listed.scopes, { name: 'home:lamp:r', enabled: true, explicit: true }] };
    const c = authorizeCase({ client: known as never }, { scope: 'home:lamp:r lamp:write' });
    expect(about('authorize', c, listed)[0]?.edit.scopes).toEqual(['home:*:rws', 'lamp:write']);
  });

  it('that were switched off are proposed for a token at the API, with what comes alive', () => {
    const app = client({
      scopes: [
        { name: 'lamp:read', enabled: false },
        { name: 'lamp:write', enabled: false },
      ],
    });
    const [found] = about('resource', resourceCase({ code: accessToken(), enabled: [] }), app);
    expect(found).toMatchObject({ id: 'enable-scopes', edit: { disabledScopes: ['lamp:write'] } });
    expect(found && says(found, 'means')).toContain('3 active grants and 7 codes and tokens');
  });

  it('that nobody named are not made up', () => {
    const app = client({ scopes: [] });
    const { scope: _, ...values } = authorizeCase({ client: app }).request.values;
    const c = authorizeCase({ client: app });
    expect(about('authorize', { ...c, request: { ...c.request, values } }, app)).toEqual([]);
  });
});

describe('other settings', () => {
  it('a grant type is proposed beside those that are enabled', () => {
    const app = client({ grantTypes: ['authorization_code'] });
    const [found] = about('token', refreshCase({ client: app }), app);
    expect(found).toMatchObject({
      id: 'enable-grant-type',
      edit: { grantTypes: ['authorization_code', 'refresh_token'] },
    });
  });

  it('a new secret is proposed for a wrong one, and never for an app that keeps none', () => {
    const c = confidentialCase({ auth: { method: 'client_secret_basic', secret: 'mismatch' } });
    expect(about('token', c, confidential())).toMatchObject([
      { id: 'rotate-secret', edit: { rotateSecret: true }, unkept: true },
    ]);
    expect(about('token', c, client())).toEqual([]);
  });

  it('the way the secret came is proposed, where it is a way', () => {
    const posted = confidentialCase({ auth: { method: 'client_secret_post', secret: 'unchecked' } });
    expect(about('token', posted, confidential())).toMatchObject([
      { id: 'change-auth-method', edit: { authMethod: 'client_secret_post' }, unkept: true },
    ]);
    const none = confidentialCase({ auth: { method: 'none', secret: 'absent' } });
    expect(about('token', none, confidential())).toEqual([]);
  });

  it('what would weaken an app is never proposed: no PKCE, no secret', () => {
    const { code_challenge: _, ...values } = authorizeCase().request.values;
    const c = authorizeCase();
    expect(about('authorize', { ...c, request: { ...c.request, values } })).toEqual([]);
  });
});

describe('nothing is proposed', () => {
  it('for a case that was erased, or is another profile’s', () => {
    const c = at('https://app.example/cb');
    const { checks } = judge('authorize', c);
    const standing = { app: APP, holds: HOLDS };
    expect(proposals({ profile: 'home', snapshot: c, checks }, standing)).toEqual([]);
    expect(proposals({ profile: 'oauth', snapshot: null, checks, erased: true }, standing)).toEqual([]);
  });

  it('for what passed', () => {
    expect(about('token', tokenCase())).toEqual([]);
  });
});

it('is about the client of the request, or the one that the token belongs to', () => {
  expect(clientOf(authorizeCase())).toBe('my_app_123');
  expect(clientOf(resourceCase({ code: accessToken() }))).toBe('my_app_123');
  const { client: _, ...unknown } = authorizeCase();
  expect(clientOf(unknown)).toBeUndefined();
});
