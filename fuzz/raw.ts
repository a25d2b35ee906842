/** Requests by the byte: what a hub is sent over a socket, and how it is heard. */
import { connect } from 'node:net';
import { CLIENT, REDIRECT, VERIFIER } from '../test/support/oauth-case.ts';
import { mutate } from './mutate.ts';
import { soundProofs } from './proofs.ts';
import type { Random } from './random.ts';

/** What one connection came to. */
export interface Heard {
  /** As it came, one character a byte. Answers are cut at `HEARD_MAX`. */
  readonly text: string;
  /** Did the hub let go of the connection? */
  readonly closed: boolean;
}

const HEARD_MAX = 1024 * 1024;
/** Without a byte for so long, our side of the connection ends; a hub that is pressed may hold refusals back a little. */
const QUIET_MS = 100;
/** The hub's own bounds are 15 s for a request and 5 s for a connection that is kept. */
const PATIENCE_MS = 30_000;

/** Sends the bytes over a connection of their own. @throws when nobody listens any more */
export function send(port: number, bytes: Uint8Array): Promise<Heard> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => {
      socket.write(bytes);
      socket.setTimeout(QUIET_MS, () => socket.end());
    });
    let text = '';
    const patience = setTimeout(() => finish(false), PATIENCE_MS);
    const finish = (closed: boolean): void => {
      clearTimeout(patience);
      socket.destroy();
      resolve({ text, closed });
    };
    socket.on('data', (chunk) => {
      if (text.length < HEARD_MAX) text += chunk.toString('latin1');
    });
    socket.on('close', () => finish(true));
    socket.on('end', () => finish(true));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // reset or closed under our writing: the hub has let go
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error);
    });
  });
}

/** Sound requests of every route, and of every way HTTP/1 has to carry one. */
export function soundRequests({ cookie, code }: { readonly cookie: string; readonly code: string }): string[] {
  const form = new URLSearchParams({
    grant_type: 'authorization_code',
    code,
    client_id: CLIENT,
    redirect_uri: REDIRECT,
    code_verifier: `${VERIFIER.slice(1)}x`,
  }).toString();
  const refresh = `grant_type=refresh_token&client_id=${CLIENT}&refresh_token=cfr_x8G3pQ2vR9mN7kL1x8G3pQ2vR9mN7`;
  const TYPE = 'Content-Type: application/x-www-form-urlencoded';
  const proofs = soundProofs();
  const post = (path: string, body: string, ...headers: readonly string[]): string =>
    request(`POST ${path}`, [TYPE, `Content-Length: ${body.length}`, ...headers], body);
  const ask = new URLSearchParams({ response_type: 'code', client_id: CLIENT, redirect_uri: REDIRECT, state: 's' });
  return [
    ...['/', '/login', '/login/link?token=x', '/apps', '/apps/new', `/apps/${CLIENT}`, '/r/7F3K9', '/nowhere'].map(
      (path) => request(`GET ${path}`, [`Cookie: ${cookie}`]),
    ),
    request(`GET /authorize?${ask}&code_challenge=x&code_challenge_method=S256`, [`Cookie: ${cookie}`]),
    post('/authorize', `${ask}&decision=allow&csrf=x`, `Cookie: ${cookie}`),
    post('/login', 'name=ada&password=x&csrf=x'),
    post('/token', form),
    post('/token', form, `DPoP: ${proofs[0]}`),
    post('/token', refresh, 'Authorization: Basic c2VydmVyX2FwcDphLWNsaWVudC1zZWNyZXQ='),
    request(
      'POST /token',
      [TYPE, 'Transfer-Encoding: chunked'],
      `5\r\n${form.slice(0, 5)}\r\n4;a=b\r\n${form.slice(5, 9)}\r\n0\r\nX: y\r\n\r\n`,
    ),
    request('POST /token', [TYPE, 'Expect: 100-continue', `Content-Length: ${form.length}`], form),
    request('GET /api/state', ['Authorization: Bearer cfa_x8G3pQ2vR9mN7kL1x8G3pQ2vR9mN7']),
    request('GET /api/events', [`Authorization: DPoP cfa_x8G3pQ2vR9mN7kL1x8G3pQ2vR9mN7`, `DPoP: ${proofs[3]}`]),
    request('PUT /api/accessories/lamp', ['Content-Type: application/json', 'Content-Length: 11'], '{"on":true}'),
    request('HEAD /.well-known/oauth-authorization-server', []),
    request('OPTIONS *', []),
    request('GET http://localhost/authorize', []),
    request('CONNECT localhost:443', []),
    request('GET /', ['Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Key: x']),
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    `GET / HTTP/1.0\r\n\r\n${request('GET /login', [])}`,
    `${request('GET /', []).replace('Connection: close\r\n', '')}${post('/token', form)}`,
    '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  ];
}

function request(line: string, headers: readonly string[], body = ''): string {
  return `${[`${line} HTTP/1.1`, 'Host: localhost', 'Connection: close', ...headers].join('\r\n')}\r\n\r\n${body}`;
}

const PIECES: readonly string[] = [
  ...[
    '\r\n',
    '\n',
    '\r',
    '\r\n\r\n',
    '\n\n',
    ' ',
    '\t',
    '\0',
    ':',
    ': ',
    ';',
    ',',
    '=',
    '&',
    '%',
    '%00',
    '+',
    '"',
    '\x7f',
    '\xff',
  ],
  ...[
    'GET ',
    'POST ',
    'HEAD ',
    'DELETE ',
    'PUT ',
    'CONNECT ',
    'TRACE ',
    ' HTTP/1.1\r\n',
    ' HTTP/1.0',
    ' HTTP/2',
    ' HTTP/9.9',
  ],
  ...['Host: localhost\r\n', 'Host: evil.example\r\n', 'Host: \r\n', 'Content-Length: 0\r\n', 'Content-Length: -1\r\n'],
  ...[
    'Content-Length: 99999999999999999999\r\n',
    'Content-Length: 5\r\n',
    'Content-Length: 65537\r\n',
    'Transfer-Encoding: chunked\r\n',
  ],
  ...[
    'Transfer-Encoding: gzip, chunked\r\n',
    'Transfer-Encoding: chunked, identity\r\n',
    '\r\n ',
    'Expect: 100-continue\r\n',
  ],
  ...[
    'Connection: keep-alive\r\n',
    'Connection: close, host, authorization\r\n',
    'Upgrade: h2c\r\n',
    'X: y\r\n',
    'Cookie: ',
  ],
  ...[
    'Authorization: ',
    'Authorization: Basic OjE=\r\n',
    'Authorization: Bearer x\r\n',
    'DPoP: e30.e30.e30\r\n',
    'Range: bytes=0-\r\n',
  ],
  ...[
    '0\r\n\r\n',
    'FFFFFFFFFFFFFFFF\r\n',
    '5\r\nabcde\r\n',
    '../',
    '//',
    '/..;/',
    '?',
    '#',
    '/token',
    '/authorize',
    '/api/events',
  ],
  ...['grant_type=', 'code=', 'client_id=', 'hap5.1-authcode:', '__proto__', 'x'.repeat(300), 'X: y\r\n'.repeat(300)],
];

/** The bytes of one connection, here as characters. Now and then far over the limits of head or body. */
export function makeRaw(from: Random, seeds: readonly string[]): string {
  const text = mutate(from, seeds, PIECES);
  switch (from.nat(100)) {
    case 0:
      return `${text}${'x'.repeat(from.nat(200_000))}`;
    case 1:
      return text.replace('Host:', `X: ${'y'.repeat(from.nat(40_000))}\r\nHost:`);
    default:
      return text;
  }
}
