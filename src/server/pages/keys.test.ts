import { createPublicKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { keyList } from '../key-list.ts';
import { deriveKeys } from '../keys.ts';
import { render } from './html.ts';
import { keyRows } from './keys.ts';

const DAY_MS = 86_400_000;
/** When a period of 30 days begins. */
const START = 690 * 30 * DAY_MS;

const keys = deriveKeys(new Uint8Array(32).fill(7));
const audit = createPublicKey(keys.codes.privateKey).export({ format: 'pem', type: 'spki' }) as string;

/** For each sealing key on the page at a time, in order: is it tagged as the one before? */
function tagged(now: number): boolean[] {
  const controller = { id: 'hub', publicKey: new Uint8Array(32) };
  const page = render(keyRows(keyList({ keys, audit, controller, master: 'a file', now }), now));
  return page
    .split('<li')
    .filter((row) => row.includes('>Sealing'))
    .map((row) => row.includes('>the one before<'));
}

describe('the list of keys', () => {
  it('tags the sealing key of the month before, and never the one in force', () => {
    expect(tagged(START)).toEqual([false, true]);
    expect(tagged(START + DAY_MS - 1)).toEqual([false, true]);
    expect(tagged(START + DAY_MS)).toEqual([false]);
    expect(tagged(START + 30 * DAY_MS - DAY_MS / 2)).toEqual([false]);
    expect(tagged(START + 30 * DAY_MS - 1)).toEqual([false]);
  });
});
