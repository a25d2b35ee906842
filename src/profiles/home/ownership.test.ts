/**
 * The machines against an accessory that behaves as HAP §5.10 to §5.12 has it, and wipes itself when its last
 * administrator goes or is made less (as HomeKitADK does). First every state there is, then long random histories.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AdditionalPlan,
  additionalStep,
  type Known,
  type Listed,
  progressOf,
  resetStep,
  STOP_WORDS,
  type Step,
  stageOf,
  type TransferPlan,
  transferStep,
  type View,
} from './ownership.ts';

/** What an accessory keeps: its pairings, by id. Empty means wiped, or never paired. */
type Accessory = Readonly<Record<string, { readonly key: string; readonly admin: boolean }>>;

const isAdmin = (accessory: Accessory, id: string): boolean => accessory[id]?.admin === true;
const admins = (accessory: Accessory): string[] => Object.keys(accessory).filter((id) => isAdmin(accessory, id));
const settled = (accessory: Accessory): Accessory => (admins(accessory).length > 0 ? accessory : {});

function list(accessory: Accessory, by: string): View {
  if (!isAdmin(accessory, by)) return 'refused';
  return Object.entries(accessory).map(([id, pairing]) => ({ id, ...pairing }));
}

function add(accessory: Accessory, by: string, { id, key, admin }: Listed): Accessory {
  const other = accessory[id] !== undefined && accessory[id].key !== key;
  return !isAdmin(accessory, by) || other ? accessory : settled({ ...accessory, [id]: { key, admin } });
}

function remove(accessory: Accessory, by: string, id: string): Accessory {
  if (!isAdmin(accessory, by)) return accessory;
  const { [id]: _, ...rest } = accessory;
  return settled(rest);
}

/** Somebody who works on the accessory: what it wants next, by what it knows. */
interface Worker {
  readonly old: string;
  readonly new: string;
  readonly next: (known: Known) => Step;
}

interface Turn {
  readonly accessory: Accessory;
  readonly known: Known;
}

/** Carries out one step. After a change nothing is known but the change of it; what was seen before may be old. */
function perform(worker: Worker, { accessory, known }: Turn): Turn {
  const step = worker.next(known);
  switch (step.do) {
    case 'list':
      return {
        accessory,
        known: { ...known, [step.as === 'old' ? 'byOld' : 'byNew']: list(accessory, worker[step.as]) },
      };
    case 'discover':
      return { accessory, known: { ...known, unpaired: Object.keys(accessory).length === 0 } };
    case 'add':
      return { accessory: add(accessory, worker.old, step.pairing), known: {} };
    case 'remove':
      return { accessory: remove(accessory, worker[step.as], step.id), known: {} };
    default:
      return { accessory, known };
  }
}

/** Works on until it is done or stops; more steps than there are pairings would be going round in circles. */
function finish(worker: Worker, accessory: Accessory, known: Known = {}): { accessory: Accessory; last: Step } {
  let turn: Turn = { accessory, known };
  for (let n = 0; n < 100; n++) {
    const last = worker.next(turn.known);
    if (last.do === 'done' || last.do === 'stop') return { accessory: turn.accessory, last };
    turn = perform(worker, turn);
  }
  throw new Error(`never ends: ${JSON.stringify(turn)}`);
}

const KEYS = { hub: 'h', new: 'n', other: 'o', user: 'u', third: 't' } as const;
const HOME: Accessory = { hub: { key: 'h', admin: true }, user: { key: 'u', admin: false } };
const plan: TransferPlan = { own: 'hub', to: { id: 'new', key: 'n' } };

const transfer = (to: keyof typeof KEYS, own: keyof typeof KEYS = 'hub', keep: readonly string[] = []): Worker => ({
  old: own,
  new: to,
  next: (known) => transferStep({ own, to: { id: to, key: KEYS[to] }, keep }, known),
});
const additional = (id: keyof typeof KEYS, admin: boolean): Worker => ({
  old: 'hub',
  new: id,
  next: (known) => additionalStep({ own: 'hub', pairing: { id, key: KEYS[id], admin } }, known),
});
const reset: Worker = { old: 'hub', new: 'hub', next: (known) => resetStep({ own: 'hub' }, known) };

/** What others may do meanwhile, so long as they do not wipe by themselves. */
const MEDDLING: readonly ((accessory: Accessory) => Accessory)[] = (['hub', 'new', 'third'] as const).flatMap((by) => [
  ...(['new', 'other', 'third', 'hub'] as const).flatMap((id) => [
    (accessory: Accessory) => add(accessory, by, { id, key: KEYS[id], admin: true }),
    (accessory: Accessory) => add(accessory, by, { id, key: KEYS[id], admin: false }),
    (accessory: Accessory) => remove(accessory, by, id),
  ]),
]);

const meddle = (accessory: Accessory, how: (accessory: Accessory) => Accessory): Accessory => {
  const after = how(accessory);
  return admins(after).length === 0 ? accessory : after;
};

/** Every state that some workers, crashes, lost answers and `meddlings` interferences can lead to. */
function explore(
  start: Accessory,
  workers: readonly Worker[],
  meddlings: number,
  see: (accessory: Accessory) => void,
): number {
  interface State {
    readonly accessory: Accessory;
    readonly known: readonly Known[];
    readonly left: number;
  }
  const sorted = (accessory: Accessory): Accessory =>
    Object.fromEntries(Object.entries(accessory).sort(([a], [b]) => a.localeCompare(b)));
  const keyOf = ({ accessory, known, left }: State): string => JSON.stringify([sorted(accessory), known, left]);
  const first: State = { accessory: start, known: workers.map(() => ({})), left: meddlings };
  const states = new Map([[keyOf(first), first]]);
  for (const state of states.values()) {
    see(state.accessory);
    const reach = (next: State): void => {
      const key = keyOf(next);
      if (!states.has(key)) states.set(key, { ...next, accessory: sorted(next.accessory) });
    };
    for (const [i, worker] of workers.entries()) {
      const turn = perform(worker, { accessory: state.accessory, known: state.known[i] ?? {} });
      // Carried out and heard; carried out with the answer lost, which is a crash after it; and a crash before it.
      for (const [accessory, known] of [
        [turn.accessory, turn.known],
        [turn.accessory, {}],
        [state.accessory, {}],
      ] as const)
        reach({ ...state, accessory, known: state.known.map((k, j) => (j === i ? known : k)) });
    }
    if (state.left > 0)
      for (const how of MEDDLING) reach({ ...state, accessory: meddle(state.accessory, how), left: state.left - 1 });
  }
  return states.size;
}

const neverWiped = (accessory: Accessory): void => {
  if (admins(accessory).length === 0) throw new Error('no administrator is left');
};

describe('a transfer', () => {
  it('adds the new administrator, which verifies and lists, and only then lets the others go, the old one last', () => {
    const steps: string[] = [];
    let turn: Turn = { accessory: HOME, known: {} };
    for (let step = transferStep(plan, turn.known); step.do !== 'done'; step = transferStep(plan, turn.known)) {
      steps.push([step.do, 'as' in step ? step.as : '', 'id' in step ? step.id : ''].join(' ').trim());
      turn = perform(transfer('new'), turn);
    }
    const again = ['list old', 'list new'];
    expect(steps).toEqual([
      'list old',
      'add old',
      ...again,
      'remove new user',
      ...again,
      'remove new hub',
      'list old',
      'list new',
    ]);
    expect(turn.accessory).toEqual({ new: { key: 'n', admin: true } });
  });

  it('never leaves zero administrators, in any state that crashes, lost answers and others can lead to', () => {
    const starts: Accessory[] = [
      HOME,
      { ...HOME, third: { key: 't', admin: true } },
      { ...HOME, new: { key: 'n', admin: false } },
    ];
    for (const start of starts) {
      const states = explore(start, [transfer('new')], 2, (accessory) => {
        neverWiped(accessory);
        const { accessory: end, last } = finish(transfer('new'), accessory);
        neverWiped(end);
        if (last.do === 'done') expect(end).toEqual({ new: { key: 'n', admin: true } });
        else expect(last).toMatchObject({ do: 'stop', why: 'locked-out' });
      });
      expect(states).toBeGreaterThan(300);
    }
  });

  it('never does when two are made at once: one of the new ones owns it in the end', () => {
    const workers = [transfer('new'), transfer('other')];
    const states = explore(HOME, workers, 1, (accessory) => {
      neverWiped(accessory);
      const first = finish(transfer('new'), accessory);
      const { accessory: end } = finish(transfer('other'), first.accessory);
      neverWiped(end);
    });
    expect(states).toBeGreaterThan(1_000);
  });

  it('lets users go before administrators, whatever the order of the list', () => {
    const crowded: Accessory = { third: { key: 't', admin: true }, ...HOME };
    const removed: string[] = [];
    for (let turn: Turn = { accessory: crowded, known: {} }; ; turn = perform(transfer('new'), turn)) {
      const step = transferStep(plan, turn.known);
      if (step.do === 'done') break;
      if (step.do === 'remove') removed.push(step.id);
    }
    expect(removed).toEqual(['user', 'third', 'hub']);
  });

  it('is done again at once, whenever it is asked again', () => {
    const { accessory } = finish(transfer('new'), HOME);
    expect(finish(transfer('new'), accessory)).toEqual({ accessory, last: { do: 'done' } });
  });

  it('leaves those whom the new owner keeps', () => {
    const { accessory } = finish(transfer('new', 'hub', ['user']), HOME);
    expect(Object.keys(accessory).sort()).toEqual(['new', 'user']);
  });

  it('stops at an id that has another key, at its own, and when both are locked out', () => {
    const taken: Accessory = { ...HOME, new: { key: 'x', admin: true } };
    expect(finish(transfer('new'), taken)).toEqual({ accessory: taken, last: { do: 'stop', why: 'other-key' } });
    expect(finish(transfer('hub'), HOME)).toEqual({ accessory: HOME, last: { do: 'stop', why: 'own-pairing' } });
    const gone: Accessory = { third: { key: 't', admin: true } };
    expect(finish(transfer('new'), gone)).toEqual({ accessory: gone, last: { do: 'stop', why: 'locked-out' } });
  });

  it('would wipe if the old one removed itself: the model is one that can be wiped', () => {
    const hasty: Worker = {
      old: 'hub',
      new: 'new',
      next: (known) => {
        const step = transferStep(plan, known);
        const added = Array.isArray(known.byOld) && known.byOld.some(({ id, admin }) => id === 'new' && admin);
        return added ? { do: 'remove', as: 'old', id: 'hub' } : step;
      },
    };
    expect(() => explore({ ...HOME, third: { key: 't', admin: true } }, [hasty], 2, neverWiped)).toThrow(
      'no administrator',
    );
  });
});

describe('an additional controller', () => {
  it('is a user, or an administrator where that was decided', () => {
    expect(finish(additional('other', false), HOME).accessory['other']).toEqual({ key: 'o', admin: false });
    expect(finish(additional('other', true), HOME).accessory['other']).toEqual({ key: 'o', admin: true });
    expect(finish(additional('user', true), HOME).accessory['user']).toEqual({ key: 'u', admin: true });
  });

  it('is never made less: an administrator stays one', () => {
    const start: Accessory = { ...HOME, third: { key: 't', admin: true } };
    expect(finish(additional('third', false), start)).toEqual({ accessory: start, last: { do: 'done' } });
  });

  it('never leaves zero administrators, in any state there is', () => {
    for (const admin of [true, false]) {
      const worker = additional('third', admin);
      expect(explore(HOME, [worker, transfer('new')], 1, neverWiped)).toBeGreaterThan(500);
    }
  });

  it('stops at an id that has another key, at the own one, and without the rights', () => {
    const stop = (accessory: Accessory, p: AdditionalPlan): unknown =>
      finish({ old: 'hub', new: p.pairing.id, next: (known) => additionalStep(p, known) }, accessory).last;
    const own = 'hub';
    expect(stop(HOME, { own, pairing: { id: 'user', key: 'x', admin: false } })).toMatchObject({ why: 'other-key' });
    expect(stop(HOME, { own, pairing: { id: 'hub', key: 'h', admin: false } })).toMatchObject({ why: 'own-pairing' });
    expect(stop({}, { own, pairing: { id: 'other', key: 'o', admin: false } })).toMatchObject({ why: 'not-admin' });
  });
});

describe('a reset', () => {
  it('wipes, with the own pairing last, and is done when nobody is paired', () => {
    const crowded: Accessory = { ...HOME, third: { key: 't', admin: true }, other: { key: 'o', admin: true } };
    for (const start of [HOME, crowded]) expect(finish(reset, start)).toEqual({ accessory: {}, last: { do: 'done' } });
    const listed = list({ user: { key: 'u', admin: false }, ...crowded }, 'hub');
    expect(resetStep({ own: 'hub' }, { byOld: listed })).toEqual({ do: 'remove', as: 'old', id: 'third' });
    expect(resetStep({ own: 'hub' }, { byOld: list(HOME, 'hub') })).toEqual({ do: 'remove', as: 'old', id: 'hub' });
  });

  it('goes on after a crash anywhere, and stops where somebody else owns it by now', () => {
    const states = explore({ ...HOME, third: { key: 't', admin: true } }, [reset], 1, (accessory) => {
      const { accessory: end, last } = finish(reset, accessory);
      if (last.do === 'done') expect(end).toEqual({});
      else expect(last).toEqual({ do: 'stop', why: 'still-paired' });
    });
    expect(states).toBeGreaterThan(20);
  });
});

describe('long histories', () => {
  it('of many workers, crashes and others never leave zero administrators, and end where they should', () => {
    const event = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({ do: fc.constantFrom('step', 'lost', 'crash', 'unplugged'), worker: fc.nat(3) }),
      },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('meddle'), worker: fc.nat(MEDDLING.length - 1) }) },
    );
    const start = fc.dictionary(fc.constantFrom<keyof typeof KEYS>('new', 'other', 'user', 'third'), fc.boolean(), {
      noNullPrototype: true,
    });
    fc.assert(
      fc.property(start, fc.array(event, { maxLength: 80 }), (others, events) => {
        const entries = Object.entries(others).map(([id, admin]) => [
          id,
          { key: KEYS[id as keyof typeof KEYS], admin },
        ]);
        let accessory: Accessory = { hub: { key: 'h', admin: true }, ...Object.fromEntries(entries) };
        const workers = [
          transfer('new'),
          additional('user', false),
          additional('third', true),
          transfer('other', 'new'),
        ];
        const known: Known[] = workers.map(() => ({}));
        for (const { do: what, worker: at } of events) {
          const worker = workers[at];
          if (what === 'meddle') accessory = meddle(accessory, MEDDLING[at] ?? ((same) => same));
          else if (!worker || what === 'crash' || what === 'unplugged') known[at] = {};
          else {
            const turn = perform(worker, { accessory, known: known[at] ?? {} });
            accessory = turn.accessory;
            known[at] = what === 'lost' ? {} : turn.known;
          }
          neverWiped(accessory);
        }
        const { accessory: end, last } = finish(transfer('new'), accessory);
        neverWiped(end);
        if (last.do === 'done') expect(end).toEqual({ new: { key: 'n', admin: true } });
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('progress', () => {
  it('is told over many accessories; one that is unplugged holds up no other', () => {
    const steps = new Map<string, Step>([
      ['lamp', { do: 'done' }],
      ['door', { do: 'list', as: 'new' }],
      ['oven', { do: 'list', as: 'old' }],
      ['fan', { do: 'remove', as: 'new', id: 'hub' }],
      ['bell', { do: 'stop', why: 'other-key' }],
    ]);
    const { done, of, say, stages } = progressOf(steps);
    expect([done, of, stages.waiting]).toEqual([1, 5, ['door']]);
    expect(say).toBe(
      '1 of 5 accessories done; oven still to be looked at; door waiting for the new owner to connect; fan letting the old controllers go; bell stopped: somebody must look',
    );
    expect(stageOf({ do: 'add', as: 'old', pairing: { id: 'a', key: 'b', admin: true } })).toBe('adding');
  });

  it('has words and help for each way to stop', () => {
    for (const { say, fixes } of Object.values(STOP_WORDS)) {
      expect(say).not.toBe('');
      expect(fixes.length).toBeGreaterThan(0);
    }
  });
});
