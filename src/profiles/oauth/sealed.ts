/** Sealed redemption at `POST /token`: a box is opened before anything is judged, and the answer goes into one too. */
import { type Incoming, json, type Outgoing } from '../../protocols/http/exchange.ts';
import { unseal } from '../../protocols/sealed/hub.ts';
import { signSealingKey } from '../../protocols/sealed/key.ts';
import type { OAuthDeps, SealingKeys } from './deps.ts';
import { exchange } from './token.ts';

/** Exchanges what is in the box. One that cannot be opened is refused in the open, for every cause alike. */
export async function exchangeSealed(deps: OAuthDeps, sealing: SealingKeys, request: Incoming): Promise<Outgoing> {
  const { now } = await deps.store.load({});
  const { issuer, aliases } = deps.config;
  const opened = await unseal(request, { issuer, aliases, now, keys: sealing.keysAt(now) });
  if (opened.ok) {
    const { keyId, once } = opened;
    const { answer } = await exchange(deps, opened.request, { facts: { keyId }, once });
    return opened.seal(answer);
  }
  const { ok: _, ...box } = opened;
  // Nothing that could not be opened is judged any further, not even by its length.
  const { tooLarge: __, ...rest } = request;
  return (await exchange(deps, { ...rest, body: '' }, { facts: box })).answer;
}

/** Where the statement of the sealing key is. */
export const SEALING_PATH: string = '/.well-known/counterfoil-sealing';

/**
 * `GET /.well-known/counterfoil-sealing`: the key in force, signed by the hub's LTPK. The LTPK itself is not told here:
 * it is learned in pairing, or somebody in between could tell another.
 */
export async function sealingStatement({ store, config }: OAuthDeps, sealing: SealingKeys): Promise<Outgoing> {
  const { now } = await store.load({});
  const statement = await signSealingKey(config.issuer, sealing.keysAt(now)[0], sealing.ltsk);
  return json(200, { issuer: config.issuer, statement });
}
