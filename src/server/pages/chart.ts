/**
 * Accepted and refused over time, as a picture: accepted above the line, refused below it, and beside that a small line of
 * bars for each of the most frequent causes. Nothing is told by colour alone: place and words say it, and a table holds every
 * number. Pure; SVG without a style or a script of its own.
 */
import { asShown, capital, type Html, html } from './html.ts';

/** Attempts of one stretch of time. */
export interface ChartBar {
  /** When it begins, in milliseconds since the epoch. */
  readonly at: number;
  readonly accepted: number;
  readonly refused: number;
}

/** One cause over the same stretches. */
export interface ChartCause {
  readonly name: string;
  readonly count: number;
  /** As many as there are bars. */
  readonly counts: readonly number[];
  /** The list of this cause alone, or of all causes where it is that already. */
  readonly href?: string;
  readonly current?: boolean;
}

/** What is drawn. */
export interface Chart {
  /** Length of a bar's stretch, in milliseconds. */
  readonly bucketMs: number;
  /** Oldest first, without gaps. */
  readonly bars: readonly ChartBar[];
  /** Most frequent first; what is left over last, without an `href`. */
  readonly causes: readonly ChartCause[];
  /** `the last month`. */
  readonly range: string;
}

const [STEP, BAR] = [8, 6];
const [ABOVE, BELOW, SMALL] = [44, 44, 18];
/** The least height of what is not nothing. */
const LEAST = 1.5;

/** Renders it; nothing where nothing was attempted. */
export function chartSection(chart: Chart): Html {
  const { bars, causes, range, bucketMs } = chart;
  const [accepted, refused] = [total(bars, 'accepted'), total(bars, 'refused')];
  if (accepted + refused === 0)
    return html`<section class="chart" id="chart" aria-label="Over time"><p class="small soft">No attempts in ${range}.</p></section>`;
  return html`<section class="chart" id="chart" aria-label="Over time">
<figure class="chart-all">
<figcaption class="small soft"><b>${number(accepted)}</b> accepted <span class="peak">at most ${number(peak(bars, 'accepted'))} ${per(chart)}</span></figcaption>
${picture(chart, `${number(accepted)} accepted and ${number(refused)} refused in ${range}`)}
<p class="chart-axis small soft"><span>${moment(bars[0]?.at ?? 0, bucketMs)}</span><span>now</span></p>
<p class="small soft"><b class="fail">${number(refused)}</b> refused <span class="peak">at most ${number(peak(bars, 'refused'))} ${per(chart)}</span></p>
</figure>
${causes.length > 0 && legend(causes)}
${table(chart)}
</section>`;
}

function picture({ bars, bucketMs }: Chart, label: string): Html {
  const [up, down] = [peak(bars, 'accepted'), peak(bars, 'refused')];
  const width = bars.length * STEP;
  return html`<svg class="bars" viewBox="0 0 ${width} ${ABOVE + BELOW}" preserveAspectRatio="none" role="img" aria-label="${label}" focusable="false">
${bars.map(({ at, accepted, refused }, i) => {
  if (accepted + refused === 0) return '';
  const [x, above, below] = [
    i * STEP + (STEP - BAR) / 2,
    height(accepted, up, ABOVE - 1),
    height(refused, down, BELOW - 1),
  ];
  return html`<g><title>${moment(at, bucketMs)}: ${number(accepted)} accepted, ${number(refused)} refused</title>${above > 0 && html`<rect class="ok" x="${x}" y="${round(ABOVE - 1 - above)}" width="${BAR}" height="${above}"/>`}${below > 0 && html`<rect class="no" x="${x}" y="${ABOVE + 1}" width="${BAR}" height="${below}"/>`}</g>`;
})}
<rect class="axis" x="0" y="${ABOVE - 0.5}" width="${width}" height="1"/>
</svg>`;
}

/** The causes, each with its own bars on one scale, so that they can be compared. */
function legend(causes: readonly ChartCause[]): Html {
  const most = Math.max(...causes.flatMap(({ counts }) => counts));
  return html`<div class="chart-causes"><h2 class="unseen">Most frequent causes</h2><ul>${causes.map(
    ({ name, count, counts, href, current }) => {
      const line = html`<span class="name">${capital(name)}</span><svg class="bars" viewBox="0 0 ${counts.length * STEP} ${SMALL}" preserveAspectRatio="none" aria-hidden="true" focusable="false">${counts.map(
        (n, i) => {
          const tall = height(n, most, SMALL);
          return (
            tall > 0 &&
            html`<rect class="no" x="${i * STEP + 1}" y="${round(SMALL - tall)}" width="${BAR}" height="${tall}"/>`
          );
        },
      )}</svg><span class="count">${number(count)}</span>`;
      if (href === undefined) return html`<li><div>${line}</div></li>`;
      return current
        ? html`<li><a href="${href}" aria-current="true">${line}<span class="unseen">, shown alone; show all</span></a></li>`
        : html`<li><a href="${href}">${line}</a></li>`;
    },
  )}</ul></div>`;
}

function table(chart: Chart): Html {
  const { bars, causes, bucketMs } = chart;
  const rows = bars.flatMap((bar, i) => (bar.accepted + bar.refused > 0 ? [{ ...bar, i }] : [])).reverse();
  return html`<details class="chart-table"><summary class="small">As a table</summary>
<div class="scroll" tabindex="0" role="region" aria-label="Attempts over time, as a table"><table class="small">
<thead><tr><th scope="col">From</th><th scope="col">Accepted</th><th scope="col">Refused</th>${causes.map(({ name }) => html`<th scope="col">${capital(name)}</th>`)}</tr></thead>
<tbody>${rows.map(
    ({ at, accepted, refused, i }) =>
      html`<tr><th scope="row">${moment(at, bucketMs)}</th><td>${accepted}</td><td>${refused}</td>${causes.map(({ counts }) => html`<td>${counts[i] ?? 0}</td>`)}</tr>`,
  )}</tbody>
</table></div></details>`;
}

function total(bars: readonly ChartBar[], of: 'accepted' | 'refused'): number {
  return bars.reduce((sum, bar) => sum + bar[of], 0);
}

function peak(bars: readonly ChartBar[], of: 'accepted' | 'refused'): number {
  return bars.reduce((most, bar) => Math.max(most, bar[of]), 0);
}

function height(count: number, most: number, room: number): number {
  return count === 0 ? 0 : round(Math.max(LEAST, (count / most) * room));
}

function round(x: number): number {
  return Math.round(x * 10) / 10;
}

/** `1,204` */
export function number(n: number): string {
  return n.toLocaleString('en');
}

const DAY_MS = 86_400_000;

const PER: readonly (readonly [ms: number, one: string, unit: string])[] = [
  [DAY_MS, 'a day', 'days'],
  [3_600_000, 'an hour', 'hours'],
  [60_000, 'a minute', 'minutes'],
  [1_000, 'a second', 'seconds'],
];

/** `an hour`, `in 3 hours` */
function per({ bucketMs }: Chart): string {
  for (const [ms, one, unit] of PER) {
    if (bucketMs === ms) return one;
    if (bucketMs % ms === 0) return `in ${bucketMs / ms} ${unit}`;
  }
  return '';
}

/** When a stretch begins; the time of the day only where it is shorter than one. */
function moment(at: number, bucketMs: number): Html {
  const iso = new Date(at).toISOString();
  return html`<time datetime="${iso}">${asShown(bucketMs % DAY_MS === 0 ? iso.slice(0, 10) : `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`)}</time>`;
}
