import { inNamespace } from '../support/netns.ts';
import { scenario } from './discovery.steps.ts';

inNamespace('accessories on the network', new URL('./discovery.steps.ts', import.meta.url), scenario);
