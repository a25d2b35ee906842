import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attempts, type Case, SOUND } from '../../../test/support/oauth-attempts.ts';
import {
  authorizeCase,
  CLIENT,
  client,
  code,
  codeBound,
  confidential,
  exchangeRequest,
  JKT,
  keyedCase,
  NOW,
  OTHER_JKT,
  proof,
  REDIRECT,
  refreshCase,
  resourceCase,
  tokenCase,
  without,
} from '../../../test/support/oauth-case.ts';
import type { Phase } from '../../core/rule.ts';
import { leaves } from '../../core/verdict.ts';
import { type Action, addressRules, checklistFor, judge, policy, tables } from './profile.ts';

const ruleIds = (action: Action, c: Case) => {
  const ids = tables[action].flatMap((phase: Phase<never>) => phase.rules.map((rule) => rule.id));
  const silent = ['oauth.box-opened', 'oauth.code-signature', ...('pace' in c ? [] : ['oauth.refresh-pace'])];
  return ids.filter((id) => !silent.includes(id));
};

describe('the tables', () => {
  it.each(SOUND)('accept %s', (_, action, c) => {
    const judgement = judge(action, c);
    expect(leaves(judgement.checks).filter((check) => check.outcome === 'fail' || check.outcome === 'warn')).toEqual(
      [],
    );
    expect(judgement).toMatchObject({ ok: true, counts: false });
  });

  it('judge every rule of every attempt, in order, and never stop at the first fault', () => {
    fc.assert(
      fc.property(attempts, ([action, c]) => {
        const judgement = judge(action, c);
        const found = leaves(judgement.checks);
        expect(found.map((check) => check.id).filter((id) => id !== 'core.bindings-judged')).toEqual(
          ruleIds(action, c),
        );
        const failed = found.filter((check) => check.outcome === 'fail');
        expect(judgement.ok).toBe(failed.length === 0);
        expect(judgement.decisive?.rule).toBe(failed[0]?.id);
        for (const check of found) if (check.outcome === 'skip') expect(check.because).not.toBe('');
      }),
      { numRuns: 1_000 },
    );
  });

  it('judge a case that was kept and read again as they judged it first', () => {
    fc.assert(
      fc.property(attempts, ([action, c]) => {
        expect(judge(action, JSON.parse(JSON.stringify(c)) as Case)).toEqual(judge(action, c));
      }),
      { numRuns: 1_000 },
    );
  });

  it('show several faults of one request at once', () => {
    const values = { grant_type: 'authorization_code ', client_id: `${CLIENT} `, redirect_uri: `${REDIRECT}/` };
    const c = without(
      tokenCase({ request: exchangeRequest(values), clientId: `${CLIENT} `, pkce: 'absent' }),
      'client',
    );
    const judgement = judge('token', c);
    const failed = leaves(judgement.checks).filter((check) => check.outcome === 'fail');
    expect(failed.map((check) => check.id)).toEqual([
      'oauth.grant-type-known',
      'oauth.client-known',
      'oauth.redirect-uri-exact',
      'oauth.code-verifier',
    ]);
    expect(judgement.decisive).toEqual({
      rule: 'oauth.grant-type-known',
      cause: 'unsupported',
      refusal: 'unsupported_grant_type',
    });
  });

  it('give no success for a code without PKCE, key or secret, but by a logged exception', () => {
    const apps = [
      client(),
      confidential(),
      confidential({ authMethod: 'none' }),
      client({ authMethod: 'client_secret_post' }),
    ];
    const bound = [{}, { code_challenge: undefined }, { code_challenge: undefined, jkt: JKT }, { jkt: JKT }];
    const sent = ['absent', 'malformed', 'match', 'mismatch', 'unasked'] as const;
    const methods = ['none', 'client_secret_basic', 'client_secret_post'] as const;
    const secrets = ['absent', 'match', 'mismatch', 'unchecked'] as const;
    const proofs = [proof(), proof({ jkt: OTHER_JKT }), proof({ signature: 'invalid' })];
    const ways: string[] = [];
    for (const app of [...apps, client({ withoutPkce: true })])
      for (const facts of bound)
        for (const pkce of sent)
          for (const method of methods)
            for (const secret of secrets)
              for (const dpop of proofs) {
                const c = tokenCase({ client: app, code: codeBound(facts), pkce, auth: { method, secret }, dpop });
                if (!judge('token', c).ok) continue;
                const keyed = 'jkt' in facts && dpop.signature === 'valid' && dpop.jkt === JKT;
                const held = [
                  pkce === 'match' && 'pkce',
                  keyed && 'key',
                  secret === 'match' && 'secret',
                  app.withoutPkce && 'exception',
                ];
                ways.push(held.filter(Boolean).join(' and '));
              }
    expect(ways).toContain('pkce');
    expect(ways).toContain('key');
    expect(ways).toContain('pkce and secret');
    expect(ways).toContain('exception');
    expect(ways).not.toContain('');
  });

  it('give no success to a client that the code was not issued to', () => {
    const other = client({ id: 'other' });
    for (const sound of [tokenCase(), keyedCase(), refreshCase()]) {
      const judgement = judge('token', { ...sound, client: other, clientId: 'other' });
      expect(judgement).toMatchObject({
        ok: false,
        decisive: { rule: 'oauth.code-client', refusal: 'invalid_grant' },
        counts: true,
      });
    }
  });

  it('say of a spent code that it was spent, whatever has ended since', () => {
    const grant = { id: 'gr_1', state: 'revoked', endedBy: 'replayed', rev: 2 } as const;
    const spent = tokenCase({ code: code({ used: 1, usedAt: NOW - 60_000, until: NOW - 1 }), grant });
    expect(judge('token', spent).decisive).toMatchObject({ rule: 'oauth.code-unused', cause: 'replay' });
  });

  it('refuse a code that is bound to something no rule judges', () => {
    const unheard = code({ bindings: [...code().bindings, { fact: 'unheard_of', match: 'exact', expected: 'x' }] });
    expect(judge('token', tokenCase({ code: unheard })).decisive).toMatchObject({
      rule: 'core.bindings-judged',
      refusal: 'server_error',
    });
  });

  it('judge every binding that the profile puts on a code, in the table that meets it', () => {
    const judged = (action: Action) =>
      new Set(tables[action].flatMap((phase: Phase<never>) => phase.rules.flatMap((rule) => rule.binds ?? [])));
    expect([...judged('token')].sort()).toEqual([
      'client_id',
      'code_challenge',
      'jkt',
      'pairing_id',
      'redirect_uri',
      'scope',
    ]);
    expect([...judged('resource')].sort()).toEqual(['client_id', 'jkt', 'scope']);
  });

  it('skip what needs records when there are none at hand, and still see the rest', () => {
    const bare = without(
      tokenCase({ offline: true, request: exchangeRequest({ grant_type: 'code' }) }),
      'client',
      'code',
      'grant',
    );
    const judgement = judge('token', bare);
    expect(judgement.decisive?.rule).toBe('oauth.grant-type-known');
    expect(leaves(judgement.checks).filter((check) => check.outcome === 'fail')).toHaveLength(1);
  });
});

describe('what is known of the profile', () => {
  it('tells a fault of the address to the person and not to the address', () => {
    expect([...addressRules]).toEqual([
      'oauth.form-readable',
      'oauth.parameters-once',
      'oauth.client-known',
      'oauth.redirect-uri-registered',
    ]);
  });

  it('has a name for the policy, and a checklist for every wire error', () => {
    expect(policy).toMatch(/^[A-Za-z0-9_-]{12}$/);
    for (const refusal of [
      'invalid_request',
      'invalid_client',
      'invalid_grant',
      'unsupported_grant_type',
      'invalid_scope',
    ]) {
      const list = checklistFor(refusal);
      expect(list.length).toBeGreaterThan(0);
      for (const { fixes } of list) expect(fixes.length).toBeGreaterThan(0);
    }
    expect(checklistFor('constructor')).toEqual([]);
  });
});

describe('what is heard', () => {
  it('is in the words of the endpoint: the same dead code is three different errors', () => {
    const unknown = { handle: { read: 'ok', id: 'cd_1', form: 'opaque', blanks: false } } as const;
    expect(judge('token', { ...without(tokenCase(), 'code'), ...unknown }).decisive?.refusal).toBe('invalid_grant');
    expect(judge('resource', { ...without(resourceCase(), 'code'), ...unknown }).decisive?.refusal).toBe(
      'invalid_token',
    );
    const nowhere = { ...authorizeCase(), client: client({ redirectUris: ['https://elsewhere.example/'] }) };
    expect(judge('authorize', nowhere).decisive?.refusal).toBe('invalid_request');
    expect(judge('resource', { ...without(resourceCase(), 'code', 'handle'), scheme: 'none' }).decisive?.refusal).toBe(
      'unauthorized',
    );
  });

  it('has a checklist in the same words, without what only warns', () => {
    const rules = (error: string) => checklistFor(error).map(({ rule }) => rule);
    expect(rules('invalid_grant')).toContain('oauth.redirect-uri-exact');
    expect(rules('invalid_grant')).not.toContain('oauth.token-scheme');
    expect(rules('invalid_token')).toEqual(expect.arrayContaining(['oauth.token-scheme', 'oauth.code-unexpired']));
    expect(checklistFor('invalid_grant').some(({ say }) => say.startsWith('blanks around'))).toBe(false);
    expect(checklistFor('made_up')).toEqual([]);
  });
});
