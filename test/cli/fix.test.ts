/** `counterfoil fix` and `counterfoil guide`: the plan of what can be done about a refusal, doing it, and why there is the rule. */
// proves: A32, L7
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectGolden, pasted } from './golden.ts';
import { openPlace, type Place, type Running } from './place.ts';

/** Another one each time: equal refusals of one minute are one row. */
let app = '';
let made = 0;
const LISTED = 'https://bi.example.com/oauth/calback';
const CAME = 'https://bi.example.com/oauth/callback';

let place: Place;
let hub: Running;
beforeAll(async () => {
  place = openPlace();
  hub = await place.start();
});
afterAll(() => place.close());
beforeEach(async () => {
  made += 1;
  app = `bi_tool_${made}`;
  await hub.operations.addApp(app, {
    type: 'confidential',
    redirectUris: [LISTED],
    scopes: ['lamp:read'],
    name: 'Reports',
  });
});

/** Refuses a request at `/authorize`; answers the verdict's id. */
async function refused(values: Readonly<Record<string, string>>): Promise<string> {
  const query = new URLSearchParams({ response_type: 'code', client_id: app, scope: 'lamp:read', ...values });
  await fetch(`${hub.issuer}/authorize?${query}`, { redirect: 'manual' });
  const [newest] = await hub.operations.verdicts({ client: app, ok: false, limit: 1 });
  return newest?.id ?? '';
}

describe('counterfoil fix', () => {
  it('prints the plan, does it with --yes, and says that the request passes with today’s settings', async () => {
    const id = await refused({ redirect_uri: CAME });
    const asked = await place.cf(['fix', id]);
    expect((await place.json<{ redirectUris: string[] }>(['app', 'show', app])).redirectUris).toEqual([LISTED]);
    const done = await place.cf(['fix', id, 'register-redirect-uri', '--yes']);
    const again = await place.cf(['fix', id]);
    const today = await place.cf(['replay', id, '--set', 'settings=now']);
    expect([asked, done, again, today].map(({ code }) => code)).toEqual([2, 0, 1, 0]);
    expectGolden('fix', [asked, done, again].map(pasted).join('\n'));
    const { redirectUris } = await place.json<{ redirectUris: string[] }>(['app', 'show', app]);
    expect(redirectUris).toEqual([LISTED, CAME]);
    expect((await place.verdict(id)).ok).toBe(false);
  });

  it('answers a program with the plan, and with --yes with what was done', async () => {
    const id = await refused({ redirect_uri: LISTED, scope: 'lamp:write' });
    const plan = await place.json<{ fixes: { id: string; seal: string }[] }>(['fix', id]);
    expect(plan.fixes).toMatchObject([
      { id: 'include-scopes', changes: [{ item: 'scope lamp:write', from: 'not included' }], would: { ok: true } },
    ]);
    expect(await place.json(['fix', id, '--yes'])).toMatchObject({
      outcome: 'applied',
      app: { id: app, name: 'Reports' },
      today: { ok: true },
    });
  });

  it('does none of several with --yes alone: it names them, and without --yes it says what does one', async () => {
    const id = await refused({ redirect_uri: CAME, scope: 'lamp:write' });
    const listed = await place.cf(['fix', id]);
    expect(listed).toMatchObject({ code: 0 });
    for (const fix of ['register-redirect-uri', 'include-scopes']) expect(listed.out).toContain(fix);
    expect(listed.err).toBe(`to do one: counterfoil fix ${id.slice(0, 13)} register-redirect-uri\n`);
    const hasty = await place.cf(['fix', id, '--yes']);
    expect(hasty).toMatchObject({ code: 2, out: '' });
    expect(hasty.err).toContain('there are several fixes: name one');
    expect(hasty.err).toContain('register-redirect-uri, include-scopes');
    expect((await place.json<{ fixes: object[] }>(['fix', id])).fixes).toHaveLength(2);
    expect((await place.cf(['--json', 'fix', id, '--yes'])).code).toBe(2);
    expect((await place.json<{ redirectUris: string[] }>(['app', 'show', app])).redirectUris).toEqual([LISTED]);
  });

  it('has nothing to do about what no registration can take away, or what is misspelled', async () => {
    const { verdict } = await hub.token({ grant_type: 'authorization_code', code: 'x', client_id: 'nobody' });
    const none = await place.cf(['fix', verdict]);
    expect([none.code, none.err]).toEqual([1, expect.stringContaining('nothing in the registration')]);
    const id = await refused({ redirect_uri: CAME });
    const odd = await place.cf(['fix', id, 'rotate-secrets', '--yes']);
    expect([odd.code, odd.err]).toEqual([2, expect.stringContaining('there is register-redirect-uri')]);
    expect((await place.cf(['fix', 'vd_0000'])).code).toBe(1);
  });
});

describe('counterfoil guide', () => {
  it('explains one rule with all of its causes, or lists those that have the words; without a hub as well', async () => {
    const one = await place.cf(['guide', 'redirect-uri-registered']);
    const some = await place.cf(['guide', 'redirect', 'exact']);
    const none = await place.cf(['guide', 'xylophone']);
    expect([one, some, none].map(({ code }) => code)).toEqual([0, 0, 1]);
    expectGolden('guide', [one, some, none].map(pasted).join('\n'));
    const all = await place.json<{ id: string; causes: unknown[] }[]>(['guide']);
    expect(all.length).toBeGreaterThan(80);
    const alone = openPlace();
    expect((await alone.cf(['guide', 'code-unused'])).code).toBe(0);
    await alone.close();
  });
});
