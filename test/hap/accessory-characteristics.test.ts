/** The accessory against our own controller: what a session reads, writes and hears. */
import { afterEach, describe, expect, it } from 'vitest';
import {
  bridgeDatabase,
  faultAt,
  HAP_STATUS,
  LAMP,
  lampAccessory,
  lampDatabase,
} from '../../src/protocols/hap/accessory/index.ts';
import { openSession } from '../../src/protocols/hap/controller.ts';
import type { HapError } from '../../src/protocols/hap/errors.ts';
import {
  addController,
  BRIGHTNESS,
  failure,
  LABEL,
  ON,
  pairAndOpen,
  startLamp,
  stopLamps,
  until,
} from './accessory-case.ts';

afterEach(stopLamps);

describe('characteristics', () => {
  it('lists its database, reads and writes it', async () => {
    const lamp = await startLamp();
    const { session } = await pairAndOpen(lamp);
    const [listed] = await session.accessories();
    expect(listed?.services.map(({ type }) => type)).toEqual(['3E', 'A2', '43']);
    const brightness = listed?.services[2]?.characteristics.find(({ type }) => type === '8');
    expect(brightness).toMatchObject({
      format: 'int',
      perms: ['pr', 'pw', 'ev'],
      value: 100,
      meta: { unit: 'percentage', minValue: 0, maxValue: 100, minStep: 1 },
    });
    await session.write([
      { ...ON, value: true },
      { ...BRIGHTNESS, value: 40 },
    ]);
    expect(await session.read([ON, BRIGHTNESS])).toMatchObject([{ value: true }, { value: 40 }]);
    expect([lamp.server.get(1, LAMP.on), lamp.server.get(1, LAMP.brightness)]).toEqual([true, 40]);
  });

  it('answers each item of a request for itself', async () => {
    const lamp = await startLamp();
    const { session } = await pairAndOpen(lamp);
    expect(await session.read([ON, { aid: 1, iid: 2 }, { aid: 1, iid: 99 }, { aid: 9, iid: 1 }])).toMatchObject([
      { status: 0, value: false },
      { status: HAP_STATUS.writeOnly },
      { status: HAP_STATUS.doesNotExist },
      { status: HAP_STATUS.doesNotExist },
    ]);
    const writes = [
      { ...ON, value: true },
      { ...BRIGHTNESS, value: 101 },
      { ...BRIGHTNESS, value: 'half' },
      { aid: 1, iid: 3, value: 'Somebody' },
      { aid: 1, iid: 99, value: 1 },
    ];
    const statuses = await session.write(writes).then(
      () => [],
      (error: HapError) => error.refused.map(({ status }) => status),
    );
    expect(statuses).toEqual([-70410, -70410, -70404, -70409]);
    expect([lamp.server.get(1, LAMP.on), lamp.server.get(1, LAMP.brightness)]).toEqual([true, 100]);
    expect(await failure(session.subscribe([{ aid: 1, iid: 3 }], () => undefined))).toMatchObject({
      hapStatus: -70406,
    });
  });

  it('does a timed write in time, and none that was not prepared', async () => {
    const lamp = await startLamp();
    const { session } = await pairAndOpen(lamp);
    await session.timedWrite([{ ...ON, value: true }], 10_000);
    expect(lamp.server.get(1, LAMP.on)).toBe(true);
    const forgetful = await startLamp({
      faults: faultAt('prepare', { kind: 'body', body: Buffer.from('{"status":0}') }),
    });
    const { session: other } = await pairAndOpen(forgetful);
    expect(await failure(other.timedWrite([{ ...ON, value: true }], 10_000))).toMatchObject({ hapStatus: -70410 });
    expect(forgetful.server.get(1, LAMP.on)).toBe(false);
  });

  it('tells everybody who asked, merges what changes quickly, and never tells the writer', async () => {
    const lamp = await startLamp({ limits: { coalesceMs: 1_000 } });
    const { paired, session } = await pairAndOpen(lamp);
    const other = await openSession(lamp.address, await addController(session, paired, false));
    const heard: { readonly who: string; readonly changes: unknown }[] = [];
    await session.subscribe([ON, BRIGHTNESS], (changes) => heard.push({ who: 'writer', changes }));
    await other.subscribe([ON, BRIGHTNESS], (changes) => heard.push({ who: 'other', changes }));
    await session.write([
      { ...ON, value: true },
      { ...BRIGHTNESS, value: 10 },
    ]);
    await until(() => heard.length === 1);
    for (const value of [20, 30, 40]) await session.write([{ ...BRIGHTNESS, value }]);
    await until(() => heard.length === 2);
    expect(heard).toMatchObject([
      {
        who: 'other',
        changes: [
          { ...ON, value: true },
          { ...BRIGHTNESS, value: 10 },
        ],
      },
      { who: 'other', changes: [{ ...BRIGHTNESS, value: 40 }] },
    ]);
    lamp.server.set(1, LAMP.on, false);
    await until(() => heard.length === 4);
    expect(
      heard
        .slice(2)
        .map(({ who }) => who)
        .sort(),
    ).toEqual(['other', 'writer']);
  });

  it('forgets a registration with the session', async () => {
    const lamp = await startLamp();
    const { paired, session } = await pairAndOpen(lamp);
    const heard: unknown[] = [];
    await session.subscribe([ON], (changes) => heard.push(changes));
    session.close();
    await until(() => lamp.server.connections().all === 0);
    const again = await openSession(lamp.address, paired);
    lamp.server.set(1, LAMP.on, true);
    await again.read([ON]);
    expect(heard).toEqual([]);
    await again.subscribe([ON], (changes) => heard.push(changes));
    lamp.server.set(1, LAMP.on, false);
    await until(() => heard.length === 1);
  });

  it('answers for a hook that refuses, throws or takes too long', async () => {
    const hooks = [
      (): { status: -70403 } => ({ status: HAP_STATUS.busy }),
      (): never => {
        throw new Error('no lamp there');
      },
      (): Promise<undefined> => new Promise(() => undefined),
    ];
    const bridged = hooks.map((write, at) => lampAccessory(at + 2, LABEL, { on: { write } }));
    const lamp = await startLamp({ database: bridgeDatabase(LABEL, bridged), limits: { hookMs: 50 } });
    const { session } = await pairAndOpen(lamp);
    for (const [at, hapStatus] of [-70403, -70402, -70408].entries())
      expect(await failure(session.write([{ aid: at + 2, iid: LAMP.on, value: true }]))).toMatchObject({ hapStatus });
    expect(await session.read([{ aid: 2, iid: LAMP.on }])).toMatchObject([{ value: false }]);
    expect(lamp.failures.map(String)).toEqual(['Error: no lamp there']);
  });

  it('raises c# when it shows another database, also over a restart, and only then', async () => {
    const lamp = await startLamp();
    const bigger = bridgeDatabase(LABEL, [lampAccessory(2, LABEL)]);
    await lamp.server.replaceDatabase(lampDatabase(LABEL));
    expect(lamp.server.txt()['c#']).toBe('1');
    await lamp.server.replaceDatabase(bigger);
    expect(lamp.server.txt()['c#']).toBe('2');
    const same = await startLamp({ database: bigger }, lamp.state.current());
    expect(same.server.txt()['c#']).toBe('2');
    const other = await startLamp({}, lamp.state.current());
    expect(other.server.txt()['c#']).toBe('3');
  });
});
