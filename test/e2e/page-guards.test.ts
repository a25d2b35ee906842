/** Attacks on every page: framing, scripts, hostile text, and strangers at a verdict's door. */
// proves: C24, C25
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { HOSTILE } from '../support/hostile.ts';
import type { heldClock, TestHub } from '../support/hub.ts';
import { signedIn, visitor } from '../support/visitor.ts';
import { APP, authorizePath, hubWithPeople } from './people.ts';

let t: TestHub;
let clock: ReturnType<typeof heldClock>;

beforeAll(async () => {
  ({ t, clock } = await hubWithPeople());
});
afterAll(() => t.close());
afterEach(() => {
  clock.move(60_000);
  expect(t.faults).toEqual([]);
});

describe('every page', () => {
  it('can be neither framed nor scripted nor cached, and the consent form leads to the app alone', async () => {
    const person = await signedIn(t.url);
    const pages = ['/', '/login', authorizePath(), authorizePath({ client_id: 'x' }), '/r/0123456789', '/login/link'];
    for (const path of pages) {
      const { headers, html } = await person.get(path);
      const csp = headers.get('content-security-policy') ?? '';
      expect(csp, path).toContain("default-src 'none'");
      expect(csp).toContain("frame-ancestors 'none'");
      expect(csp).toContain("base-uri 'none'");
      expect(csp).not.toMatch(/unsafe/);
      expect(csp.match(/script-src ([^;]*)/)?.[1] ?? "'self'").toBe("'self'");
      expect(csp.match(/form-action ([^;]*)/)?.[1]).toBe(path === authorizePath() ? "'self' com.myapp:" : "'self'");
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(html).not.toMatch(/<script(?! type="module" src="\/assets\/)|\son[a-z]+=|javascript:/i);
    }
  });

  it('shows the name of an app as text', async () => {
    const person = await signedIn(t.url);
    const { html } = await person.get(authorizePath());
    expect(html).toContain('Lamp &amp; &lt;Co&gt;');
    expect(html).not.toContain('<Co>');
  });
});

describe('the page of a verdict', () => {
  it('shows nothing to strangers: the same bytes whether the reference exists or not', async () => {
    const answer = await t.token({ grant_type: 'x', client_id: APP });
    const { error_uri: uri } = (await answer.json()) as { error_uri: string };
    const known = uri.slice(-26);
    const read = async (reference: string) => {
      const page = await visitor(t.url).get(`/r/${reference}`);
      const headers = [...page.headers].filter(([name]) => name !== 'date');
      return JSON.stringify([page.status, headers, page.html.replaceAll(reference, 'REFERENCE')]);
    };
    const stranger = await read(known);
    for (const unknown of ['0'.repeat(26), known.split('').reverse().join(''), 'Z'.repeat(26)]) {
      expect(await read(unknown)).toBe(stranger);
    }
    expect(stranger).not.toContain(APP);
    const owner = await signedIn(t.url);
    expect((await owner.get(`/r/${known}`)).html).toContain('grant type');
    expect((await owner.get('/r/0000000000')).status).toBe(404);
  });

  it('takes hostile references as text', async () => {
    const owner = await signedIn(t.url);
    for (const text of HOSTILE) {
      const path = `/r/${encodeURIComponent(text.toWellFormed()).replaceAll("'", '%27')}`.slice(0, 4_000);
      for (const who of [owner, visitor(t.url)]) {
        const { status, html } = await who.get(path);
        expect([200, 404]).toContain(status);
        expect(html).not.toMatch(/<script|<img|<svg\/|\sonerror=|<iframe/i);
      }
    }
  });
});
