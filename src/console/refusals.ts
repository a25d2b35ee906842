/** The front page, alive: rows as they come, older ones as one scrolls, and the chart anew. Without this it is a page of links. */
import { element } from './dom.ts';
import { createRows, type Row, type Rows } from './refusals-rows.ts';
import { keepOpen, type StreamState } from './stream.ts';
import { virtualList } from './virtual.ts';

/** The chart is drawn again, and new rows are read out, at most this often. */
const CHART_EVERY_MS = 5_000;
const SAY_EVERY_MS = 3_000;

const log = document.getElementById('log');
const wait = document.getElementById('wait');
if (log) start(log);
else if (wait) {
  const reload = (): void => location.reload();
  keepOpen({ path: wait.dataset['live'] ?? '', on: { rows: reload, reset: reload }, onState: () => undefined });
}

function start(log: HTMLElement): void {
  const table = log.querySelector<HTMLElement>('.log-table');
  const body = log.querySelector<HTMLElement>('.log-body');
  if (!table || !body) return;
  const rows = createRows([...body.querySelectorAll<HTMLElement>('.log-row')].map(readRow));
  const fresh = element('button', { class: 'fresh', type: 'button', hidden: '' });
  table.before(fresh);
  const older = createOlder(log, rows, () => update());
  const list = virtualList({
    grid: table,
    body,
    count: () => rows.shown.length,
    id: (index) => rows.shown[index]?.id ?? '',
    key: (index) => `${rows.shown[index]?.id} ${rows.shown[index]?.times}`,
    make: (index) => makeRow(rows.shown[index] as Row),
    onEnd: () => older.load(),
    onMove: () => rows.held.length > 0 && !mustHold() && release(),
  });
  // Rows that move under a pointer or a reader's place are worse than rows that wait.
  const mustHold = (): boolean =>
    !list.atTop() ||
    table === document.activeElement ||
    (matchMedia('(hover:hover)').matches && body.matches(':hover'));
  const update = (): void => {
    table.setAttribute('aria-rowcount', older.next === '' ? String(rows.shown.length + 1) : '-1');
    fresh.hidden = rows.held.length === 0;
    fresh.textContent = `${rows.held.length} new`;
    document.getElementById('none')?.toggleAttribute('hidden', rows.shown.length > 0);
    list.draw();
  };
  const release = (): void => {
    list.change(rows.release);
    update();
  };
  fresh.addEventListener('click', () => {
    release();
    list.toTop();
    table.focus({ preventScroll: true });
  });
  table.setAttribute('role', 'grid');
  update();

  const { live } = log.dataset;
  if (live === undefined || live === '') return;
  const say = createSay();
  const redraw = throttled(CHART_EVERY_MS, () => void freshChart(log.dataset['chart'] ?? ''));
  keepOpen({
    path: live,
    on: {
      rows(data) {
        const { rows: told } = data as { readonly rows: readonly Row[] };
        const hold = mustHold();
        list.change(() => say(rows.add(told, hold).length));
        update();
        redraw();
      },
      reset: () => older.again(),
    },
    onState: showState,
  });
}

/** What the page has of a row that is in it already. */
function readRow(row: HTMLElement): Row {
  const text = (part: string): string => row.querySelector(part)?.textContent ?? '';
  const { id = '', at = '0', times = '1' } = row.dataset;
  return {
    id,
    ref: text('.ref'),
    at: Number(at),
    ok: row.classList.contains('ok'),
    times: Number(times),
    profile: text('.profile'),
    say: text('.what a'),
    cells: [...row.querySelectorAll('.cell')].map((cell) => cell.textContent ?? ''),
  };
}

/** A row as the page has it (`src/server/pages/refusals.ts`), of text alone. */
function makeRow({ id, ref, at, ok, times, profile, say, cells }: Row): HTMLElement {
  const iso = new Date(at).toISOString();
  const cell = (name: string, ...children: readonly (Node | string | false)[]): HTMLElement =>
    element('span', { role: 'gridcell', class: name }, ...children);
  return element(
    'div',
    {
      class: ok ? 'log-row ok' : 'log-row',
      role: 'row',
      'data-id': id,
      'data-at': String(at),
      'data-times': String(times),
    },
    cell('when', element('time', { datetime: iso }, `${iso.slice(0, 10)} ${iso.slice(11, 19)}`)),
    cell(
      'what',
      element('a', { href: `/r/${ref}`, tabindex: '-1' }, say),
      times > 1 && element('span', { class: 'times' }, `× ${times.toLocaleString('en')}`),
    ),
    ...cells.map((text) => cell('cell', text)),
    cell('profile', profile),
    cell('ref', ref),
  );
}

interface Older {
  /** Where the list goes on; empty at its end. */
  readonly next: string;
  load(): void;
  /** Begins with the newest page again. */
  again(): void;
}

/** Older pages, one at a time. */
function createOlder(log: HTMLElement, rows: Rows, onMore: () => void): Older {
  const { more = '', next: first = '' } = log.dataset;
  const line = document.getElementById('more');
  let next = first;
  let loading = false;
  let stopped = false;
  let anew = false;
  const ask = async (before: string, take: (rows: readonly Row[]) => void): Promise<void> => {
    if (loading || stopped) return;
    loading = true;
    try {
      const url = new URL(more, location.href);
      if (before !== '') url.searchParams.set('before', before);
      const answer = await fetch(url);
      // Signed out, or no longer theirs: asking again would not help.
      stopped = answer.status === 401 || answer.status === 403;
      if (!answer.ok) throw new Error(`${answer.status}`);
      const page = (await answer.json()) as { readonly rows: readonly Row[]; readonly next?: string };
      take(page.rows);
      next = page.next ?? '';
      // A search that found nothing among many rows goes on when somebody wants it to.
      stopped = page.rows.length === 0 && next !== '';
      line?.replaceChildren(stopped ? onward(next) : '');
    } catch {
      // The link of the page still leads on.
      await new Promise((later) => setTimeout(later, 2_000));
    } finally {
      loading = false;
      if (anew) again();
    }
    onMore();
  };
  // What stopped older pages is no reason to miss newer ones.
  const again = (): void => {
    stopped = false;
    anew = loading;
    if (!loading) void ask('', rows.reset);
  };
  return {
    get next() {
      return next;
    },
    load() {
      if (next !== '') void ask(next, rows.append);
    },
    again,
  };
}

function onward(next: string): HTMLElement {
  const url = new URL(location.href);
  url.searchParams.set('before', next);
  return element('a', { href: url.pathname + url.search }, 'Search on in older refusals');
}

/** Reads out how many came, politely and not one by one. */
function createSay(): (count: number) => void {
  const said = document.getElementById('said');
  let waiting = 0;
  const tell = throttled(SAY_EVERY_MS, () => {
    if (said) said.textContent = `${waiting} new ${waiting === 1 ? 'refusal' : 'refusals'}`;
    waiting = 0;
  });
  return (count) => {
    if (count === 0) return;
    waiting += count;
    tell();
  };
}

/** Calls at once, and then at most once in so many milliseconds. */
function throttled(everyMs: number, work: () => void): () => void {
  let timer: number | undefined;
  let again = false;
  const run = (): void => {
    again = false;
    work();
    timer = setTimeout(() => {
      timer = undefined;
      if (again) run();
    }, everyMs);
  };
  return () => {
    if (timer === undefined) run();
    else again = true;
  };
}

/** The chart comes from the hub as it stands in the page: parsed by the browser as a document, and never made from a string. */
function freshChart(path: string): Promise<void> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open('GET', path);
    request.responseType = 'document';
    request.onloadend = () => {
      const old = document.getElementById('chart');
      const fresh = request.status === 200 ? request.responseXML?.getElementById('chart') : undefined;
      // Whoever reads it goes on reading it.
      if (old && fresh && !old.contains(document.activeElement)) {
        const open = old.querySelector('details')?.open ?? false;
        old.replaceWith(document.adoptNode(fresh));
        const details = document.querySelector<HTMLDetailsElement>('#chart details');
        if (details) details.open = open;
      }
      resolve();
    };
    request.send();
  });
}

function showState(state: StreamState): void {
  const line = document.getElementById('live');
  if (!line) return;
  line.hidden = false;
  line.classList.toggle('on', state === 'on');
  line.textContent = state === 'on' ? 'Live' : 'Not connected';
  if (state !== 'out') return;
  const next = encodeURIComponent(location.pathname + location.search);
  line.replaceChildren('Signed out', element('a', { href: `/login?next=${next}` }, 'Sign in'));
}
