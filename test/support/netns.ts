/**
 * Scenarios that run in a network namespace of their own (`unshare.ts`). Peers that listen on every interface are safe there.
 *
 * A scenario is a module that exports `scenario`; `inNamespace` makes one test of each of its steps. Its steps run one after
 * the other in one child (`netns/child.ts`), so a test file tells what happened there and does nothing itself. Where
 * namespaces cannot be had (not on Linux, or not allowed), the tests are skipped and the reason is printed.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, it } from 'vitest';
import { UNSHARE, whyNoNamespace } from './unshare.ts';

/** What happens in a namespace. */
export interface Scenario<World> {
  /** Starts what the steps share. */
  open(): Promise<World>;
  readonly steps: readonly Step<World>[];
  /** Called whatever happened. */
  close(world: World): Promise<void>;
}

/** One promise. It holds when `run` settles without an error. */
export interface Step<World> {
  readonly title: string;
  run(world: World): Promise<void> | void;
}

/** What the child tells of a step, as a line of JSON. */
export interface Told {
  readonly title: string;
  readonly error?: string;
}

const CHILD = fileURLToPath(new URL('./netns/child.ts', import.meta.url));
/** How long a scenario may take on a busy machine. */
const SCENARIO_MS = 240_000;
/** Characters of what a scenario printed that are shown when it failed. */
const SHOWN = 4_000;

/** A test for each step of a scenario, which `module` exports as `scenario`. */
export function inNamespace<World>(title: string, module: URL, scenario: Scenario<World>): void {
  const missing = whyNoNamespace();
  if (missing !== undefined) console.warn(`skipped: ${title}: ${missing}`);
  describe.skipIf(missing !== undefined)(missing === undefined ? title : `${title} (skipped: ${missing})`, () => {
    let told: ReadonlyMap<string, Told>;
    let printed = '';
    beforeAll(async () => {
      ({ told, printed } = await play(module));
    }, SCENARIO_MS + 10_000);
    for (const { title: promise } of scenario.steps)
      it(promise, () => {
        const result = told.get(promise);
        if (result === undefined) throw new Error(`the scenario ended before this step:\n${printed}`);
        if (result.error !== undefined) throw new Error(`${result.error}\n${printed}`);
      });
  });
}

/** Runs a scenario in a new namespace and gathers what it tells on its file descriptor 3. */
async function play(module: URL): Promise<{ told: Map<string, Told>; printed: string }> {
  const child = spawn('unshare', [...UNSHARE, process.execPath, CHILD, module.href], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  let lines = '';
  let printed = '';
  child.stdio[3]?.on('data', (chunk: Buffer) => {
    lines += chunk.toString('utf8');
  });
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      printed = (printed + chunk.toString('utf8')).slice(-SHOWN);
    });
  const timer = setTimeout(() => child.kill('SIGKILL'), SCENARIO_MS);
  await new Promise<void>((done, fail) => child.once('error', fail).once('close', () => done()));
  clearTimeout(timer);
  const told = lines.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Told]));
  return { told: new Map(told.map((one) => [one.title, one])), printed };
}
