import { describe, expect, it } from 'vitest';
import { readIds, readPrepare, readWrites } from './requests.ts';

const writes = (value: unknown): ReturnType<typeof readWrites> => readWrites(Buffer.from(JSON.stringify(value)));

describe('a read', () => {
  it('names characteristics and what else is wanted of them', () => {
    expect(readIds('/characteristics?id=1.9,3.12&meta=1&ev=true')).toEqual({
      ids: [
        { aid: 1, iid: 9 },
        { aid: 3, iid: 12 },
      ],
      meta: true,
      perms: false,
      type: false,
      ev: true,
    });
  });

  it.each(['', '?id=', '?id=1', '?id=1.', '?id=1.9,', '?id=0.9', '?id=-1.9', '?id=1.9.2', `?id=1.${'9'.repeat(17)}`])(
    'of "%s" is none',
    (query) => expect(readIds(`/characteristics${query}`)).toBeUndefined(),
  );

  it('of more than 1,000 characteristics is none', () => {
    const ids = Array.from({ length: 1_001 }, (_, at) => `1.${at + 1}`);
    expect(readIds(`/characteristics?id=${ids.join(',')}`)).toBeUndefined();
    expect(readIds(`/characteristics?id=${ids.slice(1).join(',')}`)?.ids).toHaveLength(1_000);
  });
});

describe('a write', () => {
  it('has a value, a registration, or both for each characteristic', () => {
    const characteristics = [
      { aid: 1, iid: 9, value: 0, r: true, authData: 'eA==' },
      { aid: 1, iid: 10, ev: false },
    ];
    expect(writes({ characteristics, pid: 7 })).toEqual({
      items: [
        { aid: 1, iid: 9, value: 0, ev: undefined, authData: 'eA==', r: true },
        { aid: 1, iid: 10, value: undefined, ev: false, authData: undefined, r: false },
      ],
      pid: 7,
    });
  });

  it.each<[string, unknown]>([
    ['nothing', {}],
    ['no characteristics', { characteristics: [] }],
    ['something else', { characteristics: [null] }],
    ['a text as aid', { characteristics: [{ aid: '1', iid: 9, value: 1 }] }],
    ['a fraction as iid', { characteristics: [{ aid: 1, iid: 9.5, value: 1 }] }],
    ['a text as pid', { characteristics: [{ aid: 1, iid: 9, value: 1 }], pid: '7' }],
    ['a list', []],
    ['too much', { characteristics: Array.from({ length: 1_001 }, () => ({ aid: 1, iid: 9, value: 1 })) }],
  ])('of %s is none', (_what, value) => expect(writes(value)).toBeUndefined());

  it('that is no JSON is none', () => {
    expect(readWrites(Buffer.from('{"characteristics":['))).toBeUndefined();
    expect(readWrites(Buffer.from('['.repeat(500_000)))).toBeUndefined();
  });
});

describe('a preparation', () => {
  it('has a time to live and a number', () => {
    expect(readPrepare(Buffer.from('{"ttl":2500,"pid":11122333}'))).toEqual({ ttlMs: 2_500, pid: 11_122_333 });
    for (const bad of ['{}', '{"ttl":-1,"pid":1}', '{"ttl":1.5,"pid":1}', '{"ttl":1}', '{"ttl":"1","pid":1}', 'null'])
      expect(readPrepare(Buffer.from(bad))).toBeUndefined();
  });
});
