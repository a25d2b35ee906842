/** The accessory and whoever takes too much of its time or room. */
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { openSession } from '../../src/protocols/hap/controller.ts';
import { ON, pairAndOpen, plain, startLamp, stopLamps, until } from './accessory-case.ts';

afterEach(stopLamps);

describe('strangers', () => {
  it('answers 404 and 405 to what it does not have', async () => {
    const lamp = await startLamp();
    expect((await plain(lamp, 'GET', '/constructor')).status).toBe(404);
    expect((await plain(lamp, 'GET', '/pair-setup')).status).toBe(405);
    expect((await plain(lamp, 'DELETE', '/accessories')).status).toBe(405);
  });

  it('lets ten controllers have sessions at once', async () => {
    const lamp = await startLamp();
    const { paired, session } = await pairAndOpen(lamp);
    const sessions = await Promise.all(Array.from({ length: 9 }, () => openSession(lamp.address, paired)));
    for (const one of [session, ...sessions]) expect(await one.read([ON])).toHaveLength(1);
  });

  it('makes room for a newcomer by letting the oldest stranger go, and no session', async () => {
    const lamp = await startLamp({ limits: { connections: 8 } });
    const { paired, session } = await pairAndOpen(lamp);
    const strangers = Array.from({ length: 20 }, () => connect(lamp.address));
    const gone = strangers.map(
      (socket) => new Promise((resolve) => socket.on('error', resolve).on('close', resolve).resume()),
    );
    await Promise.all(gone.slice(0, 10));
    const another = await openSession(lamp.address, paired);
    expect(await session.read([ON])).toHaveLength(1);
    expect(await another.read([ON])).toHaveLength(1);
    expect(lamp.server.connections().all).toBeLessThanOrEqual(8);
    for (const socket of strangers) socket.destroy();
  });

  it('makes room among sessions by letting the most silent one go', async () => {
    const lamp = await startLamp({ limits: { connections: 8 } });
    const { paired, session } = await pairAndOpen(lamp);
    const sessions = [session];
    while (sessions.length < 8) sessions.push(await openSession(lamp.address, paired));
    for (const one of sessions) if (one !== sessions[3]) await one.read([ON]);
    const ninth = await openSession(lamp.address, paired);
    expect((await sessions[3]?.closed)?.kind).toBe('closed');
    for (const one of [ninth, ...sessions]) if (one !== sessions[3]) expect(await one.read([ON])).toHaveLength(1);
  });

  it.each<[string, (socket: ReturnType<typeof connect>) => void]>([
    ['says nothing', () => undefined],
    ['begins a request and stops', (socket) => socket.write('POST /pair-setup HTTP/1.1\r\n')],
    ['stops in a body', (socket) => socket.write('POST /pair-setup HTTP/1.1\r\nContent-Length: 99\r\n\r\nx')],
    [
      'sends a byte at a time',
      (socket) => {
        const drip = setInterval(() => socket.write('x'), 10);
        socket.on('close', () => clearInterval(drip));
      },
    ],
    [
      'announces a huge body',
      (socket) => socket.write('POST /pair-setup HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n'),
    ],
    ['sends a huge head', (socket) => socket.write(`GET /${'x'.repeat(100_000)}`)],
    ['sends no HTTP', (socket) => socket.write('\x16\x03\x01\x02\x00\r\n\r\n')],
  ])('lets go of one who %s', async (_what, begin) => {
    const lamp = await startLamp({ limits: { requestMs: 100, idleMs: 100 } });
    const socket = connect(lamp.address);
    const gone = new Promise((resolve) => socket.on('error', resolve).on('close', resolve).resume());
    begin(socket);
    await gone;
    await until(() => lamp.server.connections().all === 0);
    expect((await plain(lamp, 'POST', '/identify')).status).toBe(204);
    expect(lamp.failures).toEqual([]);
  });
});
