/** The accessory against our own controller: pairings that come and go. */
import { afterEach, describe, expect, it } from 'vitest';
import { memoryState } from '../../src/protocols/hap/accessory/index.ts';
import { openSession } from '../../src/protocols/hap/controller.ts';
import { newIdentity } from '../../src/protocols/hap/keys.ts';
import { addController, failure, ON, pairAndOpen, refused, startLamp, stopLamps } from './accessory-case.ts';

afterEach(stopLamps);

describe('pairings', () => {
  it('adds, lists, promotes, demotes and removes', async () => {
    const lamp = await startLamp();
    const { paired, session } = await pairAndOpen(lamp);
    const other = await addController(session, paired, false);
    const seen = async (): Promise<unknown> => (await session.listPairings()).map(({ id, admin }) => ({ id, admin }));
    expect(await seen()).toEqual([
      { id: paired.identity.id, admin: true },
      { id: other.identity.id, admin: false },
    ]);
    await session.addPairing({ id: other.identity.id, publicKey: other.identity.publicKey, admin: true });
    expect(await seen()).toContainEqual({ id: other.identity.id, admin: true });
    await session.addPairing({ id: other.identity.id, publicKey: other.identity.publicKey, admin: false });
    expect(await seen()).toContainEqual({ id: other.identity.id, admin: false });
    await session.removePairing(other.identity.id);
    await session.removePairing('nobody');
    expect(await seen()).toEqual([{ id: paired.identity.id, admin: true }]);
  });

  it('is for admins, and never changes the key of an id', async () => {
    const lamp = await startLamp();
    const { paired, session } = await pairAndOpen(lamp);
    const other = await addController(session, paired, false);
    const user = await openSession(lamp.address, other);
    expect(await failure(user.listPairings())).toEqual(refused('list-pairings', 2));
    expect(await failure(addController(user, paired, true))).toEqual(refused('add-pairing', 2));
    expect(await failure(user.removePairing(paired.identity.id))).toEqual(refused('remove-pairing', 2));
    const { publicKey } = newIdentity();
    expect(await failure(session.addPairing({ id: other.identity.id, publicKey, admin: true }))).toEqual(
      refused('add-pairing', 1),
    );
    await session.addPairing({ id: other.identity.id, publicKey: other.identity.publicKey, admin: true });
    expect(await user.listPairings()).toHaveLength(2);
  });

  it('says Unknown and leaves everything as it was when it cannot keep a change', async () => {
    const state = memoryState();
    let write = state.write;
    const lamp = await startLamp({ state: { read: state.read, write: (next) => write(next) } });
    const { paired, session } = await pairAndOpen(lamp);
    const other = await addController(session, paired, false);
    const user = await openSession(lamp.address, other);
    write = (): never => {
      throw new Error('disk full');
    };
    expect(await failure(addController(session, paired, false))).toEqual(refused('add-pairing', 1));
    expect(await failure(session.removePairing(other.identity.id))).toEqual(refused('remove-pairing', 1));
    expect(await failure(session.removePairing(paired.identity.id))).toEqual(refused('remove-pairing', 1));
    expect(await session.listPairings()).toHaveLength(2);
    expect(await user.read([ON])).toHaveLength(1);
    expect(lamp.failures).toHaveLength(3);
  });

  it('has room for 16, and answers MaxPeers to the next one', async () => {
    const lamp = await startLamp();
    const { paired, session } = await pairAndOpen(lamp);
    const last = await Array.from({ length: 15 }).reduce<Promise<typeof paired>>(
      (before) => before.then(() => addController(session, paired, false)),
      Promise.resolve(paired),
    );
    expect(await failure(addController(session, paired, false))).toEqual(refused('add-pairing', 4));
    await session.addPairing({ id: last.identity.id, publicKey: last.identity.publicKey, admin: true });
    await session.removePairing(last.identity.id);
    await addController(session, paired, false);
    expect(lamp.server.pairings()).toHaveLength(16);
  });

  it('ends the sessions of a controller that is removed, at once, and answers nothing on them any more', async () => {
    const lamp = await startLamp();
    const { paired, session } = await pairAndOpen(lamp);
    const other = await openSession(lamp.address, await addController(session, paired, false));
    const heard: unknown[] = [];
    await other.subscribe([ON], (changes) => heard.push(changes));
    const [, { id = '' } = {}] = lamp.server.pairings();
    await session.removePairing(id);
    await session.write([{ ...ON, value: true }]);
    expect((await other.closed)?.kind).toBe('closed');
    expect(heard).toEqual([]);
    expect(lamp.server.connections()).toEqual({ all: 1, sessions: 1 });
  });

  it('forgets everybody with the last admin, tells the network, and can be paired again', async () => {
    const told: (string | undefined)[] = [];
    const lamp = await startLamp({ onTxt: ({ sf }) => told.push(sf) });
    const { paired, session } = await pairAndOpen(lamp);
    const user = await openSession(lamp.address, await addController(session, paired, false));
    await session.removePairing(paired.identity.id);
    await Promise.all([session.closed, user.closed]);
    expect(lamp.server.pairings()).toEqual([]);
    expect(told).toEqual(['0', '1']);
    const { session: again } = await pairAndOpen(lamp);
    expect(await again.listPairings()).toHaveLength(1);
    expect(lamp.server.identity().id).toBe(paired.accessoryId);
  });

  it('forgets everybody when the last admin is made a user', async () => {
    const lamp = await startLamp();
    const { paired, session } = await pairAndOpen(lamp);
    const { id, publicKey } = paired.identity;
    await session.addPairing({ id, publicKey, admin: false });
    expect(lamp.server.pairings()).toEqual([]);
    await session.closed;
  });

  it('is somebody else after a factory reset', async () => {
    const lamp = await startLamp();
    const { paired, session } = await pairAndOpen(lamp);
    await lamp.server.factoryReset();
    await session.closed;
    expect(lamp.server.txt()).toMatchObject({ sf: '1', 'c#': '1' });
    expect(lamp.server.identity().id).not.toBe(paired.accessoryId);
    expect(await failure(openSession(lamp.address, paired))).toMatchObject({ kind: 'authentication' });
  });

  it('remembers everything over a restart and a pulled plug', async () => {
    const lamp = await startLamp();
    const { paired, session } = await pairAndOpen(lamp);
    await lamp.server.close();
    expect((await session.closed)?.kind).toBe('closed');
    expect(await failure(openSession(lamp.address, paired))).toMatchObject({ kind: 'refused' });
    await lamp.server.listen();
    expect(lamp.server.port).toBe(lamp.address.port);
    (await openSession(lamp.address, paired)).close();
    const restarted = await startLamp({}, JSON.parse(JSON.stringify(lamp.state.current())));
    (await openSession(restarted.address, paired)).close();
  });
});
