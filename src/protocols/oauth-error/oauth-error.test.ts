import { describe, expect, it } from 'vitest';
import vectors from '../../../test/vectors/artefacts/oauth-error.json' with { type: 'json' };
import { readOAuthError, referenceOf } from './oauth-error.ts';

describe('an OAuth error', () => {
  it.each(vectors.vectors)('is found: $name', (vector) => {
    const read = readOAuthError(vector.text);
    if (vector.ok) expect(read).toEqual(vector.found);
    else expect(read.ok).toBe(false);
  });

  it('has bounded texts', () => {
    const read = readOAuthError(JSON.stringify({ error: 'invalid_grant', error_description: 'x'.repeat(5_000) }));
    expect(read.ok && read.description?.length).toBe(1_000);
    expect(readOAuthError(JSON.stringify({ error: 'e'.repeat(65) })).ok).toBe(false);
    expect(readOAuthError('x'.repeat(65_537))).toMatchObject({ ok: false, came: '65537 characters' });
  });
});

it('a reference is the segment behind the last /r/, in capitals, and only if it can be one', () => {
  expect(referenceOf('https://h/r/7f3k9/')).toBe('7F3K9');
  expect(referenceOf('https://h/r/x/r/7F3K9?x=1')).toBe('7F3K9');
  expect(referenceOf('https://h/r/7F3')).toBeUndefined();
  expect(referenceOf('https://h/r/ILOU1')).toBeUndefined();
  expect(referenceOf('https://h/docs')).toBeUndefined();
});
