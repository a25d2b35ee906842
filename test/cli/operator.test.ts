/** What the person in charge does all day: mint, update, replay, look up, revoke, and keep the file. */
// proves: A12, A13, A20, J1
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Check, Verdict } from '../../src/core/verdict.ts';
import { readCurl } from '../../src/protocols/curl/read.ts';
import type { Minted } from '../../src/server/operations.ts';
import { APPLICATION_ID } from '../../src/store/sqlite/migrations.ts';
import { signIn, visitor } from '../support/visitor.ts';
import { expectGolden, pasted } from './golden.ts';
import { openPlace, type Place, type Ran, type Reply, type Running } from './place.ts';

const CLIENT = 'my_app_123';
const REDIRECT = 'com.myapp:/callback';
const ADD = [
  'app',
  'add',
  CLIENT,
  '--public',
  '--redirect-uri',
  REDIRECT,
  '--scope',
  'lamp:read',
  '--scope',
  'lamp:write',
];

type Form = Readonly<Record<string, string | undefined>>;

function formOf(minted: Minted, change: Form = {}): Form {
  const { code, redirectUri, verifier } = minted;
  const sound = { grant_type: 'authorization_code', code, client_id: CLIENT, redirect_uri: redirectUri };
  return { ...sound, code_verifier: verifier, ...change };
}

describe('with a running hub', () => {
  let place: Place;
  let hub: Running;
  beforeAll(async () => {
    place = openPlace();
    hub = await place.start();
    await place.json(ADD);
  });
  afterAll(() => place.close());

  const decisive = async (reply: Reply): Promise<string> => {
    const { decisive: rule, cause } = await place.verdict(reply.verdict);
    return `${rule}/${cause}`;
  };

  it('mint prints a code and a curl command that redeems it as it stands', async () => {
    const ran = await place.cf(['mint', '--client', CLIENT, '--scope', 'lamp:read', '--ttl', '120']);
    expect(ran.code).toBe(0);
    expectGolden('mint', pasted(ran));
    const read = readCurl(ran.out.slice(ran.out.indexOf('curl ')));
    if (!read.ok) throw new Error(read.came);
    const { method, target, headers, body } = read.request;
    const sent = headers.filter(([name]) => !/^(host|content-length|user-agent|accept)$/i.test(name));
    const answer = await fetch(hub.issuer + target, { method, headers: sent.map(([k, v]) => [k, v]), body });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ token_type: 'Bearer', scope: 'lamp:read' });
  });

  it('mint with a challenge of its own leaves the verifier to the shell', async () => {
    const verifier = randomBytes(32).toString('base64url');
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const ran = await place.cf(['mint', '--client', CLIENT, '--scope', 'lamp:read', '--challenge', challenge]);
    expect(ran.out).toContain('--data-urlencode code_verifier="$CODE_VERIFIER"');
    const read = readCurl(ran.out.slice(ran.out.indexOf('curl ')).replace('"$CODE_VERIFIER"', verifier));
    if (!read.ok) throw new Error(read.came);
    const { method, target, body } = read.request;
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await fetch(hub.issuer + target, { method, headers, body });
    expect(answer.status, await answer.clone().text()).toBe(200);
  });

  it('mint for an app with a secret leaves the secret to the shell', async () => {
    const server = ['app', 'add', 'my_server', '--confidential', '--redirect-uri', 'https://my.example/callback'];
    const { secret } = await place.json<{ secret: string }>([...server, '--scope', 'lamp:read']);
    const ran = await place.cf(['mint', '--client', 'my_server']);
    expect(ran.out).toContain(`--user my_server:"$CLIENT_SECRET"`);
    expect(ran.out + ran.err).not.toContain(secret);
    const read = readCurl(ran.out.slice(ran.out.indexOf('curl ')).replace('"$CLIENT_SECRET"', secret));
    if (!read.ok) throw new Error(read.came);
    const { method, target, headers, body } = read.request;
    const sent = headers.filter(([name]) => /^(authorization|content-type)$/i.test(name));
    const answer = await fetch(hub.issuer + target, { method, headers: sent.map(([k, v]) => [k, v]), body });
    expect(answer.status, await answer.clone().text()).toBe(200);
  });

  it('J1: upd supersedes a code, the verdict of the old one names its successor, and the new one works', async () => {
    const old = await hub.operations.mint({ client: CLIENT });
    const ran = await place.cf(['upd', old.code]);
    expect(ran.code).toBe(0);
    const refused = await hub.token(formOf(old));
    expect(await decisive(refused)).toBe('oauth.code-standing/superseded');
    const [successor] = await place.json<{ id: string }[]>(['codes', '--grant', old.grant, '--limit', '1']);
    const verdict = await place.cf(['verdict', refused.verdict]);
    expect(verdict.out).toContain(`its successor is ${successor?.id.slice(0, 13)}`);
    const again = await place.cf(['upd', old.id]);
    expect(again).toMatchObject({ code: 2, out: '' });
    expectGolden(
      'J1-upd',
      `${pasted(ran)}\n${pasted(verdict)}\n${pasted(again)}\n${pasted(await place.cf(['show', old.id]))}`,
    );
    const code = /^code +(\S+)$/m.exec(ran.out)?.[1] ?? '';
    expect((await hub.token(formOf({ ...old, code }))).status).toBe(200);
    expect(await place.cf(['upd', successor?.id ?? ''])).toMatchObject({ code: 2, out: '' });
  });

  it('replay without settings gives the identical tree', async () => {
    const replies = [
      await hub.token(
        formOf(await hub.operations.mint({ client: CLIENT }), {
          redirect_uri: 'com.myapp:/Callback',
          grant_type: 'code',
        }),
      ),
      await hub.token({ grant_type: 'authorization_code ', code: 'hap5.1-authcode:0', client_id: 'nobody' }),
      await hub.token(
        formOf(await hub.operations.mint({ client: CLIENT }), { code_verifier: undefined, scope: 'a b' }),
      ),
    ];
    const accepted = await place.json<{ id: string }[]>(['verdicts', '--ok', '--limit', '4']);
    const ids = [...replies.map((reply) => reply.verdict), ...accepted.map((verdict) => verdict.id)];
    expect(ids).toHaveLength(7);
    for (const id of ids) {
      type Replayed = { before: Verdict; after: Verdict; changes: unknown[] };
      const { before, after, changes } = await place.json<Replayed>(['replay', id]);
      const tree = (verdict: Verdict): readonly Check[] => verdict.checks ?? [];
      expect(tree(after).length).toBeGreaterThan(0);
      expect(tree(after)).toEqual(tree(before));
      expect(changes).toEqual([]);
      expect([after.ok, after.decisive, after.policy]).toEqual([before.ok, before.decisive, before.policy]);
    }
    expect((await place.cf(['replay', ids[0] ?? ''])).out).toContain('Changed     nothing, against vd_');
  });

  it('replay with settings says what would have happened, and changes nothing', async () => {
    const minted = await hub.operations.mint({ client: CLIENT });
    const { verdict } = await hub.token(
      formOf(minted, { redirect_uri: 'com.myapp:/Callback', code_verifier: 'x'.repeat(43) }),
    );
    const half = await place.cf(['replay', verdict, '--set', `redirect_uri=${REDIRECT}`]);
    const whole = await place.cf([
      'replay',
      verdict,
      '--set',
      `redirect_uri=${REDIRECT}`,
      '--set',
      'code_verifier=match',
    ]);
    expect([half.code, whole.code]).toEqual([1, 0]);
    const wrong = [
      await place.cf(['replay', verdict, '--set', 'code_verifier=hunter2']),
      await place.cf(['replay', verdict, '--set', 'colour=blue']),
      await place.cf(['replay', verdict, '--set', 'redirect_uri']),
    ];
    expect(wrong.map((ran) => ran.code)).toEqual([2, 2, 2]);
    expectGolden('replay', [half, whole, ...wrong].map(pasted).join('\n'));
    expect((await hub.token(formOf(minted))).status).toBe(200);
  });

  it('revoke ends a code alone, or a grant with everything issued for it', async () => {
    const one = await hub.operations.mint({ client: CLIENT });
    const code = await place.cf(['revoke', one.id, '--yes']);
    expect(await decisive(await hub.token(formOf(one)))).toBe('oauth.code-standing/revoked');
    const two = await hub.operations.mint({ client: CLIENT });
    const { access_token: token } = JSON.parse((await hub.token(formOf(two))).body) as { access_token: string };
    const call = (): Promise<Response> =>
      fetch(`${hub.issuer}/api/state`, { headers: { authorization: `Bearer ${token}` } });
    expect((await call()).status).toBe(200);
    const grant = await place.cf(['revoke', two.grant, '--yes', '--cause', 'lost-phone']);
    expect((await call()).status).toBe(401);
    const again = await place.cf(['revoke', two.grant, '--yes']);
    const unsaid = await place.cf(['revoke', two.grant]);
    const unknown = await place.cf(['revoke', 'gr_0000000000', '--yes']);
    const ran = [code, grant, again, unsaid, unknown];
    expect(ran.map((each) => each.code)).toEqual([0, 0, 0, 2, 1]);
    expectGolden('revoke', [...ran, await place.cf(['show', two.grant])].map(pasted).join('\n'));
  });

  it('codes, grants and verdicts are found by client, cause and time', async () => {
    await place.json(['app', 'add', 'lister', '--public', '--redirect-uri', 'com.lister:/cb', '--scope', 'lamp:read']);
    const first = await hub.operations.mint({ client: 'lister' });
    await hub.token({ ...formOf(first, { client_id: 'lister' }), code_verifier: 'y'.repeat(43) });
    const { now: between } = await hub.operations.status();
    while ((await hub.operations.status()).now <= between) await sleep(5);
    const second = await hub.operations.mint({ client: 'lister' });
    await hub.token(formOf(second, { client_id: 'lister', redirect_uri: 'com.lister:/Cb' }));
    const since = ['--since', new Date(between + 1).toISOString()];
    const until = ['--until', new Date(between).toISOString()];
    const ids = async (args: readonly string[]): Promise<string[]> =>
      (await place.json<{ id: string }[]>([...args, '--client', 'lister'])).map(({ id }) => id);
    expect(await ids(['codes'])).toEqual([second.id, first.id]);
    expect(await ids(['codes', ...since])).toEqual([second.id]);
    expect(await ids(['codes', ...until])).toEqual([first.id]);
    expect(await ids(['grants'])).toEqual([second.grant, first.grant]);
    expect(await ids(['grants', ...until])).toEqual([first.grant]);
    expect(await ids(['grants', '--limit', '1'])).toEqual([second.grant]);
    const refused = await ids(['verdicts', '--refused']);
    expect(refused).toHaveLength(2);
    expect(await ids(['verdicts', '--cause', 'redirect-uri-exact'])).toEqual([refused[0]]);
    expect(await ids(['verdicts', '--cause', 'oauth.code-verifier'])).toEqual([refused[1]]);
    expect(await ids(['verdicts', '--cause', 'mismatch'])).toEqual([refused[1]]);
    expect(await ids(['verdicts', '--rule', 'redirect-uri-exact'])).toEqual([refused[0]]);
    expect(await ids(['verdicts', '--rule', 'oauth.code-verifier'])).toEqual([refused[1]]);
    expect(await ids(['verdicts', '--rule', 'code-verifier', '--cause', 'mismatch'])).toEqual([refused[1]]);
    expect(await ids(['verdicts', '--rule', 'code-verifier', '--cause', 'differs'])).toEqual([]);
    expect(await ids(['verdicts', '--rule', 'mismatch'])).toEqual([]);
    expect(await ids(['verdicts', '--refused', ...until])).toEqual([refused[1]]);
    expect(await ids(['verdicts', '--ok', '--cause', 'mismatch'])).toEqual([]);
    expect(await ids(['verdicts', '--since', '1h', '--grant', second.grant])).toHaveLength(2);
    const lists = [['codes'], ['grants'], ['verdicts'], ['verdicts', '--cause', 'nothing-like-it']];
    const ran: Ran[] = [];
    for (const list of lists) ran.push(await place.cf([...list, '--client', 'lister']));
    expectGolden('lists', ran.map(pasted).join('\n'));
  });

  it('user add takes the password from stdin, and never prints it', async () => {
    const password = 'correct horse battery staple';
    const added = await place.cf(['user', 'add', 'ada', '--password-stdin'], { stdin: `${password}\nsecond line\n` });
    const taken = await place.cf(['user', 'add', 'ada', '--password-stdin'], { stdin: `${password}\n` });
    const short = await place.cf(['user', 'add', 'bob', '--password-stdin'], { stdin: 'abc\n' });
    const empty = await place.cf(['user', 'add', 'bob', '--password-stdin'], { stdin: '' });
    const asked = await place.cf(['user', 'add', 'bob']);
    const list = await place.cf(['user', 'list']);
    const ran = [added, taken, short, empty, asked, list];
    expect(ran.map((each) => each.code)).toEqual([0, 2, 2, 2, 2, 0]);
    for (const { out, err } of ran) expect(out + err).not.toContain('horse');
    expectGolden('user', ran.map(pasted).join('\n'));
    const browser = visitor(hub.issuer);
    expect((await signIn(browser, await browser.get('/login'), 'ada', password)).status).toBe(200);
  });
});

describe('the file', () => {
  let place: Place;
  beforeEach(() => {
    place = openPlace();
  });
  afterEach(() => place.close());

  /** Makes `counterfoil.db` by SQL, past the store. */
  function made(sql: string): string {
    const file = join(place.folder, 'counterfoil.db');
    const db = new DatabaseSync(file);
    db.exec(sql);
    db.close();
    return file;
  }

  it('of the first version is upgraded where it lies, with all that was in it', async () => {
    const app = {
      name: 'My App',
      type: 'public',
      authMethod: 'none',
      redirectUris: [REDIRECT],
      grantTypes: ['authorization_code', 'refresh_token'],
      scopes: [{ name: 'lamp:read', enabled: true }],
      createdAt: 1_700_000_000_000,
    };
    const released = readFileSync(join(import.meta.dirname, '../contract/version-1.sql'), 'utf8');
    made(`${released}; UPDATE records SET body = '${JSON.stringify(app)}'`);
    expect((await place.cf(['app', 'show', CLIENT])).out).toContain(REDIRECT);
    const ids = async (list: string): Promise<string[]> =>
      (await place.json<{ id: string }[]>([list])).map(({ id }) => id);
    expect([await ids('grants'), await ids('codes'), await ids('verdicts')]).toEqual([
      ['gr_one'],
      ['cd_token', 'cd_spent'],
      ['vd_two', 'vd_one'],
    ]);
    const hub = await place.start();
    const tokens = await hub.token(formOf(await hub.operations.mint({ client: CLIENT })));
    expect(tokens.status).toBe(200);
    expect(await hub.end('SIGTERM')).toBe(0);
    expect(await ids('grants')).toHaveLength(2);
  });

  it('that is none of ours is refused in a line and a hint, exit code 2, and left as it is', async () => {
    const newer = made(`CREATE TABLE t (a); PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = 99`);
    const files = ['newer.db', 'another.db', 'text.db'];
    const file = (name: string): string => join(place.folder, name);
    writeFileSync(file('newer.db'), readFileSync(newer));
    const another = new DatabaseSync(file('another.db'));
    another.exec('CREATE TABLE t (a); INSERT INTO t VALUES (1)');
    another.close();
    writeFileSync(
      file('text.db'),
      'a letter of more than a hundred characters, which is no database at all\n'.repeat(3),
    );
    mkdirSync(file('folder.db'));
    symlinkSync('circle.db', file('circle.db'));
    const before = files.map((name) => readFileSync(file(name)));
    const ran: string[] = [];
    for (const name of [...files, 'folder.db', 'circle.db', 'nowhere/hub.db', 'text.db/hub.db']) {
      for (const command of [
        ['user', 'add', 'ada', '--password-stdin'],
        ['start', '--no-demo', '--port', '0'],
      ]) {
        const one = await place.cf([...command, '--db', name], { stdin: 'correct horse battery\n' });
        expect(one, `${name} ${command[0]}`).toMatchObject({ code: 2, out: '' });
        expect(one.err).toMatch(/^counterfoil: expected [^\n]+\n {2}hint: [^\n]+\n$/);
        ran.push(pasted(one).replaceAll(place.folder, '/folder'));
      }
    }
    expectGolden('strange-files', ran.join('\n'));
    expect(files.map((name) => readFileSync(file(name)))).toEqual(before);
  });

  it('with a lost key file says so rather than making codes that nobody can refresh', async () => {
    await place.json(ADD);
    writeFileSync(join(place.folder, 'counterfoil.db.key'), 'not a key\n');
    const ran = await place.cf(['mint', '--client', CLIENT]);
    expect(ran).toMatchObject({ code: 2, out: '' });
    expectGolden('strange-key', pasted(ran));
  });
});
