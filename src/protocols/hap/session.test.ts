import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { json, type Peer, type Script, startPeer, tlv } from '../../../test/support/hap-peer.ts';
import { connect } from './connect.ts';
import { HapError } from './errors.ts';
import { newIdentity } from './keys.ts';
import type { Deadlines } from './options.ts';
import { createSession, type Session } from './session.ts';
import { TLV } from './tlv8.ts';
import { createTranscript, type Entry } from './transcript.ts';

const KEYS = { read: Buffer.alloc(32, 1), write: Buffer.alloc(32, 2) };
const PAIRED = { accessoryId: 'AA:BB:CC:DD:EE:FF', accessoryLtpk: newIdentity().publicKey, identity: newIdentity() };
const ON = { aid: 1, iid: 10 };
const VALUE = json({ characteristics: [{ ...ON, value: 1 }] });

let peer: Peer;
let session: Session;
let told: () => readonly Entry[];

/** A session on a peer with this script, as pair-verify would have left it. */
async function begin(script: Script, deadlines: Deadlines = {}, signal?: AbortSignal): Promise<void> {
  peer = await startPeer(script, KEYS);
  const transcript = createTranscript();
  told = transcript.entries;
  const options = { deadlines, record: transcript.record, ...(signal === undefined ? {} : { signal }) };
  const connection = await connect(peer.address, options);
  connection.secure(KEYS);
  session = createSession(connection, PAIRED, options);
}

afterEach(async () => {
  session.close();
  await peer.close();
});

async function failure(run: Promise<unknown>): Promise<HapError> {
  const error = await run.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof HapError)) throw new Error(`expected a HapError, got ${error}`);
  return error;
}

describe('a session', () => {
  it('hears an event that comes between a question and its answer', async () => {
    const event = json({ characteristics: [{ ...ON, value: true }] }, '200 OK', 'EVENT/1.0');
    await begin((say, { method }) => say.send(method === 'PUT' ? 'HTTP/1.1 204 No Content\r\n\r\n' : event + VALUE));
    const heard: unknown[] = [];
    await session.subscribe([ON], (changes) => heard.push(...changes));
    expect(await session.read([ON])).toEqual([{ ...ON, status: 0, value: 1 }]);
    expect(heard).toEqual([{ ...ON, status: 0, value: true }]);
  });

  it('hears an event that came with the answer before it after whoever waits for that answer', async () => {
    const event = json({ characteristics: [{ ...ON, value: false }] }, '200 OK', 'EVENT/1.0');
    await begin((say, { target }, number) => {
      const ok = target === '/characteristics' ? 'HTTP/1.1 204 No Content\r\n\r\n' : VALUE;
      say.send(number === 0 ? ok : ok + event);
    });
    const order: unknown[] = [];
    await session.subscribe([ON], ([change]) => order.push(change?.value));
    const later = async (): Promise<void> => {
      for (let ticks = 0; ticks < 20; ticks += 1) await undefined;
    };
    await session.read([ON]).then(later);
    order.push('read');
    const writing = session.write([{ ...ON, value: true }]).then(later);
    const reading = session.read([ON]).then(later);
    await writing.then(() => order.push('written'));
    await reading.then(() => order.push('read again'));
    await new Promise(setImmediate);
    expect(order).toEqual(['read', false, 'written', false, 'read again', false]);
  });

  it('asks one question at a time, in order', async () => {
    let open = 0;
    let most = 0;
    await begin((say) => {
      most = Math.max(most, ++open);
      setImmediate(() => {
        open--;
        say.send(VALUE);
      });
    });
    await Promise.all(Array.from({ length: 20 }, () => session.read([ON])));
    expect(most).toBe(1);
    expect(peer.requests()).toHaveLength(20);
  });

  it('takes a list of accessories of more than a megabyte, over thousands of frames, in chunks', async () => {
    const characteristic = {
      iid: 10,
      type: '00000025-0000-1000-8000-0026bb765291',
      format: 'bool',
      perms: ['pr'],
      value: 0,
      description: 'x'.repeat(1_000),
    };
    const body = JSON.stringify({
      accessories: Array.from({ length: 1_500 }, (_, i) => ({
        aid: i + 1,
        services: [{ iid: 1, type: '43', characteristics: [characteristic] }],
      })),
    });
    const chunks = body.match(/.{1,5000}/gs)?.map((part) => `${part.length.toString(16)}\r\n${part}\r\n`) ?? [];
    await begin((say, { target }) =>
      say.send(
        target === '/accessories'
          ? `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks.join('')}0\r\n\r\n`
          : VALUE,
      ),
    );
    const accessories = await session.accessories();
    expect(accessories).toHaveLength(1_500);
    expect(accessories[7]?.services[0]?.characteristics[0]).toMatchObject({ iid: 10, type: '25', value: false });
    // and from now on knows which are booleans
    expect(await session.read([ON])).toEqual([{ ...ON, status: 0, value: true }]);
  });

  it('knows refusals in every form they are sent in, and stays open', async () => {
    const answers = [
      json({ characteristics: [{ ...ON, status: 70402 }] }, '207 Multi-Status'),
      json({ characteristics: [{ ...ON, status: -70404 }] }, '400 Bad Request'),
      json({ status: -70401 }, '470 Connection Authorization Required'),
      'HTTP/1.1 503 Service Unavailable\r\n\r\n',
      tlv([
        [TLV.error, 2],
        [TLV.state, 2],
      ]),
      VALUE,
    ];
    await begin((say, _, number) => say.send(answers[number] ?? ''));
    expect(await session.read([ON])).toEqual([{ ...ON, status: -70402 }]);
    expect(await failure(session.write([{ ...ON, value: true }]))).toMatchObject({
      kind: 'hap-status',
      hapStatus: -70404,
      refused: [{ ...ON, status: -70404 }],
    });
    expect(await failure(session.read([ON]))).toMatchObject({
      kind: 'http-status',
      httpStatus: 470,
      hapStatus: -70401,
    });
    expect(await failure(session.read([ON]))).toMatchObject({
      kind: 'http-status',
      httpStatus: 503,
      hapStatus: undefined,
    });
    expect(await failure(session.listPairings())).toMatchObject({
      kind: 'tlv-error',
      step: 'list-pairings',
      tlvError: 2,
    });
    expect(await session.read([ON])).toHaveLength(1);
  });

  it('refuses arguments that cannot be sent, and stays open', async () => {
    await begin((say) => say.send(VALUE));
    for (const run of [
      session.read([]),
      session.write([{ aid: 1.5, iid: 1, value: 0 }]),
      session.timedWrite([{ ...ON, value: 0 }], 0),
      session.addPairing({ id: '', publicKey: Buffer.alloc(32), admin: false }),
    ])
      expect((await failure(run)).kind).toBe('malformed');
    expect(peer.requests()).toHaveLength(0);
    expect(await session.read([ON])).toHaveLength(1);
  });

  it('prepares a timed write and names the preparation in the write', async () => {
    await begin((say, { target }) =>
      say.send(
        target === '/prepare'
          ? json({ status: 0 })
          : json({ characteristics: [{ ...ON, status: -70410 }] }, '207 Multi-Status'),
      ),
    );
    const error = await failure(session.timedWrite([{ ...ON, value: true }], 5_000));
    expect(error).toMatchObject({ kind: 'hap-status', step: 'timed-write', hapStatus: -70410 });
    const [prepared, written] = peer
      .requests()
      .map(({ body }) => JSON.parse(body.toString()) as { ttl: number; pid: number });
    expect(prepared?.ttl).toBe(5_000);
    expect(prepared?.pid).toBe(written?.pid);
    expect(told().find(({ step, event }) => step === 'timed-write' && event === 'known')?.facts).toEqual({
      ttl_ms: 5_000,
      late_ms: 0,
    });
  });

  it('asks the accessory to stop only when nobody else listens', async () => {
    await begin((say) => say.send('HTTP/1.1 204 No Content\r\n\r\n'));
    const other = { aid: 1, iid: 11 };
    const stopOne = await session.subscribe([ON, other], () => {});
    const stopTwo = await session.subscribe([ON], () => {});
    await stopOne();
    await stopOne();
    await stopTwo();
    const asked = peer
      .requests()
      .map(({ body }) => JSON.parse(body.toString()) as { characteristics: { iid: number; ev: boolean }[] });
    expect(asked.slice(2).map(({ characteristics }) => characteristics)).toEqual([
      [{ ...other, ev: false }],
      [{ ...ON, ev: false }],
    ]);
  });

  it('reads lists of pairings with and without separators', async () => {
    const pairing = (id: string, permissions: number): [number, Buffer | number][] => [
      [TLV.identifier, Buffer.from(id)],
      [TLV.publicKey, Buffer.alloc(32, permissions)],
      [TLV.permissions, permissions],
    ];
    await begin((say, _, number) =>
      say.send(
        tlv([
          [TLV.state, 2],
          ...pairing('a', 1),
          ...(number === 0 ? [[TLV.separator, Buffer.alloc(0)] as [number, Buffer]] : []),
          ...pairing('b', 0),
        ]),
      ),
    );
    for (let i = 0; i < 2; i++)
      expect((await session.listPairings()).map(({ id, admin }) => [id, admin])).toEqual([
        ['a', true],
        ['b', false],
      ]);
  });
});

describe('a session that breaks settles all that waits, tells why, and lets go', () => {
  const CASES: readonly (readonly [title: string, kind: HapError['kind'], facts: object, script: Script])[] = [
    ['a peer that says nothing', 'timeout', { deadline_ms: 300, bytes: 0 }, () => {}],
    [
      'a peer that never comes to an end',
      'timeout',
      { deadline_ms: 300 },
      (say) => say.send('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc'),
    ],
    ['a peer that closes', 'closed', { bytes: 0 }, (say) => say.close()],
    ['a peer that resets', 'closed', { errno: 'ECONNRESET' }, (say) => say.reset()],
    [
      'a peer that closes inside an answer',
      'closed',
      { bytes: 10 },
      (say) => {
        say.raw(say.sealed(VALUE).subarray(0, 10));
        say.close();
      },
    ],
    [
      'a flipped bit',
      'decrypt',
      { check: 'tag', frame: 0 },
      (say) => {
        const bytes = say.sealed(VALUE);
        bytes[20] = (bytes[20] ?? 0) ^ 4;
        say.raw(bytes);
      },
    ],
    [
      'a replayed frame',
      'decrypt',
      { check: 'tag', frame: 1 },
      (say) => {
        const bytes = say.sealed('HTTP/1.1 200 OK\r\n');
        say.raw(Buffer.concat([bytes, bytes]));
      },
    ],
    ['a frame over 1,024 bytes', 'decrypt', { check: 'length', frame: 0 }, (say) => say.raw(Buffer.alloc(2_000, 255))],
    ['plain HTTP', 'decrypt', {}, (say) => say.raw(Buffer.from(VALUE))],
    ['another protocol inside', 'malformed', { check: 'http' }, (say) => say.send('SIP/2.0 200 OK\r\n\r\n')],
    [
      'an answer that is no JSON',
      'malformed',
      { check: 'json' },
      (say) => say.send('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{"a'),
    ],
    [
      'JSON that is deep',
      'malformed',
      { check: 'json' },
      (say) => say.send(`HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n${'['.repeat(100_000)}`),
    ],
    ['a list without objects', 'malformed', { check: 'json' }, (say) => say.send(json({ characteristics: [null] }))],
    [
      'another characteristic than asked for',
      'unexpected',
      { check: 'missing' },
      (say) => say.send(json({ characteristics: [{ aid: 2, iid: 10, value: 1 }] })),
    ],
    [
      'an event that is no JSON',
      'malformed',
      { check: 'json' },
      (say) => say.send('EVENT/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx'),
    ],
  ];

  it.each(CASES)('%s', async (_, kind, facts, script) => {
    await begin(script, kind === 'timeout' ? { answerMs: 300 } : {});
    const waiting = await Promise.all(
      [session.read([ON]), session.read([ON]), session.listPairings()].map((run) => failure(run)),
    );
    const reason = await session.closed;
    expect(reason?.kind).toBe(kind);
    expect(reason?.facts).toMatchObject(facts);
    expect(waiting.every(({ kind: one }) => one === kind || one === 'closed')).toBe(true);
    // settles only when the other side sees our end close
    await peer.quiet();
    expect((await failure(session.read([ON]))).kind).toBe('closed');
    const endings = told().filter(({ event }) => event === 'failed' || event === 'timeout' || event === 'closed');
    expect(endings).toHaveLength(1);
  });

  it('an answer that was there before its question: it is not taken for one', async () => {
    await begin((say) => say.send(VALUE + VALUE));
    const [one, two] = [session.read([ON]), failure(session.read([ON]))];
    expect(await one).toHaveLength(1);
    expect((await two).kind).toBe('closed');
    expect(await session.closed).toMatchObject({ kind: 'unexpected', facts: { check: 'unasked', http_status: 200 } });
    await peer.quiet();
  });

  it('a caller who stops it', async () => {
    const stopping = new AbortController();
    await begin(() => stopping.abort(), {}, stopping.signal);
    expect(await failure(session.read([ON]))).toMatchObject({ kind: 'closed', step: 'read' });
    await peer.quiet();
  });

  it('a caller who closes it: what waits fails, and there is no reason', async () => {
    await begin(() => session.close());
    expect((await failure(session.read([ON]))).kind).toBe('closed');
    expect(await session.closed).toBeUndefined();
  });

  it('our own pairing removed by us: the answer first, then the end', async () => {
    await begin((say) => say.send(tlv([[TLV.state, 2]])));
    await session.removePairing(PAIRED.identity.id);
    expect(await session.closed).toBeUndefined();
    await peer.quiet();
  });
});

describe('connecting', () => {
  it('tells a port where nobody listens from an address that leads nowhere', async () => {
    await begin(() => {});
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const bound = server.address();
    const port = bound !== null && typeof bound === 'object' ? bound.port : 0;
    server.close();
    await once(server, 'close');
    const transcript = createTranscript();
    expect(await failure(connect({ host: '127.0.0.1', port }, { record: transcript.record }))).toMatchObject({
      kind: 'refused',
      step: 'connect',
    });
    expect(transcript.entries().map(({ event }) => event)).toEqual(['sent', 'failed']);
    expect(transcript.entries()[1]?.facts).toMatchObject({ address: '127.0.0.1', port, errno: 'ECONNREFUSED' });
    expect(await failure(connect({ host: 'counterfoil.invalid', port }))).toMatchObject({ kind: 'unreachable' });
    expect(await failure(connect({ host: '127.0.0.1', port: 70_000 }))).toMatchObject({ kind: 'malformed' });
    expect(await failure(connect({ host: '127.0.0.1', port }, { signal: AbortSignal.abort() }))).toMatchObject({
      kind: 'closed',
    });
  });
});
