/** What a person is asked, and told: capabilities, pairings and changes of ownership in plain English. */
import type { Bound } from './bounds.ts';
import type { Act } from './case.ts';
import { clock, DAY_MINUTES, dayRuns, EVERY_DAY, type Hours } from './hours.ts';
import { type Capability, type HomeScope, printScope, readScope } from './scope.ts';
import { CHARACTERISTIC_TYPES, characteristicType, SERVICE_TYPES } from './types.ts';

/** What a person calls the things of a house. */
export interface Names {
  /** An accessory, or one service of it (by its type): `the lamp`, `the light of the fan`. */
  of(accessory: string, service?: string): string;
  /** Type of the one service that is meant by an accessory, where it has only one. */
  only?(accessory: string): string | undefined;
  /** How many accessories stand behind a bridge, which a pairing with the bridge opens too. */
  behind?(accessory: string): number;
}

/** An accessory as far as its name goes; types of its services where they are known. */
export interface Named {
  readonly id: string;
  readonly name: string;
  readonly services?: readonly string[];
  readonly behind?: number;
}

/** Services that every accessory may have and nobody means. */
const IN_THE_BACKGROUND: ReadonlySet<string> = new Set(['3E', 'A2', '55', 'CC']);

/** Names from what the hub knows. Ids that are not known stand as they are. */
export function namesOf(accessories: readonly Named[]): Names {
  const known = new Map(accessories.map((accessory) => [accessory.id, accessory]));
  const nameOf = (id: string): string => {
    const found = known.get(id);
    return id === '*' ? 'every accessory' : `the ${found ? lowered(found.name) : `accessory ${id}`}`;
  };
  return {
    of: (id, service) => (service === undefined ? nameOf(id) : `the ${serviceNoun(service)} of ${nameOf(id)}`),
    only(id) {
      const services = known.get(id)?.services?.filter((type) => !IN_THE_BACKGROUND.has(type)) ?? [];
      return services.length === 1 ? services[0] : undefined;
    },
    behind: (id) => known.get(id)?.behind ?? 0,
  };
}

/**
 * What a capability is about. A service is named wherever an accessory has several, or all of it is meant: a fan with a
 * light is not "the fan" when the light is meant.
 */
function targetOf({ accessory, service, characteristic }: Capability, names: Names): string {
  if (characteristic === undefined) return names.of(accessory, service);
  const only = names.only?.(accessory);
  if (only !== undefined && (service === undefined || service === only)) return names.of(accessory);
  return service === undefined ? `each part of ${names.of(accessory)}` : names.of(accessory, service);
}

function serviceNoun(type: string): string {
  return SERVICE_TYPES.get(type)?.replaceAll('-', ' ') ?? `service ${type}`;
}

/** `Lamp` → `lamp`; `TV` and `Hue Bridge` stay. */
function lowered(name: string): string {
  return /^\p{Lu}\P{Lu}*$/u.test(name) ? name.charAt(0).toLowerCase() + name.slice(1) : name;
}

/** One sentence for one scope; undefined for a scope that is not of this profile, or cannot be read. */
export function consentSentence(scope: string, names: Names): string | undefined {
  const read = readScope(scope);
  return read?.ok ? sentenceOf(read.scope, names) : undefined;
}

/** The sentence of a scope, without a capital letter and a period. */
export function sentenceOf(scope: HomeScope, names: Names): string {
  if (scope.kind === 'direct') {
    const behind = names.behind?.(scope.accessory) ?? 0;
    const more = behind === 0 ? '' : ` and of the ${behind} accessories behind it`;
    const they = behind === 0 ? 'it' : 'they';
    return `become a controller of ${names.of(scope.accessory)} itself${more}: everything ${they} can do, until removed`;
  }
  const { ops, hours } = scope;
  const does = [
    ...(ops.includes('r') || ops.includes('s') ? [seen(scope, names)] : []),
    ...(ops.includes('w') || ops.includes('t') ? [set(scope, names)] : []),
  ];
  const when = hours ? hoursSentence(hours) : undefined;
  if (when === undefined) return does.join(', and ');
  return does.length > 1 ? `${does.join(', and ')}; all of it ${when}` : `${does.join('')}, ${when}`;
}

const ON = characteristicType('on');

function seen(capability: Capability, names: Names): string {
  const { characteristic, ops } = capability;
  const it = targetOf(capability, names);
  if (!ops.includes('r')) {
    if (characteristic === ON) return `be told each time ${it} goes on or off`;
    if (characteristic !== undefined) return `be told each time ${valueIn(characteristic, it)} changes`;
    return `be told of every change of ${it}`;
  }
  const what =
    characteristic === undefined
      ? `everything that ${it} reports`
      : characteristic === ON
        ? `whether ${it} is on`
        : valueIn(characteristic, it);
  return `see ${what}${ops.includes('s') ? ', now and as it changes' : ''}`;
}

function set(capability: Capability, names: Names): string {
  const { characteristic, ops, bound } = capability;
  const it = targetOf(capability, names);
  const timed = ops.includes('t') ? ', by timed writes only' : '';
  if (characteristic === undefined) return `control everything that ${it} can do${timed}`;
  if (characteristic === ON) {
    const way = bound && 'on' in bound ? (bound.on ? 'on' : 'off') : 'on and off';
    return `switch ${it} ${way}${timed}`;
  }
  const unit = CHARACTERISTIC_TYPES.get(characteristic)?.unit;
  return `set ${valueIn(characteristic, it)}${bound ? boundSentence(bound, unit) : ''}${timed}`;
}

/** `the brightness of the lamp` */
function valueIn(characteristic: string, it: string): string {
  const noun = CHARACTERISTIC_TYPES.get(characteristic)?.noun ?? `characteristic ${characteristic}`;
  return `the ${noun} of ${it}`;
}

function boundSentence(bound: Bound, unit: string | undefined): string {
  const behind = unit === undefined ? '' : ` ${unit}`;
  if ('on' in bound) return ` to ${bound.on ? 'on' : 'off'}`;
  return bound.from === bound.to ? ` to ${bound.from}${behind}` : ` between ${bound.from} and ${bound.to}${behind}`;
}

const DAY_NAMES = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** `Monday to Friday, 07:00 to 22:00` */
export function hoursSentence({ days, from, to }: Hours): string {
  const named =
    days === EVERY_DAY
      ? []
      : [
          dayRuns(days, DAY_NAMES)
            .map((run) => run.join(' to '))
            .join(', '),
        ];
  const whole = from === 0 && to === DAY_MINUTES;
  const next = to <= from ? ' of the next day' : '';
  return [...named, ...(whole ? [] : [`${clock(from)} to ${clock(to)}${next}`])].join(', ');
}

/** What a person agrees to when they mint an ownership code. */
export function actSentence(act: Act, accessory: string, names: Names): string {
  const it = names.of(accessory);
  switch (act) {
    case 'additional':
      return `make somebody else an owner of ${it} beside you: they may add and remove controllers`;
    case 'transfer':
      return `hand ${it} over: once the new owner has shown that it works, every other controller is removed, yours too`;
    case 'reset':
      return `wipe ${it}: every controller is removed, rooms and automations forget it, and anybody near may pair it anew`;
  }
}

/** The scopes of a consent page, each with its sentence; scopes of others are left to others. */
export function consentSentences(
  scopes: readonly string[],
  names: Names,
): readonly { readonly scope: string; readonly means: string }[] {
  return scopes.flatMap((text) => {
    const read = readScope(text);
    return read?.ok ? [{ scope: printScope(read.scope), means: sentenceOf(read.scope, names) }] : [];
  });
}
