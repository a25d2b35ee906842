import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  accessCase,
  grantCase,
  lamp,
  limitedCase,
  statement,
  twoKeyCase,
  without,
} from '../../../test/support/home-case.ts';
import { draw } from '../../../test/support/home-oracle.ts';
import { type AccessCase, type GrantCase, permissionOf } from './case.ts';
import { boundFacts, checklistFor, judge, tables } from './profile.ts';

const refusal = (c: GrantCase | AccessCase): unknown => judge('request' in c ? 'access' : 'grant', c).decisive?.refusal;

describe('the home profile', () => {
  it('accepts sound cases of both tables', () => {
    const consent = without(grantCase({ stage: 'consent' }), 'sender', 'code');
    for (const c of [grantCase(), twoKeyCase(), limitedCase(), consent])
      expect(judge('grant', c).decisive).toBe(undefined);
    expect(judge('access', accessCase()).decisive).toBe(undefined);
  });

  it('lets nothing through that no capability permits, and keeps nothing back that one does', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const { scopes, request, local } = draw(seed);
        const accessory = lamp({ id: request.accessory, characteristic: { perms: ['pr', 'pw', 'ev'] } });
        const c = accessCase({ scopes, request, local, accessory });
        expect(judge('access', c).ok).toBe(permissionOf(c).ok);
      }),
      { numRuns: 3_000 },
    );
  });

  it('tells what is there only to who may have it', () => {
    const nobody = { scopes: ['home:door:r'] };
    const cases = [
      accessCase(nobody),
      without(accessCase(nobody), 'accessory'),
      accessCase({ ...nobody, accessory: lamp({ reachable: false }) }),
    ];
    expect(cases.map(refusal)).toEqual(['insufficient_scope', 'insufficient_scope', 'insufficient_scope']);
    expect(refusal(without(accessCase(), 'accessory'))).toBe('not_found');
    expect(refusal(accessCase({ accessory: lamp({ reachable: false }) }))).toBe('temporarily_unavailable');
    expect(refusal(accessCase({ scopes: ['home:lamp:t'] }))).toBe('invalid_request');
  });

  it('speaks the words of the endpoint where it is heard', () => {
    const unbound = { bound: {} };
    expect(refusal(grantCase(unbound))).toBe('invalid_grant');
    expect(refusal(grantCase({ ...unbound, stage: 'consent' }))).toBe('invalid_request');
    expect(refusal(grantCase({ accessories: [] }))).toBe('invalid_scope');
  });

  it('shows every fault of one attempt at once', () => {
    const c = twoKeyCase({
      scopes: ['home:lamp:r'],
      hapKey: statement({ signature: 'invalid' }),
      accessories: [lamp({ hub: 'none', pv: '2' })],
    });
    const { checks } = judge('grant', c);
    const failed = checks.flatMap(({ children }) => children ?? []).filter(({ outcome }) => outcome === 'fail');
    expect(failed.map(({ id }) => id)).toEqual([
      'home.direct-not-limited',
      'home.two-keys',
      'home.protocol-version',
      'home.hub-admin',
    ]);
  });

  it('gives the identical tree for a snapshot', () => {
    for (const c of [grantCase({ bound: {} }), twoKeyCase(), accessCase({ local: { day: 1, minute: 5 } })]) {
      const action = 'request' in c ? 'access' : 'grant';
      const again = JSON.parse(JSON.stringify(c)) as typeof c;
      expect(judge(action, again).checks).toEqual(judge(action, c).checks);
    }
  });

  it('names the facts of a code that its rules judge', () => {
    expect([...boundFacts].sort()).toEqual(['hap_jkt', 'ownership', 'role']);
  });

  it('has a checklist for each error that can be heard', () => {
    const heard = new Set(
      [...tables.grant, ...tables.access].flatMap(({ rules }) => rules.map((rule) => rule.refusal)),
    );
    for (const error of heard) {
      const causes = checklistFor(error);
      expect(causes.length).toBeGreaterThan(0);
      for (const { fixes } of causes) expect(fixes.length).toBeGreaterThan(0);
    }
    expect(checklistFor('temporarily_unavailable').map(({ rule }) => rule)).toContain('home.accessory-reachable');
    expect(checklistFor('nothing')).toEqual([]);
  });
});
