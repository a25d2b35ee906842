import { describe, expect, it } from 'vitest';
import { exchangeRequest, request, tokenCase, without } from '../../../../test/support/oauth-case.ts';
import { mediaType } from './media-type.ts';

describe('oauth.media-type', () => {
  const FORM = 'application/x-www-form-urlencoded';
  const sent = (type: string) => tokenCase({ request: exchangeRequest({}, { mediaType: type }) });

  it.each([FORM, `${FORM}; charset=UTF-8`, ` ${FORM.toUpperCase()} ;x`])('passes %j', (type) => {
    expect(mediaType.check(sent(type))).toEqual({ outcome: 'pass' });
  });

  it('refuses as `missing` when nothing is said', () => {
    const none = { outcome: 'fail', cause: 'missing', expected: FORM, presented: 'nothing' };
    expect(mediaType.check(tokenCase({ request: without(request({}), 'mediaType') }))).toEqual(none);
    for (const type of ['', ' ; charset=utf-8']) expect(mediaType.check(sent(type))).toEqual(none);
  });

  it.each(['application/json', `${FORM}, ${FORM}`, 'multipart/form-data; boundary=x'])(
    'refuses as `other`: %s',
    (type) => {
      expect(mediaType.check(sent(type))).toEqual({ outcome: 'fail', cause: 'other', expected: FORM, presented: type });
    },
  );
});
