/** Authorization server metadata, RFC 8414 (with RFC 7636, 9207, 9449). Says what is really served, and nothing more. */
import { json, type Outgoing } from '../../protocols/http/exchange.ts';
import { DPOP_ALGORITHMS } from './case.ts';
import type { OAuthDeps } from './deps.ts';
import { SEALING_PATH } from './sealed.ts';

/** `GET /.well-known/oauth-authorization-server`. */
export function metadata(
  { config: { issuer }, keys: { sealing, codes } }: OAuthDeps,
  scopes: readonly string[],
): Outgoing {
  return json(
    200,
    {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      grant_types_supported: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_methods_supported: ['none', 'client_secret_basic', 'client_secret_post'],
      code_challenge_methods_supported: ['S256'],
      dpop_signing_alg_values_supported: DPOP_ALGORITHMS,
      authorization_response_iss_parameter_supported: true,
      scopes_supported: scopes,
      ...(sealing && { counterfoil_sealing_uri: issuer + SEALING_PATH }),
      ...(codes && {
        counterfoil_signed_code_keys: [{ ...codes.publicKey.export({ format: 'jwk' }), kid: codes.id }],
      }),
    },
    { 'cache-control': 'public, max-age=300' },
  );
}
