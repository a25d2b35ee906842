/** A port whose machine is there but takes no connection any more: its queue is full, so the kernel drops what comes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { connect as connectTcp, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** Listens with the shortest queue, says its port, and never looks again. */
const PROGRAM = `
const server = require('node:net').createServer();
server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
  require('node:fs').writeSync(1, server.address().port + '\\n');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});`;

/** Starts one; it ends with `close`. */
export async function silentPort(): Promise<{ readonly port: number; close(): void }> {
  const child: ChildProcess = spawn(process.execPath, ['-e', PROGRAM], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.stdout?.once('data', (said) => resolve(Number(String(said).trim())));
  });
  // what fills the queue
  const fillers: Socket[] = [];
  for (let i = 0; i < 6; i++) {
    const socket = connectTcp({ host: '127.0.0.1', port });
    socket.on('error', () => undefined);
    fillers.push(socket);
    await pause(10);
  }
  return {
    port,
    close() {
      for (const socket of fillers) socket.destroy();
      child.kill('SIGKILL');
    },
  };
}
