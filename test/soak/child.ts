/**
 * One process of a race: `node child.ts FILE OUT MASTER [STEP NTH]`, over a channel.
 *
 * Each message is a list of tasks, answered by `done`, or `stop`. Tasks are taken four at a time, each by all of its racers
 * at once; every answer is a line in OUT, written in one call as soon as it is there, so that a kill leaves the whole
 * line or none. With STEP, the process kills itself at the NTH time that the queue comes to that step after the first
 * message: exactly there, with nothing run in between.
 */
import { openSync, writeSync } from 'node:fs';
import { exchange } from '../../src/profiles/oauth/token.ts';
import { tokenRequest } from '../support/oauth-hub.ts';
import { type Line, openHubFile, type Task } from './hub-file.ts';

const AT_ONCE = 4;

const [file = '', out = '', master = '', step, nth = '1'] = process.argv.slice(2);
let left = Number(nth);
let armed = false;
const hub = openHubFile(
  {
    path: file,
    onStep: (at) => {
      if (armed && at === step && --left === 0) process.kill(process.pid, 'SIGKILL');
    },
  },
  master,
);
const lines = openSync(out, 'a');

async function race({ id, form }: Task): Promise<void> {
  const { answer } = await exchange(hub.deps, tokenRequest(form));
  const line: Line = { task: id, status: answer.status, said: JSON.parse(answer.body) };
  writeSync(lines, `${JSON.stringify(line)}\n`);
}

async function work(tasks: readonly Task[]): Promise<void> {
  for (let i = 0; i < tasks.length; i += AT_ONCE) {
    const group = tasks.slice(i, i + AT_ONCE);
    await Promise.all(group.flatMap((task) => Array.from({ length: task.racers }, () => race(task))));
  }
}

process.on('message', (tasks: readonly Task[] | 'stop') => {
  if (tasks === 'stop') return void hub.close().then(() => process.disconnect());
  armed = true;
  // A fault ends the process: the test expects none.
  void work(tasks).then(() => process.send?.('done'));
});
process.send?.('ready');
