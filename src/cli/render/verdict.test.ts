import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { declined, HOUR, NOON, paymentsCase } from '../../../test/support/payments-case.ts';
import { samplePayment } from '../../../test/support/sample-payments.ts';
import type { Audience, Check, Outcome, Verdict } from '../../core/verdict.ts';
import { OWN_SEQUENCES, paint } from './color.ts';
import type { Style } from './line.ts';
import { displayWidth } from './text.ts';
import { renderVerdict } from './verdict.ts';

const NOW = 1_900_000_012_000;
const plain = (width: number): Style => ({ color: false, unicode: true, width, timeZone: 'UTC' });

function failed(id: string, expected: string, presented: string, detail: string, fixes: [Audience, string][]): Check {
  const said = fixes.map(([audience, say]) => ({ audience, say }));
  return {
    id: `oauth.${id}`,
    outcome: 'fail',
    expected,
    presented,
    cause: { id: 'x', say: `${id} is not right`, detail, fixes: said },
  };
}
const passed = (id: string, because?: string): Check => ({
  id: `oauth.${id}`,
  outcome: 'pass',
  ...(because && { because }),
});
const skipped = (id: string): Check => ({ id: `oauth.${id}`, outcome: 'skip', because: 'the client is unknown' });

const sample: Verdict = {
  id: 'vd_7F3K9A2B4C00000000000000ZZ',
  profile: 'oauth',
  action: 'token',
  ok: false,
  decisive: 'oauth.grant-type-known',
  cause: 'x',
  refusal: 'unsupported_grant_type',
  subject: 'my_app_123␠',
  source: '192.168.1.20',
  policy: 'p',
  at: NOW - 12_000,
  snapshot: null,
  times: 1,
  consequence: { hits: 3, burned: true },
  checks: [
    {
      id: 'request',
      outcome: 'fail',
      children: [
        passed('media-type'),
        failed('grant-type-known', 'authorization_code', 'authorization_code␠', 'blank at position 19', [
          ['client', 'set grant_type exactly'],
        ]),
      ],
    },
    {
      id: 'client',
      outcome: 'fail',
      children: [
        failed('client-known', 'my_app_123', 'my_app_123␠', 'blank at position 11', [
          ['client', 'double-check client_id'],
          ['operator', 'compare with the Trusted Applications'],
        ]),
        skipped('client-secret'),
        skipped('grant-type-enabled'),
      ],
    },
    { id: 'code', outcome: 'pass', children: [passed('code-known'), passed('code-fresh', '12 s of 300 s old')] },
  ],
};

const text = (verdict: Verdict, style: Style, all = false): string =>
  paint(renderVerdict(verdict, style, { now: NOW, all }), style);

describe('a verdict on a wide terminal', () => {
  it('shows every fault in columns, folds what holds, and says what to do, what it did, and who heard what', () => {
    expect(text(sample, plain(110))).toBe(`\
✗ vd_7F3K9A2B4C  refused · 2 of 5 checks failed
  oauth token · my_app_123␠ · from 192.168.1.20 · 12 s ago
  unsupported_grant_type by grant-type-known: grant-type-known is not right

 ├─ request
 │   ✗ grant-type-known   expected authorization_code   got authorization_code␠   blank at position 19
 │   ✓ media-type
 ├─ client
 │   ✗ client-known       expected my_app_123           got my_app_123␠           blank at position 11
 │   · client-secret · grant-type-enabled   the client is unknown
 └─ code
     ✓ code-known · code-fresh (12 s of 300 s old)

What to do
  whoever writes the app
    1. set grant_type exactly                  grant-type-known
    2. double-check client_id                  client-known
  whoever runs the hub
    3. compare with the Trusted Applications   client-known

Did         third failure within 10 s: the code is burned
Heard       the client heard unsupported_grant_type and a reference, nothing more; you see this
`);
  });

  it('says of a profile that tells more than its name what was heard', () => {
    const heard = (over: Partial<Verdict>): string | undefined =>
      text({ ...sample, profile: 'payments', action: 'attempt', ...over }, plain(110))
        .split(/\n(?=Heard)/)[1]
        ?.replace(/\s+/g, ' ')
        .trim();
    const all = 'every rule that is closed, until when, what to do, and what to tell the customer';
    expect(heard({})).toBe(`Heard the merchant heard ${all}`);
    expect(heard({ ok: true })).toBe('Heard the merchant heard that no rule is closed: this attempt may be sent');
    expect(heard({ action: 'access', refusal: 'unauthorized' })).toContain('the client heard unauthorized');
  });

  it('gives every passed and skipped rule its own line with --all', () => {
    const lines = text(sample, plain(110), true).split('\n');
    expect(lines).toContain(' │   · client-secret        the client is unknown');
    expect(lines).toContain('     ✓ code-fresh           12 s of 300 s old');
  });
});

describe('a verdict on a narrow terminal', () => {
  it('puts what was expected above what came, first characters in one column', () => {
    expect(text(sample, plain(70))).toContain(`\
 │   ✗ grant-type-known   blank at position 19
 │       expected authorization_code
 │       got      authorization_code␠
`);
  });

  it('uses ASCII only where the locale has no more', () => {
    const ascii = text(sample, { ...plain(80), unicode: false });
    expect(ascii.replaceAll('\n', '')).toMatch(/^[ -~]*$/);
    expect(ascii).toContain('got      authorization_code<SP>');
    expect(ascii).toContain(' |   + media-type');
  });
});

describe('a verdict on a card attempt', () => {
  it('says which attempt was judged, and names the merchant and the customer', () => {
    const c = paymentsCase([declined('51', NOON - HOUR)], { attempt: { purchase: 'order-1001' } });
    const text = renderVerdict(samplePayment(c), plain(100), { now: NOON })
      .map((line) => line.map((part) => part.text).join(''))
      .join('\n');
    expect(text).toMatch(/amount EUR 50\.00 · purchase order-1001 · initiated by merchant · network visa/);
    expect(text).toContain('last answer declined with 51, at 2026-09-20T11:00:00.000Z');
    expect(text).toMatch(/^ {2}the merchant\n {4}1\. .*^ {2}the customer\n/ms);
    expect(text).not.toMatch(/the app|the owner/);
  });
});

describe('the consequence', () => {
  const did = (consequence: Verdict['consequence'], over: Partial<Verdict> = {}): string =>
    /^Did +(.*)$/m.exec(text({ ...sample, consequence: consequence ?? {}, ...over }, plain(160)))?.[1] ?? '';

  it('names what died, what is held, and how near the code is to burning', () => {
    expect(did({ hits: 2 })).toBe('second failure within 10 s; the third burns the code');
    expect(did({ revokedCodes: 2, undoing: 1 })).toBe('2 tokens revoked, 1 pairing being removed');
    expect(did({ heldUntil: Date.UTC(2030, 0, 1, 12, 4, 33) })).toBe('this source must wait until 12:04:33');
  });

  it('says that nothing happened when nothing did, and how many attempts it stands for', () => {
    expect(did({})).toBe('nothing: no code was used up, nothing was revoked');
    expect(did({}, { times: 37 })).toBe('stands for 37 equal attempts');
  });
});

const hostile = fc.string({ unit: 'binary', maxLength: 120 });
const outcome = fc.constantFrom<Outcome>('pass', 'fail', 'warn', 'skip');
const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });
const fix = fc.record({ audience: fc.constantFrom<Audience>('client', 'owner', 'operator', 'issuer'), say: hostile });
const cause = fc.record({
  id: hostile,
  say: hostile,
  detail: optional(hostile),
  fixes: fc.array(fix, { maxLength: 3 }),
});
const rule = fc.record({
  id: fc.stringMatching(/^oauth\.[a-z-]{1,24}$/),
  outcome,
  expected: optional(hostile),
  presented: optional(hostile),
  cause: optional(cause),
  because: optional(hostile),
});
const phase = fc.record({
  id: fc.stringMatching(/^[a-z]{1,12}$/),
  outcome,
  children: fc.array(rule, { maxLength: 5 }),
});
const anyVerdict = fc.record({
  ok: fc.boolean(),
  subject: hostile,
  source: hostile,
  refusal: hostile,
  profile: hostile,
  checks: fc.array(phase, { maxLength: 4 }),
  times: fc.nat(),
}) as fc.Arbitrary<Partial<Verdict>>;

describe('whatever was presented', () => {
  const withText = (part: Partial<Verdict>): Verdict => ({ ...sample, ...part });
  const style = fc.record({ color: fc.boolean(), unicode: fc.boolean(), width: fc.integer({ min: 60, max: 160 }) });

  it('no control character reaches the terminal but line feeds and our own colours', () => {
    fc.assert(
      fc.property(anyVerdict, style, fc.boolean(), (part, s, all) => {
        const rest = text(withText(part), s, all).replace(OWN_SEQUENCES, '');
        expect(rest.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
      }),
    );
  });

  it('colours change nothing but colours', () => {
    fc.assert(
      fc.property(anyVerdict, style, (part, s) => {
        const colored = text(withText(part), { ...s, color: true });
        expect(colored.replace(OWN_SEQUENCES, '')).toBe(text(withText(part), { ...s, color: false }));
      }),
    );
  });

  it('no line is wider than the terminal', () => {
    fc.assert(
      fc.property(anyVerdict, style, fc.boolean(), (part, s, all) => {
        for (const line of text(withText(part), { ...s, color: false }, all).split('\n')) {
          expect(displayWidth(line)).toBeLessThanOrEqual(s.width);
        }
      }),
    );
  });
});
