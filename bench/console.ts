/**
 * The console's front page in a real Chromium, over 10,000 refusals: what it weighs, how soon something is to be seen, and how
 * it scrolls.
 *
 *   node bench/console.ts [--rounds N] [--json FILE] | --help
 *
 * Weight is everything that one load asks for, each answer compressed by gzip as a proxy in front of the hub would. First paint is
 * Chromium's own `first-contentful-paint`; frames are what `requestAnimationFrame` sees while the page is scrolled to its end. Their
 * yardstick is an empty page of the same length in the same run: what Chromium and this machine do by themselves.
 */
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../test/support/browser.ts';
import { startTestHub, type TestHub } from '../test/support/hub.ts';
import { fillLedger, realRefusals } from '../test/support/ledger.ts';
import { median } from './peers/median.ts';
import { type Measure, report } from './report.ts';

const REFUSALS = 10_000;
const WEIGHT_MAX_KB = 150;
const PAINT_MAX_MS = 1_000;
/** Pixels of one step of the scroll: a fast turn of a wheel. */
const STEP = 1_200;

const HELP = `node bench/console.ts [--rounds N] [--json FILE]

The console's front page in Chromium, over 10,000 refusals of some weeks: its weight, its first paint, its frames while it is
scrolled to the end, and how many rows are in the document then.

  --rounds N   loads that are measured, 1 or more; 11 unless told
  --json FILE  the figures as data as well`;

/** Somebody who is signed in, on a page of their own with nothing in its cache. */
async function openTab(browser: Browser, t: TestHub): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1_280, height: 860 } });
  const tab = await context.newPage();
  await tab.goto(t.url + (await t.hub.sessions.issueLink('owner')).path);
  await context.route('**/nothing', (route) => route.fulfill({ body: '' }));
  await tab.goto(`${t.url}/nothing`);
  return tab;
}

/** Kilobytes (1,000 bytes) of all answers of one load, compressed and as they are. */
async function weigh(browser: Browser, t: TestHub): Promise<{ readonly gzip: number; readonly plain: number }> {
  const tab = await openTab(browser, t);
  const bodies: Promise<Buffer>[] = [];
  tab.on('response', (response) => {
    // The stream has no end; what it tells is not the page's weight.
    if (!response.url().includes('/refusals/live')) bodies.push(response.body());
  });
  await tab.goto(t.url, { waitUntil: 'load' });
  await tab.locator('#live.on').waitFor();
  const all = await Promise.all(bodies);
  await tab.context().close();
  const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0) / 1_000;
  return { gzip: sum(all.map((body) => gzipSync(body).length)), plain: sum(all.map((body) => body.length)) };
}

/** Milliseconds from the start of one load to its first paint. */
async function paint(browser: Browser, t: TestHub): Promise<number> {
  const tab = await openTab(browser, t);
  await tab.goto(t.url, { waitUntil: 'load' });
  const ms = await tab.waitForFunction(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime);
  const value = Number(await ms.jsonValue());
  await tab.context().close();
  return value;
}

/** What was seen on the way to the end of the list. */
interface Scrolled {
  readonly frames: readonly number[];
  readonly rowsInDocument: number;
  readonly rowsSeen: number;
}

async function scroll(browser: Browser, t: TestHub): Promise<Scrolled> {
  const tab = await openTab(browser, t);
  await tab.goto(t.url);
  await tab.locator('#live.on').waitFor();
  const scrolled = await tab.evaluate(async (step) => {
    const frames: number[] = [];
    let most = 0;
    let last = 0;
    let still = 0;
    const frame = (): Promise<number> => new Promise((now) => requestAnimationFrame(now));
    let before = await frame();
    while (still < 120) {
      scrollBy(0, step);
      const now = await frame();
      frames.push(now - before);
      before = now;
      const rows = document.querySelectorAll('.log-body .log-row');
      most = Math.max(most, rows.length);
      const seen = Number(rows[rows.length - 1]?.getAttribute('aria-rowindex') ?? 0);
      still = seen > last ? 0 : still + 1;
      last = Math.max(last, seen);
    }
    return { frames: frames.slice(0, -120), rowsInDocument: most, rowsSeen: last - 1 };
  }, STEP);
  await tab.context().close();
  return scrolled;
}

/** Frames of an empty page that is scrolled as far. */
async function scrollEmpty(browser: Browser, t: TestHub): Promise<readonly number[]> {
  const tab = await openTab(browser, t);
  await tab.setContent('<p></p>');
  const frames = await tab.evaluate(async (step) => {
    const length = document.createElement('div');
    length.style.height = `${step * 400}px`;
    document.body.append(length);
    const found: number[] = [];
    const frame = (): Promise<number> => new Promise((now) => requestAnimationFrame(now));
    for (let before = await frame(); found.length < 360; ) {
      scrollBy(0, step);
      const now = await frame();
      found.push(now - before);
      before = now;
    }
    return found;
  }, STEP);
  await tab.context().close();
  return frames;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { rounds: { type: 'string', default: '11' }, json: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help) return console.log(HELP);
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`expected --rounds 1 or more, got ${values.rounds}`);
  const t = await startTestHub();
  const browser = await launchBrowser();
  try {
    await fillLedger(t.hub.oauth.store, await realRefusals(t), { count: REFUSALS, until: Date.now() - 60_000 });
    const { gzip, plain } = await weigh(browser, t);
    const paints: number[] = [];
    for (let round = -1; round < rounds; round++) {
      const ms = await paint(browser, t);
      if (round >= 0) paints.push(ms);
    }
    const { frames, rowsInDocument, rowsSeen } = await scroll(browser, t);
    const empty = await scrollEmpty(browser, t);
    const within = (of: readonly number[], part: number): number =>
      of.toSorted((a, b) => a - b)[Math.ceil(of.length * part) - 1] ?? Number.NaN;
    const scrolling = (what: string, part: number): Measure => ({
      name: `scrolling: ${what}`,
      unit: 'ms',
      value: within(frames, part),
      ratios: { 'an empty page': within(frames, part) / within(empty, part) },
    });
    const measures: Measure[] = [
      { name: 'page weight, compressed', unit: 'KB', value: gzip, ratios: { target: gzip / WEIGHT_MAX_KB } },
      { name: 'page weight, as it is', unit: 'KB', value: plain, ratios: {} },
      { name: 'first paint', unit: 'ms', value: median(paints), ratios: { target: median(paints) / PAINT_MAX_MS } },
      scrolling('median frame', 0.5),
      scrolling('99 of 100 frames within', 0.99),
      scrolling('worst frame', 1),
      { name: 'scrolling: rows seen', unit: 'rows', value: rowsSeen, ratios: {} },
      { name: 'scrolling: most rows in the document', unit: 'rows', value: rowsInDocument, ratios: {} },
    ];
    report(measures, values.json === undefined ? [] : ['--json', values.json]);
  } finally {
    await browser.close();
    await t.close();
  }
}

await main();
