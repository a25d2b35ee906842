import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectAdmin } from './admin-client.ts';
import { adminPath } from './admin-path.ts';
import { type AdminDoor, serveAdmin } from './admin-socket.ts';
import { OperationError, type Operations } from './operations.ts';

/** Only what these tests call; anything else is a bug of the test. */
const operations: Operations = {
  status: async () => ({ issuer: 'http://localhost', data: 'here', generation: 1, now: 7 }),
  codes: async (query: unknown) => [query],
  revoke: async () => {
    throw new OperationError('no such grant: counterfoil grants lists them');
  },
  upd: async () => {
    throw new TypeError('a bug');
  },
  listUsers: () => new Promise(() => {}),
} as unknown as Operations;

let folder: string;
let path: string;
const open: (AdminDoor | Socket)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cf-'));
  path = join(folder, 'hub.db.sock');
});
afterEach(async () => {
  for (const thing of open.splice(0)) await ('close' in thing ? thing.close() : thing.destroy());
  await rm(folder, { recursive: true, force: true });
});

async function serve(version = '1.2.3'): Promise<AdminDoor> {
  const door = await serveAdmin(operations, path, version);
  open.push(door);
  return door;
}

async function raw(
  ...lines: (string | Buffer)[]
): Promise<{ socket: Socket; text(): string; ended: Promise<unknown> }> {
  const socket = connect(path);
  open.push(socket);
  socket.on('error', () => {});
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  const ended = once(socket, 'close');
  await once(socket, 'connect');
  for (const line of lines) socket.write(line);
  return { socket, text: () => text, ended };
}
const HELLO = '{"hello":"1.2.3"}\n';

describe('the admin socket', () => {
  it('answers as the operations do, and passes their mistakes on by name', async () => {
    await serve();
    const client = await connectAdmin(path, '1.9.0');
    expect(await client?.status()).toEqual({ issuer: 'http://localhost', data: 'here', generation: 1, now: 7 });
    expect(await Promise.all([client?.codes({ limit: 1 }), client?.codes({ id: 'cd_' })])).toEqual([
      [{ limit: 1 }],
      [{ id: 'cd_' }],
    ]);
    await expect(client?.revoke('gr_1')).rejects.toThrow(
      new OperationError('no such grant: counterfoil grants lists them'),
    );
    await expect(client?.upd('x')).rejects.not.toBeInstanceOf(OperationError);
    client?.close();
  });

  it('is undefined where nobody listens', async () => {
    expect(await connectAdmin(path, '1.2.3')).toBeUndefined();
    await writeFile(path, 'a file');
    expect(await connectAdmin(path, '1.2.3')).toBeUndefined();
  });

  it('may be opened by its owner only', async () => {
    await serve();
    expect(((await stat(path)).mode & 0o777).toString(8)).toBe('600');
  });

  it.runIf(process.getuid?.() === 0)('is not spoken to when somebody else listens there', async () => {
    await serve();
    await chmod(folder, 0o755);
    await chmod(path, 0o666);
    await chown(path, 12_345, 12_345);
    const visit = `
      const { connectAdmin } = await import(${JSON.stringify(new URL('./admin-client.ts', import.meta.url).href)});
      process.setuid(12346);
      connectAdmin(${JSON.stringify(path)}, '1.2.3').then((client) => client.close(), (fault) => console.log(fault.message));`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', visit]);
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
    });
    await once(child, 'close');
    expect(said).toContain('belongs to user 12345');
  });

  it('is taken away when the hub closes, and pending calls learn of it', async () => {
    const door = await serve();
    const client = await connectAdmin(path, '1.2.3');
    const pending = expect(client?.listUsers()).rejects.toThrow('went away');
    await client?.status();
    await door.close();
    await pending;
    await expect(stat(path)).rejects.toThrow('ENOENT');
    await expect(client?.status()).rejects.toThrow('went away');
  });

  it('refuses a command of another major version, and says which is which', async () => {
    await serve('2.0.0');
    await expect(connectAdmin(path, '1.2.3')).rejects.toThrow(
      /running hub is counterfoil 2\.0\.0, this command is 1\.2\.3/,
    );
  });

  it('takes a minor version for a major one before 1.0', async () => {
    await serve('0.2.0');
    await expect(connectAdmin(path, '0.1.9')).rejects.toThrow(OperationError);
    (await connectAdmin(path, '0.2.7'))?.close();
  });

  it.each([
    ['no JSON', 'hello\n'],
    ['no object', '[1]\n'],
    ['bad UTF-8', Buffer.from([0x22, 0xff, 0x22, 0x0a])],
    ['an operation that does not exist', `${HELLO}{"id":1,"op":"drop","args":[]}\n`],
    ['a name every object has', `${HELLO}{"id":1,"op":"constructor","args":[]}\n`],
    ['a name from the prototype', `${HELLO}{"id":1,"op":"__proto__","args":[]}\n`],
    ['arguments that are no list', `${HELLO}{"id":1,"op":"status","args":{}}\n`],
    ['too many arguments', `${HELLO}{"id":1,"op":"status","args":[1,2,3,4,5]}\n`],
    ['an id that is no number', `${HELLO}{"id":"1","op":"status","args":[]}\n`],
    ['a call before the hello', '{"id":1,"op":"status","args":[]}\n'],
    ['a hello of another major', '{"hello":"9.0.0"}\n'],
  ])('closes the connection on %s, and keeps serving others', async (_what, line) => {
    await serve();
    const { ended, text } = await raw(line);
    await ended;
    expect(text()).not.toContain('issuer');
    const client = await connectAdmin(path, '1.2.3');
    expect((await client?.status())?.generation).toBe(1);
    client?.close();
  });

  it('closes the connection on a line over 1 MiB, ended or not', async () => {
    await serve();
    const { ended } = await raw(HELLO, Buffer.alloc(1024 * 1024 + 1, 0x61));
    await ended;
  });

  it('reads a call that comes in pieces', async () => {
    await serve();
    const { socket, text } = await raw(HELLO, '{"id":7,"op":"sta');
    await once(socket, 'data');
    socket.write('tus","args":[]}\n');
    await once(socket, 'data');
    expect(JSON.parse(text().trim().split('\n')[1] ?? '')).toMatchObject({ id: 7, ok: { now: 7 } });
  });

  it('refuses a second hub while the first lives', async () => {
    await serve();
    await expect(serveAdmin(operations, path, '1.2.3')).rejects.toThrow(/another hub already serves this data/);
    const client = await connectAdmin(path, '1.2.3');
    expect((await client?.status())?.now).toBe(7);
    client?.close();
  });

  it('lets one of many hubs that start at once win', async () => {
    const doors = await Promise.allSettled(Array.from({ length: 8 }, () => serveAdmin(operations, path, '1.2.3')));
    const won = doors.filter((d) => d.status === 'fulfilled');
    open.push(...won.map((d) => d.value));
    expect(won).toHaveLength(1);
    (await connectAdmin(path, '1.2.3'))?.close();
  });

  it('replaces the socket of a hub that was killed', async () => {
    const code = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => console.log('up'))`;
    const dead = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(dead.stdout, 'data');
    dead.kill('SIGKILL');
    await once(dead, 'exit');
    expect((await stat(path)).isSocket()).toBe(true);
    await serve();
    (await connectAdmin(path, '1.2.3'))?.close();
  });

  it('never deletes what is no socket', async () => {
    await writeFile(path, 'precious');
    await expect(serveAdmin(operations, path, '1.2.3')).rejects.toThrow(/but it is a file: move it away/);
    expect((await stat(path)).isFile()).toBe(true);
  });

  it('gives up on a listener that says nothing', { timeout: 10_000 }, async () => {
    const mute = createServer().listen(path);
    await once(mute, 'listening');
    await expect(connectAdmin(path, '1.2.3')).rejects.toThrow(/does not answer/);
    mute.close();
  });
});

describe('the place of the admin socket', () => {
  it('is beside the database, the same through a link or a relative name', async () => {
    expect(await adminPath(join(folder, 'hub.db'))).toBe(await adminPath(join(folder, '.', 'x', '..', 'hub.db')));
    expect(await adminPath(join(folder, 'hub.db'))).toMatch(/hub\.db\.sock$/);
  });

  it('is a private folder when the name would be too long for a socket, and works there', async () => {
    const long = await adminPath(join(folder, `${'d'.repeat(120)}.db`));
    expect(Buffer.byteLength(long)).toBeLessThanOrEqual(100);
    const door = await serveAdmin(operations, long, '1.2.3');
    open.push(door);
    const client = await connectAdmin(long, '1.2.3');
    expect((await client?.status())?.now).toBe(7);
    client?.close();
  });

  it('is a named pipe on Windows', async () => {
    expect(await adminPath('hub.db', 'win32')).toMatch(/^\\\\\.\\pipe\\counterfoil-[0-9a-f]{24}$/);
  });
});
