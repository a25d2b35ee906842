/** The list of refusals with sample data; part of `sample-pages.ts`. */

import type { Chart } from '../../src/server/pages/chart.ts';
import { homePage } from '../../src/server/pages/home.ts';
import { asShown, capital } from '../../src/server/pages/html.ts';
import type { Signed } from '../../src/server/pages/layout.ts';
import { type RefusalRow, type RefusalsPage, refusalsPage } from '../../src/server/pages/refusals.ts';
import type { Tally } from '../../src/store/port.ts';

const AT = Date.UTC(2026, 2, 14, 9, 26, 53, 589);
const HOUR_MS = 3_600_000;

const CAUSES: readonly (readonly [cause: string, say: string, weight: number])[] = [
  ['unknown', 'no code or token like this was issued here', 31],
  ['different', 'the redirect_uri is not the one the code was bound to', 22],
  ['expired', 'the code came after its end', 14],
  ['replay', 'the code was used before', 9],
  ['disabled', 'the scope is switched off for this app', 4],
  ['no-proof', 'the proof of the PKCE challenge is missing', 3],
  ['funds', 'the last answer was a decline for funds, and the waiting time behind it is not over', 2],
];

/** The same numbers each time. */
function* numbers(): Generator<number> {
  for (let x = 12_345; ; ) {
    x = (x * 1_103_515_245 + 12_345) % 2_147_483_648;
    yield x / 2_147_483_648;
  }
}

/** Tallies of sixty hours, busy by day. */
function tallies(): Tally[] {
  const next = numbers();
  return Array.from({ length: 60 }, (_, i) => {
    const at = AT - (59 - i) * HOUR_MS;
    const busy = 0.2 + Math.max(0, Math.sin(((i % 24) / 24) * Math.PI * 2 - 1.6));
    const refused = CAUSES.map(([cause, , weight]) => ({
      at,
      ok: false,
      cause,
      count: Math.round((next.next().value ?? 0) * weight * busy),
    }));
    return [{ at, ok: true, cause: null, count: Math.round(busy * 160 + (next.next().value ?? 0) * 20) }, ...refused];
  }).flat();
}

function chart(t: (text: string) => string): Chart {
  const all = tallies();
  const hours = Array.from({ length: 60 }, (_, i) => AT - (59 - i) * HOUR_MS);
  const sum = (at: number, wanted: (tally: Tally) => boolean): number =>
    all.filter((tally) => tally.at === at && wanted(tally)).reduce((total, { count }) => total + count, 0);
  const of = (name: string, href: string | undefined, ids: readonly string[]): Chart['causes'][number] => {
    const counts = hours.map((at) => sum(at, ({ cause }) => cause !== null && ids.includes(cause)));
    return { name: t(name), count: counts.reduce((a, b) => a + b, 0), counts, ...(href !== undefined && { href }) };
  };
  return {
    bucketMs: HOUR_MS,
    range: 'the last month',
    bars: hours.map((at) => ({ at, accepted: sum(at, ({ ok }) => ok), refused: sum(at, ({ ok }) => !ok) })),
    causes: [
      ...CAUSES.slice(0, 5).map(([cause, say]) => of(say, `/?cause=${cause}`, [cause])),
      of(
        '2 others',
        undefined,
        CAUSES.slice(5).map(([cause]) => cause),
      ),
    ],
  };
}

const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

function rows(t: (text: string) => string, count: number): RefusalRow[] {
  const next = numbers();
  let at = AT;
  return Array.from({ length: count }, (): RefusalRow => {
    const pick = <T>(from: readonly T[]): T => from[Math.floor((next.next().value ?? 0) * from.length)] as T;
    at -= Math.floor((next.next().value ?? 0) ** 3 * 900_000);
    const ref = Array.from({ length: 10 }, () => pick([...LETTERS])).join('');
    const ok = (next.next().value ?? 0) > 0.9;
    const [, say] = pick(CAUSES);
    return {
      id: `vd_${ref}M4W8T1ZB5N6C0HJ`,
      ref,
      at,
      ok,
      times: pick([1, 1, 1, 1, 1, 3, 41, 1_204]),
      profile: pick(['OAuth', 'OAuth', 'Payments', 'Home']),
      say: capital(t(ok ? 'accepted' : say)),
      cells: [
        asShown(t(pick(['my_app_123', 'my_app_123␠', 'merchant:acme', 'hall-panel']))),
        asShown(t(pick(['tokens', 'to try a card', 'the API']))),
        asShown(t(pick(['192.168.1.23', '2001:db8::/64']))),
      ],
    };
  });
}

/** Sample pages by name; `t` changes every fact on the way. */
export function sampleRefusalPages(
  t: (text: string) => string,
  { hub, signed, issuer }: { readonly hub: string; readonly signed: Signed; readonly issuer: string },
): Readonly<Record<string, string>> {
  const drawn = chart(t);
  const one: RefusalsPage = {
    hub,
    signed,
    issuer,
    columns: [t('App'), t('Asked for'), t('From')],
    rows: rows(t, 40),
    filters: {
      profiles: [
        { value: 'oauth', name: 'OAuth' },
        { value: 'home', name: 'Home' },
      ],
      apps: [{ value: t('my_app_123'), name: t('Hallway Lights (my_app_123)') }],
      causes: CAUSES.map(([value, say, count]) => ({ value: t(value), name: t(say), count })),
      accepted: false,
      range: '1m',
      rangeHref: (range) => `/?range=${range}`,
    },
    chart: drawn,
    older: '/?before=1.vd_0',
    paths: {
      more: '/refusals.json',
      next: '1.vd_0',
      live: '/refusals/live?from=0',
      chart: '/refusals/chart',
    },
  };
  const filters = {
    ...one.filters,
    profile: t('oauth'),
    app: t('bi_reports'),
    cause: t('gone'),
    text: t('x&"y'),
    accepted: true,
  };
  const none: Chart = { bucketMs: 60_000, bars: [], causes: [], range: 'the last 3 months' };
  return {
    home: homePage({ hub, issuer }),
    refusals: refusalsPage(one),
    'refusals-filtered': refusalsPage({
      ...one,
      filters,
      columns: [...one.columns, t('Accessory'), t('What of it')],
      rows: rows(t, 8).map((row) => ({ ...row, cells: [...row.cells, asShown(t('lamp')), asShown(t('on'))] })),
      chart: { ...drawn, causes: drawn.causes.map((cause, i) => (i === 1 ? { ...cause, current: true } : cause)) },
      scanned: 5_000,
      all: '/?range=3m',
      newest: '/',
    }),
    'refusals-none': refusalsPage({ ...one, rows: [], chart: none, filters: { ...filters, range: '3m' }, all: '/' }),
    'refusals-developer': refusalsPage({
      ...one,
      signed: { ...signed, role: 'developer' },
      columns: [t('App'), t('Asked for')],
      rows: rows(t, 12).map((row) => ({ ...row, cells: row.cells.slice(0, 2) })),
    }),
    'refusals-empty': refusalsPage({ ...one, rows: [], chart: none, empty: true }),
  };
}
