/**
 * A transfer over several accessories, while the hub and the new owner are killed again and again: at each step of the hub's worker
 * and of the new owner's part, and at random moments; and a reset, at each step. The accessories live here, and keep every
 * table that they ever had.
 */
// proves: C11
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { EffectStep } from '../../src/server/home/pairing-effect.ts';
import type { Minted, OwnershipStatus } from '../../src/server/operations.ts';
import { proofKey } from '../support/dpop.ts';
import type { TestHub } from '../support/hub.ts';
import { exchangeForm, keyedClient, REDIRECT_URI } from '../support/outside.ts';
import { type Device, type OwnershipTokens, SETUP_CODE, startDevice } from '../support/ownership.ts';
import type { Order } from './ownership-hub.ts';
import type { OwnerFacts, OwnerStep } from './ownership-owner.ts';
import { ROUNDS } from './rounds.ts';

const HUB = join(import.meta.dirname, 'ownership-hub.ts');
const OWNER = join(import.meta.dirname, 'ownership-owner.ts');
const NAMES = ['hall', 'desk', 'shed', 'attic'];
const HUB_STEPS: readonly EffectStep[] = ['claimed', 'held', 'added', 'given-away', 'ended', 'verified', 'settled'];
const RESET_STEPS: readonly EffectStep[] = ['claimed', 'removed', 'given-away', 'ended', 'verified', 'settled'];
const OWNER_STEPS: readonly OwnerStep[] = ['connected', 'told', 'removing', 'removed'];
/** Transfers of a round, and how often each of the two may be killed in one of them. */
const TRANSFERS = 2;
const BLOWS = 8;

/** A child that can be asked. */
interface HubChild {
  readonly port: number;
  readonly over: Promise<unknown>;
  ask<T>(order: Order): Promise<T>;
  kill(): void;
}

interface House {
  readonly path: string;
  readonly master: string;
  port: number;
}

async function startHub(house: House, step?: EffectStep, nth = 1): Promise<HubChild | undefined> {
  const child = fork(HUB, [house.path, house.master, `${house.port}`, ...(step ? [step, `${nth}`] : [])]);
  const over = once(child, 'exit');
  const first = await Promise.race([message<{ port: number }>(child), over.then(() => undefined)]);
  // it may die at its step before it says that it is there
  if (first === undefined) return undefined;
  house.port = first.port;
  return {
    port: first.port,
    over,
    async ask<T>(order: Order) {
      const answered = message<{ said: T }>(child);
      child.send(order);
      return (await answered).said;
    },
    kill: () => void child.kill('SIGKILL'),
  };
}

async function message<T>(child: ChildProcess): Promise<T> {
  const [said] = (await once(child, 'message')) as [T];
  return said;
}

function startOwner(facts: OwnerFacts): { over: Promise<unknown>; done: Promise<boolean>; kill(): void } {
  const child = fork(OWNER);
  const over = once(child, 'exit');
  const done = Promise.race([message(child).then(() => true), over.then(() => false)]);
  child.send(facts);
  return { over, done, kill: () => void child.kill('SIGKILL') };
}

type Act = 'transfer' | 'reset';

async function redeem(house: House, hub: HubChild, act: Act): Promise<{ grant: string; facts: OwnerFacts }> {
  const issuer = `http://localhost:${house.port}`;
  const pairing = randomUUID().toUpperCase();
  const key = await proofKey('EdDSA');
  const { jkt, jwk, secretJwk } = key;
  const scopes = NAMES.map((id) => `home:${id}:direct`);
  await hub.ask({ ask: 'app', id: 'owner', scopes, redirectUri: REDIRECT_URI });
  const input = { act, accessories: NAMES, client: 'owner', jkt, pairingId: pairing } as const;
  const minted = await hub.ask<Minted>({ ask: 'mint', input });
  const url = issuer.replace('localhost', '127.0.0.1');
  const token: TestHub['token'] = (body, headers = {}) =>
    fetch(`${url}/token`, { method: 'POST', headers, body: new URLSearchParams(body) });
  const client = keyedClient({ url, hub: { issuer }, token } as unknown as TestHub, key, Date.now, pairing);
  const answer = await client.token({ ...exchangeForm('owner', minted), ownership: act });
  expect(answer.status).toBe(200);
  const issued = (await answer.json()) as OwnershipTokens;
  return { grant: minted.grant, facts: { issuer, app: 'owner', pairing, secretJwk, jwk, jkt, issued, ports: {} } };
}

/** What a process is to die of: a step that it comes to, or time. */
interface Blow<Step> {
  readonly step?: Step;
  readonly afterMs?: number;
}

/** What the hub's lives and the new owner's lives end by, one after another; whoever comes after the last one lives on. */
interface Blows {
  readonly hub: readonly Blow<EffectStep>[];
  readonly owner: readonly Blow<OwnerStep>[];
}

/** Runs one; the answer is how often each of the two died of its blow. */
async function changeHands(
  act: Act,
  devices: readonly Device[],
  blows: Blows,
): Promise<{ hub: number; owner: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'counterfoil-'));
  const house: House = { path: join(folder, 'hub.db'), master: randomBytes(32).toString('hex'), port: 0 };
  const died = { hub: 0, owner: 0 };
  let hub = (await startHub(house)) as HubChild;
  let over = false;
  for (const { id, server } of devices) await hub.ask({ ask: 'pair', id, port: server.port, setupCode: SETUP_CODE });
  const { own } = await hub.ask<{ own: string }>({ ask: 'house' });
  // while they are unplugged nothing of it can happen: its whole way is under fire
  await Promise.all(devices.map(({ server }) => server.close()));
  const { grant, facts } = await redeem(house, hub, act);
  hub.kill();
  await hub.over;
  await Promise.all(devices.map(({ server }) => server.listen()));
  const ports = Object.fromEntries(devices.map(({ id, server }) => [id, server.port]));

  const hubLives = async (): Promise<void> => {
    for (const { step, afterMs } of blows.hub) {
      if (over) break;
      const next = await startHub(house, step);
      if (!next) {
        died.hub += 1;
        continue;
      }
      hub = next;
      // each step comes again in every life until all are settled, which only the life after the last one gets to
      if (afterMs !== undefined) await Promise.race([hub.over, sleep(afterMs)]);
      else await hub.over;
      died.hub += 1;
      hub.kill();
      await hub.over;
    }
    hub = (await startHub(house)) as HubChild;
  };
  const ownerLives = async (): Promise<void> => {
    for (const { step, afterMs } of [...blows.owner, {}]) {
      const owner = startOwner({ ...facts, ports, ...(step && { dieAt: step }) });
      if (afterMs !== undefined) void sleep(afterMs).then(owner.kill);
      over = await owner.done;
      owner.kill();
      await owner.over;
      if (over) return;
      died.owner += 1;
    }
  };
  try {
    await Promise.all([hubLives(), ...(act === 'transfer' ? [ownerLives()] : [])]);
    await expectDone(hub, grant);
    if (act === 'transfer') expectHandedOver(devices, { own, to: facts.pairing });
    else
      for (const { tables } of devices) expect(tables.map((table) => table.map(({ id }) => id))).toEqual([[own], []]);
  } finally {
    hub.kill();
    await hub.over;
    rmSync(folder, { recursive: true, force: true });
  }
  return died;
}

/** The last hub is not killed any more, and gets there. */
async function expectDone(hub: HubChild, grant: string): Promise<void> {
  for (;;) {
    const { done } = await hub.ask<OwnershipStatus>({ ask: 'status', grant });
    if (done === NAMES.length) break;
    await sleep(50);
  }
  expect(await hub.ask({ ask: 'house' })).toMatchObject({ has: ['lamp'] });
}

function expectHandedOver(
  devices: readonly Device[],
  { own, to }: { readonly own: string; readonly to: string },
): void {
  for (const { tables, server } of devices) {
    expect(server.pairings().map(({ id, admin }) => ({ id, admin }))).toEqual([{ id: to, admin: true }]);
    for (const table of tables) expect(table.some(({ admin }) => admin)).toBe(true);
    // the old administrator was there until the new one was, and never came back
    const withOld = tables.map((table) => table.some(({ id }) => id === own));
    const withNew = tables.map((table) => table.some(({ id, admin }) => id === to && admin));
    expect(withOld.lastIndexOf(true)).toBeLessThan(tables.length - 1);
    expect(withNew.indexOf(true)).toBeGreaterThan(0);
    expect(withOld.indexOf(false)).toBeGreaterThan(withNew.indexOf(true));
    expect(withOld.slice(withOld.indexOf(false))).not.toContain(true);
    expect(withNew.slice(withNew.indexOf(true))).not.toContain(false);
  }
}

async function run(act: Act, blows: Blows): Promise<{ hub: number; owner: number }> {
  const devices = await Promise.all(NAMES.map((name) => startDevice(name)));
  try {
    return await changeHands(act, devices, blows);
  } finally {
    await Promise.all(devices.map(({ server }) => server.close()));
  }
}

describe('a transfer over four accessories, killed again and again', () => {
  it('at each step of the hub and of the new owner, ends done, and no accessory is ever without an administrator', async () => {
    const died = await run('transfer', {
      hub: HUB_STEPS.map((step) => ({ step })),
      owner: OWNER_STEPS.map((step) => ({ step })),
    });
    console.log(`killed at steps: the hub ${died.hub} times, the new owner ${died.owner} times`);
    expect(died.owner).toBe(OWNER_STEPS.length);
    expect(died.hub).toBe(HUB_STEPS.length);
  });

  it('at random moments, ends done, and no accessory is ever without an administrator', async () => {
    const total = { hub: 0, owner: 0 };
    for (let n = 0; n < TRANSFERS * ROUNDS; n++) {
      const times = (atLeast: number, more: number): { afterMs: number }[] =>
        Array.from({ length: BLOWS }, () => ({ afterMs: Math.floor(atLeast + Math.random() * more) }));
      // a hub's life is counted from when it listens, an owner's from its start, most of which is loading
      const died = await run('transfer', { hub: times(0, 150), owner: times(300, 700) });
      total.hub += died.hub;
      total.owner += died.owner;
    }
    const transfers = TRANSFERS * ROUNDS;
    console.log(`${transfers} transfers, killed at random: the hub ${total.hub}, the new owner ${total.owner} times`);
    expect(Math.min(total.hub, total.owner)).toBeGreaterThan(0);
  });
});

describe('a reset of four accessories', () => {
  it('killed at each step of the hub, ends done, and wipes each of them once', async () => {
    const died = await run('reset', { hub: RESET_STEPS.map((step) => ({ step })), owner: [] });
    console.log(`killed at steps of a reset: the hub ${died.hub} times`);
    expect(died.hub).toBe(RESET_STEPS.length);
  });
});
