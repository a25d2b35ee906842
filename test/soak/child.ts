/**
 * One process of a race: `node child.ts TARGET MASTER [OUT [STEP NTH]]`, over a channel. TARGET is JSON.
 *
 * Each message is a list of tasks, answered by a summary of what was heard, or `stop`. So many tasks at once as the
 * message says, each by all of its racers at once. With OUT, every answer is also a line there, written in one call as
 * soon as it is there, so that a kill leaves the whole line or none. With STEP, the process kills itself at the NTH time
 * that the store comes to that step after the first message: exactly there, with nothing run in between.
 */
import { openSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { exchange } from '../../src/profiles/oauth/token.ts';
import { StoreBusyError } from '../../src/store/errors.ts';
import { tokenRequest } from '../support/oauth-hub.ts';
import { type Line, openHub, refreshForm, type Task } from './hub-file.ts';
import type { Order, Summary } from './racers.ts';
import type { Target } from './targets.ts';

/** Every so manieth racer of a task goes on with what it got. */
const HOPS_EVERY = 10;
const PAUSE_MS = 20;

const [target = '', master = '', out = '', step, nth = '1'] = process.argv.slice(2);
let left = Number(nth);
let armed = false;
const hub = await openHub(JSON.parse(target) as Target, master, (at) => {
  if (armed && at === step && --left === 0) process.kill(process.pid, 'SIGKILL');
});
const lines = out === '' ? undefined : openSync(out, 'a');

interface Heard {
  readonly answers: Map<string, number>;
  readonly access: Set<string>;
  readonly refresh: Set<string>;
}

async function ask({ form, headers, insist }: Task): Promise<Pick<Line, 'status' | 'said'>> {
  for (;;) {
    try {
      const { answer } = await exchange(hub.deps, tokenRequest(form, headers));
      if (answer.status !== 503 || !insist) return { status: answer.status, said: JSON.parse(answer.body) };
    } catch (error) {
      // What else is thrown is a fault, and ends the process: no test expects one.
      if (!insist || !(error instanceof StoreBusyError)) throw error;
    }
    await sleep(PAUSE_MS);
  }
}

async function race(task: Task, nth: number, heard: Map<string, Heard>): Promise<void> {
  const { status, said } = await ask(task);
  if (lines !== undefined) {
    const line: Line = { task: task.id, status, said };
    writeSync(lines, `${JSON.stringify(line)}\n`);
  }
  const kind = said['error'] === undefined ? `${status}` : `${status} ${said['error']}`;
  const { answers, access, refresh } = heardOf(task.id, heard);
  answers.set(kind, (answers.get(kind) ?? 0) + 1);
  if (status !== 200) return;
  access.add(said['access_token'] ?? '');
  refresh.add(said['refresh_token'] ?? '');
  const hops = task.hops ?? 0;
  if (hops === 0 || nth % HOPS_EVERY !== 0) return;
  const [name, hop = '0'] = task.id.split('+');
  const form = refreshForm(said['refresh_token'] ?? '');
  await race({ ...task, id: `${name}+${Number(hop) + 1}`, form, hops: hops - 1 }, nth, heard);
}

function heardOf(id: string, heard: Map<string, Heard>): Heard {
  let known = heard.get(id);
  if (!known) {
    known = { answers: new Map(), access: new Set(), refresh: new Set() };
    heard.set(id, known);
  }
  return known;
}

async function work({ tasks, atOnce }: Order): Promise<Summary[]> {
  const heard = new Map<string, Heard>();
  for (let i = 0; i < tasks.length; i += atOnce) {
    const group = tasks.slice(i, i + atOnce);
    await Promise.all(group.flatMap((task) => Array.from({ length: task.racers }, (_, n) => race(task, n, heard))));
  }
  return [...heard].map(([task, { answers, access, refresh }]) => ({
    task,
    answers: Object.fromEntries(answers),
    access: [...access],
    refresh: [...refresh],
  }));
}

process.on('message', (order: Order | 'stop') => {
  if (order === 'stop') return void hub.close().then(() => process.disconnect());
  armed = true;
  void work(order).then((summaries) => process.send?.(summaries));
});
process.send?.('ready');
