/**
 * Phrases of other software's logs, and what they say in our words. Patterns look for the few words that carry the meaning,
 * so that a changed sentence still reads. The first phrase that fits a line counts.
 *
 * To add one: a line here and one in `test/vectors/artefacts/home-log.json`. What several causes could mean belongs into
 * `symptoms.ts` instead.
 */
import type { Event, Step } from '../../../protocols/hap/transcript.ts';

/** The part of a dialogue that a log speaks of at the moment. */
export type Part = 'pair-setup' | 'pair-verify' | 'add-pairing' | 'remove-pairing' | 'list-pairings' | 'session';

/** What a line says: step, event, facts. */
type Said = readonly [step: Step, event: Event, facts?: Readonly<Record<string, string | number | boolean>>];

/** One phrase. `entry` may say no: the words alone are then not enough. */
interface Phrase {
  /** Whose it is. */
  readonly of: string;
  readonly pattern: RegExp;
  entry(match: RegExpExecArray, part: Part | undefined): Said | undefined;
}

const PARTS: readonly (readonly [RegExp, Part])[] = [
  [/pair[-_ ]?setup|Pair step|PairSetup|finish_?pairing|start_?pairing/i, 'pair-setup'],
  [/pair[-_ ]?verify|PairVerify|get_session_keys|session.?keys/i, 'pair-verify'],
  [/add[-_]?pairing/i, 'add-pairing'],
  [/remove[-_]?pairing/i, 'remove-pairing'],
  [/list[-_]?pairings/i, 'list-pairings'],
  [/\b(?:GET|PUT|request:?) \/?(?:characteristics|accessories|prepare)\b|(?:get|put)_characteristics/i, 'session'],
];

/** The part of the dialogue that a line names. */
export function partOf(line: string): Part | undefined {
  return PARTS.find(([pattern]) => pattern.test(line))?.[1];
}

/** The answer at which a TLV error is heard, when only the part is known. */
function heard(part: Part | undefined, error: number): Step {
  if (part === 'pair-verify') return error === 2 ? 'pair-verify M4' : 'pair-verify M2';
  if (part !== undefined && part !== 'pair-setup' && part !== 'session') return part;
  return error === 2 ? 'pair-setup M4' : 'pair-setup M2';
}

/** `M4` of the part that is spoken of. */
function message(m: string | undefined, part: Part | undefined): Step {
  if (part === 'pair-verify') return (Number(m) <= 2 ? 'pair-verify M2' : 'pair-verify M4') as Step;
  if (part === 'add-pairing' || part === 'remove-pairing' || part === 'list-pairings') return part;
  return `pair-setup M${m === '2' || m === '4' || m === '6' ? m : '2'}` as Step;
}

const tlv =
  (error: number) =>
  (_: RegExpExecArray, part: Part | undefined): Said => [heard(part, error), 'received', { error }];
const setup = (error: number) => (): Said => [error === 2 ? 'pair-setup M4' : 'pair-setup M2', 'received', { error }];
const always =
  (...said: Said) =>
  (): Said =>
    said;

/** What OSStatus numbers of CoreUtils mean for the part that is spoken of. */
function osStatus(code: number, part: Part | undefined): Said | undefined {
  const awaited: Step = part === 'pair-verify' ? 'pair-verify M2' : part === 'session' ? 'read' : 'pair-setup M2';
  if (code === -6754) return [heard(part, 2), 'received', { error: 2 }];
  if (code === -6722) return [awaited, 'timeout'];
  if (code === -6753 || code === -6723) return [awaited, 'closed'];
  if (code === -6727) return ['discover', 'failed'];
  if (code === -6760) return [heard(part, 3), 'received', { error: 3 }];
  if (code === -6742 || code === -6750 || code === -6743)
    return [awaited, 'failed', { check: 'tlv', fault: code === -6750 ? 'incomplete' : 'malformed' }];
  return undefined;
}

/** HMErrorDomain: the few of its codes that name a cause. */
const HM: Readonly<Record<number, Said>> = {
  2: ['discover', 'failed'],
  4: ['connect', 'failed', { errno: 'EHOSTUNREACH' }],
  5: ['write', 'received', { hap_status: -70404 }],
  6: ['read', 'received', { hap_status: -70405 }],
  7: ['subscribe', 'received', { hap_status: -70406 }],
  8: ['read', 'timeout'],
  9: ['read', 'received', { hap_status: -70402 }],
  14: ['pair-setup M2', 'received', { error: 7 }],
  16: ['read', 'received', { hap_status: -70407 }],
  17: ['read', 'received', { hap_status: -70401 }],
  13: ['pair-setup M2', 'received', { error: 6 }],
};

export const PHRASES: readonly Phrase[] = [
  // hap-controller: "M4: Error: 2", with the part in the stack behind it.
  {
    of: 'hap-controller',
    pattern: /\bM([246]): Error: ([1-9])\b/,
    entry: ([, m, e], part) => [message(m, part), 'received', { error: Number(e) }],
  },
  {
    of: 'hap-controller',
    pattern: /\bM([246]): Invalid state: (\d+)/,
    entry: ([, m, s], part) => [
      message(m, part),
      'failed',
      { check: 'state', expected: Number(m), presented: Number(s) },
    ],
  },
  {
    of: 'hap-controller',
    pattern: /\bM([246]): (?:Empty TLV|Missing state)/,
    entry: ([, m], part) => [message(m, part), 'failed', { check: 'tlv', fault: 'incomplete' }],
  },
  {
    of: 'hap-controller',
    pattern: /\bM2: Wrong accessory pairing ID/,
    entry: always('pair-verify M2', 'failed', { check: 'accessory-id' }),
  },
  {
    of: 'hap-controller',
    pattern: /\bM2: Signature verification failed/,
    entry: always('pair-verify M2', 'failed', { check: 'signature' }),
  },
  {
    of: 'hap-controller',
    pattern: /\bM2: Decryption of (?:sub-TLV|data) failed/,
    entry: always('pair-verify M2', 'failed', { check: 'tag' }),
  },
  {
    of: 'hap-controller',
    pattern: /\bM4: Proof verification failed/,
    entry: always('pair-setup M4', 'failed', { check: 'srp-proof' }),
  },
  {
    of: 'hap-controller',
    pattern: /\bM6: Decryption of sub-TLV failed/,
    entry: always('pair-setup M6', 'failed', { check: 'tag' }),
  },
  {
    of: 'hap-controller',
    pattern: /\bM6: Signature verification failed/,
    entry: always('pair-setup M6', 'failed', { check: 'signature' }),
  },
  {
    of: 'hap-controller',
    pattern: /\bM([246]): (?:.+ missing from|Missing (?:public key|salt)|Proof missing)/,
    entry: ([, m], part) => [message(m, part), 'failed', { check: 'missing' }],
  },
  {
    of: 'hap-controller',
    pattern: /\bInvalid PIN format\b/,
    entry: always('pair-setup M1', 'failed', { check: 'code-form', fault: 'characters' }),
  },
  {
    of: 'hap-controller',
    pattern: /\bInvalid PIN\b/,
    entry: always('pair-setup M1', 'failed', { check: 'code-form', fault: 'trivial' }),
  },

  // hap-nodejs and homebridge: the accessory's side of it.
  { of: 'hap-nodejs', pattern: /Reached maximum amount of unsuccessful pair attempts/i, entry: setup(5) },
  {
    of: 'hap-nodejs',
    pattern: /Error while checking pin ?code|client did not use the same password/i,
    entry: setup(2),
  },
  {
    of: 'hap-nodejs',
    pattern: /Error while decrypting and verifying M5|M5: (?:Missing required|Failed to decode|Encrypted data missing)/,
    entry: always('pair-setup M6', 'received', { error: 2 }),
  },
  {
    of: 'hap-nodejs',
    pattern: /attempting to verify, but we are not paired|provided an invalid signature/i,
    entry: always('pair-verify M4', 'received', { error: 2 }),
  },
  { of: 'hap-nodejs', pattern: /M3: Failed to decrypt/, entry: always('pair-verify M4', 'received', { error: 2 }) },
  {
    of: 'hap-nodejs',
    pattern: /failed (ADD|REMOVE|LIST)_PAIRINGS? with code (\d)/,
    entry: ([, what, e]) => [
      `${what?.toLowerCase()}-pairing${what === 'LIST' ? 's' : ''}` as Step,
      'received',
      { error: Number(e) },
    ],
  },
  {
    of: 'hap-nodejs',
    pattern: /(?:TTL for timed write .*expired|Timed write request timed out)/i,
    entry: always('timed-write', 'received', { hap_status: -70410, late_ms: 1 }),
  },
  {
    of: 'hap-nodejs',
    pattern: /timed write only .*without properly preparing/i,
    entry: always('timed-write', 'received', { hap_status: -70410 }),
  },
  {
    of: 'hap-nodejs',
    pattern: /trying to decrypt incoming packet/i,
    entry: always('session', 'failed', { check: 'tag' }),
  },
  {
    of: 'hap-nodejs',
    pattern: /Could not create mDNS advertisement|won't be discoverable/i,
    entry: always('discover', 'failed'),
  },
  {
    of: 'hap-nodejs',
    pattern: /Could not verify admin permissions/i,
    entry: always('read', 'received', { hap_status: -70401 }),
  },
  { of: 'hap-nodejs', pattern: /does not allow reading/i, entry: always('read', 'received', { hap_status: -70405 }) },
  { of: 'hap-nodejs', pattern: /does not allow writing/i, entry: always('write', 'received', { hap_status: -70404 }) },
  {
    of: 'hap-nodejs',
    pattern: /does not allow notify/i,
    entry: always('subscribe', 'received', { hap_status: -70406 }),
  },
  {
    of: 'hap-nodejs',
    pattern: /Could not find a Characteristic with aid/i,
    entry: always('read', 'received', { hap_status: -70409 }),
  },
  {
    of: 'hap-nodejs',
    pattern: /TLV decode failure: (.{1,60})/,
    entry: (m, part) => [
      message(part === 'pair-verify' ? '2' : '4', part),
      'failed',
      { check: 'tlv', fault: /exceeds|incomplete/.test(m[1] ?? '') ? 'incomplete' : 'malformed' },
    ],
  },

  // aiohomekit, homekit_python and Home Assistant: names of exceptions, keys and messages of the dialogue.
  { of: 'aiohomekit', pattern: /\bMaxTriesError\b|max_tries_error|more than 100 unsuccessful/i, entry: setup(5) },
  { of: 'aiohomekit', pattern: /\bMaxPeersError\b|max_peers_error|no free pairing storage/i, entry: tlv(4) },
  { of: 'aiohomekit', pattern: /\bBusyError\b|busy_error|already pairing with another controller/i, entry: setup(7) },
  { of: 'aiohomekit', pattern: /\bBackoffError\b/, entry: setup(3) },
  {
    of: 'aiohomekit',
    pattern:
      /\b(?:Unavailable|AlreadyPaired)Error\b|already_paired\b|already paired (?:to|with) another|Accessory already added/i,
    entry: setup(6),
  },
  {
    of: 'aiohomekit',
    pattern: /\bInvalidSignatureError\b|\bInvalidSignature\b/,
    entry: (_, part) => [part === 'pair-setup' ? 'pair-setup M6' : 'pair-verify M2', 'failed', { check: 'signature' }],
  },
  {
    of: 'aiohomekit',
    pattern: /\bIncorrectPairingI[dD]Error\b|IncorrectPairingID/,
    entry: always('pair-verify M2', 'failed', { check: 'accessory-id' }),
  },
  {
    of: 'aiohomekit',
    pattern: /\bInvalidAuthTagError\b/,
    entry: (_, part) => [part === 'pair-setup' ? 'pair-setup M6' : 'pair-verify M2', 'failed', { check: 'tag' }],
  },
  { of: 'aiohomekit', pattern: /\bEncryptionError\b/, entry: always('session', 'failed', { check: 'tag' }) },
  {
    of: 'aiohomekit',
    pattern:
      /\bAuthenticationError\b|authentication_error|Incorrect HomeKit code|Incorrect (?:accessory )?setup code|invalid setup code/i,
    entry: tlv(2),
  },
  {
    of: 'aiohomekit',
    pattern: /insecure_setup_code|setup code is insecure|MalformedPinError: .*trivial/i,
    entry: always('pair-setup M1', 'failed', { check: 'code-form', fault: 'trivial' }),
  },
  {
    of: 'aiohomekit',
    pattern: /\bMalformedPinError\b|malformed pin/i,
    entry: always('pair-setup M1', 'failed', { check: 'code-form', fault: 'characters' }),
  },
  {
    of: 'aiohomekit',
    pattern: /\bAccessoryNotFoundError\b|accessory_not_found_error|device can no longer be found|no_devices\b/i,
    entry: always('discover', 'failed'),
  },
  {
    of: 'aiohomekit',
    pattern: /\bAccessoryDisconnectedError\b/,
    entry: (m, part) => [
      part === 'pair-setup' ? 'pair-setup M2' : part === 'pair-verify' ? 'pair-verify M2' : 'session',
      /timed? ?out/i.test(m.input) ? 'timeout' : 'closed',
    ],
  },
  { of: 'aiohomekit', pattern: /\bUnpairedError\b/, entry: always('pair-verify M4', 'received', { error: 2 }) },
  { of: 'aiohomekit', pattern: /\bUnknownError\b/, entry: tlv(1) },

  // Any software: HAP statuses, HTTP 470, system errors, TXT records, the twelve codes.
  {
    of: 'any',
    pattern: /(?:status|code)\W{0,5}(-704(?:0[1-9]|1[0-2]))\b/i,
    entry: ([, s], part) => [
      part === 'add-pairing' || part === 'remove-pairing' || part === 'list-pairings' ? part : 'read',
      'received',
      { hap_status: Number(s) },
    ],
  },
  {
    of: 'any',
    pattern: /\b470\b.{0,40}Authorization Required|Connection Authorization Required/i,
    entry: always('read', 'received', { http_status: 470 }),
  },
  {
    of: 'any',
    pattern:
      /\b(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ETIMEDOUT|ENOTFOUND|EAI_AGAIN)\b(?:.{0,40}?(\d{1,3}(?:\.\d{1,3}){3}):(\d{1,5}))?/,
    entry: ([, errno = '', address, port]) => [
      'connect',
      errno === 'ETIMEDOUT' ? 'timeout' : 'failed',
      { errno, ...(address && { address }), ...(port && { port: Number(port) }) },
    ],
  },
  {
    of: 'any',
    pattern: /\b(?:Connect call failed|Connection refused)\b(?:.{0,40}?(\d{1,3}(?:\.\d{1,3}){3})'?,? (\d{1,5}))?/i,
    entry: ([, address, port]) => [
      'connect',
      'failed',
      { errno: 'ECONNREFUSED', ...(address && { address }), ...(port && { port: Number(port) }) },
    ],
  },
  {
    of: 'any',
    pattern: /\bNo route to host\b|\bNetwork is unreachable\b/i,
    entry: always('connect', 'failed', { errno: 'EHOSTUNREACH' }),
  },
  {
    of: 'any',
    pattern: /\bECONNRESET\b|\bsocket hang up\b|Connection reset by peer/i,
    entry: (_, part) => [
      part === 'pair-setup' ? 'pair-setup M2' : part === 'pair-verify' ? 'pair-verify M2' : 'session',
      'closed',
    ],
  },
  {
    of: 'any',
    pattern: /\bbad ed25519 (?:public )?key|(?:LTPK|public key).{0,40}\b(?:must be|expected|length).{0,20}\b32\b/i,
    entry: always('pair-verify M2', 'failed', { check: 'ltpk-length' }),
  },
  {
    of: 'any',
    pattern: /Protocol Version \(pv\)\W+([0-9][0-9.]{0,8})|['"]pv['"]\W{1,3}['"]([0-9][0-9.]{0,8})['"]/,
    entry: ([, a, b]) => ['discover', 'known', { txt_pv: a ?? b ?? '' }],
  },

  // iOS and macOS consoles: numbers of CoreUtils and of HomeKit.
  {
    of: 'iOS',
    pattern: /OSStatus(?:ErrorDomain)?\b.{0,20}?(-67\d\d)\b|\bdue to (-67\d\d)\b/,
    entry: ([, a, b], part) => osStatus(Number(a ?? b), part),
  },
  { of: 'iOS', pattern: /HMErrorDomain\W+Code\W+(\d{1,3})\b/, entry: ([, code]) => HM[Number(code)] },
];
