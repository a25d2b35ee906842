import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entriesOf } from '../../../test/support/doctor-case.ts';
import vectors from '../../../test/vectors/artefacts/home-log.json' with { type: 'json' };
import { leaves } from '../../core/verdict.ts';
import type { Entry, Event } from '../../protocols/hap/transcript.ts';
import { STEPS } from './case.ts';
import { explainHome } from './home.ts';
import { tables } from './profile.ts';
import { LOG_LIMITS } from './read/read-log.ts';

const EVENTS: readonly Event[] = ['known', 'sent', 'received', 'timeout', 'closed', 'failed', 'done'];
const NAMES = [
  'error',
  'state',
  'http_status',
  'hap_status',
  'check',
  'fault',
  'errno',
  'waited_ms',
  'address',
  'port',
  'txt_sf',
  'txt_pv',
  'paired_here',
  'own_failures',
  'symptom',
];
const fact = fc.oneof(
  fc.integer({ min: -70500, max: 1000 }),
  fc.constantFrom('tag', 'signature', 'tlv', 'ECONNREFUSED', 'words', '2.0', ''),
  fc.boolean(),
  fc.double(),
);
const entry: fc.Arbitrary<Entry> = fc.record({
  atMs: fc.nat(60_000),
  step: fc.constantFrom(...STEPS.all),
  event: fc.constantFrom(...EVENTS),
  facts: fc.dictionary(fc.constantFrom(...NAMES), fact, { maxKeys: 5 }),
});
const transcript = fc.array(entry, { maxLength: 25 });
const RULES = tables.transcript.flatMap((phase) => phase.rules.map((rule) => rule.id));

describe('the verdict on a transcript', () => {
  it('is pure, and has a line for every rule, whatever is brought', () => {
    fc.assert(
      fc.property(transcript, (entries) => {
        const before = structuredClone(entries);
        const verdict = explainHome(entries);
        expect(explainHome(structuredClone(before))).toEqual(verdict);
        expect(entries).toEqual(before);
        expect(leaves(verdict.checks ?? []).map(({ id }) => id)).toEqual(RULES);
      }),
      { numRuns: 1_000 },
    );
  });

  it('gives a reason for every check that was not made', () => {
    fc.assert(
      fc.property(transcript, (entries) => {
        for (const check of leaves(explainHome(entries).checks ?? [])) {
          if (check.outcome === 'skip') expect(check.because?.length).toBeGreaterThan(5);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('reads the JSON lines and the JSON array of a transcript as the transcript itself', () => {
    const entries = entriesOf(
      ['connect', 'done', { address: '10.0.0.7', port: 5001 }],
      ['pair-setup M4', 'received', { state: 4, error: 2 }],
    );
    const direct = explainHome(entries);
    expect(direct).toMatchObject({ ok: false, decisive: 'hap.setup-code', cause: 'wrong' });
    for (const text of [entries.map((one) => JSON.stringify(one)).join('\n'), JSON.stringify(entries, null, 2)]) {
      const read = explainHome(text);
      expect([read.decisive, read.cause, read.snapshot]).toEqual([
        direct.decisive,
        direct.cause,
        { ...(direct.snapshot as object), log: expect.anything() },
      ]);
      expect(explainHome(Buffer.from(text))).toEqual(read);
    }
  });

  it('forgives what a later success of the same operation made good, and nothing else', () => {
    const failed = ['read', 'received', { hap_status: -70402, aid: 1, iid: 10 }] as const;
    const afterwards = (iid: number, step: 'read' | 'write' = 'read') =>
      explainHome(entriesOf(failed, [step, 'sent'], [step, 'done', { aid: 1, iid }]));
    expect(afterwards(10).ok).toBe(true);
    expect(afterwards(11).cause).toBe('communication');
    expect(afterwards(10, 'write').cause).toBe('communication');
    // of several that were asked for at once, one was refused: the request as a whole is done
    expect(explainHome(entriesOf(['read', 'sent'], failed, ['read', 'done', { aid: 1, iid: 10 }])).cause).toBe(
      'communication',
    );
  });

  it('shows every fault, not the first alone', () => {
    const verdict = explainHome(
      entriesOf(
        ['pair-setup M1', 'known', { code_form: 'trivial', own_failures: 12 }],
        ['discover', 'received', { txt_pv: '2.0', txt_sf: 4 }],
        ['pair-setup M4', 'received', { state: 4, error: 2 }],
      ),
    );
    const told = leaves(verdict.checks ?? []).filter(({ outcome }) => outcome === 'fail' || outcome === 'warn');
    expect(told.map(({ id, cause }) => `${id}/${cause?.id}`)).toEqual([
      'hap.setup-code-form/trivial',
      'hap.protocol-version/other',
      'hap.accessory-ready/problem',
      'hap.setup-code/wrong',
    ]);
  });
});

describe('a log of other software', () => {
  it.each(vectors.vectors)('$of: $name', ({ text, decisive, cause }) => {
    expect(explainHome(text)).toMatchObject({ ok: false, decisive, cause });
  });

  it('is never repeated: a verdict keeps no line of it', () => {
    const secret = 'Using pin 031-45-154 key 9f86d081884c7d65';
    const verdict = JSON.stringify(explainHome(`${secret}\nPOST /pair-setup\nM4: Error: 2\n${secret}`));
    for (const part of ['031-45-154', '9f86d081']) expect(verdict).not.toContain(part);
  });

  it('is total and bounded: any text and any bytes give a verdict', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary', maxLength: 400 }), fc.uint8Array({ maxLength: 400 })),
        (input) => {
          expect(explainHome(input).profile).toBe('hap');
        },
      ),
    );
    expect(explainHome('x'.repeat(LOG_LIMITS.bytes + 1))).toMatchObject({
      decisive: 'hap.log-understood',
      cause: 'too-large',
    });
    expect(explainHome('x\n'.repeat(LOG_LIMITS.lines + 1))).toMatchObject({ cause: 'too-large' });
  });
});
