/** Attempts of every kind for the OAuth tables: the sound ones, and any of them with any parts spoiled. */
import fc from 'fast-check';
import type { AuthorizeCase, ResourceCase, TokenCase } from '../../src/profiles/oauth/case.ts';
import type { Action } from '../../src/profiles/oauth/profile.ts';
import {
  accessToken,
  authorizeCase,
  bindings,
  CHALLENGE,
  CLIENT,
  client,
  code,
  confidential,
  confidentialCase,
  exchangeRequest,
  JKT,
  keyedCase,
  keyedResourceCase,
  NOW,
  OTHER_JKT,
  PAIRING,
  proof,
  REDIRECT,
  refreshCase,
  refreshToken,
  resourceCase,
  tokenCase,
} from './oauth-case.ts';

/** Whatever a table judges. */
export type Case = TokenCase | AuthorizeCase | ResourceCase;

/** Sound cases, each with what it is and which table judges it. */
export const SOUND: readonly (readonly [string, Action, Case])[] = [
  ['a public client with PKCE', 'token', tokenCase()],
  ['a code bound to a key and a pairing', 'token', keyedCase()],
  ['a confidential client', 'token', confidentialCase()],
  ['a refresh', 'token', refreshCase()],
  ['an authorize request', 'authorize', authorizeCase()],
  [
    'an authorize request with a key and a pairing',
    'authorize',
    authorizeCase({}, { dpop_jkt: JKT, pairing_id: PAIRING }),
  ],
  ['a bearer token at the API', 'resource', resourceCase()],
  ['a key-bound token at the API', 'resource', keyedResourceCase()],
];

/** Parts of cases, sound and spoiled; undefined takes a part away. */
const text = fc.oneof(
  fc.constantFrom(
    CLIENT,
    REDIRECT,
    JKT,
    OTHER_JKT,
    PAIRING,
    CHALLENGE,
    'authorization_code',
    'refresh_token',
    'lamp:read',
    '__proto__',
  ),
  fc.string({ unit: 'binary', maxLength: 30 }),
);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const time = fc.integer({ min: NOW - 400_000, max: NOW + 400_000 });
const PARAMETERS = [
  'grant_type',
  'client_id',
  'redirect_uri',
  'scope',
  'response_type',
  'code_challenge',
  'dpop_jkt',
  'pairing_id',
];

const clients = fc.oneof(
  fc.constantFrom(client(), confidential(), confidential({ authMethod: 'none' }), client({ withoutPkce: true })),
  fc
    .record({
      ids: text,
      uris: fc.array(text, { maxLength: 3 }),
      scopes: fc.array(text, { maxLength: 3 }),
      enabled: fc.boolean(),
    })
    .map((r) =>
      client({
        id: r.ids,
        redirectUris: r.uris,
        scopes: r.scopes.map((name) => ({ name, enabled: r.enabled })),
        grantTypes: [],
      }),
    ),
);
const codes = fc
  .record({
    of: fc.constantFrom(code(), refreshToken(), accessToken(), accessToken({ jkt: JKT })),
    state: fc.constantFrom('live', 'burned', 'revoked', 'superseded'),
    total: fc.constantFrom(null, 1, 2),
    used: fc.nat(2),
    usedAt: time,
    until: time,
    generation: fc.nat(2),
    bound: fc.dictionary(
      fc.constantFrom('client_id', 'redirect_uri', 'code_challenge', 'jkt', 'pairing_id', 'unheard_of'),
      text,
    ),
  })
  .map(({ of, bound, state, ...rest }) => ({
    ...of,
    ...rest,
    state: state as 'live',
    bindings: bindings({ scope: ['lamp:read'], client_id: CLIENT, ...bound }),
  }));
const proofs = fc
  .record(
    {
      signature: fc.constantFrom('valid', 'invalid', 'unchecked'),
      nonce: fc.constantFrom('absent', 'current', 'other'),
      replayed: fc.boolean(),
      jkt: text,
      pairingId: text,
      htm: text,
      htu: text,
      iat: fc.oneof(fc.integer({ min: NOW / 1000 - 70, max: NOW / 1000 + 20 }), fc.maxSafeInteger()),
      ath: fc.constantFrom('match', 'mismatch', 'absent'),
      fault: fc.record({ kind: fc.constantFrom('several', 'malformed', 'algorithm'), detail: text }),
    },
    { requiredKeys: [] },
  )
  .map((spoiled) => proof(spoiled as Partial<ReturnType<typeof proof>>));

const spoiled = fc.record(
  {
    now: time,
    request: fc
      .record({
        values: fc.dictionary(fc.constantFrom(...PARAMETERS), text),
        duplicates: fc.array(text, { maxLength: 2 }),
        names: fc.array(text),
      })
      .map(({ values, ...rest }) => exchangeRequest(values, rest)),
    intent: fc.constantFrom('authorization_code', 'refresh_token'),
    clientId: maybe(text),
    client: maybe(clients),
    auth: fc.record({
      method: fc.constantFrom('none', 'client_secret_basic', 'client_secret_post', 'several', 'malformed'),
      secret: fc.constantFrom('absent', 'match', 'mismatch', 'unchecked'),
    }),
    handle: maybe(fc.record({ read: fc.constantFrom('empty', 'label', 'length', 'character'), detail: text })),
    code: maybe(codes),
    grant: maybe(
      fc.record({ id: text, state: fc.constantFrom('pending', 'active', 'denied', 'revoked'), rev: fc.nat() }),
    ),
    next: maybe(fc.record({ used: fc.nat(1) })),
    generation: fc.nat(2),
    dpop: maybe(proofs),
    pkce: fc.constantFrom('absent', 'malformed', 'match', 'mismatch', 'unasked'),
    pace: fc.record({ waitSeconds: fc.nat() }),
    scheme: fc.constantFrom('none', 'bearer', 'dpop', 'other'),
    needs: fc.array(text, { maxLength: 2 }),
    decision: maybe(fc.constantFrom('allow', 'deny')),
    offline: fc.constant(true),
  },
  { requiredKeys: [] },
);

/** Any sound case with any parts of it spoiled. */
export const attempts: fc.Arbitrary<readonly [Action, Case]> = fc
  .tuple(fc.constantFrom(...SOUND), spoiled)
  .map(([[, action, sound], parts]): readonly [Action, Case] => {
    const merged = Object.entries({ ...sound, ...parts }).filter(
      ([key, value]) => value !== undefined && (key in sound || key !== 'code' || action !== 'authorize'),
    );
    return [action, Object.fromEntries(merged) as unknown as Case];
  });
