/**
 * What a person picks for an app on one accessory, as scopes: as narrow as it was picked. Where the app is registered for
 * it by some scope, in the parts of that one; whether it may have it is judged where every code is minted, never here.
 */
import { type Capability, type HomeScope, printScope, readScope } from './scope.ts';
import { characteristicType } from './types.ts';

/** See how it is; switch it on; switch it off; a pairing of the app's own on the whole of it. */
export const CHOICES = ['read', 'on', 'off', 'direct'] as const;

/** One of them. */
export type Choice = (typeof CHOICES)[number];

/** A scope that an app is registered for. */
export interface RegisteredScope {
  readonly name: string;
  readonly enabled: boolean;
}

const ON = characteristicType('on');

/** The scopes, each once, in the order of `CHOICES`. */
export function scopesFor(
  accessory: string,
  picked: readonly Choice[],
  registered: readonly RegisteredScope[],
): readonly string[] {
  const has = (choice: Choice): boolean => picked.includes(choice);
  const on = has('on') && has('off') ? undefined : has('on');
  const scopes: HomeScope[] = [
    ...(has('read') ? reading(accessory, registered) : []),
    ...(has('on') || has('off') ? switching(accessory, registered, on) : []),
    ...(has('direct') ? [{ kind: 'direct', accessory } as const] : []),
  ];
  return [...new Set(scopes.map(printScope))];
}

function reading(accessory: string, registered: readonly RegisteredScope[]): readonly Capability[] {
  const parts = partsOf(accessory, registered, ({ ops }) => /[rs]/.test(ops));
  if (parts.length === 0) return [{ kind: 'capability', accessory, ops: 'rs' }];
  return parts.map(({ ops, bound: _, ...part }) => ({ ...part, accessory, ops: ops.replaceAll(/[^rs]/g, '') }));
}

function switching(
  accessory: string,
  registered: readonly RegisteredScope[],
  on: boolean | undefined,
): readonly Capability[] {
  const isSwitch = ({ characteristic, ops }: Capability): boolean =>
    /[wt]/.test(ops) && (characteristic === undefined || characteristic === ON);
  const wanted = { characteristic: ON as string, ...(on !== undefined && { bound: { on } }) };
  const parts = partsOf(accessory, registered, isSwitch);
  if (parts.length === 0) return [{ kind: 'capability', accessory, ops: 'w', ...wanted }];
  return parts.map(({ ops, bound: _, ...part }) => ({
    ...part,
    accessory,
    ops: ops.includes('w') ? 'w' : 't',
    ...wanted,
  }));
}

/** Of what is registered for the accessory that which fits; what is switched off counts only where nothing else fits. */
function partsOf(
  accessory: string,
  registered: readonly RegisteredScope[],
  fits: (capability: Capability) => boolean,
): readonly Capability[] {
  const all = registered.flatMap(({ name, enabled }) => {
    const read = readScope(name);
    if (!read?.ok || read.scope.kind !== 'capability') return [];
    const { scope } = read;
    return (scope.accessory === accessory || scope.accessory === '*') && fits(scope) ? [{ scope, enabled }] : [];
  });
  const enabled = all.filter((one) => one.enabled);
  return (enabled.length > 0 ? enabled : all).map(({ scope }) => scope);
}
