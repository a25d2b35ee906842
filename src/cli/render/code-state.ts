/** What a code, token or grant is good for at a moment, in one word and a tone. */
import type { Code, Effect, Grant } from '../../core/model.ts';
import { type CodeStanding, codeStanding, grantStanding, type StandingAt } from '../../server/standing.ts';
import { shortId } from './id.ts';
import type { Tone } from './line.ts';

/** A state as shown. */
export interface Shown {
  readonly word: string;
  readonly tone: Tone;
}

const TONES: Readonly<Record<CodeStanding, Tone>> = {
  live: 'good',
  used: 'faint',
  superseded: 'faint',
  expired: 'caution',
  burned: 'bad',
  revoked: 'bad',
  restored: 'bad',
};

/** `live`, `used`, `expired`, `burned`, `revoked`, `restored`, `superseded by cd_…`; by its grant too, where that is at hand. */
export function codeState(code: Code, at: StandingAt): Shown {
  const standing = codeStanding(code, at);
  const by = standing === 'superseded' && code.next ? ` by ${shortId(code.next)}` : '';
  return { word: standing + by, tone: TONES[standing] };
}

/** The grant's own state, `expired` where its time is over. */
export function grantState(grant: Grant, now: number): Shown {
  const standing = grantStanding(grant, now);
  if (standing === 'revoked') return { word: `revoked${grant.endedBy ? ` (${grant.endedBy})` : ''}`, tone: 'bad' };
  return standing === 'live' ? { word: 'active', tone: 'good' } : { word: standing, tone: 'caution' };
}

/** A device effect is done only when read back and verified. */
export function effectState(effect: Effect): Shown {
  const words = {
    due: 'still due',
    done: 'done, read back',
    undoing: 'still being undone',
    undone: 'undone, read back gone',
  };
  const tone = effect.state === 'done' ? 'good' : effect.state === 'undone' ? 'faint' : 'caution';
  return { word: words[effect.state], tone };
}

/** A purpose in words: `authorization code`. */
export function purposeWords(purpose: string): string {
  return purpose.replaceAll('_', ' ');
}
