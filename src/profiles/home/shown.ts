/** What rules on access show: a request in the words of a scope, and the capabilities that came nearest. */
import type { AccessRequest, Aspect, Miss, Permission } from './capability.ts';
import { type AccessCase, permissionOf } from './case.ts';
import { printScope } from './scope.ts';
import { characteristicName, characteristicType, serviceName, serviceType } from './types.ts';

/** Nearest capabilities that are shown. */
const SHOWN_MAX = 3;
/** Longest foreign part that is shown. */
const PART_MAX = 64;

/** `lamp/lightbulb/on` */
export function requestPath({ accessory, service, characteristic }: AccessRequest): string {
  const known = serviceType(service);
  const type = characteristicType(characteristic);
  return [
    accessory,
    known === undefined ? service : serviceName(known),
    type === undefined ? characteristic : characteristicName(type),
  ]
    .map((part) => part.slice(0, PART_MAX))
    .join('/');
}

/** The nearest capabilities, as scopes. */
export function nearestScopes(permission: Permission): readonly string[] {
  if (permission.ok) return [printScope(permission.by)];
  return permission.nearest.slice(0, SHOWN_MAX).map(({ capability }) => printScope(capability));
}

/** What rules behind the target skip with. */
export const OUT_OF_REACH = 'no capability reaches this characteristic';

/** The nearest capability if it reaches the request's target; `undefined` when it does not, `true` when all is permitted. */
export function reaching(c: AccessCase): Miss | true | undefined {
  const permission = permissionOf(c);
  if (permission.ok) return true;
  const [nearest] = permission.nearest;
  const first = nearest?.failed[0];
  return first === undefined || TARGET.has(first) ? undefined : nearest;
}

const TARGET: ReadonlySet<Aspect> = new Set(['accessory', 'service', 'characteristic']);
