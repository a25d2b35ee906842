import { createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openText, sealText } from './secret-record.ts';

const key = createSecretKey(randomBytes(32));

describe('a sealed record', () => {
  it('opens with its key and at its place, and says nothing of what is in it', () => {
    const sealed = sealText(key, 'device:lamp', 'setup code 031-45-154');
    expect(openText(key, 'device:lamp', sealed)).toBe('setup code 031-45-154');
    expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('031');
    expect(sealText(key, 'device:lamp', 'setup code 031-45-154')).not.toBe(sealed);
  });

  it('opens nowhere else, with no other key, and not when any byte of it was changed', () => {
    const sealed = sealText(key, 'device:lamp', 'x');
    expect(openText(key, 'device:hub', sealed)).toBeUndefined();
    expect(openText(createSecretKey(randomBytes(32)), 'device:lamp', sealed)).toBeUndefined();
    const bytes = Buffer.from(sealed, 'base64url');
    for (let i = 0; i < bytes.length; i++) {
      const altered = Buffer.from(bytes);
      altered[i] = (altered[i] ?? 0) ^ 1;
      expect(openText(key, 'device:lamp', altered.toString('base64url'))).toBeUndefined();
    }
    for (const text of ['', 'AAAA', sealed.slice(0, 20)]) expect(openText(key, 'device:lamp', text)).toBeUndefined();
  });
});
