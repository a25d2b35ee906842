/// <reference lib="dom" />
/** A person's browser under watch: what it complained about, whom it talked to, and how each page looked to axe at every width. */
import type { Browser, BrowserContext, BrowserContextOptions, Page as Tab } from 'playwright-core';
import { expect } from 'vitest';
import { axeFinds } from './axe.ts';

/** Widths that a page has to fit without sideways scrolling: the smallest of WCAG 2.2 (1.4.10), a phone, a desk, 4K. */
const WIDTHS = [320, 390, 1_280, 3_840] as const;

/** The browser of one person. */
export interface Watched {
  readonly context: BrowserContext;
  readonly tab: Tab;
  /**
   * Looks at the page as it is now: one heading, nothing for axe to find in light and dark, and no sideways scrolling at any
   * of `WIDTHS`. Without JavaScript axe cannot run, and only the smallest is looked at: the pages are the same.
   */
  look(tab?: Tab): Promise<void>;
  /** Names of the pages that were looked at: their headings. */
  readonly looked: readonly string[];
  /** Answers of 400 and above, as `404 /path`. */
  readonly refused: readonly string[];
  /** Closes it. @throws when a page complained, the CSP among it, or asked another host than `origins` for anything */
  close(): Promise<void>;
}

/** Opens one, with cookies of its own. `origins` are the only hosts that its pages may ask. */
export async function watchedBrowser(
  browser: Browser,
  origins: readonly string[],
  options: BrowserContextOptions = {},
): Promise<Watched> {
  const context = await browser.newContext({ viewport: { width: 1_280, height: 860 }, ...options });
  const looked: string[] = [];
  const refused: string[] = [];
  const complaints: string[] = [];
  context.on('weberror', (error) => complaints.push(String(error.error())));
  context.on('console', (message) => {
    // What was refused on purpose is in `refused`.
    if (!message.text().startsWith('Failed to load resource: the server responded')) complaints.push(message.text());
  });
  context.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (!origins.includes(origin) && protocol !== 'data:') complaints.push(`asked ${request.url()}`);
  });
  context.on('response', (answer) => {
    if (answer.status() >= 400) refused.push(`${answer.status()} ${new URL(answer.url()).pathname}`);
  });
  const scripts = options.javaScriptEnabled !== false;
  const tab = await context.newPage();
  const look = async (at: Tab = tab): Promise<void> => {
    const heading = at.locator('h1');
    await heading.waitFor();
    const name = (await heading.textContent()) ?? '';
    if (scripts) {
      for (const colorScheme of ['light', 'dark'] as const) {
        await at.emulateMedia({ colorScheme });
        expect(await axeFinds(at), `${name} in ${colorScheme}`).toEqual([]);
      }
      await at.emulateMedia({ colorScheme: null });
    }
    for (const width of scripts ? WIDTHS : WIDTHS.slice(0, 1)) {
      await at.setViewportSize({ width, height: 860 });
      const needed = await at.evaluate(() => document.documentElement.scrollWidth);
      expect(needed, `${name} at ${width} pixels`).toBeLessThanOrEqual(width);
    }
    await at.setViewportSize({ width: 1_280, height: 860 });
    looked.push(name);
  };
  return {
    context,
    tab,
    look,
    looked,
    refused,
    async close() {
      await context.close();
      expect(complaints).toEqual([]);
    },
  };
}
