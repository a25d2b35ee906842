/**
 * The tables of the brief, a row a test: the refusal is made for real, over HTTP, by a hub on a database file; then it
 * is shown by the command line, word for word as in `golden/`. Beside that, every row's own words for its cause and its
 * fix are looked for one by one, so that a golden file that was written anew cannot lose them.
 */
// proves: A17, A18, A19, A20, A21, A22, A23, A24, A25, A26, A27, A28, A31, A32
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leaves } from '../../src/core/verdict.ts';
import { tables } from '../../src/profiles/oauth/profile.ts';
import type { AppInput, Minted, MintInput } from '../../src/server/operations.ts';
import { expectGolden, pasted } from './golden.ts';
import { openPlace, type Place, type Ran, type Reply, type Running } from './place.ts';

const APP = 'my_app_123';
const OTHER = 'other_app';
const SERVER = 'my_server';
const REDIRECT = 'com.myapp:/callback';
const SCOPES = ['lamp:read', 'lamp:write'];
const SERVER_REDIRECT = 'https://my.example/callback';

let place: Place;
let hub: Running;
let secret = '';

beforeAll(async () => {
  place = openPlace();
  hub = await place.start();
  for (const id of [APP, OTHER]) {
    await hub.operations.addApp(id, { type: 'public', redirectUris: [REDIRECT], scopes: SCOPES });
  }
  const added = await hub.operations.addApp(SERVER, {
    type: 'confidential',
    authMethod: 'client_secret_post',
    redirectUris: [SERVER_REDIRECT],
    scopes: ['lamp:read'],
  });
  secret = added.secret ?? '';
});
afterAll(() => place.close());

type Form = Readonly<Record<string, string | undefined>>;

function formOf(client: string, minted: Minted, change: Form = {}): Form {
  const { code, redirectUri, verifier } = minted;
  const sound = { grant_type: 'authorization_code', code, client_id: client, redirect_uri: redirectUri };
  return { ...sound, code_verifier: verifier, ...change };
}

const mint = (client: string, more: Partial<MintInput> = {}): Promise<Minted> =>
  hub.operations.mint({ client, ...more });

/** Sends a fresh code's request with some parameters set otherwise; undefined leaves one out. */
async function send(client: string, change: Form = {}): Promise<Reply> {
  return hub.token(formOf(client, await mint(client), change));
}

async function accepted(reply: Reply): Promise<{ readonly refresh_token: string }> {
  expect(reply.status, reply.body).toBe(200);
  return JSON.parse(reply.body);
}

/** The rows that are refusals: how each is made. Every call makes it anew, and leaves the applications as they were. */
const ROWS = {
  'A17 wrong client_id': () => send(APP, { client_id: 'my_app_124' }),
  'A17 wrong client_secret': () => send(SERVER, { client_secret: `${secret.slice(0, -1)}_` }),
  'A18 public app sends a secret': () => send(APP, { client_secret: 'not-so-secret' }),
  'A18 confidential app sends none': () => send(SERVER),
  'A21 padded': () => send(APP, { grant_type: 'authorization_code ' }),
  'A21 not enabled': async () => {
    const { refresh_token } = await accepted(await send(APP));
    await hub.operations.editApp(APP, { grantTypes: ['authorization_code'] });
    const reply = await hub.token({ grant_type: 'refresh_token', refresh_token, client_id: APP });
    await hub.operations.editApp(APP, { grantTypes: ['authorization_code', 'refresh_token'] });
    return reply;
  },
  'A22 not allowed': () => send(APP, { scope: 'lamp:read door:open' }),
  'A23 not included': () => switched({ scopes: ['lamp:read'] }),
  'A23 not enabled': () => switched({ disabledScopes: ['lamp:write'] }),
  'A24 expired': async () => {
    const minted = await mint(APP, { ttlSeconds: 1 });
    while ((await hub.operations.status()).now <= minted.until) await sleep(100);
    return hub.token(formOf(APP, minted));
  },
  'A25 used': async () => {
    const form = formOf(APP, await mint(APP));
    await accepted(await hub.token(form));
    // within 2 s of the win it is a lost race, and no replay
    await sleep(2_100);
    return hub.token(form);
  },
  "A26 another app's code": () => send(APP, { client_id: OTHER }),
  'A27 other redirect URI': () => send(APP, { redirect_uri: 'com.myapp://callback' }),
} satisfies Record<string, () => Promise<Reply>>;

/** A code for both scopes, presented while the application's scopes are switched otherwise. */
async function switched(off: AppInput): Promise<Reply> {
  const minted = await mint(APP);
  await hub.operations.editApp(APP, off);
  const reply = await hub.token(formOf(APP, minted));
  await hub.operations.editApp(APP, { scopes: SCOPES, disabledScopes: [] });
  return reply;
}

/** What the client heard, and the command line's answer to it. */
async function shown(name: keyof typeof ROWS): Promise<{ readonly reply: Reply; readonly text: string }> {
  const reply = await ROWS[name]();
  const ran = await place.cf(['verdict', reply.verdict]);
  expect(ran.code, ran.err).toBe(1);
  return { reply, text: `# ${name}\n$ POST /token\n${reply.status} ${reply.body}\n\n${pasted(ran)}` };
}

const errorOf = ({ status, body }: Reply): string => `${status} ${JSON.parse(body).error}`;
/** Text as it reads when lines are not wrapped. */
const unwrapped = (text: string): string => text.replace(/\s+/g, ' ');

describe('common errors at the token endpoint', () => {
  it('A17: client_id or client_secret is incorrect', async () => {
    const id = await shown('A17 wrong client_id');
    const key = await shown('A17 wrong client_secret');
    expect([errorOf(id.reply), errorOf(key.reply)]).toEqual(['401 invalid_client', '401 invalid_client']);
    expect(unwrapped(id.text)).toContain('client_id is incorrect');
    expect(unwrapped(key.text)).toContain('client_secret is incorrect');
    expect(unwrapped(id.text)).toContain("double-check client_id in your app server's configuration");
    expect(unwrapped(key.text)).toContain("double-check the credentials in your app server's configuration");
    expectGolden('A17-credentials', `${id.text}\n${key.text}`);
  });

  it('A18: the app type (public or confidential) is misconfigured', async () => {
    const open = await shown('A18 public app sends a secret');
    const closed = await shown('A18 confidential app sends none');
    expect([errorOf(open.reply), errorOf(closed.reply)]).toEqual(['401 invalid_client', '401 invalid_client']);
    expect(unwrapped(open.text)).toContain('app type is misconfigured: a public application sent a client secret');
    expect(unwrapped(closed.text)).toContain('app type is misconfigured: a confidential application sent no client');
    expect(unwrapped(open.text)).toContain('register it as confidential');
    expect(unwrapped(closed.text)).toContain('register it as public');
    expectGolden('A18-app-type', `${open.text}\n${closed.text}`);
  });

  it('A21: a grant type that is padded, or not enabled for the application', async () => {
    const padded = await shown('A21 padded');
    const disabled = await shown('A21 not enabled');
    expect([errorOf(padded.reply), errorOf(disabled.reply)]).toEqual([
      '400 unsupported_grant_type',
      '400 unauthorized_client',
    ]);
    expect(padded.text).toMatch(/expected authorization_code +got authorization_code␠ +blank at position 19/);
    expect(unwrapped(padded.text)).toContain('set grant_type exactly to authorization_code or refresh_token');
    expect(unwrapped(disabled.text)).toContain('this grant type is not enabled for the application');
    expect(unwrapped(disabled.text)).toContain('enable the grant type for the application');
    expectGolden('A21-grant-type', `${padded.text}\n${disabled.text}`);
  });

  it('A22: the requested scopes are not allowed for the application', async () => {
    const { reply, text } = await shown('A22 not allowed');
    expect(errorOf(reply)).toBe('400 invalid_scope');
    expect(text).toMatch(/✗ scope-included .*\n.*expected lamp:read lamp:write\n +got +door:open\n/);
    expect(unwrapped(text)).toContain('ask only for scopes that are allowed for your application');
    expectGolden('A22-scope-not-allowed', text);
  });

  it('A23: a scope that is not included and one that is not enabled are two causes', async () => {
    const missing = await shown('A23 not included');
    const off = await shown('A23 not enabled');
    expect([errorOf(missing.reply), errorOf(off.reply)]).toEqual(['400 invalid_scope', '400 invalid_scope']);
    expect(unwrapped(missing.text)).toContain('a requested permission is not included');
    expect(unwrapped(missing.text)).toContain('or include it');
    expect(unwrapped(off.text)).toContain('included for the application but not enabled');
    expect(unwrapped(off.text)).toContain('switch it on');
    expectGolden('A23-scope-switches', `${missing.text}\n${off.text}`);
  });
});

describe('a code that is refused', () => {
  it('A24: code expired, took too long to exchange, re-initiate the pairing flow', async () => {
    const { reply, text } = await shown('A24 expired');
    expect(errorOf(reply)).toBe('400 invalid_grant');
    expect(unwrapped(text)).toContain('code expired: it took too long to exchange');
    expect(unwrapped(text)).toContain('re-initiate the pairing flow');
    expect(unwrapped(text)).toContain('exchange the code for tokens immediately after receiving it');
    expectGolden('A24-expired', text);
  });

  it('A25: code already used, replay attempt, always generate a fresh code', async () => {
    const { reply, text } = await shown('A25 used');
    expect(errorOf(reply)).toBe('400 invalid_grant');
    expect(unwrapped(text)).toContain('code already used: a replay attempt');
    expect(unwrapped(text)).toContain('always generate a fresh code; never reuse one');
    expect(unwrapped(text)).toContain('2 tokens revoked');
    expectGolden('A25-used', text);
  });

  it('A26: wrong client id, code issued for a different app, verify the client registration', async () => {
    const { reply, text } = await shown("A26 another app's code");
    expect(errorOf(reply)).toBe('400 invalid_grant');
    expect(unwrapped(text)).toContain('wrong client id: the code was issued for a different app');
    expect(unwrapped(text)).toContain('verify the client registration');
    expectGolden('A26-another-app', text);
  });

  it('A27: incorrect redirect URI, mismatch with the registered one, check for an exact match', async () => {
    const { reply, text } = await shown('A27 other redirect URI');
    expect(errorOf(reply)).toBe('400 invalid_grant');
    expect(unwrapped(text)).toContain('incorrect redirect URI');
    expect(unwrapped(text)).toContain('mismatch with the URI registered for the app');
    expect(unwrapped(text)).toContain('check the URI for an exact match');
    expectGolden('A27-redirect-uri', text);
  });
});

describe('applications', () => {
  it('A19: double-check the credentials: explain client checks how an application is set up', async () => {
    const right = await place.cf(['explain', 'client', SERVER]);
    await hub.operations.addApp('half_done', {
      redirectUris: ['https://my.example/cb'],
      grantTypes: ['refresh_token'],
      withoutPkce: true,
    });
    const wrong = await place.cf(['explain', 'client', 'half_done']);
    const scopes = ['lamp:read', 'lamp:write'];
    await hub.operations.addApp('put_away', { redirectUris: [REDIRECT], scopes, disabledScopes: scopes });
    const off = await place.cf(['explain', 'client', 'put_away']);
    await hub.operations.editApp('put_away', { disabledScopes: ['lamp:write'] });
    const half = await place.cf(['explain', 'client', 'put_away']);
    await hub.operations.removeApp('put_away');
    expect([right.code, wrong.code, off.code, half.code]).toEqual([0, 1, 1, 0]);
    expect(right.out).toContain('type-and-method');
    expect(unwrapped(wrong.out)).toContain('counterfoil app edit half_done --grant-type authorization_code');
    expect(unwrapped(off.out)).toContain('every scope is switched off, so every request is refused');
    await expect(mint('half_done')).rejects.toThrow('the application has none to fall back on');
    expect([half.out[0], half.out.includes('every scope')]).toEqual(['!', false]);
    expectGolden('A19-explain-client', [right, wrong, off, half].map(pasted).join('\n'));
  });

  it('A20: the Trusted Applications registry is kept from the command line', async () => {
    const steps: (readonly string[])[] = [
      ['app', 'add', 'wall_panel', '--public', '--redirect-uri', 'com.panel:/cb', '--scope', 'lamp:read'],
      ['app', 'add', 'wall_panel', '--public', '--redirect-uri', 'com.panel:/cb'],
      [
        'app',
        'edit',
        'wall_panel',
        '--name',
        'Wall panel',
        '--redirect-uri',
        'com.panel:/cb',
        '--redirect-uri',
        'com.panel:/cb2',
      ],
      ['app', 'edit', 'wall_panel', '--disable-scope', 'lamp:read'],
      ['app', 'show', 'wall_panel'],
      ['app', 'list'],
      ['app', 'remove', 'wall_panel', '--yes'],
      ['app', 'show', 'wall_panel'],
    ];
    const ran: Ran[] = [];
    for (const step of steps) ran.push(await place.cf(step));
    expect(ran.map(({ code }) => code)).toEqual([0, 2, 0, 0, 0, 0, 0, 1]);
    expect(ran[5]?.out).toContain('wall_panel');
    expect((await hub.operations.listApps()).map((app) => app.id)).not.toContain('wall_panel');
    expectGolden('A20-trusted-applications', ran.map(pasted).join('\n'));
  });
});

describe('every refusal', () => {
  it('A28: carries its checklist, in the order in which the table judges', async () => {
    const order = tables.token.flatMap((phase) => phase.rules.map((rule) => rule.id));
    for (const [name, make] of Object.entries(ROWS)) {
      const { verdict: id } = await make();
      const { checklist, checks = [] } = await place.verdict(id);
      expect(checklist.length, name).toBeGreaterThan(0);
      const rules = checklist.map((fix) => fix.rule);
      const failed = leaves(checks).filter((check) => check.outcome === 'fail');
      expect(rules[0], `${name}: the decisive rule's fix stands first`).toBe(failed[0]?.id);
      const places = (outcome: string): number[] =>
        rules
          .filter((rule) => leaves(checks).find((c) => c.id === rule)?.outcome === outcome)
          .map((r) => order.indexOf(r));
      const [faults, warnings] = [places('fail'), places('warn')];
      expect([...faults, ...warnings], name).toHaveLength(rules.length);
      for (const list of [faults, warnings]) {
        expect(list, name).toEqual(list.toSorted((a, b) => a - b));
        expect(list, name).not.toContain(-1);
      }
    }
  });
});

describe('the tool that fetches data every hour', () => {
  const CLIENT = 'bi_tool';
  const URI = 'https://bi.example/callback';
  const MOVED = 'https://bi.example/Callback';
  const refresh = (token: string): Promise<Reply> =>
    hub.token({ grant_type: 'refresh_token', refresh_token: token, client_id: CLIENT });
  const refusals = (): Promise<Ran> => place.cf(['verdicts', '--client', CLIENT, '--refused']);

  it('A31: one query by client tells a wrong redirect_uri from an expired token', async () => {
    await hub.operations.addApp(CLIENT, { redirectUris: [URI], scopes: ['lamp:read'] });
    const minted = await mint(CLIENT);
    const tokens = await accepted(await hub.token(formOf(CLIENT, minted)));
    await accepted(await refresh(tokens.refresh_token));
    // the hour's refresh fails, because the decision was taken back; the code of the new start is sent to another address
    await hub.operations.revoke(minted.grant);
    expect(errorOf(await refresh(tokens.refresh_token))).toBe('400 invalid_grant');
    expect(errorOf(await hub.token(formOf(CLIENT, await mint(CLIENT), { redirect_uri: MOVED })))).toBe(
      '400 invalid_grant',
    );
    const late = await mint(CLIENT, { ttlSeconds: 1 });
    while ((await hub.operations.status()).now <= late.until) await sleep(100);
    expect(errorOf(await hub.token(formOf(CLIENT, late)))).toBe('400 invalid_grant');
    const { out } = await refusals();
    const rows = out
      .trim()
      .split('\n')
      .slice(1)
      .map((row) => row.split(/ {2,}/).slice(5, 7).join(' '));
    expect(rows).toEqual(['code-unexpired expired', 'redirect-uri-exact differs', 'code-standing grant-ended']);
    expectGolden('A31-one-query', pasted(await refusals()));
  });

  it('A32: after the registration is mended the next exchange and the next refresh succeed', async () => {
    const edited = await place.cf(['app', 'edit', CLIENT, '--redirect-uri', URI, '--redirect-uri', MOVED]);
    expect(edited.code).toBe(0);
    const minted = await mint(CLIENT, { redirectUri: MOVED });
    const { refresh_token } = await accepted(await hub.token(formOf(CLIENT, minted)));
    await accepted(await refresh(refresh_token));
    const life = await place.cf(['show', minted.grant]);
    expectGolden('A32-mended', `${pasted(edited)}\n${pasted(life)}`);
  });
});
