/** A BI tool that runs each hour: it reads live data, breaks, is looked at, and goes on without anybody touching it. */
// proves: A29, A31, A32
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BiTool } from '../../examples/bi-tool/bi-tool.ts';
import type { Verdict } from '../../src/core/verdict.ts';
import { addBiTool, BI, type Deskside, HOUR_MS, RIGHT, startDeskside, WRONG } from '../support/bi.ts';
import { launchBrowser, signInTab } from '../support/browser.ts';
import { heldClock } from '../support/hub.ts';
import { addPublic, callApi, exchangeForm, tokens, verdictAt } from '../support/outside.ts';

let clock: ReturnType<typeof heldClock>;
let desk: Deskside;
let tool: BiTool;
beforeEach(async () => {
  clock = heldClock();
  desk = await startDeskside(clock);
  tool = await addBiTool(desk.t, clock);
});
afterEach(() => desk?.close());

const lampIs = (on: boolean) => [expect.objectContaining({ id: 'lamp', on })];

/** Reads once by authorization, so that it holds tokens; then an hour passes. */
async function anHourIn(): Promise<void> {
  expect(await tool.run()).toMatchObject({ outcome: 'data', by: 'authorization' });
  clock.move(HOUR_MS);
}

/** Ends what the tool holds, as whoever runs the hub may. */
async function revoke(): Promise<void> {
  const [grant] = await desk.t.hub.operations.grants({ client: BI, state: 'active', limit: 1 });
  await desk.t.hub.operations.revoke(grant?.id ?? '', 'quarterly-review');
}

/** What one query by client says of each refusal, oldest first, as the list prints it. */
async function oneQuery(): Promise<string[]> {
  const printed = await desk.cli('verdicts', '--client', BI, '--refused');
  const rows = printed.trim().split('\n').slice(1);
  return rows.map((row) => row.trim().split(/ {2,}/).slice(3).join(' ')).toReversed();
}

describe('each hour', () => {
  it('reads a snapshot, and the live stream tells each change as it comes', async () => {
    const { t } = desk;
    expect(await tool.run()).toEqual({ outcome: 'data', by: 'authorization', accessories: lampIs(false) });
    expect(await tool.run()).toMatchObject({ outcome: 'data', by: 'token' });

    await addPublic(t, 'switcher');
    const minted = await t.hub.operations.mint({ client: 'switcher' });
    const { access_token: token } = await tokens(t, t.token(exchangeForm('switcher', minted)));
    const stop = new AbortController();
    const changes = tool.follow(stop.signal);
    expect((await changes.next()).value).toMatchObject({ id: 'lamp', on: false });
    await callApi(t, token, '/api/accessories/lamp', { method: 'PUT', body: '{"on": true}' });
    expect((await changes.next()).value).toMatchObject({ id: 'lamp', on: true });
    await changes.return();
    stop.abort();
    expect(await tool.run()).toMatchObject({ accessories: lampIs(true) });
  });

  it('goes on by refreshing for a day, whatever the registered redirect URI is: a refresh names none', async () => {
    await anHourIn();
    await desk.cli('app', 'edit', BI, '--redirect-uri', WRONG);
    for (let hour = 1; hour <= 24; hour++) {
      expect(await tool.run()).toMatchObject({ outcome: 'data', by: 'refresh' });
      clock.move(HOUR_MS);
    }
    expect(await oneQuery()).toEqual([]);
  });
});

describe('the run that fails', () => {
  it('is told apart by one query: a dead refresh token alone, and the owner only has to agree again', async () => {
    await anHourIn();
    await revoke();
    expect(await tool.run()).toMatchObject({ outcome: 'data', by: 'authorization' });
    expect(await oneQuery()).toEqual([`token ${BI} code-standing grant-ended invalid_grant`]);
  });

  it('is told apart by one query: a refresh token past its 30 days', async () => {
    await anHourIn();
    clock.move(31 * 24 * HOUR_MS);
    expect(await tool.run()).toMatchObject({ outcome: 'data', by: 'authorization' });
    expect(await oneQuery()).toEqual([`token ${BI} code-unexpired token-expired invalid_grant`]);
  });

  it('is told apart by one query: a redirect URI misconfigured in the registration, and nothing wrong with a token', async () => {
    await desk.cli('app', 'edit', BI, '--redirect-uri', WRONG);
    expect(await tool.run()).toMatchObject({ outcome: 'failed', tried: [{ step: 'authorize' }] });
    expect(await oneQuery()).toEqual([`authorize ${BI} redirect-uri-registered unregistered invalid_request`]);
  });

  it('shows both in the order in which they came: the refresh token first, then the redirect URI', async () => {
    await anHourIn();
    await desk.cli('app', 'edit', BI, '--redirect-uri', WRONG);
    await revoke();
    const run = await tool.run();
    expect(run).toMatchObject({
      outcome: 'failed',
      tried: [{ step: 'refresh', heard: 'invalid_grant' }, { step: 'authorize' }],
    });
    expect(await oneQuery()).toEqual([
      `token ${BI} code-standing grant-ended invalid_grant`,
      `authorize ${BI} redirect-uri-registered unregistered invalid_request`,
    ]);
    const reference = run.outcome === 'failed' ? run.tried[0]?.reference : undefined;
    expect((await verdictAt(desk.t, reference ?? '')).cause).toBe('grant-ended');
  });
});

describe('restored without touching the tool', () => {
  beforeEach(async () => {
    await anHourIn();
    await desk.cli('app', 'edit', BI, '--redirect-uri', WRONG);
    await revoke();
    expect((await tool.run()).outcome).toBe('failed');
    clock.move(HOUR_MS);
    expect((await tool.run()).outcome).toBe('failed');
    clock.move(HOUR_MS);
  });

  it('on the command line by hand: the registration is corrected, and the next run reads', async () => {
    await desk.cli('app', 'edit', BI, '--redirect-uri', RIGHT);
    expect(await tool.run()).toMatchObject({ outcome: 'data', by: 'authorization' });
    clock.move(HOUR_MS);
    expect(await tool.run()).toMatchObject({ outcome: 'data', by: 'refresh' });
  });

  it('on the command line by counterfoil fix: what it says it would do is what it does', async () => {
    const list = JSON.parse(await desk.cli('--json', 'verdicts', '--client', BI, '--refused')) as Verdict[];
    const [newest] = list.filter(({ action }) => action === 'authorize');
    const done = JSON.parse(await desk.cli('--json', 'fix', newest?.id ?? '', '--yes')) as Record<string, unknown>;
    expect(done).toMatchObject({ outcome: 'applied', app: { id: BI }, today: { ok: true } });
    expect((await desk.t.hub.operations.showApp(BI)).redirectUris).toEqual([WRONG, RIGHT]);
    expect(await tool.run()).toMatchObject({ outcome: 'data', by: 'authorization' });
  });

  describe('in the console alone', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launchBrowser();
    }, 60_000);
    afterAll(() => browser?.close());

    it('filters by client, opens the refusal, sees the plan, applies it, and the next scheduled run reads', async () => {
      const { t } = desk;
      const context = await browser.newContext();
      const tab = await context.newPage();
      const complaints: string[] = [];
      tab.on('console', (message) => complaints.push(message.text()));
      await tab.goto(`${t.hub.issuer}/login`);
      await signInTab(tab);

      await tab.goto(t.hub.issuer);
      await tab.getByLabel('App', { exact: true }).selectOption(BI);
      await tab.getByRole('button', { name: 'Filter' }).click();
      await tab
        .getByRole('row')
        .getByRole('link', { name: /incorrect redirect URI/i })
        .first()
        .click();
      await tab
        .getByRole('heading', { name: 'Incorrect redirect URI: mismatch with the URI registered for the app' })
        .waitFor();
      expect(await tab.locator('mark').allTextContents()).toEqual(['l']);
      await tab.getByRole('link', { name: 'Register this redirect URI…' }).click();
      await tab.getByRole('heading', { name: 'Register this redirect URI?' }).waitFor();
      expect(await tab.getByRole('table').textContent()).toContain(RIGHT);
      expect((await t.hub.operations.showApp(BI)).redirectUris).toEqual([WRONG]);
      expect((await tool.run()).outcome).toBe('failed');

      await tab.getByRole('button', { name: 'Register this redirect URI' }).click();
      expect(await tab.getByRole('status').textContent()).toContain('it passes');
      expect(await tool.run()).toMatchObject({ outcome: 'data', by: 'authorization' });
      clock.move(HOUR_MS);
      expect(await tool.run()).toMatchObject({ outcome: 'data', by: 'refresh' });
      expect(complaints).toEqual([]);
      await context.close();
    }, 60_000);
  });
});
