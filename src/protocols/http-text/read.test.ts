import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import responses from '../../../test/vectors/artefacts/http-response.json' with { type: 'json' };
import requests from '../../../test/vectors/artefacts/http-text.json' with { type: 'json' };
import { headerOf, NOTES_MAX, TEXT_MAX } from './message.ts';
import { readHttpRequest, readHttpResponse } from './read.ts';

describe('a pasted request', () => {
  it.each(requests.vectors)('is read: $name', (vector) => {
    const read = readHttpRequest(vector.text);
    expect(read.ok).toBe(vector.ok);
    if (read.ok) {
      expect(read.request).toEqual(vector.request);
      if (vector.notes) expect(read.notes).toEqual(vector.notes);
    } else {
      if (vector.came !== undefined) expect(read.came).toBe(vector.came);
      expect(read.fix).not.toBe('');
    }
  });

  it('that is longer than the bound is refused with its length', () => {
    const read = readHttpRequest(`POST / HTTP/1.1\n\n${'a'.repeat(TEXT_MAX)}`);
    expect(read).toMatchObject({ ok: false, came: `${TEXT_MAX + 17} characters` });
  });

  it('survives being printed and read again, body byte for byte', () => {
    const value = fc.string({ unit: fc.constantFrom('a', ' ', '%20', '+', ':', '=', 'é', '/'), maxLength: 30 });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 6 }), fc.constantFrom('\n', '\r\n'), (values, end) => {
        const parts = values.map((v, i) => `p${i}=${v}`);
        const head = [
          'POST /token HTTP/1.1',
          'Host: h',
          'Content-Type: application/x-www-form-urlencoded',
          '',
          '',
        ].join(end);
        const plain = readHttpRequest(head + parts.join('&'));
        const wrapped = readHttpRequest(head + parts.join(`&${end}`) + end);
        expect(plain).toMatchObject({ ok: true, request: { body: parts.join('&') } });
        expect(wrapped).toMatchObject({ ok: true, request: { body: parts.join('&') } });
      }),
    );
  });

  it('never yields more headers and notes than the bounds', () => {
    const read = readHttpRequest(`POST / HTTP/1.1\n${'no header\nX: y\n'.repeat(2_000)}\n`);
    expect(read.ok && read.request.headers.length).toBe(100);
    expect(read.ok && read.notes.length).toBe(NOTES_MAX);
  });

  it('that cannot be read is not repeated in the refusal: it may hold secrets', () => {
    const read = readHttpRequest('client_secret=s3cr3t-value');
    expect(JSON.stringify(read)).not.toContain('s3cr3t');
  });
});

describe('a pasted response', () => {
  it.each(responses.vectors)('is read: $name', (vector) => {
    const read = readHttpResponse(vector.text);
    expect(read.ok).toBe(vector.ok);
    if (read.ok) expect(read.response).toEqual(vector.response);
  });
});

it('header fields are found whatever the case of their name', () => {
  expect(
    headerOf(
      {
        headers: [
          ['HOST', 'a'],
          ['host', 'b'],
        ],
      },
      'Host',
    ),
  ).toBe('a');
  expect(headerOf({ headers: [] }, 'Host')).toBeUndefined();
});
