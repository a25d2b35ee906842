import { connect } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import type { Fault } from './faults.ts';
import { createListener, type Listener } from './listener.ts';

const open: Listener[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

function listener(fault?: Fault): Listener {
  const made = createListener({
    host: '127.0.0.1',
    max: 8,
    connections: new Set(),
    isSettingUp: () => false,
    fault: () => fault,
    idleMs: 10_000,
    serve: () => {
      throw new Error('nobody is served here');
    },
  });
  open.push(made);
  return made;
}

it('listens again on the port it had, and says when it cannot', async () => {
  const first = listener();
  const port = await first.listen();
  await expect(first.listen()).rejects.toThrow('one that listens');
  await expect(listener().listen(port)).rejects.toThrow('EADDRINUSE');
  await first.close();
  expect(await first.listen()).toBe(port);
  expect(first.port()).toBe(port);
});

it('lets go of what the script has kept waiting when it closes', async () => {
  for (const fault of [{ kind: 'silence' }, { kind: 'delay', ms: 60_000 }] as const) {
    const one = listener(fault);
    const socket = connect(await one.listen(), '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    const gone = new Promise((resolve) => socket.on('error', resolve).on('close', resolve));
    await one.close();
    await gone;
  }
});

it('closes when it never listened', async () => {
  await listener().close();
});
