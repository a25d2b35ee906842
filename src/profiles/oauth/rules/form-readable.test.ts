import { describe, expect, it } from 'vitest';
import { exchangeRequest, tokenCase } from '../../../../test/support/oauth-case.ts';
import { formReadable } from './form-readable.ts';

describe('oauth.form-readable', () => {
  const faulty = (kind: string) => tokenCase({ request: exchangeRequest({}, { fault: { kind, detail: 'where' } }) });

  it('passes a form without a fault', () => {
    expect(formReadable.check(tokenCase())).toEqual({ outcome: 'pass' });
  });

  it.each(['escape', 'utf8', 'too-large'])('refuses as `escape`, `utf8` or `too-large`, and says where: %s', (kind) => {
    expect(formReadable.check(faulty(kind))).toEqual({ outcome: 'fail', cause: kind, detail: 'where' });
  });

  it.each(['too-many', 'name-too-long', 'value-too-long', 'constructor'])(
    'refuses as `too-large` every other bound: %s',
    (kind) => {
      expect(formReadable.check(faulty(kind))).toMatchObject({ outcome: 'fail', cause: 'too-large' });
    },
  );
});
