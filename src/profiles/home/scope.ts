/**
 * Capabilities as OAuth scope tokens (RFC 6749 §3.3), read and printed here. The grammar, and why, is in
 * docs/decisions/0023-home-capabilities.md:
 *
 *     home:<accessory>[/<service>[/<characteristic>]]:<ops>[[<bound>]][@<hours>]
 *     home:<accessory>:direct
 */
import { type Bound, printBound, readBound } from './bounds.ts';
import { type Hours, printHours, readHours } from './hours.ts';
import { CHARACTERISTIC_TYPES, characteristicName, characteristicType, serviceName, serviceType } from './types.ts';

/** What may be done through the hub. Absent parts do not limit; types are spelled as `types.ts` spells them. */
export interface Capability {
  readonly kind: 'capability';
  /** The hub's id of one accessory, or `*` for every one. */
  readonly accessory: string;
  readonly service?: string;
  readonly characteristic?: string;
  /** Of `r` read, `w` write, `s` subscribe, `t` timed write only; in this order, each once. */
  readonly ops: string;
  readonly bound?: Bound;
  readonly hours?: Hours;
}

/** A pairing of the app's own on the accessory: all of it, until it is removed (HAP §5.15, table 5-6). */
export interface Direct {
  readonly kind: 'direct';
  readonly accessory: string;
}

/** A scope token of this profile. */
export type HomeScope = Capability | Direct;

/** A token that could not be read: what was expected, what came, what to do. */
export interface ScopeFault {
  readonly expected: string;
  readonly came: string;
  readonly fix: string;
}

/** The answer of `readScope`. */
export type ReadScope = { readonly ok: true; readonly scope: HomeScope } | ({ readonly ok: false } & ScopeFault);

/** Longest token read. */
export const SCOPE_MAX = 200;

/** Older names, and what they have always meant. */
export const ALIASES: ReadonlyMap<string, string> = new Map([
  ['lamp:read', 'home:lamp/lightbulb:rs'],
  ['lamp:write', 'home:lamp/lightbulb/on:w'],
]);

const PREFIX = 'home:';
const ACCESSORY = /^(?:\*|[A-Za-z0-9][A-Za-z0-9._-]{0,39})$/;
const OPS = /^r?w?s?t?$/;
const PARTS = /^([^:]*):([a-z]*)(?:\[([^[\]]*)\])?(?:@(.*))?$/;

/** Does this scope belong to this profile, readable or not? */
export function isHomeScope(text: string): boolean {
  return text.startsWith(PREFIX) || ALIASES.has(text);
}

/** Reads a scope token; undefined for one that belongs to somebody else. Total, bounded by `SCOPE_MAX`. */
export function readScope(text: string): ReadScope | undefined {
  if (!isHomeScope(text)) return undefined;
  const token = ALIASES.get(text) ?? text;
  if (token.length > SCOPE_MAX)
    return fault(`at most ${SCOPE_MAX} characters`, `${token.length}`, 'name fewer things in one scope');
  const [matched, path = '', ops = '', bound, hours] = PARTS.exec(token.slice(PREFIX.length)) ?? [];
  if (matched === undefined)
    return fault('home:<accessory>:<ops>', token, 'write it like home:lamp/lightbulb/on:rw or home:lamp:direct');
  if (ops !== 'direct') return readCapability(path, ops, bound, hours);
  if (bound !== undefined || hours !== undefined)
    return fault('direct alone', token, 'a pairing has no bounds and no hours: leave them out, or go through the hub');
  if (!ACCESSORY.test(path) || path === '*')
    return fault('direct for one whole accessory', path, 'name the accessory alone, like home:lamp:direct');
  return { ok: true, scope: { kind: 'direct', accessory: path } };
}

function readCapability(path: string, ops: string, boundText?: string, hoursText?: string): ReadScope {
  const target = readTarget(path);
  if ('expected' in target) return target;
  if (ops === '' || !OPS.test(ops))
    return fault('operations of r, w, s, t in this order', ops, 'say what is allowed, like rw');
  if (ops.includes('w') && ops.includes('t'))
    return fault('w or t', ops, 'w includes timed writes; leave t out, or w for timed writes only');
  const bound = boundText === undefined ? undefined : readBound(boundText);
  if (bound && 'expected' in bound) return fault(bound.expected, boundText ?? '', 'write it like [10..60] or [on]');
  if (bound) {
    const misfit = boundFault(bound, target.characteristic, ops);
    if (misfit) return misfit;
  }
  const hours = hoursText === undefined ? undefined : readHours(hoursText);
  if (hours && 'expected' in hours) return fault(hours.expected, hours.came, 'write them like @mon-fri,07:00-22:00');
  return {
    ok: true,
    scope: {
      kind: 'capability',
      ...target,
      ops,
      ...(bound && { bound }),
      ...(hours?.hours && { hours: hours.hours }),
    },
  };
}

function readTarget(path: string): Pick<Capability, 'accessory' | 'service' | 'characteristic'> | Fault {
  const [accessory = '', serviceText, characteristicText, ...more] = path.split('/', 4);
  if (!ACCESSORY.test(accessory) || more.length > 0)
    return fault('<accessory>, then at most a service and a characteristic', path, 'write it like lamp/lightbulb/on');
  const service = serviceText === undefined || serviceText === '*' ? undefined : serviceType(serviceText);
  if (serviceText !== undefined && serviceText !== '*' && service === undefined)
    return fault('the name or UUID of a HAP service', serviceText, 'write it like lightbulb or 43');
  if (serviceText === '*' && characteristicText === undefined)
    return fault('a characteristic after *', path, 'leave /* out: the accessory alone means all of it');
  const characteristic = characteristicText === undefined ? undefined : characteristicType(characteristicText);
  if (characteristicText !== undefined && characteristic === undefined)
    return fault('the name or UUID of a HAP characteristic', characteristicText, 'write it like brightness or 8');
  return {
    accessory,
    ...(service !== undefined && { service }),
    ...(characteristic !== undefined && { characteristic }),
  };
}

function boundFault(bound: Bound, characteristic: string | undefined, ops: string): Fault | undefined {
  const came = printBound(bound);
  if (characteristic === undefined)
    return fault('a bound on one characteristic', came, 'name it, like lamp/lightbulb/brightness');
  if (!/[wt]/.test(ops)) return fault('a bound on writing', came, 'add w or t, or leave the bound out');
  const kind = CHARACTERISTIC_TYPES.get(characteristic)?.kind;
  const name = characteristicName(characteristic);
  if (kind === 'other') return fault('no bound', came, `values of ${name} are no numbers: leave the bound out`);
  if (kind === 'switch' && !('on' in bound)) return fault('on or off', came, `${name} is a switch`);
  if (kind === 'number' && 'on' in bound) return fault('a number or a range', came, `${name} is a number`);
  return undefined;
}

/** The one spelling of a scope: names where there are names. `readScope` of it is the same scope. */
export function printScope(scope: HomeScope): string {
  if (scope.kind === 'direct') return `${PREFIX}${scope.accessory}:direct`;
  const { accessory, service, characteristic, ops, bound, hours } = scope;
  const path = [
    accessory,
    ...(service !== undefined ? [serviceName(service)] : characteristic !== undefined ? ['*'] : []),
    ...(characteristic !== undefined ? [characteristicName(characteristic)] : []),
  ].join('/');
  return `${PREFIX}${path}:${ops}${bound ? `[${printBound(bound)}]` : ''}${hours ? `@${printHours(hours)}` : ''}`;
}

type Fault = Extract<ReadScope, { ok: false }>;

function fault(expected: string, came: string, fix: string): Fault {
  return { ok: false, expected, came: came.slice(0, SCOPE_MAX), fix };
}
