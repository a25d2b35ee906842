/** Real operations on a real database file; only the streams are ours. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { adminPath } from '../server/admin-path.ts';
import { serveAdmin } from '../server/admin-socket.ts';
import type { Minted, Operations } from '../server/operations.ts';
import { openMemory } from '../store/memory/open.ts';
import { openSqlite } from '../store/sqlite/open.ts';
import type { Environment, Input } from './environment.ts';
import { opener } from './open.ts';
import { buildProgram, type Register, run } from './program.ts';

let folder: string;
let db: string;
const adapters = {
  openSqlite,
  openMemory: () => openMemory(),
  openPostgres: () => Promise.reject(new Error('no test here opens one: see test/cli/postgres.test.ts')),
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cf-'));
  db = join(folder, 'hub.db');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

interface Typed {
  /** What comes on stdin; ended, unless it is a terminal. */
  readonly stdin?: string;
  readonly tty?: boolean;
  readonly over?: Partial<Environment>;
}

async function cf(args: readonly string[], { stdin = '', tty = false, over = {} }: Typed = {}): Promise<Ran> {
  const input: Input & PassThrough = Object.assign(new PassThrough(), { isTTY: tty, setRawMode: () => undefined });
  if (tty) input.write(stdin);
  else input.end(stdin);
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  let [out, err] = ['', ''];
  stdout.on('data', (chunk) => {
    out += chunk;
  });
  stderr.on('data', (chunk) => {
    err += chunk;
  });
  const env = { COUNTERFOIL_DB: db, LANG: 'C.UTF-8' };
  const code = await run(args, {
    stdin: input,
    stdout,
    stderr,
    env,
    version: '9.8.7',
    ...opener(adapters, env),
    ...over,
  });
  return { code, out, err };
}

const addApp = (): Promise<Ran> =>
  cf(['app', 'add', 'my_app_123', '--public', '--redirect-uri', 'com.myapp:/callback', '--scope', 'lamp:read']);

async function mint(): Promise<Minted> {
  return JSON.parse((await cf(['mint', '--client', 'my_app_123', '--json'])).out) as Minted;
}

const tokenRequest = (minted: Minted, blank = ''): string =>
  [
    'POST /token HTTP/1.1',
    'Content-Type: application/x-www-form-urlencoded',
    '',
    new URLSearchParams({
      grant_type: `authorization_code${blank}`,
      code: minted.code,
      client_id: `my_app_123${blank}`,
      redirect_uri: minted.redirectUri,
      code_verifier: minted.verifier ?? '',
    }).toString(),
  ].join('\n');

describe('the command line', () => {
  it('teaches every command by example, and says what --json prints', () => {
    const environment = { stdout: {}, stderr: {}, version: '1.0.0' } as Environment;
    const walk = (c: Command): Command[] => (c.commands.length > 0 ? c.commands.flatMap(walk) : [c]);
    const commands = walk(buildProgram(environment));
    expect(commands.length).toBeGreaterThan(15);
    for (const command of commands) {
      let help = '';
      const writeOut = (text: string): void => {
        help += text;
      };
      command.configureOutput({ writeOut }).outputHelp();
      expect(help, command.name()).toMatch(/Examples:\n {2}\$ counterfoil \S/);
      expect(help, command.name()).toMatch(/With --json:/);
      expect(help, command.name()).not.toMatch(/--password[ =<]/);
    }
  });

  it('prints the version of the package', async () => {
    expect(await cf(['--version'])).toEqual({ code: 0, out: '9.8.7\n', err: '' });
  });

  it.each([
    [['no-such'], "unknown command 'no-such'", 'counterfoil --help'],
    [['verdict'], "missing required argument 'id'", 'counterfoil verdict --help'],
    [['app', 'add'], "missing required argument 'client-id'", 'counterfoil app add --help'],
    [['mint'], "required option '--client <id>' not specified", 'counterfoil mint --help'],
  ])('answers a wrong command line %j with one line and a hint, code 2', async (args, line, hint) => {
    expect(await cf(args)).toEqual({ code: 2, out: '', err: `counterfoil: ${line}\n  hint: ${hint}\n` });
  });

  it.each([
    [['share', 'revoke', 'sh_7F3K9A2B4C', '--preview'], '--preview', 'share revoke'],
    [['share', '--with', 'app', 'revoke', 'sh_7F3K9A2B4C'], '--with', 'share revoke'],
    [['mint', 'home', 'my_app_123', '--short'], '--short', 'mint home'],
    [['mint', 'home', 'my_app_123', '--pairing', '0E9C', '--ttl', '60'], '--pairing', 'mint home'],
    [['mint', '--scope', 'zzz', 'home', 'my_app_123'], '--scope', 'mint home'],
  ])('takes an option for no other command than the one whose it is: %j is code 2', async (args, option, command) => {
    const err = `counterfoil: unknown option '${option}'\n  hint: counterfoil ${command} --help\n`;
    expect(await cf(args)).toEqual({ code: 2, out: '', err });
  });

  it('takes the options of the program before and after a command with verbs, and calls no other ones global', async () => {
    await addApp();
    for (const args of [
      ['--json', 'share', 'list'],
      ['share', '--json', 'list'],
      ['share', 'list', '--json'],
    ])
      expect(await cf(args), args.join(' ')).toMatchObject({ code: 0, out: '[]\n' });
    const { out } = await cf(['mint', 'home', '--help']);
    expect(out.slice(out.indexOf('Global Options:'))).toContain('--db <database>');
    expect(out).not.toContain('--short');
    expect((await cf(['--help'])).out).not.toContain('Global Options:');
  });

  it('takes no misspelled command for an argument of the default one', async () => {
    let started = 0;
    const start: Register = (program) =>
      void program.command('start', { isDefault: true }).action(() => void started++);
    const input = new PassThrough();
    const stderr = new PassThrough({ encoding: 'utf8' });
    const environment = {
      stdin: input,
      stdout: new PassThrough(),
      stderr,
      env: {},
      version: '1.0.0',
      ...opener(adapters, {}),
    };
    expect(await run(['explian', 'request.txt'], environment, { first: [start] })).toBe(2);
    expect(stderr.read()).toBe("counterfoil: unknown command 'explian'\n  hint: counterfoil --help\n");
    expect(started).toBe(0);
    expect(await run(['--db', db], environment, { first: [start] })).toBe(0);
    expect(started).toBe(1);
  });

  it('creates no file by asking for one that is not there', async () => {
    const { code, err } = await cf(['codes']);
    expect(code).toBe(2);
    expect(err).toContain(`there is no data at ${db}`);
    expect(existsSync(db)).toBe(false);
  });

  it('keeps a fault of ours to a line, with code 70; the stack needs COUNTERFOIL_DEBUG', async () => {
    const open = async (): Promise<never> => {
      throw new TypeError('a bug\u001b[2J');
    };
    const short = await cf(['status'], { over: { open } });
    expect(short).toMatchObject({ code: 70, out: '' });
    expect(short.err).toMatch(/^counterfoil: a bug⟨U\+001B⟩\[2J\n {2}hint: .*\n$/);
    const long = await cf(['status'], { over: { open, env: { COUNTERFOIL_DEBUG: '1' } } });
    expect(long.err).toContain('program.test.ts');
  });

  it('speaks to the running hub rather than to the file', async () => {
    const operations = {
      status: async () => ({ issuer: 'i', data: 'of the hub', generation: 3, now: 0 }),
    } as unknown as Operations;
    const door = await serveAdmin(operations, await adminPath(db));
    expect((await cf(['status'])).out).toMatch(/^hub +running\n(.+\n)*data +of the hub\n/);
    expect(JSON.parse((await cf(['status', '--json'])).out)).toMatchObject({ running: true, data: 'of the hub' });
    await door.close();
    expect((await cf(['status'])).code).toBe(2);
  });

  it('says where no hub runs and the data was opened directly', async () => {
    await addApp();
    expect((await cf(['status'])).out).toMatch(/^hub +not running: the data was opened directly\n/);
    expect(JSON.parse((await cf(['status', '--json'])).out)).toMatchObject({ running: false, data: db });
  });
});

describe('applications and users', () => {
  it('are added, listed, changed and removed', async () => {
    expect(await addApp()).toMatchObject({ code: 0, err: '' });
    expect((await cf(['app', 'list'])).out).toMatch(/my_app_123 .*com\.myapp:\/callback +lamp:read/);
    expect((await cf(['app', 'edit', 'my_app_123', '--disable-scope', 'lamp:read'])).out).toContain(
      'lamp:read (switched off)',
    );
    expect((await cf(['app', 'edit', 'my_app_123', '--enable-scope', 'lamp:read'])).out).not.toContain('switched off');
    expect(await cf(['app', 'edit', 'my_app_123', '--enable-scope', 'x'])).toMatchObject({ code: 2 });
    expect(await cf(['app', 'remove', 'my_app_123', '--yes'])).toMatchObject({ code: 0 });
    expect(await cf(['app', 'show', 'my_app_123'])).toMatchObject({ code: 1, out: '' });
  });

  it('refuses what contradicts itself', async () => {
    expect(await cf(['app', 'add', 'a', '--public', '--confidential'])).toMatchObject({ code: 2 });
    expect((await cf(['app', 'add', 'a', '--auth-method', 'magic'])).err).toContain(
      'expected none or client_secret_basic',
    );
  });

  it('asks before removing, and takes no answer for no', async () => {
    await addApp();
    expect(await cf(['app', 'remove', 'my_app_123'])).toMatchObject({ code: 2 });
    expect((await cf(['app', 'remove', 'my_app_123'], { tty: true, stdin: '\r' })).code).toBe(1);
    expect((await cf(['app', 'show', 'my_app_123'])).code).toBe(0);
    expect((await cf(['app', 'remove', 'my_app_123'], { tty: true, stdin: 'y\r' })).code).toBe(0);
  });

  it('takes a password from stdin, or from a terminal without echo, and from nowhere else', async () => {
    expect((await cf(['user', 'add', 'alice', '--password-stdin'], { stdin: 'correct horse battery\n' })).out).toBe(
      'added alice\n',
    );
    const secret = 'correct horse battery';
    const typed = await cf(['user', 'add', 'bob'], { tty: true, stdin: `${secret}\r${secret}\r` });
    expect(typed.code).toBe(0);
    expect(typed.err + typed.out).not.toContain('horse');
    expect((await cf(['user', 'add', 'carol'], { tty: true, stdin: `${secret}\rother\r` })).err).toContain(
      'are different',
    );
    expect((await cf(['user', 'add', 'dave'], { tty: true, stdin: 'half\u0003' })).code).toBe(130);
    expect((await cf(['user', 'add', 'erin'])).err).toContain('use --password-stdin');
    expect((await cf(['user', 'list'])).out).toMatch(/alice[\s\S]*bob/);
  });
});

describe('explain', () => {
  it('judges a request as the hub would, from a file and from stdin, and uses nothing up', async () => {
    await addApp();
    const minted = await mint();
    const file = join(folder, 'request.txt');
    await writeFile(file, tokenRequest(minted, ' '));
    const refused = await cf(['explain', file]);
    expect(refused.code).toBe(1);
    expect(refused.out).toContain('✗ would be refused · 2 of');
    expect(refused.out).toMatch(
      /✗ grant-type-known +expected authorization_code +got authorization_code␠ +blank at position 19/,
    );
    expect(refused.out).toContain('judged only: nothing was sent, nothing was used up');
    const right = await cf(['explain', '-', '--json'], { stdin: tokenRequest(minted) });
    expect(right.code).toBe(0);
    expect(JSON.parse(right.out)).toMatchObject({
      kind: 'request',
      offline: false,
      verdict: { ok: true },
      checklist: [],
    });
    expect((await cf(['codes', '--json'])).out).toContain('"used": 0');
  });

  it('works with no hub and no data: says so, finds what it can, promises nothing', async () => {
    const request = tokenRequest({
      code: 'hap5.1-authcode:01Avmmo9sGTFxIZZGtwtQpcjM9n1Q',
      redirectUri: 'a:/b',
      verifier: 'v'.repeat(43),
    } as unknown as Minted);
    const { code, out, err } = await cf(['explain', '-'], { stdin: request });
    expect(err).toContain('no hub is running and there is no data');
    expect(out).toContain('no fault found ·');
    expect(code).toBe(3);
    expect(
      (await cf(['explain', '-'], { stdin: request.replace('authorization_code', 'authorisation_code') })).code,
    ).toBe(1);
    expect(existsSync(db)).toBe(false);
  });

  it('opens the verdict behind an error that this hub sent, else lists all that the error may mean', async () => {
    await addApp();
    await mint();
    const [verdict] = JSON.parse((await cf(['verdicts', '--json'])).out) as [{ id: string }];
    const reference = verdict.id.slice(3, 13);
    const known = `{"error":"invalid_grant","error_uri":"http://localhost:5151/r/${reference}"}`;
    expect((await cf(['explain', known])).out).toContain(`vd_${reference}  accepted`);
    expect((await cf(['explain', `http://localhost:5151/r/${reference}`])).out).toContain(`vd_${reference}  accepted`);
    expect((await cf(['verdict', reference])).out).toContain(`vd_${reference}  accepted`);
    const foreign = await cf(['explain', '{"error":"invalid_grant","error_uri":"http://x/r/ZZZZZZZZZZ"}']);
    expect(foreign.code).toBe(3);
    expect(foreign.err).toContain('this hub does not know the reference ZZZZZZZZZZ');
    expect(foreign.out).toMatch(/^invalid_grant {2}\d+ causes that the client cannot tell apart\n/);
  });

  it('lists every reading of ambiguous words and asks for the artefact, code 3', async () => {
    const { code, out } = await cf(['explain', 'hap', '51']);
    expect(code).toBe(3);
    for (const reading of ['OAuth', 'HomeKit', 'Hourly Analysis', 'response code 51', 'Health', 'HarmonyOS']) {
      expect(out).toContain(reading);
    }
    expect(out.trimEnd().split('\n').at(-1)).toContain('bring');
  });

  it('tells a code that it knows by its life, and never prints it', async () => {
    await addApp();
    const { code: text, grant } = await mint();
    const life = await cf(['explain', text]);
    expect(life.code).toBe(0);
    expect(life.out).toContain(grant.slice(0, 13));
    expect(life.out + life.err).not.toContain(text.slice(-20));
    expect((await cf(['explain', `${text.slice(0, -3)}AAA`])).err).toContain('this hub does not know it');
    expect((await cf(['explain', 'hap5.1-authcode:abc'])).code).toBe(1);
  });

  it('checks an application, and says which command puts it right', async () => {
    await cf([
      'app',
      'add',
      'a',
      '--public',
      '--redirect-uri',
      'https://a.example/cb',
      '--scope',
      's',
      '--disable-scope',
      's',
    ]);
    const { out } = await cf(['explain', 'client', 'a']);
    expect(out).toContain('counterfoil app edit a --enable-scope s');
  });

  it.each([
    ['nothing', [], { stdin: '' }, 3],
    ['a file that is not there', ['no-such.txt'], {}, 2],
    ['bytes that are no text', ['-'], { stdin: '\ufffd' }, 3],
    ['words that are not known', ['lorem', 'ipsum'], {}, 3],
  ])('of %s asks for something better', async (_what, args, typed, code) => {
    expect(await cf(['explain', ...args], typed)).toMatchObject({ code, out: '' });
  });
});

describe('codes, grants and verdicts', () => {
  it('are listed, filtered, shown, replayed, updated and revoked', async () => {
    await addApp();
    const minted = await mint();
    expect((await cf(['codes', '--client', 'my_app_123', '--since', '1h'])).out).toMatch(/authorization code +live/);
    expect((await cf(['codes', '--until', '2001-01-01'])).err).toContain('no such codes');
    expect((await cf(['grants', '--since', 'yesterday'])).code).toBe(2);
    expect((await cf(['grants', '--limit', '1001'])).code).toBe(2);
    const [verdict] = JSON.parse((await cf(['verdicts', '--ok', '--json'])).out) as [{ id: string }];
    expect((await cf(['verdicts', '--refused'])).out).toBe('');
    const replayed = await cf(['replay', verdict.id.slice(0, 13), '--set', 'redirect_uri=com.evil:/x']);
    expect(replayed.code).toBe(1);
    expect(replayed.out).toContain('✓ → ✗  redirect-uri-registered');
    expect((await cf(['replay', verdict.id])).out).toContain('Changed     nothing');
    expect((await cf(['replay', verdict.id, '--set', 'a=1', '--set', 'a=2'])).err).toContain('a is set twice');
    const updated = await cf(['upd', minted.code]);
    expect(updated.out).toMatch(/^cd_\w{10} → cd_\w{10}\n/);
    expect((await cf(['show', minted.grant])).out).toMatch(/superseded by cd_\w{10}\n/);
    expect((await cf(['revoke', minted.grant, '--yes'])).out).toMatch(/: ended, 1 live credential with it\n$/);
    expect((await cf(['revoke', minted.grant, '--yes'])).out).toContain('was ended already');
    expect((await cf(['show', minted.id])).out).toContain('revoked');
    expect((await cf(['codes'])).out).not.toContain('live');
  });

  it('print JSON that no terminal can act on', async () => {
    await addApp();
    await cf(['app', 'edit', 'my_app_123', '--name', 'a\u009b2Jb\u202e\u007f']);
    const { out } = await cf(['app', 'show', 'my_app_123', '--json']);
    expect(out.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('hand out a curl command that the shell cannot misread', async () => {
    await addApp();
    const { out, err } = await cf(['mint', '--client', 'my_app_123']);
    expect(out).toMatch(
      /curl -sS http:\/\/localhost:5151\/token \\\n {2}--data-urlencode grant_type=authorization_code \\\n/,
    );
    expect(err).toContain('the code is shown this once');
    expect(out.match(/hap5\.1-authcode:/g)).toHaveLength(2);
  });
});
