/**
 * A real Chromium for tests and screenshots: headless, from npm, talking to nobody but the page under test.
 * `@sparticuz/chromium` unpacks into /tmp on first use; two processes doing so at once can meet a half-written file, so
 * a launch that fails is tried again.
 */
import { setTimeout as pause } from 'node:timers/promises';
import unpacked from '@sparticuz/chromium';
import { type Browser, chromium, type Page } from 'playwright-core';
import { PASSWORD } from './visitor.ts';

const QUIET = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  // Containers often have 64 MB of /dev/shm, too little for a large screenshot.
  '--disable-dev-shm-usage',
  '--disable-domain-reliability',
  '--disable-sync',
  '--no-first-run',
  '--no-pings',
  '--font-render-hinting=none',
];

/** Starts it; the caller closes it. @throws when three launches fail */
export async function launchBrowser(): Promise<Browser> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await chromium.launch({ executablePath: await unpacked.executablePath(), headless: true, args: QUIET });
    } catch (error) {
      if (attempt === 3) throw error;
      await pause(1_500 * attempt);
    }
  }
}

/** Fills in the sign-in form that the tab shows, and sends it; where that leads is for the caller to wait for. */
export async function signInTab(tab: Page, name = 'ada'): Promise<void> {
  await tab.getByLabel('User name').fill(name);
  await tab.getByLabel('Password').fill(PASSWORD);
  await tab.getByRole('button', { name: 'Sign in', exact: true }).click();
}
