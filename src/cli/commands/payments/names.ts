/** Names that no table knows, said aloud: the gate answers all the same, and a slip of the hand would go unseen. */
import { knownNames, type NameKind, type UnknownName, unknownName } from '../../../profiles/payments/names.ts';
import type { Cli } from '../../cli.ts';

/** What an attempt names. */
export type Names = Readonly<Partial<Record<NameKind, string | undefined>>>;

const KINDS: readonly NameKind[] = ['network', 'processor', 'region'];

/** A line on stderr for every name of an attempt that no table knows. `now` is milliseconds since the epoch. */
export function sayUnknownNames(cli: Cli, names: Names, now: number): void {
  for (const kind of KINDS) {
    const name = names[kind];
    const unknown = name === undefined ? undefined : unknownName(kind, name, now);
    if (unknown) cli.say(noteOf(unknown, now));
  }
}

function noteOf({ kind, name, near }: UnknownName, now: number): string {
  const tail = meantOrKnown(near, knownNames(kind, now));
  if (kind === 'region') return `no table names the region ${name}: only rules of all regions count; ${tail}`;
  return `no table knows the ${kind} ${name}; ${tail}`;
}

/** The name that is only a slip of the hand away, or else all that are known. */
export function meantOrKnown(near: string | undefined, known: readonly string[]): string {
  return near === undefined ? `known are ${known.join(', ')}` : `did you mean ${near}?`;
}

/** An unknown name, and how many attempts of a list have it. */
export interface CountedName extends UnknownName {
  readonly attempts: number;
}

/** Most different names that are looked up, and that are told of. */
const LOOKED_UP_MAX = 1_000;
const TOLD_MAX = 100;

/** Counts the unknown names of a list, one attempt after the other. */
export function nameCounter(): { count(names: Names, now: number): void; found(): readonly CountedName[] } {
  const seen = new Map<string, UnknownName | undefined>();
  const counts = new Map<string, CountedName>();
  return {
    count(names, now) {
      for (const kind of KINDS) {
        const name = names[kind];
        if (name === undefined) continue;
        const key = `${kind} ${name}`;
        if (!seen.has(key) && seen.size < LOOKED_UP_MAX) seen.set(key, unknownName(kind, name, now));
        const unknown = seen.get(key);
        const before = counts.get(key);
        if (unknown && (before || counts.size < TOLD_MAX))
          counts.set(key, { ...unknown, attempts: (before?.attempts ?? 0) + 1 });
      }
    },
    found: () => KINDS.flatMap((kind) => [...counts.values()].filter((one) => one.kind === kind)),
  };
}
