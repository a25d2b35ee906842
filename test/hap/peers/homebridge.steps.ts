/** Our controller and a lamp behind Homebridge's bridge. */
import type { Scenario } from '../../support/netns.ts';
import { startHomebridge } from './start.ts';
import { peerScenario } from './steps.ts';
import type { World } from './world.ts';

/** See `steps.ts`. */
export const scenario: Scenario<World> = peerScenario(startHomebridge);
