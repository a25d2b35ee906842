/**
 * Changes of ownership as functions from what is known to the next step; nothing is remembered but the plan, so they go on
 * from any point after any crash, by what the accessory lists.
 *
 * HAP §5.11: when the last administrator goes, the accessory removes everybody, and some do so on a demotion too. The law
 * of this file: **nobody removes or demotes itself** (but for a reset, on purpose). Only an administrator can add or
 * remove; as it stays, there is one left after each step, whoever else does whatever at the same time.
 */

/** A pairing as an accessory lists it (HAP §5.12); `key` in any one encoding. */
export interface Listed {
  readonly id: string;
  readonly key: string;
  readonly admin: boolean;
}

/** What one controller knows: the list it got, or that it was refused (it is no administrator). Absent: has not looked. */
export type View = readonly Listed[] | 'refused';

/** What is known of one accessory. Everything here may be forgotten at any time, and must be after each change. */
export interface Known {
  /** Seen by the hub, or by the administrator that there is. */
  readonly byOld?: View;
  /** Seen by the new administrator, over a session of its own. */
  readonly byNew?: View;
  /** Discovery (HAP §6.4): its status flag says that it is not paired with anybody. */
  readonly unpaired?: boolean;
}

/** Why a change of ownership cannot go on by itself. */
export type Stop = 'other-key' | 'own-pairing' | 'not-admin' | 'locked-out' | 'still-paired';

/** What to do next; `as` says whose session it takes. `old` is the hub, or the administrator that there is. */
export type Step =
  | { readonly do: 'list'; readonly as: 'old' | 'new' }
  | { readonly do: 'add'; readonly as: 'old'; readonly pairing: Listed }
  | { readonly do: 'remove'; readonly as: 'old' | 'new'; readonly id: string }
  | { readonly do: 'discover' }
  | { readonly do: 'done' }
  | { readonly do: 'stop'; readonly why: Stop };

/** One more controller: a user, or with an ownership code an administrator. */
export interface AdditionalPlan {
  /** The hub's own pairing id. */
  readonly own: string;
  readonly pairing: Listed;
}

/** The next step towards one more controller. One that is an administrator already is never made less. */
export function additionalStep({ own, pairing }: AdditionalPlan, { byOld }: Known): Step {
  if (pairing.id === own) return { do: 'stop', why: 'own-pairing' };
  if (byOld === undefined) return { do: 'list', as: 'old' };
  if (byOld === 'refused') return { do: 'stop', why: 'not-admin' };
  const there = byOld.find(({ id }) => id === pairing.id);
  if (there && there.key !== pairing.key) return { do: 'stop', why: 'other-key' };
  return there && (there.admin || !pairing.admin) ? { do: 'done' } : { do: 'add', as: 'old', pairing };
}

/** The house to somebody else. */
export interface TransferPlan {
  /** Pairing id of the administrator that there is. */
  readonly own: string;
  readonly to: { readonly id: string; readonly key: string };
  /** Ids of controllers that the new owner keeps. */
  readonly keep?: readonly string[];
}

/**
 * The next step of a transfer. The new administrator is added; it verifies and lists by itself, which no other than an
 * administrator can; only then, and only by it, the others are removed: users first and the old administrator last, so
 * that there is somebody to help as long as possible.
 */
export function transferStep({ own, to, keep = [] }: TransferPlan, { byOld, byNew }: Known): Step {
  if (to.id === own) return { do: 'stop', why: 'own-pairing' };
  if (byNew !== undefined && byNew !== 'refused') {
    const rest = byNew.filter(({ id }) => id !== to.id && !keep.includes(id));
    const next = rest.find(({ admin }) => !admin) ?? rest.find(({ id }) => id !== own) ?? rest[0];
    return next ? { do: 'remove', as: 'new', id: next.id } : { do: 'done' };
  }
  if (byOld === undefined) return { do: 'list', as: 'old' };
  if (byOld === 'refused') return byNew === undefined ? { do: 'list', as: 'new' } : { do: 'stop', why: 'locked-out' };
  const there = byOld.find(({ id }) => id === to.id);
  if (there && there.key !== to.key) return { do: 'stop', why: 'other-key' };
  return there?.admin ? { do: 'list', as: 'new' } : { do: 'add', as: 'old', pairing: { ...to, admin: true } };
}

/** The one deliberate wipe. */
export interface ResetPlan {
  /** Pairing id of the administrator that resets. */
  readonly own: string;
}

/**
 * The next step of a reset: the other administrators go first, then the own pairing, and with it, being the last one,
 * everything. It is done when the accessory announces that nobody is paired with it.
 */
export function resetStep({ own }: ResetPlan, { byOld, unpaired }: Known): Step {
  if (unpaired) return { do: 'done' };
  if (byOld === undefined) return { do: 'list', as: 'old' };
  if (byOld === 'refused') return unpaired === undefined ? { do: 'discover' } : { do: 'stop', why: 'still-paired' };
  const other = byOld.find(({ id, admin }) => admin && id !== own);
  return { do: 'remove', as: 'old', id: other?.id ?? own };
}

/** How far one accessory is, in the order of the work. */
export type Stage = 'unknown' | 'adding' | 'waiting' | 'removing' | 'done' | 'stopped';

/** The stage that a transfer's next step belongs to. */
export function stageOf(step: Step): Stage {
  if (step.do === 'list') return step.as === 'old' ? 'unknown' : 'waiting';
  if (step.do === 'discover') return 'waiting';
  return ({ add: 'adding', remove: 'removing', done: 'done', stop: 'stopped' } as const)[step.do];
}

/** A change of ownership over many accessories. Each goes its own way: one that is unplugged holds up no other. */
export interface Progress {
  readonly done: number;
  readonly of: number;
  /** Ids by stage, for the table of a page. */
  readonly stages: Readonly<Record<Stage, readonly string[]>>;
  readonly say: string;
}

const STAGE_WORDS: Readonly<Record<Exclude<Stage, 'done'>, string>> = {
  unknown: 'still to be looked at',
  adding: 'getting the new owner',
  waiting: 'waiting for the new owner to connect',
  removing: 'letting the old controllers go',
  stopped: 'stopped: somebody must look',
};

/** Sums up the next steps of all accessories. */
export function progressOf(steps: ReadonlyMap<string, Step>): Progress {
  const stages: Record<Stage, string[]> = { unknown: [], adding: [], waiting: [], removing: [], done: [], stopped: [] };
  for (const [id, step] of steps) stages[stageOf(step)].push(id);
  const rest = Object.entries(STAGE_WORDS).flatMap(([stage, words]) => {
    const ids = stages[stage as Stage];
    return ids.length === 0 ? [] : [`${ids.join(', ')} ${words}`];
  });
  const head = `${stages.done.length} of ${steps.size} accessories done`;
  return { done: stages.done.length, of: steps.size, stages, say: [head, ...rest].join('; ') };
}

/** Why it stopped, and what helps, least destructive first. */
export const STOP_WORDS: Readonly<Record<Stop, { readonly say: string; readonly fixes: readonly string[] }>> = {
  'other-key': {
    say: 'the accessory knows this pairing id with another key',
    fixes: ['let the new controller use a pairing id of its own: a fresh UUID', 'remove the old pairing of that id'],
  },
  'own-pairing': {
    say: 'the pairing id is the hub’s own',
    fixes: ['let the new controller use a pairing id of its own: a fresh UUID'],
  },
  'not-admin': {
    say: 'the hub is no administrator of the accessory any more',
    fixes: ['make it one again from the controller that is one'],
  },
  'locked-out': {
    say: 'neither the old nor the new owner is an administrator: somebody else has removed both',
    fixes: [
      'ask whoever else was an administrator to add the new owner',
      'reset the accessory by hand, as its manual says; it forgets everything',
    ],
  },
  'still-paired': {
    say: 'the hub is no administrator any more, and the accessory is still paired with somebody',
    fixes: [
      'let the controller that is an administrator remove itself',
      'reset the accessory by hand, as its manual says',
    ],
  },
};
