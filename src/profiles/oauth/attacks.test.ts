/** Races and changed keys, set up exactly: what the store or the keys do between two steps of one request. */
import { createSecretKey, randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { CLIENT } from '../../../test/support/oauth-case.ts';
import { exchangeForm, oauthHub, tokenRequest } from '../../../test/support/oauth-hub.ts';
import type { Incoming } from '../../protocols/http/exchange.ts';
import type { Store } from '../../store/port.ts';
import type { TokenResponse } from './issue.ts';
import { createReplayCache } from './prove/replay-cache.ts';
import { admit } from './resource.ts';
import { exchange } from './token.ts';

const api = (token: string): Incoming => ({
  method: 'GET',
  path: '/api/state',
  query: '',
  headers: { authorization: `Bearer ${token}` },
  body: '',
  source: '192.0.2.1',
});

it('a token whose grant ends between reading and first use is refused', async () => {
  const hub = await oauthHub();
  const { answer } = await hub.post(exchangeForm(await hub.mint()));
  const { access_token: token } = JSON.parse(answer.body) as TokenResponse;
  const { store } = hub.deps;
  const [grant] = await store.find('grants', {});
  const racing: Store = {
    ...store,
    async redeem(redemption) {
      await store.revoke({ target: { grant: grant?.id ?? '' }, cause: 'raced' });
      return store.redeem(redemption);
    },
  };
  const admission = await admit({ ...hub.deps, store: racing }, createReplayCache(), api(token), ['lamp:read']);
  expect(admission).toMatchObject({ ok: false, answer: { status: 401 } });
});

it('parallel first uses of a token are all admitted', async () => {
  const hub = await oauthHub();
  const { answer } = await hub.post(exchangeForm(await hub.mint()));
  const { access_token: token } = JSON.parse(answer.body) as TokenResponse;
  const seen = createReplayCache();
  const all = await Promise.all(Array.from({ length: 20 }, () => admit(hub.deps, seen, api(token), ['lamp:read'])));
  expect(all.filter((admission) => admission.ok)).toHaveLength(20);
});

it('under another master key a refresh in its grace hands out no dead token', async () => {
  const hub = await oauthHub();
  const { answer } = await hub.post(exchangeForm(await hub.mint()));
  const { refresh_token: token = '' } = JSON.parse(answer.body) as TokenResponse;
  const form = { grant_type: 'refresh_token', refresh_token: token, client_id: CLIENT };
  const first = JSON.parse((await hub.post(form)).answer.body) as TokenResponse;
  const keys = { ...hub.deps.keys, successor: createSecretKey(randomBytes(32)) };
  await expect(exchange({ ...hub.deps, keys }, tokenRequest(form))).rejects.toThrow('master key has changed');
  const again = JSON.parse((await hub.post(form)).answer.body) as TokenResponse;
  expect(again.refresh_token).toBe(first.refresh_token);
});

it('a scope that was narrowed away at one refresh is not widened by editing the app, and comes back by refreshing only', async () => {
  const hub = await oauthHub();
  const { answer } = await hub.post(exchangeForm(await hub.mint({ scopes: ['lamp:read'] })));
  const { refresh_token: token = '' } = JSON.parse(answer.body) as TokenResponse;
  await hub.register(CLIENT, {
    scopes: ['lamp:read', 'lamp:write', 'lamp:admin'].map((name) => ({ name, enabled: true })),
  });
  const refresh = (scope?: string) =>
    hub.post({ grant_type: 'refresh_token', refresh_token: token, client_id: CLIENT, ...(scope && { scope }) });
  for (const scope of ['lamp:write', 'lamp:read lamp:write', 'lamp:admin', 'lamp:read ', ' ']) {
    expect((await refresh(scope)).answer).toMatchObject({ status: 400 });
  }
  const sound = JSON.parse((await refresh()).answer.body) as TokenResponse;
  expect(sound.scope).toBe('lamp:read');
});
