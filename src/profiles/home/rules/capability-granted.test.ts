import { describe, expect, it } from 'vitest';
import { accessCase } from '../../../../test/support/home-case.ts';
import { capabilityGranted } from './capability-granted.ts';

const presented = 'lamp/lightbulb/brightness';
const found = (...scopes: string[]): unknown => capabilityGranted.check(accessCase({ scopes }));

describe('home.capability-granted', () => {
  it('passes and names the capability that permits the request', () => {
    const scopes = ['home:door:r', 'home:lamp/43/8:rw'];
    expect(found(...scopes)).toEqual({ outcome: 'pass', presented: 'home:lamp/lightbulb/brightness:rw' });
  });

  it('passes and leaves the refusal to others when it reaches the target and fails behind it', () => {
    expect(found('home:lamp:r')).toEqual({ outcome: 'pass', expected: ['home:lamp:r'], presented });
  });

  it('refuses as `none`, and nothing that cannot be read helps', () => {
    expect(found('openid', 'home:lamp:wr')).toEqual({ outcome: 'fail', cause: 'none', presented });
  });

  it('refuses as `direct-only`: a pairing opens nothing through the hub', () => {
    expect(found('home:lamp:direct')).toEqual({ outcome: 'fail', cause: 'direct-only', presented });
  });

  const missed = (cause: string, scope: string): void => {
    expect(found('home:oven:r', scope)).toEqual({ outcome: 'fail', cause, expected: [scope], presented });
  };

  it('refuses as `accessory` what is for another one', () => missed('accessory', 'home:door:rw'));
  it('refuses as `service` what is for another service', () => missed('service', 'home:lamp/switch:rw'));
  it('refuses as `characteristic` what is for another one', () =>
    missed('characteristic', 'home:lamp/lightbulb/on:rw'));
});
