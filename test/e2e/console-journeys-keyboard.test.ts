/** The console as it runs, by keyboard alone and room by room: every stop can be seen, and nothing needs a mouse or a wide screen. */
import type { Browser, Page as Tab } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { startTestHub, type TestHub } from '../support/hub.ts';
import { addPublic } from '../support/outside.ts';
import { PASSWORD } from '../support/visitor.ts';
import { type Watched, watchedBrowser } from '../support/watched.ts';
import { APP, authorizePath } from './people.ts';

const NEXT = 'com.myapp:/cb';
const MISMATCH = 'Incorrect redirect URI: mismatch with the URI registered for the app';

let t: TestHub;
let browser: Browser;
let ada: Watched;
beforeAll(async () => {
  t = await startTestHub();
  await t.hub.operations.addUser('ada', PASSWORD);
  await addPublic(t, APP);
  browser = await launchBrowser();
  ada = await watchedBrowser(browser, [t.hub.issuer]);
}, 60_000);
afterAll(async () => {
  await ada?.close();
  await browser?.close();
  await t?.close();
});
afterEach(() => expect(t.faults).toEqual([]));

/** Somebody asks for a code to be sent where none may go. */
async function refuse(): Promise<void> {
  expect((await fetch(t.url + authorizePath({ redirect_uri: NEXT }))).status).toBe(400);
}

/** What has the focus: its words, and whether one can see that it has it. */
function focused(tab: Tab): Promise<{ readonly words: string; readonly seen: boolean }> {
  return tab.evaluate(() => {
    const at = document.activeElement;
    const words = at?.getAttribute('role') === 'grid' ? 'the list' : (at?.textContent ?? '');
    // The list shows its focus on the row that is the current one, a link of a row on the whole row.
    const marks = [at, document.querySelector('.active .what a')].flatMap((one) =>
      one ? [getComputedStyle(one), getComputedStyle(one, '::after')] : [],
    );
    return { words: words.trim(), seen: marks.some((style) => style.outlineStyle === 'solid') };
  });
}

/** Presses Tab until what has the focus says these words; every stop on the way can be seen. */
async function reach(tab: Tab, words: string): Promise<void> {
  const stops: string[] = [];
  while (stops.at(-1) !== words) {
    if (stops.length === 60) throw new Error(`expected to reach “${words}”, got to ${stops.join(' → ')}`);
    await tab.keyboard.press('Tab');
    const stop = await focused(tab);
    expect(stop.seen, `focus on “${stop.words}” can be seen`).toBe(true);
    stops.push(stop.words);
  }
}

describe('by keyboard alone', () => {
  it('sign in, open the refusal, see the plan, fix it, and go back to the list', async () => {
    await refuse();
    const { tab } = ada;
    await tab.goto(`${t.hub.issuer}/login`);
    await tab.locator('#name:focus').waitFor();
    await tab.keyboard.type('ada');
    await tab.keyboard.press('Tab');
    await tab.keyboard.type(PASSWORD);
    await tab.keyboard.press('Enter');
    await tab.locator('#live.on').waitFor();

    await reach(tab, 'the list');
    await tab.keyboard.press('Home');
    await tab.keyboard.press('Enter');
    await tab.getByRole('heading', { name: MISMATCH, level: 1 }).waitFor();
    await reach(tab, 'Skip to content');
    await tab.keyboard.press('Enter');
    expect(new URL(tab.url()).hash).toBe('#main');
    await reach(tab, 'Register this redirect URI…');
    await tab.keyboard.press('Enter');
    await tab.getByRole('heading', { name: 'Register this redirect URI?' }).waitFor();
    await reach(tab, 'Register this redirect URI');
    await tab.keyboard.press('Enter');
    await tab.getByRole('status').getByText('Done.').waitFor();
    expect((await t.hub.operations.showApp(APP)).redirectUris).toContain(NEXT);
    await reach(tab, 'Refusals');
    await tab.keyboard.press('Enter');
    await tab.getByRole('heading', { name: 'Refusals', level: 1 }).waitFor();
  }, 60_000);
});

describe('every page that has an address of its own', () => {
  /** What is no page: parts of one for its module, and what apps ask for. */
  const PARTS = /^\/(?:refusals[./]|\.well-known\/|assets\/)/;

  it('has nothing for axe to find in light and dark, and fits every screen, as whoever runs the hub and as a stranger', async () => {
    const paths = t.hub.pages.flatMap(({ method, path }) => (method === 'GET' && !/:/.test(path) ? [path] : []));
    const pages = [...new Set(paths)].filter((path) => !PARTS.test(path));
    for (const room of ['/', '/apps', '/apps/new', '/grants', '/accessories', '/audit', '/profile', '/guide', '/login'])
      expect(pages).toContain(room);
    const stranger = await watchedBrowser(browser, [t.hub.issuer]);
    const visit = async ({ tab, look }: Watched, path: string): Promise<void> => {
      await tab.goto(t.hub.issuer + path);
      await look();
    };
    for (const path of pages) await visit(ada, path);
    for (const path of ['/', '/login', '/setup', '/authorize', '/r/0123456789']) await visit(stranger, path);
    expect(ada.looked).toHaveLength(pages.length);
    expect(new Set(ada.looked).size).toBeGreaterThan(9);
    await stranger.close();
  }, 180_000);
});

describe('the watch', () => {
  it('would tell of a page that asks somebody else, that scrolls sideways, or that axe finds something in', async () => {
    const watched = await watchedBrowser(browser, [t.hub.issuer]);
    await watched.tab.setContent('<html lang="en"><title>x</title><main><h1>x</h1><p id="wide">x</p></main></html>');
    await watched.look();
    await watched.tab.evaluate(() => document.getElementById('wide')?.style.setProperty('width', '400px'));
    await expect(watched.look()).rejects.toThrow('x at 320 pixels');
    await watched.tab.evaluate(() => document.body.append(document.createElement('button')));
    await expect(watched.look()).rejects.toThrow('x in light');
    const asked = watched.tab.waitForEvent('requestfailed');
    await watched.tab.evaluate(() => void fetch('http://127.0.0.1:9/').catch(() => undefined));
    await asked;
    await expect(watched.close()).rejects.toThrow('asked http://127.0.0.1:9/');
  }, 30_000);
});
