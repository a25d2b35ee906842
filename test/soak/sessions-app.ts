/**
 * An app that is signed in, and does what a good app does, no more: one store of tokens for all of its tabs, a look into
 * it before each try, a new try when no answer comes, a fresh proof for each try, the clock of the hub where its own is
 * wrong, and a logout only when the hub refuses the very token that is still in the store.
 */
import { createHash, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import type { Random } from '../../fuzz/random.ts';
import { basic, SECRET } from '../support/oauth-hub.ts';
import type { Time } from './sessions-time.ts';

/** How an app proves itself when it refreshes. */
export type Kind = 'bearer' | 'key' | 'basic' | 'post';

/** The kinds, as often as they take part. */
export const KINDS: readonly Kind[] = ['bearer', 'bearer', 'key', 'basic', 'post'];

/** Client ids of the kinds, as registered. */
export const CLIENT_OF: Readonly<Record<Kind, string>> = {
  bearer: 'my_app_123',
  key: 'my_app_123',
  basic: 'server_app',
  post: 'poster_app',
};

/** What a hub says; `date` is its clock, as in the Date header. */
export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, string>>;
  readonly nonce: string | undefined;
  readonly date: number;
}

/** `unsent`: nothing left the device. `broken`: the connection ended, and nobody knows whether the hub was asked. */
export type Heard = Answer | 'unsent' | 'broken';

/** A form on its way to the hub. An answer that never comes is a promise that is never settled. */
export type Send = (
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>>,
) => Promise<Heard>;

/** How an app writes an answer down: over whatever is there, or only where its own token still is. */
export type Writing = 'plain' | 'careful';

/** One app of one person. */
export interface Session {
  readonly id: number;
  readonly kind: Kind;
  readonly key: { readonly privateKey: KeyObject; readonly jwk: object } | undefined;
  /** Does an answer that comes after the app has given up waiting still count? */
  readonly takesLate: boolean;
  readonly writing: Writing;
  /** What all tabs share. */
  readonly shared: { refresh: string; access: string; until: number };
  nonce: string | undefined;
  /** How far the device's clock is off (ms), and what the app has learned of it. */
  offsetMs: number;
  learnedMs: number;
  /** Why the app had to sign its person out. */
  loggedOut?: string;
}

/** How long one try waits for its answer, at least and at most. */
export const PATIENCE_MS: readonly [least: number, most: number] = [1_200, 2_000];

/** Key pair of an app that has one. Ed25519: the quickest to sign with. */
export function appKey(): NonNullable<Session['key']> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const { kty, crv, x } = publicKey.export({ format: 'jwk' });
  return { privateKey, jwk: { kty, crv, x } };
}

/** RFC 7638. */
export function thumbprint({ jwk }: NonNullable<Session['key']>): string {
  const { crv, kty, x } = jwk as Record<string, string>;
  return createHash('sha256').update(JSON.stringify({ crv, kty, x })).digest('base64url');
}

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The headers of one try: credentials and, with a key, a fresh proof by the device's clock as corrected. */
export function headersOf(session: Session, htu: string, time: Time): Record<string, string> {
  if (session.kind === 'basic') return basic();
  if (!session.key) return {};
  const iat = Math.floor((time.now() + session.offsetMs - session.learnedMs) / 1_000);
  const nonce = session.nonce === undefined ? {} : { nonce: session.nonce };
  const head = encoded({ typ: 'dpop+jwt', alg: 'EdDSA', jwk: session.key.jwk });
  const input = `${head}.${encoded({ jti: randomUUID(), htm: 'POST', htu, iat, ...nonce })}`;
  return { dpop: `${input}.${sign(null, Buffer.from(input), session.key.privateKey).toString('base64url')}` };
}

/** The part of a form by which an app names itself. */
export function named({ kind }: Session): Record<string, string> {
  return { client_id: CLIENT_OF[kind], ...(kind === 'post' && { client_secret: SECRET }) };
}

/** What an app needs beside itself. */
export interface World {
  readonly time: Time;
  readonly from: Random;
  readonly send: Send;
  /** `htu` of proofs. */
  readonly htu: string;
}

/** More tries than any rule or network asks for: an app that gets so far is in a loop. */
const TRIES_MAX = 2_000;

/**
 * One tab refreshes, and tries until there is a fresh token in the store, by its own doing or another tab's. Its pauses
 * grow long only while nothing leaves the device: once the hub may have been asked, its answer is wanted soon. `eager`: as
 * a page that is loaded, whatever is in the store.
 */
export async function refresh(session: Session, world: World, eager = false): Promise<void> {
  const { time, from } = world;
  const fresh = (): boolean => session.shared.until - time.now() > 600_000;
  const patience = (): number => PATIENCE_MS[0] + from.nat(PATIENCE_MS[1] - PATIENCE_MS[0]);
  let [unsent, unheard] = [0, 0];
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    if (session.loggedOut !== undefined || (fresh() && (!eager || tries > 0))) return;
    const sent = session.shared.refresh;
    const form = { grant_type: 'refresh_token', refresh_token: sent, ...named(session) };
    const asked = world.send(form, headersOf(session, world.htu, time));
    const heard = await Promise.race([asked, time.sleep(patience())]);
    if (typeof heard === 'object') {
      if (take(session, sent, heard, time)) return;
      if (heard.status < 500 && heard.status !== 429) continue;
    } else if (heard === undefined && session.takesLate) {
      void asked.then((late) => typeof late === 'object' && take(session, sent, late, time));
    }
    const pause = heard === 'unsent' ? Math.min(300_000, 300 * 2 ** unsent++) : Math.min(2_000, 300 * 2 ** unheard++);
    await time.sleep(50 + from.nat(pause));
  }
  session.loggedOut ??= 'no end of tries';
}

/** Writes an answer down. True when the tab is done. */
function take(session: Session, sent: string, answer: Answer, time: Time): boolean {
  const { status, body, nonce, date } = answer;
  const { shared } = session;
  session.nonce = nonce ?? session.nonce;
  if (status === 200) {
    if (session.writing === 'careful' && shared.refresh !== sent) return true;
    shared.refresh = body['refresh_token'] ?? '';
    shared.access = body['access_token'] ?? '';
    shared.until = time.now() + Number(body['expires_in']) * 1_000;
    return true;
  }
  if (body['error'] === 'invalid_dpop_proof') session.learnedMs = time.now() + session.offsetMs - date;
  // a refusal of a token that is in the store no more says nothing about the one that is
  if (body['error'] === 'invalid_grant' && shared.refresh === sent) session.loggedOut = 'invalid_grant';
  return session.loggedOut !== undefined;
}
