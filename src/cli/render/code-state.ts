/** What a code, token or grant is good for at a moment, in one word and a tone. */
import type { Code, Effect, Grant } from '../../core/model.ts';
import { shortId } from './id.ts';
import type { Tone } from './line.ts';

/** A state as shown. */
export interface Shown {
  readonly word: string;
  readonly tone: Tone;
}

/**
 * `live`, `used`, `expired`, `burned`, `revoked`, `superseded by cd_…`: used rows are kept, so the four ends differ.
 * With its grant at hand, a code of a revoked grant is `revoked`: it died with it, though its own row is untouched.
 */
export function codeState(code: Code, now: number, grant?: Grant): Shown {
  if (code.state === 'superseded') {
    return { word: code.next ? `superseded by ${shortId(code.next)}` : 'superseded', tone: 'faint' };
  }
  if (code.state !== 'live') return { word: code.state, tone: 'bad' };
  if (code.total !== null && code.used >= code.total) return { word: 'used', tone: 'faint' };
  if (grant?.state === 'revoked') return { word: 'revoked', tone: 'bad' };
  if (now > code.until) return { word: 'expired', tone: 'caution' };
  return { word: 'live', tone: 'good' };
}

/** The grant's own state, `expired` where its time is over. */
export function grantState(grant: Grant, now: number): Shown {
  if (grant.state === 'revoked') return { word: `revoked${grant.endedBy ? ` (${grant.endedBy})` : ''}`, tone: 'bad' };
  if (grant.state === 'active' && grant.until !== null && now >= grant.until)
    return { word: 'expired', tone: 'caution' };
  return { word: grant.state, tone: grant.state === 'active' ? 'good' : 'caution' };
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
