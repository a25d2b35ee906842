import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tokenRequest } from '../../../test/support/oauth-hub.ts';
import { bodyEvidence, queryEvidence } from './evidence.ts';

const read = (body: string | Uint8Array, headers = {}) => bodyEvidence({ ...tokenRequest({}, headers), body });

describe('evidence', () => {
  it('keeps open parameters by value, byte for byte, and all by name', () => {
    const { form, facts } = read('grant_type=authorization_code+&client_id=%EF%BC%A1&code=s3cret&Code=x');
    expect(facts).toEqual({
      mediaType: 'application/x-www-form-urlencoded',
      duplicates: [],
      values: { grant_type: 'authorization_code ', client_id: 'Ａ' },
      names: ['grant_type', 'client_id', 'code', 'Code'],
    });
    expect(form.get('code')).toBe('s3cret');
  });

  it('takes an empty value for none (RFC 6749 §3.2)', () => {
    const { form, facts } = read('code=&redirect_uri=&grant_type');
    expect([...form.keys(), ...facts.names, ...Object.keys(facts.values)]).toEqual([]);
  });

  it('tells faults and duplicates', () => {
    expect(read('code=a&code=b&x=%zz').facts).toMatchObject({ duplicates: ['code'], fault: { kind: 'escape' } });
    expect(queryEvidence('client_id=%ff').facts.fault?.kind).toBe('utf8');
    expect(bodyEvidence({ ...tokenRequest({}), body: '', tooLarge: true }).facts.fault?.kind).toBe('too-large');
  });

  it('finds the parameters of the profile behind any number of others', () => {
    const padding = Array.from({ length: 60 }, (_, i) => `p${i}=1`).join('&');
    const { facts } = read(`${padding}&grant_type=authorization_code&code=x`);
    expect(facts.names).toEqual(expect.arrayContaining(['grant_type', 'code']));
    expect(facts.names.length).toBeLessThanOrEqual(50);
  });

  it('holds names of objects for names like any other', () => {
    const { form, facts } = read('__proto__=1&constructor=2&toString=3&client_id=__proto__');
    expect(form.get('__proto__')).toBe('1');
    expect(facts.values).toEqual({ client_id: '__proto__' });
    expect(({} as Record<string, unknown>)['1']).toBeUndefined();
    expect(Object.getPrototypeOf(facts.values)).toBe(Object.prototype);
  });

  const SECRETS = [
    'code',
    'client_secret',
    'code_verifier',
    'refresh_token',
    'state',
    'password',
    'access_token',
    'token',
  ];
  const secret = fc.string({ unit: 'grapheme', minLength: 12, maxLength: 60 }).map((text) => `S3CRET${text}`);
  const shown = (facts: unknown) => JSON.stringify(facts) + decodeURIComponent(encodeURI(JSON.stringify(facts)));

  it('keeps no secret, whatever comes beside it', () => {
    const forms = fc.record({
      secrets: fc.dictionary(fc.constantFrom(...SECRETS), secret),
      client: fc.string({ unit: 'grapheme' }),
    });
    fc.assert(
      fc.property(forms, ({ secrets, client }) => {
        const body = new URLSearchParams({ ...secrets, client_id: client.replaceAll('S3CRET', '') }).toString();
        for (const { facts } of [read(body), queryEvidence(body), read(`${body}&${body}`)])
          expect(shown(facts)).not.toContain('S3CRET');
      }),
    );
  });

  it.each([
    ['a JSON body', '{"client_secret":"S3CRET","code":"S3CRET=="}'],
    ['a JSON body in lines', '{\n "code": "hap5.1-authcode:S3CRET",\n "x": "a=b&c=d"}'],
    ['semicolons between the parameters', 'grant_type=authorization_code;code=S3CRET;client_secret=S3CRET'],
    ['line breaks between the parameters', 'grant_type=authorization_code\ncode=S3CRET\r\nclient_secret=S3CRET'],
    [
      'the whole callback address as redirect_uri',
      'redirect_uri=com.myapp%3A%2Fcallback%3Fcode%3DS3CRET%26state%3DS3CRET',
    ],
    ['the form encoded twice', 'grant_type%3Dauthorization_code%26code%3DS3CRET'],
    [
      'a secret as a name',
      'code&cfr_S3CRET0123456789abcdefghijklmnopqrstuvwxyz=1&cfr_S3CRET0123456789abcdefghijklmnopqrstuvwxyz=2',
    ],
  ])('keeps no secret of %s', (_, body) => {
    expect(shown(read(body).facts)).not.toContain('S3CRET');
  });

  it('shows a callback address with the secret cut out of it', () => {
    expect(read('redirect_uri=https%3A%2F%2Fa.test%2Fcb%3Fcode%3Dabc%26x%3D1').facts.values).toEqual({
      redirect_uri: 'https://a.test/cb?code=•&x=1',
    });
    const challenge = 'code_challenge=abc&code_challenge_method=S256&scope=code%3A1';
    expect(queryEvidence(challenge).facts.values).toMatchObject({ code_challenge: 'abc', scope: 'code:1' });
  });

  it('is bounded, and answers to any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4_096 }), fc.string({ unit: 'binary' }), (bytes, type) => {
        const { facts } = read(bytes, { 'content-type': type });
        expect(JSON.parse(JSON.stringify(facts))).toEqual(facts);
      }),
    );
    const huge = `${'n'.repeat(256)}=1&`.repeat(100);
    for (const body of [
      huge,
      `redirect_uri=${'x'.repeat(60_000)}`,
      'x'.repeat(65_536),
      '='.repeat(65_536),
      '%'.repeat(65_536),
    ]) {
      expect(JSON.stringify(read(body).facts).length).toBeLessThan(20_000);
    }
  });
});
