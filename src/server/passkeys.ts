/**
 * Passkeys (WebAuthn Level 3): adding, signing in, removing. They stand in the `user` record, beside the password, which
 * goes on working. Cryptography and formats are `@simplewebauthn/server`; here is what must hold around it: the hub's own
 * name and origin, a challenge for one visitor and one use, user verification, a counter that only grows.
 * Not here: the browser's side (`src/console/passkey.ts`), challenges (`passkeys-challenge.ts`), the form of answers
 * (`passkeys-answer.ts`).
 */
import { createHmac, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import type { Registry } from '../store/registry.ts';
import { type Attempts, createAttempts } from './attempts.ts';
import { readAsserted, readCreated } from './passkeys-answer.ts';
import { type Challenges, createChallenges } from './passkeys-challenge.ts';
import { changeRecord } from './records.ts';
import type { Passkey, SignIn, User } from './users.ts';

/** Passkeys that one person may have, and characters of the name of one. */
export const PASSKEY_LIMITS = { each: 10, name: 60 } as const;

/** How adding ended; `say` is for the person. */
export type AddPasskey =
  | { readonly outcome: 'added'; readonly name: string }
  | { readonly outcome: 'refused'; readonly say: string };

/** As with a password. `expired`: the page was open too long, or its challenge was used already. */
export type PasskeySignIn = Exclude<SignIn, { readonly outcome: 'busy' }> | { readonly outcome: 'expired' };

/** Where passkeys work: of any other origin browsers make none for this hub, and the hub takes none. */
export interface PasskeySite {
  /** WebAuthn's RP ID: a host name. */
  readonly rpId: string;
  /** Where pages can offer them; the first is where people should go. */
  readonly origins: readonly [string, ...string[]];
}

/** The passkeys of a hub. `bound` names the visitor: a session's key, or the token of a visit. */
export interface Passkeys {
  readonly site: PasskeySite;
  /** Can a page that was asked for under this `Host` offer them? */
  offeredAt(host: string | undefined): boolean;
  /** Options for `navigator.credentials.create`, as JSON; undefined for who has no record, or has enough of them. */
  creation(user: string, bound: string): Promise<string | undefined>;
  add(user: string, bound: string, name: string, answer: string): Promise<AddPasskey>;
  /** Options for `navigator.credentials.get`, as JSON: the same for everybody but for the challenge. */
  request(bound: string): string;
  /** `source` is the address the attempt came from: failures are counted for it. */
  signIn(ask: { readonly bound: string; readonly answer: string; readonly source: string }): Promise<PasskeySignIn>;
}

/** What passkeys need. */
export interface PasskeyOptions {
  readonly registry: Registry;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** HMAC key, the same on every node. */
  readonly key: KeyObject;
  /** The hub's name, which the browser shows. */
  readonly hub: string;
  readonly site: PasskeySite;
}

/**
 * Where passkeys work for this issuer; undefined where they cannot. Its host must be a name: no browser makes one for an IP
 * address, except that this machine has the name `localhost` as well.
 *
 * @param aliases other origins of the hub, as `oauthConfig` lists them
 */
export function passkeySite(issuer: string, aliases: readonly string[]): PasskeySite | undefined {
  const { hostname } = new URL(issuer);
  const rpId = hostname === '127.0.0.1' || hostname === '[::1]' ? 'localhost' : hostname;
  if (isIP(rpId.replace(/^\[|\]$/g, '')) !== 0) return undefined;
  // An alias without a port is what a proxy at port 80 would have: another program could as well.
  const known = [issuer, ...aliases.filter((alias) => new URL(alias).port !== '')];
  const [first, ...more] = known.filter((origin) => new URL(origin).hostname === rpId);
  return first === undefined ? undefined : { rpId, origins: [first, ...more] };
}

/** EdDSA, ES256, RS256: what authenticators have, in the order in which they are preferred. */
const ALGORITHMS = [-8, -7, -257] as const;

const NOT_TAKEN = 'that passkey was not taken: please try again';

/** What adding and signing in work on. */
interface Kit {
  readonly registry: Registry;
  readonly clock: () => number;
  readonly challenges: Challenges;
  readonly attempts: Attempts;
  /** WebAuthn's user handle: says nothing of the name, and needs not be kept. */
  readonly handleOf: (user: string) => string;
  readonly expected: (bound: string) => Expected;
}

/** The passkeys of one hub. Failures are counted in memory, as those of passwords are. */
export function createPasskeys({ registry, clock, key, hub, site }: PasskeyOptions): Passkeys {
  const { rpId, origins } = site;
  const challenges = createChallenges({ registry, clock, key });
  const hosts = new Set(origins.map((origin) => new URL(origin).host));
  const kit: Kit = {
    registry,
    clock,
    challenges,
    attempts: createAttempts(clock),
    handleOf: (user) =>
      createHmac('sha256', key)
        .update(JSON.stringify(['passkey-user', user]))
        .digest('base64url'),
    expected: (bound) => ({
      expectedChallenge: (challenge) => challenges.holds(challenge, bound),
      expectedOrigin: [...origins],
      expectedRPID: rpId,
      requireUserVerification: true,
    }),
  };
  return {
    site,
    offeredAt: (host) => host !== undefined && hosts.has(host.toLowerCase()),
    async creation(user, bound) {
      const record = await registry.get<User>('user', user);
      const passkeys = record?.body.passkeys ?? [];
      if (!record || passkeys.length >= PASSKEY_LIMITS.each) return undefined;
      return JSON.stringify({
        rp: { id: rpId, name: hub },
        user: { id: kit.handleOf(user), name: user, displayName: user },
        challenge: challenges.make(creating(user, bound)),
        pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
        excludeCredentials: passkeys.map(({ id, transports }) => ({ type: 'public-key', id, transports })),
        authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
        attestation: 'none',
      });
    },
    add: (user, bound, name, answer) => add(kit, { user, bound, name: name.trim(), answer }),
    request: (bound) =>
      JSON.stringify({ rpId, challenge: challenges.make(entering(bound)), userVerification: 'required' }),
    signIn: (ask) => signIn(kit, ask),
  };
}

/** Takes one away, which needs no site: a hub that has moved to an address has them still. False when there was none of this id. */
export function removePasskey(registry: Registry, user: string, id: string): Promise<boolean> {
  return changeUser(registry, user, (passkeys) =>
    passkeys.some((one) => one.id === id) ? passkeys.filter((one) => one.id !== id) : undefined,
  );
}

async function add(
  { registry, clock, challenges, expected }: Kit,
  { user, bound, name, answer }: Readonly<Record<'user' | 'bound' | 'name' | 'answer', string>>,
): Promise<AddPasskey> {
  const refused = (say: string): AddPasskey => ({ outcome: 'refused', say });
  if (name === '' || [...name].length > PASSKEY_LIMITS.name)
    return refused(`expected a name of 1 to ${PASSKEY_LIMITS.name} characters`);
  const answered = readCreated(answer);
  const made = answered && (await verifyCreated(answered, expected(creating(user, bound))));
  if (!answered || !made || (await ownerOf(registry, made.id))) return refused(NOT_TAKEN);
  if (!(await challenges.spend(answered.challenge))) return refused(NOT_TAKEN);
  const passkey: Passkey = { ...made, name, createdAt: clock() };
  const added = await changeUser(registry, user, (passkeys) =>
    passkeys.length < PASSKEY_LIMITS.each ? [...passkeys, passkey] : undefined,
  );
  return added ? { outcome: 'added', name } : refused(`expected at most ${PASSKEY_LIMITS.each}: remove one first`);
}

async function signIn(
  kit: Kit,
  { bound, answer, source }: { readonly bound: string; readonly answer: string; readonly source: string },
): Promise<PasskeySignIn> {
  const answered = readAsserted(answer);
  const attempt = kit.attempts.begin(source, answered?.response.id.slice(0, 64) ?? '');
  if ('waitMs' in attempt) return { outcome: 'wait', retryAfterSeconds: Math.ceil(attempt.waitMs / 1_000) };
  let result: PasskeySignIn | undefined;
  try {
    result = answered ? await judge(kit, answered, entering(bound)) : { outcome: 'wrong' };
    return result;
  } finally {
    if (result?.outcome === 'wrong') attempt.failed();
    else attempt.dropped();
  }
}

async function judge(
  { registry, clock, challenges, handleOf, expected }: Kit,
  answered: NonNullable<ReturnType<typeof readAsserted>>,
  bound: string,
): Promise<PasskeySignIn> {
  const { response, challenge } = answered;
  if (!challenges.holds(challenge, bound)) return { outcome: 'expired' };
  const owner = await ownerOf(registry, response.id);
  if (!owner || response.response.userHandle !== handleOf(owner.user)) return { outcome: 'wrong' };
  const counter = await verifyAsserted(answered, owner.passkey, expected(bound));
  if (counter === undefined) return { outcome: 'wrong' };
  if (!(await challenges.spend(challenge))) return { outcome: 'expired' };
  const used = await changeUser(registry, owner.user, (passkeys) =>
    withUse(passkeys, owner.passkey.id, counter, clock()),
  );
  return used ? { outcome: 'in', user: owner.user } : { outcome: 'wrong' };
}

/** Whose passkey this is, and it. People are few, so all of them are looked through. */
async function ownerOf(
  registry: Registry,
  id: string,
): Promise<{ readonly user: string; readonly passkey: Passkey } | undefined> {
  for (const { id: user, body } of await registry.list<User>('user')) {
    const passkey = body.passkeys?.find((one) => one.id === id);
    if (passkey) return { user, passkey };
  }
  return undefined;
}

const creating = (user: string, bound: string): string => `create:${user}:${bound}`;
const entering = (bound: string): string => `get:${bound}`;

/** The library is loaded when it is needed: a hub without passkeys starts without it. */
const webauthn = (): Promise<typeof import('@simplewebauthn/server')> => import('@simplewebauthn/server');

interface Expected {
  readonly expectedChallenge: (challenge: string) => boolean;
  readonly expectedOrigin: string[];
  readonly expectedRPID: string;
  readonly requireUserVerification: boolean;
}

/** WebAuthn §7.1. Undefined when it does not hold: whatever the library throws is about what came. */
async function verifyCreated(
  { response }: NonNullable<ReturnType<typeof readCreated>>,
  expected: Expected,
): Promise<Omit<Passkey, 'name' | 'createdAt'> | undefined> {
  const { verifyRegistrationResponse } = await webauthn();
  const { registrationInfo } = await verifyRegistrationResponse({
    response,
    ...expected,
    supportedAlgorithmIDs: [...ALGORITHMS],
  }).catch(() => ({ registrationInfo: undefined }));
  if (!registrationInfo) return undefined;
  const { credential, credentialBackedUp: synced } = registrationInfo;
  const { id, publicKey, counter, transports = [] } = credential;
  return { id, publicKey: Buffer.from(publicKey).toString('base64url'), counter, transports, synced };
}

/** WebAuthn §7.2. The new counter; undefined when it does not hold, or the counter did not grow. */
async function verifyAsserted(
  { response }: NonNullable<ReturnType<typeof readAsserted>>,
  { id, publicKey, counter }: Passkey,
  expected: Expected,
): Promise<number | undefined> {
  const { verifyAuthenticationResponse } = await webauthn();
  const credential = { id, publicKey: new Uint8Array(Buffer.from(publicKey, 'base64url')), counter };
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response,
    ...expected,
    credential,
  }).catch(() => ({ verified: false, authenticationInfo: undefined }));
  return verified ? authenticationInfo?.newCounter : undefined;
}

/** The passkeys after one was used; undefined when it went meanwhile, or a copy of it was used as well (WebAuthn §6.1.1). */
function withUse(
  passkeys: readonly Passkey[],
  id: string,
  counter: number,
  usedAt: number,
): readonly Passkey[] | undefined {
  const before = passkeys.find((one) => one.id === id);
  if (!before || (counter <= before.counter && before.counter > 0)) return undefined;
  return passkeys.map((one) => (one === before ? { ...one, counter, usedAt } : one));
}

/** False when there is no such user, or `make` has nothing to change. */
async function changeUser(
  registry: Registry,
  user: string,
  make: (passkeys: readonly Passkey[]) => readonly Passkey[] | undefined,
): Promise<boolean> {
  let changed = false;
  await changeRecord<User | undefined>(registry, 'user', user, (now) => {
    const passkeys = now && make(now.passkeys ?? []);
    changed = passkeys !== undefined;
    return now && passkeys ? { ...now, passkeys } : now;
  });
  return changed;
}
