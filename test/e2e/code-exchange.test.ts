/**
 * Exchanging a code at `POST /token`: what the client hears, and the rule and cause the person in charge sees.
 */
// proves: A3, A6, A7, A8, A11, A13, A14, A15, A16, A21, A22, A23, A24, A25, A26, A27, A28, X1, X4, X5, X7
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checklist } from '../../src/core/verdict.ts';
import { heldClock, startTestHub, type TestHub } from '../support/hub.ts';
import {
  addPublic,
  atOnce,
  callApi,
  exchangeForm,
  REDIRECT_URI,
  refreshForm,
  refused,
  tokens,
  verdictOf,
} from '../support/outside.ts';
import { rawRequest, sendRaw } from '../support/raw-http.ts';

const clock = heldClock();
const APP = 'my_app_123';
const OTHER_URI = 'https://app.example/Callback';
let t: TestHub;

beforeAll(async () => {
  t = await startTestHub({ clock: clock.now });
  await addPublic(t, APP, { redirectUris: [REDIRECT_URI, OTHER_URI], shortCodes: true });
  await addPublic(t, 'other_app');
});
afterAll(() => t.close());

const mint = (client = APP) => t.hub.operations.mint({ client });
/** A fresh code's form with some parameters set otherwise; undefined leaves one out. */
async function spoiled(change: Record<string, string | undefined>, client = APP): Promise<Record<string, string>> {
  const all = { ...exchangeForm(client, await mint(client)), ...change };
  return Object.fromEntries(Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined));
}

describe('a code works once', () => {
  it('gives tokens to exactly one of 50 parallel exchanges', async () => {
    const form = exchangeForm(APP, await mint());
    const answers = await atOnce(50, () => t.token(form));
    const won = answers.filter((answer) => answer.status === 200);
    expect(won).toHaveLength(1);
    for (const lost of answers.filter((answer) => answer.status !== 200)) {
      expect(await refused(t, lost)).toEqual({ status: 400, error: 'invalid_grant', why: 'code-unused/lost-race' });
    }
    const { access_token: token } = await tokens(t, won[0] as Response);
    expect((await callApi(t, token)).status).toBe(200);
  });

  it('gives tokens to exactly one of 50 parallel exchanges under two spellings of the code', async () => {
    const form = exchangeForm(APP, await mint());
    const bare = { ...form, code: ` ${form['code']?.replace('hap5.1-authcode:', 'hap5.1-authcode: ')} ` };
    const answers = await atOnce(50, (i) => t.token(i % 2 ? form : bare));
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
  });
});

describe('a code lives five minutes', () => {
  it('is taken in its last millisecond: 300,000 ms', async () => {
    const form = exchangeForm(APP, await mint());
    clock.move(300_000);
    await tokens(t, t.token(form));
  });

  it('is refused one millisecond later, and the verdict says how old it was and what to do', async () => {
    const form = exchangeForm(APP, await mint());
    clock.move(300_001);
    const answer = await t.token(form);
    expect(await refused(t, answer)).toEqual({ status: 400, error: 'invalid_grant', why: 'code-unexpired/expired' });
    const verdict = await verdictOf(t, answer);
    const check = verdict.checks?.flatMap((phase) => phase.children ?? []).find((c) => c.id === 'oauth.code-unexpired');
    expect(check).toMatchObject({ expected: 'at most 300 s old', presented: '300 s of 300 s old' });
    expect(check?.cause?.say).toContain('took too long to exchange');
    const steps = checklist(verdict.checks ?? []).map((fix) => fix.say);
    expect(steps).toContain('exchange the code for tokens immediately after receiving it');
    expect(steps[0]).toContain('re-initiate the pairing flow');
  });

  it('cannot be minted for longer than five minutes', async () => {
    await expect(t.hub.operations.mint({ client: APP, ttlSeconds: 301 })).rejects.toThrow('1 to 300');
  });
});

describe('the code itself', () => {
  it('is the label and 29 letters and digits, and works without the label', async () => {
    const minted = await mint();
    expect(minted.code).toMatch(/^hap5\.1-authcode:[0-9A-Za-z]{29}$/);
    await tokens(t, t.token({ ...exchangeForm(APP, minted), code: minted.code.slice('hap5.1-authcode:'.length) }));
  });

  it('has a 16-character form where it is bound to a proof as well', async () => {
    const minted = await t.hub.operations.mint({ client: APP, short: true });
    expect(minted.code).toMatch(/^hap5\.1-authcode:[0-9A-Za-z]{16}$/);
    expect((await refused(t, t.token({ ...exchangeForm(APP, minted), code_verifier: 'x'.repeat(43) }))).why).toBe(
      'code-verifier/mismatch',
    );
    await tokens(t, t.token(exchangeForm(APP, minted)));
  });

  it('is refused when it is unknown, cut off, a token, of another version, or no code at all', async () => {
    const codes = [
      ['unknown', 'hap5.1-authcode:00000000000000000000000000000', 'code-known/unknown'],
      ['cut off', 'hap5.1-authcode:0000000000', 'code-wellformed/length'],
      ['a token', 'cfr_00000000000000000000000000000', 'code-wellformed/label'],
      ['of another format version', 'hap5.0-authcode:00000000000000000000000000000', 'code-wellformed/label'],
      ['of other characters', 'hap5.1-authcode:0000000000000-000000000000000', 'code-wellformed/character'],
      ['only a label', 'hap5.1-authcode:', 'code-wellformed/empty'],
    ] as const;
    for (const [name, code, why] of codes) {
      const answer = t.token(await spoiled({ code }));
      expect(await refused(t, answer), name).toEqual({ status: 400, error: 'invalid_grant', why });
    }
  });

  it('may stand among blanks, which the verdict of the success notes', async () => {
    const { code = '', ...form } = exchangeForm(APP, await mint());
    await tokens(t, t.token({ ...form, code: `\t${code.replace(':', ': ')} \r\n` }));
    const [newest] = await t.hub.operations.verdicts({ client: APP, limit: 1 });
    const kept = await t.hub.operations.verdict(newest?.id ?? '');
    expect(kept.ok).toBe(true);
    expect(JSON.stringify(kept.checks)).toContain('"blanks"');
  });
});

describe('grant_type is set exactly', () => {
  it('refuses a grant type that is padded, in other case or unknown, and shows the difference', async () => {
    for (const grantType of [
      'authorization_code ',
      ' authorization_code',
      'Authorization_Code',
      'authorization-code',
      'password',
    ]) {
      const answer = await t.token(await spoiled({ grant_type: grantType }));
      const why = 'grant-type-known/unsupported';
      expect(await refused(t, answer)).toEqual({ status: 400, error: 'unsupported_grant_type', why });
      const checks = JSON.stringify((await verdictOf(t, answer)).checks);
      expect(checks).toContain('"expected":"authorization_code"');
    }
  });

  it('refuses a grant type that is not enabled for the application', async () => {
    await addPublic(t, 'no_refresh', { grantTypes: ['authorization_code'] });
    const first = await tokens(t, t.token(exchangeForm('no_refresh', await mint('no_refresh'))));
    expect(first.refresh_token).toBeUndefined();
    const why = 'grant-type-enabled/disabled';
    const answer = t.token(refreshForm('no_refresh', 'cfr_00000000000000000000000000000'));
    expect(await refused(t, answer)).toEqual({ status: 400, error: 'unauthorized_client', why });
  });

  it('says which parameter is missing, and never counts it', async () => {
    const missing = { status: 400, error: 'invalid_request' };
    const form = exchangeForm(APP, await mint());
    const { grant_type: _g, ...noType } = form;
    const { code: _c, ...noCode } = form;
    for (let i = 0; i < 4; i++) {
      expect(await refused(t, t.token(noType))).toEqual({ ...missing, why: 'parameters-present/grant-type' });
      expect(await refused(t, t.token(noCode))).toEqual({ ...missing, why: 'parameters-present/code' });
    }
    expect((await refused(t, t.token({ grant_type: 'refresh_token', client_id: APP }))).why).toBe(
      'parameters-present/refresh-token',
    );
    await tokens(t, t.token(form));
  });
});

describe('the code belongs to one client and one address', () => {
  it("refuses a known client that presents another's code with invalid_grant", async () => {
    const answer = await t.token(await spoiled({ client_id: 'other_app' }));
    expect(await refused(t, answer)).toEqual({ status: 400, error: 'invalid_grant', why: 'code-client/other-app' });
    expect(JSON.stringify((await verdictOf(t, answer)).checks)).toContain('verify the client registration');
  });

  it('refuses a redirect URI that differs by case, a slash, a blank, or is another registered one', async () => {
    const uris = [
      ['case', 'com.myapp:/Callback', 'redirect-uri-exact/differs'],
      ['a trailing slash', 'com.myapp:/callback/', 'redirect-uri-exact/differs'],
      ['a padding blank', 'com.myapp:/callback ', 'redirect-uri-exact/differs'],
      ['a double slash', 'com.myapp://callback', 'redirect-uri-exact/differs'],
      ['another registered URI', OTHER_URI, 'redirect-uri-exact/differs'],
      ['nothing', undefined, 'redirect-uri-exact/missing'],
    ] as const;
    for (const [name, uri, why] of uris) {
      const answer = await t.token(await spoiled({ redirect_uri: uri }));
      expect(await refused(t, answer), name).toEqual({ status: 400, error: 'invalid_grant', why });
      const checks = (await verdictOf(t, answer)).checks?.flatMap((phase) => phase.children ?? []) ?? [];
      const registered = checks.find((check) => check.id === 'oauth.redirect-uri-registered');
      expect(registered?.outcome).toBe(uri === OTHER_URI ? 'pass' : uri === undefined ? 'skip' : 'fail');
    }
  });

  it('refuses the URI of the authorize request once it is no longer registered', async () => {
    await addPublic(t, 'moving_app');
    const form = exchangeForm('moving_app', await mint('moving_app'));
    await t.hub.operations.editApp('moving_app', { redirectUris: ['com.moved:/callback'] });
    const answer = await t.token(form);
    const why = 'redirect-uri-registered/unregistered';
    expect(await refused(t, answer)).toEqual({ status: 400, error: 'invalid_grant', why });
    expect(JSON.stringify((await verdictOf(t, answer)).checks)).toContain('com.moved:/callback');
  });
});

describe('scopes have two switches', () => {
  it('tells a scope that is not included from one that is not enabled', async () => {
    await addPublic(t, 'scoped', { scopes: ['lamp:read', 'lamp:write'] });
    const included = exchangeForm('scoped', await t.hub.operations.mint({ client: 'scoped', scopes: ['lamp:write'] }));
    await t.hub.operations.editApp('scoped', { disabledScopes: ['lamp:write'] });
    const wire = { status: 400, error: 'invalid_scope' };
    expect(await refused(t, t.token(included))).toEqual({ ...wire, why: 'scope-enabled/disabled' });
    await t.hub.operations.editApp('scoped', { scopes: ['lamp:read'], disabledScopes: [] });
    expect(await refused(t, t.token(included))).toEqual({ ...wire, why: 'scope-included/not-included' });
    await t.hub.operations.editApp('scoped', { scopes: ['lamp:read', 'lamp:write'] });
    await tokens(t, t.token(included));
  });

  it('never gives more than the person allowed', async () => {
    const form = exchangeForm(APP, await t.hub.operations.mint({ client: APP, scopes: ['lamp:read'] }));
    const answer = t.token({ ...form, scope: 'lamp:read lamp:write' });
    expect(await refused(t, answer)).toEqual({ status: 400, error: 'invalid_scope', why: 'scope-granted/wider' });
    expect((await tokens(t, t.token(form))).scope).toBe('lamp:read');
  });
});

describe("the brief's own request", () => {
  it('shows all of its invisible characters at once, and is taken once they are gone', async () => {
    const minted = await t.hub.operations.mint({ client: APP, short: true });
    const body =
      `grant_type=authorization_code &code=${minted.code.replace(':', ': ')} &client_id=${APP} ` +
      `&redirect_uri=${REDIRECT_URI}`;
    const answer = await t.token(body);
    const why = 'grant-type-known/unsupported';
    expect(await refused(t, answer)).toEqual({ status: 400, error: 'unsupported_grant_type', why });
    const leaves = (await verdictOf(t, answer)).checks?.flatMap((phase) => phase.children ?? []) ?? [];
    const outcomeOf = (id: string) => leaves.find((check) => check.id === `oauth.${id}`)?.outcome;
    expect(['grant-type-known', 'client-known', 'code-verifier'].map(outcomeOf)).toEqual(['fail', 'fail', 'fail']);
    expect(['code-wellformed', 'redirect-uri-exact'].map(outcomeOf)).toEqual(['warn', 'pass']);
    const mended = new URLSearchParams(exchangeForm(APP, minted)).toString();
    const headers = { host: 'hub.home.local', 'content-type': 'application/x-www-form-urlencoded' };
    const request = rawRequest({ method: 'POST', target: '/token', headers, body: mended });
    expect(await sendRaw(t.hub.port, request)).toMatchObject({ status: 200 });
  });
});
