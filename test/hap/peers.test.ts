import { inNamespace } from '../support/netns.ts';
import { scenario as hapNodejs } from './peers/hap-nodejs.steps.ts';
import { scenario as homebridge } from './peers/homebridge.steps.ts';

inNamespace('a HAP-NodeJS accessory', new URL('./peers/hap-nodejs.steps.ts', import.meta.url), hapNodejs);
inNamespace('a Homebridge bridge', new URL('./peers/homebridge.steps.ts', import.meta.url), homebridge);
