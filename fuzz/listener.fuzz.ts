/**
 * `npm run fuzz`: bytes over sockets to a running hub, 20,000 connections a round, and 50,000 Host fields. It answers or
 * closes, has no fault inside, says nothing but what it says to others, and keeps nothing of it; afterwards it works.
 */

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { HOST_NAMES } from '../src/server/config.ts';
import { type Started, startProcess } from '../test/contract/processes.ts';
import { ROUNDS } from '../test/soak/rounds.ts';
import { exchangeForm } from '../test/support/oauth-hub.ts';
import type { Look } from './hub-child.ts';
import { mutate } from './mutate.ts';
import { type Random, random } from './random.ts';
import { makeRaw, send, soundRequests } from './raw.ts';

const CONNECTIONS = 20_000 * ROUNDS;
const HOSTS = 50_000 * ROUNDS;
const AT_ONCE = 64;
const MIB = 1024 * 1024;
/** What a hub may hold on to: its caches, and pages of the file; never anything per request. */
const HEAP_GROWTH_MAX = 16 * MIB;

const folder = mkdtempSync(join(tmpdir(), 'counterfoil-fuzz-'));
let hub: Started;

beforeAll(async () => {
  hub = startProcess(join(import.meta.dirname, 'hub-child.ts'), [join(folder, 'hub.db')]);
  await Promise.race([once(hub.child, 'message'), died()]);
});
afterAll(async () => {
  hub.child.send('stop');
  expect(await hub.ended).toEqual({ code: 0, said: '' });
  rmSync(folder, { recursive: true });
});

async function died(): Promise<never> {
  const { code, said } = await hub.ended;
  throw new Error(`the hub ended with ${code}: ${said}`);
}

async function look(): Promise<Look> {
  const seen = once(hub.child, 'message');
  hub.child.send('look');
  return ((await Promise.race([seen, died()])) as [Look])[0];
}

/** Has `AT_ONCE` workers do `count` things; `early` is what the hub keeps after a fifth of them. */
async function many(count: number, one: (run: number) => Promise<void>): Promise<{ early: Look; late: Look }> {
  let run = 0;
  const upTo = async (end: number): Promise<Look> => {
    const work = async (): Promise<void> => {
      while (run < end) await one(run++);
    };
    await Promise.race([Promise.all(Array.from({ length: AT_ONCE }, work)), died()]);
    return look();
  };
  const early = await upTo(Math.ceil(count / 5));
  const late = await upTo(count);
  expect(late.faults).toEqual([]);
  expect(late.heap - early.heap).toBeLessThan(HEAP_GROWTH_MAX);
  return { early, late };
}

/** A hub that was fuzzed still does its work. */
async function expectAlive({ port, code }: Look): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${port}/token`, {
    method: 'POST',
    body: new URLSearchParams(exchangeForm(code)),
  });
  expect(answer.status).toBe(200);
}

/** Names of header fields that the hub or Node's server sends. Any other one was planted. */
const FIELDS: ReadonlySet<string> = new Set(
  (
    'allow cache-control connection content-length content-security-policy content-type cross-origin-opener-policy ' +
    'cross-origin-resource-policy date dpop-nonce keep-alive location permissions-policy pragma referrer-policy ' +
    'retry-after set-cookie transfer-encoding vary www-authenticate x-content-type-options x-frame-options'
  ).split(' '),
);

/** What is wrong with an answer; undefined where nothing is. */
function wrongWith(text: string): string | undefined {
  const [head = '', ...fields] = (text.split('\r\n\r\n')[0] ?? '').split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3}) [\x20-\x7e]*$/.exec(head)?.[1] ?? 0);
  if (status === 0) return 'no status line';
  if (status >= 500 && status !== 503) return 'a fault inside';
  const bad = fields.find((field) => {
    const match = /^([A-Za-z-]+): [\x20-\x7e]*$/.exec(field);
    return !match || !FIELDS.has((match[1] ?? '').toLowerCase());
  });
  return bad === undefined ? undefined : `the field ${JSON.stringify(bad)}`;
}

it(`answers or closes ${CONNECTIONS.toLocaleString('en')} connections of mutated bytes, and keeps nothing of them`, async () => {
  const first = await look();
  const seeds = soundRequests(first);
  const from = random(ROUNDS);
  const statuses = new Map<string, number>();
  const startedAt = performance.now();
  const { early, late } = await many(CONNECTIONS, async (run) => {
    const raw = makeRaw(from, seeds);
    const { text, closed } = await send(first.port, Buffer.from(raw, 'latin1'));
    const fault = closed ? (text === '' ? undefined : wrongWith(text)) : 'neither answered nor closed';
    if (fault !== undefined)
      throw new Error(`run ${run}: ${fault}: ${JSON.stringify(raw)} → ${JSON.stringify(text.slice(0, 500))}`);
    const status = /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 'closed';
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  });
  await expectAlive(late);
  const said = [...statuses].sort((a, b) => b[1] - a[1]).map(([status, n]) => `${status} ${n.toLocaleString('en')}`);
  const rate = Math.round((CONNECTIONS / (performance.now() - startedAt)) * 1_000).toLocaleString('en');
  console.log(
    `listener: ${CONNECTIONS.toLocaleString('en')} connections, ${rate}/s, no finding; ${said.join(', ')}; ${kept(early, late)}`,
  );
});

const kept = (early: Look, late: Look): string =>
  `heap ${(early.heap / MIB).toFixed(1)} → ${(late.heap / MIB).toFixed(1)} MiB, process ${Math.round(early.rss / MIB)} → ` +
  `${Math.round(late.rss / MIB)} MiB, ${late.verdicts} rows of refusals`;

const HOST_SEEDS = [
  ...HOST_NAMES,
  ...HOST_NAMES.map((name) => `${name}:5151`),
  'evil.example',
  'localhost.evil.example',
  '[::1]:80',
  '',
];
const HOST_PIECES = [
  ...[
    '.',
    ':',
    ':80',
    ':99999',
    ':999999',
    ' ',
    '\t',
    ',',
    ', ',
    '@',
    '/',
    '#',
    '?',
    '%',
    '%2e',
    '[',
    ']',
    '-',
    '_',
    '\xe9',
    '\xa0',
    '\xad',
    '\xff',
  ],
  ...[
    'localhost',
    'LOCALHOST',
    '127.0.0.1',
    '127.1',
    '0x7f.1',
    '2130706433',
    'counterfoil.local',
    'hub.home.local',
    'evil.example',
  ],
];

/** A field value that HTTP/1 can carry: what it cannot carry is for the other test. */
function makeHost(from: Random): string {
  const carried = [...mutate(from, HOST_SEEDS, HOST_PIECES)].filter(
    (c) => c === '\t' || (c >= ' ' && c <= '\xff' && c !== '\x7f'),
  );
  return carried.slice(0, 300).join('');
}

const OURS = new RegExp(
  `^[ \\t]*(${HOST_NAMES.map((name) => name.replaceAll('.', '\\.')).join('|')})(:\\d{1,5})?[ \\t]*$`,
  'i',
);

it(`answers ${HOSTS.toLocaleString('en')} Host fields: to its own names as always, to all others with 421`, async () => {
  const { port } = await look();
  const from = random(ROUNDS);
  const BATCH = 50;
  let own = 0;
  const { early, late } = await many(HOSTS / BATCH, async () => {
    const hosts = Array.from({ length: BATCH }, () => makeHost(from));
    const requests = hosts.map(
      (host, i) =>
        `HEAD /.well-known/oauth-authorization-server HTTP/1.1\r\nHost: ${host}\r\n${i === BATCH - 1 ? 'Connection: close\r\n' : ''}\r\n`,
    );
    const { text } = await send(port, Buffer.from(requests.join(''), 'latin1'));
    const heard = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]));
    const expected = hosts.map((host) => (OURS.test(host) ? 200 : 421));
    own += expected.filter((status) => status === 200).length;
    if (heard.join() !== expected.join()) {
      const at = expected.findIndex((status, i) => status !== heard[i]);
      throw new Error(`expected ${expected[at]}, heard ${heard[at]} for ${JSON.stringify(hosts[at])}`);
    }
  });
  await expectAlive(late);
  console.log(
    `host: ${HOSTS.toLocaleString('en')} fields, ${own.toLocaleString('en')} of them ours, no finding; ${kept(early, late)}`,
  );
});
