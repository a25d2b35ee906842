import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide, disagreements, draw } from '../../../test/support/home-oracle.ts';
import { type AccessRequest, capabilitiesOf, covers, homeScopes, permits, uncovered } from './capability.ts';
import { type Capability, type HomeScope, readScope } from './scope.ts';

const NOON = { day: 0, minute: 720 };
const write: AccessRequest = { accessory: 'lamp', service: '43', characteristic: '8', op: 'write', value: 40 };

function caps(...scopes: string[]): readonly Capability[] {
  return capabilitiesOf(homeScopes(scopes));
}

function failed(scopes: readonly string[], request: AccessRequest): unknown {
  const permission = permits(caps(...scopes), request, NOON);
  return permission.ok ? 'permitted' : permission.nearest.map((miss) => miss.failed);
}

describe('permits', () => {
  it('agrees with a naive oracle on 100,000 random requests, and on what came nearest', () => {
    const seed = 20_261_121;
    const { requests, permitted, differences } = disagreements(seed, 500, 200);
    expect(differences).toEqual([]);
    expect(requests).toBe(100_000);
    // Neither answer is so rare that the other one could be given blindly.
    expect(permitted / requests).toBeGreaterThan(0.1);
    expect(permitted / requests).toBeLessThan(0.9);
  });

  it('is held against an oracle that notices a wrong answer', () => {
    const { scopes, specs, request, local } = draw(7);
    const told = permits(caps(...scopes), request, local);
    expect(decide(specs, request, local).ok).toBe(told.ok);
    expect(decide([], request, local).ok).toBe(false);
  });

  it('needs one capability that allows all of it: halves of two do not add up', () => {
    expect(failed(['home:lamp/lightbulb/brightness:r', 'home:lamp/lightbulb/hue:w'], write)).toEqual([['operation']]);
  });

  it('names the one that came nearest: the right thing at a wrong hour, not another thing', () => {
    const scopes = ['home:other:w', 'home:lamp/lightbulb/on:w', 'home:lamp/lightbulb/brightness:w[50..60]@22:00-06:00'];
    expect(failed(scopes, write)).toEqual([['value', 'hours']]);
    expect(failed([...scopes, 'home:lamp/lightbulb/brightness:w@22:00-06:00'], write)).toEqual([['hours']]);
  });

  it('takes a write for nothing less than a number within the bound', () => {
    const bounded = ['home:lamp/lightbulb/brightness:w[10..60]'];
    for (const value of [10, 60, 59.999]) expect(failed(bounded, { ...write, value })).toBe('permitted');
    for (const value of [9.999, 61, Number.NaN, Number.POSITIVE_INFINITY, '40', true])
      expect(failed(bounded, { ...write, value })).toEqual([['value']]);
    const { value: _, ...nothing } = write;
    expect(failed(bounded, nothing)).toEqual([['value']]);
  });

  it('lets timed writes be prepared where plain ones are allowed, and not the other way round', () => {
    expect(failed(['home:lamp:w'], { ...write, timed: true })).toBe('permitted');
    expect(failed(['home:lamp:t'], { ...write, timed: true })).toBe('permitted');
    expect(failed(['home:lamp:t'], write)).toEqual([['timed']]);
  });

  it('permits nothing through the hub to a pairing, or to what cannot be read', () => {
    expect(failed(['home:lamp:direct', 'home:lamp:wr', 'openid', ''], write)).toEqual([]);
  });

  it('is total on requests for whatever', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), fc.double(), (accessory, service, characteristic, value) => {
        const request: AccessRequest = { accessory, service, characteristic, op: 'write', value };
        expect(permits(caps('home:lamp/lightbulb/on:w[on]'), request, NOON).ok).toBe(false);
        expect(permits(caps('home:*:w'), request, NOON).ok).toBe(true);
      }),
    );
  });
});

/** Everything two capabilities over these few things can differ in. */
const VENDOR = 'E863F10F-079E-48FF-8F27-9C2605A29F52';
const target = fc.constantFrom('*', 'a', 'b', 'a/43', 'a/*/8', `a/*/${VENDOR}`, `a/43/${VENDOR}`, `*/43/${VENDOR}`);
const bound = fc.constantFrom('', '[on]', '[off]', '[0..1]', '[1]', '[0]', '[0..3]', '[1..3]', '[2..2]');
const hours = fc.constantFrom('', '@06:00-12:00', '@22:00-12:00', '@mon', '@mon-tue,06:00-08:00', '@sun,22:00-07:00');
const token = fc
  .tuple(target, fc.constantFrom('r', 'w', 's', 't', 'rw', 'rst'), bound, hours)
  .map(([path, ops, range, when]) => `home:${path}:${ops}${range}${when}`)
  .filter((text) => readScope(text)?.ok === true);

const one = (text: string): HomeScope => {
  const read = readScope(text);
  if (!read?.ok) throw new Error(text);
  return read.scope;
};

/** Every request over the few things above, at every hour of the week. */
function everyRequest(visit: (request: AccessRequest, at: { day: number; minute: number }) => boolean): boolean {
  const values = [true, false, 0, 1, 2, 3, 4];
  const ops = [
    { op: 'read' as const },
    { op: 'subscribe' as const },
    ...values.flatMap((value) => [
      { op: 'write' as const, value },
      { op: 'write' as const, value, timed: true },
    ]),
  ];
  for (const accessory of ['a', 'b', 'c'])
    for (const service of ['43', '49'])
      for (const characteristic of ['8', '25', VENDOR])
        for (const op of ops)
          for (let hour = 0; hour < 7 * 24; hour++) {
            const at = { day: Math.floor(hour / 24), minute: (hour % 24) * 60 };
            if (!visit({ accessory, service, characteristic, ...op }, at)) return false;
          }
  return true;
}

describe('covers', () => {
  it('says yes only when each request that is asked for is granted already, and for one capability exactly then', () => {
    fc.assert(
      fc.property(token, token, (granted, asked) => {
        const [have, want] = [caps(granted), caps(asked)];
        const contained = everyRequest(
          (request, at) => !permits(want, request, at).ok || permits(have, request, at).ok,
        );
        expect([granted, asked, covers(homeScopes([granted]), one(asked))]).toEqual([granted, asked, contained]);
      }),
      { numRuns: 400 },
    );
  });

  it('says yes only when each request is granted by some of several', () => {
    fc.assert(
      fc.property(fc.array(token, { maxLength: 4 }), token, (granted, asked) => {
        if (!covers(homeScopes(granted), one(asked))) return;
        const [have, want] = [caps(...granted), caps(asked)];
        expect(everyRequest((request, at) => !permits(want, request, at).ok || permits(have, request, at).ok)).toBe(
          true,
        );
      }),
      { numRuns: 200 },
    );
  });

  it('takes each operation from whichever grants it', () => {
    const granted = homeScopes(['home:lamp:r', 'home:lamp/lightbulb:w']);
    expect(covers(granted, one('home:lamp/lightbulb/on:rw'))).toBe(true);
    expect(covers(granted, one('home:lamp:rw'))).toBe(false);
  });

  it('keeps pairings and capabilities apart', () => {
    const direct = homeScopes(['home:lamp:direct']);
    expect(covers(direct, one('home:lamp:direct'))).toBe(true);
    expect(covers(direct, one('home:lamp:r'))).toBe(false);
    expect(covers(homeScopes(['home:*:rws']), one('home:lamp:direct'))).toBe(false);
  });

  it('is asked in scopes: what is not covered comes back as it was asked for', () => {
    const granted = ['openid', 'home:lamp:rw', 'lamp:read'];
    const asked = [
      'openid',
      'email',
      'home:lamp/lightbulb/on:w',
      'lamp:write',
      'home:door:r',
      'home:lamp:x',
      'lamp:read',
    ];
    expect(uncovered(granted, asked)).toEqual(['email', 'home:door:r', 'home:lamp:x']);
    expect(uncovered(['home:lamp:x'], ['home:lamp:x'])).toEqual(['home:lamp:x']);
  });
});
