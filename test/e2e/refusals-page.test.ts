/** The front page of who is signed in, in Chromium: as a page of links and forms, and with its module as a list that scrolls. */
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Verdict } from '../../src/core/verdict.ts';
import { axeFinds } from '../support/axe.ts';
import { launchBrowser } from '../support/browser.ts';
import { startTestHub, type TestHub } from '../support/hub.ts';
import { fillLedger, realRefusals } from '../support/ledger.ts';
import { addPublic, exchangeForm } from '../support/outside.ts';

const COUNT = 1_500;
const PATIENT = { timeout: 20_000, interval: 50 };

let browser: Browser;
let t: TestHub;
/** Everything that was refused, newest first. */
let all: readonly Verdict[] = [];

beforeAll(async () => {
  browser = await launchBrowser();
  t = await startTestHub();
  const made = await realRefusals(t);
  // Some of them years ago, so that a range leaves them out.
  await fillLedger(t.hub.oauth.store, made, { count: 100, until: Date.now() - 380 * 86_400_000 });
  await fillLedger(t.hub.oauth.store, made, { count: COUNT - 100, until: Date.now() - 120_000 });
  for (let before: Verdict | undefined; ; ) {
    const page: readonly Verdict[] = await t.hub.operations.verdicts({
      ok: false,
      limit: 1_000,
      ...(before && { before: { at: before.at, id: before.id } }),
    });
    all = [...all, ...page];
    before = page.at(-1);
    if (page.length < 1_000) break;
  }
}, 90_000);

afterAll(async () => {
  await browser?.close();
  await t?.close();
});

async function openPage(
  path: string,
  options: BrowserContextOptions = {},
): Promise<{ tab: Page; close(): Promise<void> }> {
  const context = await browser.newContext({ viewport: { width: 1_280, height: 860 }, ...options });
  const tab = await context.newPage();
  await tab.goto(t.url + (await t.hub.sessions.issueLink('owner')).path);
  await tab.goto(t.url + path);
  return { tab, close: () => context.close() };
}

/** Clicks on what leads to another page, and waits until all of that is there. */
async function go(tab: Page, to: Locator): Promise<void> {
  const loaded = tab.waitForEvent('load');
  await to.click();
  await loaded;
}

function idsIn(tab: Page): Promise<string[]> {
  return tab.locator('.log-body .log-row').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-id') ?? ''));
}

describe('without JavaScript', () => {
  const PLAIN = { javaScriptEnabled: false };

  it('shows the first hundred, and leads through all of them by links, each once', async () => {
    const { tab, close } = await openPage('/?range=all', PLAIN);
    const found: string[] = [];
    for (;;) {
      const ids = await idsIn(tab);
      expect(ids.length).toBeLessThanOrEqual(100);
      found.push(...ids);
      const older = tab.getByRole('link', { name: 'Older refusals' });
      if ((await older.count()) === 0) break;
      await go(tab, older);
    }
    expect(found).toEqual(all.map(({ id }) => id));
    await go(tab, tab.getByRole('link', { name: 'Newest' }));
    expect((await idsIn(tab))[0]).toBe(all[0]?.id);
    await close();
  });

  it('filters by a form: profile, app, cause and text together', async () => {
    const { tab, close } = await openPage('/', PLAIN);
    await tab.getByLabel('App').selectOption('bi_reports');
    await tab.getByLabel('Profile').selectOption('OAuth');
    await tab.getByLabel('Cause').selectOption('differs');
    await tab.getByLabel('Text').fill('callback/ REDIRECT');
    await go(tab, tab.getByRole('button', { name: 'Filter' }));
    const rows = await tab.locator('.log-body .log-row').allTextContents();
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(row).toMatch(/Incorrect redirect URI.*bi_reports/);
    const year = Date.now() - 300 * 86_400_000;
    const right = all.filter(({ cause, subject, at }) => cause === 'differs' && subject === 'bi_reports' && at > year);
    expect(await idsIn(tab)).toEqual(right.slice(0, 100).map(({ id }) => id));
    await tab.getByLabel('Text').fill('no such word anywhere');
    await go(tab, tab.getByRole('button', { name: 'Filter' }));
    await tab.getByText('Nothing that fits in the last month.').waitFor();
    await go(tab, tab.getByRole('link', { name: 'Show all', exact: true }).first());
    expect(await idsIn(tab)).toHaveLength(100);
    await close();
  });

  it('picks a range, and keeps the filter', async () => {
    const { tab, close } = await openPage('/?app=my_app_123', PLAIN);
    const oldest = async (): Promise<number> => {
      const newest = await tab.locator('.chart-table th time').last().getAttribute('datetime');
      return Date.parse(newest ?? '');
    };
    expect(await oldest()).toBeGreaterThan(Date.now() - 32 * 86_400_000);
    await go(tab, tab.getByRole('link', { name: 'all time' }));
    expect(new URL(tab.url()).search).toBe('?app=my_app_123&range=all');
    expect(await oldest()).toBeLessThan(Date.now() - 365 * 86_400_000);
    await close();
  });

  it('shows what was accepted where that is asked for', async () => {
    await addPublic(t, 'good_app');
    const minted = await t.hub.operations.mint({ client: 'good_app' });
    expect((await t.token(exchangeForm('good_app', minted))).status).toBe(200);
    const { tab, close } = await openPage('/?app=good_app', PLAIN);
    await tab.getByText('Nothing that fits in the last month.').waitFor();
    await tab.getByLabel('Also accepted').check();
    await go(tab, tab.getByRole('button', { name: 'Filter' }));
    expect((await tab.locator('.log-body .log-row').first().textContent()) ?? '').toContain('Accepted');
    await close();
  });

  it('counts in its chart what the ledger holds, and leads from a cause to its refusals', async () => {
    const { tab, close } = await openPage('/?range=all', PLAIN);
    const counted = Map.groupBy(all, ({ cause }) => cause ?? '');
    const attempts = (rows: readonly Verdict[] = []): number => rows.reduce((sum, { times }) => sum + times, 0);
    const missing = tab.locator('.chart-causes a', { hasText: 'The PKCE proof is missing' });
    expect(await missing.locator('.count').textContent()).toBe(attempts(counted.get('missing')).toLocaleString('en'));
    await go(tab, missing);
    expect(await idsIn(tab)).toEqual((counted.get('missing') ?? []).slice(0, 100).map(({ id }) => id));
    expect(await tab.locator('.chart-causes [aria-current=true]').count()).toBe(1);
    await close();
  });
});

describe('with JavaScript', () => {
  it('scrolls through all of them with few rows in the document, each once and in order', async () => {
    const { tab, close } = await openPage('/?range=all');
    await tab.locator('#live.on').waitFor();
    const seen = new Map<number, string>();
    const look = async (): Promise<number> => {
      const rows = await tab
        .locator('.log-body .log-row')
        .evaluateAll((all) =>
          all.map((row) => [Number(row.getAttribute('aria-rowindex')), row.getAttribute('data-id')] as const),
        );
      expect(rows.length).toBeLessThan(60);
      for (const [index, id] of rows) seen.set(index, id ?? '');
      return rows.length;
    };
    await vi.waitFor(
      async () => {
        await look();
        await tab.mouse.wheel(0, 700);
        expect(seen.size).toBe(all.length);
      },
      { timeout: 60_000, interval: 20 },
    );
    const ordered = [...seen].sort(([a], [b]) => a - b);
    expect(ordered.map(([index]) => index)).toEqual(all.map((_, i) => i + 2));
    expect(ordered.map(([, id]) => id)).toEqual(all.map(({ id }) => id));
    expect(await tab.locator('[role=grid]').getAttribute('aria-rowcount')).toBe(String(all.length + 1));
    await close();
  }, 90_000);

  it('is used by keyboard: arrows, Home, End, and Enter opens', async () => {
    const { tab, close } = await openPage('/');
    const grid = tab.getByRole('grid');
    await grid.focus();
    const active = async (): Promise<string | null> =>
      tab.locator(`#${await grid.getAttribute('aria-activedescendant')}`).getAttribute('data-id');
    expect(await active()).toBe(all[0]?.id);
    for (let n = 0; n < 3; n++) await tab.keyboard.press('ArrowDown');
    expect(await active()).toBe(all[3]?.id);
    await tab.keyboard.press('ArrowUp');
    expect(await active()).toBe(all[2]?.id);
    await tab.keyboard.press('End');
    expect(await active()).toBe(all[99]?.id);
    await tab.keyboard.press('Home');
    expect(await active()).toBe(all[0]?.id);
    expect(await tab.locator('.log-row.active').isVisible()).toBe(true);
    await tab.keyboard.press('ArrowDown');
    await tab.keyboard.press('Enter');
    await tab.waitForURL(`**/r/${all[1]?.id.slice(3, 13)}`);
    await close();
  });

  it('holds new rows back from who has scrolled down, and moves nothing under them', async () => {
    const { tab, close } = await openPage('/');
    await tab.locator('#live.on').waitFor();
    await tab.evaluate(() => scrollTo(0, 1_500));
    await vi.waitFor(async () => expect((await idsIn(tab))[0]).not.toBe(all[0]?.id), PATIENT);
    const where = (): Promise<readonly (readonly [string | null, number])[]> =>
      tab
        .locator('.log-body .log-row')
        .evaluateAll((rows) =>
          rows.map((row) => [row.getAttribute('data-id'), row.getBoundingClientRect().top] as const),
        );
    const before = new Map(await where());
    const minted = await t.hub.operations.mint({ client: 'my_app_123' });
    const { code_verifier: _, ...form } = exchangeForm('my_app_123', minted);
    await t.token(form);
    const [newest] = await t.hub.operations.verdicts({ ok: false, limit: 1 });
    await tab.getByRole('button', { name: '1 new' }).waitFor();
    await tab.getByRole('status').getByText('1 new refusal').waitFor({ state: 'attached' });
    for (const [id, top] of await where()) if (before.has(id)) expect(top).toBe(before.get(id));
    expect(await idsIn(tab)).not.toContain(newest?.id);
    await tab.getByRole('button', { name: '1 new' }).click();
    await vi.waitFor(async () => expect((await idsIn(tab))[0]).toBe(newest?.id), PATIENT);
    expect(await tab.getByRole('button', { name: 'new' }).count()).toBe(0);
    await close();
  });

  it.each([
    { name: 'a desk', viewport: { width: 1_280, height: 860 } },
    { name: 'a phone', viewport: { width: 390, height: 844 } },
    { name: '320 pixels', viewport: { width: 320, height: 640 } },
  ])('has nothing for axe-core to find and fits on $name', async ({ viewport }) => {
    const { tab, close } = await openPage('/', { viewport });
    await tab.locator('#live.on').waitFor();
    expect(await axeFinds(tab)).toEqual([]);
    expect(await tab.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(viewport.width);
    await close();
  });
});
