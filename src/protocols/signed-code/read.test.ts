import { createHash, generateKeyPairSync, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { meansSigned, readSignedCode } from './read.ts';
import { LENGTHS, MARK, signCode, signingKey } from './signed-code.ts';

// proves: C18
const NOW = 1_800_000_000_000;
const TIMES = { from: NOW, until: NOW + 300_000 };
const key = signingKey(generateKeyPairSync('ed25519').privateKey);
const other = signingKey(generateKeyPairSync('ed25519').privateKey);
const code = signCode(key, TIMES);
/** One with characters of either alphabet, so that base64 and base64url differ. */
const telling = (() => {
  for (;;) {
    const one = signCode(key, TIMES);
    if (one.includes('+') && one.includes('/')) return one;
  }
})();
const base64url = (text: string): string => text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
const cause = (text: string, keys = [key], now = NOW): string => {
  const read = readSignedCode(text, keys, now);
  if (!read.ok) expect(JSON.stringify(read)).not.toContain(code.slice(20, 40));
  return read.ok ? 'sound' : read.cause;
};
const said = (text: string, keys = [key], now = NOW): string => {
  const read = readSignedCode(text, keys, now);
  return read.ok ? 'sound' : `${read.cause}: ${read.detail ?? ''}`;
};

describe('a signed code', () => {
  it('is base64 of 103 bytes that begin alike, signed with Ed25519, and never the same twice', () => {
    expect(code).toHaveLength(LENGTHS.text);
    expect(code.startsWith(MARK)).toBe(true);
    const bytes = Buffer.from(code, 'base64');
    expect(bytes).toHaveLength(LENGTHS.bytes);
    expect(verify(null, bytes.subarray(0, 39), key.publicKey, bytes.subarray(39))).toBe(true);
    const { x } = key.publicKey.export({ format: 'jwk' });
    const id = createHash('sha256')
      .update(Buffer.from(x ?? '', 'base64url'))
      .digest()
      .subarray(0, 8);
    expect(bytes.subarray(3, 11)).toEqual(id);
    expect(signCode(key, TIMES)).not.toBe(code);
  });

  it('is read back with its times and its key, with blanks and a label around it', () => {
    const sound = { ok: true, code, keyId: key.id, ...TIMES };
    expect(readSignedCode(code, [other, key], NOW)).toEqual({ ...sound, blanks: false });
    expect(readSignedCode(`\n ${code} `, [key], NOW)).toEqual({ ...sound, blanks: true });
    expect(readSignedCode(`hap5.1-authcode: ${code}`, [key], NOW)).toEqual({ ...sound, blanks: true });
  });

  it('is good until its last millisecond, and for good where nobody asks the time', () => {
    expect(cause(code, [key], TIMES.until)).toBe('sound');
    expect(said(code, [key], TIMES.until + 1)).toBe('expired: ended 1 s ago');
    expect(readSignedCode(code, [key]).ok).toBe(true);
  });
});

describe('a code that was mistreated says how', () => {
  it.each([
    ['base64url', base64url(telling), 'base64url: undone, it is a sound code'],
    ['both alphabets', telling.replace('+', '-'), 'base64url: both alphabets are mixed; undone, it is a sound code'],
    ['hex', Buffer.from(code, 'base64').toString('hex'), 'hex: undone, it is a sound code'],
    ['HEX', Buffer.from(code, 'base64').toString('hex').toUpperCase(), 'hex: undone, it is a sound code'],
    ['hex of the text', Buffer.from(code).toString('hex'), 'hex: undone, it is a sound code'],
    ['base64 twice', Buffer.from(code).toString('base64'), 'double-encoded: undone, it is a sound code'],
    ['base64url twice', Buffer.from(code).toString('base64url'), 'double-encoded: undone, it is a sound code'],
    [
      'base64 of hex',
      Buffer.from(Buffer.from(code, 'base64').toString('hex')).toString('base64'),
      'double-encoded: undone, it is still wrong: hex',
    ],
    ['percent-encoded twice', encodeURIComponent(telling), 'percent-encoded: undone, it is a sound code'],
    ['padding cut off', code.slice(0, -2), 'padding: undone, it is a sound code'],
    ['half of the padding', code.slice(0, -1), 'padding: undone, it is a sound code'],
    ['more padding', `${code}=`, 'padding: undone, it is a sound code'],
    [
      'plus signs as blanks',
      telling.replaceAll('+', ' '),
      `white-space: first at character ${telling.indexOf('+') + 1}: a plus sign that is not percent-encoded in a form becomes a blank; undone, it is a sound code`,
    ],
    [
      'a wrapped line',
      `${code.slice(0, 76)}\r\n${code.slice(76)}`,
      'white-space: first at character 77: a line was wrapped; undone, it is a sound code',
    ],
    ['cut off', code.slice(0, 100), 'truncated: 38 are missing'],
    ['added to', `${code.slice(0, -2)}AAAA`, 'length: 4 were added'],
    ['two in one', code + code, 'length: padding in the middle: two texts in one?'],
    ['a character of no base64', code.replace(/.(?===$)/, '*'), 'character: character 138'],
    ['cut off and base64url', base64url(telling).slice(0, 137), 'base64url: undone, it is still wrong: truncated'],
    ['another version', code.replace('CFS1', 'CFS2'), 'version: '],
    ['something else', `A${code.slice(1)}`, 'foreign: '],
    ['nothing', ' \n', 'empty: '],
    ['too much', code.repeat(20), 'too-long: '],
  ])('%s', (_, text, expected) => {
    expect(said(text)).toBe(expected);
  });

  it('says so where nobody has a key to tell the rest', () => {
    expect(said(base64url(telling), [])).toBe('base64url: undone, it is whole, and no key is at hand to verify it');
  });

  it('spare bits in its last character are not forgiven: a code has one text', () => {
    const last = code.at(-3) ?? '';
    const changed = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
      .split('')
      .filter((c) => c !== last)
      .map((c) => `${code.slice(0, -3)}${c}==`);
    const sameBytes = changed.filter((text) => Buffer.from(text, 'base64').equals(Buffer.from(code, 'base64')));
    expect(sameBytes).toHaveLength(15);
    for (const text of sameBytes) expect(cause(text)).toBe('padding');
    const canonical = changed.filter((text) => Buffer.from(text, 'base64').toString('base64') === text);
    expect(canonical.map((text) => cause(text))).toEqual(Array(3).fill('bad-signature'));
  });

  it('every byte that was changed is found, and which one tells how', () => {
    const bytes = Buffer.from(code, 'base64');
    for (let at = 0; at < bytes.length; at++) {
      const copy = Buffer.from(bytes);
      copy[at] = (copy[at] ?? 0) ^ (1 << (at % 8));
      const found = cause(copy.toString('base64'));
      if (at < 3) expect(['foreign', 'version'], String(at)).toContain(found);
      else expect(found, String(at)).toBe(at < 11 ? 'unknown-key' : 'bad-signature');
    }
  });

  it('a key that nobody knows is told from one that signed in the name of another', () => {
    expect(cause(code, [])).toBe('unknown-key');
    expect(cause(code, [other])).toBe('unknown-key');
    const inAnothersName = signCode({ ...other, id: key.id }, TIMES);
    expect(cause(inAnothersName, [key])).toBe('bad-signature');
    expect(cause(inAnothersName, [key, other])).toBe('wrong-key');
    expect(cause(signCode({ ...other, id: 'AAAAAAAAAAA' }, TIMES), [key, other])).toBe('wrong-key');
  });
});

describe('whether a text is meant as a signed code', () => {
  it('is told by its first characters, in whatever encoding', () => {
    const bytes = Buffer.from(code, 'base64');
    const texts = [
      code,
      ` ${code}`,
      base64url(code),
      code.slice(0, 40),
      bytes.toString('hex'),
      `hap5.1-authcode:${code}`,
    ];
    for (const text of [...texts, Buffer.from(code).toString('base64'), encodeURIComponent(code)])
      expect(meansSigned(text), text).toBe(true);
  });

  it('and is never said of the other codes', () => {
    for (const text of [
      '',
      'CFS1',
      'x8G3pQ2vR9mN7kL1',
      'CFS1x8G3pQ2vR9mN7kL1x8G3pQ2vR',
      'lamp '.repeat(50),
      `cfs_${'x'.repeat(43)}`,
    ])
      expect(meansSigned(text), text).toBe(false);
  });
});
