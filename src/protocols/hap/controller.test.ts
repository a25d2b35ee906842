import { afterEach, describe, expect, it } from 'vitest';
import { type Peer, type Script, startPeer, tlv } from '../../../test/support/hap-peer.ts';
import type { Items } from './answers.ts';
import { openSession, pairSetup } from './controller.ts';
import { HapError } from './errors.ts';
import type { HttpMessage } from './http-messages.ts';
import { agree, hkdf, newAgreement, newIdentity, open, seal, sign, verifySignature } from './keys.ts';
import { PRIME } from './srp-group.ts';
import { createVerifier, startSrpServer } from './srp-server.ts';
import { decodeTlv, encodeTlv, first, firstInteger, TLV, type TlvItem } from './tlv8.ts';
import { createTranscript } from './transcript.ts';

const CODE = '031-45-154';
const ACCESSORY = newIdentity('AA:BB:CC:DD:EE:FF');
const IDENTITY = newIdentity();
const EMPTY = Buffer.alloc(0);

let peer: Peer | undefined;

afterEach(async () => {
  await peer?.quiet();
  await peer?.close();
  peer = undefined;
});

function itemsOf(request: HttpMessage): readonly TlvItem[] {
  const decoded = decodeTlv(request.body);
  if (!decoded.ok) throw new Error(decoded.fault);
  return decoded.items;
}

/** Changes one answer on its way out. */
type Change = (state: number, items: Items, key: Buffer) => Items | string;

const M6 = ['Pair-Setup-Accessory-Sign-Salt', 'Pair-Setup-Accessory-Sign-Info'] as const;

function sealedM6(key: Buffer, signer = ACCESSORY, id = ACCESSORY.id): Items {
  const signed = Buffer.concat([hkdf(key, ...M6), Buffer.from(id), ACCESSORY.publicKey]);
  const inner = encodeTlv([
    [TLV.identifier, Buffer.from(id)],
    [TLV.publicKey, ACCESSORY.publicKey],
    [TLV.signature, sign(signer.privateKey, signed)],
  ]);
  return [
    [TLV.state, 6],
    [TLV.encryptedData, seal(hkdf(key, 'Pair-Setup-Encrypt-Salt', 'Pair-Setup-Encrypt-Info'), 'PS-Msg06', inner)],
  ];
}

/** The accessory's side of pair-setup, from the facts. */
function setupScript(change: Change = (_, items) => items, salt?: Buffer): Script {
  const server = startSrpServer(createVerifier(CODE, salt));
  let key: Buffer = EMPTY;
  return (say, request) => {
    const items = itemsOf(request);
    const reply = (state: number, answer: Items): void => {
      const changed = change(state, answer, key);
      say.send(typeof changed === 'string' ? changed : tlv(changed));
    };
    switch (firstInteger(items, TLV.state)) {
      case 1:
        return reply(2, [
          [TLV.state, 2],
          [TLV.publicKey, server.publicKey],
          [TLV.salt, server.salt],
        ]);
      case 3: {
        const checked = server.check(first(items, TLV.publicKey) ?? EMPTY, first(items, TLV.proof) ?? EMPTY);
        if ('refused' in checked)
          return reply(4, [
            [TLV.state, 4],
            [TLV.error, 2],
          ]);
        key = checked.sessionKey;
        return reply(4, [
          [TLV.state, 4],
          [TLV.proof, checked.proof],
          [TLV.encryptedData, Buffer.alloc(900)],
        ]);
      }
      default: {
        const sealed = first(items, TLV.encryptedData) ?? EMPTY;
        const plain = open(hkdf(key, 'Pair-Setup-Encrypt-Salt', 'Pair-Setup-Encrypt-Info'), 'PS-Msg05', sealed);
        const inner = decodeTlv(plain ?? Buffer.of(0));
        const [id, ltpk] = inner.ok ? [first(inner.items, TLV.identifier), first(inner.items, TLV.publicKey)] : [];
        const x = hkdf(key, 'Pair-Setup-Controller-Sign-Salt', 'Pair-Setup-Controller-Sign-Info');
        const signed = Buffer.concat([x, id ?? EMPTY, ltpk ?? EMPTY]);
        const sound = inner.ok && verifySignature(ltpk ?? EMPTY, signed, first(inner.items, TLV.signature) ?? EMPTY);
        return reply(
          6,
          sound
            ? sealedM6(key)
            : [
                [TLV.state, 6],
                [TLV.error, 2],
              ],
        );
      }
    }
  };
}

async function setUp(script: Script, options: Parameters<typeof pairSetup>[3] = {}): ReturnType<typeof pairSetup> {
  peer = await startPeer(script);
  return pairSetup(peer.address, CODE, IDENTITY, options);
}

async function failure(run: Promise<unknown>): Promise<HapError> {
  const error = await run.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof HapError)) throw new Error(`expected a HapError, got ${error}`);
  return error;
}

const without = (items: Items, ...types: readonly number[]): Items => items.filter(([type]) => !types.includes(type));

describe('pair-setup succeeds with what is seen in the field', () => {
  const QUIRKS: readonly (readonly [title: string, change: Change, salt?: Buffer | undefined])[] = [
    ['nothing odd', (_, items) => items],
    ['no state anywhere', (_, items) => without(items, TLV.state)],
    ['an error of 0', (_, items) => [...items, [TLV.error, 0]]],
    ['a salt of zeros', (_, items) => items, Buffer.alloc(16)],
    [
      'a chunked body',
      (_, items) => {
        const body = encodeTlv(items);
        const parts = [body.subarray(0, 100), body.subarray(100)].filter((part) => part.length > 0);
        const text = parts.map((part) => `${part.length.toString(16)}\r\n${part.toString('latin1')}\r\n`).join('');
        return `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${text}0\r\n\r\n`;
      },
    ],
    [
      'an interim response before the answer',
      (_, items) => `HTTP/1.1 100 Continue\r\n\r\n${tlv(items).toString('latin1')}`,
    ],
  ];

  it.each(QUIRKS.map(([title, change, salt]) => ({ title, change, salt })))('$title', async ({ change, salt }) => {
    const paired = await setUp(setupScript(change, salt));
    expect(paired.accessoryId).toBe(ACCESSORY.id);
    expect(paired.accessoryLtpk).toEqual(ACCESSORY.publicKey);
  });

  it.each([
    [0, 0],
    [1, 1],
    [2, 1],
  ])('feature flags %i ask for method %i', async (featureFlags, method) => {
    await setUp(setupScript(), { featureFlags });
    expect(firstInteger(itemsOf(peer?.requests()[0] as HttpMessage), TLV.method)).toBe(method);
  });
});

describe('pair-setup fails at the step where it fails, closes, and says so once', () => {
  const at =
    (wanted: number, make: (items: Items, key: Buffer) => Items | string): Change =>
    (state, items, key) =>
      state === wanted ? make(items, key) : items;
  const other = newIdentity();
  const FAULTS: readonly (readonly [title: string, step: string, fields: Partial<HapError>, change: Change])[] = [
    [
      'paired already',
      'pair-setup M2',
      { kind: 'tlv-error', tlvError: 6 },
      at(2, () => [
        [TLV.state, 2],
        [TLV.error, 6],
      ]),
    ],
    [
      'an error of a status of its own',
      'pair-setup M2',
      { kind: 'tlv-error', tlvError: 7, httpStatus: 429 },
      at(2, () => tlv([[TLV.error, 7]], '429 Too Many Requests').toString('latin1')),
    ],
    [
      'wait first',
      'pair-setup M2',
      { kind: 'tlv-error', tlvError: 3, retryDelaySeconds: 600 },
      at(2, () => [
        [TLV.state, 2],
        [TLV.error, 3],
        [TLV.retryDelay, 600],
      ]),
    ],
    [
      'a status alone',
      'pair-setup M2',
      { kind: 'http-status', httpStatus: 503 },
      at(2, () => 'HTTP/1.1 503 x\r\n\r\n'),
    ],
    [
      'another state',
      'pair-setup M2',
      { kind: 'unexpected' },
      at(2, (items) => [[TLV.state, 4], ...without(items, TLV.state)]),
    ],
    ['no salt', 'pair-setup M2', { kind: 'malformed' }, at(2, (items) => without(items, TLV.salt))],
    [
      'bytes that are no TLV8',
      'pair-setup M2',
      { kind: 'malformed' },
      at(2, () => 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n\x06\x05'),
    ],
    [
      'a B of zero',
      'pair-setup M2',
      { kind: 'authentication' },
      at(2, (items) => [[TLV.publicKey, Buffer.alloc(384)], ...without(items, TLV.publicKey)]),
    ],
    [
      'a B of N',
      'pair-setup M2',
      { kind: 'authentication' },
      at(2, (items) => [[TLV.publicKey, PRIME], ...without(items, TLV.publicKey)]),
    ],
    [
      'the code refused',
      'pair-setup M4',
      { kind: 'tlv-error', tlvError: 2 },
      at(2, (items) => [[TLV.salt, Buffer.alloc(16, 1)], ...without(items, TLV.salt)]),
    ],
    [
      'an accessory that does not know the code',
      'pair-setup M4',
      { kind: 'authentication' },
      at(4, () => [[TLV.proof, Buffer.alloc(64)]]),
    ],
    ['no proof', 'pair-setup M4', { kind: 'malformed' }, at(4, (items) => without(items, TLV.proof))],
    [
      'M5 refused with the state of M4',
      'pair-setup M6',
      { kind: 'tlv-error', tlvError: 4 },
      at(6, () => [
        [TLV.state, 4],
        [TLV.error, 4],
      ]),
    ],
    [
      'encrypted data of another key',
      'pair-setup M6',
      { kind: 'authentication' },
      at(6, () => sealedM6(Buffer.alloc(64))),
    ],
    [
      'a signature of another key',
      'pair-setup M6',
      { kind: 'authentication' },
      at(6, (_, key) => sealedM6(key, other)),
    ],
    [
      'another accessory',
      'pair-setup M6',
      { kind: 'authentication' },
      at(6, (_, key) => sealedM6(key, ACCESSORY, '11:22:33:44:55:66')),
    ],
  ];

  it.each(FAULTS)('%s', async (_, step, fields, change) => {
    const transcript = createTranscript();
    const error = await failure(setUp(setupScript(change), { accessoryId: ACCESSORY.id, record: transcript.record }));
    expect(error).toMatchObject({ step, ...fields });
    const endings = transcript
      .entries()
      .filter(({ event }) => event === 'failed' || event === 'timeout' || event === 'closed');
    expect(endings.map((entry) => [entry.step, entry.event])).toEqual([[step, 'failed']]);
    expect(JSON.stringify(transcript.entries())).not.toMatch(/031|45154/);
  });

  it('names the step that hangs', async () => {
    const hanging = setupScript();
    peer = await startPeer((say, request, number) => {
      if (number === 0) hanging(say, request, number);
    });
    const error = await failure(pairSetup(peer.address, CODE, IDENTITY, { deadlines: { srpMs: 300 } }));
    expect(error).toMatchObject({ kind: 'timeout', step: 'pair-setup M4' });
  });

  it.each([
    ['12345678', 'trivial'],
    ['111-11-111', 'trivial'],
    ['031-45-15', 'length'],
    ['031-45-15x', 'characters'],
  ])('the setup code %s is refused before anything is sent', async (code, form) => {
    peer = await startPeer(setupScript());
    const transcript = createTranscript();
    const error = await failure(pairSetup(peer.address, code, IDENTITY, { record: transcript.record }));
    expect(error).toMatchObject({ kind: 'malformed', step: 'pair-setup M1' });
    expect(error.message).not.toContain(code);
    expect(transcript.entries().map(({ event, facts }) => [event, facts['code_form']])).toEqual([
      ['known', form],
      ['failed', undefined],
    ]);
    expect(peer.requests()).toHaveLength(0);
  });
});

describe('pair-verify', () => {
  const paired = { accessoryId: ACCESSORY.id, accessoryLtpk: ACCESSORY.publicKey, identity: IDENTITY };

  /** M2 of an accessory; `change` alters what is inside. */
  function verifyScript(
    change: (inner: Items, accessoryKey: Buffer) => { inner: Items; key: Buffer },
    m4: Items = [[TLV.state, 4]],
  ): Script {
    return (say, request) => {
      const items = itemsOf(request);
      if (firstInteger(items, TLV.state) === 3) return say.send(tlv(m4));
      const { privateKey, publicKey } = newAgreement();
      const controllerKey = first(items, TLV.publicKey) ?? EMPTY;
      const secret = agree(privateKey, controllerKey) ?? EMPTY;
      const signed = Buffer.concat([publicKey, Buffer.from(ACCESSORY.id), controllerKey]);
      const { inner, key } = change(
        [
          [TLV.identifier, Buffer.from(ACCESSORY.id)],
          [TLV.signature, sign(ACCESSORY.privateKey, signed)],
        ],
        publicKey,
      );
      const sealed = seal(
        hkdf(secret, 'Pair-Verify-Encrypt-Salt', 'Pair-Verify-Encrypt-Info'),
        'PV-Msg02',
        encodeTlv(inner),
      );
      say.send(
        tlv([
          [TLV.state, 2],
          [TLV.publicKey, key],
          [TLV.encryptedData, sealed],
        ]),
      );
    };
  }

  it.each([
    ['a key of low order', 'public-key', 'authentication', (inner: Items) => ({ inner, key: Buffer.alloc(32) })],
    [
      'a key that is not the one that signed',
      'tag',
      'authentication',
      (inner: Items) => ({ inner, key: newAgreement().publicKey }),
    ],
    [
      'another accessory',
      'accessory-id',
      'authentication',
      (inner: Items, key: Buffer) => ({
        inner: [[TLV.identifier, Buffer.from('x')], ...without(inner, TLV.identifier)] as Items,
        key,
      }),
    ],
    [
      'a signature that does not hold',
      'signature',
      'authentication',
      (inner: Items, key: Buffer) => ({
        inner: [[TLV.signature, Buffer.alloc(64)], ...without(inner, TLV.signature)] as Items,
        key,
      }),
    ],
    [
      'no signature',
      'missing',
      'malformed',
      (inner: Items, key: Buffer) => ({ inner: without(inner, TLV.signature), key }),
    ],
  ])('ends at M2 with %s', async (_, check, kind, change) => {
    peer = await startPeer(verifyScript(change));
    const error = await failure(openSession(peer.address, paired));
    expect(error).toMatchObject({ kind, step: 'pair-verify M2', facts: { check } });
  });

  it('ends at M4 when the accessory does not have our pairing any more', async () => {
    peer = await startPeer(
      verifyScript(
        (inner, key) => ({ inner, key }),
        [
          [TLV.state, 4],
          [TLV.error, 2],
        ],
      ),
    );
    expect(await failure(openSession(peer.address, paired))).toMatchObject({
      kind: 'tlv-error',
      step: 'pair-verify M4',
      tlvError: 2,
    });
  });

  it('gives a session that ends when the accessory is gone', async () => {
    peer = await startPeer(verifyScript((inner, key) => ({ inner, key })));
    const session = await openSession(peer.address, paired);
    await peer.close();
    expect(await session.closed).toMatchObject({ kind: 'closed', step: 'session' });
  });
});
