import { createPublicKey } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { CODE, KEY, MISTREATED, OTHER } from '../../../test/support/signed-code-case.ts';
import { profileFaults } from '../../../tools/rules/faults.ts';
import { loadProfiles } from '../../../tools/rules/load.ts';
import { leaves } from '../../core/verdict.ts';
import { concernsSignedCode } from './case.ts';
import { tables } from './profile.ts';
import { badSignatureCauses, explainSignedCode } from './signed-code.ts';

// proves: C18
const { x: raw = '' } = createPublicKey(KEY.privateKey).export({ format: 'jwk' });
const LTPK = Buffer.from(raw, 'base64url').toString('base64');
const NOW = 1_800_000_000_000;
const KNOWN = { keys: [KEY, OTHER], now: NOW };

describe('the table of the inspector', () => {
  it('has one file for each rule, with its id, its test and its words', async () => {
    const folders = await loadProfiles(fileURLToPath(new URL('..', import.meta.url)));
    const own = folders.find(({ id }) => id === 'signed-code');
    expect(own && profileFaults(own)).toEqual([]);
    expect(own?.files).toHaveLength(tables.code.flatMap(({ rules }) => rules).length);
  });
});

describe('explaining a signed code', () => {
  it('finds nothing wrong with a sound one, and says the same twice', () => {
    const verdict = explainSignedCode(CODE, KNOWN);
    expect(verdict.ok).toBe(true);
    expect(explainSignedCode(CODE, KNOWN)).toEqual(verdict);
    expect(leaves(verdict.checks ?? []).map(({ outcome }) => outcome)).toEqual(Array(7).fill('pass').with(3, 'skip'));
  });

  it.each(Object.entries(MISTREATED))('says %s, and repeats nothing of the code', (cause, text) => {
    const verdict = explainSignedCode(text, KNOWN);
    expect(verdict.cause).toBe(cause);
    expect(leaves(verdict.checks ?? []).filter(({ outcome }) => outcome === 'fail')).toHaveLength(1);
    for (const part of [CODE.slice(12, 40), CODE.slice(80, 99), text.slice(20, 60)])
      expect(JSON.stringify(verdict)).not.toContain(part);
  });

  it('finds the code in a line of log, in JSON, behind its label and in a form', () => {
    const form = `grant_type=authorization_code&code=${encodeURIComponent(CODE)}&client_id=a`;
    const texts = [`error: "Bad ed25519 signature" for '${CODE}'`, JSON.stringify({ code: CODE })];
    for (const text of [...texts, `hap5.1-authcode: ${CODE}`, `refused ${CODE} again`])
      expect(explainSignedCode(text, KNOWN).ok, text).toBe(true);
    expect(explainSignedCode(form, KNOWN).ok).toBe(true);
    expect(explainSignedCode(form.replaceAll('%2B', '+'), KNOWN).cause).toBe('white-space');
  });

  it('without a key says what to bring, and proves nothing', () => {
    const verdict = explainSignedCode(CODE);
    const skipped = leaves(verdict.checks ?? []).filter(({ outcome }) => outcome === 'skip');
    expect(skipped.map(({ id }) => id)).toEqual([
      'signed-code.key-length',
      'signed-code.key-known',
      'signed-code.signature-valid',
      'signed-code.code-current',
    ]);
  });

  it('verifies with an LTPK that is brought along', () => {
    const brought = (key: string, code = CODE) => explainSignedCode(`ltpk = "${key}" code: "${code}"`);
    expect(brought(LTPK).ok).toBe(true);
    expect(brought(LTPK, MISTREATED['bad-signature']).cause).toBe('bad-signature');
    expect(brought(Buffer.from(raw, 'base64url').toString('hex'))).toMatchObject({
      decisive: 'signed-code.key-length',
      cause: 'hex',
    });
    expect(brought(Buffer.alloc(32, 7).toString('base64')).cause).toBe('unknown-key');
  });
});

describe('the complaint alone', () => {
  it.each(['Bad ed25519 signature', 'ERR bad_signature', 'signature is invalid', 'Invalid Ed25519 signature!'])(
    'is understood: %s',
    (text) => {
      expect(concernsSignedCode(text)).toBe(true);
      expect(explainSignedCode(text)).toMatchObject({ ok: true, snapshot: { complaint: true } });
    },
  );

  it('has every cause of the table, how the code was decoded first, each with what to do', () => {
    const causes = badSignatureCauses();
    expect(causes).toHaveLength(tables.code.flatMap(({ rules }) => rules.flatMap((r) => Object.keys(r.causes))).length);
    expect(causes[0]).toMatchObject({ cause: 'base64url' });
    expect(causes.findIndex(({ cause }) => cause === 'bad-signature')).toBeGreaterThan(6);
    for (const { fixes } of causes) expect(fixes.length).toBeGreaterThan(0);
  });

  it('is not read into other words', () => {
    for (const text of ['', 'hap 51', 'my signature dish', 'x8G3pQ2vR9mN7kL1', 'invalid_grant', 'a'.repeat(50_000)])
      expect(concernsSignedCode(text), text.slice(0, 30)).toBe(false);
  });
});
