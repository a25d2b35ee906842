/**
 * The rules as they hold at a moment: `at(ms)` gives an epoch, in which nothing changes, compiled once into maps. An epoch
 * ends where the next date of the data files begins, to the millisecond.
 */
import { checkData } from './check-data.ts';
import type {
  AdviceEntry,
  CategoryEntry,
  ClassEntry,
  CodeEntry,
  DialectEntry,
  FactKind,
  FeeEntry,
  HoldEntry,
  LimitEntry,
  NetworkEntry,
  ResponseClass,
  RulesData,
  Sourced,
  SuffixEntry,
} from './data-types.ts';
import dialects from './rules-data/dialects.json' with { type: 'json' };
import holds from './rules-data/holds.json' with { type: 'json' };
import mastercard from './rules-data/mastercard.json' with { type: 'json' };
import networks from './rules-data/networks.json' with { type: 'json' };
import responseCodes from './rules-data/response-codes.json' with { type: 'json' };
import suffixes from './rules-data/suffixes.json' with { type: 'json' };
import visa from './rules-data/visa.json' with { type: 'json' };

/** Every entry of every file, checked. */
export const DATA: RulesData = checkData({
  ...responseCodes,
  categories: visa.categories,
  advice: mastercard.advice,
  limits: [...visa.limits, ...mastercard.limits, ...networks.limits],
  fees: [...visa.fees, ...mastercard.fees],
  networks: networks.networks,
  ...holds,
  ...dialects,
  ...suffixes,
});

/** A code of field 39 as it is meant on a network. */
export interface CodeMeaning {
  readonly code: string;
  readonly means: string;
  readonly entry: CodeEntry;
  readonly clears: readonly FactKind[];
}

/** An advice code. */
export interface AdviceMeaning {
  readonly mac: string;
  readonly means: string;
  readonly entry: AdviceEntry;
}

/** The rules between two dates. `from` and `to` are milliseconds since the epoch, `to` exclusive; infinite where open. */
export interface Epoch {
  readonly from: number;
  readonly to: number;
  /** By code, and by `network:code` where a network means something of its own. */
  readonly codes: ReadonlyMap<string, CodeMeaning>;
  readonly classes: ReadonlyMap<ResponseClass, ClassEntry>;
  readonly categories: ReadonlyMap<string, readonly CategoryEntry[]>;
  readonly advice: ReadonlyMap<string, AdviceMeaning>;
  /** By id. */
  readonly limits: ReadonlyMap<string, readonly LimitEntry[]>;
  /** By `network/reason`. */
  readonly fees: ReadonlyMap<string, readonly FeeEntry[]>;
  readonly networks: ReadonlyMap<string, NetworkEntry>;
  readonly holds: ReadonlyMap<string, HoldEntry>;
  /** By processor and by its other names. */
  readonly dialects: ReadonlyMap<string, DialectEntry>;
  readonly suffixes: ReadonlyMap<string, readonly SuffixEntry[]>;
}

const start = ({ validFrom }: Sourced): number =>
  validFrom === null ? Number.NEGATIVE_INFINITY : Date.parse(validFrom);
const end = ({ validTo }: Sourced): number => (validTo === null ? Number.POSITIVE_INFINITY : Date.parse(validTo));

/** Every moment at which some entry begins or ends, in order. */
export const BOUNDARIES: readonly number[] = [
  ...new Set(
    Object.values(DATA)
      .flat()
      .flatMap((entry: Sourced) => [start(entry), end(entry)])
      .filter(Number.isFinite),
  ),
].sort((a, b) => a - b);

const EPOCHS: (Epoch | undefined)[] = new Array(BOUNDARIES.length + 1);
let last: Epoch | undefined;

/** The rules that hold at `ms`, milliseconds since the epoch. */
export function at(ms: number): Epoch {
  if (last !== undefined && ms >= last.from && ms < last.to) return last;
  let index = BOUNDARIES.length;
  while (index > 0 && ms < (BOUNDARIES[index - 1] as number)) index -= 1;
  last = EPOCHS[index] ??= compile(
    BOUNDARIES[index - 1] ?? Number.NEGATIVE_INFINITY,
    BOUNDARIES[index] ?? Number.POSITIVE_INFINITY,
  );
  return last;
}

function compile(from: number, to: number): Epoch {
  const holding = <E extends Sourced>(list: readonly E[]): readonly E[] =>
    list.filter((entry) => start(entry) <= from && end(entry) >= to);
  const classes = new Map(holding(DATA.classes).map((entry) => [entry.class, entry]));
  return {
    from,
    to,
    classes,
    codes: new Map(holding(DATA.codes).flatMap((entry) => meaningsOf(entry, classes.get(entry.class)?.clears ?? []))),
    categories: grouped(holding(DATA.categories), ({ codes }) => codes),
    advice: new Map(
      holding(DATA.advice).flatMap((entry) =>
        Object.entries(entry.codes).map(([mac, means]) => [mac, { mac, means, entry }] as const),
      ),
    ),
    limits: grouped(holding(DATA.limits), ({ id }) => [id]),
    fees: grouped(holding(DATA.fees), ({ network, reason }) => [`${network}/${reason}`]),
    networks: new Map(holding(DATA.networks).map((entry) => [entry.network, entry])),
    holds: new Map(holding(DATA.holds).map((entry) => [entry.id, entry])),
    dialects: new Map(
      holding(DATA.dialects).flatMap((entry) =>
        [entry.processor, ...entry.names].map((name) => [name, entry] as const),
      ),
    ),
    suffixes: grouped(holding(DATA.suffixes), ({ word }) => [word]),
  };
}

function meaningsOf(entry: CodeEntry, clears: readonly FactKind[]): (readonly [string, CodeMeaning])[] {
  return Object.entries(entry.codes).flatMap(([code, means]) => {
    const meaning = { code, means, entry, clears: entry.clears ?? clears };
    return (entry.networks ?? ['']).map((network) => [network === '' ? code : `${network}:${code}`, meaning] as const);
  });
}

function grouped<E>(list: readonly E[], keys: (entry: E) => readonly string[]): ReadonlyMap<string, readonly E[]> {
  const map = new Map<string, E[]>();
  for (const entry of list) {
    for (const key of keys(entry)) map.set(key, [...(map.get(key) ?? []), entry]);
  }
  return map;
}

/** What a code means on a network: the network's own meaning first. */
export function meaningOf(epoch: Epoch, network: string, code: string): CodeMeaning | undefined {
  return epoch.codes.get(`${network}:${code}`) ?? epoch.codes.get(code);
}

/** Does an entry hold in a region? Where the region is not known, every entry does: the stricter side. */
export function holdsIn(
  { regions, except }: { readonly regions: readonly string[] | null; readonly except?: readonly string[] },
  region: string | undefined,
): boolean {
  if (region === undefined) return true;
  return regions === null ? !(except?.includes(region) ?? false) : regions.includes(region);
}

/** The most attempts that any window ever looks back at: the largest limit, and the one that a reattempt comes behind. */
export const HISTORY_MAX: number = 1 + Math.max(...DATA.limits.map(({ limit }) => limit));
/** The most attempts without an answer that any waiting time grows with, and one that is under way. */
export const STEPS_MAX: number = 1 + Math.max(...DATA.holds.map(({ stepsMs }) => stepsMs.length));
/** The longest window, in milliseconds. */
export const WINDOW_MAX_MS: number = 3_600_000 * Math.max(...DATA.limits.map(({ windowHours }) => windowHours));

/** What we chose ourselves. */
export const OURS: Sourced = {
  source: 'Counterfoil: its own choice, no rule of a network',
  edition: 'payments-1',
  confidence: 'ours',
  validFrom: null,
  validTo: null,
};
