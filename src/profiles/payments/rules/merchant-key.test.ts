import { describe, expect, it } from 'vitest';
import type { AccessCase } from '../access.ts';
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

  const refuses = (cause: string, c: object): void =>
    expect(merchantKey.check(c as AccessCase)).toMatchObject({ outcome: 'fail', cause });

  it('absent: no key was named', () => refuses('absent', { ...bare, key: 'absent' }));
  it('malformed: what stands there is none', () =>
    refuses('malformed', { ...bare, key: 'malformed', detail: 'expected 29 letters and digits, got 5' }));
  it('unknown: nobody has it', () => refuses('unknown', bare));
  it('revoked: it was ended', () => refuses('revoked', { ...sound, code: { ...code, state: 'revoked' } }));
  it('expired: its time is over', () => refuses('expired', { ...sound, now: NOW + 1 }));
  it('restored: it is of before a backup was restored', () => refuses('restored', { ...sound, generation: 4 }));
  it('merchant-ended: its grant was revoked, or is over', () => {
    refuses('merchant-ended', { ...sound, merchant: { ...merchant, state: 'revoked' } });
    refuses('merchant-ended', { ...sound, merchant: { ...merchant, until: NOW - 1 } });
  });

  it('says that the merchant has ended, not that its key was revoked with it', () => {
    const dead = { ...sound, code: { ...code, state: 'revoked' }, merchant: { ...merchant, state: 'revoked' } };
    expect(merchantKey.check(dead as AccessCase)).toMatchObject({ cause: 'merchant-ended' });
  });
});
