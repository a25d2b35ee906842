/** Readers of the home profile: capabilities as scopes, and the statement of a HAP key. */
import { createPrivateKey, createPublicKey, verify } from 'node:crypto';
import { capabilitiesOf, covers, homeScopes, permits } from '../src/profiles/home/capability.ts';
import { readStatement, signStatement } from '../src/profiles/home/prove/hap-key.ts';
import { isHomeScope, printScope, readScope, SCOPE_MAX } from '../src/profiles/home/scope.ts';
import { consentSentence, namesOf } from '../src/profiles/home/words.ts';
import { law, type Target, weigh } from './target.ts';

const NAMES = namesOf([{ id: 'lamp', name: 'Lamp', services: ['43'] }]);
const NOON = { day: 0, minute: 720 };

const SCOPES: Target = {
  name: 'home-scopes',
  seeds: () => [
    'home:lamp/lightbulb/brightness:rws[10..60]@mon-fri,22:00-06:00',
    'home:lamp/*/on:w[off]@sat-sun',
    'home:*:rws',
    'home:bridge.3/43/00000025-0000-1000-8000-0026BB765291:t',
    'home:heater/thermostat/target-temperature:w[-5.5..21.25]@00:00-24:00',
    'home:lamp:direct',
    'lamp:write',
  ],
  pieces: [
    'home:',
    '*',
    '/',
    ':',
    '[',
    ']',
    '..',
    '@',
    ',',
    '-',
    'mon',
    'sun',
    '24:00',
    '00:00',
    'on',
    'rws',
    't',
    'direct',
    '-0',
    '0.000',
  ],
  run(input) {
    const read = readScope(input);
    law(isHomeScope(input) === (read !== undefined), 'what belongs to the profile is read');
    if (read === undefined) return 'of others';
    if (!read.ok) {
      law(weigh(read) <= 3 * SCOPE_MAX, 'a fault is bounded');
      law(homeScopes([input]).length === 0, 'what cannot be read grants nothing');
      return 'refused';
    }
    const { scope } = read;
    const printed = printScope(scope);
    law(/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(printed), 'a printed scope is a scope token');
    const again = readScope(printed);
    law(again?.ok === true && printScope(again.scope) === printed, 'what was printed reads as the same');
    law(covers([scope], scope), 'a scope covers itself');
    law(consentSentence(input, NAMES) !== undefined, 'what can be granted can be said');
    const request = { accessory: 'lamp', service: '43', characteristic: '25', op: 'write', value: true } as const;
    const permission = permits(capabilitiesOf([scope]), request, NOON);
    law(!permission.ok || scope.kind === 'capability', 'a pairing permits nothing through the hub');
    return 'read';
  },
};

const KEY = createPrivateKey({
  key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, 7)]),
  format: 'der',
  type: 'pkcs8',
});
const X = createPublicKey(KEY).export({ format: 'jwk' }).x ?? '';
const SAID = { aud: 'http://hub.test:5151', code: 'hap5.1-authcode:x8G3', jkt: 'j'.repeat(43), pairingId: 'A1' };
const SOUND = signStatement(KEY, X, SAID);

const STATEMENT: Target = {
  name: 'hap-key',
  seeds: () => [SOUND, signStatement(KEY, X, { ...SAID, aud: 'http://other' }), SOUND.split('.').slice(0, 2).join('.')],
  pieces: ['.', '..', 'eyJ', '=', '-', '_', 'A', 'AA', 'AAAA'],
  run(input) {
    const { facts, publicKey } = readStatement(input, { ...SAID, aud: [SAID.aud] });
    law((facts.signature === 'valid') === (publicKey !== undefined), 'a key is handed out with a valid signature only');
    law(weigh(facts) <= 400, 'facts are bounded');
    if (publicKey === undefined) return facts.fault === undefined ? 'wrong signature' : 'unreadable';
    // Held against node:crypto alone, over the bytes as they came.
    const [head, body, signature = ''] = input.split('.');
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' });
    law(verify(null, Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url')), 'it is signed');
    return 'valid';
  },
};

/** Both. */
export const HOME: readonly Target[] = [SCOPES, STATEMENT];
