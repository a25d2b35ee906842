import { describe, expect, it } from 'vitest';
import type { Effect } from '../../core/model.ts';
import { effectsOwed } from './effects.ts';
import { STOP_WORDS } from './ownership.ts';
import { isMarked, NEW_OWNER_LISTED, nextError, planOf, progressOfEffects, stepOf } from './ownership-effect.ts';

const PAIRING = { id: 'A1', publicKey: 'key', role: 'admin' } as const;
const scopes = ['home:hall:direct', 'home:desk:direct'];
const owed = (act?: 'additional' | 'transfer' | 'reset'): readonly Effect[] =>
  effectsOwed(
    { grant: 'gr_1', scopes, ...(act !== 'reset' && { pairing: PAIRING }), ...(act && { act }) },
    1,
    () => 'ef_1',
  );
const one = (change: Partial<Effect> = {}): Effect => ({ ...(owed('transfer')[0] as Effect), ...change });

describe('an ownership effect', () => {
  it('is one for each accessory, and says its act and the administrator to be; a reset has none', () => {
    const pairing = { id: 'A1', key: 'key', admin: true };
    expect(owed('transfer').map(({ target, kind }) => [target, kind])).toEqual([
      ['hall', 'ownership'],
      ['desk', 'ownership'],
    ]);
    expect(owed('transfer').map(planOf)).toEqual([
      { act: 'transfer', pairing },
      { act: 'transfer', pairing },
    ]);
    expect(owed('additional').map(planOf)[0]).toEqual({ act: 'additional', pairing });
    expect(owed('reset').map(planOf)[0]).toEqual({ act: 'reset' });
    expect(owed().map(planOf)).toEqual([undefined, undefined]);
  });

  it('keeps its mark through every later failure, and has none before', () => {
    expect(isMarked(one())).toBe(false);
    expect(nextError(one(), 'unplugged')).toBe('unplugged');
    const marked = one({ lastError: NEW_OWNER_LISTED });
    const failed = one({ lastError: nextError(marked, 'unplugged') });
    expect(isMarked(failed)).toBe(true);
    expect(nextError(failed, 'closed')).toBe(`${NEW_OWNER_LISTED}; last try: closed`);
    expect(nextError(failed, NEW_OWNER_LISTED)).toBe(NEW_OWNER_LISTED);
  });

  it('stands at the step that comes next, as far as its last try tells', () => {
    expect(stepOf(one())).toEqual({ do: 'list', as: 'old' });
    expect(stepOf(one({ lastError: 'unplugged' }))).toEqual({ do: 'list', as: 'old' });
    expect(stepOf(one({ lastError: `${NEW_OWNER_LISTED}; last try: unplugged` }))).toEqual({ do: 'list', as: 'new' });
    expect(stepOf(one({ state: 'done' }))).toEqual({ do: 'done' });
    for (const [why, { say }] of Object.entries(STOP_WORDS))
      expect(stepOf(one({ lastError: say }))).toEqual({ do: 'stop', why });
  });

  it('counts in the progress until its grant ends', () => {
    const effects = [
      one({ target: 'hall', state: 'done' }),
      one({ target: 'desk', lastError: NEW_OWNER_LISTED }),
      one({ target: 'shed', state: 'undoing' }),
    ];
    expect(progressOfEffects(effects).say).toBe('1 of 2 accessories done; desk waiting for the new owner to connect');
  });
});
