/** The few settings of a hub, and what they are unless told. */
import { CODE_TTL_MAX_SECONDS, type OAuthConfig } from '../profiles/oauth/deps.ts';
import type { Limits } from './limits.ts';
import { OperationError } from './operations.ts';

/** The port unless told. */
export const DEFAULT_PORT = 5151;

/** Days that dead codes and verdicts are kept: a year, and some for whoever looks a little late. */
export const KEEP_DAYS = 400;

/** The accessory that pairings open until real ones are discovered. */
export const LAMP_ID = 'lamp';

/** The hub itself, as an accessory. */
export const HUB_ID = 'hub';

/** Host names this hub answers to, beside its issuer's. Every other `Host` is refused. */
export const HOST_NAMES: readonly string[] = ['localhost', '127.0.0.1', 'counterfoil.local', 'hub.home.local'];

/** Settings of the OAuth profile for an issuer; `shared` when other nodes serve the same data. */
export function oauthConfig(issuer: string, port: number, shared: boolean = false): OAuthConfig {
  const aliases = HOST_NAMES.flatMap((name) => [`http://${name}:${port}`, `http://${name}`]);
  return {
    issuer,
    aliases: aliases.filter((origin) => origin !== issuer),
    codeTtlSeconds: CODE_TTL_MAX_SECONDS,
    accessTtlSeconds: 3_600,
    refreshTtlSeconds: 30 * 86_400,
    ...(shared && { sharedReplay: true }),
  };
}

/** Names of this very machine, where nothing crosses a network (RFC 8252 §8.3). */
const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * The issuer as clients compare it (RFC 8414 §2): an origin, without a trailing slash.
 *
 * @throws OperationError for anything else than https, or http on loopback, without path, query and user
 */
export function readIssuer(text: string): string {
  const url = URL.parse(text);
  const expected = 'expected an issuer like https://hub.example or http://localhost:5151';
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw new OperationError(`${expected}, got ${JSON.stringify(text)}`);
  if (url.protocol === 'http:' && !LOOPBACK.has(url.hostname))
    throw new OperationError(
      `${expected}, got ${text}: plain http only on this machine, because codes and tokens would cross the network unencrypted`,
    );
  if (url.username !== '' || url.password !== '' || !/^https?:\/\/[^/?#@]+\/?$/i.test(text.trim()))
    throw new OperationError(
      `${expected}, got ${JSON.stringify(text)}: only scheme, host and port, nothing after them`,
    );
  return url.origin;
}

/** What a hub takes on, unless told; why these: `docs/decisions/0016-overload.md`, and 0022 for `holdMs`. */
export const LIMITS: Limits = {
  inFlightMax: 512,
  waitMs: 1_000,
  drainMs: 10_000,
  refreshBurst: 120,
  refreshEveryMs: 10_000,
  paymentsBurst: 2_000,
  paymentsEveryMs: 1,
  failureBurst: 100,
  failureEveryMs: 600,
  // More than what is gathered (`combining.ts`) and then written to a slow disk takes.
  holdMs: 25,
  streamsPerGrant: 16,
};
