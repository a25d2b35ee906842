/**
 * A second opinion on capabilities, written the slow way and apart from `src/profiles/home`: it knows a capability as it
 * was made up, not as it was read; hours are a minute hand that is moved, a value is found by sorting, types are looked
 * up in a list of spellings.
 */
import { type AccessRequest, capabilitiesOf, homeScopes, permits } from '../../src/profiles/home/capability.ts';

interface Spec {
  readonly accessory: string;
  readonly service: string | undefined;
  readonly characteristic: string | undefined;
  readonly ops: string;
  readonly bound: readonly [low: number, high: number] | 'on' | 'off' | undefined;
  readonly days: readonly string[];
  readonly span: readonly [from: string, to: string] | undefined;
}

interface Drawn {
  readonly scopes: readonly string[];
  readonly specs: readonly Spec[];
  readonly request: AccessRequest;
  readonly local: { readonly day: number; readonly minute: number };
}

const ACCESSORIES = ['lamp', 'door', 'bridge.2'];
const VENDOR_SERVICE = 'E863F007-079E-48FF-8F27-9C2605A29F52';
const VENDOR = 'E863F10F-079E-48FF-8F27-9C2605A29F52';
const SERVICES: readonly (readonly string[])[] = [
  ['lightbulb', '43', '00000043-0000-1000-8000-0026BB765291', '043'],
  ['switch', '49', '00000049-0000-1000-8000-0026bb765291'],
  [VENDOR_SERVICE, VENDOR_SERVICE.toLowerCase()],
];
const CHARACTERISTICS: readonly (readonly string[])[] = [
  ['on', '25', '00000025-0000-1000-8000-0026BB765291'],
  ['brightness', '8', '08', '00000008-0000-1000-8000-0026bb765291'],
  [VENDOR, VENDOR.toLowerCase()],
];
const WEEK = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

type Random = () => number;

/** mulberry32: small, seeded, good enough to shuffle with. */
function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
const chance = (random: Random, odds: number): boolean => random() < odds;
const time = (random: Random): string =>
  `${String(Math.floor(random() * 24)).padStart(2, '0')}:${pick(random, ['00', '15', '59'])}`;

function drawSpec(random: Random): Spec {
  const characteristic = chance(random, 0.6) ? pick(random, CHARACTERISTICS)[0] : undefined;
  const ops = pick(random, ['r', 'w', 's', 't', 'rw', 'rs', 'rws', 'rt', 'rst', 'ws']);
  const low = Math.floor(random() * 60);
  const range = [low, low + Math.floor(random() * 40)] as const;
  const byKind = characteristic === 'on' ? pick(random, ['on', 'off'] as const) : range;
  const from = time(random);
  const to = time(random);
  return {
    accessory: chance(random, 0.3) ? '*' : pick(random, ACCESSORIES),
    service: chance(random, 0.5) ? pick(random, SERVICES)[0] : undefined,
    characteristic,
    ops,
    bound: characteristic !== undefined && /[wt]/.test(ops) && chance(random, 0.6) ? byKind : undefined,
    days: chance(random, 0.3) ? WEEK.filter(() => chance(random, 0.5)) : [],
    span: chance(random, 0.4) && from !== to ? [from, to] : undefined,
  };
}

function spell(random: Random, { accessory, service, characteristic, ops, bound, days, span }: Spec): string {
  const any = (all: readonly (readonly string[])[], name: string): string =>
    pick(random, all.find((names) => names[0] === name) ?? [name]);
  const path = [
    accessory,
    ...(service !== undefined ? [any(SERVICES, service)] : characteristic !== undefined ? ['*'] : []),
    ...(characteristic !== undefined ? [any(CHARACTERISTICS, characteristic)] : []),
  ];
  const range = bound === undefined ? '' : typeof bound === 'string' ? `[${bound}]` : `[${bound.join('..')}]`;
  const when = [...days, ...(span ? [span.join('-')] : [])].join(',');
  return `home:${path.join('/')}:${ops}${range}${when === '' ? '' : `@${when}`}`;
}

function drawRequest(random: Random): Omit<Drawn, 'scopes' | 'specs'> {
  const op = pick(random, ['read', 'write', 'write', 'subscribe'] as const);
  const value = pick<number | boolean | string>(random, [true, false, 0, 1, Math.floor(random() * 100), 0.5, 'x', -1]);
  return {
    request: {
      accessory: pick(random, ACCESSORIES),
      service: pick(random, pick(random, SERVICES)),
      characteristic: pick(random, pick(random, CHARACTERISTICS)),
      op,
      ...(op === 'write' && chance(random, 0.95) && { value }),
      ...(chance(random, 0.4) && { timed: chance(random, 0.8) }),
    },
    local: { day: Math.floor(random() * 7), minute: Math.floor(random() * 1440) },
  };
}

/** A few capabilities and a request. */
export function draw(seed: number): Drawn {
  const random = randomFrom(seed);
  const specs = Array.from({ length: Math.floor(random() * 6) }, () => drawSpec(random));
  return { specs, scopes: specs.map((spec) => spell(random, spec)), ...drawRequest(random) };
}

/** The naive decision: permitted or not, and what the nearest capabilities fail on, as text. */
export function decide(
  specs: readonly Spec[],
  request: AccessRequest,
  local: Drawn['local'],
): { ok: boolean; nearest: string[] } {
  const all = specs.map((spec) => failures(spec, request, local));
  if (all.some((failed) => failed.length === 0)) return { ok: true, nearest: [] };
  const order = ['accessory', 'service', 'characteristic', 'operation', 'timed', 'value', 'hours'];
  const keyOf = (failed: readonly string[]): string => `${order.indexOf(failed[0] ?? '')}${String(9 - failed.length)}`;
  const best = all.map(keyOf).sort().at(-1);
  return { ok: false, nearest: all.filter((failed) => keyOf(failed) === best).map(String) };
}

function failures(spec: Spec, request: AccessRequest, local: Drawn['local']): string[] {
  const { op, value, timed } = request;
  const same = (all: readonly (readonly string[])[], name: string, presented: string): boolean =>
    all.some((names) => names[0] === name && names.includes(presented));
  const letters = { read: 'r', subscribe: 's', write: 'wt' }[op].split('');
  const failed: [string, boolean][] = [
    ['accessory', !['*', request.accessory].includes(spec.accessory)],
    ['service', spec.service !== undefined && !same(SERVICES, spec.service, request.service)],
    [
      'characteristic',
      spec.characteristic !== undefined && !same(CHARACTERISTICS, spec.characteristic, request.characteristic),
    ],
    ['operation', !letters.some((letter) => spec.ops.split('').includes(letter))],
    ['timed', op === 'write' && spec.ops.split('').includes('t') && !timed],
    ['value', op === 'write' && spec.bound !== undefined && !fits(spec.bound, value)],
    ['hours', !minutesOf(spec).has(`${WEEK[local.day]} ${local.minute}`)],
  ];
  return failed.filter(([, fails]) => fails).map(([name]) => name);
}

function fits(bound: NonNullable<Spec['bound']>, value: unknown): boolean {
  if (typeof bound === 'string')
    return String(Number(value)) === { on: '1', off: '0' }[bound] && typeof value !== 'string';
  return typeof value === 'number' && [...bound, value].sort((a, b) => a - b)[1] === value;
}

const HANDS = new WeakMap<Spec, ReadonlySet<string>>();

/** Every minute of the week at which it holds, by moving the hand from each beginning to the end; once for each. */
function minutesOf(spec: Spec): ReadonlySet<string> {
  const kept = HANDS.get(spec);
  if (kept) return kept;
  const minutes = new Set<string>();
  HANDS.set(spec, minutes);
  for (const [index, name] of WEEK.entries()) {
    if (spec.days.length > 0 && !spec.days.includes(name)) continue;
    let day = index;
    let [hour = 0, minute = 0] = (spec.span?.[0] ?? '00:00').split(':').map(Number);
    do {
      minutes.add(`${WEEK[day]} ${hour * 60 + minute}`);
      minute += 1;
      if (minute === 60) [hour, minute] = [hour + 1, 0];
      if (hour === 24) [hour, day] = [0, (day + 1) % 7];
    } while (`${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}` !== (spec.span?.[1] ?? '00:00'));
  }
  return minutes;
}

/** Decides `sets` random sets of capabilities, `each` random requests for each, and tells where the two differ. */
export function disagreements(
  seed: number,
  sets: number,
  each: number,
): { requests: number; permitted: number; differences: unknown[] } {
  const random = randomFrom(seed);
  const differences: unknown[] = [];
  let permitted = 0;
  for (let set = 0; set < sets; set++) {
    const specs = Array.from({ length: Math.floor(random() * 6) }, () => drawSpec(random));
    const scopes = specs.map((spec) => spell(random, spec));
    const capabilities = capabilitiesOf(homeScopes(scopes));
    if (capabilities.length !== specs.length) differences.push({ unread: scopes });
    for (let n = 0; n < each; n++) {
      const { request, local } = drawRequest(random);
      const naive = decide(specs, request, local);
      const told = permits(capabilities, request, local);
      const ours = { ok: told.ok, nearest: told.ok ? [] : told.nearest.map(({ failed }) => String(failed)) };
      if (naive.ok) permitted += 1;
      if (JSON.stringify(naive) !== JSON.stringify(ours)) differences.push({ scopes, request, local, naive, ours });
    }
  }
  return { requests: sets * each, permitted, differences: differences.slice(0, 5) };
}
