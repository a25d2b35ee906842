import { describe, expect, it } from 'vitest';
import { HOSTILE } from '../../../test/support/hostile.ts';
import { sampleLife } from '../../../test/support/sample-grants.ts';
import { render } from './html.ts';
import { type LineageInput, type LineageNode, lineageOf } from './lineage.ts';
import { lineageDrawing } from './lineage-drawing.ts';

const same = (text: string): string => text;

function input(refreshes: number, state?: 'revoked'): LineageInput {
  const { now, ...timeline } = sampleLife(same, refreshes, state);
  return { timeline, now, generation: 1 };
}

/** Every node as a path of its titles, parents first. */
function paths(node: LineageNode, above = ''): string[] {
  const path = `${above}/${node.title} ${node.name}`;
  return [path, ...node.below.flatMap((child) => paths(child, path))];
}

const standings = (node: LineageNode): string[] => [node.standing, ...node.below.flatMap(standings)];
const all = (node: LineageNode): LineageNode[] => [node, ...node.below.flatMap(all)];

describe('the lineage of a grant', () => {
  it('hangs each token below what it was exchanged for, and a pairing below the code', () => {
    const [, first, second, ...rest] = paths(lineageOf(input(1)));
    expect(first).toMatch(/^\/Allowed by ada\/Authorization code cd_1AV7M3K4R2$/);
    expect(second).toBe(`${first}/Authorization code cd_2BV7M3K4R2`);
    expect(rest.map((path) => path.slice(second?.length))).toEqual([
      '/Refresh token cd_R00000M3K4',
      '/Refresh token cd_R00000M3K4/Refresh token cd_R00001M3K4',
      '/Refresh token cd_R00000M3K4/Access token cd_A00001M3K4',
      '/Access token cd_A00000M3K4',
      '/Pairing on lamp 0E9C5D3A-71B2-4C11-9D0E-5A1B77C05100',
    ]);
  });

  it('says of each where it stands', () => {
    expect(standings(lineageOf(input(1)))).toEqual([
      'until revoked',
      'renewed',
      'used after 12 s',
      'used after 60 min',
      'live, 30 d left',
      'live, 49 min left',
      'expired 11 min ago',
      'still due',
    ]);
    expect(all(lineageOf(input(1, 'revoked'))).map(({ shape }) => shape)).toEqual([
      'decision',
      'spent',
      'spent',
      'spent',
      'dead',
      'dead',
      'dead',
      'owed',
    ]);
  });

  it('of a year of refreshes keeps the first, the last two, and how many there are between', () => {
    const nodes = all(lineageOf(input(8_760)));
    const refresh = nodes.filter(({ title }) => title === 'Refresh token').map(({ name }) => name);
    expect(refresh).toEqual(['cd_R00000M3K4', 'cd_R08759M3K4', 'cd_R08760M3K4']);
    expect(nodes.filter(({ shape }) => shape === 'more').map(({ title }) => title)).toEqual(['… 8,758 more']);
    expect(nodes.length).toBeLessThan(12);
    expect(all(lineageOf({ ...input(8_760), more: true })).map(({ title }) => title)).toContain(
      '… at least 8,758 more',
    );
  });

  it.each([0, 1, 2, 3, 4, 5, 9])('of %i refreshes counts every refresh token once, shown or left out', (refreshes) => {
    const nodes = all(lineageOf(input(refreshes)));
    const left = nodes.find(({ shape }) => shape === 'more')?.title.match(/\d+/)?.[0] ?? '0';
    const shown = nodes.filter(({ title }) => title === 'Refresh token').length;
    expect(shown + Number(left)).toBe(refreshes + 1);
    expect(left).not.toBe('1');
  });

  it('of a decision that nothing came of is the decision alone', () => {
    const { timeline, ...rest } = input(0);
    const grant = { ...timeline.grant, state: 'denied' as const };
    expect(lineageOf({ ...rest, timeline: { grant, codes: [], effects: [] } })).toEqual({
      shape: 'decision',
      title: 'Turned down by',
      name: 'ada',
      standing: 'denied',
      below: [],
    });
  });

  it('tells a code of before a restored backup', () => {
    const { timeline, ...rest } = input(0);
    expect(standings(lineageOf({ ...rest, timeline, generation: 2 }))).toContain('ended by a restore');
  });
});

describe('its drawing', () => {
  const boxes = (drawing: string): { x: number; y: number }[] =>
    [...drawing.matchAll(/<svg x="(\d+)" y="(\d+)"/g)].map(([, x, y]) => ({ x: Number(x), y: Number(y) }));

  it.each([0, 1, 2, 5, 40])('of %i refreshes puts no box upon another, in either direction', (refreshes) => {
    const drawn = render(lineageDrawing(lineageOf(input(refreshes))));
    const [, across = '', down = ''] = drawn.split(/class="(?:across|down)"/);
    for (const drawing of [across, down]) {
      const placed = boxes(drawing);
      expect(placed).toHaveLength(all(lineageOf(input(refreshes))).length);
      for (const [i, a] of placed.entries())
        for (const b of placed.slice(i + 1)) expect(Math.abs(a.x - b.x) >= 150 || Math.abs(a.y - b.y) >= 66).toBe(true);
    }
  });

  it('says every standing by a sign and a word, and the same in its list', () => {
    const root = lineageOf(input(2));
    const drawn = render(lineageDrawing(root));
    const list = drawn.slice(drawn.indexOf('<details>'));
    for (const { standing, name } of all(root)) {
      expect(drawn).toMatch(new RegExp(`[◆●✓○✗!] ${standing.slice(0, 17)}`));
      expect(list).toContain(name);
      expect(list).toContain(standing);
    }
  });

  it('shows hostile names as text', () => {
    for (const text of HOSTILE) {
      const { now, ...timeline } = sampleLife(() => text, 1);
      const drawn = render(lineageDrawing(lineageOf({ timeline, now, generation: 1 })));
      expect(drawn).not.toMatch(/<script|<img|<iframe|<style|\u202e/i);
    }
  });
});
