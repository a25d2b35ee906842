import { describe, expect, it } from 'vitest';
import { MESSAGE_MAX, type Message, readIso8583 } from './read.ts';

const PAN = '4111111111111111';

/** Writes a message of fields that are text already, as another program would. */
function written(
  fields: Readonly<Record<number, string>>,
  way: 'ascii' | 'hex-bitmap' | 'packed',
  mti = '0110',
): Buffer {
  const numbers = Object.keys(fields)
    .map(Number)
    .sort((a, b) => a - b);
  const second = numbers.some((n) => n > 64);
  let bits = second ? 1n << 127n : 0n;
  for (const n of numbers) bits |= 1n << BigInt(128 - n);
  const map = bits
    .toString(16)
    .padStart(32, '0')
    .slice(0, second ? 32 : 16);
  const prefixed: Readonly<Record<number, number>> = { 2: 2, 35: 2, 44: 2, 34: 2, 45: 2, 48: 3, 54: 3, 55: 3, 63: 3 };
  const packed = new Set([2, 3, 4, 7, 11, 12, 13, 14, 35]);
  const parts = numbers.map((n) => {
    const value = fields[n] as string;
    const size = prefixed[n];
    const bytes = n === 55 ? value.length / 2 : value.length;
    const length = size === undefined ? '' : String(bytes).padStart(size, '0');
    if (way !== 'packed')
      return Buffer.concat([Buffer.from(length), n === 55 ? Buffer.from(value, 'hex') : Buffer.from(value, 'latin1')]);
    const head = Buffer.from(length.padStart(size === 3 ? 4 : length.length, '0'), 'hex');
    const even = value.length % 2 === 0 ? value : n === 35 ? `${value}F` : `0${value}`;
    return Buffer.concat([
      head,
      packed.has(n) || n === 55 ? Buffer.from(even.replaceAll('=', 'D'), 'hex') : Buffer.from(value, 'latin1'),
    ]);
  });
  const type = way === 'packed' ? Buffer.from(mti, 'hex') : Buffer.from(mti);
  return Buffer.concat([
    type,
    way === 'hex-bitmap' ? Buffer.from(map.toUpperCase()) : Buffer.from(map, 'hex'),
    ...parts,
  ]);
}

const DECLINE = {
  2: PAN,
  3: '000000',
  4: '000000005000',
  7: '0920120000',
  11: '123456',
  12: '120000',
  13: '0920',
  35: `${PAN}=2712101123`,
  37: '626312123456',
  39: '51',
  41: 'TERM0001',
  42: 'MERCHANT0000001',
  44: 'A1',
  48: 'T420701032108402 24'.replace(' ', ''),
  49: '978',
  54: '0040978D000000000000',
  55: '9F2608AABBCCDDEEFF0011',
  63: 'NETWORK DATA',
};
const expected = { ok: true, mti: '0110', response: true, responseCode: '51' };

describe('an ISO 8583 message', () => {
  it.each(['ascii', 'hex-bitmap', 'packed'] as const)('is read whole, written as %s', (way) => {
    const bytes = written(DECLINE, way);
    const found = readIso8583(bytes);
    expect(found).toMatchObject(expected);
    expect(found).not.toHaveProperty('stopped');
    expect((found as Message).fields.map(({ number }) => number)).toEqual(Object.keys(DECLINE).map(Number));
    for (const text of [
      bytes.toString('hex'),
      `0x${bytes.toString('hex')}`,
      (bytes.toString('hex').match(/../g) ?? []).join(' '),
    ])
      expect(readIso8583(text)).toEqual(found);
  });

  it('is read from text that is the message itself, a line end behind it', () => {
    for (const way of ['ascii', 'hex-bitmap', 'packed'] as const)
      expect(readIso8583(`${written(DECLINE, way).toString('latin1')}\n`)).toMatchObject(expected);
  });

  it('is read behind a length, a TPDU, or both', () => {
    for (const way of ['ascii', 'packed'] as const) {
      const bytes = written(DECLINE, way);
      const tpdu = Buffer.from('6000010000', 'hex');
      const sized = (inner: Buffer): Buffer =>
        Buffer.concat([Buffer.from([inner.length >> 8, inner.length & 255]), inner]);
      for (const framed of [sized(bytes), Buffer.concat([tpdu, bytes]), sized(Buffer.concat([tpdu, bytes]))])
        expect(readIso8583(framed)).toMatchObject(expected);
    }
    const text = written(DECLINE, 'ascii');
    expect(readIso8583(Buffer.concat([Buffer.from(String(text.length).padStart(4, '0')), text]))).toMatchObject(
      expected,
    );
  });

  it('gives the merchant advice code of field 48, subelement 84', () => {
    expect(readIso8583(written({ ...DECLINE, 48: 'T8402248203ABC' }, 'ascii'))).toMatchObject({ advice: '24' });
    expect(readIso8583(written({ ...DECLINE, 48: 'R8203ABC840203' }, 'packed'))).toMatchObject({ advice: '03' });
    expect(readIso8583(written({ ...DECLINE, 48: 'free text' }, 'ascii'))).not.toHaveProperty('advice');
  });

  it('hands out the names of fields only: no card, no track, nothing that stands in one', () => {
    const all = { ...DECLINE, 14: '2712', 34: PAN, 44: `X${PAN}`, 45: `B${PAN}^NAME/A^2712101` };
    for (const way of ['ascii', 'hex-bitmap', 'packed'] as const) {
      const found = readIso8583(written(all, way));
      expect(found).toMatchObject({ ...expected, advice: '24' });
      expect(found).not.toHaveProperty('stopped');
      const { fields, ...rest } = found as Message;
      expect(fields.map(({ number }) => number)).toEqual(Object.keys(all).map(Number));
      for (const field of fields) expect(Object.keys(field)).toEqual(['number', 'name']);
      expect(JSON.stringify(rest)).not.toMatch(/\d{5}/);
    }
  });

  it('stops at a field that is not known, with what was read, and says where', () => {
    const bytes = written({ 39: '51', 41: 'TERM0001', 120: 'x' }, 'ascii');
    expect(readIso8583(bytes)).toMatchObject({
      ...expected,
      fields: [{ number: 39 }, { number: 41 }],
      stopped: { field: 120, byte: 30 },
    });
  });

  it('stops where the message is cut off or a length is too long', () => {
    const whole = written(DECLINE, 'ascii');
    for (let length = 20; length < whole.length; length += 1) {
      const found = readIso8583(whole.subarray(0, length));
      if (found.ok && found.mti === '0110') expect(found.stopped, String(length)).toBeDefined();
    }
    const long = Buffer.from(
      written({ 39: '51', 44: 'A1' }, 'ascii').toString('latin1').replace('02A1', '99A1'),
      'latin1',
    );
    expect(readIso8583(long)).toMatchObject({
      stopped: { field: 44, because: 'expected at most 25, got a length of 99' },
    });
  });

  it('says what it expected where nothing is a message, and repeats nothing', () => {
    for (const input of [
      '',
      '51 HAP UPD',
      PAN.repeat(4),
      'zz'.repeat(20),
      new Uint8Array(5),
      new Uint8Array(MESSAGE_MAX + 1),
      'a'.repeat(40_000),
    ]) {
      const found = readIso8583(input);
      expect(found.ok, String(input).slice(0, 20)).toBe(false);
      expect(JSON.stringify(found).length).toBeLessThan(400);
      expect(JSON.stringify(found)).not.toContain('4111');
    }
  });

  it('tells a request from its answer', () => {
    expect(readIso8583(written({ 3: '000000', 11: '123456' }, 'ascii', '0100'))).toMatchObject({
      mti: '0100',
      response: false,
    });
    expect(readIso8583(written({ 11: '123456', 39: '00' }, 'ascii', '0810'))).toMatchObject({
      response: true,
      responseCode: '00',
    });
  });
});
