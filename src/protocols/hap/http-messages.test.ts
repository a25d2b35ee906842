import { describe, expect, it } from 'vitest';
import { createHttpReader, type HttpMessage, type HttpRead } from './http-messages.ts';

const EVENT = 'EVENT/1.0 200 OK\r\nContent-Type: application/hap+json\r\nContent-Length: 5\r\n\r\n{"e"}';
const CHUNKED =
  'HTTP/1.1 207 Multi-Status\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0a\r\n0123456789\r\n0\r\nT: u\r\n\r\n';
const EMPTY = 'HTTP/1.1 204 No Content\r\n\r\n';

function readAll(kind: 'request' | 'response', text: string, step: number): { last: HttpRead; all: HttpMessage[] } {
  const reader = createHttpReader(kind);
  const bytes = Buffer.from(text, 'latin1');
  const all: HttpMessage[] = [];
  let last: HttpRead = { ok: true, messages: [] };
  for (let at = 0; at < bytes.length; at += step) {
    last = reader.push(bytes.subarray(at, at + step));
    if (last.ok) all.push(...last.messages);
  }
  return { last, all };
}

describe('HTTP messages of HAP', () => {
  it.each([1, 2, 7, 10_000])('are the same whether they come whole or in pieces of %i bytes', (step) => {
    const { all } = readAll('response', CHUNKED + EVENT + EMPTY, step);
    expect(all.map((m) => [m.kind, m.status, m.body.toString()])).toEqual([
      ['response', 207, 'abc0123456789'],
      ['event', 200, '{"e"}'],
      ['response', 204, ''],
    ]);
  });

  it('reads requests with method and target, and fields in any case', () => {
    const { all } = readAll(
      'request',
      'PUT /characteristics HTTP/1.1\r\nHOST: x\r\nContent-length: 2\r\nA: 1\r\na: 2 \r\n\r\n{}',
      3,
    );
    expect(all).toHaveLength(1);
    expect(all[0]).toMatchObject({ kind: 'request', method: 'PUT', target: '/characteristics', status: 0 });
    expect([...(all[0]?.fields ?? [])]).toEqual([
      ['host', 'x'],
      ['content-length', '2'],
      ['a', '1, 2'],
    ]);
  });

  it('takes a response without a length for one without a body', () => {
    expect(readAll('response', `HTTP/1.1 400 Bad Request\r\n\r\n${EVENT}`, 100).all.map((m) => m.status)).toEqual([
      400, 200,
    ]);
  });

  it.each([
    ['another protocol', 'SSH-2.0-x\r\n\r\n'],
    ['a field without a name', 'HTTP/1.1 200 OK\r\n: x\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n'],
    ['a length and chunks', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n'],
    ['a coding of another kind', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n'],
    ['a negative length', 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n'],
    ['a body that is too long', 'HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n'],
    ['chunks that are too long together', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n'],
    ['a chunk without a size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n'],
    ['a chunk that does not end', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc'],
    ['a head without an end', `HTTP/1.1 200 OK\r\nA: ${'x'.repeat(20_000)}`],
    ['too many fields', `HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(101)}\r\n`],
  ])('ends with a fault, and for good, at %s', (_, text) => {
    const reader = createHttpReader('response');
    const fault = reader.push(Buffer.from(text));
    expect(fault.ok).toBe(false);
    expect(reader.push(Buffer.from(EMPTY))).toEqual(fault);
    expect(reader.held()).toBe(0);
  });

  it('keeps no more than the bounds it was given', () => {
    const reader = createHttpReader('request', { headMaxBytes: 64, bodyMaxBytes: 8 });
    expect(reader.push(Buffer.from('POST / HTTP/1.1\r\nContent-Length: 8\r\n\r\n12345678')).ok).toBe(true);
    expect(reader.push(Buffer.from('POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n')).ok).toBe(false);
  });
});
