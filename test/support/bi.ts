/** A BI tool at a test hub: its registration, its owner at a browser, and the real command line beside the hub. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type BiTool, createBiTool } from '../../examples/bi-tool/bi-tool.ts';
import { adminPath } from '../../src/server/admin-path.ts';
import { serveAdmin } from '../../src/server/admin-socket.ts';
import { type heldClock, startTestHub, type TestHub } from './hub.ts';
import { addConfidential } from './outside.ts';
import { formsOf, PASSWORD, signIn, visitor } from './visitor.ts';

/** The tool's id, its address, and what somebody made of that in the registration. */
export const BI = 'bi_tool';
export const RIGHT = 'https://bi.example.com/oauth/callback';
export const WRONG = 'https://bi.example.com/oauth/calback';
export const HOUR_MS = 3_600_000;

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts');

/** A hub that a command line reaches. */
export interface Deskside {
  readonly t: TestHub;
  /** Runs a command against the running hub; answers stdout. @throws when it ends with another code than 0 */
  cli(...args: readonly string[]): Promise<string>;
  close(): Promise<void>;
}

/** Starts it, with ada, who runs it, and its admin socket where a command line looks for it. */
export async function startDeskside(clock: ReturnType<typeof heldClock>): Promise<Deskside> {
  const t = await startTestHub({ clock: clock.now });
  await t.hub.operations.addUser('ada', PASSWORD);
  const folder = mkdtempSync(join(tmpdir(), 'cf-bi-'));
  const db = join(folder, 'hub.db');
  const door = await serveAdmin(t.hub.operations, await adminPath(db));
  const env = { PATH: process.env['PATH'], HOME: folder, LANG: 'C.UTF-8', TZ: 'UTC', COLUMNS: '140' };
  return {
    t,
    cli: async (...args) =>
      (await promisify(execFile)(process.execPath, [MAIN, '--db', db, ...args], { cwd: folder, env })).stdout,
    async close() {
      await door.close();
      await t.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The tool, registered with the right address; its owner says yes whenever the hub asks. */
export async function addBiTool(t: TestHub, clock: ReturnType<typeof heldClock>, id: string = BI): Promise<BiTool> {
  const clientSecret = await addConfidential(t, id, 'client_secret_basic', {
    name: 'Monthly Reports',
    redirectUris: [RIGHT],
    scopes: ['lamp:read'],
  });
  const askOwner = (address: URL): Promise<URL | undefined> => agree(t, address);
  const options = { issuer: t.hub.issuer, clientId: id, clientSecret, redirectUri: RIGHT };
  return createBiTool({ ...options, clock: clock.now, askOwner });
}

/** The owner's browser: signs in, allows, and is sent on; or stays at the hub when it says that something is wrong. */
async function agree(t: TestHub, address: URL): Promise<URL | undefined> {
  const owner = visitor(t.url);
  const asked = await owner.get(address.pathname + address.search);
  const login = formsOf(asked).some(({ action }) => action === '/login');
  const page = login ? await signIn(owner, asked, 'ada', PASSWORD) : asked;
  const consent = formsOf(page).find(({ action }) => action === '/authorize');
  if (!consent) return undefined;
  const answer = await owner.post('/authorize', { ...consent.fields, decision: 'allow' });
  return answer.location === undefined ? undefined : new URL(answer.location);
}
