/** Keys and audit: public halves only, a check that finds what somebody altered, and who did what in a range of time. */
// proves: L6
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { auditKey } from '../../src/server/audit.ts';
import { createAuditCheck } from '../../src/server/audit-check.ts';
import { startHub } from '../../src/server/hub.ts';
import { deriveKeys } from '../../src/server/keys.ts';
import { openMemory } from '../../src/store/memory/open.ts';
import { openSqlite } from '../../src/store/sqlite/open.ts';
import { checkTrail } from '../../src/store/trail.ts';
import { words } from '../support/app-owner.ts';
import type { heldClock, TestHub } from '../support/hub.ts';
import { startHubProcess } from '../support/hub-process.ts';
import { formsOf, PASSWORD, signedIn, signIn, visitor } from '../support/visitor.ts';
import { APP, hubWithPeople } from './people.ts';

const DAY_MS = 86_400_000;

describe('keys', () => {
  it('are shown by their public halves, as the command line prints them; the master key is on no page', async () => {
    const hub = await startHubProcess();
    try {
      hub.cli(['user', 'add', 'ada', '--password-stdin'], `${PASSWORD}\n`);
      const person = visitor(hub.issuer);
      await signIn(person, await person.get('/login'), 'ada', PASSWORD);
      const page = await person.get('/audit');
      const { publicKey } = hub.cli<{ publicKey: string }>(['audit', 'key']);
      const raw = Buffer.from(publicKey.replaceAll(/-----.*-----|\s/g, ''), 'base64').subarray(-32);
      expect(page.html).toContain(raw.toString('base64url'));
      expect(words(page)).toContain('hub.db.key');
      const master = hub.files().get('hub.db.key')?.toString('utf8').trim() ?? '';
      expect(master).toMatch(/^[0-9a-f]{64}$/);
      for (const secret of [master, Buffer.from(master, 'hex').toString('base64url')])
        expect(page.html).not.toContain(secret);
    } finally {
      await hub.stop();
      hub.remove();
    }
  }, 60_000);
});

describe('a hub without an audit trail', () => {
  it('has no such page, and no fault of its own', async () => {
    const opened = openMemory();
    const faults: unknown[] = [];
    const hub = await startHub({
      ...opened,
      keys: deriveKeys(randomBytes(32)),
      data: 'test',
      port: 0,
      onFault: (error) => void faults.push(error),
    });
    try {
      const person = visitor(`http://localhost:${hub.port}`);
      await person.get((await hub.sessions.issueLink('owner')).path);
      expect((await person.get('/audit')).status).toBe(404);
      const { fields } = formsOf(await person.get('/')).find(({ action }) => action === '/logout') ?? {};
      expect((await person.post('/audit/check', fields ?? {})).status).toBe(403);
      expect(faults).toEqual([]);
    } finally {
      await hub.close();
      await opened.store.close();
    }
  });
});

describe('the page', () => {
  let t: TestHub;
  let clock: ReturnType<typeof heldClock>;
  beforeAll(async () => {
    ({ t, clock } = await hubWithPeople());
  });
  afterAll(() => t.close());
  afterEach(() => expect(t.faults).toEqual([]));

  it('checks the trail when it is asked to, and says what it found', async () => {
    await t.token({ grant_type: 'x', client_id: APP });
    const person = await signedIn(t.url);
    const page = await person.get('/audit');
    expect(page.html).toContain('Not checked since this hub was started');
    const checked = await person.submit(page, '/audit/check#trail', {});
    expect([checked.status, checked.location]).toEqual([303, '/audit#trail']);
    const after = words(await person.get('/audit'));
    expect(after).toContain('Sound: nothing was altered, removed or invented.');
    expect(after).toMatch(/Verdicts 1 Links 1 Chains 1 Signatures 1 Not signed yet 0/);
  });

  it('tells who changed an application, and who ended a grant', async () => {
    const person = await signedIn(t.url, 'bob');
    const { redirectUris } = await t.hub.operations.showApp(APP);
    const { grant } = await t.hub.operations.mint({ client: APP });
    await person.submit(await person.get(`/grants/${grant}?ask=revoke`), `/grants/${grant}`, { do: 'revoke' });
    const settings = await person.get(`/apps/${APP}`);
    const form = formsOf(settings).find(({ fields }) => fields['do'] === 'add-uri');
    await person.submit(settings, form?.action ?? '', { do: 'add-uri', uri: 'com.myapp:/second' });
    expect((await t.hub.operations.showApp(APP)).redirectUris).toEqual([...redirectUris, 'com.myapp:/second']);
    const said = words(await person.get('/audit'));
    expect(said).toContain(`bob changed ${APP}`);
    expect(said).toContain(`bob revoked ${grant}`);
  });

  it('tells who did what in the last month, three, six, twelve, or ever', async () => {
    await signedIn(t.url, 'bob');
    await t.hub.operations.mint({ client: APP });
    const ranges = ['nonsense', '1m', '3m', '6m', '12m', 'all'];
    let days = 0;
    for (const [day, gone] of [
      [40, 2],
      [100, 3],
      [200, 4],
      [440, 5],
    ] as const) {
      clock.move((day - days) * DAY_MS);
      days = day;
      const later = await signedIn(t.url);
      for (const [i, range] of ranges.entries()) {
        const said = words(await later.get(`/audit?range=${range}`));
        expect(said).toContain('ada signed in by password');
        for (const then of ['bob signed in by password', `operator said yes to ${APP}`])
          expect(said.includes(then), `${then}, ${day} days ago, in ${range}`).toBe(i >= gone);
      }
    }
  });
});

describe('the check', () => {
  it('finds what somebody altered in the database, and reads no more rows than it should', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'counterfoil-'));
    const path = join(folder, 'hub.db');
    const { store, upkeep } = openSqlite({ path });
    try {
      const key = auditKey(randomBytes(32));
      const source = { upkeep, key, check: checkTrail, master: '' };
      const now = async (): Promise<number> => (await store.load({})).now;
      for (let i = 0; i < 5; i++) await refuse(store, i);
      const check = createAuditCheck(source, now);
      expect(await check()).toMatchObject({ outcome: 'checked', report: { verdicts: 5, faultCount: 0, unsigned: 0 } });
      expect(await createAuditCheck(source, now, 4)()).toMatchObject({ outcome: 'too-large', rowsMax: 4 });
      const both = await Promise.all([check(), check()]);
      expect(both[0]).toBe(both[1]);
      const intruder = new DatabaseSync(path);
      intruder.exec(
        "UPDATE verdicts SET subject = 'somebody_else' WHERE rowid = 2; DELETE FROM verdicts WHERE rowid = 4",
      );
      intruder.close();
      const found = await check();
      expect(found.outcome === 'checked' && found.report.faults.map(({ kind }) => kind).sort()).toEqual([
        'altered',
        'removed',
      ]);
    } finally {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

async function refuse(store: ReturnType<typeof openSqlite>['store'], i: number): Promise<void> {
  const { now } = await store.load({});
  await store.refuse({
    now,
    verdict: {
      id: `vd_${String(i).padStart(26, '0')}`,
      profile: 'oauth',
      action: 'token',
      ok: false,
      decisive: 'oauth.code-known',
      cause: 'unknown',
      refusal: 'invalid_grant',
      subject: APP,
      source: '192.0.2.1',
      policy: 'p',
      at: now,
      snapshot: {},
      checks: [],
      times: 1,
    },
  });
}
