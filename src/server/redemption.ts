/** The request that redeems a code, as the person who minted it can paste it. The command line and the pages show the same. */
import type { AppView, Minted } from './operations.ts';

/** Of what the request is made. */
export interface RedemptionInput {
  readonly minted: Pick<Minted, 'code' | 'redirectUri' | 'verifier'>;
  readonly app: Pick<AppView, 'id' | 'authMethod'>;
  readonly issuer: string;
  /** The code is bound to a PKCE challenge whose verifier the app has. */
  readonly ownVerifier?: boolean;
  /** The code is bound to a key: a proof of it goes with the request, which curl cannot make. */
  readonly proof?: boolean;
}

/** The parts of a curl command, one a line. What is secret is left to the shell, so that it does not get into its history. */
export function redemptionCurl({ minted, app, issuer, ownVerifier, proof }: RedemptionInput): readonly string[] {
  const values: readonly (readonly [string, string | undefined])[] = [
    ['grant_type', 'authorization_code'],
    ['code', minted.code],
    ['client_id', app.authMethod === 'client_secret_basic' ? undefined : app.id],
    ['redirect_uri', minted.redirectUri],
    ['code_verifier', minted.verifier],
  ];
  const data = values.flatMap(([name, value]) =>
    value === undefined ? [] : [`--data-urlencode ${shellWord(`${name}=${value}`)}`],
  );
  return [
    `curl -sS ${shellWord(`${issuer}/token`)}`,
    ...(app.authMethod === 'client_secret_basic' ? [`--user ${shellWord(`${app.id}:`)}"$CLIENT_SECRET"`] : []),
    ...(proof ? ['--header "DPoP: $DPOP_PROOF"'] : []),
    ...data,
    ...(ownVerifier ? ['--data-urlencode code_verifier="$CODE_VERIFIER"'] : []),
    ...(app.authMethod === 'client_secret_post' ? ['--data-urlencode client_secret="$CLIENT_SECRET"'] : []),
  ];
}

/** A word for a POSIX shell; quoted when it needs to be. */
function shellWord(text: string): string {
  return /^[\w./:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
