/** Judges a kept case of the home profile again, with something set otherwise. Changes nothing, and asks no accessory. */
import { judgedAgain, type Verdict } from '../../core/verdict.ts';
import type { AccessCase, Case } from '../../profiles/home/case.ts';
import { DAYS } from '../../profiles/home/hours.ts';
import { type Action, judge, policy } from '../../profiles/home/profile.ts';
import { OperationError } from '../operations.ts';

/** What may be set, each from its text. `at` is the wall clock of the house, like `mon,23:30`. */
const SETTERS: Readonly<Record<string, (c: Case, text: string) => Case>> = {
  scope: (c, text) => ({ ...c, scopes: text.split(' ').filter((scope) => scope !== '') }),
  value: (c, text) => requested(accessOf(c, 'value'), { value: valueRead(text) }),
  timed: (c, text) => requested(accessOf(c, 'timed'), { timed: switchOf('timed', text) }),
  reachable: (c, text) => {
    const access = accessOf(c, 'reachable');
    const reachable = switchOf('reachable', text);
    return { ...access, ...(access.accessory && { accessory: { ...access.accessory, reachable } }) };
  },
  at: (c, text) => ({ ...accessOf(c, 'at'), local: localOf(text) }),
};

/** The verdict that the same case would get with `set` applied. With nothing set the tree is identical. */
export function replayedHome(verdict: Verdict, set: Readonly<Record<string, string>>): Verdict {
  let c = verdict.snapshot as Case;
  for (const [name, text] of Object.entries(set)) {
    const setter = Object.hasOwn(SETTERS, name) ? SETTERS[name] : undefined;
    if (!setter) throw new OperationError(`cannot set ${name}: expected one of ${Object.keys(SETTERS).join(', ')}`);
    c = setter(c, text);
  }
  return judgedAgain(verdict, judge(verdict.action as Action, c), { policy, snapshot: c });
}

function accessOf(c: Case, name: string): AccessCase {
  if ('request' in c) return c;
  throw new OperationError(`cannot set ${name}: the verdict is about a grant, and not about a request of an accessory`);
}

function requested(c: AccessCase, change: Partial<AccessCase['request']>): AccessCase {
  return { ...c, request: { ...c.request, ...change } };
}

/** What was written is kept as a number or a switch, so nothing else can be set. */
function valueRead(text: string): number | boolean {
  if (text === 'on' || text === 'true') return true;
  if (text === 'off' || text === 'false') return false;
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value))
    throw new OperationError(`expected a number, on or off for value, got ${JSON.stringify(text)}`);
  return value;
}

function switchOf(name: string, text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  throw new OperationError(`expected true or false for ${name}, got ${JSON.stringify(text)}`);
}

function localOf(text: string): AccessCase['local'] {
  const [, day = '', hour = '', minute = ''] = /^([a-z]{3}),([01]\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  if (!DAYS.includes(day))
    throw new OperationError(`expected a time like mon,23:30 for at, got ${JSON.stringify(text)}`);
  return { day: DAYS.indexOf(day), minute: Number(hour) * 60 + Number(minute) };
}
