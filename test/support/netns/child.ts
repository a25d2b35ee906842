/** Plays the scenario of the module named by its argument, in the namespace that `../netns.ts` made around it. */
import { writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { inspect } from 'node:util';
import type { Scenario, Told } from '../netns.ts';

/** A step that does not come back must not keep the others from being told. */
const STEP_MS = 30_000;
const TOLD = 3;

const { scenario } = (await import(process.argv[2] ?? '')) as { scenario: Scenario<unknown> };
const world = await scenario.open();
try {
  for (const step of scenario.steps) {
    const late = pause(STEP_MS, undefined, { ref: false }).then(() => {
      throw new Error(`expected an end within ${STEP_MS} ms, got none`);
    });
    const error = await Promise.race([(async () => step.run(world))(), late]).then(
      () => undefined,
      (thrown: unknown) => inspect(thrown),
    );
    const told: Told = { title: step.title, ...(error !== undefined && { error }) };
    writeSync(TOLD, `${JSON.stringify(told)}\n`);
  }
} finally {
  await Promise.race([scenario.close(world), pause(STEP_MS, undefined, { ref: false })]);
}
process.exit(0);
