import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dashedSetupCode } from './setup-code.ts';
import { decodeSetupPayload, encodeSetupPayload, type SetupPayload } from './setup-payload.ts';

const LAMP: SetupPayload = {
  setupCode: '031-45-154',
  setupId: '1QJ8',
  category: 5,
  ip: true,
  ble: false,
  paired: false,
};

/** The text of a 46-bit number, built with BigInt and apart from the code under test. */
function textOf(number: bigint, setupId = '1QJ8'): string {
  return `X-HM://${number.toString(36).toUpperCase().padStart(9, '0')}${setupId}`;
}

const payloads: fc.Arbitrary<SetupPayload> = fc.record({
  setupCode: fc.nat({ max: 99_999_999 }).map((n) => dashedSetupCode(String(n).padStart(8, '0')) ?? ''),
  setupId: fc.stringMatching(/^[0-9A-Z]{4}$/),
  category: fc.nat({ max: 255 }),
  ip: fc.boolean(),
  ble: fc.boolean(),
  paired: fc.boolean(),
});

describe('setup payloads', () => {
  it('has each field at its bits', () => {
    expect(encodeSetupPayload(LAMP)).toBe(textOf((5n << 31n) | (1n << 28n) | 3_145_154n));
    expect(encodeSetupPayload({ ...LAMP, ble: true, paired: true, category: 255 })).toBe(
      textOf((255n << 31n) | (7n << 27n) | 3_145_154n),
    );
  });

  it('what is written is read again', () => {
    fc.assert(
      fc.property(payloads, (payload) => {
        const text = encodeSetupPayload(payload);
        expect(text).toMatch(/^X-HM:\/\/[0-9A-Z]{13}$/);
        expect(decodeSetupPayload(text)).toEqual({ ok: true, payload });
        expect(decodeSetupPayload(` ${text.toLowerCase()}\n`)).toEqual({ ok: true, payload });
      }),
    );
  });

  it('reserved bits change nothing', () => {
    const number = (15n << 39n) | (5n << 31n) | (1n << 30n) | (1n << 28n) | 3_145_154n;
    expect(decodeSetupPayload(textOf(number))).toEqual({ ok: true, payload: LAMP });
  });

  it.each([
    ['', 'scheme'],
    ['https://example.com/', 'scheme'],
    ['0023ISYWY1QJ8', 'scheme'],
    ['X-HM://', 'length'],
    ['X-HM://0023ISYWY', 'length'],
    [`X-HM://${'0'.repeat(14)}`, 'length'],
    [`X-HM://${'0'.repeat(100_000)}`, 'length'],
    ['X-HM://0023-SYWY1QJ8', 'characters'],
    ['X-HM://0023ISYWYé1QJ', 'characters'],
    ['X-HM://0023\u0131SYWY1QJ8', 'characters'],
    [textOf(1n << 43n), 'version'],
    [textOf(1n << 46n), 'version'],
    ['X-HM://ZZZZZZZZZ1QJ8', 'version'],
    [textOf(100_000_000n), 'code'],
    [textOf((1n << 27n) - 1n), 'code'],
  ])('%j is none: %s', (text, fault) => {
    expect(decodeSetupPayload(text)).toEqual({ ok: false, fault });
  });

  it('any text is answered, and what is read can be written', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^X-HM:\/\/[0-9A-Z]{12,14}$/)), (text) => {
        const read = decodeSetupPayload(text);
        if (read.ok) expect(decodeSetupPayload(encodeSetupPayload(read.payload))).toEqual(read);
      }),
    );
  });

  it.each([
    { setupCode: '1234' },
    { setupId: 'abcd' },
    { setupId: 'ABCDE' },
    { category: 256 },
    { category: -1 },
    { category: 1.5 },
  ])('%j cannot be written', (wrong) => {
    expect(() => encodeSetupPayload({ ...LAMP, ...wrong })).toThrow(RangeError);
  });
});
