/** Developers and sharing from the command line: roles, what a developer sees, links, and receipts that need no hub. */
// proves: L1, L2, L3
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Verdict } from '../../src/core/verdict.ts';
import type { Shared, ShareView } from '../../src/server/share-shapes.ts';
import type { UserView } from '../../src/server/users.ts';
import { PASSWORD } from '../support/visitor.ts';
import { openPlace, type Place, type Running } from './place.ts';

const CLIENT = 'my_app_123';
const WRONG = 'com.myapp:/Callback';
const TYPED = { stdin: `${PASSWORD}\n` };

let place: Place;
let hub: Running;
beforeAll(async () => {
  place = openPlace();
  hub = await place.start();
  for (const app of [CLIENT, 'bi_tool'])
    await place.json(['app', 'add', app, '--public', '--redirect-uri', 'com.myapp:/callback', '--scope', 'lamp:read']);
  await place.cf(['user', 'add', 'ada', '--password-stdin'], TYPED);
});
afterAll(() => place?.close());

/** A fresh refusal's id. */
async function refuse(): Promise<string> {
  const { code, verifier } = await hub.operations.mint({ client: CLIENT });
  const form = { grant_type: 'authorization_code', code, client_id: CLIENT, code_verifier: verifier };
  const reply = await hub.token({ ...form, redirect_uri: WRONG });
  expect(reply.status).toBe(400);
  return (await place.verdict(reply.verdict)).id;
}

describe('user', () => {
  it('adds a developer of registered applications, changes and removes them; the list says what each may do', async () => {
    const add = ['user', 'add', 'dev', '--password-stdin', '--developer'];
    const unknown = await place.cf([...add, 'my_app_124'], TYPED);
    expect(unknown).toMatchObject({ code: 2, out: '' });
    expect(unknown.err).toContain('no Trusted Application has the id my_app_124: counterfoil app list');
    expect((await place.cf([...add, ''], TYPED)).err).toContain('expected 1 to 100 applications, got 0');
    const added = await place.cf([...add, `${CLIENT}, bi_tool`], TYPED);
    expect(added).toMatchObject({ code: 0, out: `added dev, developer of ${CLIENT}, bi_tool\n` });
    const { out } = await place.cf(['user', 'list']);
    expect(out).toMatch(/^name +added +role\nada +\S.* +runs the hub\ndev +\S.* +developer of my_app_123, bi_tool\n$/);
    expect((await place.cf(['user', 'edit', 'dev', '--developer', 'bi_tool'])).out).toBe('dev: developer of bi_tool\n');
    const users = await place.json<UserView[]>(['user', 'list']);
    expect(users.map(({ developerOf }) => developerOf)).toEqual([undefined, ['bi_tool']]);
    expect((await place.cf(['user', 'edit', 'dev', '--operator'])).out).toBe('dev: runs the hub\n');
    expect(await place.cf(['user', 'edit', 'dev'])).toMatchObject({ code: 2 });
    expect(await place.json(['user', 'remove', 'dev', '--yes'])).toEqual({ removed: 'dev', sessions: 0 });
    expect(await place.cf(['user', 'remove', 'dev', '--yes'])).toMatchObject({ code: 1, out: '' });
  });

  it('keeps the last one who runs the hub, and asks before it removes anybody', async () => {
    const last = await place.cf(['user', 'remove', 'ada', '--yes']);
    expect(last).toMatchObject({ code: 2, out: '' });
    expect(last.err).toContain('ada is the only one who runs this hub with a password');
    expect((await place.cf(['user', 'edit', 'ada', '--developer', CLIENT])).err).toContain('add another first');
    expect((await place.cf(['user', 'remove', 'ada'])).err).toContain('add --yes to go ahead');
    expect((await place.cf(['user', 'add', 'owner', '--password-stdin'], TYPED)).err).toContain('another name');
  });
});

describe('verdict --as-developer', () => {
  it('shows what the developer of the application sees, in words and as JSON', async () => {
    const id = await refuse();
    const whole = await place.cf(['verdict', id, '--all']);
    const ran = await place.cf(['verdict', id, '--as-developer', '--all']);
    expect(ran.code).toBe(1);
    expect(whole.out).toContain('from 127.0.0.1');
    expect(ran.out).not.toContain('127.0.0.1');
    expect(ran.out).toContain(WRONG);
    expect(ran.out).toContain('withheld: the owner’s');
    const seen = await place.json<Verdict>(['verdict', id, '--as-developer']);
    expect(seen).toMatchObject({ id, withheld: true, snapshot: null });
    for (const fact of ['source', 'grant']) expect(seen).not.toHaveProperty(fact);
  });
});

describe('share', () => {
  it('L2: previews what would be shared, bare unless parts are named, and makes no link', async () => {
    const id = await refuse();
    const bare = await place.cf(['share', id, '--preview']);
    expect(bare.code).toBe(0);
    for (const fact of [WRONG, CLIENT, '127.0.0.1', id]) expect(bare.out, fact).not.toContain(fact);
    expect(bare.out).toContain('incorrect redirect URI');
    const all = await place.cf(['share', id, '--preview', '--with', 'values,app,time']);
    for (const fact of [WRONG, CLIENT, new Date().toISOString().slice(0, 10)]) expect(all.out, fact).toContain(fact);
    expect(all.out).not.toContain('127.0.0.1');
    expect(await place.json(['share', 'list'])).toEqual([]);
    const wrong = await place.cf(['share', id, '--with', 'source']);
    expect(wrong).toMatchObject({ code: 2, out: '' });
    expect(wrong.err).toContain('--with: expected values, app, time, got source');
    expect((await place.cf(['share'])).code).toBe(2);
  });

  it('L1, L3: makes a link that a stranger opens, lists it without the link, and ends it', async () => {
    const id = await refuse();
    const ran = await place.cf(['share', id, '--with', 'values']);
    expect(ran.code).toBe(0);
    const link = /^http:\/\/localhost:\d+\/s\/[\w-]{43}$/m.exec(ran.out)?.[0] ?? '';
    expect(ran.err).toContain('copies that others make of it cannot be recalled, and follow their own policies');
    const opened = await fetch(link);
    expect(opened.status).toBe(200);
    expect(await opened.text()).toContain('com.myapp:/');
    const list = await place.cf(['share', 'list']);
    expect(list.out).toContain(id.slice(0, 13));
    expect(list.out + JSON.stringify(await place.json(['share', 'list']))).not.toContain(link.slice(-43));
    const [share] = await place.json<ShareView[]>(['share', 'list']);
    const ended = await place.cf(['share', 'revoke', share?.id.slice(0, 13) ?? '']);
    expect(ended).toMatchObject({
      code: 0,
      out: `${share?.id.slice(0, 13)}: ended, the link answers 410 from now on\n`,
    });
    expect((await fetch(link)).status).toBe(410);
    expect(await place.cf(['share', 'revoke', share?.id ?? ''])).toMatchObject({ code: 1, out: '' });
    const erased = await place.json<Shared>(['share', id]);
    expect(await place.json(['erase', '--verdict', id, '--yes'])).toMatchObject({ verdicts: 1, endedShares: 1 });
    expect((await fetch(erased.link)).status).toBe(410);
    expect((await place.cf(['share', id])).err).toContain('was erased on request');
  });

  it('verifies a receipt offline: no data, no hub, the public key alone', async () => {
    const { link } = await place.json<Shared>(['share', await refuse(), '--with', 'values']);
    const receipt = await (await fetch(link.replace('/s/', '/s-receipt/'))).text();
    const pem = await place.cf(['share', 'key']);
    const served = await (await fetch(new URL('/.well-known/counterfoil-receipts', hub.issuer))).text();
    expect(JSON.parse(served)).toEqual(await place.json(['share', 'key']));
    const elsewhere = openPlace();
    const file = (name: string, text: string): string => {
      writeFileSync(join(elsewhere.folder, name), text);
      return name;
    };
    file('receipt.txt', receipt);
    const verify = ['share', 'verify', 'receipt.txt', '--public-key'];
    for (const key of [file('hub.pem', pem.out), file('keys.json', served)]) {
      const ran = await elsewhere.cf([...verify, key]);
      expect(ran, ran.err).toMatchObject({ code: 0, err: '' });
      expect(ran.out).toContain(`signed by ${hub.issuer}, shared on`);
      expect(ran.out).toContain(WRONG);
    }
    const at = receipt.indexOf('.') + 40;
    const changed = receipt.slice(0, at) + (receipt[at] === 'A' ? 'B' : 'A') + receipt.slice(at + 1);
    const ran = await elsewhere.cf(['share', 'verify', file('changed.txt', changed), '--public-key', 'hub.pem']);
    expect(ran).toMatchObject({ code: 1, err: '' });
    expect(ran.out).toContain('the signature does not hold');
    expect(await elsewhere.cf([...verify, file('no.pem', 'nothing')])).toMatchObject({ code: 2, out: '' });
    expect((await elsewhere.cf([...verify, 'absent.pem'])).err).toContain('cannot use absent.pem');
    expect(() => readFileSync(join(elsewhere.folder, 'counterfoil.db'))).toThrow('ENOENT');
    await elsewhere.close();
  });
});
