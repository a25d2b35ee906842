/** Reads what the gate says. Whatever stands between may have said it, so nothing is taken that is not of the gate's form. */
import type { ClosedRule, HoldEnded, NextAllowed, Recorded, Refused, Reserved } from './payments-types.ts';

/** An answer, parsed. */
export type Json = Readonly<Record<string, unknown>>;

/** A time of an answer; null is `never`. */
function nextOf(at: unknown): NextAllowed | undefined {
  return at === null ? 'never' : timeOf(at);
}

function timeOf(at: unknown): Date | undefined {
  return typeof at === 'string' && !Number.isNaN(Date.parse(at)) ? new Date(at) : undefined;
}

/** Why not; undefined where that is not what came. */
export function refusedOf(body: Json): Refused | undefined {
  const { admitted, closed, merchant, customer, instance, refused } = body;
  const nextAllowedAt = nextOf(body['next_allowed_at']);
  if (admitted !== false || nextAllowedAt === undefined) return undefined;
  if (!Array.isArray(closed) || !Array.isArray(merchant) || !Array.isArray(customer)) return undefined;
  const rules = closed.map(ruleOf);
  if (!rules.every((rule) => rule !== undefined)) return undefined;
  return {
    admitted,
    nextAllowedAt,
    closed: rules,
    merchant,
    customer,
    ...(typeof instance === 'string' && { verdict: instance }),
    ...(typeof refused === 'number' && { refused }),
  };
}

function ruleOf(said: Json | null): ClosedRule | undefined {
  const { until: at, never: _, ...rule } = said ?? {};
  const until = nextOf(at);
  return until && ({ ...rule, until } as unknown as ClosedRule);
}

/** Leave to send; undefined where that is not what came. */
export function reservedOf({ admitted, attempt, fence, lease_until: until, verdict }: Json): Reserved | undefined {
  const leaseUntil = timeOf(until);
  if (admitted !== true || leaseUntil === undefined || typeof attempt !== 'string') return undefined;
  if (typeof fence !== 'number' || typeof verdict !== 'string') return undefined;
  return { admitted, attempt, fence, leaseUntil, verdict };
}

/** What came of recording; undefined where that is not what came. */
export function recordedOf({ next_allowed_at: next, never: _, ...rest }: Json): Recorded | undefined {
  const nextAllowedAt = nextOf(next);
  if (typeof rest['recorded'] !== 'string' || nextAllowedAt === undefined) return undefined;
  return { ...(rest as unknown as Omit<Recorded, 'nextAllowedAt'>), nextAllowedAt };
}

/** A hold that has ended, as the stream tells it. */
export function endedOf(id: string, { ended_at: at, ...rest }: Json): HoldEnded {
  return { id, ...(rest as unknown as Omit<HoldEnded, 'id' | 'endedAt'>), endedAt: new Date(String(at)) };
}
