import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createOpener, createSealer, FRAME_MAX } from './frames.ts';

const key = randomBytes(32);

describe('session frames', () => {
  it.each([1, 2, 17, 1_042, 1_043, 100_000])('open to what was sealed, in pieces of %i bytes', (step) => {
    const plain = randomBytes(10 * FRAME_MAX + 5);
    const sealed = createSealer(key)(plain);
    expect(sealed.length).toBe(plain.length + 11 * 18);
    const opener = createOpener(key);
    const parts: Buffer[] = [];
    for (let at = 0; at < sealed.length; at += step) {
      const opened = opener.push(sealed.subarray(at, at + step));
      expect(opened.ok).toBe(true);
      if (opened.ok) parts.push(opened.plain);
      expect(opener.held()).toBeLessThan(FRAME_MAX + 18);
    }
    expect(Buffer.concat(parts).equals(plain)).toBe(true);
    expect([opener.frames(), opener.held()]).toEqual([11, 0]);
  });

  it('count on over several messages', () => {
    const sealer = createSealer(key);
    const opener = createOpener(key);
    for (const text of ['one', 'two']) expect(opener.push(sealer(Buffer.from(text)))).toMatchObject({ ok: true });
    expect(opener.frames()).toBe(2);
  });

  it('end for good at a replayed, reordered, altered or foreign frame, and name its number', () => {
    const sealer = createSealer(key);
    const [one, two] = [sealer(Buffer.from('one')), sealer(Buffer.from('two'))];
    const altered = Buffer.from(two);
    altered[altered.length - 1] = (altered.at(-1) ?? 0) ^ 1;
    const cut = Buffer.from(two);
    cut[0] = 2;
    for (const second of [one, altered, cut, createSealer(randomBytes(32))(Buffer.from('x'))]) {
      const opener = createOpener(key);
      expect(opener.push(one).ok).toBe(true);
      expect(opener.push(second)).toEqual({ ok: false, fault: 'tag', frame: 1 });
      expect(opener.push(two)).toEqual({ ok: false, fault: 'tag', frame: 1 });
    }
    expect(createOpener(key).push(two)).toEqual({ ok: false, fault: 'tag', frame: 0 });
  });

  it('end at a length over 1,024 before its bytes have come', () => {
    expect(createOpener(key).push(Buffer.of(1, 4))).toEqual({ ok: false, fault: 'length', frame: 0 });
  });
});
