/** Where two addresses differ: scheme, host, port, path, query or fragment (RFC 3986 §3). No resolving, no fetching. */

import { show } from '../show.ts';

/** A part of an address. */
export type UriPart = 'scheme' | 'host' | 'port' | 'path' | 'query' | 'fragment';

type Parts = Readonly<Record<UriPart, string | undefined>>;

const PARTS: readonly UriPart[] = ['scheme', 'host', 'port', 'path', 'query', 'fragment'];
/** `file:///` has the most slashes that mean anything. */
const SLASHES_MAX = 3;
const SCHEME = /^([a-z][a-z0-9+.-]*):(\/.*)$/is;

/** What explains the difference of two addresses. */
export interface UriDifference {
  readonly parts: readonly UriPart[];
  readonly say: string;
}

/**
 * The parts in which two addresses differ, when `expected` is one and `presented` is too (or has lost its scheme).
 * Userinfo counts as part of the host. Undefined when either is no address with a `/` after its scheme.
 */
export function uriDifference(expected: string, presented: string): UriDifference | undefined {
  const [, scheme, afterScheme] = SCHEME.exec(expected) ?? [];
  if (scheme === undefined || afterScheme === undefined) return undefined;
  if (presented !== '' && [`${scheme}:${presented}`, `${scheme}://${presented}`].includes(expected)) {
    return { parts: ['scheme'], say: `the scheme ${scheme}: is missing` };
  }
  const [, otherScheme, otherRest] = SCHEME.exec(presented) ?? [];
  if (otherScheme === undefined || otherRest === undefined) return undefined;
  const [slashes, otherSlashes] = [slashesOf(afterScheme), slashesOf(otherRest)];
  const alike = afterScheme.slice(slashes) === otherRest.slice(otherSlashes);
  if (alike && slashes !== otherSlashes && Math.max(slashes, otherSlashes) <= SLASHES_MAX) {
    const leading = scheme === otherScheme ? '' : 'other scheme, and ';
    const why = slashes === 1 && otherSlashes === 2 ? ': two make the path a host name' : '';
    const say = `${leading}expected ${slashed(slashes)} after the scheme, got ${slashed(otherSlashes)}${why}`;
    return { parts: ['scheme'], say };
  }
  const e = split(scheme, afterScheme);
  const p = split(otherScheme, otherRest);
  const parts = PARTS.filter((part) => e[part] !== p[part]);
  if (parts.length === 0) return undefined;
  return { parts, say: parts.map((part) => sayPart(part, e[part], p[part])).join(', and ') };
}

function slashesOf(rest: string): number {
  return rest.length - rest.replace(/^\/+/, '').length;
}

function slashed(count: number): string {
  return count === 1 ? 'one slash' : `${count} slashes`;
}

function split(scheme: string, afterScheme: string): Parts {
  const [, authority, path, query, fragment] =
    /^(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(afterScheme) ?? [];
  const [, host, port] = /^(.*?)(?::(\d*))?$/s.exec(authority ?? '') ?? [];
  return { scheme, host: authority === undefined ? undefined : host, port, path, query, fragment };
}

function sayPart(part: UriPart, expected: string | undefined, presented: string | undefined): string {
  if (expected === undefined || (expected === '' && part !== 'query')) return `a ${part} where none is expected`;
  if (presented === undefined || presented === '') return `the ${part} is missing`;
  if (part === 'query' && sorted(expected) === sorted(presented))
    return 'the query has its parameters in another order';
  if (part === 'path' || part === 'query' || part === 'fragment') return `other ${part}`;
  return `expected ${part} ${show(expected)}, got ${show(presented)}`;
}

function sorted(query: string): string {
  return query.split('&').toSorted().join('&');
}
