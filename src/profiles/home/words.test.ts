import { describe, expect, it } from 'vitest';
import { readScope } from './scope.ts';
import { CHARACTERISTIC_TYPES } from './types.ts';
import { actSentence, consentSentence, consentSentences, namesOf } from './words.ts';

const names = namesOf([
  { id: 'lamp', name: 'Lamp', services: ['3E', 'A2', '43'] },
  { id: 'fan', name: 'Fan', services: ['3E', '40', '43'] },
  { id: 'bridge', name: 'Hue Bridge', services: ['3E'], behind: 12 },
  { id: 'tv', name: 'TV' },
]);

describe('words', () => {
  it.each([
    ['home:lamp/lightbulb/on:r', 'see whether the lamp is on'],
    ['home:lamp/lightbulb/on:rs', 'see whether the lamp is on, now and as it changes'],
    ['home:lamp/lightbulb/on:s', 'be told each time the lamp goes on or off'],
    ['home:lamp/lightbulb/on:w', 'switch the lamp on and off'],
    ['home:lamp/lightbulb/on:w[off]', 'switch the lamp off'],
    [
      'home:lamp/lightbulb/brightness:w[10..60]@07:00-22:00',
      'set the brightness of the lamp between 10 and 60 %, 07:00 to 22:00',
    ],
    [
      'home:lamp/lightbulb/brightness:rw[10..60]@mon-fri,22:00-06:00',
      'see the brightness of the lamp, and set the brightness of the lamp between 10 and 60 %; all of it Monday to Friday, 22:00 to 06:00 of the next day',
    ],
    ['home:lamp/lightbulb/brightness:w[30]', 'set the brightness of the lamp to 30 %'],
    ['home:fan/lightbulb/on:w', 'switch the lightbulb of the fan on and off'],
    ['home:fan/lightbulb:rs', 'see everything that the lightbulb of the fan reports, now and as it changes'],
    ['home:lamp:s', 'be told of every change of the lamp'],
    ['home:lamp:w@sat-sun', 'control everything that the lamp can do, Saturday to Sunday'],
    ['home:*:r', 'see everything that every accessory reports'],
    ['home:*/lightbulb/on:w[off]', 'switch the lightbulb of every accessory off'],
    ['home:tv/television/mute:w', 'set the mute of the television of the TV'],
    [
      'home:door/*/lock-target-state:t[1]',
      'set the lock of each part of the accessory door to 1, by timed writes only',
    ],
    ['home:door/*/lock-target-state:s', 'be told each time the lock of each part of the accessory door changes'],
    ['home:lamp:direct', 'become a controller of the lamp itself: everything it can do, until removed'],
    [
      'home:bridge:direct',
      'become a controller of the Hue Bridge itself and of the 12 accessories behind it: everything they can do, until removed',
    ],
    ['lamp:read', 'see everything that the lightbulb of the lamp reports, now and as it changes'],
    ['home:fan/*/on:w', 'switch each part of the fan on and off'],
    ['lamp:write', 'switch the lamp on and off'],
  ])('say of %s: %s', (scope, means) => {
    expect(consentSentence(scope, names)).toBe(means);
  });

  it('have nothing to say of what is not of this profile, or cannot be read', () => {
    expect([consentSentence('openid', names), consentSentence('home:lamp:wr', names)]).toEqual([undefined, undefined]);
    expect(consentSentences(['openid', 'home:lamp/43/25:r', 'home:lamp:wr'], names)).toEqual([
      { scope: 'home:lamp/lightbulb/on:r', means: 'see whether the lamp is on' },
    ]);
  });

  it('tell scopes apart: no two that allow different things have the same sentence', () => {
    const paths = [
      'lamp',
      'fan',
      '*',
      'lamp/lightbulb',
      'fan/lightbulb',
      'fan/fan',
      'lamp/*/on',
      'fan/*/on',
      '*/*/on',
      '*/lightbulb/on',
      'fan/lightbulb/on',
      'fan/fan/on',
    ];
    const types = [...CHARACTERISTIC_TYPES.values()].map(({ name }) => `fan/fan/${name}`);
    const seen = new Map<string, string>();
    for (const path of [...paths, ...types]) {
      for (const ops of ['r', 's', 'rs', 'w', 't', 'rw']) {
        for (const rest of ['', '@07:00-22:00', '@mon', '[on]', '[10..60]', '[1]']) {
          const scope = `home:${path}:${ops}${rest}`;
          const read = readScope(scope);
          if (!read?.ok) continue;
          const means = consentSentence(scope, names) ?? '';
          const before = seen.get(means);
          if (before !== undefined) expect(readScope(before)).toEqual(read);
          seen.set(means, scope);
        }
      }
    }
    expect(seen.size).toBeGreaterThan(500);
  });

  it('say what becomes of the accessory, before somebody hands it over or wipes it', () => {
    expect(actSentence('additional', 'lamp', names)).toContain('they may add and remove controllers');
    expect(actSentence('transfer', 'lamp', names)).toContain('every other controller is removed, yours too');
    expect(actSentence('reset', 'lamp', names)).toContain('every controller is removed');
  });
});
