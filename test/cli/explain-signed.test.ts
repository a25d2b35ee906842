/** `counterfoil explain` with a signed code in whatever state, with and without the hub that handed it out. */
// proves: C18
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Minted } from '../../src/server/operations.ts';
import { openPlace, type Place } from './place.ts';

const CLIENT = 'my_app_123';
let place: Place;
let nowhere: Place;

let minted: Minted;

beforeAll(async () => {
  nowhere = openPlace();
  place = openPlace();
  await place.start();
  await place.json(['app', 'add', CLIENT, '--public', '--redirect-uri', 'com.myapp:/callback', '--scope', 'lamp:read']);
  do minted = (await place.json(['mint', '--client', CLIENT, '--signed'])) as Minted;
  while (!/[+/]/.test(minted.code));
});
afterAll(async () => {
  await place.close();
  await nowhere.close();
});

const base64url = (): string => Buffer.from(minted.code, 'base64').toString('base64url');

describe('explain, of a signed code', () => {
  it('verifies it with the key of the hub, and says where to look further', async () => {
    const ran = await place.cf(['explain', minted.code]);
    expect(ran.code).toBe(0);
    expect(ran.out).toContain('a signed code, and its signature holds');
    expect(ran.err).toContain(`counterfoil show ${minted.id.slice(0, 13)}`);
  });

  it('says which way it was mistreated, and what to do', async () => {
    const ran = await place.cf(['explain', base64url()]);
    expect(ran.code).toBe(1);
    expect(ran.out).toMatch(/✗ code-encoding.*undone, it is a sound code/);
    expect(ran.out).toContain('expected base64, 140 characters');
    expect(ran.out + ran.err).not.toContain(base64url().slice(20, 50));
  });

  it('judges what it can without any hub', async () => {
    const ran = await nowhere.cf(['explain', minted.code]);
    expect(ran.code).toBe(3);
    expect(ran.out).toContain('no fault found, and no key to verify it with');
    expect((await nowhere.cf(['explain', minted.code.slice(0, 99)])).code).toBe(1);
  });

  it('lists every cause where only the complaint is brought', async () => {
    const ran = await nowhere.cf(['explain', 'Bad ed25519 signature']);
    expect(ran.code).toBe(3);
    expect(ran.out).toContain('the code is in base64url');
    expect(ran.out).toContain('the LTPK is not 32 bytes long after base64');
  });

  it('explains the request that carries it', async () => {
    const form = { grant_type: 'authorization_code', code: base64url(), client_id: CLIENT };
    const request = `POST /token HTTP/1.1\nContent-Type: application/x-www-form-urlencoded\n\n${new URLSearchParams(form)}`;
    const ran = await place.cf(['explain', request]);
    expect(ran.code).toBe(1);
    expect(ran.out).toMatch(/✗ code-signature/);
  });
});
