import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import vectors from '../../../test/vectors/artefacts/form.json' with { type: 'json' };
import { FORM_LIMITS, readForm } from './form.ts';

interface Vector {
  readonly name: string;
  readonly body?: string;
  readonly hex?: string;
  readonly parameters: readonly (readonly string[])[];
  readonly duplicates: readonly string[];
  readonly fault?: object;
  readonly textOnly?: boolean;
}

describe('a form body', () => {
  it.each(vectors.vectors as readonly Vector[])('is read from text and from bytes: $name', (vector) => {
    const bytes = vector.hex === undefined ? Buffer.from(vector.body ?? '', 'utf8') : Buffer.from(vector.hex, 'hex');
    const inputs: (string | Uint8Array)[] = vector.body === undefined ? [bytes] : [vector.body, bytes];
    for (const input of vector.textOnly ? inputs.slice(0, 1) : inputs) {
      const form = readForm(input);
      expect([...form.parameters]).toEqual(vector.parameters);
      expect(form.duplicates).toEqual(vector.duplicates);
      if (vector.fault) expect(form.fault).toMatchObject(vector.fault);
      else expect(form.fault).toBeUndefined();
    }
  });

  const text = fc.string({ unit: 'grapheme', maxLength: 30 });

  it('means what URLSearchParams says, for everything that URLSearchParams writes', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text), { maxLength: 20 }), (pairs) => {
        const body = new URLSearchParams(pairs).toString();
        const first = new Map<string, string>();
        for (const [name, value] of new URLSearchParams(body)) if (!first.has(name)) first.set(name, value);
        for (const input of [body, Buffer.from(body)]) {
          const form = readForm(input);
          expect(form.fault).toBeUndefined();
          expect([...form.parameters]).toEqual([...first]);
          expect(new Set(form.duplicates)).toEqual(
            new Set(pairs.map(([n]) => n).filter((n, i, all) => all.indexOf(n) !== i)),
          );
        }
      }),
    );
  });

  it('without a fault means what URLSearchParams says, however it was written', () => {
    const unit = fc.constantFrom(
      'a',
      'b',
      '=',
      '&',
      '+',
      '%',
      '%41',
      '%C3%A9',
      '%e2%82%ac',
      '%2',
      '%FF',
      ' ',
      'é',
      '\n',
    );
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 40 }), (body) => {
        const form = readForm(body);
        expect(readForm(Buffer.from(body)).parameters).toEqual(form.parameters);
        const there = new URLSearchParams(body);
        for (const [name, value] of form.parameters) expect(there.getAll(name)).toContain(value);
        if (!form.fault) expect(form.parameters.size).toBe(new Set(there.keys()).size);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is the same for any bytes, text or not, and never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const form = readForm(bytes);
        for (const value of form.parameters.values()) expect(value.isWellFormed()).toBe(true);
      }),
    );
  });

  it('in a string with half a surrogate pair is a fault, not a replacement character', () => {
    expect(readForm('a=\ud800&b=1')).toEqual({
      parameters: new Map([['b', '1']]),
      duplicates: [],
      fault: { kind: 'utf8', parameter: 'a', detail: 'half of a surrogate pair, which has no UTF-8' },
    });
  });
});

describe('the bounds', () => {
  it('refuse a body of more than 64 KiB unread, counted in bytes', () => {
    expect(readForm(`a=${'x'.repeat(65_535)}`).fault?.kind).toBe('too-large');
    expect(readForm(`a=${'é'.repeat(32_768)}`).fault?.kind).toBe('too-large');
    expect(readForm(`a=${'é'.repeat(32_767)}`).fault?.kind).toBe('value-too-long');
    expect(readForm(new Uint8Array(65_537)).parameters.size).toBe(0);
  });

  it('read 100 parameters and say that there were more', () => {
    const body = (n: number) => Array.from({ length: n }, (_, i) => `p${i}=1`).join('&');
    expect(readForm(body(100)).fault).toBeUndefined();
    const form = readForm(body(101));
    expect(form.parameters.size).toBe(100);
    expect(form.fault?.kind).toBe('too-many');
  });

  it('allow names of 256 and values of 16,384 characters, and not one more', () => {
    const ok = readForm(`${'n'.repeat(FORM_LIMITS.name)}=${'v'.repeat(FORM_LIMITS.value)}`);
    expect(ok.fault).toBeUndefined();
    expect(readForm(`${'n'.repeat(257)}=1&b=2`)).toMatchObject({ fault: { kind: 'name-too-long' } });
    expect(readForm(`a=${'v'.repeat(16_385)}`)).toMatchObject({ fault: { kind: 'value-too-long', parameter: 'a' } });
    expect(readForm(`a=${'%41'.repeat(16_384)}`).parameters.get('a')?.length).toBe(16_384);
  });
});
