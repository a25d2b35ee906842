/** Changes of ownership on an accessory that is not ours. */
// proves: C11, C10
import { inNamespace } from '../support/netns.ts';
import { scenario } from './ownership.steps.ts';

inNamespace('the ownership of a HAP-NodeJS accessory', new URL('./ownership.steps.ts', import.meta.url), scenario);
