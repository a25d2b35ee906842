/**
 * A lineage as a picture, twice: left to right, and top to bottom for a phone (the style sheet shows one of them), with a
 * nested list that says the same. A standing is told by outline, sign and word, and by colour only besides.
 */
import { type Html, html, visible } from './html.ts';
import type { LineageNode, Shape } from './lineage.ts';

/** Everything in pixels of a drawing; it is shown in rem, so that it grows with the page's text. */
const BOX = { width: 150, height: 66, gap: 26, between: 14 } as const;
const INDENT = 18;
const EDGE = 2;
const PX_PER_REM = 18;
/** Characters that fit into a box, in the words' face and in the fixed one. */
const FIT = { words: 20, fixed: 18, standing: 18 } as const;

const SIGNS: Readonly<Record<Shape, string>> = {
  decision: '◆',
  live: '●',
  spent: '✓',
  over: '○',
  dead: '✗',
  owed: '!',
  more: '',
};

/** A box in its place. */
interface Placed {
  readonly node: LineageNode;
  readonly x: number;
  readonly y: number;
  readonly from?: Placed;
}

/** Renders all three. */
export function lineageDrawing(root: LineageNode): Html {
  const label = 'What came of this decision, drawn; the list below says the same';
  return html`<div class="lineage stack-near">
<div class="across">${drawing(across(root), label, elbowAcross)}</div>
<div class="down">${drawing(down(root), label, elbowDown)}</div>
<details><summary class="small">The same as a list</summary>${listOf([root])}</details>
</div>`;
}

/**
 * Left to right: a column for each step from the decision, and in it the first free row from its parent's on. What goes on
 * keeps all columns behind it free, so that no line crosses a box.
 */
function across(root: LineageNode): readonly Placed[] {
  const placed: Placed[] = [];
  const filled: Set<number>[] = [];
  const isFree = (column: number, row: number): boolean => !filled[column]?.has(row);
  const put = (node: LineageNode, column: number, row: number, from?: Placed): void => {
    const behind = node.below.length === 0 ? column + 1 : filled.length;
    let at = row;
    while (![...Array(Math.max(1, behind - column)).keys()].every((i) => isFree(column + i, at))) at += 1;
    filled[column] = (filled[column] ?? new Set()).add(at);
    const x = EDGE + column * (BOX.width + BOX.gap);
    const one: Placed = { node, x, y: EDGE + at * (BOX.height + BOX.between), ...(from && { from }) };
    placed.push(one);
    for (const child of node.below) put(child, column + 1, at, one);
  };
  put(root, 0, 0);
  return placed;
}

/** Top to bottom: one below the other, indented; what ends there comes before what goes on. */
function down(root: LineageNode): readonly Placed[] {
  const placed: Placed[] = [];
  const put = (node: LineageNode, depth: number, from?: Placed): void => {
    const y = EDGE + placed.length * (BOX.height + BOX.between);
    const one: Placed = { node, x: EDGE + depth * INDENT, y, ...(from && { from }) };
    placed.push(one);
    const ends = node.below.filter(({ below }) => below.length === 0);
    const goesOn = node.below.filter(({ below }) => below.length > 0);
    for (const child of [...ends, ...goesOn]) put(child, depth + 1, one);
  };
  put(root, 0);
  return placed;
}

type Elbow = (from: Placed, to: Placed) => string;

const elbowAcross: Elbow = (from, to) => {
  const [y1, y2, middle] = [from.y + BOX.height / 2, to.y + BOX.height / 2, to.x - BOX.gap / 2];
  return `M${from.x + BOX.width} ${y1}H${middle}V${y2}H${to.x}`;
};

const elbowDown: Elbow = (from, to) =>
  `M${from.x + INDENT / 2} ${from.y + BOX.height}V${to.y + BOX.height / 2}H${to.x}`;

function drawing(placed: readonly Placed[], label: string, elbow: Elbow): Html {
  const width = Math.max(...placed.map(({ x }) => x)) + BOX.width + EDGE;
  const height = Math.max(...placed.map(({ y }) => y)) + BOX.height + EDGE;
  const lines = placed.flatMap((to) => (to.from ? [elbow(to.from, to)] : []));
  return html`<svg role="img" aria-label="${label}" width="${width / PX_PER_REM}rem" viewBox="0 0 ${width} ${height}">
<path class="edge" d="${lines.join('')}"/>
${placed.map(box)}</svg>`;
}

/** A nested drawing clips what is too wide for it. */
function box({ node: { shape, title, name, standing }, x, y }: Placed): Html {
  const sign = SIGNS[shape] === '' ? '' : `${SIGNS[shape]} `;
  return html`<svg x="${x}" y="${y}" width="${BOX.width}" height="${BOX.height}" class="node ${shape}">
<path class="box" d="${outline(shape)}"/>
<text x="13" y="22" class="title">${clipped(title, FIT.words)}</text>
<text x="13" y="40" class="name">${clipped(name, FIT.fixed)}</text>
<text x="13" y="57" class="standing">${sign}${clipped(standing, FIT.standing)}</text>
</svg>`;
}

/** A ticket for the decision, cut corners for what is dead, round ones for what lives, square ones for what is over. */
function outline(shape: Shape): string {
  const [w, h, e] = [BOX.width - 1.5, BOX.height - 1.5, 1.5];
  const middle = BOX.height / 2;
  switch (shape) {
    case 'decision':
      return `M${e} ${e}H${w}V${middle - 7}a7 7 0 0 0 0 14V${h}H${e}V${middle + 7}a7 7 0 0 0 0 -14Z`;
    case 'dead':
      return `M${e + 9} ${e}H${w - 9}L${w} ${e + 9}V${h - 9}L${w - 9} ${h}H${e + 9}L${e} ${h - 9}V${e + 9}Z`;
    case 'live':
    case 'owed':
      return `M${e + 9} ${e}H${w - 9}a9 9 0 0 1 9 9V${h - 9}a9 9 0 0 1 -9 9H${e + 9}a9 9 0 0 1 -9 -9V${e + 9}a9 9 0 0 1 9 -9Z`;
    default:
      return `M${e} ${e}H${w}V${h}H${e}Z`;
  }
}

function clipped(text: string, fit: number): string {
  const characters = [...visible(text, 100)];
  return characters.length > fit ? `${characters.slice(0, fit - 1).join('')}…` : characters.join('');
}

function listOf(nodes: readonly LineageNode[]): Html {
  return html`<ul>${nodes.map(
    ({ title, name, standing, below }) =>
      html`<li><p class="small">${visible(title, 100)} <code>${visible(name, 100)}</code>${standing !== '' && `: ${visible(standing)}`}</p>${below.length > 0 && listOf(below)}</li>`,
  )}</ul>`;
}
