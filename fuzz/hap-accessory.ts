/** The accessory's listener, over real sockets: whatever a stranger sends in plain text, answers or an end, and nothing is changed. */
import { connect } from 'node:net';
import {
  CATEGORY,
  createAccessoryServer,
  freshState,
  lampDatabase,
  memoryState,
} from '../src/protocols/hap/accessory/index.ts';
import { readIds, readPrepare, readWrites } from '../src/protocols/hap/accessory/requests.ts';
import { createHttpReader, type HttpMessage } from '../src/protocols/hap/http-messages.ts';
import { newIdentity } from '../src/protocols/hap/keys.ts';
import { decodeTlv, encodeTlv, firstInteger, TLV } from '../src/protocols/hap/tlv8.ts';
import { mutate } from './mutate.ts';
import type { Random } from './random.ts';
import { law, type Target } from './target.ts';

const LABEL = { name: 'Lamp', manufacturer: 'C', model: 'Lamp', serialNumber: '1', firmwareRevision: '1.0' };
const FRESH = freshState(newIdentity('A1:B2:C3:D4:E5:F6'));
const OWNER = newIdentity();
const PAIRED = { ...FRESH, pairings: [{ id: OWNER.id, ltpk: OWNER.publicKey.toString('base64'), admin: true }] };
const LOCKED = { ...FRESH, failures: 101 };

/** What an accessory may answer to somebody it does not know. */
const STATUSES: ReadonlySet<number> = new Set([200, 204, 400, 404, 405, 470]);

/** Sends the bytes to a server of their own in this state; what it answered, and its state afterwards. */
async function exchange(
  first: typeof FRESH,
  bytes: Buffer,
): Promise<{ readonly messages: readonly HttpMessage[]; readonly state: typeof FRESH; readonly faults: unknown[] }> {
  const faults: unknown[] = [];
  const state = memoryState(first);
  const server = await createAccessoryServer({
    database: lampDatabase(LABEL),
    state,
    setupCode: { policy: 'static', code: '482-19-365' },
    model: LABEL.model,
    category: CATEGORY.lightbulb,
    onFault: (error) => faults.push(error),
  });
  const port = await server.listen();
  const heard: Buffer[] = [];
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.end(bytes));
    socket.on('data', (chunk) => heard.push(chunk));
    socket.on('close', () => resolve());
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // let go of under our writing
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error);
    });
  });
  law(server.connections().sessions === 0, 'nobody gets a session without a proof');
  await server.close();
  const read = createHttpReader('response').push(Buffer.concat(heard));
  law(read.ok, 'every answer is HTTP');
  return { messages: read.messages, state: state.current() ?? FRESH, faults };
}

function request(line: string, body: Buffer = Buffer.alloc(0), ...fields: readonly string[]): string {
  const head = [`${line} HTTP/1.1`, 'Host: lamp', ...fields, `Content-Length: ${body.length}`].join('\r\n');
  return `${head}\r\n\r\n${body.toString('latin1')}`;
}

function tlv(path: string, ...items: Parameters<typeof encodeTlv>[0]): string {
  return request(`POST ${path}`, encodeTlv(items), 'Content-Type: application/pairing+tlv8');
}

const M1 = tlv('/pair-setup', [TLV.state, 1], [TLV.method, 0]);
const M3 = tlv('/pair-setup', [TLV.state, 3], [TLV.publicKey, Buffer.alloc(384, 7)], [TLV.proof, Buffer.alloc(64, 9)]);
const M5 = tlv('/pair-setup', [TLV.state, 5], [TLV.encryptedData, Buffer.alloc(120, 3)]);
const V1 = tlv('/pair-verify', [TLV.state, 1], [TLV.publicKey, Buffer.alloc(32, 9)]);
const V3 = tlv('/pair-verify', [TLV.state, 3], [TLV.encryptedData, Buffer.alloc(120, 3)]);
const WRITE = '{"characteristics":[{"aid":1,"iid":11,"value":true},{"aid":1,"iid":12,"ev":true}],"pid":7}';

const REQUESTS = [
  M1,
  M3,
  M5,
  V1,
  V3,
  `${M1}${M3}${M5}`,
  `${V1}${V3}${request('GET /accessories')}`,
  `${V1}${V3}\x10\x00${'x'.repeat(32)}`,
  tlv('/pair-setup', [TLV.state, 1], [TLV.method, 1], [TLV.flags, Buffer.from([0x10, 0, 0, 0])]),
  tlv('/pairings', [TLV.state, 1], [TLV.method, 5]),
  tlv('/pairings', [TLV.state, 1], [TLV.method, 4], [TLV.identifier, Buffer.from(OWNER.id)]),
  tlv('/pairings', [TLV.state, 1], [TLV.method, 3], [TLV.identifier, Buffer.from('x')], [TLV.permissions, 1]),
  request('POST /identify'),
  request('GET /accessories'),
  request('GET /characteristics?id=1.11,1.12&meta=1&perms=1&type=1&ev=1'),
  request('PUT /characteristics', Buffer.from(WRITE)),
  request('PUT /prepare', Buffer.from('{"ttl":2500,"pid":7}')),
  'POST /pair-setup HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n\x06\x01\x01\r\n0\r\n\r\n',
];

const PIECES: readonly string[] = [
  ...['\r\n', '\r\n\r\n', '\n', '\0', ' ', ':', 'HTTP/1.1', 'GET ', 'POST ', 'PUT ', '/pair-setup', '/pair-verify'],
  ...[
    '/pairings',
    '/constructor',
    '/__proto__',
    '?id=',
    '1.11,',
    '&meta=1',
    'Content-Length: 5\r\n',
    'Content-Length: 9999\r\n',
  ],
  ...[
    'Transfer-Encoding: chunked\r\n',
    '5\r\n',
    '0\r\n\r\n',
    '\x06\x01\x01',
    '\x06\x01\x03',
    '\x06\x01\x05',
    '\x06\x00',
  ],
  ...[
    '\x00\x01\x00',
    '\x03\xff',
    '\x03\x20',
    '\x05\xff',
    '\x04\x40',
    '\xff\x00',
    '\x01\x24',
    '\x13\x04\x10\x00\x00\x00',
  ],
  ...['{', '}', '[', ']', '"aid":', '"iid":', '"value":', '"__proto__":', '"pid":', '"ev":true', '1e999', '-1', 'null'],
  ...['x'.repeat(300), '\x00'.repeat(384), M1, V1],
];

/**
 * The first character is the state that the accessory is in. Proofs are slow and an unpaired accessory does arithmetic at each
 * M1, so most inputs find it paired or locked.
 */
function make(from: Random, seeds: readonly string[]): string {
  const state = from.pick([...'ppppllllu']);
  return state + [...mutate(from, seeds, PIECES)].filter((character) => character <= '\xff').join('');
}

/** The listener of an accessory, in plain text. */
export const HAP_ACCESSORY: Target = {
  name: 'hap-accessory',
  seeds: () => REQUESTS,
  make,
  async run(input) {
    const first = input.startsWith('u') ? FRESH : input.startsWith('l') ? LOCKED : PAIRED;
    const { messages, state, faults } = await exchange(first, Buffer.from(input.slice(1), 'latin1'));
    law(faults.length === 0, `nothing goes wrong inside: ${String(faults[0])}`);
    law(
      state.pairings === first.pairings || state.pairings.length === first.pairings.length,
      'no pairing comes or goes',
    );
    law(state.id === first.id && state.seed === first.seed, 'the identity stays');
    // every one of them was a proof that was looked at
    law(state.failures - first.failures <= messages.length, 'a failure is counted once for a proof');
    for (const { status, body } of messages) {
      law(STATUSES.has(status), `a status of HAP, not ${status}`);
      if (first === LOCKED && status === 200)
        law(errorOf(body) !== undefined || verified(body), 'a locked accessory gives no salt');
    }
    law(Object.keys(Object.prototype).length === 0, 'prototypes stay clean');
    const last = messages.at(-1);
    return last === undefined ? 'closed' : `answered ${last.status}`;
  },
};

function errorOf(body: Buffer): number | undefined {
  const decoded = decodeTlv(body);
  return decoded.ok ? firstInteger(decoded.items, TLV.error) : undefined;
}

/** M2 of pair-verify is for everybody. */
function verified(body: Buffer): boolean {
  const decoded = decodeTlv(body);
  return decoded.ok && decoded.items.some(({ type, value }) => type === TLV.publicKey && value.length === 32);
}

/** The readers of what a controller asks over a session. */
export const HAP_REQUESTS: Target = {
  name: 'hap-requests',
  seeds: () => [
    WRITE,
    '{"characteristics":[{"aid":2,"iid":11,"value":"x","r":true,"authData":"eA==","remote":true}]}',
    '{"characteristics":[{"aid":1,"iid":12,"value":1e3,"ev":0},{"aid":1,"iid":13,"ev":false}]}',
    '{"characteristics":[{"aid":1,"iid":11,"value":null}],"pid":9007199254740991}',
    '{"ttl":2500,"pid":7}',
    '{"ttl":0,"pid":-1,"more":[]}',
    '/characteristics?id=1.11,1.12&meta=1&perms=1&type=1&ev=1',
    '/characteristics?id=9007199254740991.1&meta=true',
    '/characteristics?meta=1&id=1.1&id=2.2',
    '/characteristics?id=1%2E11%2C1.12',
    '[[[[',
    '{}',
  ],
  pieces: PIECES,
  run(input) {
    const bytes = Buffer.from(input, input.length % 2 === 0 ? 'utf8' : 'latin1');
    const ids = readIds(input);
    law(ids?.ids.every(isPlace) ?? true, 'a place is two positive integers');
    law((ids?.ids.length ?? 0) <= input.length / 3, 'no more places than there is text');
    const writes = readWrites(bytes);
    law(writes?.items.every(isPlace) ?? true, 'a write has a place');
    law(writes === undefined || Number.isSafeInteger(writes.pid ?? 0), 'a pid is an integer');
    const prepared = readPrepare(bytes);
    law(
      prepared === undefined || (prepared.ttlMs >= 0 && Number.isSafeInteger(prepared.pid)),
      'a preparation has its numbers',
    );
    law(Object.keys(Object.prototype).length === 0, 'prototypes stay clean');
    return ids !== undefined ? 'read' : writes !== undefined ? 'write' : prepared !== undefined ? 'prepare' : undefined;
  },
};

function isPlace({ aid, iid }: { readonly aid: number; readonly iid: number }): boolean {
  return Number.isSafeInteger(aid) && Number.isSafeInteger(iid) && aid > 0 && iid > 0;
}
