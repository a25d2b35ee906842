import { describe, expect, it } from 'vitest';
import { type AccessCase, readKey } from '../access.ts';
import { merchantKey } from './merchant-key.ts';

const NOW = Date.UTC(2026, 0);
const sound: AccessCase = {
  now: NOW,
  key: 'read',
  code: { id: 'cd_1', state: 'live', until: NOW, generation: 3 },
  merchant: { id: 'gr_1', to: 'merchant:acme', state: 'active', until: null },
  generation: 3,
};
const { code = undefined, merchant = undefined, ...bare } = sound;

describe('payments.merchant-key', () => {
  it('lets in a living key of a living merchant, to the last millisecond of both', () => {
    expect(merchantKey.check(sound).outcome).toBe('pass');
    expect(merchantKey.check({ ...sound, merchant: { ...merchant, until: NOW } as never }).outcome).toBe('pass');
  });

  it.each([
    ['absent', { ...bare, key: 'absent' }],
    ['malformed', { ...bare, key: 'malformed', detail: 'expected 29 letters and digits, got 5' }],
    ['unknown', bare],
    ['revoked', { ...sound, code: { ...code, state: 'revoked' } }],
    ['expired', { ...sound, now: NOW + 1 }],
    ['restored', { ...sound, generation: 4 }],
    ['merchant-ended', { ...sound, merchant: { ...merchant, state: 'revoked' } }],
    ['merchant-ended', { ...sound, merchant: { ...merchant, until: NOW - 1 } }],
  ] as const)('refuses: %s', (cause, c) => {
    expect(merchantKey.check(c as AccessCase)).toMatchObject({ outcome: 'fail', cause });
  });

  it('says that the merchant has ended, not that its key was revoked with it', () => {
    const dead = { ...sound, code: { ...code, state: 'revoked' }, merchant: { ...merchant, state: 'revoked' } };
    expect(merchantKey.check(dead as AccessCase)).toMatchObject({ cause: 'merchant-ended' });
  });
});

describe('a key is read', () => {
  it('as what stands behind Bearer, in any case', () => {
    const body = `A1${'b'.repeat(27)}`;
    expect(readKey(`bearer cfp_${body}`)).toMatchObject({ key: 'read' });
    expect(readKey(`Bearer   ${body}`)).toEqual(readKey(`BEARER cfp_${body}`));
  });

  it.each([undefined, ''])('as absent: %j', (field) => {
    expect(readKey(field)).toEqual({ key: 'absent' });
  });

  it.each([
    'Bearer',
    'Basic YTpi',
    'Bearer a b',
    'Bearer cfa_12',
    `Bearer ${'a'.repeat(2_000)}`,
    'Bearer 4111111111111111',
  ])('as malformed, and nothing of it is repeated: %s', (field) => {
    const read = readKey(field);
    expect(read).toMatchObject({ key: 'malformed' });
    expect(JSON.stringify(read)).not.toContain('4111111111111111');
  });
});
