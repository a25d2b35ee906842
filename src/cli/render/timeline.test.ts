import { describe, expect, it } from 'vitest';
import type { Code, Grant } from '../../core/model.ts';
import type { Verdict } from '../../core/verdict.ts';
import type { Timeline } from '../../server/operations.ts';
import { paint } from './color.ts';
import type { Style } from './line.ts';
import { renderTimeline } from './timeline.ts';

const T = Date.UTC(2026, 2, 1, 23, 59, 50);
const style: Style = { color: false, unicode: true, width: 120, timeZone: 'UTC' };

const grant: Grant = {
  id: 'gr_4B2K9A2B4C000000',
  profile: 'oauth',
  by: 'alice',
  to: 'my_app_123',
  terms: { scope: ['lamp:read', 'lamp:write'] },
  from: T,
  until: null,
  state: 'revoked',
  endedAt: T + 20_000,
  endedBy: 'replayed',
  policyEpoch: 1,
  rev: 2,
};
const code = (id: string, purpose: string, over: Partial<Code>): Code => ({
  id,
  grant: grant.id,
  purpose,
  handle: 'opaque',
  bindings: [],
  from: T,
  until: T + 300_000,
  total: 1,
  used: 0,
  state: 'live',
  generation: 1,
  rev: 1,
  ...over,
});
const verdict = (id: string, over: Partial<Verdict>): Verdict => ({
  id,
  profile: 'oauth',
  action: 'token',
  ok: true,
  policy: 'p',
  at: T + 5_000,
  snapshot: null,
  times: 1,
  ...over,
});
const life: Timeline = {
  grant,
  codes: [
    code('cd_01ABCDEFGHJKMN', 'authorization_code', { used: 1 }),
    code('cd_02ABCDEFGHJKMN', 'access_token', { from: T + 5_000, until: T + 3_605_000, total: null }),
  ],
  verdicts: [
    verdict('vd_01ABCDEFGHJKMN', {}),
    verdict('vd_02ABCDEFGHJKMN', {
      ok: false,
      at: T + 20_000,
      decisive: 'oauth.code-unused',
      cause: 'replay',
      refusal: 'invalid_grant',
      consequence: { revokedCodes: 1, undoing: 1 },
    }),
  ],
  effects: [
    {
      id: 'ef_1',
      grant: grant.id,
      kind: 'pairing',
      target: 'lamp',
      data: {},
      state: 'undoing',
      attempts: 2,
      nextAt: 0,
      lastError: 'no answer\u001b[2J',
      rev: 1,
    },
  ],
};

describe('the life of a grant', () => {
  it('is told in order, with what it led to, across midnight', () => {
    expect(paint(renderTimeline(life, style, { now: T + 60_000, generation: 1 }), style)).toBe(`\
gr_4B2K9A2B4C  revoked (replayed)
  alice decided for my_app_123 · 1 min ago
  scope lamp:read lamp:write

 2026-03-01
 23:59:50    +0 s ● decided                            by alice for my_app_123
 23:59:50    +0 s ○ authorization code  cd_01ABCDEFGH  for 5 min, now used
 23:59:55    +5 s ○ access token        cd_02ABCDEFGH  for 1 h, now revoked
 23:59:55    +5 s ✓ token accepted      vd_01ABCDEFGH
 2026-03-02
 00:00:10   +20 s ✗ token refused       vd_02ABCDEFGH  invalid_grant by code-unused, replay · 1 token revoked, 1 pairing
                                                       being removed
 00:00:10   +20 s ● revoked                            replayed: everything issued for it died with it

On devices
  pairing on lamp  still being undone, 2 tried: no answer⟨U+001B⟩[2J
`);
  });

  it('calls an app that was asked for a nonce just that', () => {
    const asked = { ok: false, decisive: 'oauth.dpop-nonce', cause: 'missing', refusal: 'use_dpop_nonce' };
    const verdicts = [verdict('vd_01ABCDEFGHJKMN', asked), verdict('vd_02ABCDEFGHJKMN', { at: T + 6_000 })];
    const said = paint(renderTimeline({ ...life, verdicts }, style, { now: T + 60_000, generation: 1 }), style);
    expect(said).toContain(' · token asked         vd_01ABCDEFGH  asked for a nonce\n');
    expect(said).toContain(' ✓ token accepted      vd_02ABCDEFGH\n');
    expect(said).not.toContain('refused');
  });

  it('is told in the words of its profile', () => {
    const terms = { hold_hours: 24, unheard_of: 'x\u001b[2J' };
    const merchant: Grant = { ...grant, profile: 'payments', to: 'merchant:acme', terms, state: 'active' };
    const lived = { grant: merchant, codes: [], verdicts: [], effects: [] };
    const said = paint(renderTimeline(lived, style, { now: T + 60_000, generation: 1 }), style);
    expect(said).toContain('\n  alice let in merchant:acme · 1 min ago\n');
    expect(said).toContain('\n  After a decline for funds: wait 24 hours\n  unheard_of: x⟨U+001B⟩[2J\n');
    expect(said).toMatch(/● let in +merchant:acme, by alice\n/);
  });

  it('fits a narrow terminal', () => {
    const narrow = { ...style, width: 80 };
    const lines = paint(renderTimeline(life, narrow, { now: T, generation: 1 }), narrow).split('\n');
    expect(Math.max(...lines.map((l) => l.length))).toBeLessThanOrEqual(80);
  });
});
