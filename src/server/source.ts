/** Where a request comes from, as everything that counts per source counts it: limits, attempts and verdict rows. */
import { isIPv6 } from 'node:net';

/**
 * The network an address stands for: an IPv4 address itself (also when mapped into IPv6), and the /64 of an IPv6 one,
 * since one household or machine has all of it. The sixteen million loopback addresses of this machine are one.
 * Anything else (a socket name) stands for itself. What it answers it leaves as it is.
 */
export function sourceOf(address: string): string {
  if (address === '127.0.0.1') return address;
  const v4 = V4.exec(address)?.[1];
  if (v4 !== undefined) return v4.startsWith('127.') ? '127.0.0.1' : v4;
  const bare = address.split('%')[0] ?? '';
  if (!isIPv6(bare)) return address;
  const [head = '', tail] = bare.split('::');
  const left = head === '' ? [] : head.split(':');
  // A dotted tail (`::1.2.3.4`) is two groups; only how many there are matters to the first four.
  const right = (tail ?? '').split(':').flatMap((g) => (g === '' ? [] : g.includes('.') ? ['', ''] : [g]));
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  const groups = [...left, ...Array<string>(Math.max(zeros, 0)).fill('0'), ...right];
  const prefix = groups.slice(0, 4).map((g) => Number.parseInt(g || '0', 16).toString(16));
  return `${prefix.join(':')}::/64`;
}

const V4 = /^(?:::ffff:)?(\d{1,3}(?:\.\d{1,3}){3})$/i;
