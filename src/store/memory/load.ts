/** Reading one attempt's case. */
import type { Code, Grant, Hold } from '../../core/model.ts';
import type { Ask, Loaded } from '../port.ts';
import type { Tables } from './tables.ts';

/** Reads one attempt's case. */
export function load(tables: Tables, ask: Ask, now: number): Loaded {
  const codes = new Map<string, Code>();
  const grants = new Map<string, Grant>();
  const readGrant = (id: string): void => {
    const grant = tables.grants.get(id);
    if (grant) grants.set(id, grant);
  };
  const readCode = (id: string): Code | undefined => {
    const code = tables.codes.get(id);
    if (!code) return undefined;
    codes.set(id, code);
    readGrant(code.grant);
    return code;
  };
  for (const id of ask.codes ?? []) {
    const next = readCode(id)?.next;
    if (next !== undefined) readCode(next);
  }
  for (const id of ask.grants ?? []) readGrant(id);
  const holds = new Map<string, Hold>();
  for (const key of ask.holds ?? []) {
    const hold = tables.holds.get(key);
    if (hold) holds.set(key, hold);
  }
  const once = new Set((ask.once ?? []).filter((key) => tables.once.has(key)));
  return { now, generation: tables.generation, records: tables.recordsRev, codes, grants, holds, once };
}
