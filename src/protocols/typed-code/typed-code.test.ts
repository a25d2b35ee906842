import { createSecretKey } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BODY_LENGTH,
  codeId,
  LABELS,
  mintCode,
  newId,
  type Purpose,
  readCode,
  shortId,
  successorOf,
} from './typed-code.ts';

const NOW = Date.UTC(2026, 10, 21);
const PURPOSES = Object.keys(LABELS) as Purpose[];
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

function bodyOf(purpose: Purpose, code: string): string {
  const read = readCode(purpose, code);
  if (!read.ok) throw new Error(`unreadable: ${read.fault}`);
  return read.body;
}

describe('minting', () => {
  it('gives a label and 29 letters and digits, of which 27 carry at least 160 bits', () => {
    for (const purpose of PURPOSES)
      expect(bodyOf(purpose, mintCode(purpose, 'opaque', NOW))).toMatch(/^[0-9A-Za-z]{29}$/);
    expect((BODY_LENGTH.opaque - 2) * Math.log2(62)).toBeGreaterThanOrEqual(160);
  });

  it('gives 16 letters and digits, 95 bits, in the bound form', () => {
    const code = mintCode('authorization_code', 'bound', NOW);
    expect(code).toMatch(/^hap5\.1-authcode:[0-9A-Za-z]{16}$/);
    expect(Math.floor(BODY_LENGTH.bound * Math.log2(62))).toBe(95);
  });

  it('uses every digit at every random position evenly (chi-square, 61 degrees of freedom)', () => {
    const codes = 20_000;
    const counts = Array.from({ length: 29 }, () => new Map<string, number>());
    for (let i = 0; i < codes; i++) {
      const body = bodyOf('access_token', mintCode('access_token', 'opaque', NOW));
      for (let at = 2; at < 29; at++) counts[at]?.set(body[at] ?? '', (counts[at]?.get(body[at] ?? '') ?? 0) + 1);
    }
    for (const count of counts.slice(2)) {
      const fair = codes / 62;
      const chi = [...BASE62].reduce((sum, digit) => sum + ((count.get(digit) ?? 0) - fair) ** 2 / fair, 0);
      // 61 degrees: mean 61, deviation 11; 155 is beyond 8 deviations, under one run in 10^8 for all 27 positions
      expect(chi).toBeLessThan(155);
    }
  });

  it('never gives the same code twice, and says nothing finer than 64 ms about its time', () => {
    const codes = new Set(Array.from({ length: 5_000 }, () => mintCode('refresh_token', 'opaque', NOW)));
    expect(codes.size).toBe(5_000);
    const bucket = (now: number) => bodyOf('access_token', mintCode('access_token', 'opaque', now)).slice(0, 2);
    expect(bucket(NOW + 63)).toBe(bucket(NOW));
    expect(bucket(NOW + 64)).not.toBe(bucket(NOW));
    expect(bucket(NOW + 64 * 62 * 62)).toBe(bucket(NOW));
  });
});

describe('reading', () => {
  const blanks = fc.string({ unit: fc.constantFrom(' ', '\t', '\r', '\n'), maxLength: 20 });

  it('reads back what was minted, whatever blanks stand around label and body', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PURPOSES), blanks, blanks, blanks, fc.boolean(), (purpose, a, b, c, labelled) => {
        const code = mintCode(purpose, 'opaque', NOW);
        const body = code.slice(LABELS[purpose].length);
        const presented = labelled ? a + LABELS[purpose] + b + body + c : a + body + c;
        const none = a + (labelled ? b : '') + c === '';
        expect(readCode(purpose, presented)).toEqual({ ok: true, body, form: 'opaque', blanks: !none });
      }),
    );
  });

  it('reads the form the brief prints, and notes its blank', () => {
    const read = readCode('authorization_code', 'hap5.1-authcode: x8G3pQ2vR9mN7kL1 ');
    expect(read).toEqual({ ok: true, body: 'x8G3pQ2vR9mN7kL1', form: 'bound', blanks: true });
  });

  it('refuses the 16-character form for tokens', () => {
    expect(readCode('access_token', 'x8G3pQ2vR9mN7kL1')).toMatchObject({ ok: false, fault: 'length' });
  });

  it('tells an empty code, another label, a stray character and a wrong length apart', () => {
    const fault = (text: string) => {
      const read = readCode('authorization_code', text);
      return read.ok ? 'none' : read.fault;
    };
    expect(fault('')).toBe('empty');
    expect(fault('hap5.1-authcode: \n')).toBe('empty');
    expect(fault('hap5.0-authcode:x8G3pQ2vR9mN7kL1')).toBe('label');
    expect(fault('HAP5.1-AUTHCODE:x8G3pQ2vR9mN7kL1')).toBe('label');
    expect(fault(mintCode('refresh_token', 'opaque', NOW))).toBe('label');
    expect(fault('x8G3pQ2v R9mN7kL1')).toBe('character');
    expect(fault('x8G3pQ2v\u00a0')).toBe('character');
    expect(fault('x8G3pQ2vR9mN7kL')).toBe('length');
  });

  it('names the place of a stray character and never repeats the code', () => {
    const read = readCode('authorization_code', 'x8G3pQ2v-R9mN7kL1');
    expect(read).toMatchObject({ fault: 'character', detail: 'character 9 of the body is no letter or digit' });
  });

  it('takes anything longer than 512 characters for a wrong length, blanks included', () => {
    const code = mintCode('authorization_code', 'opaque', NOW);
    expect(readCode('authorization_code', code + ' '.repeat(512 - code.length))).toMatchObject({ ok: true });
    expect(readCode('authorization_code', code + ' '.repeat(513 - code.length))).toMatchObject({
      ok: false,
      fault: 'length',
    });
    expect(readCode('authorization_code', `a${' '.repeat(5_000_000)}b`)).toMatchObject({ ok: false, fault: 'length' });
  });

  it('answers for any string at all', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PURPOSES), fc.string({ unit: 'binary', maxLength: 600 }), (purpose, text) => {
        const read = readCode(purpose, text);
        if (read.ok) expect(read.body).toMatch(/^[0-9A-Za-z]+$/);
        else expect(read.detail.length).toBeLessThan(100);
      }),
    );
  });
});

describe('ids', () => {
  it('are the same on every machine and in every version (golden)', () => {
    expect(codeId('authorization_code', 'x8G3pQ2vR9mN7kL1')).toBe('cd_1S95YMAP9YG6A4KF2JVPJTE7YYMV9JM6MJEG');
  });

  it('differ by purpose and by every character, and begin with the time bucket', () => {
    const body = bodyOf('access_token', mintCode('access_token', 'opaque', NOW));
    expect(codeId('access_token', body)).not.toBe(codeId('refresh_token', body));
    const other = body.slice(0, 28) + (body[28] === 'a' ? 'b' : 'a');
    expect(codeId('access_token', other)).not.toBe(codeId('access_token', body));
    expect(codeId('access_token', other).slice(0, 6)).toBe(codeId('access_token', body).slice(0, 6));
  });

  it('show no part of the random body', () => {
    const body = bodyOf('access_token', mintCode('access_token', 'opaque', NOW));
    expect(codeId('access_token', body)).toMatch(/^cd_[0-9A-HJKMNP-TV-Z]{36}$/);
    expect(codeId('access_token', body)).not.toContain(body.slice(2, 8));
  });

  it('of verdicts, grants and effects are 26 characters and never equal', () => {
    const ids = new Set(Array.from({ length: 5_000 }, () => newId('vd_', NOW)));
    expect(ids.size).toBe(5_000);
    for (const id of ids) expect(id).toMatch(/^vd_[0-9A-HJKMNP-TV-Z]{26}$/);
    // what people type of an id tells it from every other of its bucket
    expect(new Set([...ids].map(shortId)).size).toBeGreaterThan(4_980);
    const bucket = (now: number): string => newId('vd_', now).slice(3, 7);
    expect(bucket(NOW + 63)).toBe(bucket(NOW));
    expect(bucket(NOW + 256) > bucket(NOW)).toBe(true);
    expect(bucket(NOW + 64 * 2 ** 22)).toBe(bucket(NOW));
  });
});

describe('the successor of a refresh token', () => {
  const key = createSecretKey(Buffer.alloc(32, 7));
  const old = 'cfr_00abcdefghijklmnopqrstuvwxyz1';

  it('is one and the same for everybody who asks with the same key, predecessor and family', () => {
    const next = successorOf(key, old, 'gr_1', NOW);
    expect(successorOf(key, old, 'gr_1', NOW)).toBe(next);
    expect(readCode('refresh_token', next)).toMatchObject({ ok: true, form: 'opaque', blanks: false });
  });

  it('is another one for another key, predecessor or family', () => {
    const all = [
      successorOf(key, old, 'gr_1', NOW),
      successorOf(createSecretKey(Buffer.alloc(32, 8)), old, 'gr_1', NOW),
      successorOf(key, `${old}x`, 'gr_1', NOW),
      successorOf(key, old, 'gr_2', NOW),
    ].map((code) => code.slice(6));
    expect(new Set(all).size).toBe(4);
  });
});
