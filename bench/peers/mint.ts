/** Codes of the real hub, minted straight into its store: what a browser would be given, without the browser. */
import type { OAuthDeps } from '../../src/profiles/oauth/deps.ts';
import { mintAuthorization } from '../../src/profiles/oauth/mint.ts';
import { ACCOUNT, CHALLENGE, CLIENT_ID, REDIRECT_URI, SCOPE } from './setting.ts';

/** Codes that are written at once; more are asked for in turns. */
export const MINT_BATCH = 500;

const DECISION = {
  by: ACCOUNT,
  clientId: CLIENT_ID,
  scopes: [SCOPE],
  redirectUri: REDIRECT_URI,
  challenge: CHALLENGE,
};

/** Writes `count` grants with a code each, and answers the codes. */
export async function mintBatch(deps: OAuthDeps, count: number): Promise<readonly string[]> {
  const { store } = deps;
  const { now, generation } = await store.load({});
  const batch = Array.from({ length: count }, () => mintAuthorization(deps, now, generation, DECISION));
  await Promise.all(batch.map(({ grant, kept }) => store.mint({ grant, codes: [kept] })));
  return batch.map(({ code }) => code);
}
