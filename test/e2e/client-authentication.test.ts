/** Who may exchange a code: public apps without a secret, confidential ones with theirs, and nobody else. */
// proves: A17, A18
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestHub, type TestHub } from '../support/hub.ts';
import { addConfidential, addPublic, basic, exchangeForm, refused, tokens } from '../support/outside.ts';

const APP = 'my_app_123';
let t: TestHub;
let secret: string;

beforeAll(async () => {
  t = await startTestHub();
  await addPublic(t, APP);
  secret = await addConfidential(t, 'post_app');
});
afterAll(() => t.close());

const mint = (client = APP) => t.hub.operations.mint({ client });
/** A fresh code's form with some parameters set otherwise; undefined leaves one out. */
async function spoiled(change: Record<string, string | undefined>, client = APP): Promise<Record<string, string>> {
  const all = { ...exchangeForm(client, await mint(client)), ...change };
  return Object.fromEntries(Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined));
}

describe('client authentication', () => {
  const CHALLENGE = 'Basic realm="counterfoil", charset="UTF-8"';
  const cases: readonly [string, (form: Record<string, string>) => Promise<Response>, string][] = [
    [
      'a secret sent by a public app',
      (f) => t.token({ ...f, client_secret: 'x' }),
      'client-auth-method/secret-from-public',
    ],
    ['a public app in the header', (f) => t.token(f, basic(APP, 'x')), 'client-auth-method/secret-from-public'],
    ['an unknown client', (f) => t.token({ ...f, client_id: 'my_app_124' }), 'client-known/unknown'],
    ['a padded client id', (f) => t.token({ ...f, client_id: `${APP} ` }), 'client-known/unknown'],
    ['a header that is no Basic', (f) => t.token(f, { authorization: 'Bearer x' }), 'client-auth-method/malformed'],
    ['a header for another client', (f) => t.token(f, basic('post_app', 'x')), 'client-auth-method/several'],
  ];
  it('refuses a wrong client, and a secret sent by a public app, with 401 and a challenge', async () => {
    for (const [name, send, why] of cases) {
      const answer = await send(await spoiled({}));
      expect(await refused(t, answer), name).toEqual({ status: 401, error: 'invalid_client', why });
      expect(answer.headers.get('www-authenticate')).toBe(CHALLENGE);
    }
  });

  const confidential: readonly [string, Record<string, string>, string][] = [
    ['no secret', {}, 'client-auth-method/secret-missing'],
    ['a wrong secret', { client_secret: 'cfs_wrong' }, 'client-secret/mismatch'],
    ['an empty secret', { client_secret: '' }, 'client-auth-method/secret-missing'],
  ];
  it('refuses a confidential app without its secret, or with a wrong one, with 401 and a challenge', async () => {
    for (const [name, extra, why] of confidential) {
      const answer = await t.token(await spoiled(extra, 'post_app'));
      expect(await refused(t, answer), name).toEqual({ status: 401, error: 'invalid_client', why });
      expect(answer.headers.get('www-authenticate')).toBe(CHALLENGE);
    }
  });

  it('refuses the right secret sent the wrong way, or padded, or of another app', async () => {
    const other = await addConfidential(t, 'another_post_app');
    const form = await spoiled({}, 'post_app');
    const { client_id: _, ...anonymous } = form;
    expect((await refused(t, t.token(anonymous, basic('post_app', secret)))).why).toBe('client-auth-method/method');
    expect((await refused(t, t.token({ ...form, client_secret: `${secret} ` }))).why).toBe('client-secret/mismatch');
    expect((await refused(t, t.token({ ...form, client_secret: other }))).why).toBe('client-secret/mismatch');
    expect((await refused(t, t.token({ ...form, client_secret: secret }, basic('post_app', secret)))).why).toBe(
      'client-auth-method/several',
    );
  });

  it('takes a confidential app by its secret, and the old secret dies when it is rotated', async () => {
    await tokens(t, t.token(await spoiled({ client_secret: secret }, 'post_app')));
    const { secret: fresh = '' } = await t.hub.operations.editApp('post_app', { rotateSecret: true });
    const form = await spoiled({ client_secret: secret }, 'post_app');
    expect((await refused(t, t.token(form))).why).toBe('client-secret/mismatch');
    await tokens(t, t.token({ ...form, client_secret: fresh }));
    secret = fresh;
  });

  it('names no client at all as a cause of its own', async () => {
    const answer = t.token(await spoiled({ client_id: undefined }));
    expect(await refused(t, answer)).toEqual({ status: 401, error: 'invalid_client', why: 'client-known/missing' });
  });
});
