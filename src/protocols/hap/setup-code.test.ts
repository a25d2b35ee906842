import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkSetupCode,
  dashedSetupCode,
  isValidSetupCode,
  randomSetupCode,
  TRIVIAL_SETUP_CODES,
} from './setup-code.ts';

describe('setup codes', () => {
  it.each(['031-45-154', '03145154', '0314-5154', ' 031 45 154\n'])('%j is one, and its dashes are put in', (text) => {
    expect(checkSetupCode(text)).toBe('ok');
    expect(dashedSetupCode(text)).toBe('031-45-154');
  });

  it('the twelve trivial codes are refused, with dashes and without', () => {
    expect(new Set(TRIVIAL_SETUP_CODES).size).toBe(12);
    for (const code of TRIVIAL_SETUP_CODES) {
      expect(code).toMatch(/^\d{3}-\d\d-\d{3}$/);
      expect(checkSetupCode(code)).toBe('trivial');
      expect(checkSetupCode(code.replaceAll('-', ''))).toBe('trivial');
      expect(isValidSetupCode(code)).toBe(false);
    }
    expect(['000-00-000', '999-99-999', '123-45-678', '876-54-321'].map(checkSetupCode)).toEqual(
      Array(4).fill('trivial'),
    );
  });

  it('their neighbours are not trivial', () => {
    expect(['000-00-001', '111-11-112', '123-45-679', '876-54-320', '012-34-567'].map(checkSetupCode)).toEqual(
      Array(5).fill('ok'),
    );
  });

  it.each([
    ['', 'length'],
    ['0314515', 'length'],
    ['031451544', 'length'],
    ['---', 'length'],
    ['031-45-15O', 'characters'],
    ['031–45–154', 'characters'],
    ['٠٣١٤٥١٥٤', 'characters'],
    ['0314515a4', 'characters'],
    [`031-45-154${' '.repeat(100)}`, 'length'],
  ])('%j is none: %s', (text, form) => {
    expect(checkSetupCode(text)).toBe(form);
    expect(dashedSetupCode(text)).toBeUndefined();
  });

  it('fresh ones are valid, in the dashed form, and every digit turns up at every place', () => {
    const codes = Array.from({ length: 2_000 }, randomSetupCode);
    for (const code of codes) expect(dashedSetupCode(code)).toBe(code);
    expect(codes.every(isValidSetupCode)).toBe(true);
    expect(new Set(codes).size).toBeGreaterThan(1_990);
    for (let place = 0; place < 8; place++)
      expect(new Set(codes.map((code) => code.replaceAll('-', '')[place])).size).toBe(10);
  });

  it('any text is answered; what is ok has eight digits', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[0-9 -]{0,14}$/)), (text) => {
        const digits = text.replace(/[\s-]/g, '');
        const eight = /^[0-9]{8}$/.test(digits);
        expect(['ok', 'trivial'].includes(checkSetupCode(text))).toBe(eight);
        expect(dashedSetupCode(text)?.replaceAll('-', '')).toBe(eight ? digits : undefined);
      }),
    );
  });
});
