import { describe, expect, it } from 'vitest';
import { code, NOW, signedHandle, tokenCase, without } from '../../../../test/support/oauth-case.ts';
import { codeKnown } from './code-known.ts';

describe('oauth.code-known', () => {
  it('passes a code that this hub minted, by its fingerprint', () => {
    expect(codeKnown.check(tokenCase())).toEqual({ outcome: 'pass', presented: code().id.slice(0, 13) });
  });

  it('refuses as `unknown`, and says nothing of what came', () => {
    expect(codeKnown.check(without(tokenCase(), 'code'))).toEqual({ outcome: 'fail', cause: 'unknown' });
  });

  it('leaves a signed code whose time has ended to its signature', () => {
    const ended = { ...signedHandle(), until: NOW - 1 };
    expect(codeKnown.check(without(tokenCase({ handle: ended }), 'code')).outcome).toBe('skip');
    expect(codeKnown.check(without(tokenCase({ handle: signedHandle() }), 'code'))).toMatchObject({ cause: 'unknown' });
  });

  it('skips what did not come, cannot be read, or cannot be looked up', () => {
    const c = without(tokenCase(), 'code');
    expect(codeKnown.check(without(c, 'handle')).outcome).toBe('skip');
    expect(codeKnown.check({ ...c, handle: { read: 'length', detail: '3 characters' } }).outcome).toBe('skip');
    expect(codeKnown.check({ ...c, offline: true }).outcome).toBe('skip');
  });
});
