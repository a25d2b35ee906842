/** Passkeys: a person's way in a real Chromium with its virtual authenticator, and every way that must not lead in. */
// proves: C24
import type { Browser, CDPSession, Page as Tab } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startHub } from '../../src/server/hub.ts';
import { deriveKeys } from '../../src/server/keys.ts';
import type { Passkey, User } from '../../src/server/users.ts';
import { openMemory } from '../../src/store/memory/open.ts';
import { type Authenticator, authenticator, type Said } from '../support/authenticator.ts';
import { launchBrowser, signInTab } from '../support/browser.ts';
import { heldClock, startTestHub, type TestHub } from '../support/hub.ts';
import { formsOf, PASSWORD, type Page, signedIn, signIn, type Visitor, visitor } from '../support/visitor.ts';
import { SESSION } from './people.ts';

describe('in a browser', () => {
  let t: TestHub;
  let browser: Browser;
  let tab: Tab;
  let device: CDPSession;
  const complaints: string[] = [];
  beforeAll(async () => {
    [t, browser] = await Promise.all([startTestHub(), launchBrowser()]);
    await t.hub.operations.addUser('ada', PASSWORD);
    const context = await browser.newContext();
    tab = await context.newPage();
    tab.on('console', (message) => complaints.push(message.text()));
    tab.on('pageerror', (error) => complaints.push(String(error)));
    device = await context.newCDPSession(tab);
    await device.send('WebAuthn.enable');
    // Some browsers have the button only.
    await tab.addInitScript(() => {
      if (localStorage.getItem('plain') !== null)
        Object.defineProperty(PublicKeyCredential, 'isConditionalMediationAvailable', { value: undefined });
    });
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await t?.close();
  });

  /** A device with somebody at it who says yes. */
  const plugIn = async (): Promise<string> => {
    const options = {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    } as const;
    return (await device.send('WebAuthn.addVirtualAuthenticator', { options })).authenticatorId;
  };
  const inside = (): Promise<void> => tab.waitForURL(({ pathname }) => pathname === '/profile');
  const signOut = async (): Promise<void> => {
    await tab.goto(`${t.hub.issuer}/profile`);
    await tab.getByRole('button', { name: 'Sign out', exact: true }).click();
  };

  it('a person adds a passkey, signs in with it from the button and from the field, removes it, and it is refused', async () => {
    const authenticatorId = await plugIn();
    await tab.goto(`${t.hub.issuer}/login?next=/profile`);
    await signInTab(tab);
    await inside();
    await tab.getByLabel('Name of a new passkey').fill('My <phone>');
    await tab.getByRole('button', { name: 'Add a passkey' }).click();
    await tab.getByText('Added. You can sign in with it from now on.').waitFor();
    expect(await tab.locator('#passkeys').textContent()).toContain('My <phone>');

    await tab.evaluate(() => localStorage.setItem('plain', ''));
    await signOut();
    await tab.goto(`${t.hub.issuer}/login?next=/profile`);
    await tab.getByRole('button', { name: 'Use a passkey' }).click();
    await inside();
    expect(await tab.locator('#passkeys').textContent()).toContain('last used');

    // In others the field of the name offers it, and here somebody takes it at once.
    await tab.evaluate(() => localStorage.clear());
    await signOut();
    await tab.goto(`${t.hub.issuer}/login?next=/profile`);
    await inside();
    await tab.getByRole('button', { name: 'Remove My <phone>' }).click();
    await tab.getByText('Removed. It no longer signs you in').waitFor();

    await signOut();
    await tab.goto(`${t.hub.issuer}/login`);
    await tab.getByText('That passkey was not accepted').waitFor();
    expect((await tab.context().cookies()).map(({ name }) => name)).not.toContain(SESSION);
    expect(complaints.filter((text) => !text.includes('401'))).toEqual([]);
    expect(t.faults).toEqual([]);
    await device.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId });
  }, 60_000);

  it('says so when the person cancels, and the password goes on working', async () => {
    await tab.evaluate(() => localStorage.setItem('plain', ''));
    await tab.goto(`${t.hub.issuer}/login?next=/profile`);
    const authenticatorId = await plugIn();
    await device.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
    await tab.getByRole('button', { name: 'Use a passkey' }).click();
    await tab.getByText('Nothing happened: it was cancelled, or took too long.').waitFor();
    await signInTab(tab);
    await inside();
    await device.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId });
  }, 60_000);
});

describe('attacks', () => {
  let t: TestHub;
  const clock = heldClock();
  beforeAll(async () => {
    t = await startTestHub({ clock: clock.now });
    for (const name of ['ada', 'bob']) await t.hub.operations.addUser(name, PASSWORD);
  });
  afterAll(() => t.close());
  afterEach(() => {
    clock.move(60_000);
    expect(t.faults).toEqual([]);
  });

  const at = (): { origin: string; rpId: string } => ({ origin: t.hub.issuer, rpId: 'localhost' });
  /** Pages offer passkeys at the address that they are for. */
  const person = (): Visitor => visitor(t.hub.issuer);
  const optionsOf = (page: Page): { challenge: string; user: { id: string } } => {
    const text = /data-options="([^"]*)"/.exec(page.html)?.[1] ?? '';
    return JSON.parse(text.replaceAll('&quot;', '"'));
  };
  const add = async (who: Visitor, key: Authenticator, change: Partial<Said> = {}, name = 'key'): Promise<Page> => {
    const page = await who.get('/profile');
    const { challenge, user } = optionsOf(page);
    key.userHandle = user.id;
    const answer = key.created({ ...at(), challenge, ...change });
    return who.submit(page, '/profile/passkey#passkeys', { name, answer });
  };
  const withKey = async (name: string): Promise<Authenticator> => {
    const key = authenticator();
    expect((await add(await signedIn(t.hub.issuer, name), key)).location).toBe('/profile?done=passkey#passkeys');
    return key;
  };
  /** Asks for the page, answers its challenge, sends that. */
  const enter = async (
    answerOf: (challenge: string) => string,
    who = person(),
  ): Promise<Page & { readonly answer: string }> => {
    const page = await who.get('/login');
    const answer = answerOf(optionsOf(page).challenge);
    return { ...(await who.submit(page, '/login/passkey', { answer })), answer };
  };
  const listed = async (name: string): Promise<number> =>
    ((await t.hub.oauth.registry.get<{ passkeys?: unknown[] }>('user', name))?.body.passkeys ?? []).length;

  it('a passkey signs its own owner in, and everything about its answer must be right', async () => {
    const key = await withKey('ada');
    const good = await enter((challenge) => key.asserted({ ...at(), challenge, counter: 1 }));
    expect([good.status, good.location]).toEqual([303, '/']);
    const wrong: Readonly<Record<string, Partial<Said>>> = {
      'another origin': { origin: 'http://localhost:1' },
      'https instead of http': { origin: t.hub.issuer.replace('http', 'https') },
      'an origin with our name in it': { origin: `${t.hub.issuer}.evil.example` },
      'another RP ID': { rpId: 'evil.example' },
      'user not verified': { flags: 0x01 },
      'user not present': { flags: 0x04 },
      'an answer to create': { type: 'webauthn.create' },
      'a frame of another site': { crossOrigin: true },
    };
    for (const [what, change] of Object.entries(wrong)) {
      const answer = await enter((challenge) => key.asserted({ ...at(), challenge, counter: 2, ...change }));
      expect(answer.status, what).toBe(401);
      expect(answer.headers.getSetCookie().join(), what).not.toContain(SESSION);
      clock.move(20_000);
    }
    const again = await enter((challenge) => key.asserted({ ...at(), challenge, counter: 2 }));
    expect(again.status).toBe(303);
  });

  it('a challenge is good once, for five minutes, for the visitor it was made for', async () => {
    const key = await withKey('ada');
    const first = person();
    const page = await first.get('/login');
    const { challenge } = optionsOf(page);
    const answer = key.asserted({ ...at(), challenge });
    // Another visitor, with a form of their own.
    expect((await enter(() => answer)).status).toBe(403);
    // One that the hub never made, and one that is nearly right.
    const last = challenge.at(10) === 'A' ? 'B' : 'A';
    for (const forged of ['AAAA', `${challenge.slice(0, 10)}${last}${challenge.slice(11)}`, 'A'.repeat(75)])
      expect((await enter(() => key.asserted({ ...at(), challenge: forged }))).status).toBe(403);
    expect((await first.submit(page, '/login/passkey', { answer })).status).toBe(303);
    // The same page, the same answer: copied on its way, say.
    const copy = visitor(t.hub.issuer);
    for (const [name, value] of first.cookies) if (name !== SESSION) copy.cookies.set(name, value);
    expect((await copy.submit(page, '/login/passkey', { answer })).status).toBe(403);
    expect(copy.cookies.has(SESSION)).toBe(false);

    const late = person();
    const old = await late.get('/login');
    clock.move(300_000);
    const stale = key.asserted({ ...at(), challenge: optionsOf(old).challenge });
    expect((await late.submit(old, '/login/passkey', { answer: stale })).status).toBe(403);
  });

  it('of two who send one answer at once, one gets in', async () => {
    const key = await withKey('ada');
    const who = person();
    const page = await who.get('/login');
    const answer = key.asserted({ ...at(), challenge: optionsOf(page).challenge });
    const copies = Array.from({ length: 4 }, () => {
      const copy = person();
      for (const [name, value] of who.cookies) copy.cookies.set(name, value);
      return copy.submit(page, '/login/passkey', { answer });
    });
    const statuses = (await Promise.all(copies)).map(({ status }) => status).sort();
    expect(statuses).toEqual([303, ...Array(3).fill(403)]);
  });

  it('nobody gets in as somebody else: by their credential id, by their user handle, or by a key the hub never saw', async () => {
    const [ada, bob] = [await withKey('ada'), await withKey('bob')];
    const tries: readonly ((challenge: string) => string)[] = [
      (challenge) => bob.asserted({ ...at(), challenge }, { id: ada.id }),
      (challenge) => bob.asserted({ ...at(), challenge }, { id: ada.id, userHandle: ada.userHandle }),
      (challenge) => bob.asserted({ ...at(), challenge }, { userHandle: ada.userHandle }),
      (challenge) => authenticator().asserted({ ...at(), challenge }, { userHandle: ada.userHandle }),
    ];
    for (const answer of tries) expect((await enter(answer)).status).toBe(401);
    const right = person();
    await enter((challenge) => bob.asserted({ ...at(), challenge }), right);
    expect((await right.get('/profile')).html).toContain('<h1>bob</h1>');
  });

  it('a counter that does not grow is a copy of the key, and is refused', async () => {
    const key = await withKey('ada');
    const send = async (counter: number): Promise<number> =>
      (await enter((challenge) => key.asserted({ ...at(), challenge, counter }))).status;
    expect(await send(7)).toBe(303);
    for (const counter of [7, 6, 0]) expect(await send(counter)).toBe(401);
    expect(await send(8)).toBe(303);
  });

  it('takes nothing but what a browser says, and counts what it refuses: after five in a minute there is a wait', async () => {
    const key = await withKey('bob');
    const junk = ['', '{}', '[]', 'null', '{"id":1}', `{"id":"${'A'.repeat(20_000)}"}`, '{'.repeat(5_000), '"\\ud800"'];
    for (const text of junk) {
      expect((await enter(() => text)).status, text.slice(0, 20)).toBe(401);
      clock.move(20_000);
    }
    clock.move(60_000);
    const statuses = [];
    for (let i = 0; i < 6; i++) statuses.push((await enter(() => 'junk')).status);
    expect(statuses).toEqual([...Array(5).fill(401), 429]);
    clock.move(60_000);
    expect((await enter((challenge) => key.asserted({ ...at(), challenge }))).status).toBe(303);
  });

  it('the sign-in page says the same to everybody: it names no user and no passkey', async () => {
    const page = await person().get('/login');
    const { challenge, ...rest } = optionsOf(page) as { challenge: string };
    expect(challenge).toHaveLength(75);
    expect(rest).toEqual({ rpId: 'localhost', userVerification: 'required' });
  });

  it('adding needs its page: another session’s challenge, a replay after removing, and a key of somebody else are refused', async () => {
    const [ada, bob] = [await signedIn(t.hub.issuer), await signedIn(t.hub.issuer, 'bob')];
    const before = [await listed('ada'), await listed('bob')];
    const theirs = optionsOf(await bob.get('/profile')).challenge;
    expect((await add(ada, authenticator(), { challenge: theirs })).status).toBe(400);
    const entering = optionsOf(await person().get('/login')).challenge;
    expect((await add(ada, authenticator(), { challenge: entering })).status).toBe(400);
    for (const change of [{ origin: 'http://localhost:1' }, { rpId: 'evil.example' }, { flags: 0x01 }])
      expect((await add(ada, authenticator(), change)).status).toBe(400);
    expect([await listed('ada'), await listed('bob')]).toEqual(before);

    const key = authenticator();
    const page = await ada.get('/profile');
    const answer = key.created({ ...at(), challenge: optionsOf(page).challenge });
    const send = () => ada.submit(page, '/profile/passkey#passkeys', { name: 'once', answer });
    expect((await send()).status).toBe(303);
    expect((await send()).status).toBe(400);
    expect((await add(bob, key)).status).toBe(400);
    const { csrf = '' } =
      formsOf(await ada.get('/profile')).find(({ action }) => action.includes('remove'))?.fields ?? {};
    expect((await ada.post('/profile/passkey-remove', { csrf, id: key.id })).status).toBe(303);
    expect((await send()).status).toBe(400);
    expect([await listed('ada'), await listed('bob')]).toEqual(before);
    expect((await enter((challenge) => key.asserted({ ...at(), challenge }))).status).toBe(401);
  });

  it('a session that is not fresh adds none: a copied cookie is no way in that outlasts it', async () => {
    const thief = await signedIn(t.hub.issuer);
    const early = await thief.get('/profile');
    clock.move(600_000);
    const page = await thief.get('/profile');
    expect(page.html).toContain('href="/login?next=%2Fprofile"');
    expect(page.html).not.toContain('data-passkey');
    const before = await listed('ada');
    // Not even with a form and a challenge from before.
    const answer = authenticator().created({ ...at(), challenge: optionsOf(early).challenge });
    const late = await thief.submit(early, '/profile/passkey#passkeys', { name: 'mine for good', answer });
    expect([late.status, late.html.includes('sign in again')]).toEqual([400, true]);
    expect(await listed('ada')).toBe(before);
    await signIn(thief, await thief.get('/login'), 'ada', PASSWORD);
    expect((await add(thief, authenticator())).status).toBe(303);
  });

  it('one person removes no passkey of another, and has ten at most', async () => {
    const key = await withKey('ada');
    const bob = await signedIn(t.hub.issuer, 'bob');
    const { csrf = '' } =
      formsOf(await bob.get('/profile')).find(({ action }) => action.includes('remove'))?.fields ?? {};
    const before = await listed('ada');
    await bob.post('/profile/passkey-remove', { csrf, id: key.id });
    expect(await listed('ada')).toBe(before);
    const late = await bob.get('/profile');
    while ((await listed('bob')) < 10) expect((await add(bob, authenticator())).status).toBe(303);
    expect((await bob.get('/profile')).html).toContain('10 is as many as one person may have here');
    const answer = authenticator().created({ ...at(), challenge: optionsOf(late).challenge });
    const one = await bob.submit(late, '/profile/passkey#passkeys', { name: 'eleven', answer });
    expect([one.status, await listed('bob')]).toEqual([400, 10]);
  });

  it('are not offered at an address that they are not for, and none is taken with it', async () => {
    const elsewhere = visitor(t.url);
    const page = await elsewhere.get('/login');
    expect(page.html).not.toContain('data-passkey');
    expect(page.html).not.toContain('<script');
  });
});

describe('a hub that has moved to an address where browsers make no passkeys', () => {
  it('still removes those it has, and says so only then', async () => {
    const opened = openMemory();
    const issuer = 'https://192.0.2.7';
    const hub = await startHub({ ...opened, keys: deriveKeys(Buffer.alloc(32, 7)), data: 'test', port: 0, issuer });
    try {
      await hub.operations.addUser('ada', PASSWORD);
      const key = { id: 'AAAA', publicKey: 'AAAA', counter: 0, transports: [], synced: false };
      const passkeys: readonly Passkey[] = [{ ...key, name: 'Old phone', createdAt: 0 }];
      const kept = await opened.registry.get<User>('user', 'ada');
      if (!kept) throw new Error('expected a record of ada');
      await opened.registry.save<User>('user', 'ada', kept.rev, { ...kept.body, passkeys });
      const ada = visitor(`http://localhost:${hub.port}`);
      await signIn(ada, await ada.get('/login'), 'ada', PASSWORD);
      const page = await ada.get('/profile');
      expect(page.html).toContain('Old phone');
      const form = formsOf(page).find(({ action }) => action.includes('passkey-remove'));
      const removed = await ada.post('/profile/passkey-remove', form?.fields ?? {});
      expect([removed.status, removed.location]).toEqual([303, '/profile?done=passkey-remove#passkeys']);
      const after = await ada.get('/profile?done=passkey-remove');
      expect(after.html).toContain('It no longer signs you in');
      expect(after.html).not.toContain('Old phone');
    } finally {
      await hub.close();
      await opened.store.close();
    }
  });
});
