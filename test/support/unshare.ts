/**
 * Network namespaces of Linux by `unshare`: only loopback, with multicast, and nobody else on it. One of processes as well, so
 * that nothing outlives it. Imports no test framework: benchmarks use it too.
 */
import { spawnSync } from 'node:child_process';

const SET_UP = 'ip link set lo up && ip link set lo multicast on && ip route add 224.0.0.0/4 dev lo && exec "$@"';

/** What comes before a command so that `unshare` runs it in a new namespace. */
export const UNSHARE: readonly string[] = [
  ...['--user', '--map-root-user', '--net', '--pid', '--fork', '--kill-child'],
  ...['sh', '-c', SET_UP, 'sh'],
];

/** Why there is no namespace to be had here, or nothing when there is. */
export function whyNoNamespace(): string | undefined {
  if (process.platform !== 'linux') return `network namespaces are Linux's, this is ${process.platform}`;
  const tried = spawnSync('unshare', [...UNSHARE, 'true'], { encoding: 'utf8' });
  if (tried.error) return `no unshare: ${tried.error.message}`;
  return tried.status === 0 ? undefined : tried.stderr.trim() || `unshare ended with ${tried.status}`;
}
