/** The hub's end: opens a sealed request, and seals whatever it is answered with. */
import {
  type Binding,
  infoOf,
  MEDIA_TYPES,
  readRequest,
  requestAad,
  requestHeader,
  targetOf,
  writeAnswer,
} from './envelope.ts';
import type { SealingKey } from './key.ts';
import { openWith, sealAnswer } from './suite.ts';

/** What is known of a request here; a server's own type may say more. Header names are lower-case. */
export interface BoxedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array | string;
  /** The body was longer than the listener reads. */
  readonly tooLarge?: true;
}

/** What is known of an answer here. */
export interface BoxedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What opening takes. */
export interface UnsealDeps {
  readonly issuer: string;
  /** Other origins of this hub: a box for one of them is not opened, but the cause can name it. */
  readonly aliases?: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The hub's keys: those in force, and older ones, so that an expired key is told from an unknown one. */
  readonly keys: readonly SealingKey[];
}

/** Why a box was not opened: for whoever runs the hub, never for who sent it. */
export type UnsealCause = 'malformed' | 'other-address' | 'unknown-key' | 'key-not-yet' | 'key-expired' | 'cannot-open';

/** A box that was not opened. */
export interface Unopened {
  readonly ok: false;
  readonly cause: UnsealCause;
  readonly expected?: string;
  readonly presented?: string;
}

/** A box that was opened. */
export interface Opened<R> {
  readonly ok: true;
  readonly keyId: string;
  /** What names this box among all others, and until when (milliseconds) its key opens it: for whoever takes it once. */
  readonly once: { readonly key: string; readonly until: number };
  /** The request as if it had come without a box: a form. */
  readonly request: R;
  /** Seals the answer to the same app, its status bound. Its other header fields stay in the open. */
  seal<A extends BoxedAnswer>(answer: A): A;
}

const SEALED = new RegExp(`^\\s*${MEDIA_TYPES.request.replaceAll('.', '\\.')}\\s*(?:;|$)`, 'i');

/** Is it a sealed request, or meant as one? For every other request this ends at the first letters that differ. */
export function isSealed({ headers }: Pick<BoxedRequest, 'headers'>): boolean {
  const type = headers['content-type'];
  return type !== undefined && SEALED.test(type);
}

/** Opens a sealed request. Total: whatever comes is an answer. */
export async function unseal<R extends BoxedRequest>(request: R, deps: UnsealDeps): Promise<Opened<R> | Unopened> {
  if (request.tooLarge)
    return { ok: false, cause: 'malformed', expected: 'a token request', presented: 'a longer body' };
  const envelope = readRequest(request.body);
  if (!envelope.ok) return { ...envelope, cause: 'malformed' };
  const binding: Binding = { issuer: deps.issuer, method: request.method, path: request.path };
  if (!same(envelope.target, targetOf(binding))) return elsewhere(envelope.target, binding, deps.aliases ?? []);
  const keyId = Buffer.from(envelope.keyId).toString('base64url');
  const key = deps.keys.find(({ id }) => id === keyId);
  if (!key) return { ok: false, cause: 'unknown-key', expected: named(deps), presented: keyId };
  if (deps.now < key.notBefore)
    return { ok: false, cause: 'key-not-yet', expected: `a key in force: ${named(deps)}`, presented: keyId };
  if (deps.now > key.notAfter)
    return { ok: false, cause: 'key-expired', expected: `a key in force: ${named(deps)}`, presented: keyId };
  const { authorization, dpop, ...headers } = request.headers;
  const aad = requestAad(requestHeader(envelope), { authorization, dpop });
  const opened = await openWith(key.pair, envelope, infoOf(binding), aad);
  if (!opened) return { ok: false, cause: 'cannot-open', expected: 'the box as it was sealed', presented: 'another' };
  return {
    ok: true,
    keyId,
    once: { key: `box:${Buffer.from(envelope.enc).toString('base64url')}`, until: key.notAfter },
    request: {
      ...request,
      headers: { ...headers, authorization, dpop, 'content-type': 'application/x-www-form-urlencoded' },
      body: opened.plaintext,
    },
    seal: (answer) => ({
      ...answer,
      headers: { ...answer.headers, 'content-type': MEDIA_TYPES.answer },
      body: writeAnswer(sealAnswer(opened, answer.status, answer.body)),
    }),
  };
}

/** Names the address that a box was sealed for, where it is one of this hub's. */
function elsewhere(target: Uint8Array, binding: Binding, aliases: readonly string[]): Unopened {
  const meant = aliases.find((issuer) => same(target, targetOf({ ...binding, issuer })));
  return {
    ok: false,
    cause: 'other-address',
    expected: `${binding.method} ${binding.issuer}${binding.path}`,
    presented: meant === undefined ? 'another address' : `${binding.method} ${meant}${binding.path}`,
  };
}

function named({ keys, now }: UnsealDeps): string {
  return keys
    .filter((key) => key.notBefore <= now && now <= key.notAfter)
    .map(({ id }) => id)
    .join(' ');
}

/** Public values: nothing is learned from how long this takes. */
function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
