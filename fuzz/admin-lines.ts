/** The line reader of the admin socket: bytes in any pieces, out come the messages of the whole lines, or the end. */
import { Socket } from 'node:net';
import { type Message, readLines } from '../src/server/admin-protocol.ts';
import { law, type Target } from './target.ts';

/** Small, so that many inputs come to it. */
const BYTES_MAX = 512;

/** Reads `bytes` in pieces of `step`; the socket is a real one that was never connected. */
function read(bytes: Buffer, step: number): { messages: Message[]; ended: boolean } {
  const socket = new Socket();
  const messages: Message[] = [];
  readLines(socket, BYTES_MAX, (message) => messages.push(message));
  for (let at = 0; at < bytes.length; at += step) socket.emit('data', bytes.subarray(at, at + step));
  const ended = socket.destroyed;
  socket.destroy();
  return { messages, ended };
}

/** What should come of it, said without any pieces: lines up to the first that is too long or no JSON object. */
function expected(bytes: Buffer): { messages: unknown[]; ended: boolean } {
  const messages: unknown[] = [];
  const text = new TextDecoder('utf-8', { fatal: true });
  for (let from = 0; ; ) {
    const end = bytes.indexOf(10, from);
    if ((end < 0 ? bytes.length : end) - from > BYTES_MAX) return { messages, ended: true };
    if (end < 0) return { messages, ended: false };
    try {
      const value: unknown = JSON.parse(text.decode(bytes.subarray(from, end)));
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return { messages, ended: true };
      messages.push(value);
    } catch {
      return { messages, ended: true };
    }
    from = end + 1;
  }
}

const CALLS = [
  '{"hello":"0.1.0"}\n{"id":1,"op":"status","args":[]}\n',
  '{"id":2,"op":"verdicts","args":[{"limit":5}]}\n{"id":3,"op":"mint","args":[{"client":"my_app_123"}]}\n',
  '{"id":4,"op":"__proto__","args":[]}\n{"id":5,"op":"constructor","args":{}}\n',
  '{"id":6,"op":"addApp","args":["a",{"redirectUris":["http://127.0.0.1/cb"],"name":"\\ud83d\\udd11"}]}\n',
  '{}\n{}\n{}\n[]\n',
  `{"id":7,"pad":"${'x'.repeat(480)}"}\n`,
  `${'{"a":'.repeat(90)}1${'}'.repeat(90)}\n`,
];

/** `readLines`: the same messages whatever the pieces, nothing after the end, and no line beyond the limit. */
export const ADMIN_LINES: Target = {
  name: 'admin-lines',
  seeds: () => CALLS,
  pieces: [
    ...[
      '\n',
      '\r\n',
      '\n\n',
      '{',
      '}',
      '[',
      ']',
      '"',
      '\\',
      '\\u',
      ',',
      ':',
      'null\n',
      '{}\n',
      '1e999',
      '"__proto__":{}',
    ],
    ...['\0', '\ud800', '\u{1f511}', '\ufeff', ' ', '"id":', '"op":"', '"args":[', '[[[[[[[[', 'x'.repeat(500), 'true'],
  ],
  run(input) {
    // half of the inputs as bytes, so that they need not be UTF-8
    const bytes = Buffer.from(input, input.length % 2 === 0 ? 'utf8' : 'latin1');
    const whole = read(bytes, bytes.length + 1);
    const want = expected(bytes);
    // an unfinished line is only too long once it has come so far
    law(whole.ended === want.ended, 'the socket ends where a line is bad, and only there');
    law(JSON.stringify(whole.messages) === JSON.stringify(want.messages), 'whole lines are messages');
    const pieces = read(bytes, 1 + (input.length % 7));
    law(pieces.ended === whole.ended, 'pieces do not matter to the end');
    law(JSON.stringify(pieces.messages) === JSON.stringify(whole.messages), 'pieces do not matter to the messages');
    law(Object.keys(Object.prototype).length === 0, 'prototypes stay clean');
    return whole.ended ? 'ended' : whole.messages.length > 0 ? 'messages' : 'waiting';
  },
};
