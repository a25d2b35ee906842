import { expect, it } from 'vitest';
import { changesOf } from './fixes-changes.ts';

const APP = {
  redirectUris: ['com.myapp:/callback'],
  scopes: [
    { name: 'a', enabled: true },
    { name: 'b', enabled: false },
  ],
  grantTypes: ['authorization_code'],
  authMethod: 'client_secret_basic',
} as const;

it('names what differs, item by item, and nothing else', () => {
  expect(changesOf(APP, APP)).toEqual([]);
  const after = {
    redirectUris: ['com.myapp:/callback', 'https://a.example/cb'],
    scopes: [
      { name: 'a', enabled: false },
      { name: 'b', enabled: true },
      { name: 'c', enabled: true },
    ],
    grantTypes: ['authorization_code', 'refresh_token'],
    authMethod: 'client_secret_post',
  } as const;
  expect(changesOf(APP, after, true)).toEqual([
    { item: 'redirect URI', from: 'not registered', to: 'https://a.example/cb' },
    { item: 'scope a', from: 'included, switched on', to: 'included, switched off' },
    { item: 'scope b', from: 'included, switched off', to: 'included, switched on' },
    { item: 'scope c', from: 'not included', to: 'included, switched on' },
    { item: 'grant type refresh_token', from: 'not enabled', to: 'enabled' },
    { item: 'proves itself by', from: 'client_secret_basic', to: 'client_secret_post' },
    { item: 'client secret', from: 'the one it has', to: 'a new one, shown once' },
  ]);
});
