/** The accessory against our own controller: who may pair, and who gets a session. */
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { faultAt, freshState, memoryState } from '../../src/protocols/hap/accessory/index.ts';
import { identify, openSession, pairSetup } from '../../src/protocols/hap/controller.ts';
import { createHttpReader, type HttpMessage } from '../../src/protocols/hap/http-messages.ts';
import { newIdentity } from '../../src/protocols/hap/keys.ts';
import { readVerifyM2, verifyM1, verifyM3 } from '../../src/protocols/hap/pair-verify.ts';
import { decodeTlv, encodeTlv, first, firstInteger, TLV, TLV_ERROR } from '../../src/protocols/hap/tlv8.ts';
import { setupHash } from '../../src/protocols/hap/txt.ts';
import {
  addController,
  CODE,
  errorOf,
  failure,
  LABEL,
  pairAndOpen,
  plain,
  post,
  refused,
  startLamp,
  stopLamps,
  until,
} from './accessory-case.ts';

const WRONG = '111-22-334';
const DEVICE = 'A1:B2:C3:D4:E5:F6';

afterEach(stopLamps);

describe('pairing', () => {
  it('pairs by the code on the label, and tells the network so', async () => {
    const told: Record<string, string>[] = [];
    const lamp = await startLamp({ onTxt: (txt) => told.push(txt) });
    const { id } = lamp.server.identity();
    expect(lamp.server.txt()).toEqual({
      'c#': '1',
      ff: '0',
      id,
      md: LABEL.model,
      pv: '1.1',
      's#': '1',
      sf: '1',
      ci: '5',
      sh: setupHash('CF51', id),
    });
    const paired = await pairSetup(lamp.address, CODE, newIdentity(), { accessoryId: id });
    expect(Buffer.from(paired.accessoryLtpk)).toEqual(lamp.server.identity().publicKey);
    expect(lamp.server.pairings()).toEqual([
      { id: paired.identity.id, ltpk: paired.identity.publicKey.toString('base64'), admin: true },
    ]);
    expect(told.map(({ sf }) => sf)).toEqual(['0']);
  });

  it('refuses a wrong code with Authentication, counts it, and forgets the count when the right one comes', async () => {
    const lamp = await startLamp();
    expect(await failure(pairSetup(lamp.address, WRONG, newIdentity()))).toEqual(refused('pair-setup M4', 2));
    expect(lamp.state.current()?.failures).toBe(1);
    await pairSetup(lamp.address, CODE, newIdentity());
    expect(lamp.state.current()?.failures).toBe(0);
  });

  it('has counted a wrong code before the controller hears of it, so that a pulled plug gives no free guess', async () => {
    const kept: number[] = [];
    const state = memoryState();
    const port = {
      read: state.read,
      async write(next: Parameters<typeof state.write>[0]): Promise<void> {
        await pause(50);
        kept.push(next.failures);
        state.write(next);
      },
    };
    const lamp = await startLamp({
      state: port,
      faults: faultAt('pair-setup M4', { kind: 'close', carriedOut: true }),
    });
    expect(await failure(pairSetup(lamp.address, WRONG, newIdentity()))).toEqual({
      step: 'pair-setup M4',
      kind: 'closed',
    });
    expect(kept.at(-1)).toBe(1);
  });

  it('refuses a code that it cannot count', async () => {
    const state = memoryState();
    const full = (): never => {
      throw new Error('disk full');
    };
    let write = state.write;
    const lamp = await startLamp({ state: { read: state.read, write: (next) => write(next) } });
    write = full;
    expect(await failure(pairSetup(lamp.address, CODE, newIdentity()))).toEqual(refused('pair-setup M4', 1));
    expect(lamp.failures.map(String)).toEqual(['Error: disk full']);
    write = state.write;
    await pairSetup(lamp.address, CODE, newIdentity());
  });

  it('answers MaxTries after more than 100 wrong codes, also to the right one, and keeps count over a restart', async () => {
    const preset = { ...freshState(newIdentity(DEVICE)), failures: 100 };
    const lamp = await startLamp({}, preset);
    expect(await failure(pairSetup(lamp.address, WRONG, newIdentity()))).toEqual(refused('pair-setup M4', 2));
    expect(await failure(pairSetup(lamp.address, CODE, newIdentity()))).toEqual(refused('pair-setup M2', 5));
    const again = await startLamp({}, lamp.state.current());
    expect(await failure(pairSetup(again.address, CODE, newIdentity()))).toEqual(refused('pair-setup M2', 5));
    await again.server.factoryReset();
    await pairSetup(again.address, CODE, newIdentity());
  });

  it('answers Unavailable once it is paired, before it looks at anything else', async () => {
    const lamp = await startLamp();
    const { paired } = await pairAndOpen(lamp);
    expect(await failure(pairSetup(lamp.address, CODE, newIdentity()))).toEqual(refused('pair-setup M2', 6));
    const kept = { ...freshState(newIdentity(DEVICE)), failures: 500 };
    const pairing = { id: paired.identity.id, ltpk: paired.identity.publicKey.toString('base64'), admin: true };
    const both = await startLamp({}, { ...kept, pairings: [pairing] });
    expect(await failure(pairSetup(both.address, CODE, newIdentity()))).toEqual(refused('pair-setup M2', 6));
  });

  it('answers Busy to everybody but the controller that is setting up, until that one is done or gone', async () => {
    const lamp = await startLamp();
    const holder = connect(lamp.address);
    const m1 = encodeTlv([
      [TLV.state, 1],
      [TLV.method, 0],
    ]);
    holder.write(post('/pair-setup', m1));
    await new Promise((resolve) => holder.once('data', resolve));
    expect(await failure(pairSetup(lamp.address, CODE, newIdentity()))).toEqual(refused('pair-setup M2', 7));
    holder.destroy();
    await until(() => lamp.server.connections().all === 0);
    await pairSetup(lamp.address, CODE, newIdentity());
  });

  it('gives an attempt up when its time is over, and closes the connection', async () => {
    const lamp = await startLamp({ limits: { procedureMs: 50 } });
    const holder = connect(lamp.address);
    const m1 = encodeTlv([
      [TLV.state, 1],
      [TLV.method, 0],
    ]);
    holder.write(post('/pair-setup', m1));
    holder.resume();
    await new Promise((resolve) => holder.once('close', resolve));
    await until(() => lamp.server.connections().all === 0);
    const again = await plain(lamp, 'POST', '/pair-setup', m1);
    expect(errorOf(again.body)).toBeUndefined();
  });

  it('lets exactly one of two setups at once win', async () => {
    const lamp = await startLamp();
    const outcomes = await Promise.allSettled([
      pairSetup(lamp.address, CODE, newIdentity()),
      pairSetup(lamp.address, CODE, newIdentity()),
    ]);
    const lost = outcomes.find((one) => one.status === 'rejected');
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect([TLV_ERROR.busy, TLV_ERROR.unavailable]).toContain(lost?.reason.tlvError);
    expect(lamp.server.pairings()).toHaveLength(1);
  });

  it('asks a rotating policy for the code of each attempt, and takes a code of any form', async () => {
    const codes = ['123-45-679', 'correct horse', '904-18-227'];
    const lamp = await startLamp({
      setupCode: { policy: 'rotating', next: () => Promise.resolve(codes.shift() ?? '') },
    });
    expect(await failure(pairSetup(lamp.address, '904-18-227', newIdentity()))).toEqual(refused('pair-setup M4', 2));
    expect(await failure(pairSetup(lamp.address, '904-18-227', newIdentity()))).toEqual(refused('pair-setup M4', 2));
    await pairSetup(lamp.address, '904-18-227', newIdentity());
    expect(codes).toEqual([]);
  });

  it('makes a wrong code wait where back-off is asked for', async () => {
    const lamp = await startLamp({ backoffSeconds: (failures) => 30 * failures });
    await failure(pairSetup(lamp.address, WRONG, newIdentity()));
    const answer = await plain(
      lamp,
      'POST',
      '/pair-setup',
      encodeTlv([
        [TLV.state, 1],
        [TLV.method, 0],
      ]),
    );
    const decoded = decodeTlv(answer.body);
    const items = decoded.ok ? decoded.items : [];
    expect([firstInteger(items, TLV.error), firstInteger(items, TLV.retryDelay)]).toEqual([TLV_ERROR.backoff, 30]);
  });

  it('refuses a transient setup and a message out of turn, and goes on working', async () => {
    const lamp = await startLamp();
    const flags = Buffer.from([0x10, 0, 0, 0]);
    const transient = await plain(
      lamp,
      'POST',
      '/pair-setup',
      encodeTlv([
        [TLV.state, 1],
        [TLV.method, 0],
        [TLV.flags, flags],
      ]),
    );
    expect(errorOf(transient.body)).toBe(TLV_ERROR.unknown);
    const split = encodeTlv([
      [TLV.state, 1],
      [TLV.method, 0],
      [TLV.flags, Buffer.from([0, 0, 0, 1])],
    ]);
    expect(errorOf((await plain(lamp, 'POST', '/pair-setup', split)).body)).toBe(TLV_ERROR.authentication);
    for (const state of [3, 5]) {
      const answer = await plain(lamp, 'POST', '/pair-setup', encodeTlv([[TLV.state, state]]));
      expect(errorOf(answer.body)).toBe(TLV_ERROR.unknown);
    }
    expect((await plain(lamp, 'POST', '/pair-setup', Buffer.from([6]))).status).toBe(400);
    expect(lamp.state.current()?.failures).toBe(0);
    await pairSetup(lamp.address, CODE, newIdentity());
  });

  it('shows itself to whoever holds it, as long as it is not paired', async () => {
    let shown = 0;
    const lamp = await startLamp({ onIdentify: () => shown++ });
    await identify(lamp.address);
    expect(shown).toBe(1);
    await pairSetup(lamp.address, CODE, newIdentity());
    expect(await failure(identify(lamp.address))).toMatchObject({ httpStatus: 400, hapStatus: -70401 });
    expect(shown).toBe(1);
  });
});

describe('verifying', () => {
  it('refuses a key that is not paired, and one that was removed', async () => {
    const lamp = await startLamp();
    const { paired, session } = await pairAndOpen(lamp);
    const stranger = { ...paired, identity: newIdentity() };
    expect(await failure(openSession(lamp.address, stranger))).toEqual(refused('pair-verify M4', 2));
    const otherKey = { ...paired, identity: newIdentity(paired.identity.id) };
    expect(await failure(openSession(lamp.address, otherKey))).toEqual(refused('pair-verify M4', 2));
    const second = await addController(session, paired, false);
    (await openSession(lamp.address, second)).close();
    await session.removePairing(second.identity.id);
    expect(await failure(openSession(lamp.address, second))).toEqual(refused('pair-verify M4', 2));
  });

  it.each([
    ['GET', '/accessories'],
    ['GET', '/characteristics?id=1.11'],
    ['PUT', '/characteristics'],
    ['PUT', '/prepare'],
    ['POST', '/pairings'],
  ])('answers 470 and -70401 to %s %s without a session', async (method, target) => {
    const lamp = await startLamp();
    const { status, body } = await plain(lamp, method, target, Buffer.from('{}'));
    expect([status, JSON.parse(body.toString())]).toEqual([470, { status: -70401 }]);
  });

  it('closes on whoever says more before it can know that there is a session', async () => {
    const lamp = await startLamp();
    const { paired } = await pairAndOpen(lamp);
    const socket = connect(lamp.address);
    const reader = createHttpReader('response');
    const heard: HttpMessage[] = [];
    socket.on('data', (bytes) => {
      const read = reader.push(bytes);
      if (read.ok) heard.push(...read.messages);
    });
    const gone = new Promise((resolve) => socket.on('close', resolve));
    const { items, agreement } = verifyM1();
    socket.write(post('/pair-verify', encodeTlv(items)));
    await until(() => heard.length === 1);
    const decoded = decodeTlv(heard[0]?.body ?? Buffer.alloc(0));
    const shared = readVerifyM2(decoded.ok ? decoded.items : [], agreement, paired);
    const m3 = post('/pair-verify', encodeTlv(verifyM3(shared, agreement, paired)));
    socket.write(Buffer.concat([m3, Buffer.from('GET /accessories HTTP/1.1\r\nHost: la')]));
    await gone;
    expect(heard.length).toBeLessThanOrEqual(2);
    expect(lamp.server.connections().sessions).toBe(1);
  });
});

it('says in M2 its salt and public key, and nothing else', async () => {
  const lamp = await startLamp();
  const { body } = await plain(
    lamp,
    'POST',
    '/pair-setup',
    encodeTlv([
      [TLV.state, 1],
      [TLV.method, 0],
    ]),
  );
  const decoded = decodeTlv(body);
  const items = decoded.ok ? decoded.items : [];
  expect([first(items, TLV.publicKey)?.length, first(items, TLV.salt)?.length, items.length]).toEqual([384, 16, 3]);
});
