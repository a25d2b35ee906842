import { describe, expect, it } from 'vitest';
import { EXPIRED, effectsOwed, effectWords, expired, LAST_ERRORS, nextExpiry } from './effects.ts';

const pairing = { id: 'A1', publicKey: 'x'.repeat(43), role: 'user' as const };
let made = 0;
const newId = (): string => `ef_${++made}`;

describe('effects of a direct grant', () => {
  it('are one pairing for each accessory that was named, as a user', () => {
    const scopes = ['home:lamp:direct', 'home:door:direct', 'home:lamp:direct', 'home:oven:rw', 'openid'];
    const owed = effectsOwed({ grant: 'gr_1', scopes, pairing }, 1_000, newId);
    expect(owed.map(({ target }) => target)).toEqual(['lamp', 'door']);
    expect(owed[0]).toMatchObject({
      grant: 'gr_1',
      kind: 'pairing',
      state: 'due',
      attempts: 0,
      nextAt: 1_000,
      rev: 1,
      data: { pairing_id: 'A1', public_key: pairing.publicKey, permissions: 0 },
    });
    expect(new Set(owed.map(({ id }) => id)).size).toBe(2);
  });

  it('are an administrator only where the role says so, and none for capabilities through the hub', () => {
    const owed = (scopes: readonly string[], role: 'user' | 'admin'): unknown =>
      effectsOwed({ grant: 'gr_1', scopes, pairing: { ...pairing, role } }, 0, newId).map(
        ({ data }) => data['permissions'],
      );
    expect(owed(['home:lamp:direct'], 'admin')).toEqual([1]);
    expect(owed(['home:*:rws', 'lamp:write'], 'user')).toEqual([]);
  });

  it('end with their grant, at the very millisecond', () => {
    const grants = [
      { id: 'past', until: 999, state: 'active' },
      { id: 'now', until: 1_000, state: 'active' },
      { id: 'later', until: 1_001, state: 'active' },
      { id: 'never', until: null, state: 'active' },
      { id: 'over', until: 999, state: 'revoked' },
    ] as const;
    expect(expired(grants, 1_000).map(({ id }) => id)).toEqual(['past', 'now']);
    expect(nextExpiry(grants, 1_000)).toBe(1_001);
    expect(nextExpiry(grants, 1_001)).toBe(undefined);
    expect(EXPIRED).toBe('grant-expired');
  });

  it('are told as they stand, and done only when read back', () => {
    const words = (state: 'due' | 'done' | 'undoing' | 'undone', attempts = 0, lastError?: string): unknown =>
      effectWords({ state, attempts, target: 'lamp', ...(lastError !== undefined && { lastError }) });
    expect(words('done', 1)).toEqual({ state: 'done, read back' });
    expect(words('undone', 1)).toEqual({ state: 'undone' });
    expect(words('due')).toEqual({ state: 'still due', detail: 'not tried yet' });
    expect(words('due', 1, 'unplugged')).toEqual({ state: 'still due', detail: 'tried 1 time: unplugged' });
    expect(words('undoing', 2, 'unplugged')).toEqual({ state: 'undoing', detail: 'tried 2 times: unplugged' });
  });

  it('raise an alarm when an accessory says one thing and lists another, and when a removal waits', () => {
    const alarm = (state: 'due' | 'undoing', attempts: number, lastError: string): string | undefined =>
      effectWords({ state, attempts, target: 'lamp', lastError }).alarm;
    expect(alarm('undoing', 1, LAST_ERRORS.kept)).toContain('still has it');
    expect(alarm('due', 1, LAST_ERRORS.kept)).toContain('still has it');
    expect(alarm('due', 1, LAST_ERRORS.lost)).toContain('does not list the pairing');
    expect(alarm('undoing', 4, 'unplugged')).toContain('the pairing still opens it');
    expect(alarm('due', 40, 'unplugged')).toBe(undefined);
  });
});
