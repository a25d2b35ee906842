/** Starts foreign accessories, each in a process of its own. Only inside a namespace: they listen on every interface. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** An accessory that runs and announces itself. */
export interface Peer {
  readonly accessoryId: string;
  readonly setupCode: string;
  readonly setupId: string;
  /** Everything it has printed. */
  log(): string;
  /** At once, unless told how. */
  stop(how?: NodeJS.Signals): Promise<void>;
}

const SETUP_CODE = '031-45-154';
const SETUP_ID = '1QJ8';
const PATIENCE_MS = 60_000;

/** A lamp by HAP-NodeJS. */
export async function startHapNodejs(): Promise<Peer> {
  const accessoryId = '3C:33:1B:21:B3:11';
  const folder = mkdtempSync(join(tmpdir(), 'hap-nodejs-'));
  const args = [pathOf('./hap-nodejs/child.ts'), accessoryId, SETUP_CODE, SETUP_ID, folder];
  return started(spawn(process.execPath, args), folder, accessoryId, /announced/);
}

/** Homebridge with a lamp behind its bridge: no user interface, no insecure mode. */
export async function startHomebridge(): Promise<Peer> {
  const accessoryId = '0E:51:51:00:00:01';
  const folder = mkdtempSync(join(tmpdir(), 'homebridge-'));
  const bridge = {
    name: 'Peer bridge',
    username: accessoryId,
    port: 51_826,
    pin: SETUP_CODE,
    setupID: SETUP_ID,
    bind: ['lo'],
    advertiser: 'ciao',
  };
  writeFileSync(
    join(folder, 'config.json'),
    JSON.stringify({ bridge, accessories: [{ accessory: 'Lamp', name: 'Bulb' }] }),
  );
  const cli = fileURLToPath(import.meta.resolve('homebridge')).replace(/dist.*$/, 'bin/homebridge.js');
  const plugin = pathOf('./homebridge-lamp');
  const args = [cli, '-U', folder, '-P', plugin, '--strict-plugin-resolution', '-Q', '-T'];
  return started(spawn(process.execPath, args), folder, accessoryId, /is running on port/);
}

function pathOf(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}

/** Waits until what the process prints says that it is ready. */
async function started(child: ChildProcess, folder: string, accessoryId: string, ready: RegExp): Promise<Peer> {
  let log = '';
  const heard = (chunk: Buffer): void => {
    log += chunk.toString('utf8');
  };
  child.stdout?.on('data', heard);
  child.stderr?.on('data', heard);
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  const until = performance.now() + PATIENCE_MS;
  while (!ready.test(log)) {
    if (child.exitCode !== null || performance.now() > until) {
      child.kill('SIGKILL');
      throw new Error(`expected a peer that says ${ready}, got:\n${log}`);
    }
    await pause(50);
  }
  return {
    accessoryId,
    setupCode: SETUP_CODE,
    setupId: SETUP_ID,
    log: () => log,
    async stop(how = 'SIGKILL') {
      child.kill(how);
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
