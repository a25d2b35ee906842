/** The few answers that the listener itself gives: no route was asked, or it failed. */
import type { Outgoing } from '../protocols/http/exchange.ts';

const JSON_HEADERS = { 'content-type': 'application/json', 'cache-control': 'no-store' };

/** Who asks too much, or in the wrong moment, is asked for patience. */
export const BUSY: Outgoing = {
  status: 503,
  headers: { ...JSON_HEADERS, 'retry-after': '1' },
  body: JSON.stringify({ error: 'temporarily_unavailable' }),
};

/** A busy store asks for patience; everything else is a fault, of which the client learns nothing. */
export function fault(error: unknown): Outgoing {
  if (error instanceof Error && error.name === 'StoreBusyError') return BUSY;
  return { status: 500, headers: JSON_HEADERS, body: JSON.stringify({ error: 'server_error' }) };
}

/** A line of text that nobody may cache. */
export function plain(status: number, text: string): Outgoing {
  return {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
    body: `${text}\n`,
  };
}
