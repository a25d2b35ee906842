import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { samplePages } from '../../../test/support/sample-pages.ts';
import type { Phase } from '../../core/rule.ts';
import type { Check } from '../../core/verdict.ts';
import { tables } from '../../profiles/oauth/profile.ts';
import { appIdOf, appPath, exceptionNames, switchesOf } from './app-fields.ts';
import { appRemovePage } from './app-remove.ts';
import { settingsRefused } from './verdict.ts';

const pages = samplePages();
const words = (page = ''): string =>
  page
    .replace(/<style>[\s\S]*<\/style>/, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');

describe('the path of an application', () => {
  const ids = fc.stringMatching(/^[A-Za-z0-9._~-]{1,100}$/);

  it('leads back to its id, in one segment that no browser shortens and no page of ours has', () => {
    fc.assert(
      fc.property(fc.oneof(ids, fc.constantFrom('new', '.', '..', '...', 'New')), (id) => {
        const path = appPath(id);
        expect(new URL(path, 'http://hub.example').pathname).toBe(path);
        expect(path).toMatch(/^\/apps\/[^/]+$/);
        expect(path).not.toBe('/apps/new');
        expect(appIdOf(path.slice('/apps/'.length))).toBe(id);
      }),
    );
  });

  it('is read from any segment at all without a fault', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (segment) => {
        expect(['string', 'undefined']).toContain(typeof appIdOf(segment));
      }),
    );
  });
});

describe('the page of an application', () => {
  it('says what stands for a public app without PKCE: nothing', () => {
    expect(words(pages['app'])).toContain('Proves itself by Nothing but its client ID');
    expect(words(pages['app'])).toContain('Exception codes without PKCE');
    expect(exceptionNames({})).toEqual([]);
  });

  it('has a form per thing to change, each with a token of its own, and none that a public app has no use for', () => {
    const does = (page = ''): string[] =>
      [...page.matchAll(/name="do" value="([^"]*)"><input type="hidden" name="csrf" value="c5rf-\1"/g)].map(
        ([, d = '']) => d,
      );
    const every = ['add-uri', 'scopes', 'grant-types', 'exceptions', 'new-secret', 'describe'];
    expect(does(pages['app-saved'])).toEqual(every);
    expect(does(pages['app'])).toEqual(['remove-uri', 'remove-uri', ...every.filter((form) => form !== 'new-secret')]);
  });

  it('offers scopes of the hub that are not included, and warns when none is', () => {
    expect(pages['app']).toMatch(/value="lamp:write"(?:(?!<\/li>).)*name="included-2" >/s);
    expect(words(pages['app-saved'])).toContain('No scope is included: every request of this app is refused.');
    expect(words(pages['app'])).not.toContain('No scope is included');
  });

  it('shows what was wrong at the field it was wrong with, and says so in the title', () => {
    expect(pages['app-problem']).toContain('<title>Error: Monthly Reports');
    expect(pages['app-problem']).toContain(
      'value="https://bi.example.com/cb#top" aria-invalid="true" aria-describedby="problem"',
    );
    expect(pages['app-problem']?.match(/id="problem"/g)).toHaveLength(1);
  });
});

describe('rows of scopes', () => {
  it('are read back as they were sent, and a box that is not ticked is off', () => {
    const form = new Map([
      ['scope-0', 'a'],
      ['included-0', 'on'],
      ['enabled-0', 'on'],
      ['scope-1', 'b'],
      ['enabled-1', 'on'],
      ['scope-3', 'not reached'],
    ]);
    expect(switchesOf(form)).toEqual([
      { name: 'a', included: true, enabled: true },
      { name: 'b', included: false, enabled: true },
    ]);
  });
});

describe('the step before removing', () => {
  const say = (grants: number, live: number, more?: true): string => {
    const frame = {
      hub: 'Hub',
      signed: { user: 'ada', role: 'operator' as const, csrf: 'l' },
      csrf: 'c',
      app: { id: 'a', name: 'A' },
    };
    return words(appRemovePage({ ...frame, holds: { grants, live, ...(more && { more }) } }));
  };

  it('says how much is revoked, and when it is nothing or more than was counted', () => {
    expect(say(1, 1)).toContain('1 grant and 1 live code or token are revoked at once.');
    expect(say(0, 0)).toContain('nothing has to be revoked');
    expect(say(1_000, 998, true)).toContain('At least 1000 grants and 998 live codes and tokens');
  });
});

describe('a verdict', () => {
  const refusedFor = (id: string, cause: string, outcome: Check['outcome'] = 'fail'): boolean =>
    settingsRefused({
      checks: [{ id: 'phase', outcome, children: [{ id, outcome, cause: { id: cause, say: '', fixes: [] } }] }],
    });

  it('leads to the settings exactly where changing them is a fix that its rule names', () => {
    const rules = Object.values(tables).flatMap((table: readonly Phase<never>[]) =>
      table.flatMap((phase) => phase.rules),
    );
    for (const rule of rules) {
      for (const [cause, { fixes }] of Object.entries(rule.causes)) {
        const named = fixes.some((fix) => fix.audience === 'operator' && /counterfoil app edit <id>/.test(fix.say));
        const settings = /redirect-uri|scope|grant-type/.test(rule.id);
        if (settings) expect(refusedFor(rule.id, cause), `${rule.id} ${cause}`).toBe(named);
      }
    }
    expect(refusedFor('oauth.scope-enabled', 'disabled', 'skip')).toBe(false);
    expect(refusedFor('oauth.code-known', 'unknown')).toBe(false);
  });
});
