/** Backup, restore, audit and erase, as a person runs them: while a hub is running, and without one. */
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Verdict } from '../../src/core/verdict.ts';
import type { Minted } from '../../src/server/operations.ts';
import type { MerchantKey } from '../../src/server/payments/operation-shapes.ts';
import type { TrailReport } from '../../src/store/trail.ts';
import { openPlace, type Place, type Reply, type Running } from './place.ts';

const CLIENT = 'my_app_123';
const REDIRECT = 'com.myapp:/callback';
const ADD = ['app', 'add', CLIENT, '--public', '--redirect-uri', REDIRECT, '--scope', 'lamp:read'];

let place: Place;
let hub: Running;
beforeEach(async () => {
  place = openPlace();
  hub = await place.start(['--no-demo']);
  await place.json(ADD);
});
afterEach(() => place.close());

const mint = (): Promise<Minted> => place.json<Minted>(['mint', '--client', CLIENT]);
const redeem = ({ code, verifier }: Minted): Promise<Reply> =>
  hub.token({
    grant_type: 'authorization_code',
    code,
    client_id: CLIENT,
    redirect_uri: REDIRECT,
    code_verifier: verifier,
  });
const refresh = (token: string): Promise<Reply> =>
  hub.token({ grant_type: 'refresh_token', refresh_token: token, client_id: CLIENT });
const refreshTokenOf = ({ body }: Reply): string => JSON.parse(body).refresh_token as string;

function inFile(sql: string, ...values: string[]): void {
  const db = new DatabaseSync(join(place.folder, 'counterfoil.db'));
  expect(db.prepare(sql).run(...values).changes).toBeGreaterThan(0);
  db.close();
}

describe('a database file', () => {
  it('that others may open is told of when the hub starts', async () => {
    const file = join(place.folder, 'counterfoil.db');
    expect(hub.err()).not.toContain('chmod');
    await hub.end('SIGTERM');
    chmodSync(file, 0o644);
    const exposed = await place.start(['--no-demo']);
    expect(exposed.err()).toContain('counterfoil.db may be opened by others than its owner (mode 644)');
    expect(exposed.err()).toMatch(/; chmod 600 it\n/);
    expect((await place.cf(['grants'])).err).not.toContain('chmod');
  });
});

describe('a backup that is restored under a running hub', () => {
  it('brings everything back but the codes and tokens of before, and says why they are refused', async () => {
    const [unused, used] = [await mint(), await mint()];
    const issued = await redeem(used);
    expect(issued.status).toBe(200);
    const made = await place.json<{ file: string; generation: number }>(['backup', 'hub.backup']);
    expect(made.generation).toBe(1);
    expect(statSync(made.file).mode & 0o777).toBe(0o600);
    // After the backup the token is refreshed: in the backup it is unused.
    expect((await refresh(refreshTokenOf(issued))).status).toBe(200);
    await place.cf(['app', 'remove', CLIENT, '--yes']);

    expect(await place.json(['restore', 'hub.backup', '--yes'])).toMatchObject({ generation: 2 });

    for (const reply of [await refresh(refreshTokenOf(issued)), await redeem(unused)]) {
      expect(reply.status).toBe(400);
      expect(await place.verdict(reply.verdict)).toMatchObject({
        decisive: 'oauth.code-standing',
        cause: 'restored',
      });
    }
    const listed = await place.json<{ id: string; grant: string; standing: string }[]>(['codes']);
    expect(listed.filter(({ standing }) => standing === 'live')).toEqual([]);
    expect(listed.filter(({ standing }) => standing === 'restored').length).toBeGreaterThan(2);
    for (const grant of new Set(listed.map((code) => code.grant))) {
      const { out } = await place.cf(['show', grant]);
      expect(out).toMatch(/, now restored\n/);
      expect(out).not.toMatch(/now live/);
    }
    expect((await redeem(await mint())).status).toBe(200);
    expect(await place.json(['status'])).toMatchObject({ generation: 2 });
    expect(await place.json<TrailReport>(['audit', 'verify'])).toMatchObject({ faultCount: 0 });
    expect(await hub.end('SIGTERM')).toBe(0);
    expect(readdirSync(place.folder).filter((name) => name.includes('restore'))).toEqual([]);
  });

  it('that was changed, belongs to another key or is none is refused, and nothing has happened', async () => {
    const code = await mint();
    await place.json(['backup', 'hub.backup']);
    const bytes = readFileSync(join(place.folder, 'hub.backup'));
    writeFileSync(join(place.folder, 'half.backup'), bytes.subarray(0, bytes.length - 20));
    for (const file of ['half.backup', 'counterfoil.db', 'nothing.backup']) {
      const ran = await place.cf(['restore', file, '--yes']);
      expect([ran.code, ran.out]).toEqual([2, '']);
      expect(ran.err).toMatch(/^counterfoil: /);
    }
    const key = '0'.repeat(64);
    const stranger = await place.cf(['restore', 'hub.backup', '--yes'], { env: { COUNTERFOIL_KEY: key } });
    expect(stranger.err).toContain('another master key');
    expect((await place.cf(['restore', '--yes'])).code).toBe(2);
    expect((await place.cf(['restore', 'hub.backup'])).err).toContain('--yes');
    expect((await redeem(code)).status).toBe(200);
  });

  it('leaves no key of a merchant live in any list: the gate refuses them all', async () => {
    const { key } = await place.json<{ key: MerchantKey }>(['payments', 'merchant', 'add', 'acme']);
    expect((await place.cf(['codes'])).out).toMatch(/payments key +live .* when it is revoked /);
    await place.json(['backup', 'hub.backup']);
    await place.json(['restore', 'hub.backup', '--yes']);
    const asked = await fetch(`${hub.issuer}/payments/attempts/at_none`, {
      headers: { authorization: `Bearer ${key.key}` },
    });
    expect(asked.status).toBe(401);
    expect((await place.cf(['codes'])).out).toMatch(/payments key +restored /);
    expect((await place.cf(['show', key.grant])).out).toContain('until it is revoked, now restored\n');
  });

  it('raises the generation alone for a database that was restored by its own tools', async () => {
    const code = await mint();
    expect(await place.json(['restore', '--only-raise', '--yes'])).toEqual({ generation: 2 });
    expect((await redeem(code)).status).toBe(400);
  });

  it('can be stopped: no half of a backup stays', async () => {
    expect(await place.cf(['backup', '/proc/nowhere/hub.backup'])).toMatchObject({ code: 2 });
    await place.json(['backup', 'hub.backup']);
    const again = await place.cf(['backup', 'hub.backup']);
    expect([again.code, again.err]).toEqual([2, expect.stringContaining('is there already')]);
    expect(readdirSync(place.folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});

describe('audit verify', () => {
  it('is sound while the hub writes, and names the row that somebody altered', async () => {
    const reply = await redeem(await mint());
    expect(reply.status).toBe(200);
    const refused = await redeem({ ...(await mint()), verifier: 'x'.repeat(43) });
    const { head, faultCount } = await place.json<TrailReport>(['audit', 'verify']);
    expect(faultCount).toBe(0);
    const noted = `${head?.chain}/${head?.seq}/${head?.hash}`;
    expect((await place.cf(['audit', 'verify', '--head', noted])).code).toBe(0);

    const { id } = await place.verdict(refused.verdict);
    inFile("UPDATE verdicts SET cause = 'expired' WHERE id = ?", id);
    const found = await place.cf(['audit', 'verify']);
    expect(found.code).toBe(1);
    expect(found.out).toContain(`altered         ${id.slice(0, 13)}`);
    inFile('DELETE FROM verdicts WHERE id = ?', id);
    expect((await place.cf(['audit', 'verify'])).out).toContain(`removed         ${id.slice(0, 13)}`);
  });

  it('needs only the public key, and checks a backup too', async () => {
    await redeem(await mint());
    // An orderly end signs what is left.
    expect(await hub.end('SIGTERM')).toBe(0);
    const { publicKey } = await place.json<{ publicKey: string }>(['audit', 'key']);
    writeFileSync(join(place.folder, 'hub.pem'), publicKey);
    await place.json(['backup', 'hub.backup']);
    const elsewhere = ['--db', 'other.db', '--backup', 'hub.backup', '--public-key', 'hub.pem'];
    writeFileSync(join(place.folder, 'other.db'), '');
    const report = await place.json<TrailReport>(['audit', 'verify', ...elsewhere]);
    expect(report).toMatchObject({ faultCount: 0, unsigned: 0, checkpoints: 1 });
    expect((await place.cf(['audit', 'verify', '--head', 'nonsense'])).code).toBe(2);
    expect((await place.cf(['audit', 'verify', '--public-key', 'hub.backup'])).code).toBe(2);
  });
});

describe('erase', () => {
  it('forgets who and what, keeps when and why, and the trail stays sound', async () => {
    const refused = await redeem({ ...(await mint()), verifier: 'x'.repeat(43) });
    const whole = await place.verdict(refused.verdict);
    expect(await place.json(['erase', '--client', CLIENT, '--yes'])).toMatchObject({ verdicts: 2 });
    const left = await place.json<Verdict>(['show', whole.id]);
    expect(left).toMatchObject({ id: whole.id, cause: whole.cause, at: whole.at, erased: true, snapshot: null });
    for (const gone of [CLIENT, REDIRECT, '127.0.0.1']) expect(JSON.stringify(left)).not.toContain(gone);
    expect((await place.cf(['show', whole.id])).out).toContain('erased on request');
    expect((await place.cf(['replay', whole.id])).err).toContain('was erased');
    expect(await place.json<TrailReport>(['audit', 'verify'])).toMatchObject({ faultCount: 0, erased: 2 });
  });

  it('of a person ends the grants they gave and takes their name away', async () => {
    const code = await mint();
    await place.cf(['user', 'add', 'ada', '--password-stdin'], { stdin: 'correct horse battery\n' });
    expect(await place.json(['erase', '--user', 'operator', '--yes'])).toEqual({
      verdicts: 1,
      grants: 1,
      revokedGrants: 1,
      endedShares: 0,
    });
    expect((await redeem(code)).status).toBe(400);
    expect((await place.json<{ by: string }[]>(['grants']))[0]?.by).toBe('erased');
    expect(await place.json(['erase', '--user', 'ada', '--yes'])).toMatchObject({ user: 'ada' });
    expect((await place.json<{ name: string }[]>(['user', 'list'])).map(({ name }) => name)).not.toContain('ada');
  });

  it('wants to be told what, and asks first', async () => {
    expect((await place.cf(['erase', '--yes'])).err).toContain('expected something to erase');
    expect((await place.cf(['erase', '--client', CLIENT, '--until', 'tomorrow', '--yes'])).code).toBe(2);
    expect((await place.cf(['erase', '--client', CLIENT])).err).toContain('--yes');
  });
});

describe('without any data', () => {
  it('says so, and makes none', async () => {
    for (const args of [['backup'], ['audit', 'verify'], ['erase', '--client', 'x', '--yes']]) {
      const ran = await place.cf([...args, '--db', 'missing.db']);
      expect([ran.code, ran.err]).toEqual([2, expect.stringContaining('there is no data at missing.db')]);
    }
    expect(readdirSync(place.folder)).not.toContain('missing.db');
  });
});
