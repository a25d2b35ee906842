/**
 * The whole story in one go, by the browser alone at a hub of its own process: from the first run to signing out everywhere, with
 * JavaScript and once more without. Every page on the way is looked at (`watched.ts`).
 */
// proves: A32, C19, C24, L1, L2, L3
import type { Browser, Page as Tab } from 'playwright-core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, signInTab } from '../support/browser.ts';
import { type HubProcess, startHubProcess } from '../support/hub-process.ts';
import { PASSWORD } from '../support/visitor.ts';
import { type Watched, watchedBrowser } from '../support/watched.ts';
import { type WiredApp, wiredApp } from '../support/wired-app.ts';

const APP = 'journey';
const MISMATCH = 'Incorrect redirect URI: mismatch with the URI registered for the app';
const NOT_INCLUDED = /^A requested permission is not included/;
const SCOPES = 'lamp:read lamp:write';

/** Who and what takes part. */
interface Story {
  readonly hub: HubProcess;
  readonly app: WiredApp;
  readonly live: boolean;
  /** Whoever runs the hub. */
  readonly ada: Watched;
  /** A browser of somebody else, or of the same person elsewhere. */
  another(): Promise<Watched>;
}

let browser: Browser;
const ends: (() => Promise<void> | void)[] = [];
beforeAll(async () => {
  browser = await launchBrowser();
  return () => browser.close();
}, 60_000);
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function begin(live: boolean): Promise<Story> {
  const hub = await startHubProcess();
  ends.push(async () => {
    await hub.stop();
    hub.remove();
  });
  const app = await wiredApp(hub.issuer, APP);
  ends.push(app.close);
  const another = async (): Promise<Watched> => {
    const watched = await watchedBrowser(browser, [hub.issuer, app.origin], { javaScriptEnabled: live });
    ends.push(watched.close);
    return watched;
  };
  return { hub, app, live, ada: await another(), another };
}

async function signIn(tab: Tab, issuer: string, name: string): Promise<void> {
  await tab.goto(`${issuer}/login`);
  await signInTab(tab, name);
  await tab.waitForURL(`${issuer}/`);
}

const room = (tab: Tab, name: string): Promise<void> =>
  tab.getByRole('navigation', { name: 'Console' }).getByRole('link', { name, exact: true }).click();

/** By the set-up link that the hub printed. */
async function firstRun({ hub, ada: { tab, look } }: Story): Promise<void> {
  const link = /http:\/\/localhost:\d+\/setup\?token=[\w-]{43}/;
  await expect.poll(hub.printed, { timeout: 20_000 }).toMatch(link);
  await tab.goto(hub.issuer);
  await look();
  await tab.goto(link.exec(hub.printed())?.[0] ?? '');
  await look();
  await tab.getByLabel('User name').fill('ada');
  await tab.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await tab.getByLabel('Password, once more').fill(PASSWORD);
  await tab.getByRole('button', { name: 'Create and sign in' }).click();
  await tab.getByRole('heading', { name: 'No refusals yet' }).waitFor();
  await look();
}

/** With an address that is not quite the app's, and less than the app wants. */
async function register({ ada: { tab, look } }: Story): Promise<void> {
  await room(tab, 'Applications');
  await look();
  await tab.getByRole('link', { name: 'Register the first application' }).click();
  await look();
  await tab.getByLabel('Client ID').fill(APP);
  await tab.getByLabel('Name', { exact: true }).fill('Journey');
  await tab.getByLabel('No: a public app').check();
  await tab.getByLabel('Redirect URIs').fill('http://127.0.0.1/callback');
  await tab.getByLabel('included lamp:read').check();
  await tab.getByRole('button', { name: 'Register' }).click();
  await tab.getByRole('heading', { name: 'Journey' }).waitFor();
  await look();
  await room(tab, 'Refusals');
}

/** The app sends the person's browser to the hub, in a tab of its own, while the list stays open in the other one. */
async function authorize({ app, ada }: Story): Promise<Tab> {
  const tab = await ada.context.newPage();
  await tab.goto(await app.ask(SCOPES));
  return tab;
}

/** Waits for the row of a refusal, in the list as it is open; where nothing is live, it is loaded again. */
async function rowAppears({ live, ada: { tab } }: Story, name: string | RegExp): Promise<void> {
  if (!live) await tab.reload();
  await tab.locator('.log-row').getByRole('link', { name }).first().waitFor();
}

/** Opens the refusal from its row, looks at the plan, carries it out. */
async function fixByButton({ hub, live, ada }: Story, row: string | RegExp, fix: string): Promise<string> {
  const { tab, look } = ada;
  await look();
  await tab.locator('.log-row').getByRole('link', { name: row }).first().click();
  await tab.getByRole('heading', { name: row, level: 1 }).waitFor();
  const address = tab.url();
  await look();
  await tab.getByRole('link', { name: `${fix}…` }).click();
  await tab.getByRole('heading', { name: `${fix}?` }).waitFor();
  await look();
  const before = hub.cli(['app', 'show', APP]);
  await tab.getByRole('button', { name: fix, exact: true }).click();
  await tab.getByRole('status').getByText('Done.').waitFor();
  expect(hub.cli(['app', 'show', APP])).not.toEqual(before);
  await look();
  await room(tab, 'Refusals');
  if (live) await tab.locator('#live.on').waitFor();
  return address;
}

/** The app is refused twice, each for its own reason; each is seen, read and fixed. Answers where the first one is. */
async function failAndFix(story: Story): Promise<string> {
  const { app, live, ada } = story;
  const first = await authorize(story);
  await ada.look(first);
  expect(await first.locator('main').textContent()).not.toContain('redirect');
  await first.close();
  await rowAppears(story, MISMATCH);
  const address = await fixByButton(story, MISMATCH, 'Register this redirect URI');

  // From here on the list is not to be loaded again by itself.
  if (live) await ada.tab.evaluate(() => document.body.setAttribute('data-stayed', ''));
  const second = await authorize(story);
  await expect(app.take(second.url())).rejects.toMatchObject({ error: 'invalid_scope' });
  await second.close();
  await rowAppears(story, NOT_INCLUDED);
  expect(await ada.tab.locator('body[data-stayed]').count()).toBe(live ? 1 : 0);
  await fixByButton(story, NOT_INCLUDED, 'Include this scope');
  return address;
}

/** The same request again: the person is asked, says yes, and the app has its data. */
async function succeed(story: Story): Promise<void> {
  const { app, ada } = story;
  const consent = await authorize(story);
  await ada.look(consent);
  await consent.getByRole('button', { name: 'Allow', exact: true }).click();
  await consent.getByRole('heading', { name: 'You can close this window' }).waitFor();
  expect(await app.call(await app.take(consent.url()))).toBe(200);
  await consent.close();

  const { tab, look } = ada;
  await tab.getByLabel('Also accepted').check();
  await tab.getByRole('button', { name: 'Filter' }).click();
  await tab.locator('.log-row.ok').first().waitFor();
  await look();
  await room(tab, 'Grants');
  await look();
  await tab.getByRole('link', { name: 'Journey' }).click();
  await tab.getByRole('heading', { name: 'Grant of Journey' }).waitFor();
  expect(await tab.locator('main').textContent()).toContain('lamp:write');
  await look();
}

/** A link to the first refusal: previewed, opened by a stranger, ended. */
async function share({ app, ada, another }: Story, address: string): Promise<void> {
  const { tab, look } = ada;
  await tab.goto(address);
  await tab.getByRole('link', { name: 'Share this refusal' }).click();
  await look();
  await tab.getByLabel('What was expected and what came').check();
  await tab.getByRole('button', { name: 'Update the preview' }).click();
  const previewed = await tab.locator('article.ticket').textContent();
  expect(previewed).toContain(new URL(app.redirectUri).port);
  await tab.getByRole('button', { name: 'Make a link' }).click();
  await tab.getByRole('heading', { name: 'The link', level: 1 }).waitFor();
  await look();
  const link = await tab.getByLabel('Link').inputValue();

  const stranger = await another();
  await stranger.tab.goto(link);
  await stranger.look();
  expect(await stranger.tab.locator('article.ticket').textContent()).toBe(previewed);
  expect(await stranger.context.cookies()).toEqual([]);

  await tab.getByRole('link', { name: 'Back to the verdict' }).click();
  await look();
  await tab.getByRole('button', { name: /^End/ }).click();
  await tab.getByRole('button', { name: /^End/ }).waitFor({ state: 'detached' });
  await stranger.tab.reload();
  await stranger.tab.getByRole('heading', { name: 'This link has ended' }).waitFor();
  await stranger.look();
  expect(stranger.refused).toEqual([`410 ${new URL(link).pathname}`]);
}

/** The app's developer sees the refusals of the app, without what is the owner's, and no other room. */
async function narrowView({ hub, another }: Story, address: string): Promise<void> {
  hub.cli(['user', 'add', 'dev', '--developer', APP, '--password-stdin'], `${PASSWORD}\n`);
  const body = new URLSearchParams({ grant_type: 'authorization_code', client_id: 'somebody_else', code: 'x' });
  expect((await fetch(`${hub.issuer}/token`, { method: 'POST', body })).status).toBeGreaterThanOrEqual(400);
  const { tab, look, refused } = await another();
  await signIn(tab, hub.issuer, 'dev');
  await look();
  const list = await tab.locator('.log-table').textContent();
  expect(list).toContain(MISMATCH);
  expect(list).not.toMatch(/somebody_else|127\.0\.0\.1/);
  expect(await tab.getByRole('navigation', { name: 'Console' }).getByRole('link').allTextContents()).toEqual([
    'Refusals',
    'Guide',
  ]);
  await tab.locator('.log-row').getByRole('link', { name: MISMATCH }).click();
  await tab.getByRole('heading', { name: MISMATCH }).waitFor();
  expect(tab.url()).toBe(address);
  await look();
  expect(await tab.locator('main').textContent()).toContain('withheld: the owner');
  expect(await tab.getByRole('link', { name: 'Share this refusal' }).count()).toBe(0);
  await tab.goto(`${hub.issuer}/apps`);
  await look();
  expect(refused).toEqual(['404 /apps']);
}

/** In one of two browsers of one person, for both. */
async function signOutEverywhere({ hub, live, ada, another }: Story): Promise<void> {
  const other = await another();
  await other.tab.goto(`${hub.issuer}/login`);
  await other.look();
  await signIn(other.tab, hub.issuer, 'ada');
  if (live) await other.tab.locator('#live.on').waitFor();
  const { tab, look } = ada;
  await tab.goto(hub.issuer);
  await tab.getByRole('link', { name: 'ada' }).click();
  await look();
  expect(await tab.getByText('this browser').count()).toBe(1);
  await tab.getByRole('button', { name: 'Sign out everywhere' }).click();
  if (live) {
    await other.tab.locator('#live').getByText('Signed out').waitFor();
    await other.look();
    await other.tab.getByRole('link', { name: 'Sign in' }).click();
    await other.tab.getByRole('heading', { name: 'Sign in' }).waitFor();
  }
  for (const at of [tab, other.tab]) {
    await at.goto(`${hub.issuer}/profile`);
    await at.getByRole('heading', { name: 'Sign in' }).waitFor();
  }
}

describe.each([
  ['with JavaScript', true],
  ['without JavaScript', false],
])('%s', (_, live) => {
  it('first run, register, authorize, watch it fail, read why, fix it by button, see it succeed; share; narrow view; sign out everywhere', async () => {
    const story = await begin(live);
    await firstRun(story);
    await register(story);
    const address = await failAndFix(story);
    await succeed(story);
    await share(story, address);
    await narrowView(story, address);
    await signOutEverywhere(story);
    expect(story.ada.looked.length).toBeGreaterThanOrEqual(20);
    // Nothing was refused to whoever runs the hub but what the app asked for in vain.
    expect(story.ada.refused.filter((line) => !line.startsWith('401 /refusals'))).toEqual(['400 /authorize']);
  }, 180_000);
});
