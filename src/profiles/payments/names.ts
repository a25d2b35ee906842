/** The names of networks, processors and regions that the tables know, and what an unknown one may have meant. */
import { close } from '../../core/near-miss/groups.ts';
import { at } from './data.ts';

/** What is named. */
export type NameKind = 'network' | 'processor' | 'region';

/** A name that no table knows, and a known one that is only a slip of the hand away. */
export interface UnknownName {
  readonly kind: NameKind;
  readonly name: string;
  readonly near?: string;
}

/** Longest name that is compared with the known ones. */
const NAME_MAX = 40;

/** The names of a kind that hold at `now`, milliseconds since the epoch, in order; of a processor's several names one. */
export function knownNames(kind: NameKind, now: number): readonly string[] {
  const epoch = at(now);
  const names = {
    network: () => [...epoch.networks.keys()],
    processor: () => [...epoch.dialects.values()].map(({ processor }) => processor),
    region: () =>
      [...epoch.limits.values(), ...epoch.fees.values(), ...epoch.categories.values()]
        .flat()
        .flatMap((entry) => [...(entry.regions ?? []), ...('except' in entry ? (entry.except ?? []) : [])]),
  }[kind]();
  return [...new Set(names)].sort();
}

/** Looks a name up, in capitals or not; `undefined` when a table knows it. */
export function unknownName(kind: NameKind, name: string, now: number): UnknownName | undefined {
  const others = kind === 'processor' ? at(now).dialects.keys() : [];
  const known = [...knownNames(kind, now), ...others];
  const plain = kind === 'region' ? name.trim().toUpperCase() : name.trim().toLowerCase();
  if (known.includes(plain)) return undefined;
  // Of two capitals every other pair is close to some.
  const near = kind === 'region' || plain.length > NAME_MAX ? undefined : known.find((one) => close(one, plain));
  return { kind, name: name.trim().slice(0, NAME_MAX), ...(near !== undefined && { near }) };
}
