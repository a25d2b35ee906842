/** What must be true of a database after any death: read past the store, and held against what was acknowledged. */
import { expect } from 'vitest';
import { checkTrail } from '../../src/store/trail.ts';
import { type Line, type StoredHub, type Task, tokenId } from './hub-file.ts';
import type { Place } from './targets.ts';

/** Codes and tokens of one grant. `used` may come as text (PostgreSQL's bigint). */
interface Kept {
  readonly id: string;
  readonly used: number | string;
  readonly body: string;
}

/**
 * Each code was redeemed exactly once, whole: as many access tokens as verdicts of success, one refresh token for the
 * code and one for each used refresh token; and every token that anybody was given is there.
 *
 * @returns how many wins were durable but never heard of
 */
export async function expectWhole(
  place: Pick<Place, 'rows' | 'isWhole'>,
  tasks: readonly Task[],
  heard: readonly Line[],
): Promise<number> {
  if (place.isWhole) expect(await place.isWhole()).toBe(true);
  let unheard = 0;
  for (const { id } of tasks) {
    const kept = await place.rows<Kept>(
      `SELECT id, used, CAST(body AS TEXT) AS body FROM codes
       WHERE grant_id = (SELECT grant_id FROM codes WHERE id = $1)`,
      id,
    );
    const wins = await place.rows<{ code_id: string }>(
      `SELECT code_id FROM verdicts
       WHERE grant_id = (SELECT grant_id FROM codes WHERE id = $1) AND decisive IS NULL`,
      id,
    );
    const of = (purpose: string): Kept[] => kept.filter(({ body }) => body.includes(`"${purpose}"`));
    expect(of('authorization_code').map(({ used }) => Number(used))).toEqual([1]);
    expect(wins.filter((win) => win.code_id === id)).toHaveLength(1);
    expect(of('access_token')).toHaveLength(wins.length);
    const refresh = of('refresh_token').map(({ used }) => Number(used));
    expect(Math.max(...refresh)).toBeLessThanOrEqual(1);
    expect(refresh.filter((used) => used === 0)).toHaveLength(1);
    unheard += 1 - expectAcknowledged(id, heard, new Set(kept.map((one) => one.id)));
  }
  return unheard;
}

/** What was acknowledged for a code is kept; how many heard that they had won it: none or one. */
function expectAcknowledged(id: string, heard: readonly Line[], kept: ReadonlySet<string>): number {
  const all = heard.filter(({ task, status }) => status === 200 && (task === id || task.startsWith(`${id}+`)));
  for (const { said } of all) {
    expect(kept).toContain(tokenId('access_token', said['access_token']));
    expect(kept).toContain(tokenId('refresh_token', said['refresh_token']));
  }
  const winners = all.filter(({ task }) => task === id).length;
  expect(winners).toBeLessThanOrEqual(1);
  return winners;
}

/** No verdict is missing in the audit trail, and none is in it that was not kept: their links went the same way. */
export async function expectTrail({ upkeep }: StoredHub): Promise<void> {
  const { faults, verdicts, links } = await checkTrail(await upkeep.dump(), { holds: () => true });
  expect(faults).toEqual([]);
  expect(Math.min(verdicts, links)).toBeGreaterThan(0);
}
