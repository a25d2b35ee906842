/** The command line on PostgreSQL: several nodes of one database on one machine, and a password that is never shown. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { platform } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Minted } from '../../src/server/operations.ts';
import { type PostgresServer, startPostgres } from '../support/postgres.ts';
import { openPlace, type Place, type Ran } from './place.ts';

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts');
const KEY = '5a'.repeat(32);
const CLIENT = 'my_app_123';
const ADD = ['app', 'add', CLIENT, '--public', '--redirect-uri', 'com.myapp:/callback', '--scope', 'lamp:read'];

let server: PostgresServer;
let place: Place;
let url: string;
let env: Record<string, string>;
let started: ChildProcessWithoutNullStreams[] = [];
let databases = 0;

beforeAll(async () => {
  server = await startPostgres();
  place = openPlace();
});
afterAll(async () => {
  await place.close();
  await server.stop();
});
beforeEach(async () => {
  // A command takes one URL and nothing else, so each test has a database of its own.
  const name = `d${++databases}`;
  await server.sql('public', `CREATE DATABASE ${name}`);
  url = server.place().url.replace(/[^/]*$/, name);
  env = { COUNTERFOIL_DB: url, COUNTERFOIL_KEY: KEY };
  started = [];
});
afterEach(async () => {
  for (const child of started) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      await once(child, 'close');
    }
  }
});

interface Node {
  readonly child: ChildProcessWithoutNullStreams;
  readonly url: string;
  printed(): string;
}

/** Starts a node, and waits until it is ready. It listens where it likes; its issuer is the same for all. */
async function startNode(args: readonly string[] = [], given: Record<string, string> = env): Promise<Node> {
  const child = spawn(process.execPath, [MAIN, 'start', '--port', '0', ...args], {
    cwd: place.folder,
    env: { PATH: process.env['PATH'], HOME: place.folder, LANG: 'C.UTF-8', ...given },
  });
  started.push(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  }
  const over = once(child, 'close').then(() => true);
  while (!/ready in/.test(text)) {
    const ended = await Promise.race([over, once(child.stdout, 'data').then(() => false)]);
    if (ended) throw new Error(`expected a node, got: ${text}`);
  }
  const at = /http:\/\/(?:localhost|127\.0\.0\.1):\d+/.exec(text)?.[0] ?? '';
  return { child, url: at, printed: () => text };
}

async function stop({ child }: Node): Promise<number | null> {
  child.kill('SIGTERM');
  const [code] = (await once(child, 'close')) as [number | null];
  return code;
}

function redeem(at: string, minted: Minted): Promise<Response> {
  const { code, redirectUri, verifier = '' } = minted;
  const form = { grant_type: 'authorization_code', code, client_id: CLIENT, redirect_uri: redirectUri };
  return fetch(`${at}/token`, { method: 'POST', body: new URLSearchParams({ ...form, code_verifier: verifier }) });
}

const PASSWORD = 'only for tests';
const withoutPassword = (text: string): void => {
  expect(text).not.toContain(PASSWORD);
  expect(text).not.toContain(encodeURIComponent(PASSWORD));
};

describe('several nodes of one PostgreSQL database on one machine', () => {
  it('start together, serve each other’s codes, and a command speaks to the first, and then to the database', async () => {
    const nodes = await Promise.all([startNode(), startNode()]);
    const [a, b] = nodes as [Node, Node];
    expect((await place.cf(ADD, { env })).code).toBe(0);
    const minted = await place.json<Minted>(['mint', '--client', CLIENT], { env });
    expect((await redeem(b.url, minted)).status).toBe(200);
    expect((await redeem(a.url, minted)).status).toBe(400);
    const status = await place.json<{ issuer: string; data: string }>(['status'], { env });
    expect(status.data).toBe(`postgres://counterfoil@127.0.0.1:${server.port}/${new URL(url).pathname.slice(1)}`);
    expect([a.url, b.url]).toContain(status.issuer);

    expect(await Promise.all(nodes.map(stop))).toEqual([0, 0]);
    const kept = await place.json<{ ok: boolean }[]>(['verdicts'], { env });
    // Newest first: refused, redeemed, minted.
    expect(kept.map((verdict) => verdict.ok)).toEqual([false, true, true]);
    for (const node of nodes) withoutPassword(node.printed());
  });

  it('say one issuer, whatever port they listen on', async () => {
    const given = { ...env, COUNTERFOIL_ISSUER: 'https://hub.example' };
    const node = await startNode(['--trust-proxy'], given);
    expect(node.printed()).toMatch(/https:\/\/hub\.example {3}on 127\.0\.0\.1:\d+ {3}data postgres:/);
    expect(await place.json(['status'], { env: given })).toMatchObject({ issuer: 'https://hub.example' });
    await stop(node);
    expect(await place.json(['status'], { env: given })).toMatchObject({ issuer: 'https://hub.example' });
    const wrong = await place.cf(['start', '--issuer', 'http://hub.example'], { env });
    expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining('plain http only on this machine') });
  });

  it('need one key, and say how to make it', async () => {
    const none = await place.cf(['start'], { env: { COUNTERFOIL_DB: url } });
    expect(none).toMatchObject({
      code: 2,
      err: expect.stringMatching(/expected the variable COUNTERFOIL_KEY .*openssl/),
    });
    expect((await place.cf(['app', 'list'], { env })).code).toBe(0);
    for (const args of [
      ['start', '--port', '0'],
      ['app', 'list'],
    ]) {
      const other = await place.cf(args, { env: { ...env, COUNTERFOIL_KEY: '00'.repeat(32) } });
      expect(other).toMatchObject({ code: 2, err: expect.stringContaining('first used with, got another one') });
    }
    expect((await place.cf(['app', 'list'], { env })).code).toBe(0);
  });
});

describe('the password of a database URL', () => {
  const silent = ({ out, err }: Ran): void => withoutPassword(out + err);

  it('is not printed when the server is not there, or does not take it, or the name is wrong', async () => {
    const right = new URL(url);
    const change = (what: (changed: URL) => void): string => {
      const changed = new URL(right);
      what(changed);
      return changed.href;
    };
    const cases = [
      [change((u) => (u.port = '1')), /expected the database at 127\.0\.0\.1:1\/.* to answer/],
      [change((u) => (u.pathname = '/missing')), /database "missing" does not exist/],
      [change((u) => (u.username = 'nobody')), /"nobody"/],
      [`${right.href.replace('@', '%40x@')}`, /password authentication failed/],
      [right.href.replace('%20', '#'), /can be read in two ways.*%23/],
    ] as const;
    for (const [db, says] of cases) {
      for (const debug of [{}, { COUNTERFOIL_DEBUG: '1' }]) {
        const ran = await place.cf(['app', 'list'], { env: { ...env, COUNTERFOIL_DB: db, ...debug } });
        expect(ran.err).toMatch(says);
        expect(ran.code).toBe(2);
        silent(ran);
        expect(ran.out + ran.err).not.toContain('for%20tests');
      }
    }
  });

  it('is warned of on the command line, and taken out of the process list', async () => {
    const ran = await place.cf(['--db', url, 'app', 'list'], { env: { COUNTERFOIL_KEY: KEY } });
    expect(ran).toMatchObject({ code: 0, err: expect.stringMatching(/may see the password in --db.*COUNTERFOIL_DB/) });
    silent(ran);
    const node = await startNode(['--db', url], { COUNTERFOIL_KEY: KEY });
    withoutPassword(node.printed());
    if (platform() === 'linux') withoutPassword(readFileSync(`/proc/${node.child.pid}/cmdline`, 'utf8'));
  });
});

describe('the driver of PostgreSQL', () => {
  /** A loader that has no such package. */
  const without = (name: string): string =>
    `--import=data:text/javascript,${encodeURIComponent(
      `import { registerHooks } from 'node:module';
       registerHooks({ resolve(asked, context, next) {
         if (new RegExp(${JSON.stringify(name)}).test(asked)) throw new Error('no ' + asked);
         return next(asked, context);
       } });`,
    )}`;

  it('is not loaded by anybody who has a file', async () => {
    const ran = await place.cf([...ADD, '--db', './file.db'], { env: { NODE_OPTIONS: without('^pg$|postgres') } });
    expect(ran).toMatchObject({ code: 0, err: '' });
  });

  it('is asked for where it is missing', async () => {
    const ran = await place.cf(['app', 'list'], { env: { ...env, NODE_OPTIONS: without('^pg$') } });
    expect(ran).toMatchObject({ code: 2, err: expect.stringContaining('npm install pg') });
  });
});
