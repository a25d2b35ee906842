/** Who is behind a reverse proxy on this machine. Only the address matters: what is counted per source counts it. */
import { isIP } from 'node:net';

/** Longest `X-Forwarded-For` field that is looked into. */
const HEADER_MAX = 2_048;

/**
 * The address that a request came from. A proxy appends the address of its own peer, so only the last one is its word;
 * all before it came from outside and may be made up. Believed only of a proxy on this machine; whether there is one to
 * be trusted, the caller knows (`--trust-proxy`).
 *
 * @param header the `X-Forwarded-For` field, several of them joined by commas
 * @param peer the socket's remote address
 */
export function clientAddress(header: string | undefined, peer: string | undefined): string {
  const own = peer ?? 'unknown';
  if (header === undefined || header.length > HEADER_MAX || !isLoopback(own)) return own;
  const last = header.slice(header.lastIndexOf(',') + 1).trim();
  // Some proxies add the port: 192.0.2.1:4711, [2001:db8::1]:4711.
  const bare = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(last)?.[1] ?? /^([\d.]+):\d{1,5}$/.exec(last)?.[1] ?? last;
  return isIP(bare) === 0 ? own : bare;
}

function isLoopback(address: string): boolean {
  return /^(?:::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/i.test(address) || address === '::1';
}
