/** What came of an attempt, as lists say it. */
import type { Verdict } from '../../core/verdict.ts';
import { NONCE_ASKED, nonceAsked } from '../../profiles/oauth/nonce-asked.ts';
import type { Shown } from './code-state.ts';
import type { Mark } from './text.ts';

/** A word, its sign, and more words where the first is not enough. */
export interface Came extends Shown {
  readonly mark: Mark;
  readonly because?: string;
}

/** `accepted`, `refused`, or `asked`: for a nonce, which is no fault of anybody's. */
export function came(verdict: Pick<Verdict, 'ok' | 'decisive' | 'checks'>): Came {
  if (verdict.ok) return { word: 'accepted', tone: 'good', mark: 'pass' };
  if (nonceAsked(verdict)) return { word: 'asked', tone: 'faint', mark: 'skip', because: NONCE_ASKED };
  return { word: 'refused', tone: 'bad', mark: 'fail' };
}
