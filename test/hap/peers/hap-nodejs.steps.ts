/** Our controller and a lamp by HAP-NodeJS. */
import type { Scenario } from '../../support/netns.ts';
import { startHapNodejs } from './start.ts';
import { peerScenario } from './steps.ts';
import type { World } from './world.ts';

/** See `steps.ts`. */
export const scenario: Scenario<World> = peerScenario(startHapNodejs);
