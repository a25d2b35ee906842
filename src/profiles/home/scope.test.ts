import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ALIASES, type HomeScope, isHomeScope, printScope, readScope, SCOPE_MAX } from './scope.ts';
import { CHARACTERISTIC_TYPES, SERVICE_TYPES } from './types.ts';

function scope(text: string): HomeScope {
  const read = readScope(text);
  if (!read?.ok) throw new Error(`${text}: ${JSON.stringify(read)}`);
  return read.scope;
}

const SPELLED = [
  'home:lamp:rws',
  'home:*:r',
  'home:lamp/lightbulb:rs',
  'home:lamp/lightbulb/brightness:rws[10..60]@07:00-22:00',
  'home:lamp/*/on:w[on]',
  'home:door/lock-mechanism/lock-target-state:rt[1]@mon-fri,22:00-06:00',
  'home:bridge.3/E863F10F-079E-48FF-8F27-9C2605A29F52/E863F110-079E-48FF-8F27-9C2605A29F52:r',
  'home:heater/thermostat/target-temperature:w[-5.5..21.25]@sat-sun',
  'home:lamp:direct',
];

describe('scope', () => {
  it.each(SPELLED)('reads %s and prints it again', (text) => {
    expect(printScope(scope(text))).toBe(text);
  });

  it('reads types by name and by UUID, and prints names', () => {
    expect(printScope(scope('home:lamp/43/00000025-0000-1000-8000-0026bb765291:r'))).toBe('home:lamp/lightbulb/on:r');
  });

  it('is made of characters that RFC 6749 allows in a scope', () => {
    for (const text of SPELLED) expect(text).toMatch(/^[\x21\x23-\x5b\x5d-\x7e]+$/);
  });

  it.each([
    ['home:', 'home:<accessory>:<ops>'],
    ['home:lamp', 'home:<accessory>:<ops>'],
    ['home::r', '<accessory>, then at most a service and a characteristic'],
    ['home:lamp/lightbulb/on/x:r', '<accessory>, then at most a service and a characteristic'],
    ['home:lamp/bulb:r', 'the name or UUID of a HAP service'],
    ['home:lamp/lightbulb/colour:r', 'the name or UUID of a HAP characteristic'],
    ['home:lamp/*:r', 'a characteristic after *'],
    ['home:lamp:', 'operations of r, w, s, t in this order'],
    ['home:lamp:wr', 'operations of r, w, s, t in this order'],
    ['home:lamp:rwt', 'w or t'],
    ['home:lamp:rw[10..60]', 'a bound on one characteristic'],
    ['home:lamp/lightbulb/brightness:r[10..60]', 'a bound on writing'],
    ['home:lamp/lightbulb/brightness:w[60..10]', 'a range from the lower value to the higher one'],
    ['home:lamp/lightbulb/brightness:w[on]', 'a number or a range'],
    ['home:lamp/lightbulb/on:w[0..1]', 'on or off'],
    ['home:lamp/accessory-information/name:w[1]', 'no bound'],
    ['home:lamp/lightbulb/brightness:w[1e3]', 'a bound like 10..60, 3, on or off'],
    ['home:lamp/lightbulb/brightness:w[]', 'a bound like 10..60, 3, on or off'],
    ['home:lamp:r@', 'days like mon-fri, of mon tue wed thu fri sat sun'],
    ['home:lamp:r@25:00-26:00', 'hours like 07:00-22:00'],
    ['home:*:direct', 'direct for one whole accessory'],
    ['home:lamp/lightbulb:direct', 'direct for one whole accessory'],
    ['home:lamp:direct@07:00-22:00', 'direct alone'],
    [`home:${'x'.repeat(SCOPE_MAX)}:r`, `at most ${SCOPE_MAX} characters`],
  ])('refuses %s and says what was expected', (text, expected) => {
    expect(readScope(text)).toMatchObject({ ok: false, expected });
  });

  it('leaves the scopes of others alone', () => {
    for (const text of ['openid', 'homework:read', 'lamp:burn', '']) {
      expect([isHomeScope(text), readScope(text)]).toEqual([false, undefined]);
    }
  });

  it('keeps the older names, as capabilities', () => {
    for (const [alias, text] of ALIASES) expect(readScope(alias)).toEqual(readScope(text));
    expect(printScope(scope('lamp:write'))).toBe('home:lamp/lightbulb/on:w');
  });

  it('never throws, and what it reads it can print and read again', () => {
    const part = fc.constantFrom(
      ...SPELLED.join('').split(/(?=[:/@[\]])/),
      ':',
      '/',
      '[',
      ']',
      '@',
      '*',
      'rw',
      '..',
      '-',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 9 }), fc.string({ unit: 'binary', maxLength: 5 }), (parts, tail) => {
        const read = readScope(`home:${parts.join('')}${tail}`);
        if (!read?.ok) return;
        expect(readScope(printScope(read.scope))).toEqual(read);
      }),
      { numRuns: 20_000 },
    );
  });

  it('can name every type there is', () => {
    for (const [uuid, name] of SERVICE_TYPES) expect(scope(`home:a/${uuid}:r`)).toEqual(scope(`home:a/${name}:r`));
    for (const [uuid, { name }] of CHARACTERISTIC_TYPES)
      expect(scope(`home:a/*/${uuid}:r`)).toEqual(scope(`home:a/*/${name}:r`));
  });
});
