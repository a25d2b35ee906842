/** The gate of the protected API in front of a route. RFC 6750, RFC 9449 §7. */
import type { OAuthDeps } from '../profiles/oauth/deps.ts';
import type { ReplayCache } from '../profiles/oauth/prove/replay-cache.ts';
import { type Admitted, admit } from '../profiles/oauth/resource.ts';
import type { Incoming, Outgoing, Route } from '../protocols/http/exchange.ts';

/** What such a route does once somebody was let in. */
export type Handle = (request: Incoming, admitted: Admitted) => Promise<Outgoing>;

/** Lets in whoever has a token for all of `needs`; the answer carries the nonce for the next proof. */
export function guarded(
  oauth: OAuthDeps,
  seen: ReplayCache,
  needs: readonly string[],
  handle: Handle,
): Route['handle'] {
  return async (request) => {
    const admission = await admit(oauth, seen, request, needs);
    if (!admission.ok) return admission.answer;
    const answer = await handle(request, admission);
    return { ...answer, headers: { ...answer.headers, ...admission.headers } };
  };
}
