/**
 * The readers of signed codes and of sealed boxes. Beside being total and bounded, what they call good is held against a
 * second look: a code is base64 of bytes that node:crypto verifies, a box is the very one that was sealed.
 */
import { createPrivateKey, verify } from 'node:crypto';
import { caseFrom, concernsSignedCode } from '../src/inspectors/signed-code/case.ts';
import { explainSignedCode } from '../src/inspectors/signed-code/signed-code.ts';
import { sealRequest } from '../src/protocols/sealed/client.ts';
import { MEDIA_TYPES, readAnswer, readRequest } from '../src/protocols/sealed/envelope.ts';
import { isSealed, unseal } from '../src/protocols/sealed/hub.ts';
import { privateKeyOf, rawPublicKey, readSealingKey, sealingKey, signSealingKey } from '../src/protocols/sealed/key.ts';
import { meansSigned, readSignedCode } from '../src/protocols/signed-code/read.ts';
import { signCode, signingKey } from '../src/protocols/signed-code/signed-code.ts';
import { law, type Target, weigh } from './target.ts';

const NOW = 1_800_000_000_000;
const KEY = signingKey(
  createPrivateKey({
    key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, 1)]),
    format: 'der',
    type: 'pkcs8',
  }),
);
const CODES = Array.from({ length: 20 }, (_, i) => signCode(KEY, { from: NOW, until: NOW + i * 1_000 }));
const LTPK = 'ltpk: AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA= ';

/** Signed codes, in every state, and the inspector that explains them. */
export const SIGNED_CODE: Target = {
  name: 'signed-code',
  seeds: () => [
    ...CODES,
    ...CODES.slice(0, 3).flatMap((code) => [
      Buffer.from(code).toString('base64'),
      Buffer.from(code, 'base64').toString('hex'),
      Buffer.from(code, 'base64').toString('base64url'),
      encodeURIComponent(code),
      `hap5.1-authcode: ${code}`,
      `${LTPK}Bad ed25519 signature: '${code}'`,
      `grant_type=authorization_code&code=${encodeURIComponent(code)}`,
    ]),
  ],
  pieces: [
    'CFS1',
    'CFS2',
    'Q0ZT',
    '0854b5',
    '=',
    '==',
    '+',
    '/',
    '-',
    '_',
    ' ',
    '\n',
    '%2B',
    '%3D',
    'A',
    'ltpk=',
    '"',
    '&code=',
  ],
  run(input) {
    const read = readSignedCode(input, [KEY]);
    law(weigh(read) < (read.ok ? 300 : 500), 'an answer is short');
    law(JSON.stringify(readSignedCode(input, [KEY])) === JSON.stringify(read), 'the same twice');
    const c = caseFrom(input, { keys: [KEY], now: NOW });
    law(weigh(c) < 1_000, 'a case is short, and so repeats no code');
    const verdict = explainSignedCode(input, { keys: [KEY], now: NOW });
    law(verdict.ok === !verdict.decisive, 'a verdict is decided or good');
    concernsSignedCode(input);
    if (!read.ok) {
      law(read.cause !== 'wrong-key', 'with one key there is no other');
      return read.cause;
    }
    const bytes = Buffer.from(read.code, 'base64');
    law(bytes.toString('base64') === read.code && input.includes(read.code), 'a code is base64, as it came');
    law(verify(null, bytes.subarray(0, 39), KEY.publicKey, bytes.subarray(39)), 'a good code is signed');
    law(CODES.includes(read.code), 'and nobody but us signs');
    law(meansSigned(input), 'what is good is meant as one');
    return 'good';
  },
};

const ISSUER = 'https://hub.example';
const SEALING = sealingKey(Buffer.alloc(32, 2), { notBefore: NOW - 1_000, notAfter: NOW + 1_000 });
const LTSK = privateKeyOf('Ed25519', Buffer.alloc(32, 3));
const LTPK_BYTES = rawPublicKey(LTSK);
const STATEMENT = await signSealingKey(ISSUER, SEALING, LTSK);
const FORM = 'grant_type=authorization_code&code=x';
const BOXES = await Promise.all(
  Array.from({ length: 10 }, async () => (await sealRequest(FORM, STATEMENT, LTPK_BYTES, { now: NOW })).body),
);

/** Sealed requests, answers and statements. */
export const SEALED: Target = {
  name: 'sealed',
  seeds: () => [...BOXES, STATEMENT],
  pieces: ['A', 'AQ', 'Ag', '_', '-', '=', '+', '.', ' ', '\n', 'AAAAAAAA', '\u00e9', '.e30.'],
  async run(input) {
    for (const read of [readRequest(input), readAnswer(input)])
      if (read.ok) law(read.ciphertext.length <= input.length, 'an envelope is no larger than its text');
      else law(weigh(read) < 200, 'a fault is short');
    isSealed({ headers: { 'content-type': input } });
    const request = { method: 'POST', path: '/token', headers: { 'content-type': MEDIA_TYPES.request }, body: input };
    const deps = { issuer: ISSUER, now: NOW, keys: [SEALING] };
    const opened = await unseal(request, deps);
    const bytes = await unseal({ ...request, body: Buffer.from(input, 'latin1') }, deps);
    if (/^[\0-\x7f]*$/.test(input)) law(opened.ok === bytes.ok, 'text and bytes mean the same');
    const statement = await readSealingKey(input, LTPK_BYTES, NOW);
    if (statement.ok) {
      law(input === STATEMENT, 'nobody but us signs a statement');
      return 'statement';
    }
    law(weigh(statement) < 300, 'a refusal is short');
    if (!opened.ok) {
      law(weigh(opened) < 300, 'a cause is short');
      return opened.cause;
    }
    law(BOXES.includes(input), 'only the very box that was sealed is opened');
    law(Buffer.from(opened.request.body).toString() === FORM, 'and holds what was sealed');
    return 'opened';
  },
};
