/** The list of refusals as it grows: over lost connections, from several nodes, for who may see it and for as long as they may. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createRows, type Row, type Rows } from '../../src/console/refusals-rows.ts';
import type { Verdict } from '../../src/core/verdict.ts';
import { newId } from '../../src/protocols/typed-code/typed-code.ts';
import { SCAN_MAX } from '../../src/server/console/refusals-search.ts';
import { openSqlite } from '../../src/store/sqlite/open.ts';
import { launchBrowser } from '../support/browser.ts';
import { cuttingProxy } from '../support/cutting-proxy.ts';
import { HOSTILE } from '../support/hostile.ts';
import { heldClock, startTestHub, type TestHub, type TestHubOptions } from '../support/hub.ts';
import { startNodes } from '../support/nodes.ts';
import { addPublic, atOnce, REDIRECT_URI } from '../support/outside.ts';
import { effectsOfMarkup } from '../support/page-probes.ts';
import { rawRequest, sendRaw } from '../support/raw-http.ts';
import { PASSWORD, signedIn, type Visitor, visitor } from '../support/visitor.ts';

const APPS = ['my_app_123', 'bi_reports', 'hall_panel'] as const;
const PATIENT = { timeout: 20_000, interval: 50 };

const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
}, 60_000);
afterAll(() => browser?.close());

/** A hub with three apps. */
async function start(options: TestHubOptions = {}): Promise<TestHub> {
  const t = await startTestHub(options);
  open.push(() => t.close());
  for (const app of APPS) await addPublic(t, app);
  return t;
}

/** Somebody who has come in by a link of the command line, or by a password. */
async function owner(t: TestHub, url = t.url): Promise<Visitor> {
  const person = visitor(url);
  await person.get((await t.hub.sessions.issueLink('owner')).path);
  return person;
}

async function developer(t: TestHub, apps: readonly string[]): Promise<Visitor> {
  await t.hub.operations.addUser('dev', PASSWORD, apps);
  return signedIn(t.url, 'dev');
}

function cookieOf(person: Visitor): string {
  return [...person.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
}

/** One refusal of an app: a live code without its PKCE proof is a row of its own, a made-up code grows one row a minute. */
async function refuse(t: TestHub, app: string, own: boolean): Promise<void> {
  const code = own ? (await t.hub.operations.mint({ client: app })).code : `hap5.1-authcode:${'A'.repeat(29)}`;
  const answer = await t.token({ grant_type: 'authorization_code', code, client_id: app, redirect_uri: REDIRECT_URI });
  expect(answer.status).toBe(400);
}

/** What the store keeps, as a list has it. */
async function kept(t: TestHub): Promise<readonly string[]> {
  return (await t.hub.operations.verdicts({ ok: false, limit: 1_000 })).map(named);
}

const named = ({ id, times }: Pick<Row, 'id' | 'times'>): string => `${id} × ${times}`;

/** A stream that is read until it ends, is aborted, or breaks. */
interface Reader {
  readonly ended: Promise<void>;
  /** Everything that came, as it came. */
  text(): string;
  abort(): void;
}

async function read(url: string, headers: Record<string, string>, hear: (event: string) => void): Promise<Reader> {
  const control = new AbortController();
  const answer = await fetch(url, { headers, signal: control.signal });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/event-stream');
  expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  let text = '';
  let rest = '';
  const ended = (async () => {
    for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      const blocks = (rest + chunk).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) hear(block);
    }
  })().catch(() => undefined);
  return { ended, text: () => text, abort: () => control.abort() };
}

/** The rows of an event, and the event's id. */
function told(block: string): { readonly id: string; readonly rows: readonly Row[] } | undefined {
  const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
  const [id, data] = [field('id'), field('data')];
  if (field('event') !== 'rows' || id === undefined || data === undefined) return undefined;
  return { id, rows: (JSON.parse(data) as { rows: Row[] }).rows };
}

/** A page of the list without a browser: the same rows, the same way to resume; it loses its connection whenever it is told to. */
async function follow(
  nodes: readonly TestHub[],
  pick: () => number,
): Promise<{ rows: Rows; cut(): void; stop(): void }> {
  const [first] = nodes;
  if (!first) throw new Error('expected a node');
  const person = await owner(first);
  const headers = { cookie: cookieOf(person) };
  const page = (await (await fetch(`${first.url}/refusals.json`, { headers })).json()) as { rows: Row[]; now: number };
  const rows = createRows(page.rows);
  let last = '';
  let over = false;
  let reader: Reader | undefined;
  const run = async (): Promise<void> => {
    while (!over) {
      const node = nodes[Math.floor(pick() * nodes.length)] ?? first;
      const resume: Record<string, string> = last === '' ? {} : { 'last-event-id': last };
      reader = await read(`${node.url}/refusals/live?from=${page.now}`, { ...headers, ...resume }, (block) => {
        const event = told(block);
        if (!event) return;
        rows.add(event.rows, false);
        last = event.id;
      });
      await reader.ended;
    }
  };
  void run();
  const stop = (): void => {
    over = true;
    reader?.abort();
  };
  return { rows, cut: () => reader?.abort(), stop };
}

/** Numbers between 0 and 1, the same each time. */
function dice(seed: number): () => number {
  let x = seed;
  return () => {
    x = (x * 1_103_515_245 + 12_345) % 2_147_483_648;
    return x / 2_147_483_648;
  };
}

describe('the live list', () => {
  it('loses no row and doubles none, with two nodes on one store and connections that break at random', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'counterfoil-'));
    const nodes = await startNodes(2, {
      open: async () => openSqlite({ path: join(folder, 'hub.db') }),
      remove: async () => rmSync(folder, { recursive: true, force: true }),
    });
    open.push(() => nodes.close());
    for (const app of APPS) await addPublic(nodes.t, app);
    const roll = dice(7);
    await refuse(nodes.t, APPS[0], true);
    const pages = [await follow(nodes.each, roll), await follow(nodes.each, roll), await follow(nodes.each, roll)];
    open.push(() => {
      for (const page of pages) page.stop();
    });
    const senders = Array.from({ length: 4 }, async (_, sender) => {
      for (let n = 0; n < 20; n++) {
        const node = nodes.each[(sender + n) % 2] as TestHub;
        await refuse(node, APPS[(sender + n) % 3] as string, n % 3 !== 0);
        if (roll() < 0.4) pages[Math.floor(roll() * 3)]?.cut();
      }
    });
    await Promise.all(senders);
    const all = await kept(nodes.t);
    expect(all.length).toBeGreaterThan(52);
    expect(all.some((row) => !row.endsWith('× 1'))).toBe(true);
    for (const page of pages)
      await vi.waitFor(() => expect(page.rows.shown.map(named).toSorted()).toEqual(all.toSorted()), PATIENT);
  }, 60_000);

  it('is the same in a browser whose connections break at random', async () => {
    const t = await start();
    const proxy = await cuttingProxy(t.hub.port);
    open.push(() => proxy.close());
    await refuse(t, 'my_app_123', true);
    const tab = await openPage(t, proxy.url, { width: 1_280, height: 6_000 });
    const roll = dice(3);
    for (let n = 0; n < 40; n++) {
      await refuse(t, APPS[n % 3] as string, n % 4 !== 0);
      if (roll() < 0.3) proxy.cut();
    }
    const all = await kept(t);
    await vi.waitFor(async () => expect(await rowsIn(tab)).toEqual(all), PATIENT);
    expect(await tab.locator('#said').textContent()).toMatch(/^\d+ new refusals?$/);
  }, 60_000);

  it('grows a row in its place when the same happens again', async () => {
    const t = await start();
    const tab = await openPage(t, t.url);
    await refuse(t, 'my_app_123', false);
    await tab.locator('.log-row[data-times="1"]').waitFor();
    await refuse(t, 'my_app_123', false);
    await tab.locator('.log-row .times').getByText('× 2').waitFor();
    expect(await rowsIn(tab)).toEqual(await kept(t));
  });

  it('draws the chart again', async () => {
    const t = await start();
    await refuse(t, 'my_app_123', true);
    const tab = await openPage(t, t.url);
    await refuse(t, 'my_app_123', true);
    await tab.locator('#chart figure p', { hasText: '2 refused' }).waitFor();
  });

  it('begins on an empty hub with the first refusal', async () => {
    const t = await start();
    const tab = await openPage(t, t.url);
    await tab.getByRole('heading', { name: 'No refusals yet' }).waitFor();
    await refuse(t, 'my_app_123', true);
    await tab.locator('.log-row[data-id]').waitFor();
  });

  it('begins again when more came than can be told, in a search that had stopped among older rows as well', async () => {
    const t = await start({ store: 'memory' });
    const { now } = await t.hub.operations.status();
    await keepMany(t, 2 * SCAN_MAX + 1, 'hay', now - 3_600_000);
    const tab = await openPage(t, t.url, undefined, '/?q=needle');
    await tab.getByRole('link', { name: 'Search on in older refusals' }).waitFor();
    await keepMany(t, UNTOLD, 'hay', now);
    await keepMany(t, 1, 'needle', now);
    const [newest] = await kept(t);
    await vi.waitFor(async () => expect(await rowsIn(tab)).toEqual([newest]), PATIENT);
  }, 60_000);

  it('begins again when more came than can be told, while an older page was on its way as well', async () => {
    const clock = heldClock();
    const t = await start({ store: 'memory', clock: clock.now });
    await keepMany(t, 600, 'old', clock.now() - 3_600_000);
    const asked = Promise.withResolvers<void>();
    const going = Promise.withResolvers<void>();
    const tab = await openPage(t, t.url, { width: 1_280, height: 6_000 }, '/', async (page) => {
      await page.addInitScript(markResets);
      await page.route('**/refusals.json*', async (route) => {
        asked.resolve();
        await going.promise;
        await route.continue();
      });
    });
    await asked.promise;
    await keepMany(t, UNTOLD, 'new', clock.now());
    // The stream looks back a little, so it says the same once more; after that never again.
    clock.move(60_000);
    await tab.locator(`[data-reset="${clock.now()}"]`).waitFor({ state: 'attached' });
    going.resolve();
    const [newest] = await kept(t);
    await vi.waitFor(async () => expect((await rowsIn(tab))[0]).toBe(newest), PATIENT);
  }, 60_000);
});

/** In the browser: marks the document with the id of the last `reset` that the page has heard. */
function markResets(): void {
  const add = EventSource.prototype.addEventListener;
  EventSource.prototype.addEventListener = function (this: EventSource, name: string, ...more: [never]): void {
    add.call(this, name, ...more);
    const mark = ({ lastEventId }: MessageEvent): void =>
      document.documentElement.setAttribute('data-reset', lastEventId);
    if (name === 'reset') add.call(this, name, mark as EventListener);
  };
}

/** More rows than a stream tells at once. */
const UNTOLD = 2_600;

/** So many refusals at one moment, each with the text in every fact. */
async function keepMany(t: TestHub, count: number, text: string, at: number): Promise<void> {
  await atOnce(count, () => t.hub.oauth.store.refuse({ now: at, verdict: hostile(text, at) }));
}

describe('a developer’s stream', () => {
  it('tells of their own applications only, without what is the owner’s', async () => {
    const t = await start();
    const person = await developer(t, ['my_app_123']);
    const headers = { cookie: cookieOf(person) };
    const events: Row[] = [];
    const hear = (block: string): void => void events.push(...(told(block)?.rows ?? []));
    const readers = [
      await read(`${t.url}/refusals/live?accepted=1&from=0`, headers, hear),
      await read(`${t.url}/refusals/live?app=bi_reports&from=0`, headers, hear),
    ];
    open.push(() => {
      for (const reader of readers) reader.abort();
    });
    for (let n = 0; n < 12; n++) await refuse(t, APPS[n % 3] as string, true);
    await refuse(t, 'my_app_123', true);
    const [newest] = await t.hub.operations.verdicts({ client: 'my_app_123', limit: 1 });
    await vi.waitFor(() => expect(events.map(({ id }) => id)).toContain(newest?.id), PATIENT);
    const own = (await t.hub.operations.verdicts({ client: 'my_app_123' })).map(({ id }) => id);
    expect(events.map(({ id }) => id).toSorted()).toEqual(own.toSorted());
    const all = readers.map((reader) => reader.text()).join('');
    expect(all).not.toMatch(/bi_reports|hall_panel|127\.0\.0\.1/);
    for (const path of ['/', '/?cause=missing', '/refusals.json?accepted=1', '/refusals/chart']) {
      const { status, html } = await person.get(path);
      expect(status).toBe(200);
      expect(html, path).not.toMatch(/bi_reports|hall_panel|127\.0\.0\.1/);
    }
    for (const query of ['app=bi_reports', 'q=bi_reports', 'q=127.0.0.1'])
      expect(JSON.parse((await person.get(`/refusals.json?${query}`)).html)).toMatchObject({ rows: [] });
  });

  it('ends when the application is taken from them', async () => {
    const t = await start();
    const person = await developer(t, ['my_app_123']);
    const reader = await read(`${t.url}/refusals/live`, { cookie: cookieOf(person) }, () => undefined);
    await t.hub.operations.setUserRole('dev', ['bi_reports']);
    await refuse(t, 'my_app_123', true);
    await reader.ended;
    expect(reader.text()).not.toContain('my_app_123');
  });
});

describe('the stream', () => {
  it('ends when its session does, and tells nothing any more', async () => {
    const t = await start();
    const person = await owner(t);
    const reader = await read(`${t.url}/refusals/live`, { cookie: cookieOf(person) }, () => undefined);
    await t.hub.sessions.close(cookieOf(person));
    await refuse(t, 'my_app_123', true);
    await reader.ended;
    expect(reader.text()).not.toContain('my_app_123');
  });

  it('does not keep a session in use', async () => {
    const t = await start();
    const person = await owner(t);
    const cookie = cookieOf(person);
    const before = await t.hub.sessions.peek(cookie);
    expect(before?.user).toBe('owner');
    const reader = await read(`${t.url}/refusals/live`, { cookie }, () => undefined);
    open.push(() => reader.abort());
    const [listed] = await t.hub.sessions.list('owner');
    await refuse(t, 'my_app_123', true);
    await vi.waitFor(() => expect(reader.text()).toContain('my_app_123'), PATIENT);
    expect(await t.hub.sessions.list('owner')).toEqual([listed]);
  });

  it('ends when the hub closes', async () => {
    const t = await startTestHub();
    const person = await owner(t);
    const reader = await read(`${t.url}/refusals/live`, { cookie: cookieOf(person) }, () => undefined);
    await t.close();
    await reader.ended;
  });

  it('is for who is signed in, at a page of this hub, under a name of this hub', async () => {
    const t = await start();
    const cookie = cookieOf(await owner(t));
    const status = async (path: string, headers: Record<string, string>): Promise<number> => {
      const answer = await fetch(t.url + path, { headers });
      await answer.body?.cancel();
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
      return answer.status;
    };
    for (const path of ['/refusals/live', '/refusals.json', '/refusals/chart']) {
      expect(await status(path, {})).toBe(401);
      expect(await status(path, { cookie: 'counterfoil_session=x' })).toBe(401);
      expect(await status(path, { cookie, 'sec-fetch-site': 'cross-site' })).toBe(403);
      expect(await status(path, { cookie, 'sec-fetch-site': 'same-site' })).toBe(403);
      expect(await status(path, { cookie, 'sec-fetch-site': 'same-origin' })).toBe(200);
      const rebound = rawRequest({ target: path, headers: { host: 'evil.example', cookie } });
      expect((await sendRaw(t.hub.port, rebound)).status).toBe(421);
    }
  });

  it('has so many places for one person, and says when to come again', async () => {
    const t = await start();
    const headers = { cookie: cookieOf(await owner(t)) };
    const readers: Reader[] = [];
    open.push(() => {
      for (const reader of readers) reader.abort();
    });
    for (let n = 0; n < 16; n++) readers.push(await read(`${t.url}/refusals/live`, headers, () => undefined));
    const answer = await fetch(`${t.url}/refusals/live`, { headers });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '5']);
    readers.pop()?.abort();
    await vi.waitFor(async () => {
      const again = await fetch(`${t.url}/refusals/live`, { headers });
      await again.body?.cancel();
      expect(again.status).toBe(200);
    }, PATIENT);
  });
});

describe('hostile facts in live rows', () => {
  it('have no effect in the browser, and Trusted Types have nothing to refuse', async () => {
    const t = await start();
    const complaints: string[] = [];
    const asked: string[] = [];
    await refuse(t, 'my_app_123', true);
    const tab = await openPage(t, t.url, { width: 1_280, height: 4_000 });
    tab.on('console', (message) => complaints.push(message.text()));
    tab.on('pageerror', (error) => complaints.push(String(error)));
    tab.on('request', (request) => asked.push(request.url()));
    const { now } = await t.hub.operations.status();
    for (const payload of HOSTILE) {
      await t.hub.oauth.store.refuse({ now, verdict: hostile(payload, now) });
    }
    const all = await kept(t);
    expect(all).toHaveLength(HOSTILE.length + 1);
    await vi.waitFor(async () => expect(await rowsIn(tab)).toEqual(all), PATIENT);
    await tab.locator('#chart .chart-causes').getByText('others').waitFor();
    expect(await tab.evaluate(effectsOfMarkup)).toEqual(OUR_MODULE);
    expect(complaints).toEqual([]);
    expect(asked.filter((url) => !url.startsWith(`${t.url}/`))).toEqual([]);
    // A page that is made by the hub shows the same.
    await tab.reload();
    await vi.waitFor(async () => expect(await rowsIn(tab)).toEqual(all), PATIENT);
    expect(await tab.evaluate(effectsOfMarkup)).toEqual(OUR_MODULE);
    expect(complaints).toEqual([]);
  }, 60_000);

  it('would be refused if something made markup of them', async () => {
    const t = await start();
    const tab = await openPage(t, t.url);
    const refused = tab.evaluate(() => {
      document.body.innerHTML = '<b>x</b>';
    });
    await expect(refused).rejects.toThrow(/TrustedHTML/);
  });
});

/** What the probe finds on a page that runs our module, and nothing else. */
const OUR_MODULE = ['script'];

/** A refusal with the payload in every fact. */
function hostile(payload: string, at: number): Verdict {
  const text = payload.replaceAll('\0', '⟨NUL⟩').toWellFormed();
  return {
    id: newId('vd_', at),
    profile: 'oauth',
    action: text,
    ok: false,
    decisive: 'oauth.code-known',
    cause: text,
    refusal: text,
    subject: text,
    source: text,
    policy: text,
    at,
    snapshot: { request: { accessory: text } },
    times: 1,
    checks: [
      {
        id: 'oauth.code-known',
        outcome: 'fail',
        expected: text,
        presented: text,
        cause: { id: text, say: text, detail: text, fixes: [{ audience: 'client', say: text }] },
      },
    ],
  };
}

/** The front page in Chromium, signed in. */
async function openPage(
  t: TestHub,
  url: string,
  viewport = { width: 1_280, height: 860 },
  path?: string,
  before?: (tab: Page) => Promise<void>,
): Promise<Page> {
  const context = await browser.newContext({ viewport });
  open.push(() => context.close());
  const tab = await context.newPage();
  await tab.goto(url + (await t.hub.sessions.issueLink('owner')).path);
  await tab.waitForURL(`${url}/`);
  if (path !== undefined) {
    await before?.(tab);
    await tab.goto(url + path);
  }
  await tab.waitForFunction(() => document.querySelector('#live.on, #wait') !== null);
  return tab;
}

/** The rows in the document, in order. */
function rowsIn(tab: Page): Promise<string[]> {
  return tab
    .locator('.log-body .log-row')
    .evaluateAll((rows) => rows.map((row) => `${row.getAttribute('data-id')} × ${row.getAttribute('data-times')}`));
}
