import { afterEach, describe, expect, it } from 'vitest';
import { BUSY, backoff, type Fault, type FaultPoint, faultAt, LAMP } from '../../src/protocols/hap/accessory/index.ts';
import { openSession, pairSetup } from '../../src/protocols/hap/controller.ts';
import { HapError } from '../../src/protocols/hap/errors.ts';
import { newIdentity } from '../../src/protocols/hap/keys.ts';
import type { HapOptions } from '../../src/protocols/hap/options.ts';
import {
  addController,
  BRIGHTNESS,
  CODE,
  failure,
  type Lamp,
  ON,
  pairAndOpen,
  refused,
  startLamp,
  stopLamps,
  until,
} from './accessory-case.ts';

afterEach(stopLamps);

describe('the script', () => {
  type Work = (lamp: Lamp, options?: HapOptions) => Promise<unknown>;
  const QUICK = { deadlines: { answerMs: 300, srpMs: 300 } };
  const CASES: readonly [FaultPoint, Fault, Work, object][] = [
    ['pair-setup M2', { kind: 'silence' }, setUp, { step: 'pair-setup M2', kind: 'timeout' }],
    ['pair-setup M2', BUSY, setUp, refused('pair-setup M2', 7)],
    ['pair-setup M2', backoff(7), setUp, refused('pair-setup M2', 3)],
    ['pair-setup M4', { kind: 'close' }, setUp, { step: 'pair-setup M4', kind: 'closed' }],
    ['pair-setup M4', { kind: 'wrong-proof' }, setUp, { kind: 'authentication' }],
    ['pair-setup M4', { kind: 'wrong-state' }, setUp, { step: 'pair-setup M4' }],
    ['pair-setup M6', { kind: 'wrong-signature' }, setUp, { step: 'pair-setup M6', kind: 'authentication' }],
    ['pair-setup M6', { kind: 'http-status', status: 500 }, setUp, { httpStatus: 500 }],
    ['pair-verify M2', { kind: 'wrong-signature' }, verify, { step: 'pair-verify M2', kind: 'authentication' }],
    ['pair-verify M2', { kind: 'wrong-key' }, verify, { step: 'pair-verify M2', kind: 'authentication' }],
    ['pair-verify M2', { kind: 'wrong-id' }, verify, { step: 'pair-verify M2', kind: 'authentication' }],
    ['pair-verify M2', { kind: 'flip', byte: 120 }, verify, { step: 'pair-verify M2' }],
    ['pair-verify M4', { kind: 'tlv-error', error: 2 }, verify, refused('pair-verify M4', 2)],
    ['read', { kind: 'hap-status', status: -70402 }, read, { hapStatus: -70402 }],
    ['read', { kind: 'truncate', bytes: 20 }, read, { step: 'read', kind: 'closed' }],
    ['read', { kind: 'flip', byte: 30 }, read, { kind: 'decrypt' }],
    ['accessories', { kind: 'delay', ms: 10_000 }, list, { step: 'accessories', kind: 'timeout' }],
    ['accessories', { kind: 'body', body: Buffer.from('{') }, list, { step: 'accessories', kind: 'malformed' }],
  ];
  function setUp({ address }: Lamp, options?: HapOptions): Promise<unknown> {
    return pairSetup(address, CODE, newIdentity(), options);
  }
  async function verify({ address }: Lamp, options?: HapOptions): ReturnType<typeof openSession> {
    return openSession(address, await pairSetup(address, CODE, newIdentity()), options);
  }
  async function read(lamp: Lamp, options?: HapOptions): Promise<void> {
    const [{ status } = { status: 0 }] = await (await verify(lamp, options)).read([ON]);
    if (status !== 0) throw new HapError('read', 'hap-status', 'expected status 0', { hapStatus: status });
  }
  async function list(lamp: Lamp, options?: HapOptions): Promise<unknown> {
    return (await verify(lamp, options)).accessories();
  }

  it.each(CASES)('plays at %s: %o', async (point, fault, work, expected) => {
    const broken = await startLamp({ faults: faultAt(point, fault, 1) });
    expect(await failure(work(broken, QUICK))).toMatchObject(expected);
    const sound = await startLamp();
    await work(sound);
  });

  it('lies about adding and removing', async () => {
    const lies: Record<string, Fault> = {
      'add-pairing': { kind: 'acknowledge-but-forget' },
      'remove-pairing': { kind: 'acknowledge-but-keep' },
    };
    let honest = false;
    const lamp = await startLamp({ faults: (point) => (honest ? undefined : lies[point]) });
    const { paired, session } = await pairAndOpen(lamp);
    await addController(session, paired, false);
    expect(await session.listPairings()).toHaveLength(1);
    honest = true;
    const other = await addController(session, paired, false);
    honest = false;
    await session.removePairing(other.identity.id);
    expect(await session.listPairings()).toHaveLength(2);
    (await openSession(lamp.address, other)).close();
  });

  it('carries out what it then does not answer, when told to, and otherwise not', async () => {
    const faults: Fault[] = [{ kind: 'close' }, { kind: 'close', carriedOut: true }];
    const lamp = await startLamp({ faults: (point) => (point === 'write' ? faults.shift() : undefined) });
    const { paired, session } = await pairAndOpen(lamp);
    expect(await failure(session.write([{ ...ON, value: true }]))).toMatchObject({ kind: 'closed' });
    expect(lamp.server.get(1, LAMP.on)).toBe(false);
    const again = await openSession(lamp.address, paired);
    expect(await failure(again.write([{ ...ON, value: true }]))).toMatchObject({ kind: 'closed' });
    expect(lamp.server.get(1, LAMP.on)).toBe(true);
  });

  it('loses, spoils and breaks off events', async () => {
    const faults: (Fault | undefined)[] = [{ kind: 'silence' }, undefined, { kind: 'flip', byte: 40 }];
    const lamp = await startLamp({
      limits: { coalesceMs: 1 },
      faults: (point) => (point === 'event' ? faults.shift() : undefined),
    });
    const { session } = await pairAndOpen(lamp);
    const heard: unknown[] = [];
    await session.subscribe([BRIGHTNESS], (changes) => heard.push(...changes.map(({ value }) => value)));
    lamp.server.set(1, LAMP.brightness, 1);
    await until(() => faults.length === 2);
    lamp.server.set(1, LAMP.brightness, 2);
    await until(() => heard.length === 1);
    lamp.server.set(1, LAMP.brightness, 3);
    expect((await session.closed)?.kind).toBe('decrypt');
    expect(heard).toEqual([2]);
  });

  it('sends chunked answers that mean the same', async () => {
    const lamp = await startLamp({ faults: () => ({ kind: 'chunked' }) });
    const { session } = await pairAndOpen(lamp);
    expect(await session.accessories()).toHaveLength(1);
    await session.write([{ ...ON, value: true }]);
    expect(await session.read([ON])).toMatchObject([{ value: true }]);
  });

  it('meets a connection before its first byte', async () => {
    for (const kind of ['close', 'reset', 'silence'] as const) {
      const lamp = await startLamp({ faults: faultAt('connect', { kind }, 1) });
      expect(['closed', 'unreachable', 'timeout']).toContain((await failure(setUp(lamp, QUICK))).kind);
      await setUp(lamp);
    }
    const slow = await startLamp({ faults: faultAt('connect', { kind: 'delay', ms: 30 }) });
    await pairAndOpen(slow);
  });
});
