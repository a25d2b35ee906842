import { describe, expect, it } from 'vitest';
import vectors from '../../../test/vectors/artefacts/card-decline.json' with { type: 'json' };
import { readDeclineText } from './decline-text.ts';

describe('a decline as it is printed', () => {
  it.each(vectors.vectors)('"$text" gives the code, the words behind it, and the names', ({ text, found }) => {
    expect(readDeclineText(text)).toEqual(found ?? undefined);
  });

  it('is not looked for in long texts', () => {
    expect(readDeclineText(`response code 51 ${'x'.repeat(500)}`)).toBe(undefined);
  });
});
