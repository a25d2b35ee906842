/** Signed codes at a real hub: handed out, verified by others offline, redeemed exactly once; mistreated ones say how. */
// proves: C18
import { createPublicKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSignedCode } from '../../src/protocols/signed-code/read.ts';
import { codeKey, signCode } from '../../src/protocols/signed-code/signed-code.ts';
import type { Minted } from '../../src/server/operations.ts';
import { heldClock, startTestHub, type TestHub } from '../support/hub.ts';
import { addPublic, atOnce, callApi, exchangeForm, otherVerifier, refused, tokens } from '../support/outside.ts';
import { drop, expectOneAnswer, type Oracle, oracle } from './oracle.ts';

const clock = heldClock();
const APP = 'my_app_123';
let t: TestHub;
let post: Oracle['post'];

beforeAll(async () => {
  t = await startTestHub({ clock: clock.now });
  await addPublic(t, APP);
  ({ post } = oracle(t, APP));
});
afterAll(() => t.close());

const mint = (): Promise<Minted> => t.hub.operations.mint({ client: APP, handle: 'signed' });
/** One with characters of either alphabet, so that base64 and base64url differ. */
const telling = async (): Promise<Minted> => {
  for (;;) {
    const minted = await mint();
    if (minted.code.includes('+') && minted.code.includes('/')) return minted;
  }
};

describe('a signed code', () => {
  it('can be verified by whoever reads the metadata, and is kept as its fingerprint', async () => {
    const minted = await mint();
    const metadata = await fetch(`${t.url}/.well-known/oauth-authorization-server`);
    const { counterfoil_signed_code_keys: keys } = (await metadata.json()) as { counterfoil_signed_code_keys: never[] };
    const known = keys.map((key) => codeKey(createPublicKey({ key, format: 'jwk' })));
    expect(readSignedCode(minted.code, known, clock.now())).toMatchObject({
      ok: true,
      from: clock.now(),
      until: minted.until,
    });
    const [kept] = await t.hub.operations.codes({ id: minted.id });
    expect(kept).toMatchObject({ handle: 'signed', until: minted.until, state: 'live' });
    expect(JSON.stringify(kept)).not.toContain(minted.code);
  });

  it('is redeemed exactly once of 20 times at once; a replay later revokes what was issued', async () => {
    const form = exchangeForm(APP, await mint());
    const answers = await atOnce(20, () => t.token(form));
    const won = answers.filter(({ status }) => status === 200);
    expect(won).toHaveLength(1);
    const { access_token } = await tokens(t, won[0] as Response);
    expect((await callApi(t, access_token)).status).toBe(200);
    clock.move(400_000);
    expect(await refused(t, t.token(form))).toMatchObject({ error: 'invalid_grant', why: 'code-unused/replay' });
    expect((await callApi(t, access_token)).status).toBe(401);
  });

  it('burns at the third failed proof within ten seconds, as every code does', async () => {
    const form = { ...exchangeForm(APP, await mint()), code_verifier: otherVerifier() };
    for (let i = 0; i < 3; i++) expect((await refused(t, t.token(form))).why).toBe('code-verifier/mismatch');
    expect((await refused(t, t.token(form))).why).toBe('code-standing/burned');
  });

  it('has one line more in its tree, and others have none of it', async () => {
    const explain = async (code: Minted) => {
      await t.token({ ...exchangeForm(APP, code), redirect_uri: 'com.myapp:/other' });
      const [verdict] = await t.hub.operations.verdicts({ grant: code.grant, cause: 'differs' });
      return verdict?.checks?.map(({ id }) => id);
    };
    expect(await explain(await mint())).toContain('signature');
    expect(await explain(await t.hub.operations.mint({ client: APP }))).not.toContain('signature');
  });

  it('is renewed as a signed one, by its id and by itself', async () => {
    const first = await mint();
    const second = (await t.hub.operations.upd(first.code)).minted;
    const third = (await t.hub.operations.upd(second.id)).minted;
    for (const minted of [second, third]) expect(minted.code).toMatch(/^CFS1[A-Za-z0-9+/]{134}==$/);
    await expect(t.hub.operations.upd(first.code.slice(0, -2))).rejects.toThrow(/padding/);
    const { verifier } = first;
    await tokens(
      t,
      t.token({ ...exchangeForm(APP, third), ...(verifier !== undefined && { code_verifier: verifier }) }),
    );
  });

  it('is good with blanks and its label around it, which are presentation', async () => {
    const minted = await mint();
    await tokens(t, t.token({ ...exchangeForm(APP, minted), code: `hap5.1-authcode: ${minted.code} ` }));
  });
});

describe('a signed code that was mistreated', () => {
  it('is refused with one answer for every cause, and the causes are told to the person in charge', async () => {
    const minted = await telling();
    const { code } = minted;
    const { codes: key } = t.hub.oauth.keys;
    if (!key) throw new Error('a hub has a key for codes');
    const times = { from: clock.now(), until: clock.now() + 60_000 };
    const ended = signCode(key, { from: clock.now() - 2_000, until: clock.now() - 1_000 });
    const bytes = Buffer.from(code, 'base64');
    const swapped = Buffer.from(bytes);
    swapped[30] = (swapped[30] ?? 0) ^ 1;
    const presented = {
      base64url: code.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', ''),
      hex: bytes.toString('hex'),
      'double-encoded': Buffer.from(code).toString('base64'),
      'percent-encoded': encodeURIComponent(code),
      padding: code.slice(0, -1),
      'white-space': code.replaceAll('+', ' '),
      truncated: code.slice(0, 90),
      length: `${code.slice(0, -2)}AAAA`,
      character: `${code.slice(0, 50)}*${code.slice(51)}`,
      version: code.replace('CFS1', 'CFS2'),
      foreign: `Q0ZT${code.slice(4)}`,
      'unknown-key': signCode({ ...key, id: 'AAAAAAAAAAA' }, times).replace(/.{10}(?===$)/, 'AAAAAAAAAA'),
      'bad-signature': swapped.toString('base64'),
      expired: ended,
    };
    const form = exchangeForm(APP, minted);
    const heard = [];
    for (const text of Object.values(presented)) heard.push(await post({ ...form, code: text }));
    const causes = Object.keys(presented).map((cause) => `code-signature/${cause}`);
    expect(heard.map(({ why }) => why)).toEqual(causes);
    heard.push(await post({ ...form, code: signCode(key, times) }), await post(drop(form, 'code_verifier')));
    expectOneAnswer(heard, [...causes, 'code-known/unknown', 'code-verifier/missing']);
    await tokens(t, t.token(form));
    expect(t.faults).toEqual([]);
  });

  it('leaves nothing of itself in the verdict', async () => {
    const { code, ...rest } = await telling();
    const wrapped = `${code.slice(0, 60)}\n${code.slice(60)}`;
    await t.token({
      ...exchangeForm(APP, { code: wrapped, ...rest }),
      scope: code,
      redirect_uri: `com.myapp:/${code}`,
    });
    const found = JSON.stringify(await t.hub.operations.verdicts({ limit: 1_000 }));
    expect(found).toContain('white-space');
    for (const part of [code.slice(10, 40), code.slice(70, 100)]) expect(found).not.toContain(part);
  });
});
