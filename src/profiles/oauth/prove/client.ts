/** Client authentication, RFC 6749 §2.3: how the client showed itself, and whether its secret is right. */
import { hash, timingSafeEqual } from 'node:crypto';
import type { App } from '../app.ts';
import type { AuthFacts, ClientFacts } from '../case.ts';

/** What a request says of its client; `secret` stays in memory. */
export interface ClientClaim {
  readonly clientId?: string;
  readonly method: AuthFacts['method'];
  readonly secret?: string;
}

/** Reads the Authorization header and the form. Total: an unreadable header is a method of its own. */
export function readClient(authorization: string | undefined, form: ReadonlyMap<string, string>): ClientClaim {
  const posted = form.get('client_secret');
  const named = form.get('client_id');
  const fromForm = named === undefined ? {} : { clientId: named };
  if (authorization === undefined) {
    if (posted === undefined) return { ...fromForm, method: 'none' };
    return { ...fromForm, method: 'client_secret_post', secret: posted };
  }
  const basic = readBasic(authorization);
  if (!basic) return { ...fromForm, method: 'malformed' };
  const agrees = named === undefined || named === basic.clientId;
  if (posted !== undefined || !agrees) return { clientId: basic.clientId, method: 'several' };
  return { clientId: basic.clientId, method: 'client_secret_basic', secret: basic.secret };
}

function readBasic(authorization: string): { clientId: string; secret: string } | undefined {
  const encoded = /^basic ([A-Za-z0-9+/]{1,4096}={0,2})$/i.exec(authorization)?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return undefined;
  const clientId = formDecode(text.slice(0, colon));
  const secret = formDecode(text.slice(colon + 1));
  return clientId === undefined || secret === undefined ? undefined : { clientId, secret };
}

/** RFC 6749 §2.3.1: both halves are form-encoded before base64. */
function formDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

/** The stored form of a secret. Our secrets carry 256 random bits, so a plain hash cannot be searched. */
export function hashSecret(secret: string): string {
  return hash('sha256', secret, 'base64url');
}

const NO_HASH = hashSecret('');

/**
 * Is the secret right? Where one came it is hashed and compared whatever the client is, so that no answer is quicker.
 * A secret sent in a way the client is not registered for is not judged.
 */
export function checkSecret(claim: ClientClaim, app: App | undefined): AuthFacts {
  const { method, secret } = claim;
  if (secret === undefined) return { method, secret: 'absent' };
  const came = Buffer.from(hashSecret(secret));
  const kept = Buffer.from(app?.secretHash ?? NO_HASH);
  const equal = came.length === kept.length && timingSafeEqual(came, kept);
  if (app?.authMethod !== method) return { method, secret: 'unchecked' };
  // An application that was never given a secret cannot be proven by one.
  return { method, secret: equal && app.secretHash !== undefined ? 'match' : 'mismatch' };
}

/** What rules may know of a client. */
export function clientFacts(id: string, app: App): ClientFacts {
  const { name, type, authMethod, redirectUris, grantTypes, scopes, exceptions } = app;
  return {
    id,
    name,
    type,
    authMethod,
    redirectUris,
    grantTypes,
    scopes,
    ...(exceptions?.withoutPkce && { withoutPkce: true }),
  };
}
