/** Our controller against a foreign accessory. */
import { inNamespace } from '../support/netns.ts';
import { scenario } from './controller.scenario.ts';

inNamespace('our controller and a lamp by HAP-NodeJS', new URL('./controller.scenario.ts', import.meta.url), scenario);
