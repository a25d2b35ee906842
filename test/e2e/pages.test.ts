/** The hub's pages in a real Chromium, as people meet them: no JavaScript, the real headers, keyboard, small screens. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formActionSource, pageHeaders } from '../../src/server/security-headers.ts';
import { axeFinds } from '../support/axe.ts';
import { launchBrowser } from '../support/browser.ts';
import { HOSTILE } from '../support/hostile.ts';
import { effectsOfMarkup, lowContrast } from '../support/page-probes.ts';
import { samplePages } from '../support/sample-pages.ts';

/** Made once: there are many pages, and most tests show all of them. */
const PAGES = samplePages();
const WIDE = samplePages((fact) => fact + 'w'.repeat(120));
const TAINTED = new Map(HOSTILE.map((payload) => [payload, samplePages((fact) => fact + payload)]));
const NAMES = Object.keys(PAGES);
const PHONE = { width: 390, height: 844 };

let browser: Browser;
/** What the hub serves at the moment, by path. */
let answers: Record<string, { readonly page: string; readonly headers: Readonly<Record<string, string>> }> = {};
let hub: { readonly server: Server; readonly origin: string };
let app: { readonly server: Server; readonly origin: string };
/** Where the consent form's answer is redirected to. */
let redirectTo = '';

beforeAll(async () => {
  browser = await launchBrowser();
  hub = await serve((path, method) => {
    if (method === 'POST') return { status: 303, headers: { location: redirectTo }, body: '' };
    const answer = answers[path];
    return answer
      ? { status: 200, headers: answer.headers, body: answer.page }
      : { status: 404, headers: {}, body: '' };
  });
  app = await serve(() => ({ status: 200, headers: { 'content-type': 'text/html' }, body: '<title>app</title>' }));
}, 60_000);

afterAll(async () => {
  await browser?.close();
  hub?.server.close();
  app?.server.close();
});

type Reply = { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string };

async function serve(reply: (path: string, method: string) => Reply): Promise<{ server: Server; origin: string }> {
  const server = createServer((request, response) => {
    const { status, headers, body } = reply((request.url ?? '').slice(1), request.method ?? '');
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function offer(pages: Readonly<Record<string, string>>, headers = pageHeaders()): void {
  answers = Object.fromEntries(Object.entries(pages).map(([name, page]) => [name, { page, headers }]));
}

/** A tab that writes down everything Chromium complains about, CSP refusals among it. */
async function open(
  options: BrowserContextOptions = {},
): Promise<{ tab: Page; complaints: string[]; close: () => Promise<void> }> {
  const context = await browser.newContext({ javaScriptEnabled: false, ...options });
  const tab = await context.newPage();
  const complaints: string[] = [];
  tab.on('console', (message) => complaints.push(message.text()));
  tab.on('pageerror', (error) => complaints.push(String(error)));
  tab.on('requestfailed', (request) => complaints.push(`${request.url()} ${request.failure()?.errorText}`));
  return { tab, complaints, close: () => context.close() };
}

describe('every page, without JavaScript', () => {
  it.each(NAMES)('%s renders with its heading, and nothing is refused by the CSP', async (name) => {
    offer(PAGES);
    const { tab, complaints, close } = await open();
    await tab.goto(`${hub.origin}/${name}`);
    expect(await tab.locator('h1').count()).toBe(1);
    expect(await tab.locator('h1').isVisible()).toBe(true);
    expect(await tab.evaluate(() => getComputedStyle(document.body).display)).toBe('flex');
    expect(complaints).toEqual([]);
    await close();
  });

  it('would be caught if the CSP refused something', async () => {
    offer({ bad: '<!doctype html><link rel="icon" href="data:,"><p style="color:red">x</p>' });
    const { tab, complaints, close } = await open();
    await tab.goto(`${hub.origin}/bad`);
    expect(complaints.join()).toContain('Content Security Policy');
    await close();
  });

  it.each(NAMES)('%s fits a phone and a screen of 320 pixels without sideways scrolling', async (name) => {
    offer(WIDE);
    const { tab, close } = await open({ viewport: PHONE });
    for (const width of [390, 320]) {
      await tab.setViewportSize({ width, height: 800 });
      await tab.goto(`${hub.origin}/${name}`);
      expect(await tab.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    }
    await close();
  });

  it.each(['light', 'dark'] as const)('has text contrast of WCAG 2.2 AA in %s', async (colorScheme) => {
    offer(PAGES);
    const { tab, close } = await open({ colorScheme });
    for (const name of NAMES) {
      await tab.goto(`${hub.origin}/${name}`);
      expect(await tab.evaluate(lowContrast), name).toEqual([]);
    }
    await close();
  });
});

describe('every page, as axe-core sees it', () => {
  it.each(['light', 'dark'] as const)(
    'has nothing to find in %s',
    async (colorScheme) => {
      offer(PAGES);
      const { tab, close } = await open({ colorScheme, javaScriptEnabled: true });
      for (const name of NAMES) {
        await tab.goto(`${hub.origin}/${name}`);
        expect(await axeFinds(tab), name).toEqual([]);
      }
      await close();
    },
    120_000,
  );

  it('would be found', async () => {
    offer({ bad: '<!doctype html><title>x</title><link rel="icon" href="data:,"><img src="/x">' });
    const { tab, close } = await open({ javaScriptEnabled: true });
    await tab.goto(`${hub.origin}/bad`);
    expect((await axeFinds(tab)).join()).toContain('image-alt');
    await close();
  });
});

describe('by keyboard alone', () => {
  /** What each Tab reaches, by its words or label; every stop must be visible. */
  async function stops(tab: Page, count: number): Promise<string[]> {
    const reached: string[] = [];
    for (let i = 0; i < count; i++) {
      await tab.keyboard.press('Tab');
      const { name, outline } = await tab.evaluate(() => {
        const at = document.activeElement as HTMLInputElement;
        return {
          name: at.labels?.[0]?.textContent ?? at.textContent ?? '',
          outline: getComputedStyle(at).outlineStyle,
        };
      });
      expect(outline, name).toBe('solid');
      reached.push(name.trim());
    }
    return reached;
  }

  it('the sign-in page starts in the first empty field and goes on in reading order', async () => {
    offer(PAGES);
    const { tab, close } = await open();
    await tab.goto(`${hub.origin}/login-app`);
    // Autofocus comes with the first frame, not with the load.
    await tab.locator('#name:focus').waitFor();
    expect(await stops(tab, 2)).toEqual(['Password', 'Sign in']);
    await tab.goto(`${hub.origin}/login-wrong`);
    await tab.locator('#password:focus').waitFor();
    await close();
  });

  it('the sign-in page ties the error to its fields, and tells a password manager what they are', async () => {
    offer(PAGES);
    const { tab, close } = await open();
    await tab.goto(`${hub.origin}/login-wrong`);
    for (const [label, autocomplete] of [
      ['User name', 'username'],
      ['Password', 'current-password'],
    ] as const) {
      const field = tab.getByLabel(label);
      expect(await field.getAttribute('autocomplete')).toBe(autocomplete);
      expect(await field.getAttribute('aria-invalid')).toBe('true');
      expect(await tab.locator(`#${await field.getAttribute('aria-describedby')}`).textContent()).toContain(
        'do not go together',
      );
    }
    await close();
  });

  it('the consent page goes from the mark to the choices, then to “not you”', async () => {
    offer(PAGES);
    const { tab, close } = await open();
    await tab.goto(`${hub.origin}/consent`);
    expect(await stops(tab, 5)).toEqual([
      'Skip to content',
      'Counterfoil',
      'Allow',
      'Don’t allow',
      'Use another account',
    ]);
    await close();
  });
});

describe('the answer of the consent page', () => {
  async function answer(redirectUri: string, listed: boolean): Promise<{ url: string; complaints: string }> {
    redirectTo = redirectUri;
    offer(PAGES, pageHeaders(listed ? formActionSource(redirectUri) : undefined));
    const { tab, complaints, close } = await open();
    await tab.goto(`${hub.origin}/consent`);
    await tab.getByRole('button', { name: 'Allow', exact: true }).click({ noWaitAfter: true });
    // Refused or not, Chromium says what came of it: a load, or a complaint.
    await until(() => /form-action|com\.myapp:/.test(complaints.join()) || tab.url().startsWith(app.origin));
    const url = tab.url();
    await close();
    return { url, complaints: complaints.join() };
  }

  it('reaches an app on a loopback port, which the CSP names', async () => {
    const { url, complaints } = await answer(`${app.origin}/cb?code=x`, true);
    expect(url).toBe(`${app.origin}/cb?code=x`);
    expect(complaints).not.toContain('form-action');
  });

  it('is stopped by the CSP on its way to a place that it does not name', async () => {
    const { url, complaints } = await answer(`${app.origin}/cb?code=x`, false);
    expect(url).not.toContain(app.origin);
    expect(complaints).toContain('form-action');
  });

  it('is let through to an app by its own scheme, and only when that is named', async () => {
    expect((await answer('com.myapp:/callback?code=x', false)).complaints).toContain('form-action');
    // No app has this scheme here, so the way ends there, and not at the CSP.
    expect((await answer('com.myapp:/callback?code=x', true)).complaints).toMatch(/^com\.myapp:\/callback\?code=x /);
  });
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((later) => setTimeout(later, 20));
}

describe('hostile facts', () => {
  // A page at a time, so that none of them has to be quick.
  it.each(NAMES)(
    'have no effect in %s, even with JavaScript on and the CSP off',
    async (name) => {
      const { tab, complaints, close } = await open({ javaScriptEnabled: true });
      const asked: string[] = [];
      tab.on('request', (request) => asked.push(request.url()));
      for (const [payload, pages] of TAINTED) {
        offer({ [name]: pages[name] ?? '' }, { 'content-type': 'text/html; charset=utf-8' });
        await tab.goto(`${hub.origin}/${name}`);
        expect(await tab.evaluate(effectsOfMarkup), payload).toEqual([]);
      }
      expect(asked.filter((url) => !url.startsWith(`${hub.origin}/`) && !url.startsWith('data:image/svg'))).toEqual([]);
      expect(complaints).toEqual([]);
      await close();
    },
    30_000,
  );

  it('would be caught if they had one', async () => {
    offer(
      { bad: '<!doctype html><title>x</title><script>document.title="owned"</script>' },
      { 'content-type': 'text/html' },
    );
    const { tab, close } = await open({ javaScriptEnabled: true });
    await tab.goto(`${hub.origin}/bad`);
    expect(await tab.evaluate(effectsOfMarkup)).toEqual(['title owned', 'script']);
    await close();
  });
});
