/**
 * What somebody on the way, or the accessory itself, does to our controller; and how that ends. A row's `at` is a message as the
 * proxy names it. To add one: a row.
 */
import type { Fault, FaultPoint } from '../../src/protocols/hap/accessory/index.ts';
import type { HapErrorKind } from '../../src/protocols/hap/errors.ts';
import type { Step } from '../../src/protocols/hap/transcript.ts';
import type { From, Hand, Play } from '../support/tampering-proxy.ts';
import type { Doing } from './tampering-operations.ts';

/** One fault. */
export interface Tampering {
  readonly during: Doing;
  readonly what: string;
  /** Where and how on the wire; or what the accessory is told to do. */
  readonly wire?: { readonly from: From; readonly at: string; readonly play: Play };
  readonly script?: { readonly point: FaultPoint; readonly fault: Fault };
  /** The step and the kind of the `HapError`. */
  readonly ends: `${Step}: ${HapErrorKind}`;
}

type Row = readonly [at: string, what: string, play: Play, ends: Tampering['ends']];

const silence: Play = () => {};
const close: Play = (hand) => hand.close();
const reset: Play = (hand) => hand.reset();
const half: Play = (hand) => hand.end();
const drip: Play = (hand, message) => hand.drip(message);
const twice: Play = (hand, message) => hand.pass(Buffer.concat([message, message]));
const garbled: Play = (hand, message) => hand.pass(Buffer.concat([Buffer.from([7, 0, 255, 13, 10, 13, 10]), message]));
const echoed: Play = (hand, message) => hand.back(message);
/** The first `bytes`, all but so many when negative; then a FIN. */
const cut = (bytes: number): Play => both((hand, message) => hand.pass(message.subarray(0, bytes)), half);
const stall =
  (bytes: number): Play =>
  (hand, message) =>
    hand.pass(message.subarray(0, bytes));
const instead =
  (bytes: string | Uint8Array): Play =>
  (hand) =>
    hand.pass(Buffer.from(bytes as string, 'latin1'));
const behind =
  (bytes: string): Play =>
  (hand, message) =>
    hand.pass(Buffer.concat([message, Buffer.from(bytes)]));
const flood =
  (bytes: string): Play =>
  (hand) =>
    hand.flood(Buffer.from(bytes));
/** So many messages before this one, again. */
const earlier =
  (back: number): Play =>
  (hand) =>
    hand.pass(hand.before.at(-back) ?? Buffer.alloc(0));

function both(first: Play, second: Play): Play {
  return (hand, message) => {
    first(hand, message);
    second(hand, message);
  };
}

/** A bit of the byte at that place; negative from the end. */
function flip(at: number): Play {
  return (hand, message) => {
    const changed = Buffer.from(message);
    const place = at < 0 ? changed.length + at : at;
    changed.writeUInt8(changed.readUInt8(place) ^ 1, place);
    hand.pass(changed);
  };
}

/** The head as another text. */
function head(change: (text: string) => string): Play {
  return (hand, message) => {
    const end = message.indexOf('\r\n\r\n');
    const text = change(message.toString('latin1', 0, end));
    hand.pass(Buffer.concat([Buffer.from(text, 'latin1'), message.subarray(end)]));
  };
}

/** Another length of body, by so much. */
function longer(by: number): Play {
  return head((text) => text.replace(/(?<=Content-Length: )\d+/i, (digits) => String(Number(digits) + by)));
}

const field = (line: string): Play => head((text) => `${text}\r\n${line}`);
const nobodyListens: Play = both((hand: Hand) => hand.deaf(), close);

const HUGE = 3 * 1024 * 1024;
/** A media type that brings a field with it. */
const LENGTHY = `application/hap+json\r\nContent-Length: ${HUGE}`;
const OK = 'HTTP/1.1 200 OK\r\n';

/** What the accessory's answers become. */
const SETUP: readonly Row[] = [
  ['pair-setup M2', 'nothing comes', silence, 'pair-setup M2: timeout'],
  ['pair-setup M4', 'nothing comes', silence, 'pair-setup M4: timeout'],
  ['pair-setup M6', 'nothing comes', silence, 'pair-setup M6: timeout'],
  ['pair-setup M2', 'closed', close, 'pair-setup M2: closed'],
  ['pair-setup M4', 'closed', close, 'pair-setup M4: closed'],
  ['pair-setup M6', 'closed', close, 'pair-setup M6: closed'],
  ['pair-setup M2', 'closed in one direction', half, 'pair-setup M2: closed'],
  ['pair-setup M4', 'reset', reset, 'pair-setup M4: closed'],
  ['pair-setup M2', 'cut off in the head', cut(12), 'pair-setup M2: closed'],
  ['pair-setup M4', 'cut off in the body', cut(-40), 'pair-setup M4: closed'],
  ['pair-setup M6', 'cut off before the last byte', cut(-1), 'pair-setup M6: closed'],
  ['pair-setup M2', 'the head, and then nothing', stall(60), 'pair-setup M2: timeout'],
  ['pair-setup M2', 'a byte at a time', drip, 'pair-setup M2: timeout'],
  ['pair-setup M6', 'a byte at a time', drip, 'pair-setup M6: timeout'],
  ['pair-setup M6', 'announced as one byte longer', longer(1), 'pair-setup M6: timeout'],
  ['pair-setup M2', 'announced as one byte shorter', longer(-1), 'pair-setup M2: malformed'],
  ['pair-setup M2', 'two lengths', field('Content-Length: 1'), 'pair-setup M2: malformed'],
  ['pair-setup M2', 'a length and chunks', field('Transfer-Encoding: chunked'), 'pair-setup M2: malformed'],
  ['pair-setup M4', 'a head of 20 KiB', field(`X-Long: ${'x'.repeat(20_480)}`), 'pair-setup M4: malformed'],
  ['pair-setup M4', 'a body of 3 MiB announced', longer(HUGE), 'pair-setup M4: malformed'],
  ['pair-setup M2', 'fields without end', flood(`${'X: y\r\n'.repeat(2_000)}`), 'pair-setup M2: malformed'],
  [
    'pair-setup M2',
    'interim answers without end',
    flood('HTTP/1.1 100 Continue\r\n\r\n'.repeat(500)),
    'pair-setup M2: timeout',
  ],
  ['pair-setup M2', 'events without end', flood('EVENT/1.0 200 OK\r\n\r\n'.repeat(500)), 'pair-setup M2: timeout'],
  [
    'pair-setup M2',
    'chunks without end',
    (hand) => {
      hand.pass(Buffer.from(`${OK}Transfer-Encoding: chunked\r\n\r\n`));
      hand.flood(Buffer.from('1\r\nx\r\n'.repeat(2_000)));
    },
    'pair-setup M2: malformed',
  ],
  ['pair-setup M2', 'garbage before it', garbled, 'pair-setup M2: malformed'],
  [
    'pair-setup M2',
    'an alert of TLS instead',
    instead('\x15\x03\x03\x00\x02\x02\x46\r\n\r\n'),
    'pair-setup M2: malformed',
  ],
  [
    'pair-setup M2',
    'a page instead',
    instead(`${OK}Content-Length: 13\r\n\r\n<html></html>`),
    'pair-setup M2: malformed',
  ],
  ['pair-setup M2', 'an empty success instead', instead('HTTP/1.1 204 No Content\r\n\r\n'), 'pair-setup M2: malformed'],
  ['pair-setup M2', 'a flipped bit in the status line', flip(3), 'pair-setup M2: malformed'],
  ['pair-setup M2', 'a flipped bit at its end', flip(-1), 'pair-setup M4: tlv-error'],
  ['pair-setup M4', 'a flipped bit in the proof', flip(-5), 'pair-setup M4: authentication'],
  ['pair-setup M6', 'a flipped bit in the ciphertext', flip(-60), 'pair-setup M6: authentication'],
  ['pair-setup M6', 'a flipped bit in the tag', flip(-1), 'pair-setup M6: authentication'],
  ['pair-setup M2', 'twice at once', twice, 'pair-setup M3: closed'],
  ['pair-setup M4', 'M2 once more', earlier(1), 'pair-setup M4: unexpected'],
  ['pair-setup M6', 'M4 once more', earlier(1), 'pair-setup M6: unexpected'],
];

/** What our own messages become on their way. */
const SETUP_ASKED: readonly Row[] = [
  ['connect', 'closed before a byte', close, 'pair-setup M2: closed'],
  ['pair-setup M1', 'reset', reset, 'pair-setup M2: closed'],
  ['pair-setup M1', 'sent back to us', echoed, 'pair-setup M2: malformed'],
  ['pair-setup M1', 'lost', silence, 'pair-setup M2: timeout'],
  ['pair-setup M1', 'no HTTP any more', instead('\x00\x01\r\n\r\n'), 'pair-setup M2: http-status'],
  ['pair-setup M3', 'a flipped bit in the proof', flip(-1), 'pair-setup M4: tlv-error'],
  ['pair-setup M3', 'M1 once more', earlier(1), 'pair-setup M4: unexpected'],
  ['pair-setup M5', 'a flipped bit in the tag', flip(-1), 'pair-setup M6: tlv-error'],
];

const OPEN: readonly Row[] = [
  ['pair-verify M2', 'nothing comes', silence, 'pair-verify M2: timeout'],
  ['pair-verify M4', 'nothing comes', silence, 'pair-verify M4: timeout'],
  ['pair-verify M2', 'closed', close, 'pair-verify M2: closed'],
  ['pair-verify M4', 'reset', reset, 'pair-verify M4: closed'],
  ['pair-verify M4', 'cut off before the last byte', cut(-1), 'pair-verify M4: closed'],
  ['pair-verify M2', 'a byte at a time', drip, 'pair-verify M2: timeout'],
  ['pair-verify M2', 'a flipped bit at its end', flip(-1), 'pair-verify M2: authentication'],
  ['pair-verify M4', 'M2 once more', earlier(1), 'pair-verify M4: unexpected'],
];

/** Both try to get plain text, which nobody has proven, into a session that has just been. */
const GLUED: readonly SessionRow[] = [
  [
    'read',
    'pair-verify M4',
    'an answer behind it',
    behind(`${OK}Content-Length: 2\r\n\r\n{}`),
    'pair-verify M4: unexpected',
  ],
  [
    'write',
    'pair-verify M4',
    'an event behind it',
    behind('EVENT/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}'),
    'pair-verify M4: unexpected',
  ],
  [
    'write',
    'pair-verify M4',
    'the head of an answer behind it',
    behind('HTTP/1.1 204 x\r\nX: '),
    'pair-verify M4: unexpected',
  ],
];

type SessionRow = readonly [during: Doing, ...Row];

const SESSION: readonly SessionRow[] = [
  ['read', 'frame 0', 'nothing comes', silence, 'read: timeout'],
  ['read', 'frame 0', 'closed', close, 'read: closed'],
  ['read', 'frame 0', 'reset', reset, 'read: closed'],
  ['read', 'frame 0', 'closed in one direction', half, 'read: closed'],
  ['read', 'frame 0', 'cut off in its length', cut(1), 'read: closed'],
  ['read', 'frame 0', 'cut off in the ciphertext', cut(20), 'read: closed'],
  ['read', 'frame 0', 'cut off in the tag', cut(-3), 'read: closed'],
  ['read', 'frame 0', 'half of it, and then nothing', stall(50), 'read: timeout'],
  ['read', 'frame 0', 'a byte at a time', drip, 'read: timeout'],
  ['read', 'frame 0', 'a flipped bit in the length', flip(0), 'read: decrypt'],
  ['read', 'frame 0', 'a flipped bit in the ciphertext', flip(10), 'read: decrypt'],
  ['read', 'frame 0', 'a flipped bit in the tag', flip(-1), 'read: decrypt'],
  ['read', 'frame 0', 'a frame of 65,535 bytes', flood('\xff'.repeat(4_096)), 'read: decrypt'],
  ['read', 'frame 0', 'an answer in plain text', instead(`${OK}Content-Length: 2\r\n\r\n{}`), 'read: decrypt'],
  ['read', 'frame 0', 'garbage before it', garbled, 'read: decrypt'],
  ['read', 'frame 0', 'twice at once', twice, 'read: decrypt'],
  ['read, twice', 'frame 1', 'the answer before once more', earlier(1), 'read: decrypt'],
  ['write', 'frame 0', 'closed', close, 'write: closed'],
  ['write', 'frame 0', 'nothing comes', silence, 'write: timeout'],
  ['timed write', 'frame 0', 'nothing comes', silence, 'prepare: timeout'],
  ['timed write', 'frame 1', 'nothing comes', silence, 'timed-write: timeout'],
  ['timed write', 'frame 1', 'reset', reset, 'timed-write: closed'],
  ['accessories', 'frame 0', 'lost', silence, 'accessories: decrypt'],
  ['accessories', 'frame 1', 'lost', silence, 'accessories: timeout'],
  ['accessories', 'frame 0', 'behind the next one', (hand, message) => hand.later(message), 'accessories: decrypt'],
  ['accessories', 'frame 1', 'cut off', cut(-1), 'accessories: closed'],
  ['subscribe', 'frame 0', 'nothing comes', silence, 'subscribe: timeout'],
  ['event', 'frame 1', 'closed', close, 'session: closed'],
  ['event', 'frame 1', 'cut off', cut(20), 'session: closed'],
  ['event', 'frame 1', 'a flipped bit', flip(30), 'session: decrypt'],
  ['event, then read', 'frame 1', 'lost', silence, 'read: decrypt'],
  ['event, then read', 'frame 1', 'half of it, and then nothing', stall(20), 'read: decrypt'],
  ['list pairings', 'frame 0', 'closed', close, 'list-pairings: closed'],
  ['add a pairing', 'frame 0', 'cut off', cut(-1), 'add-pairing: closed'],
  ['remove a pairing', 'frame 0', 'nothing comes', silence, 'remove-pairing: timeout'],
];

const SESSION_ASKED: readonly SessionRow[] = [
  ['read', 'frame 0', 'lost', silence, 'read: timeout'],
  ['read', 'frame 0', 'sent back to us', echoed, 'read: decrypt'],
  ['read', 'frame 0', 'a flipped bit', flip(5), 'read: closed'],
  ['write', 'frame 0', 'cut off', stall(30), 'write: timeout'],
  ['write', 'frame 0', 'twice at once', twice, 'write: closed'],
  ['read, twice', 'frame 1', 'the question before once more', earlier(1), 'read: closed'],
];

/** What the accessory itself does. */
const SCRIPT: readonly (readonly [during: Doing, FaultPoint, what: string, Fault, Tampering['ends']])[] = [
  ['pair-setup', 'pair-setup M2', 'another state', { kind: 'wrong-state' }, 'pair-setup M2: unexpected'],
  ['pair-setup', 'pair-setup M4', 'a wrong proof', { kind: 'wrong-proof' }, 'pair-setup M4: authentication'],
  ['pair-setup', 'pair-setup M6', 'a wrong signature', { kind: 'wrong-signature' }, 'pair-setup M6: authentication'],
  ['pair-setup', 'pair-setup M6', 'a wrong id', { kind: 'wrong-id' }, 'pair-setup M6: authentication'],
  ['open', 'pair-verify M2', 'a wrong signature', { kind: 'wrong-signature' }, 'pair-verify M2: authentication'],
  ['open', 'pair-verify M2', 'a wrong id', { kind: 'wrong-id' }, 'pair-verify M2: authentication'],
  ['open', 'pair-verify M2', 'a wrong key', { kind: 'wrong-key' }, 'pair-verify M2: authentication'],
  ['open', 'pair-verify M4', 'refused', { kind: 'tlv-error', error: 2 }, 'pair-verify M4: tlv-error'],
  ['accessories', 'accessories', 'a second length, of 3 MiB', said('{}', LENGTHY), 'accessories: malformed'],
  ['accessories', 'accessories', 'JSON 100,000 deep', said('['.repeat(100_000)), 'accessories: malformed'],
  ['read', 'read', 'bytes that are no JSON', said(Buffer.alloc(500, 255)), 'read: malformed'],
  [
    'read',
    'read',
    'the answer to another question',
    said('{"characteristics":[{"aid":1,"iid":12,"value":1}]}'),
    'read: unexpected',
  ],
  ['read', 'read', 'not verified any more', { kind: 'http-status', status: 470 }, 'read: http-status'],
  ['write', 'write', 'refused', { kind: 'hap-status', status: -70_402 }, 'write: hap-status'],
  ['list pairings', 'list-pairings', 'JSON for TLV8', said('{"characteristics":[]}'), 'list-pairings: malformed'],
];

function said(body: string | Buffer, contentType: string = 'application/hap+json'): Fault {
  return { kind: 'body', body: Buffer.from(body), contentType };
}

/** On the wire, of a direction. */
function wired(from: From, rows: readonly SessionRow[]): readonly Tampering[] {
  return rows.map(([during, at, what, play, ends]) => ({
    during,
    what: `${at}: ${what}`,
    wire: { from, at, play },
    ends,
  }));
}

function during(doing: Doing, rows: readonly Row[]): readonly SessionRow[] {
  return rows.map((row) => [doing, ...row]);
}

/** All of them. */
export const TAMPERINGS: readonly Tampering[] = [
  ...wired('controller', [
    ['pair-setup, twice', 'connect', 'nobody listens at the second try', nobodyListens, 'connect: refused'],
  ]),
  ...wired('accessory', during('pair-setup', SETUP)),
  ...wired('controller', during('pair-setup', SETUP_ASKED)),
  ...wired('accessory', [['identify', 'identify', 'nothing comes', silence, 'identify: timeout']]),
  ...wired('accessory', during('open', OPEN)),
  ...wired('accessory', GLUED),
  ...wired('accessory', SESSION),
  ...wired('controller', SESSION_ASKED),
  ...SCRIPT.map(([doing, point, what, fault, ends]) => ({
    during: doing,
    what: `the accessory, ${point}: ${what}`,
    script: { point, fault },
    ends,
  })),
];
