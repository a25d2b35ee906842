import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import vectors from '../../../test/vectors/artefacts/curl.json' with { type: 'json' };
import { readCurl } from './read.ts';
import { splitWords } from './words.ts';

describe('a pasted curl command', () => {
  it.each(vectors.vectors)('is read: $name', (vector) => {
    const read = readCurl(vector.text);
    expect(read.ok).toBe(vector.ok);
    if (read.ok) {
      expect(read.request).toEqual(vector.request);
      if (vector.notes) expect(read.notes).toEqual(vector.notes);
    } else {
      if (vector.came !== undefined) expect(read.came).toBe(vector.came);
      expect(read.fix).not.toBe('');
    }
  });

  it('that cannot be read is not repeated in the refusal: it may hold secrets', () => {
    const texts = [
      "curl -u 'a:s3cr3t http://h/",
      'curl s3cr3t://h/',
      'curl -d s3cr3t',
      'curl --s3cr3t!secret http://h/',
    ];
    for (const text of texts) expect(JSON.stringify(readCurl(text))).not.toContain('s3cr3t');
  });
});

describe('words', () => {
  const character = fc.constantFrom(...'ab =:%+\'"\\\t\n&;|<>!*?~é', '$ ', '{', '}', '[', ']');
  const word = fc.string({ unit: character, maxLength: 12 });
  const quotings: ((text: string) => string)[] = [
    (text) => `'${text.replaceAll("'", "'\\''")}'`,
    (text) => `"${text.replace(/[$`"\\]/g, '\\$&')}"`,
    (text) => `$'${text.replace(/['\\]/g, '\\$&').replaceAll('\n', '\\n')}'`,
  ];

  it('are those that were quoted, in every quoting of bash', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(word, fc.nat(2)), { maxLength: 6 }), (words) => {
        const line = words.map(([text, q]) => quotings[q]?.(text)).join(' ');
        expect(splitWords(line, 'posix').words).toEqual(words.map(([text]) => text));
      }),
    );
  });

  it('are those a real shell hands over', () => {
    const hard = [
      `a'b'"c"\\ d`,
      `"a\\"b\\\\c\\d" 'e\\f' ""`,
      `$'a\\tb\\x41\\101\\u00e9\\'' g\\\nh`,
      `--x=1 'it'\\''s' "l1\nl2" # tail`,
      `one\\\\ two\\' "three\\\nfour"`,
    ];
    for (const line of hard) {
      const said = execFileSync('bash', ['--norc', '-c', `printf '%s\\0' ${line}`], {
        env: { LC_ALL: 'C.UTF-8' },
        stdio: ['ignore', 'pipe', 'inherit'],
      }).toString();
      expect(splitWords(line, 'posix').words).toEqual(said.split('\0').slice(0, -1));
    }
  });

  it('of PowerShell are those that were quoted', () => {
    const plain = fc.string({ unit: fc.constantFrom(...'ab =:%+\'"\\&é'), maxLength: 12 });
    fc.assert(
      fc.property(fc.array(plain, { maxLength: 6 }), (words) => {
        const line = words.map((text) => `'${text.replaceAll("'", "''")}'`).join(' ');
        expect(splitWords(line, 'powershell').words).toEqual(words);
      }),
    );
  });
});
