import { describe, expect, it } from 'vitest';
import { uncovered } from './capability.ts';
import { CHOICES, type Choice, scopesFor } from './choices.ts';
import { readScope } from './scope.ts';

const enabled = (...names: string[]) => names.map((name) => ({ name, enabled: true }));

describe('what a person picks for an app', () => {
  it.each<[readonly Choice[], readonly string[], readonly string[]]>([
    [['read'], ['lamp:read', 'lamp:write'], ['home:lamp/lightbulb:rs']],
    [['on', 'off'], ['lamp:read', 'lamp:write'], ['home:lamp/lightbulb/on:w']],
    [['on'], ['lamp:write'], ['home:lamp/lightbulb/on:w[on]']],
    [['off'], ['home:*/lightbulb:rws'], ['home:lamp/lightbulb/on:w[off]']],
    [['direct'], [], ['home:lamp:direct']],
    [['read', 'direct'], ['home:lamp:r@mon-fri,07:00-22:00'], ['home:lamp:r@mon-fri,07:00-22:00', 'home:lamp:direct']],
    [['read'], ['home:door:rs', 'meter:history'], ['home:lamp:rs']],
    [['on', 'off'], ['home:lamp/lightbulb/brightness:w'], ['home:lamp/*/on:w']],
    [[], ['lamp:read'], []],
  ])('%j of an app that has %j is %j', (picked, registered, scopes) => {
    expect(scopesFor('lamp', picked, enabled(...registered))).toEqual(scopes);
  });

  it('is always readable, and never more than a registered scope that fits', () => {
    const wide = ['home:*:rws', 'home:lamp/lightbulb:rs', 'home:lamp/*/on:t@07:00-22:00', 'home:lamp:direct'];
    for (let mask = 0; mask < 2 ** CHOICES.length; mask++) {
      const picked = CHOICES.filter((_, bit) => mask & (1 << bit));
      const scopes = scopesFor('lamp', picked, enabled(...wide));
      expect(scopes.every((scope) => readScope(scope)?.ok)).toBe(true);
      expect(uncovered(wide, scopes)).toEqual([]);
    }
  });

  it('is taken from what is switched off only where nothing else fits, so that the refusal names the switch', () => {
    const registered = [
      { name: 'home:lamp:r', enabled: false },
      { name: 'lamp:read', enabled: true },
    ];
    expect(scopesFor('lamp', ['read'], registered)).toEqual(['home:lamp/lightbulb:rs']);
    expect(scopesFor('lamp', ['read'], registered.slice(0, 1))).toEqual(['home:lamp:r']);
  });
});
