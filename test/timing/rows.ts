/** Rows of the study, written straight into the store: applications, grants, and codes in every state. */
import type { Code, Grant } from '../../src/core/model.ts';
import type { App } from '../../src/profiles/oauth/app.ts';
import { codeId, LABELS, mintCode, newId, type Purpose } from '../../src/protocols/typed-code/typed-code.ts';
import type { Store } from '../../src/store/port.ts';
import { codeOf, grantOf } from '../contract/fixtures.ts';

/** Applications, and what every code here is bound to. */
export const APP: string = 'my_app_123';
export const OTHER: string = 'my_app_456';
export const REDIRECT: string = 'com.myapp:/callback';
export const VERIFIER: string = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
export const MINUTE_MS: number = 60_000;

/** Writes as many rows as there are requests; answers the string that belongs to the `i`th of them. */
export type Mint = (change?: Changed) => Promise<(i: number) => string>;

/** How the rows differ from a live code of the app and its active grant. */
export interface Changed {
  readonly code?: Partial<Code>;
  readonly grant?: Partial<Grant>;
  readonly client?: string;
  readonly purpose?: Purpose;
  /** One row for all requests. */
  readonly one?: true;
}

/** Strings that nobody minted, made beforehand like all others: nothing is made between two requests. */
export function unknownOf(purpose: Purpose, count: number): (i: number) => string {
  const all = Array.from({ length: count }, () => mintCode(purpose, 'opaque', Date.now()));
  return (i) => all[i % all.length] ?? '';
}

/** Writes through `store`, `count` rows unless told. */
export function minter(store: Store, count: number): Mint {
  return async ({ code = {}, grant = {}, client = APP, purpose = 'authorization_code', one } = {}) => {
    const all: string[] = [];
    const rows = one ? 1 : count;
    for (let from = 0; from < rows; from += 500) {
      const batch = Array.from({ length: Math.min(500, rows - from) }, () => {
        const now = Date.now();
        const text = mintCode(purpose, 'opaque', now);
        all.push(text);
        const owner = decisionOf(client, now, grant);
        return store.mint({ grant: owner, codes: [keptOf(purpose, text, client, owner.id, now, code)] });
      });
      await Promise.all(batch);
    }
    return (i) => all[i % all.length] ?? '';
  };
}

/** An application of this type. */
export function appOf(type: App['type'], authMethod: App['authMethod']): App {
  return {
    name: 'My App',
    type,
    authMethod,
    redirectUris: [REDIRECT],
    grantTypes: ['authorization_code', 'refresh_token'],
    scopes: [{ name: 'lamp:read', enabled: true }],
    createdAt: Date.now(),
  };
}

function decisionOf(client: string, now: number, over: Partial<Grant>): Grant {
  const terms = { scope: ['lamp:read'], redirect_uri: REDIRECT };
  return grantOf({ id: newId('gr_', now), by: 'ada', to: client, terms, from: now, policyEpoch: 1, ...over });
}

function keptOf(purpose: Purpose, text: string, client: string, grant: string, now: number, over: Partial<Code>): Code {
  const own: Code['bindings'] = [
    { fact: 'redirect_uri', match: 'exact', expected: REDIRECT },
    { fact: 'code_challenge', match: 'exact', expected: CHALLENGE, secret: true },
  ];
  return codeOf(grant, {
    id: codeId(purpose, text.slice(LABELS[purpose].length)),
    purpose,
    bindings: [
      { fact: 'client_id', match: 'exact', expected: client },
      ...(purpose === 'authorization_code' ? own : []),
      { fact: 'scope', match: 'covers', expected: ['lamp:read'] },
    ],
    from: now - MINUTE_MS,
    until: now + 120 * MINUTE_MS,
    ...over,
  });
}
