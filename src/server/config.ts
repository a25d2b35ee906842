/** The few settings of a hub, and what they are unless told. */
import { CODE_TTL_MAX_SECONDS, type OAuthConfig } from '../profiles/oauth/deps.ts';

/** The port unless told. */
export const DEFAULT_PORT = 5151;

/** The accessory that pairings open until real ones are discovered. */
export const LAMP_ID = 'lamp';

/** Host names this hub answers to, the issuer's first. Every other `Host` is refused. */
export const HOST_NAMES: readonly string[] = ['localhost', '127.0.0.1', 'counterfoil.local', 'hub.home.local'];

/** Settings of the OAuth profile for an issuer. */
export function oauthConfig(issuer: string, port: number): OAuthConfig {
  const aliases = HOST_NAMES.flatMap((name) => [`http://${name}:${port}`, `http://${name}`]);
  return {
    issuer,
    aliases: aliases.filter((origin) => origin !== issuer),
    codeTtlSeconds: CODE_TTL_MAX_SECONDS,
    accessTtlSeconds: 3_600,
    refreshTtlSeconds: 30 * 86_400,
    pairingTarget: LAMP_ID,
  };
}
