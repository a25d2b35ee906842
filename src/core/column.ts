/** How a profile's refusals and grants read: columns and words. A profile adds these and never a page of its own. */
import type { Facts, Value } from './model.ts';
import type { Phase } from './rule.ts';
import type { Audience } from './verdict.ts';

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

/** Who can carry out a fix, as it stands above or behind one: `the merchant`. */
export type People = Readonly<Record<Audience, string>>;

/** What a profile says of its grants, where they are not for applications. */
export interface GrantWords {
  /** Label of whom one is for. */
  readonly holder: string;
  /** What it lets its holder do, where no scope says it. */
  readonly may: string;
  /** Its terms as people read them; by name and value, unless told. Safe to show once they went through `show`. */
  readonly terms?: (terms: Facts) => readonly Fact[];
  /** Label of the moment of the decision, and what the one who decided did to the holder. */
  readonly decided: string;
  readonly did: string;
  /** One of what is handed out; several have an `s` behind it. */
  readonly key: string;
  /** What is lost when it is revoked, beside what was handed out; sentences. */
  readonly toll: readonly string[];
  /** How one more of what is handed out is made. */
  readonly more: string;
}

/** What a profile calls things. */
export interface ProfileWords {
  /** As verdicts name it, and as people do. */
  readonly profile: string;
  readonly name: string;
  /** Its actions, by the id that verdicts have. */
  readonly actions: Readonly<Record<string, string>>;
  readonly columns: readonly Column[];
  /** Who can carry out a fix; whoever writes or owns an application, unless told. */
  readonly people?: People;
  readonly grants?: GrantWords;
  /** Who hears a refusal: `the app`, unless told. And by action what they hear; its name and nothing else, unless told. */
  readonly hears?: string;
  readonly heard?: Readonly<Record<string, string>>;
  /** What it means that a case passed, by action. */
  readonly passed?: Readonly<Record<string, string>>;
  /** What it means that failures are counted, where that burns nothing: behind `refused 2 times`. */
  readonly counts?: string;
  /** What a verdict's page says of its case. Safe to show once it went through `show`; of no case, nothing. */
  readonly facts?: (snapshot: unknown) => readonly Fact[];
  /** Every cause it can name, in words; several where several rules call theirs the same. */
  readonly causes: ReadonlyMap<string, readonly string[]>;
}

/** One thing that a case says, and what it is. */
export type Fact = readonly [label: string, value: Value];

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
