/**
 * The typed code: a label that says what the string is, and an alphanumeric body.
 *
 * `hap5.1-authcode:` + 29 base62 characters: two that name a time bucket (so that stored keys land side by
 * side), then 27 that carry 160 random bits. The 16-character form is all random (95 bits), for codes that are also
 * bound to a key. Tokens use the same bodies under labels that fit RFC 6750's `b64token`.
 *
 * Not here: who may redeem it. Usable alone, without storage.
 */
import { createHmac, hash, type KeyObject, randomFillSync } from 'node:crypto';

/** Labels by purpose. RFC 6749 §A.11 allows any visible character in a code; RFC 6750 §2.1 is narrower for tokens. */
export const LABELS = {
  authorization_code: 'hap5.1-authcode:',
  access_token: 'cfa_',
  refresh_token: 'cfr_',
  payments_key: 'cfp_',
} as const;

/** A purpose that has a label. */
export type Purpose = keyof typeof LABELS;

/** Body lengths, in characters. */
export const BODY_LENGTH = { opaque: 29, bound: 16 } as const;

/** Random bits in a body, rounded down: the two characters of the time bucket are not random. */
export const ENTROPY_BITS = { opaque: 160, bound: 95 } as const;

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * Width of a time bucket. What one batch of a busy store writes should fall into one or two of them: then its index
 * entries share a few pages, where random ones would touch a page each. 62² buckets wrap after four minutes.
 */
const BUCKET_MS = 64;
const BUCKETS = 62 * 62;
/** Buckets of an id of ours: they wrap after three days, so that ids of one hour stand together. */
const ID_BUCKET_BITS = 22;

const RANDOM_CHARACTERS = BODY_LENGTH.opaque - 2;

/** Longest string looked at, blanks and label included; anything longer is no code. */
const PRESENTED_MAX = 512;

/** A fresh code for `purpose`; `now` in milliseconds names its time bucket. */
export function mintCode(purpose: Purpose, form: 'opaque' | 'bound', now: number): string {
  const body = form === 'bound' ? randomBase62(BODY_LENGTH.bound) : bucketOf(now) + randomBase62(RANDOM_CHARACTERS);
  return LABELS[purpose] + body;
}

/**
 * The one successor of a refresh token: HMAC(key, predecessor ‖ family), so that parallel refreshes get the identical
 * string and nobody has to store it. `usedAt` is the predecessor's first use, which names the bucket.
 */
export function successorOf(key: KeyObject, predecessor: string, family: string, usedAt: number): string {
  const mac = createHmac('sha256', key).update(predecessor).update('\0').update(family).digest();
  return LABELS.refresh_token + bucketOf(usedAt) + base62(mac, RANDOM_CHARACTERS);
}

/** What a presented string turned out to be. `body` is what counts; `blanks` were around it and were dropped. */
export type ReadCode =
  | { readonly ok: true; readonly body: string; readonly form: 'opaque' | 'bound'; readonly blanks: boolean }
  | { readonly ok: false; readonly fault: 'empty' | 'label' | 'length' | 'character'; readonly detail: string };

const BODY = /^[0-9A-Za-z]+$/;
const OTHER_LABELS = Object.values(LABELS);

/**
 * Reads a presented code. The label and blanks around the body are presentation and are dropped; nothing else is
 * forgiven. A missing label is fine, a different one is a fault. More than 512 characters are a `length` fault unread.
 */
export function readCode(purpose: Purpose, presented: string): ReadCode {
  if (presented.length > PRESENTED_MAX)
    return { ok: false, fault: 'length', detail: lengthDetail(purpose, presented.length) };
  const label = LABELS[purpose];
  const trimmed = trim(presented);
  const rest = trimmed.startsWith(label) ? trimmed.slice(label.length) : trimmed;
  const body = trim(rest);
  if (body === '') return { ok: false, fault: 'empty', detail: 'no characters' };
  if (!BODY.test(body)) {
    if (body.includes(':') || OTHER_LABELS.some((other) => body.startsWith(other)))
      return { ok: false, fault: 'label', detail: `the label should be ${label}` };
    const at = [...body].findIndex((c) => !BODY.test(c));
    return { ok: false, fault: 'character', detail: `character ${at + 1} of the body is no letter or digit` };
  }
  const form = body.length === BODY_LENGTH.opaque ? 'opaque' : body.length === BODY_LENGTH.bound ? 'bound' : undefined;
  if (form === undefined || (form === 'bound' && purpose !== 'authorization_code')) {
    return { ok: false, fault: 'length', detail: lengthDetail(purpose, body.length) };
  }
  return {
    ok: true,
    body,
    form,
    blanks: body.length + (rest.length < trimmed.length ? label.length : 0) < presented.length,
  };
}

/**
 * The stored id of a code: `cd_`, its time bucket, and 160 bits of SHA-256 of label and body, in Crockford base32.
 * It is both the storage key and the fingerprint that people are shown; the code cannot be had back from it.
 *
 * @param body as `readCode` gave it; anything but letters and digits may throw a `RangeError`
 */
export function codeId(purpose: Purpose, body: string): string {
  const digest = hash('sha256', LABELS[purpose] + body, 'buffer');
  const key = Buffer.allocUnsafe(22);
  key.writeUInt16BE(BASE62.indexOf(body[0] ?? '0') * 62 + BASE62.indexOf(body[1] ?? '0'), 0);
  digest.copy(key, 2, 0, 20);
  return `cd_${toCrockford(key)}`;
}

/** A fresh id: prefix, 22 bits that name a time bucket, 106 that are random; 26 characters. */
export function newId(prefix: 'vd_' | 'gr_' | 'ef_' | 'at_', now: number): string {
  const bytes = Buffer.from(random(16).buffer);
  const bucket = Math.floor(now / BUCKET_MS) % 2 ** ID_BUCKET_BITS;
  const spare = 24 - ID_BUCKET_BITS;
  bytes.writeUIntBE(bucket * 2 ** spare + ((bytes[0] ?? 0) >> (8 - spare)), 0, 3);
  return prefix + toCrockford(bytes);
}

/** What repeats within a minute is one row: the key of that row, from what makes two attempts the same. */
export function minuteKey(at: number, parts: readonly (string | undefined)[]): string {
  return hash('sha256', [Math.floor(at / 60_000), ...parts].join('\n'), 'base64url').slice(0, 27);
}

/** The beginning of an id, as people are shown it: the prefix and ten characters. */
export function shortId(id: string): string {
  return id.slice(0, 13);
}

/** Without blanks, tabs and line breaks at both ends; nothing else is a blank here. One look at each character. */
function trim(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && ' \t\r\n'.includes(text[from] ?? '')) from++;
  while (to > from && ' \t\r\n'.includes(text[to - 1] ?? '')) to--;
  return text.slice(from, to);
}

function lengthDetail(purpose: Purpose, length: number): string {
  const short = purpose === 'authorization_code' ? ` or ${BODY_LENGTH.bound}` : '';
  return `expected ${BODY_LENGTH.opaque}${short} letters and digits, got ${length}`;
}

function bucketOf(now: number): string {
  const bucket = Math.floor(now / BUCKET_MS) % BUCKETS;
  return `${BASE62[Math.floor(bucket / 62)]}${BASE62[bucket % 62]}`;
}

/** Asking the system for a few bytes costs as much as for a few thousand. What is handed out is wiped from here. */
const pool = new Uint8Array(4_096);
let handedOut = pool.length;

/** `length` fresh random bytes, 4,096 at most. */
function random(length: number): Uint8Array {
  if (handedOut + length > pool.length) {
    randomFillSync(pool);
    handedOut = 0;
  }
  const from = handedOut;
  handedOut += length;
  const bytes = pool.slice(from, handedOut);
  pool.fill(0, from, handedOut);
  return bytes;
}

/** The largest multiple of 62 that a byte can be below: whatever is above it is drawn again, so that none is favoured. */
const EVEN = 248;

/** `length` random base62 digits, each as likely as any other. */
function randomBase62(length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of random(length - text.length)) if (byte < EVEN) text += BASE62[byte % 62];
  }
  return text;
}

/** `length` base62 digits of the number in `bytes`, which must carry at least that much. */
function base62(bytes: Buffer, length: number): string {
  let n = BigInt(`0x${bytes.toString('hex')}`);
  let text = '';
  while (text.length < length) {
    let digits = Number(n % DIGITS);
    n /= DIGITS;
    for (let i = 0; i < DIGITS_AT_ONCE && text.length < length; i++) {
      text += BASE62[digits % 62];
      digits = Math.floor(digits / 62);
    }
  }
  return text;
}

/** Eight digits fit into a double, and division of a BigInt is what costs. */
const DIGITS_AT_ONCE = 8;
const DIGITS = 62n ** BigInt(DIGITS_AT_ONCE);

/** Crockford base32 of bytes, the last character padded with zero bits. */
export function toCrockford(bytes: Uint8Array): string {
  let text = '';
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += CROCKFORD[(held >> bits) & 31];
    }
    held &= (1 << bits) - 1;
  }
  return bits > 0 ? text + CROCKFORD[(held << (5 - bits)) & 31] : text;
}

/** The whole bytes of Crockford base32; characters outside the alphabet count as zero. */
export function fromCrockford(text: string): Buffer {
  const bytes = Buffer.alloc(Math.floor((text.length * 5) / 8));
  let held = 0;
  let bits = 0;
  let at = 0;
  for (const character of text) {
    held = (held << 5) | Math.max(0, CROCKFORD.indexOf(character));
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = (held >> bits) & 255;
    held &= (1 << bits) - 1;
  }
  return bytes;
}
