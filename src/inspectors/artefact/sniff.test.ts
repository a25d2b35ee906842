import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import vectors from '../../../test/vectors/artefacts/sniff.json' with { type: 'json' };
import { mintCode } from '../../protocols/typed-code/typed-code.ts';
import { sniff } from './sniff.ts';

describe('a pasted text', () => {
  it.each(vectors.vectors)('is recognised: $name', (vector) => {
    const found = sniff(vector.text);
    expect(found).toMatchObject(vector.found);
    if (vector.secret !== undefined) expect(JSON.stringify(found)).not.toContain(vector.secret);
  });

  it('with a fresh typed code in it, among whatever words, never gives the code back', () => {
    const words = fc.constantFrom('', 'my code ', 'refused: ', '"', 'com.myapp:/cb?code=');
    fc.assert(
      fc.property(
        words,
        fc.constantFrom('opaque', 'bound'),
        fc.boolean(),
        fc.constantFrom('', ' why?', '"', '&state=1'),
        (before, form, labelled, after) => {
          const code = mintCode('authorization_code', form, 0);
          const body = code.slice('hap5.1-authcode:'.length);
          // a bare body of letters alone cannot be told from a word
          fc.pre(labelled || /\d/.test(body));
          fc.pre(labelled || !before.endsWith('='));
          fc.pre(labelled || !after.startsWith('&'));
          const found = sniff(before + (labelled ? code : body) + after);
          expect(found.kind).toBe('typed-code');
          expect(JSON.stringify(found)).not.toContain(body);
        },
      ),
    );
  });

  it('that is too long is unknown, with its length', () => {
    expect(sniff('a'.repeat(200_000))).toEqual({ kind: 'unknown', came: '200000 characters; at most 131072 are read' });
  });
});
