import { inNamespace } from '../support/netns.ts';
import { scenario } from './home-network.steps.ts';

// proves: C1, C17
inNamespace('counterfoil home on a network', new URL('./home-network.steps.ts', import.meta.url), scenario);
