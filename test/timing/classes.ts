/**
 * What is measured: per error class the causes that must sound alike, each as requests of equal length. Every request
 * meets a code of its own: codes burn after three failures, and a verdict's row that grows takes another time to write
 * than a new one. Causes named `… again` meet one code all the time.
 */
import { randomBytes } from 'node:crypto';
import type { App } from '../../src/profiles/oauth/app.ts';
import { hashSecret } from '../../src/profiles/oauth/prove/client.ts';
import { createUsers } from '../../src/server/users.ts';
import type { Store } from '../../src/store/port.ts';
import type { Registry } from '../../src/store/registry.ts';
import { APP, appOf, MINUTE_MS, type Mint, minter, OTHER, REDIRECT, unknownOf, VERIFIER } from './rows.ts';
import { getPath, postForm, type Timed } from './wire.ts';

/** One cause. `planted` are the headers that plant leaks, or zeros. */
export interface Cause {
  readonly name: string;
  /** Cause id of the verdict that its requests leave behind; none where no verdict is kept. */
  readonly verdict?: string;
  request(i: number, planted: readonly string[]): string;
}

/** An error class. */
export interface ErrorClass {
  readonly id: string;
  /** What every answer must be. */
  readonly status: number;
  readonly says: string;
  /** The first is measured twice (null control), and once more with each leak that is planted. */
  readonly causes: readonly [Cause, ...Cause[]];
  /** What is planted, and the difference of medians that the class must stay below, in microseconds. */
  readonly plantedUs: number;
  readonly boundUs: number;
  /** Its routes hold refusals to one age. */
  readonly held: boolean;
  /** Share of the samples that are asked for: slow classes get fewer. */
  readonly share: number;
  /** What requests need that only the hub can give (a form's token); asked for once. */
  prepare?(ask: (request: string) => Promise<Timed>): Promise<void>;
}

/** Half of what is planted; why so much: the README. */
const BOUND_US = 25;
const PLANTED_US = 50;

/** Writes what the classes need, `count` requests for each cause, and answers the classes. */
export async function prepareClasses(store: Store, registry: Registry, count: number): Promise<readonly ErrorClass[]> {
  await registry.save<App>('app', APP, 0, appOf('public', 'none'));
  await registry.save<App>('app', OTHER, 0, appOf('public', 'none'));
  const secretHash = hashSecret('right');
  await registry.save<App>('app', 'post_app_01', 0, { ...appOf('confidential', 'client_secret_post'), secretHash });
  await registry.save<App>('app', 'basic_app_1', 0, { ...appOf('confidential', 'client_secret_basic'), secretHash });
  const users = createUsers({ registry, clock: Date.now });
  await users.add('ada', 'a quiet afternoon with tea');
  const mint = minter(store, count);
  return [await grantClass(mint, count), await tokenClass(mint, count), clientClass(count), signInClass()];
}

async function grantClass(mint: Mint, count: number): Promise<ErrorClass> {
  const past = { until: Date.now() - 5 * MINUTE_MS, from: Date.now() - 10 * MINUTE_MS };
  const used = { used: 1, usedAt: Date.now() - MINUTE_MS };
  const ended = { state: 'revoked', endedAt: Date.now() - MINUTE_MS, endedBy: 'owner' } as const;
  const live = await mint();
  const expired = await mint({ code: past });
  const one = await mint({ code: past, one: true });
  const spent = await mint({ code: used });
  const stolen = await mint({ code: used });
  const revoked = await mint({ grant: ended });
  const taken = await mint({ code: { state: 'revoked' } });
  const burned = await mint({ code: { state: 'burned' } });
  const others = await mint({ client: OTHER });
  const moved = await mint();
  const unproven = await mint();
  const cause = (name: string, verdict: string, code: (i: number) => string, change: Fields = {}): Cause => ({
    name,
    verdict,
    request: (i, planted) => postForm('/token', { ...formOf(code(i)), ...change }, planted),
  });
  const other = { code_verifier: [...VERIFIER].reverse().join('') };
  return {
    id: 'invalid_grant',
    status: 400,
    says: '"error":"invalid_grant"',
    plantedUs: PLANTED_US,
    boundUs: BOUND_US,
    held: true,
    share: 1,
    causes: [
      cause('unknown', 'unknown', unknownOf('authorization_code', count)),
      cause('one character off', 'unknown', (i) => swapped(live(i))),
      cause('unreadable', 'character', (i) => `${live(i).slice(0, -1)}-`),
      cause('expired', 'expired', expired),
      cause('expired again', 'expired', one),
      cause('used, proven', 'replay', spent),
      cause('used, unproven', 'replay-unproven', stolen, other),
      cause('grant revoked', 'grant-ended', revoked),
      cause('code revoked', 'revoked', taken),
      cause('burned', 'burned', burned),
      cause("another app's", 'other-app', others),
      cause('wrong redirect', 'differs', moved, { redirect_uri: 'com.myapp:/callbacK' }),
      cause('wrong verifier', 'mismatch', unproven, other),
    ],
  };
}

async function tokenClass(mint: Mint, count: number): Promise<ErrorClass> {
  const purpose = 'access_token';
  const total = null;
  const unknown = unknownOf(purpose, count);
  const past = { total, until: Date.now() - MINUTE_MS, from: Date.now() - 61 * MINUTE_MS };
  const ended = { state: 'revoked', endedAt: Date.now() - MINUTE_MS, endedBy: 'owner' } as const;
  const expired = await mint({ purpose, code: past });
  const one = await mint({ purpose, code: past, one: true });
  const revoked = await mint({ purpose, code: { total }, grant: ended });
  const taken = await mint({ purpose, code: { total, state: 'revoked' } });
  const cause = (name: string, verdict: string, token: (i: number) => string): Cause => ({
    name,
    verdict,
    request: (i, planted) => getPath('/api/state', [`authorization: Bearer ${token(i)}`, ...planted]),
  });
  return {
    id: 'invalid_token',
    status: 401,
    says: '"error":"invalid_token"',
    plantedUs: PLANTED_US,
    boundUs: BOUND_US,
    held: true,
    share: 1,
    causes: [
      cause('unknown', 'unknown', unknown),
      cause('unreadable', 'character', (i) => `${unknown(i).slice(0, -1)}-`),
      cause('expired', 'token-expired', expired),
      cause('expired again', 'token-expired', one),
      cause('grant revoked', 'grant-ended', revoked),
      cause('token revoked', 'revoked', taken),
    ],
  };
}

function clientClass(count: number): ErrorClass {
  const unknown = unknownOf('authorization_code', count);
  const cause = (name: string, verdict: string, client: string, secret: string): Cause => ({
    name,
    verdict,
    request: (i, planted) => {
      const form = { ...formOf(unknown(i)), client_id: client, client_secret: secret };
      return postForm('/token', form, planted);
    },
  });
  return {
    id: 'invalid_client',
    status: 401,
    says: '"error":"invalid_client"',
    plantedUs: PLANTED_US,
    boundUs: BOUND_US,
    held: true,
    share: 1,
    causes: [
      cause('unknown client', 'unknown', 'nobodys_app', 'wrong'),
      cause('wrong secret', 'mismatch', 'post_app_01', 'wrong'),
      cause('wrong method', 'method', 'basic_app_1', 'wrong'),
      cause('wrong method, right secret', 'method', 'basic_app_1', 'right'),
    ],
  };
}

/** Argon2 takes 20 ms and more, and takes turns with everything else: what is planted and bounded is larger here. */
function signInClass(): ErrorClass {
  let cookie = '';
  let csrf = '';
  let serial = 0;
  const cause = (name: string, user: string, password: string): Cause => ({
    name,
    request: (_i, planted) => {
      const n = serial++;
      const address = `10.${100 + (n >> 14)}.${100 + ((n >> 7) & 127)}.${100 + (n & 127)}`;
      const headers = [...planted, `x-from: ${address}`, `cookie: ${cookie}`];
      return postForm('/login', { csrf, next: '/', name: user, password }, headers);
    },
  });
  return {
    id: 'sign-in',
    status: 401,
    says: 'name="password"',
    plantedUs: 2_000,
    boundUs: 1_000,
    held: false,
    share: 1 / 10,
    causes: [
      cause('unknown user', 'bob', 'a noisy afternoon with tea'),
      cause('wrong password', 'ada', 'a noisy afternoon with tea'),
      cause('no such name', 'B B', 'a noisy afternoon with tea'),
    ],
    async prepare(ask) {
      const page = await ask(getPath('/login'));
      csrf = /name="csrf" value="([^"]+)"/.exec(page.body)?.[1] ?? '';
      cookie = /set-cookie: ([^;]+)/i.exec(page.head)?.[1] ?? '';
    },
  };
}

type Fields = Readonly<Record<string, string>>;

function formOf(code: string): Fields {
  return {
    grant_type: 'authorization_code',
    code,
    client_id: APP,
    redirect_uri: REDIRECT,
    code_verifier: VERIFIER,
  };
}

/** The code with two neighbours of its random part changed for others. */
function swapped(code: string): string {
  const fresh = randomBytes(1)[0] ?? 0;
  const at = 20 + (fresh % 20);
  return code.slice(0, at) + (code[at] === 'a' ? 'b' : 'a') + code.slice(at + 1);
}
