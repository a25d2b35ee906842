/** The three ways an expected value meets a presented one. Total: values of different shapes never match. */
import type { Binding, Match, Value } from './model.ts';

/**
 * Does `presented` satisfy `expected`?
 *
 * - `exact`: the same value, byte for byte; lists in the same order.
 * - `within`: the presented number lies inside the expected range, both ends included; or the amount lies between
 *   nothing and the expected one in the same currency; or the version starts with the expected one (5.10.2 is within
 *   5.10, and 5.1 is not).
 * - `covers`: every presented member is one of the expected list.
 *
 * A value that holds NaN or an infinity satisfies nothing and is satisfied by nothing, itself included: such numbers
 * come from broken arithmetic, and no decision was ever bound to one on purpose.
 *
 * Not constant-time: secrets are compared by the profile's `prove`, before.
 */
export function matches(match: Match, expected: Value, presented: Value | undefined): boolean {
  if (presented === undefined || !finite(expected) || !finite(presented)) return false;
  switch (match) {
    case 'exact':
      return same(expected, presented);
    case 'within':
      return within(expected, presented);
    case 'covers':
      return covers(expected, presented);
  }
}

/** The binding of a fact, if the code has one. */
export function bindingOf(bindings: readonly Binding[], fact: string): Binding | undefined {
  return bindings.find((b) => b.fact === fact);
}

function finite(value: Value): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || isList(value)) return true;
  if ('from' in value) return Number.isFinite(value.from) && Number.isFinite(value.to);
  if ('minor' in value) return Number.isFinite(value.minor);
  return value.version.every((part) => Number.isFinite(part));
}

function same(a: Value, b: Value): boolean {
  if (typeof a !== 'object' || typeof b !== 'object') return a === b;
  if (isList(a) || isList(b)) return isList(a) && isList(b) && sameList(a, b);
  if ('from' in a) return 'from' in b && a.from === b.from && a.to === b.to;
  if ('minor' in a) return 'minor' in b && a.minor === b.minor && a.currency === b.currency;
  return 'version' in b && sameList(a.version, b.version);
}

function within(expected: Value, presented: Value): boolean {
  if (typeof expected !== 'object' || isList(expected)) return false;
  if ('from' in expected)
    return typeof presented === 'number' && presented >= expected.from && presented <= expected.to;
  if (typeof presented !== 'object' || isList(presented)) return false;
  if ('minor' in expected) {
    if (!('minor' in presented) || presented.currency !== expected.currency) return false;
    return presented.minor >= 0 && presented.minor <= expected.minor;
  }
  if (!('version' in presented) || expected.version.length === 0) return false;
  return expected.version.every((part, i) => presented.version[i] === part);
}

function covers(expected: Value, presented: Value): boolean {
  const allowed = asList(expected);
  const asked = asList(presented);
  if (allowed === undefined || asked === undefined) return false;
  const members = new Set(allowed);
  return asked.every((item) => members.has(item));
}

function asList(value: Value): readonly string[] | undefined {
  if (typeof value === 'string') return [value];
  return isList(value) ? value : undefined;
}

/** Is the value a list? `Array.isArray` alone does not narrow a readonly one. */
export function isList(value: Value): value is readonly string[] {
  return Array.isArray(value);
}

function sameList<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}
