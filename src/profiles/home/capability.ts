/** Decides requests by capabilities, and capabilities by capabilities. Pure, total, and quick: no look at any record. */
import { admits, coversBound } from './bounds.ts';
import { coversHours, type LocalTime, within } from './hours.ts';
import { type Capability, type HomeScope, readScope } from './scope.ts';
import { characteristicType, serviceType } from './types.ts';

/** What somebody wants of one characteristic. Types by plain name, or by short or full UUID. */
export interface AccessRequest {
  readonly accessory: string;
  readonly service: string;
  readonly characteristic: string;
  readonly op: 'read' | 'write' | 'subscribe';
  /** What is to be written. */
  readonly value?: number | boolean | string;
  /** A write that was announced by a prepare (HAP §6.7.2.4). */
  readonly timed?: boolean;
}

/** What can be wrong with a capability for a request, in the order in which it is looked at. */
export const ASPECTS = ['accessory', 'service', 'characteristic', 'operation', 'timed', 'value', 'hours'] as const;

/** One of them. */
export type Aspect = (typeof ASPECTS)[number];

/** A capability that does not permit a request, and all that it fails on. */
export interface Miss {
  readonly capability: Capability;
  readonly failed: readonly Aspect[];
}

/** The decision. A refusal names the capabilities that came nearest; none when there is none at all. */
export type Permission =
  | { readonly ok: true; readonly by: Capability }
  | { readonly ok: false; readonly nearest: readonly Miss[] };

/** The readable scopes of this profile among those of a token. What cannot be read grants nothing. */
export function homeScopes(scopes: readonly string[]): readonly HomeScope[] {
  return scopes.flatMap((text) => {
    const read = readScope(text);
    return read?.ok ? [read.scope] : [];
  });
}

/** The capabilities among scopes. */
export function capabilitiesOf(scopes: readonly HomeScope[]): readonly Capability[] {
  return scopes.filter((scope) => scope.kind === 'capability');
}

/**
 * May this be done at this moment of the hub's wall clock? One capability must allow all of it. Of those that do not, the
 * nearest is the one that fails latest in the order of `ASPECTS`, and of these the one that fails on the fewest.
 */
export function permits(capabilities: readonly Capability[], request: AccessRequest, at: LocalTime): Permission {
  const service = serviceType(request.service);
  const characteristic = characteristicType(request.characteristic);
  let nearest: { capability: Capability; failing: number }[] = [];
  let best = -1;
  for (const capability of capabilities) {
    const failing = failingOf(capability, request, service, characteristic, at);
    if (failing === 0) return { ok: true, by: capability };
    const rank = nearnessOf(failing);
    if (rank < best) continue;
    if (rank > best) nearest = [];
    best = rank;
    nearest.push({ capability, failing });
  }
  const misses = nearest.map(({ capability, failing }) => ({
    capability,
    failed: ASPECTS.filter((_, bit) => failing & (1 << bit)),
  }));
  return { ok: false, nearest: misses };
}

/** The aspects that fail, as bits in the order of `ASPECTS`. */
function failingOf(
  capability: Capability,
  request: AccessRequest,
  service: string | undefined,
  characteristic: string | undefined,
  at: LocalTime,
): number {
  const { ops, bound, hours } = capability;
  const writes = request.op === 'write';
  const timedOnly = ops.includes('t');
  const allowed = writes ? timedOnly || ops.includes('w') : ops.includes(request.op === 'read' ? 'r' : 's');
  let failing = 0;
  if (capability.accessory !== '*' && capability.accessory !== request.accessory) failing |= 1;
  if (capability.service !== undefined && capability.service !== service) failing |= 2;
  if (capability.characteristic !== undefined && capability.characteristic !== characteristic) failing |= 4;
  if (!allowed) failing |= 8;
  if (writes && timedOnly && request.timed !== true) failing |= 16;
  if (writes && bound !== undefined && !admits(bound, request.value)) failing |= 32;
  if (hours !== undefined && !within(hours, at)) failing |= 64;
  return failing;
}

/** The later the first failure the nearer, whatever else fails; then the fewer the nearer. */
function nearnessOf(failing: number): number {
  const first = 31 - Math.clz32(failing & -failing);
  let count = 0;
  for (let rest = failing; rest; rest &= rest - 1) count++;
  return first * ASPECTS.length + (ASPECTS.length - count);
}

/**
 * Is everything that `asked` allows allowed by `granted` already? For each operation one granted capability must cover
 * target, bound and hours by itself: ranges or hours of several are not joined, so a yes is sound and a rare no is strict.
 * A direct pairing is covered by the same direct pairing only, and covers nothing through the hub.
 */
export function covers(granted: readonly HomeScope[], asked: HomeScope): boolean {
  if (asked.kind === 'direct') return granted.some((g) => g.kind === 'direct' && g.accessory === asked.accessory);
  const capabilities = capabilitiesOf(granted);
  return [...asked.ops].every((op) => capabilities.some((capability) => coversOperation(capability, asked, op)));
}

function coversOperation(granted: Capability, asked: Capability, op: string): boolean {
  const writes = op === 'w' || op === 't';
  return (
    (granted.ops.includes(op) || (op === 't' && granted.ops.includes('w'))) &&
    (granted.accessory === '*' || granted.accessory === asked.accessory) &&
    (granted.service === undefined || granted.service === asked.service) &&
    (granted.characteristic === undefined || granted.characteristic === asked.characteristic) &&
    (!writes || coversBound(granted.bound, asked.bound)) &&
    coversHours(granted.hours, asked.hours)
  );
}

/**
 * The scopes asked for that no granted one covers, as they were asked for; empty when all are. Scopes of others are
 * compared to the letter. A scope of this profile that cannot be read is covered by nothing.
 */
export function uncovered(granted: readonly string[], asked: readonly string[]): readonly string[] {
  const known = homeScopes(granted);
  return asked.filter((text) => {
    const read = readScope(text);
    if (read === undefined) return !granted.includes(text);
    return !read.ok || !covers(known, read.scope);
  });
}
