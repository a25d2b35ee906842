/**
 * Races: four processes, all at once at one code, one refresh token or one DPoP proof, through the profile's own
 * `exchange`, on any store. `--rounds N` multiplies the rounds. One more race is one more `race-*.ts`.
 */
import { afterAll, beforeAll, describe } from 'vitest';
import { codeRaces } from './race-code.ts';
import { dpopRaces } from './race-dpop.ts';
import { refreshRaces } from './race-refresh.ts';
import { openTrack, PROCESSES, type Track } from './race-track.ts';
import type { MakePlace } from './targets.ts';

/** Runs all races on one store. */
export function raceCases(name: string, make: MakePlace): void {
  let open: Track;
  beforeAll(async () => {
    open = await openTrack(make);
  });
  afterAll(() => open?.close());
  const track = (): Track => open;
  describe(`${PROCESSES} processes race on ${name}`, () => {
    codeRaces(track);
    refreshRaces(track);
    dpopRaces(track);
  });
}
