import { describe, expect, it } from 'vitest';
import { readKey } from './access.ts';

describe('a key is read', () => {
  it('as what stands behind Bearer, in any case', () => {
    const body = `A1${'b'.repeat(27)}`;
    expect(readKey(`bearer cfp_${body}`)).toMatchObject({ key: 'read' });
    expect(readKey(`Bearer   ${body}`)).toEqual(readKey(`BEARER cfp_${body}`));
  });

  it.each([undefined, ''])('as absent: %j', (field) => {
    expect(readKey(field)).toEqual({ key: 'absent' });
  });

  it.each([
    'Bearer',
    'Basic YTpi',
    'Bearer a b',
    'Bearer cfa_12',
    `Bearer ${'a'.repeat(2_000)}`,
    'Bearer 4111111111111111',
  ])('as malformed, and nothing of it is repeated: %s', (field) => {
    const read = readKey(field);
    expect(read).toMatchObject({ key: 'malformed' });
    expect(JSON.stringify(read)).not.toContain('4111111111111111');
  });
});
