/** How a profile's refusals read in a list: columns and words. A profile adds these and never a page of its own. */
import type { Phase } from './rule.ts';

/** One thing that a list shows of a verdict. */
export interface Column {
  /** Columns of several profiles with one id stand under each other. */
  readonly id: string;
  readonly label: string;
  /** Where it stands in the verdict, member by member: `subject`, `snapshot.request.accessory`. */
  readonly path: string;
  /** `fact`: as it came. `action`: in the profile's words for its actions. */
  readonly format: 'fact' | 'action';
  /** Of whoever asked or of the owner: a developer is not shown it. */
  readonly operator?: true;
}

/** What a profile calls things. */
export interface ProfileWords {
  /** As verdicts name it, and as people do. */
  readonly profile: string;
  readonly name: string;
  /** Its actions, by the id that verdicts have. */
  readonly actions: Readonly<Record<string, string>>;
  readonly columns: readonly Column[];
  /** Every cause it can name, in words; several where several rules call theirs the same. */
  readonly causes: ReadonlyMap<string, readonly string[]>;
}

/** The causes of all rules of a profile's tables. */
export function causesOf(tables: Readonly<Record<string, readonly Phase<never>[]>>): ProfileWords['causes'] {
  const found = new Map<string, string[]>();
  for (const { rules } of Object.values(tables).flat()) {
    for (const { causes } of rules) {
      for (const [id, { say }] of Object.entries(causes)) {
        const said = found.get(id) ?? [];
        if (!said.includes(say)) found.set(id, [...said, say]);
      }
    }
  }
  return found;
}
