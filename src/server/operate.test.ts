import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestHub, type TestHub } from '../../test/support/hub.ts';

let t: TestHub;

beforeAll(async () => {
  t = await startTestHub({ store: 'memory' });
  await t.hub.operations.addApp('my_app_123', { redirectUris: ['com.myapp:/callback'], scopes: ['lamp:read'] });
});
afterAll(() => t.close());

describe('operations', () => {
  it('find what a padded client sent, by what was sent and by what is shown', async () => {
    await t.token({ grant_type: 'authorization_code', code: 'x', client_id: 'my_app_123 ' });
    const [sent] = await t.hub.operations.verdicts({ client: 'my_app_123 ' });
    const [shown] = await t.hub.operations.verdicts({ client: 'my_app_123␠' });
    expect(sent?.subject).toBe('my_app_123␠');
    expect(shown?.id).toBe(sent?.id);
    expect(await t.hub.operations.verdicts({ client: 'my_app_123' })).toEqual([]);
  });

  it('replay names the client that was set', async () => {
    const [kept] = await t.hub.operations.verdicts({ client: 'my_app_123 ' });
    const replayed = await t.hub.operations.replay(kept?.id ?? '', { client_id: 'my_app_123' });
    expect(replayed.subject).toBe('my_app_123');
  });

  it('revoke keeps a cause, also when it comes as null over the admin socket', async () => {
    const { grant } = await t.hub.operations.mint({ client: 'my_app_123' });
    await t.hub.operations.revoke(grant, null as unknown as string);
    const [ended] = await t.hub.operations.grants({ id: grant });
    expect(ended).toMatchObject({ state: 'revoked', endedBy: 'revoked-by-operator' });
  });
});
