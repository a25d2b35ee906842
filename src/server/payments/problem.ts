/** Answers of the API: JSON, and where something is not as it should be, a problem (RFC 9457) that repeats nothing of a card. */
import type { Outgoing } from '../../protocols/http/exchange.ts';

/** What is said of a problem. `type` is our word for its kind, `detail` what was expected, what came, what to do. */
export interface Problem {
  readonly status: number;
  readonly type: string;
  readonly title: string;
  readonly detail: string;
  readonly [member: string]: unknown;
}

/** The answer. */
export function problem(said: Problem, headers: Readonly<Record<string, string>> = {}): Outgoing {
  const { type, ...rest } = said;
  return {
    status: said.status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify({ type: `urn:counterfoil:payments:${type}`, ...rest }),
  };
}

/** A request that cannot be read; `at` is the member that is concerned. */
export function unreadable(status: number, detail: string, at?: string): Outgoing {
  return problem({
    status,
    type: 'request-not-readable',
    title: 'The request cannot be read',
    detail,
    ...(at !== undefined && at !== '' && { at }),
  });
}
