/** What the client hears at the protected API: the standard's error and nothing else, the same for each of its causes. */
import type { Judgement } from '../../core/verdict.ts';
import { json, type Outgoing } from '../../protocols/http/exchange.ts';

/** RFC 6750 §3.1, RFC 9110 §15.5.1, §15.5.5 and §15.6.4. */
const STATUS: Readonly<Record<string, number>> = {
  insufficient_scope: 403,
  invalid_request: 400,
  not_found: 404,
  temporarily_unavailable: 503,
};

/** Seconds after which an accessory may be back. */
const RETRY_AFTER_SECONDS = '5';

/** The refusal of one request; `uri` is where the person in charge reads the verdict. */
export function accessRefusal({ decisive }: Pick<Judgement, 'decisive'>, uri: string): Outgoing {
  const error = decisive?.refusal ?? 'insufficient_scope';
  const status = STATUS[error] ?? 403;
  const headers: Record<string, string> =
    status === 403
      ? { 'www-authenticate': `Bearer error="${error}", error_uri="${uri}"` }
      : status === 503
        ? { 'retry-after': RETRY_AFTER_SECONDS }
        : {};
  return json(status, { error, error_uri: uri }, headers);
}
