/** Words that several pages say alike. */
import type { Audience } from '../../core/verdict.ts';
import { capital } from './html.ts';

/** Who can carry out a fix, as it stands behind one. */
export const AUDIENCES: Readonly<Record<Audience, string>> = {
  client: 'in the app',
  owner: 'account owner',
  operator: 'on this hub',
  issuer: 'issuer',
};

/** Lower-case words as a sentence; the words stay as they are. */
export function sentence(words: string): string {
  return capital(words) + (/[.!?…]$/.test(words) ? '' : '.');
}
