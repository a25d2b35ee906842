import { describe, expect, it } from 'vitest';
import { caseFrom, type KeyFacts } from '../case.ts';
import { keyLength } from './key-length.ts';

const RAW = Buffer.alloc(32, 7);
const ltpk = (text: string) => keyLength.check(caseFrom(`ltpk: ${text}`));
const refused = (cause: string, bytes: number) => ({
  outcome: 'fail',
  cause,
  expected: '32 bytes',
  presented: `${bytes} bytes after base64`,
});

describe('signed-code.key-length', () => {
  it('passes 32 bytes in base64 or base64url', () => {
    for (const text of [RAW.toString('base64'), RAW.toString('base64url')])
      expect(ltpk(text)).toEqual({ outcome: 'pass', presented: '32 bytes' });
  });

  it('refuses as hex what was written so and read as base64', () => {
    expect(ltpk(RAW.toString('hex'))).toEqual(refused('hex', 48));
  });

  it('refuses as text what was encoded twice', () => {
    expect(ltpk(Buffer.from(RAW.toString('base64')).toString('base64'))).toEqual(refused('text', 44));
  });

  it('refuses as der a whole SPKI', () => {
    const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), RAW]);
    expect(ltpk(spki.toString('base64'))).toEqual(refused('der', 44));
  });

  it('refuses as pair 64 bytes', () => {
    expect(ltpk(Buffer.alloc(64, 7).toString('base64'))).toEqual(refused('pair', 64));
  });

  it('refuses as length any other', () => {
    expect(ltpk(Buffer.alloc(31, 7).toString('base64'))).toEqual(refused('length', 31));
    expect(ltpk(Buffer.alloc(33, 7).toString('base64'))).toEqual(refused('length', 33));
  });

  it('skips without one', () => {
    const none: { readonly key?: KeyFacts } = caseFrom('Bad ed25519 signature');
    expect(none.key).toBeUndefined();
    expect(keyLength.check(caseFrom('Bad ed25519 signature')).outcome).toBe('skip');
  });
});
