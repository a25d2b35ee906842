/**
 * What can be done at home, from the least to the most destructive. A cause lists its own advice first and then steps of
 * this ladder, in this order: whoever follows a list top to bottom destroys no more than is needed.
 *
 * To add one: put it where it belongs; `table.test.ts` proves that no cause climbs down.
 */
import type { Fix } from '../../core/verdict.ts';

/** A step of the ladder. */
export type Step =
  | 'retry-soon'
  | 'same-network'
  | 'power-cycle'
  | 'firmware'
  | 'tell-maker'
  | 'pair-anew'
  | 'remove-there'
  | 'factory-reset'
  | 'reset-home';

/** The steps, gentle ones first. */
const STEPS: Readonly<Record<Step, Fix>> = {
  'retry-soon': {
    audience: 'client',
    say: 'wait 30 s and try again: an accessory lets go of a half-done pairing then',
  },
  'same-network': {
    audience: 'owner',
    say: 'bring the accessory and the hub into one network: no guest Wi-Fi, no client isolation, and between VLANs an mDNS reflector',
  },
  'power-cycle': { audience: 'owner', say: 'take the accessory off power for 10 s, let it start, and try again' },
  firmware: { audience: 'owner', say: "update the accessory's firmware in its maker's app, then try again" },
  'tell-maker': { audience: 'issuer', say: 'send this transcript to the maker of the accessory: it holds no secret' },
  'pair-anew': {
    audience: 'owner',
    say: 'remove this accessory from this hub only, then pair it anew with the code on its label',
  },
  'remove-there': {
    audience: 'owner',
    say: 'remove the accessory in the app or hub that holds it; every other one loses it too when that was its last administrator',
  },
  'factory-reset': {
    audience: 'owner',
    say: 'factory reset the accessory as its maker describes: all of its controllers must pair anew, and its id changes',
  },
  'reset-home': {
    audience: 'owner',
    say: 'last of all, on the phone: Settings > Privacy & Security > HomeKit > Reset HomeKit Configuration; it destroys every home, room and automation on all of your devices',
  },
};

/** Steps of the ladder, in its order, whatever the order asked for. */
export function ladder(...asked: readonly Step[]): Fix[] {
  return (Object.keys(STEPS) as Step[]).filter((step) => asked.includes(step)).map((step) => STEPS[step]);
}

/** How far down the ladder a fix stands; advice of a cause's own stands above it. */
export function rung(fix: Fix): number {
  return Object.values(STEPS).findIndex((step) => step.say === fix.say);
}
