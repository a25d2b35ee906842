/** Both ends of sealed redemption, against each other and against a second HPKE written from the RFC. */
import { createPublicKey, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  aeadOpen,
  aeadSeal,
  answerKeys,
  context,
  exported,
  openFirst,
  rawPrivate,
  rawPublic,
  sealFirst,
} from '../../../test/support/hpke.ts';
import { type SealedRequest, type SealedResponse, sealRequest } from './client.ts';
import { infoOf, MEDIA_TYPES, readAnswer, readRequest, requestAad, requestHeader } from './envelope.ts';
import { type BoxedRequest, isSealed, type UnsealDeps, unseal } from './hub.ts';
import { privateKeyOf, rawPublicKey, readSealingKey, type SealingKey, sealingKey, signSealingKey } from './key.ts';
import { openWith } from './suite.ts';

// proves: C7
const NOW = 1_800_000_000_000;
const DAY = 86_400_000;
const ISSUER = 'https://hub.example';
const FORM = 'grant_type=authorization_code&code=hap5.1-authcode%3Ax&code_verifier=v';
const TIMES = { notBefore: NOW - DAY, notAfter: NOW + DAY };
const SECRET = randomBytes(32);
const ltsk = privateKeyOf('Ed25519', randomBytes(32));
const ltpk = rawPublicKey(ltsk);
let key: SealingKey;
let statement: string;
let deps: UnsealDeps;

beforeAll(async () => {
  key = sealingKey(SECRET, TIMES);
  statement = await signSealingKey(ISSUER, key, ltsk);
  deps = { issuer: ISSUER, aliases: ['http://hub.home.local:5151'], now: NOW, keys: [key] };
});

const seal = (form: string = FORM, options = {}): Promise<SealedRequest> =>
  sealRequest(form, statement, ltpk, { now: NOW, ...options });
const requestOf = ({ headers, body }: Pick<SealedRequest, 'headers' | 'body'>): BoxedRequest => ({
  method: 'POST',
  path: '/token',
  headers,
  body: Buffer.from(body),
});
const answer = { status: 200, headers: { 'cache-control': 'no-store' }, body: '{"access_token":"cfa_ü"}' };
const response = (status: number, headers: Readonly<Record<string, string>>, body: string): SealedResponse => ({
  status,
  headers: { get: (name) => headers[name] ?? null },
  text: async () => body,
});
/** Each text that differs from `text` in one bit of what its bytes say. */
function* flips(text: string): Generator<string> {
  const bytes = Buffer.from(text, 'base64url');
  for (let at = 0; at < bytes.length; at++) {
    const copy = Buffer.from(bytes);
    copy[at] = (copy[at] ?? 0) ^ (1 << (at % 8));
    yield copy.toString('base64url');
  }
}

describe('a sealed request', () => {
  it('is opened as the form that was sealed, and its answer by the app that sealed it', async () => {
    const sealed = await seal();
    expect(sealed.url).toBe(`${ISSUER}/token`);
    expect(sealed.body).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(isSealed(requestOf(sealed))).toBe(true);
    const opened = await unseal(requestOf(sealed), deps);
    if (!opened.ok) throw new Error(opened.cause);
    expect(Buffer.from(opened.request.body).toString()).toBe(FORM);
    expect(opened.request.headers['content-type']).toBe('application/x-www-form-urlencoded');
    const outgoing = opened.seal(answer);
    expect(outgoing.headers['cache-control']).toBe('no-store');
    expect(outgoing.body).not.toContain('cfa_');
    expect(await sealed.open(response(200, outgoing.headers, outgoing.body))).toEqual({
      ok: true,
      status: 200,
      body: answer.body,
    });
  });

  it('never looks the same twice, and neither does its answer', async () => {
    const [one, two] = [await seal(), await seal()];
    expect(one.body.slice(24)).not.toBe(two.body.slice(24));
    const opened = await unseal(requestOf(one), deps);
    if (!opened.ok) throw new Error(opened.cause);
    expect(opened.seal(answer).body).not.toBe(opened.seal(answer).body);
  });

  it('carries the header fields that are bound to it, and is not opened with others', async () => {
    const sealed = await seal(FORM, { dpop: 'proof', authorization: 'Basic eDp5' });
    expect(sealed.headers).toMatchObject({ dpop: 'proof', authorization: 'Basic eDp5' });
    expect((await unseal(requestOf(sealed), deps)).ok).toBe(true);
    const { dpop: _, ...without } = sealed.headers;
    for (const headers of [without, { ...sealed.headers, dpop: 'other' }, { ...sealed.headers, authorization: '' }])
      expect(await unseal(requestOf({ ...sealed, headers }), deps)).toMatchObject({ cause: 'cannot-open' });
    const bare = await seal();
    const added = requestOf({ ...bare, headers: { ...bare.headers, dpop: '' } });
    expect(await unseal(added, deps)).toMatchObject({ cause: 'cannot-open' });
  });
});

describe('an altered box', () => {
  it('is refused whichever byte was changed, cut off or added', async () => {
    const { headers, body } = await seal();
    const bytes = Buffer.from(body, 'base64url');
    const shorter = Array.from(bytes.keys(), (length) => bytes.subarray(0, length).toString('base64url'));
    for (const changed of [...flips(body), ...shorter, Buffer.concat([bytes, bytes]).toString('base64url')])
      expect((await unseal(requestOf({ headers, body: changed }), deps)).ok, changed).toBe(false);
  });

  it('says to whoever runs the hub what was wrong', async () => {
    const { headers, body } = await seal();
    const cause = async (changed: string, other: Partial<UnsealDeps> = {}, more: Partial<BoxedRequest> = {}) => {
      const found = await unseal({ ...requestOf({ headers, body: changed }), ...more }, { ...deps, ...other });
      return found.ok ? 'opened' : found;
    };
    expect(await cause('')).toMatchObject({ cause: 'malformed', presented: '0 bytes' });
    expect(await cause(`${body}=`)).toMatchObject({ cause: 'malformed' });
    expect(await cause('A'.repeat(40_000))).toMatchObject({ cause: 'malformed', presented: '40000 characters' });
    expect(await cause(`Ag${body.slice(2)}`)).toMatchObject({ cause: 'malformed', presented: 'version 2' });
    expect(await cause(body, {}, { tooLarge: true })).toMatchObject({ cause: 'malformed' });
    expect(await cause(body, { keys: [] })).toMatchObject({ cause: 'unknown-key', presented: key.id });
    expect(await cause(body, { now: key.notAfter + 1 })).toMatchObject({ cause: 'key-expired' });
    expect(await cause(body, { now: key.notBefore - 1 })).toMatchObject({ cause: 'key-not-yet' });
    expect(await cause(body, { now: key.notAfter })).toBe('opened');
    const last = [...flips(body)].at(-1) ?? '';
    expect(await cause(last)).toMatchObject({ cause: 'cannot-open' });
  });

  it.each([
    ['another issuer', { issuer: 'https://hub.exampl' }, {}],
    ['another path', {}, { path: '/tokens' }],
    ['another method', {}, { method: 'PUT' }],
  ])('opens nowhere else: %s', async (_, other, more) => {
    const found = await unseal({ ...requestOf(await seal()), ...more }, { ...deps, ...other });
    expect(found).toMatchObject({ ok: false, cause: 'other-address', presented: 'another address' });
  });

  it('is not opened elsewhere either when its address is rewritten: the binding is in the key, not in the label', async () => {
    const envelope = readRequest((await seal()).body);
    if (!envelope.ok) throw new Error('unreadable');
    const aad = requestAad(requestHeader(envelope), {});
    const at = (issuer: string) => infoOf({ issuer, method: 'POST', path: '/token' });
    expect(await openWith(key.pair, envelope, at('https://evil.example'), aad)).toBeUndefined();
    expect(await openWith(key.pair, envelope, at(ISSUER), aad)).toBeDefined();
  });

  it('names one of the other addresses of this hub, where it was sealed for that', async () => {
    const alias = 'http://hub.home.local:5151';
    const sealed = await sealRequest(FORM, await signSealingKey(alias, key, ltsk), ltpk, { now: NOW });
    expect(await unseal(requestOf(sealed), deps)).toMatchObject({
      cause: 'other-address',
      expected: `POST ${ISSUER}/token`,
      presented: `POST ${alias}/token`,
    });
  });

  it('takes keys that are no keys for boxes that cannot be opened', async () => {
    const { headers, body } = await seal();
    for (const point of ['00', '01', 'ff']) {
      const bytes = Buffer.from(body, 'base64url');
      bytes.fill(Buffer.from(point, 'hex'), 17, 49);
      const found = await unseal(requestOf({ headers, body: bytes.toString('base64url') }), deps);
      expect(found, point).toMatchObject({ cause: 'cannot-open' });
    }
  });
});

describe('a sealed answer', () => {
  it('is not believed when a byte, its status or its type is another', async () => {
    const sealed = await seal();
    const opened = await unseal(requestOf(sealed), deps);
    if (!opened.ok) throw new Error(opened.cause);
    const { headers, body } = opened.seal(answer);
    for (const changed of flips(body)) {
      const found = await sealed.open(response(200, headers, changed));
      expect(found.ok, changed).toBe(false);
    }
    expect(await sealed.open(response(400, headers, body))).toMatchObject({ ok: false, cause: 'altered' });
    expect(await sealed.open(response(200, headers, 'no!'))).toMatchObject({ ok: false, cause: 'malformed' });
    const plain = response(400, { 'content-type': 'application/json' }, '{"error":"invalid_grant"}');
    expect(await sealed.open(plain)).toMatchObject({ ok: false, cause: 'unsealed' });
  });

  it('is for the one request it answers', async () => {
    const [mine, other] = [await seal(), await seal()];
    const opened = await unseal(requestOf(other), deps);
    if (!opened.ok) throw new Error(opened.cause);
    const { headers, body } = opened.seal(answer);
    expect(await mine.open(response(200, headers, body))).toMatchObject({ ok: false, cause: 'altered' });
  });
});

describe('the statement of a key', () => {
  it('is read with the key that was learned in pairing', async () => {
    expect(await readSealingKey(statement, ltpk, NOW, ISSUER)).toEqual({
      ok: true,
      issuer: ISSUER,
      key: { id: key.id, publicKey: key.publicKey, ...TIMES },
    });
  });

  it('says which way it is wrong', async () => {
    const cause = async (...ask: Parameters<typeof readSealingKey>) => {
      const read = await readSealingKey(...ask);
      return read.ok ? 'ok' : read.cause;
    };
    const other = rawPublicKey(privateKeyOf('Ed25519', randomBytes(32)));
    expect(await cause(statement, other, NOW)).toBe('signature');
    expect(await cause(statement, ltpk.subarray(1), NOW)).toBe('ltpk');
    expect(await cause(statement, ltpk, NOW, 'https://other.example')).toBe('issuer');
    expect(await cause(statement, ltpk, key.notAfter + 1)).toBe('expired');
    expect(await cause(statement, ltpk, key.notBefore - 1)).toBe('not-yet');
    expect(await cause('x'.repeat(5_000), ltpk, NOW)).toBe('malformed');
    expect(await cause('', ltpk, NOW)).toBe('malformed');
  });

  it('cannot be changed in any character', async () => {
    for (let at = 0; at < statement.length; at++) {
      const changed = statement.slice(0, at) + (statement[at] === 'A' ? 'B' : 'A') + statement.slice(at + 1);
      expect((await readSealingKey(changed, ltpk, NOW)).ok, changed).toBe(false);
    }
  });

  it('has one text: white space, padding and spare bits are not let pass', async () => {
    const last = statement.at(-1) ?? '';
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const twins = [...alphabet].filter((c) => c !== last).map((c) => statement.slice(0, -1) + c);
    const same = (text: string): boolean =>
      Buffer.from(text.split('.')[2] ?? '', 'base64url').equals(
        Buffer.from(statement.split('.')[2] ?? '', 'base64url'),
      );
    expect(twins.filter(same)).toHaveLength(15);
    for (const text of [...twins, `${statement}=`, ` ${statement}`, `${statement}\n`, statement.replace('.', '.\n')])
      expect((await readSealingKey(text, ltpk, NOW)).ok, text).toBe(false);
  });

  it('that was signed for something else, or says nothing sound, is none', async () => {
    const { CompactSign } = await import('jose');
    const sign = (typ: string, claims: unknown) =>
      new CompactSign(Buffer.from(JSON.stringify(claims))).setProtectedHeader({ alg: 'EdDSA', typ }).sign(ltsk);
    const x = Buffer.from(key.publicKey).toString('base64url');
    const sound = { iss: ISSUER, nbf: 1, exp: 4e9, jwk: { kty: 'OKP', crv: 'X25519', kid: key.id, x } };
    const typ = 'counterfoil-sealing+jwt';
    expect((await readSealingKey(await sign(typ, sound), ltpk, NOW)).ok).toBe(true);
    expect((await readSealingKey(await sign('JWT', sound), ltpk, NOW)).ok).toBe(false);
    const broken = [null, 7, [], { ...sound, iss: 1 }, { ...sound, exp: 1e300 }, { ...sound, nbf: 1.5 }];
    const keys = [null, {}, { ...sound.jwk, kid: 'x' }, { ...sound.jwk, crv: 'Ed25519' }, { ...sound.jwk, x: 'AA' }];
    for (const claims of [...broken, ...keys.map((jwk) => ({ ...sound, jwk })), { ...sound, exp: 9e14 }])
      expect(await readSealingKey(await sign(typ, claims), ltpk, NOW)).toMatchObject({ cause: 'malformed' });
  });

  it('is asked for before anything is sealed', async () => {
    await expect(sealRequest(FORM, statement, ltpk, { now: key.notAfter + 1 })).rejects.toThrow(/expired/);
    await expect(sealRequest(FORM, 'nothing', ltpk, { now: NOW })).rejects.toThrow(/malformed/);
    await expect(sealRequest(FORM, statement, ltpk, { now: NOW, issuer: 'https://x' })).rejects.toThrow(/issuer/);
  });
});

describe('a second HPKE, by node:crypto alone', () => {
  const vector = JSON.parse(
    readFileSync(new URL('../../../test/vectors/sealed/rfc9180-a2.json', import.meta.url), 'utf8'),
  );
  const hex = (text: string): Buffer => Buffer.from(text, 'hex');

  it('gives what RFC 9180 appendix A.2.1 gives, and so does the suite in use', async () => {
    const { info, pkEm, pkRm, skEm, skRm } = vector;
    const ours = context(rawPrivate(hex(skEm)), rawPublic(hex(pkRm)), hex(pkEm), hex(pkRm), hex(info));
    expect(ours.sharedSecret.toString('hex')).toBe(vector.shared_secret);
    expect(ours.key.toString('hex')).toBe(vector.key);
    expect(ours.baseNonce.toString('hex')).toBe(vector.base_nonce);
    expect(ours.exporterSecret.toString('hex')).toBe(vector.exporter_secret);
    for (const { context: label, length, value } of vector.exports)
      expect(exported(ours, hex(label), length).toString('hex')).toBe(value);
    const [{ pt, aad, ct }] = vector.encryptions;
    expect(sealFirst(ours, hex(aad), hex(pt)).toString('hex')).toBe(ct);
    const recipient = sealingKey(hex(skRm), TIMES);
    expect(Buffer.from(recipient.publicKey).toString('hex')).toBe(pkRm);
    const opened = await openWith(recipient.pair, { enc: hex(pkEm), ciphertext: hex(ct) }, hex(info), hex(aad));
    expect(Buffer.from(opened?.plaintext ?? []).toString('hex')).toBe(pt);
  });

  it('opens what the app seals, and its answers are opened by the app', async () => {
    const sealed = await seal(FORM, { dpop: 'proof' });
    const envelope = readRequest(sealed.body);
    if (!envelope.ok) throw new Error('unreadable');
    const info = infoOf({ issuer: ISSUER, method: 'POST', path: '/token' });
    const theirs = context(rawPrivate(SECRET), rawPublic(envelope.enc), envelope.enc, key.publicKey, info);
    const aad = requestAad(requestHeader(envelope), { dpop: 'proof' });
    expect(openFirst(theirs, aad, envelope.ciphertext).toString()).toBe(FORM);
    const secret = exported(theirs, Buffer.from('counterfoil sealed token answer 1'), 32);
    const nonce = randomBytes(32);
    const { key: answerKey, iv } = answerKeys(secret, envelope.enc, nonce);
    const said = Buffer.concat([
      ...[Uint8Array.of(1), nonce],
      aeadSeal(answerKey, iv, ANSWER_AAD, Buffer.from(answer.body)),
    ]);
    const headers = { 'content-type': MEDIA_TYPES.answer };
    expect(await sealed.open(response(200, headers, said.toString('base64url')))).toMatchObject({ body: answer.body });
  });

  it('seals what the hub opens, and opens its answer', async () => {
    const ephemeral = rawPrivate(randomBytes(32));
    const enc = Buffer.from(createPublicKey(ephemeral).export({ format: 'jwk' }).x ?? '', 'base64url');
    const info = infoOf({ issuer: ISSUER, method: 'POST', path: '/token' });
    const mine = context(ephemeral, rawPublic(key.publicKey), enc, key.publicKey, info);
    const like = readRequest((await seal()).body);
    if (!like.ok) throw new Error('unreadable');
    const header = requestHeader(like);
    const box = Buffer.concat([header, enc, sealFirst(mine, requestAad(header, {}), Buffer.from(FORM))]);
    const headers = { 'content-type': `${MEDIA_TYPES.request}; v=1` };
    const opened = await unseal(requestOf({ headers, body: box.toString('base64url') }), deps);
    if (!opened.ok) throw new Error(opened.cause);
    expect(Buffer.from(opened.request.body).toString()).toBe(FORM);
    const sealed = readAnswer(opened.seal(answer).body);
    if (!sealed.ok) throw new Error('unreadable');
    const secret = exported(mine, Buffer.from('counterfoil sealed token answer 1'), 32);
    const { key: answerKey, iv } = answerKeys(secret, enc, sealed.nonce);
    expect(aeadOpen(answerKey, iv, ANSWER_AAD, sealed.ciphertext).toString()).toBe(answer.body);
  });
});

/** `200` and the media type, each behind its length, as the README says. */
const ANSWER_AAD = Buffer.concat(
  ['200', 'application/vnd.counterfoil.sealed-token-answer'].flatMap((part) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(part.length);
    return [length, Buffer.from(part)];
  }),
);
