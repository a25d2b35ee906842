/** What a HAP connection brings: TLV8, frames, HTTP in both directions, JSON of characteristics. A character of an input is a byte. */
import { readAccessories, readCharacteristics } from '../src/protocols/hap/characteristics.ts';
import { HapError } from '../src/protocols/hap/errors.ts';
import { createOpener, createSealer, FRAME_MAX } from '../src/protocols/hap/frames.ts';
import { createHttpReader, type HttpMessage } from '../src/protocols/hap/http-messages.ts';
import { decodeTlv, encodeTlv, splitAt, TLV, type TlvItem } from '../src/protocols/hap/tlv8.ts';
import { mutate } from './mutate.ts';
import type { Random } from './random.ts';
import { law, type Target, weigh } from './target.ts';

const bytesOf = (input: string): Buffer => Buffer.from(input, 'latin1');
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const plainOf = (items: readonly TlvItem[]): [number, string][] =>
  items.map(({ type, value }) => [type, textOf(value)]);

const TLV_PIECES: readonly string[] = [
  '\x06\x01\x01',
  '\x03\xff',
  '\xff\x00',
  '\x00',
  '\xff',
  '\x07\x01\x02',
  `\x05\xff${'x'.repeat(255)}`,
  '\x01\x00',
];

/** Half of them are whole items, of few types so that fragments meet; some of those end early. */
function makeTlv(from: Random, seeds: readonly string[]): string {
  if (from.nat(2) === 0) return mutate(from, seeds, TLV_PIECES);
  const item = (): string => {
    const length = from.pick([0, 1, 2, 16, 254, 255, 255, from.nat(256)]);
    return (
      String.fromCharCode(from.pick([1, 3, 5, 6, 255]), length) + String.fromCharCode(from.nat(256)).repeat(length)
    );
  };
  const text = Array.from({ length: from.nat(9) }, item).join('');
  return from.nat(4) === 0 ? text.slice(0, from.nat(text.length + 1)) : text;
}

const TLV8: Target = {
  name: 'tlv8',
  seeds: () =>
    [
      encodeTlv([
        [TLV.state, 1],
        [TLV.method, 0],
        [TLV.flags, 0x01000010],
      ]),
      encodeTlv([
        [TLV.state, 2],
        [TLV.salt, Buffer.alloc(16, 9)],
        [TLV.publicKey, Buffer.alloc(384, 7)],
      ]),
      encodeTlv([
        [TLV.state, 4],
        [TLV.error, 3],
        [TLV.retryDelay, 600],
      ]),
      encodeTlv([
        [TLV.identifier, Buffer.from('A')],
        [TLV.permissions, 1],
        [TLV.separator, Buffer.alloc(0)],
        [TLV.identifier, Buffer.from('B')],
      ]),
      encodeTlv([
        [TLV.encryptedData, Buffer.alloc(255, 1)],
        [TLV.proof, Buffer.alloc(510, 2)],
      ]),
    ].map(textOf),
  make: makeTlv,
  run(input) {
    const bytes = bytesOf(input);
    const read = decodeTlv(bytes);
    if (!read.ok) return 'not TLV8';
    const { items } = read;
    const weight = items.reduce((sum, { value }) => sum + value.length, 0);
    law(weight + 2 * items.length <= bytes.length, 'items are no longer than what came');
    law(splitAt(items).flat().length <= items.length, 'lists hold no more than the items');
    const apart = items.every(({ type }, i) => type !== items[i - 1]?.type);
    if (!apart) return 'neighbours of one type';
    const again = decodeTlv(encodeTlv(items.map(({ type, value }) => [type, value])));
    law(
      again.ok && JSON.stringify(plainOf(again.items)) === JSON.stringify(plainOf(items)),
      'what was read can be written',
    );
    return 'read';
  },
};

const KEY = Buffer.alloc(32, 5);
const PLAIN = Buffer.from(Array.from({ length: 2_500 }, (_, i) => i % 251));
const SEALED = textOf(createSealer(KEY)(PLAIN)) + textOf(createSealer(Buffer.alloc(32, 6))(PLAIN));

const FRAME_PIECES: readonly string[] = [
  '\x00\x04',
  '\x01\x04',
  '\x00\x00',
  '\xff\xff',
  SEALED.slice(0, 1_042),
  SEALED.slice(1_042, 2_084),
];

const FRAMES: Target = {
  name: 'frames',
  seeds: () => [SEALED, SEALED.slice(0, 1_042), SEALED.slice(1_042, 2_084)],
  /** Half of them are sound up to one byte. */
  make(from, seeds) {
    if (from.nat(2) === 0) return mutate(from, seeds, FRAME_PIECES);
    const at = from.nat(3_000);
    return SEALED.slice(0, at) + String.fromCharCode(from.nat(256)) + SEALED.slice(at + 1, at + from.nat(2_000));
  },
  run(input) {
    const bytes = bytesOf(input);
    const pieces = createOpener(KEY);
    const parts: Buffer[] = [];
    let ended = false;
    for (let at = 0, step = 1; at < bytes.length; at += step, step = (step * 7 + 3) % 1_500) {
      const opened = pieces.push(bytes.subarray(at, at + step));
      law(!(ended && opened.ok), 'after a fault nothing is opened');
      if (opened.ok) parts.push(opened.plain);
      else ended = true;
      law(pieces.held() < FRAME_MAX + 18, 'less than a frame is held');
    }
    const plain = Buffer.concat(parts);
    law(plain.equals(PLAIN.subarray(0, plain.length)), 'only what was sealed is opened, in its order');
    const whole = createOpener(KEY).push(bytes);
    law(whole.ok === !ended, 'whole or in pieces the end is the same');
    law(!whole.ok || whole.plain.equals(plain), 'whole or in pieces the bytes are the same');
    return `${pieces.frames()} frames${ended ? ', then a fault' : ''}`;
  },
};

const HTTP_SEEDS = [
  'HTTP/1.1 200 OK\r\nContent-Type: application/hap+json\r\nContent-Length: 4\r\n\r\n{"a"HTTP/1.1 204 No Content\r\n\r\n',
  'EVENT/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 470 x\r\nContent-Length: 0\r\n\r\n',
  'HTTP/1.1 207 Multi-Status\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0a\r\n0123456789\r\n0\r\nT: u\r\n\r\nHTTP/1.1 100 \r\n\r\n',
  'POST /pair-setup HTTP/1.1\r\nHost: x:1\r\nContent-Type: application/pairing+tlv8\r\nContent-Length: 3\r\n\r\n\x06\x01\x01',
  'GET /characteristics?id=1.2 HTTP/1.1\r\nHost: x\r\n\r\nPUT /prepare HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n',
];

function readInPieces(
  kind: 'request' | 'response',
  bytes: Buffer,
  first: number,
): { messages: HttpMessage[]; fault: string | undefined } {
  const reader = createHttpReader(kind, { headMaxBytes: 512, bodyMaxBytes: 2_048 });
  const messages: HttpMessage[] = [];
  let fault: string | undefined;
  for (let at = 0, step = first; at < bytes.length; at += step, step = (step * 7 + 3) % 900 || 1) {
    const read = reader.push(bytes.subarray(at, at + step));
    law(fault === undefined || !read.ok, 'after a fault nothing is read');
    if (read.ok) messages.push(...read.messages);
    else fault = read.fault;
    law(reader.held() <= at + step, 'no more is held than came');
  }
  return { messages, fault };
}

const HTTP_MESSAGES: Target = {
  name: 'http-messages',
  seeds: () => HTTP_SEEDS,
  pieces: [
    '\r\n',
    '\r\n\r\n',
    '\n',
    ': ',
    '0\r\n\r\n',
    'ffffffff\r\n',
    'Content-Length: 5\r\n',
    'Content-Length: 99999\r\n',
    'Transfer-Encoding: chunked\r\n',
    'EVENT/1.0 ',
    'HTTP/1.1 200 OK\r\n',
    'a: b\r\n'.repeat(60),
    '__proto__: x\r\n',
    'x'.repeat(600),
  ],
  run(input) {
    const bytes = bytesOf(input);
    const kind = /^[A-Z]+ \//.test(input) ? 'request' : 'response';
    const [whole, pieces] = [readInPieces(kind, bytes, bytes.length || 1), readInPieces(kind, bytes, 1)];
    const shown = (messages: readonly HttpMessage[]): string => JSON.stringify(messages.map((m) => [m, [...m.fields]]));
    // in one piece the messages before a fault are not handed out: the connection ends there
    if (whole.fault === undefined)
      law(shown(whole.messages) === shown(pieces.messages), 'whole or in pieces the messages are the same');
    law((whole.fault === undefined) === (pieces.fault === undefined), 'whole or in pieces the end is the same');
    for (const { body, fields, status } of pieces.messages) {
      law(body.length <= Math.min(2_048, bytes.length), 'a body is bounded');
      law(
        [...fields.keys()].every((name) => name === name.toLowerCase()),
        'names are in lower case',
      );
      law(kind === 'request' ? status === 0 : status >= 0 && status <= 999, 'a status has three digits');
    }
    return `${kind}s${pieces.fault === undefined ? '' : ', then a fault'}`;
  },
};

const LIST = {
  accessories: [
    {
      aid: 1,
      services: [
        {
          iid: 1,
          type: '3E',
          primary: true,
          linked: [2],
          characteristics: [{ iid: 2, type: '25', format: 'bool', perms: ['pr', 'pw'], value: 1, minValue: 0 }],
        },
      ],
    },
  ],
};

const JSON_PIECES: readonly string[] = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  'null',
  'true',
  '1e999',
  '-1',
  '9007199254740993',
  '"__proto__":{"x":1},',
  '"aid":1',
  '"iid":2',
  '"value":',
  '"status":70401',
  '"type":"00000025-0000-1000-8000-0026BB765291"',
  '['.repeat(3_000),
];

/** One JSON reader of characteristics: it throws its own error and no other, and what it gives is no heavier than what came. */
const CHARACTERISTICS: Target = {
  name: 'characteristics',
  seeds: () => [
    JSON.stringify(LIST),
    '{"characteristics":[{"aid":1,"iid":10,"status":-70402},{"aid":2,"iid":9007199254740993,"value":true}]}',
  ],
  /** Half of them are of the shape that is looked for, with values of every kind in it. */
  make(from, seeds) {
    if (from.nat(2) === 0) return mutate(from, seeds, JSON_PIECES);
    const value = (): unknown =>
      from.pick([0, 1, -70402, 70401, 1.5, 2 ** 53, '', '25', 'x'.repeat(70), null, true, [], {}, [[1]]]);
    const some = (names: readonly string[]): Record<string, unknown> =>
      Object.fromEntries(names.flatMap((name) => (from.nat(3) === 0 ? [[name, value()]] : [])));
    const list = (make: () => unknown): unknown =>
      from.nat(12) === 0 ? value() : Array.from({ length: from.nat(4) }, make);
    const ids = (): object =>
      from.nat(9) === 0 ? {} : { aid: 1 + from.nat(3), iid: from.nat(20), type: from.pick(['3E', '0', value()]) };
    const one = (): object => ({
      ...ids(),
      ...some(['value', 'status', 'format', 'perms', 'type', 'minValue', '__proto__']),
    });
    const service = (): object => ({ ...ids(), ...some(['primary', 'linked']), characteristics: list(one) });
    const accessory = (): object => ({ ...ids(), services: list(service) });
    return JSON.stringify(from.nat(2) === 0 ? { characteristics: list(one) } : { accessories: list(accessory) });
  },
  run(input) {
    const body = Buffer.from(input);
    const words = [() => readAccessories(body), () => readCharacteristics(body, 'read', () => true)].map((read) => {
      try {
        law(weigh(read()) <= input.length + 64, 'what is read is no heavier than what came');
        return true;
      } catch (error) {
        law(
          error instanceof HapError && error.kind === 'malformed',
          'a bad body is malformed, and nothing else is thrown',
        );
        return false;
      }
    });
    law(({} as Record<string, unknown>)['x'] === undefined, 'prototypes stay clean');
    return words.includes(true) ? 'read' : 'malformed';
  },
};

/** All of them. */
export const HAP: readonly Target[] = [TLV8, FRAMES, HTTP_MESSAGES, CHARACTERISTICS];
