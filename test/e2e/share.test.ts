/** Sharing a refusal from end to end: previewed, opened by a stranger, ended, checked offline; in Chromium the clipboard. */
// proves: L1, L2, L3, L4, L5
import type { Browser, Page as Tab } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readPublicKey, readReceipt } from '../../src/server/share-receipt.ts';
import type { ShareView } from '../../src/server/share-shapes.ts';
import { words } from '../support/app-owner.ts';
import { launchBrowser, signInTab } from '../support/browser.ts';
import { heldClock, startTestHub, type TestHub } from '../support/hub.ts';
import { addPublic, exchangeForm, REDIRECT_URI } from '../support/outside.ts';
import { formsOf, PASSWORD, type Page, signedIn, type Visitor, visitor } from '../support/visitor.ts';

const DAY_MS = 86_400_000;
const WRONG = 'com.myapp:/Callback';

let t: TestHub;
const clock = heldClock(Date.UTC(2026, 10, 21, 8, 30));
beforeAll(async () => {
  t = await startTestHub({ clock: clock.now });
  await t.hub.operations.addUser('ada', PASSWORD);
  await addPublic(t, 'my_app_123');
});
afterAll(async () => {
  expect(t.faults).toEqual([]);
  await t?.close();
});

/** A fresh refusal; the address of its page. */
async function refuse(redirectUri = WRONG): Promise<string> {
  const form = exchangeForm('my_app_123', await t.hub.operations.mint({ client: 'my_app_123' }));
  const answer = await t.token({ ...form, redirect_uri: redirectUri });
  expect(answer.status).toBe(400);
  const [verdict] = await t.hub.operations.verdicts({ limit: 1 });
  if (!verdict || verdict.ok) throw new Error('expected a refusal');
  return verdict.id.slice(3);
}

const LINK = /http:\/\/localhost:\d+(\/s\/[\w-]{43})"/;

/** Makes a link by the forms; answers its path. */
async function shareBy(person: Visitor, reference: string, parts = ''): Promise<{ path: string; page: Page }> {
  const action = `/share/${reference}`;
  const page = await person.post(action, makingForm(await person.get(`${action}${parts}`)));
  const path = LINK.exec(page.html)?.[1];
  if (path === undefined) throw new Error(`expected a link, got a page with status ${page.status}`);
  return { path, page };
}

/** What the form sends that makes the link; the other one changes the preview. */
function makingForm(page: Page): Readonly<Record<string, string>> {
  const form = formsOf(page).find(({ fields }) => 'seal' in fields);
  if (!form) throw new Error(`expected the form of a preview, got a page with status ${page.status}`);
  return form.fields;
}

/** What of the preview is the document, and the same of the page behind the link. */
function documentOf(page: Page): string {
  const shared = /<article class="ticket">[\s\S]*<\/article>/.exec(page.html)?.[0] ?? '';
  return words({ ...page, html: shared.replaceAll(/<\/?mark>/g, '') });
}

describe('sharing a refusal', () => {
  let ada: Visitor;
  let reference: string;
  beforeEach(async () => {
    ada = await signedIn(t.url, 'ada');
    reference = await refuse();
  });

  it('L2: what the preview lists is what the link shows, redacted unless parts are added', async () => {
    const verdict = await ada.get(`/r/${reference}`);
    expect(verdict.html).toContain(`href="/share/${reference}"`);
    const bare = await ada.get(`/share/${reference}`);
    for (const fact of [WRONG, REDIRECT_URI, 'my_app_123', '127.0.0.1', '08:30'])
      expect(documentOf(bare), fact).not.toContain(fact);
    expect(documentOf(bare)).toContain('2026-11-21');
    const all = await ada.get(`/share/${reference}?values=1&app=1&time=1`);
    for (const fact of [WRONG, REDIRECT_URI, 'my_app_123', 'T08:30:00']) expect(documentOf(all), fact).toContain(fact);
    for (const [parts, preview] of [
      ['', bare],
      ['?values=1&app=1&time=1', all],
    ] as const) {
      const { path } = await shareBy(ada, reference, parts);
      const opened = await visitor(t.url).get(path);
      expect(opened.status).toBe(200);
      expect(documentOf(opened)).toBe(documentOf(preview));
      expect(opened.html).not.toContain('127.0.0.1');
    }
  });

  it('L3, L4: says before and after that copies cannot be recalled, and that third parties have their own policies', async () => {
    const before = await ada.get(`/share/${reference}`);
    const { page: after } = await shareBy(ada, reference);
    for (const page of [before, after]) {
      expect(words(page)).toContain('cannot be recalled');
      expect(words(page)).toContain('follows their own policies');
    }
  });

  it('L1: a stranger opens the link without signing in and without a cookie, for seven days, listed nowhere', async () => {
    const { path } = await shareBy(ada, reference);
    const stranger = visitor(t.url);
    const opened = await stranger.get(path);
    expect(opened.status).toBe(200);
    expect([...stranger.cookies]).toEqual([]);
    expect(opened.headers.get('x-robots-tag')).toContain('noindex');
    expect(opened.html).toContain('<meta name="robots" content="noindex">');
    expect(opened.headers.get('referrer-policy')).toBe('no-referrer');
    expect(opened.headers.get('cache-control')).toBe('no-store');
    expect(opened.headers.get('content-security-policy')).toContain("default-src 'none'");
    // Whoever runs the hub is nobody in particular there.
    expect((await ada.get(path)).html).toBe(opened.html);
    clock.move(7 * DAY_MS - 1);
    expect((await stranger.get(path)).status).toBe(200);
    clock.move(1);
    const late = await stranger.get(path);
    expect(late.status).toBe(410);
    expect(words(late)).toContain('This link has ended');
    const unknown = await stranger.get(`/s/${'A'.repeat(43)}`);
    expect(unknown.status).toBe(404);
    expect(words(unknown)).toContain('There is no such link');
  });

  it('L3: a link is ended on the verdict’s page, at once, with its receipt', async () => {
    const { path } = await shareBy(ada, reference);
    const { path: other } = await shareBy(ada, reference);
    const page = await ada.get(`/r/${reference}`);
    const ends = formsOf(page).filter(({ action }) => action.startsWith('/share-end/'));
    expect(ends).toHaveLength(2);
    const stranger = visitor(t.url);
    const answers: number[] = [];
    for (const { action } of ends) {
      expect((await ada.submit(page, action, {})).location).toBe(`/r/${reference}`);
      for (const one of [path, other, path.replace('/s/', '/s-receipt/')])
        answers.push((await stranger.get(one)).status);
    }
    expect(answers.slice(0, 2).sort()).toEqual([200, 410]);
    expect(answers.slice(3)).toEqual([410, 410, 410]);
    expect(formsOf(await ada.get(`/r/${reference}`)).some(({ action }) => action.startsWith('/share-end/'))).toBe(
      false,
    );
  });

  it('shares what was looked at: another attempt in between is previewed again, and nothing is shared', async () => {
    const parts = '?values=1';
    const unknown = async (client: string): Promise<void> => {
      const form = { grant_type: 'authorization_code', code: 'x', client_id: client, redirect_uri: 'com.x:/cb' };
      expect((await t.token(form)).status).toBe(401);
    };
    await unknown('nobody_here');
    const [row] = await t.hub.operations.verdicts({ limit: 1 });
    const one = `/share/${row?.id.slice(3)}`;
    const preview = await ada.get(`${one}${parts}`);
    await unknown('nobody_else');
    // Kept in one row with the first: the newest of equal attempts.
    expect((await t.hub.operations.verdicts({ limit: 1 }))[0]).toMatchObject({ id: row?.id, times: 2 });
    const { operations } = t.hub;
    const changed = await operations.previewShare(row?.id ?? '', ['values', 'app']);
    expect(JSON.stringify(changed.refusal)).toContain('nobody_else');
    const answer = await ada.post(one, { ...makingForm(preview), with: 'values app' });
    expect(answer.status).toBe(409);
    expect(words(answer)).toContain('has changed since you looked');
    expect(await operations.shares(row?.id)).toEqual([]);
  });

  it('the receipt verifies offline with the hub’s public key, and holds exactly what the page shows', async () => {
    const { path } = await shareBy(ada, reference, '?values=1');
    const stranger = visitor(t.url);
    const opened = await stranger.get(path);
    const address = /href="(\/s-receipt\/[^"]*)"/.exec(opened.html)?.[1] ?? '';
    const receipt = await stranger.get(address);
    expect(receipt.headers.get('content-disposition')).toContain('attachment');
    expect(receipt.headers.get('content-type')).toBe('application/jose');
    const keys = await stranger.get('/.well-known/counterfoil-receipts');
    const read = await readReceipt(receipt.html, readPublicKey(keys.html));
    expect(read).toMatchObject({ ok: true, receipt: { hub: t.hub.issuer } });
    if (read.ok) {
      for (const { say, presented } of read.receipt.refusal.checks) {
        expect(words(opened).toLowerCase()).toContain(say.toLowerCase());
        if (presented !== undefined) expect(words(opened)).toContain(presented.slice(0, 11));
      }
    }
    const other = await startTestHub({ store: 'memory' });
    const foreign = await visitor(other.url).get('/.well-known/counterfoil-receipts');
    await other.close();
    expect(await readReceipt(receipt.html, readPublicKey(foreign.html))).toMatchObject({ cause: 'signature' });
  });

  it('where as many links are live as there may be, says so beside the preview and makes none', async () => {
    const { registry } = t.hub.oauth;
    const { generation } = await t.hub.operations.status();
    const kept = { verdict: `vd_${reference}`, by: 'ada', at: clock.now(), until: clock.now() + DAY_MS, with: [] };
    const form = makingForm(await ada.get(`/share/${reference}?app=1`));
    const ids = Array.from({ length: 1_000 }, (_, i) => `sh_FULL${i}`);
    for (const id of ids) await registry.save('share', id, 0, { ...kept, receipt: '', generation });
    const page = await ada.post(`/share/${reference}`, form);
    for (const id of ids) await registry.remove('share', id);
    expect([page.status, words(page)]).toEqual([409, expect.stringContaining('Expected fewer than 1000 live links')]);
    expect(documentOf(page)).toContain('my_app_123');
    expect(await t.hub.operations.shares(`vd_${reference}`)).toEqual([]);
    // And there is a way on: with room again, the form of that page makes one.
    expect((await ada.post(`/share/${reference}`, makingForm(page))).html).toMatch(LINK);
  });

  it('nobody shares or ends a link with a form of another session, another verdict, or another site', async () => {
    const other = await refuse('com.elsewhere:/cb');
    const action = `/share/${reference}`;
    const form = makingForm(await ada.get(action));
    const bea = await signedIn(t.url, 'ada');
    const shares = async (): Promise<readonly ShareView[]> => [
      ...(await t.hub.operations.shares(`vd_${reference}`)),
      ...(await t.hub.operations.shares(`vd_${other}`)),
    ];
    const tries = [
      ada.post(action, { ...form, csrf: '' }),
      bea.post(action, form),
      ada.post(`/share/${other}`, form),
      ada.post(action, form, { 'sec-fetch-site': 'cross-site' }),
      ada.post(action, form, { 'sec-fetch-site': 'same-site' }),
      visitor(t.url).post(action, form),
    ];
    for (const { status } of await Promise.all(tries)) expect(status).toBe(403);
    expect(await shares()).toEqual([]);
    await shareBy(ada, reference);
    const [share] = await shares();
    const end = formsOf(await ada.get(`/r/${reference}`)).find((one) => one.action.startsWith('/share-end/'));
    expect(end?.action).toBe(`/share-end/${share?.id}`);
    for (const { status } of [
      await ada.post(end?.action ?? '', {}),
      await bea.post(end?.action ?? '', end?.fields ?? {}),
      await ada.post(end?.action ?? '', end?.fields ?? {}, { 'sec-fetch-site': 'cross-site' }),
    ])
      expect(status).toBe(403);
    expect(await shares()).toEqual([share]);
  });

  it('what accepted, and what is not there, cannot be shared', async () => {
    const minted = await t.hub.operations.mint({ client: 'my_app_123' });
    expect((await t.token(exchangeForm('my_app_123', minted))).status).toBe(200);
    const [accepted] = await t.hub.operations.verdicts({ ok: true, limit: 1 });
    const page = await ada.get(`/r/${accepted?.id.slice(3)}`);
    expect([page.status, page.html.includes('/share/')]).toEqual([200, false]);
    for (const address of [`/share/${accepted?.id.slice(3)}`, '/share/ZZZZZZZZZZ', '/share/'])
      expect((await ada.get(address)).status, address).toBe(404);
  });
});

describe('the button that copies the link', () => {
  const FAILED = "Can't copy the link right now. Try again later.";
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  }, 60_000);
  afterAll(() => browser?.close());

  /** Shares a fresh refusal in a browser; the tab shows the link. */
  async function sharedIn(javaScriptEnabled: boolean, clipboard: 'granted' | 'denied'): Promise<Tab> {
    const reference = await refuse();
    const context = await browser.newContext({ javaScriptEnabled });
    const tab = await context.newPage();
    // All that is not granted is denied from here on.
    await context.grantPermissions(clipboard === 'granted' ? ['clipboard-read', 'clipboard-write'] : []);
    await tab.goto(`${t.hub.issuer}/share/${reference}`);
    await signInTab(tab);
    await tab.getByRole('button', { name: 'Make a link' }).click();
    await tab.getByRole('heading', { name: 'The link' }).waitFor();
    return tab;
  }

  it('copies the link where the browser lets it', async () => {
    const tab = await sharedIn(true, 'granted');
    const link = await tab.getByLabel('Link').inputValue();
    await tab.getByRole('button', { name: 'Copy the link' }).click();
    await tab.getByRole('status').getByText('Copied.').waitFor();
    expect(await tab.evaluate('navigator.clipboard.readText()')).toBe(link);
    await tab.context().close();
  }, 60_000);

  it('L5: says that it cannot where the clipboard is denied, and leaves the link selected to be copied by hand', async () => {
    const tab = await sharedIn(true, 'denied');
    const state = await tab.evaluate("navigator.permissions.query({ name: 'clipboard-write' }).then((p) => p.state)");
    expect(state).toBe('denied');
    const link = await tab.getByLabel('Link').inputValue();
    expect(link).toMatch(/\/s\/[\w-]{43}$/);
    await tab.getByRole('button', { name: 'Copy the link' }).click();
    await tab.getByRole('status').getByText(FAILED).waitFor();
    const selected = await tab.evaluate(
      '(({ value, selectionStart, selectionEnd }) => value.slice(selectionStart, selectionEnd))(document.activeElement)',
    );
    expect(selected).toBe(link);
    await tab.context().close();
  }, 60_000);

  it('is not there without JavaScript: the link is', async () => {
    const tab = await sharedIn(false, 'denied');
    expect(await tab.getByRole('button', { name: 'Copy the link' }).isVisible()).toBe(false);
    const link = await tab.getByLabel('Link').inputValue();
    await tab.goto(link);
    expect(await tab.locator('h1').textContent()).toContain('ncorrect redirect URI');
    await tab.context().close();
  }, 60_000);
});
