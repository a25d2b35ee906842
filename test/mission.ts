/**
 * The promises, row by row. A row is done when it names at least one test that proves it: the file as vitest runs it,
 * and the title of the `it`. `npm run mission` prints the table; ids never change.
 */

/** A test that proves a promise: file from the top folder, and the test's own title (not its describe's). */
export interface Proof {
  readonly file: string;
  readonly title: string;
}

/** A promise; open while `done` is empty. */
export interface Row {
  readonly id: string;
  readonly title: string;
  readonly done: readonly Proof[];
}

export const rows: readonly Row[] = [
  {
    id: 'A1',
    title: 'the four OAuth roles exist: client, authorization server, resource server, resource owner',
    done: [
      {
        file: 'test/e2e/oauth4webapi.test.ts',
        title: 'takes a public native app from sign-in and consent to a loopback port, tokens, the API and a refresh',
      },
    ],
  },
  {
    id: 'A2',
    title: 'authorize, login, consent, redirect, token and API call show as one timeline per grant',
    done: [
      {
        file: 'test/e2e/oauth4webapi.test.ts',
        title: 'takes a public native app from sign-in and consent to a loopback port, tokens, the API and a refresh',
      },
      { file: 'test/e2e/api.test.ts', title: 'shows the exchange and the first API call, once' },
    ],
  },
  {
    id: 'A3',
    title: 'a code works once, whatever the race',
    done: [{ file: 'test/e2e/code-exchange.test.ts', title: 'gives tokens to exactly one of 50 parallel exchanges' }],
  },
  {
    id: 'A4',
    title: 'the access token opens a protected API',
    done: [
      { file: 'test/e2e/api.test.ts', title: 'is the state, and the switch, and what was switched is in the state' },
    ],
  },
  {
    id: 'A5',
    title: 'refresh tokens rotate, and reuse is noticed',
    done: [
      {
        file: 'test/e2e/refresh.test.ts',
        title: 'gives 50 parallel refreshes of one token the identical successor, each with a usable access token',
      },
      { file: 'test/e2e/refresh.test.ts', title: 'is over at 10.001 s: the family dies' },
    ],
  },
  {
    id: 'A6',
    title: 'POST /token at this host and media type; another media type is explained',
    done: [{ file: 'test/e2e/http.test.ts', title: 'is a form: another media type is refused and explained' }],
  },
  {
    id: 'A7',
    title: 'grant_type=authorization_code is served',
    done: [
      {
        file: 'test/e2e/code-exchange.test.ts',
        title: 'shows all of its invisible characters at once, and is taken once they are gone',
      },
    ],
  },
  {
    id: 'A8',
    title: 'the typed code: its label, its body, and the 16-character form',
    done: [
      {
        file: 'test/e2e/code-exchange.test.ts',
        title: 'is the label and 29 letters and digits, and works without the label',
      },
      { file: 'test/e2e/code-exchange.test.ts', title: 'has a 16-character form where it is bound to a proof as well' },
    ],
  },
  {
    id: 'A9',
    title: 'the demo Trusted Application my_app_123',
    done: [
      {
        file: 'test/cli/sixty-seconds.test.ts',
        title: 'tell the whole story in order: as printed, fixed, copied, replayed, quit',
      },
    ],
  },
  {
    id: 'A10',
    title: 'native redirect com.myapp:/callback, a private-use scheme with one slash',
    done: [
      {
        file: 'test/e2e/oauth4webapi.test.ts',
        title: 'sends the answer to com.myapp:/callback, the private-use scheme with one slash',
      },
    ],
  },
  {
    id: 'A11',
    title: 'codes live five minutes at most',
    done: [
      { file: 'test/e2e/code-exchange.test.ts', title: 'is taken in its last millisecond: 300,000 ms' },
      {
        file: 'test/e2e/code-exchange.test.ts',
        title: 'is refused one millisecond later, and the verdict says how old it was and what to do',
      },
      { file: 'test/e2e/code-exchange.test.ts', title: 'cannot be minted for longer than five minutes' },
    ],
  },
  {
    id: 'A12',
    title: 'a replay is refused, and what was issued from the code is revoked',
    done: [
      {
        file: 'test/e2e/replay.test.ts',
        title: 'revokes everything issued: access token, refresh token, pairing and stream',
      },
      { file: 'test/e2e/replay.test.ts', title: 'is a replay by somebody who cannot prove to be the client' },
      { file: 'test/e2e/replay.test.ts', title: 'is a replay within 2 s of the win: a lost race' },
    ],
  },
  {
    id: 'A13',
    title: 'redirect_uri is compared with the authorize request',
    done: [
      {
        file: 'test/e2e/code-exchange.test.ts',
        title: 'refuses a redirect URI that differs by case, a slash, a blank, or is another registered one',
      },
    ],
  },
  {
    id: 'A14',
    title: 'redirect_uri is compared with the registration, byte for byte and case-sensitively',
    done: [
      {
        file: 'test/e2e/code-exchange.test.ts',
        title: 'refuses a redirect URI that differs by case, a slash, a blank, or is another registered one',
      },
      {
        file: 'test/e2e/code-exchange.test.ts',
        title: 'refuses the URI of the authorize request once it is no longer registered',
      },
    ],
  },
  {
    id: 'A15',
    title: 'the verdict shows how old the code was, and the fix says to exchange at once',
    done: [
      {
        file: 'test/e2e/code-exchange.test.ts',
        title: 'is refused one millisecond later, and the verdict says how old it was and what to do',
      },
    ],
  },
  {
    id: 'A16',
    title: 'the fix says never to reuse a code',
    done: [
      {
        file: 'test/cli/brief-tables.test.ts',
        title: 'A25: code already used, replay attempt, always generate a fresh code',
      },
    ],
  },
  {
    id: 'A17',
    title: 'wrong client credentials: 401 invalid_client, compared in constant time',
    done: [
      {
        file: 'test/e2e/client-authentication.test.ts',
        title: 'refuses a wrong client, and a secret sent by a public app, with 401 and a challenge',
      },
      {
        file: 'test/e2e/client-authentication.test.ts',
        title: 'refuses a confidential app without its secret, or with a wrong one, with 401 and a challenge',
      },
      { file: 'test/cli/brief-tables.test.ts', title: 'A17: client_id or client_secret is incorrect' },
    ],
  },
  {
    id: 'A18',
    title: 'a public app that sends a secret, and a confidential one that does not, are causes of their own',
    done: [
      {
        file: 'test/e2e/client-authentication.test.ts',
        title: 'refuses a wrong client, and a secret sent by a public app, with 401 and a challenge',
      },
      {
        file: 'test/e2e/client-authentication.test.ts',
        title: 'refuses a confidential app without its secret, or with a wrong one, with 401 and a challenge',
      },
      { file: 'test/cli/brief-tables.test.ts', title: 'A18: the app type (public or confidential) is misconfigured' },
    ],
  },
  {
    id: 'A19',
    title: "an application's credentials can be checked by the hub: explain client",
    done: [
      {
        file: 'test/cli/brief-tables.test.ts',
        title: 'A19: double-check the credentials: explain client checks how an application is set up',
      },
    ],
  },
  {
    id: 'A20',
    title: 'Trusted Applications are kept in console, command line and API',
    done: [
      {
        file: 'test/e2e/apps-journey.test.ts',
        title:
          'shows on a page what the command line registered, and tells the command line what a page did; no secret is kept',
      },
      { file: 'test/e2e/apps.test.ts', title: 'takes a public application that can exchange a code at once' },
      {
        file: 'test/cli/brief-tables.test.ts',
        title: 'A20: the Trusted Applications registry is kept from the command line',
      },
    ],
  },
  {
    id: 'A21',
    title: 'a grant type that is padded or not enabled is refused, with the difference shown',
    done: [
      {
        file: 'test/e2e/code-exchange.test.ts',
        title: 'refuses a grant type that is padded, in other case or unknown, and shows the difference',
      },
      { file: 'test/e2e/code-exchange.test.ts', title: 'refuses a grant type that is not enabled for the application' },
      {
        file: 'test/cli/brief-tables.test.ts',
        title: 'A21: a grant type that is padded, or not enabled for the application',
      },
    ],
  },
  {
    id: 'A22',
    title: 'scopes are listed per application',
    done: [
      {
        file: 'test/e2e/code-exchange.test.ts',
        title: 'tells a scope that is not included from one that is not enabled',
      },
      { file: 'test/e2e/code-exchange.test.ts', title: 'never gives more than the person allowed' },
      { file: 'test/cli/brief-tables.test.ts', title: 'A22: the requested scopes are not allowed for the application' },
    ],
  },
  {
    id: 'A23',
    title: 'a scope not included and a scope not enabled are two causes',
    done: [
      {
        file: 'test/e2e/code-exchange.test.ts',
        title: 'tells a scope that is not included from one that is not enabled',
      },
      {
        file: 'test/cli/brief-tables.test.ts',
        title: 'A23: a scope that is not included and one that is not enabled are two causes',
      },
    ],
  },
  {
    id: 'A24',
    title: 'verdict: code expired, start the flow again',
    done: [
      {
        file: 'test/e2e/code-exchange.test.ts',
        title: 'is refused one millisecond later, and the verdict says how old it was and what to do',
      },
      {
        file: 'test/cli/brief-tables.test.ts',
        title: 'A24: code expired, took too long to exchange, re-initiate the pairing flow',
      },
    ],
  },
  {
    id: 'A25',
    title: 'verdict: code already used, get a fresh one',
    done: [
      {
        file: 'test/e2e/replay.test.ts',
        title: 'revokes everything issued: access token, refresh token, pairing and stream',
      },
      {
        file: 'test/cli/brief-tables.test.ts',
        title: 'A25: code already used, replay attempt, always generate a fresh code',
      },
    ],
  },
  {
    id: 'A26',
    title: 'verdict: the code was issued for another app',
    done: [
      {
        file: 'test/e2e/code-exchange.test.ts',
        title: "refuses a known client that presents another's code with invalid_grant",
      },
      {
        file: 'test/cli/brief-tables.test.ts',
        title: 'A26: wrong client id, code issued for a different app, verify the client registration',
      },
    ],
  },
  {
    id: 'A27',
    title: 'verdict: redirect URI differs from the registered one',
    done: [
      {
        file: 'test/e2e/code-exchange.test.ts',
        title: 'refuses a redirect URI that differs by case, a slash, a blank, or is another registered one',
      },
      {
        file: 'test/cli/brief-tables.test.ts',
        title: 'A27: incorrect redirect URI, mismatch with the registered one, check for an exact match',
      },
    ],
  },
  {
    id: 'A28',
    title: 'every refusal carries its ordered checklist',
    done: [
      {
        file: 'test/cli/brief-tables.test.ts',
        title: 'A28: carries its checklist, in the order in which the table judges',
      },
    ],
  },
  {
    id: 'A29',
    title: 'a protected data API, snapshot and live stream, read by a BI-like client',
    done: [
      {
        file: 'test/e2e/bi-story.test.ts',
        title: 'reads a snapshot, and the live stream tells each change as it comes',
      },
    ],
  },
  {
    id: 'A30',
    title: 'access tokens last 3600 s, and a refresh that fails leaves a verdict',
    done: [
      {
        file: 'test/e2e/refresh.test.ts',
        title: 'an access token says 3600 s, works in its last millisecond and is refused one later',
      },
      { file: 'test/e2e/refresh.test.ts', title: 'a refresh that comes too late leaves a verdict that says so' },
    ],
  },
  {
    id: 'A31',
    title: 'one query by client tells a wrong redirect_uri from an expired token',
    done: [
      {
        file: 'test/e2e/bi-story.test.ts',
        title: 'is told apart by one query: a dead refresh token alone, and the owner only has to agree again',
      },
      {
        file: 'test/e2e/bi-story.test.ts',
        title: 'is told apart by one query: a refresh token past its 30 days',
      },
      {
        file: 'test/e2e/bi-story.test.ts',
        title:
          'is told apart by one query: a redirect URI misconfigured in the registration, and nothing wrong with a token',
      },
      {
        file: 'test/e2e/bi-story.test.ts',
        title: 'shows both in the order in which they came: the refresh token first, then the redirect URI',
      },
      { file: 'test/e2e/refusals-page.test.ts', title: 'filters by a form: profile, app, cause and text together' },
    ],
  },
  {
    id: 'A32',
    title: 'after the registration is mended, the data flows again',
    done: [
      {
        file: 'test/e2e/bi-story.test.ts',
        title: 'on the command line by hand: the registration is corrected, and the next run reads',
      },
      {
        file: 'test/e2e/bi-story.test.ts',
        title: 'filters by client, opens the refusal, sees the plan, applies it, and the next scheduled run reads',
      },
    ],
  },
  { id: 'B1', title: 'hapi, node:http, fetch, Express and Fastify: same token, same verdict', done: [] },
  { id: 'B2', title: 'confidential clients, private_key_jwt or mTLS, metadata, introspection, revocation', done: [] },
  {
    id: 'C1',
    title: 'the hub is a HAP controller: discover, pair, verify, read, write, subscribe',
    done: [
      {
        file: 'src/server/accessories/hap.test.ts',
        title: 'tells listeners of changes by others and by itself, and what it is after it was away',
      },
      { file: 'test/hap/accessory-foreign.test.ts', title: 'lists, reads, writes, subscribes, and hears of a change' },
      {
        file: 'test/e2e/effects.test.ts',
        title:
          'is due with the tokens, done when the lamp lists it with its key, and then switches the lamp directly, as itself',
      },
    ],
  },
  {
    id: 'C2',
    title: 'the hub is a HAP accessory with an identity of its own',
    done: [
      {
        file: 'test/e2e/bridge.test.ts',
        title: 'is paired by its setup code like any accessory, and shows the lamp behind it',
      },
      {
        file: 'test/e2e/bridge.test.ts',
        title: 'has the key that signs the statement of the sealing key: whoever paired knows whom to believe',
      },
    ],
  },
  {
    id: 'C3',
    title: 'a home code is minted from the console and the command line',
    done: [
      {
        file: 'test/e2e/grants-page.test.ts',
        title: 'is redeemed by the request on its page exactly as it was copied, and switches the lamp',
      },
      {
        file: 'test/cli/home.test.ts',
        title:
          'is picked in words by mint home, minted by the same operation, and redeemed by the request that was printed',
      },
    ],
  },
  {
    id: 'C4',
    title: 'codes come from a secure random source, with the entropy asserted',
    done: [
      {
        file: 'test/e2e/switches.test.ts',
        title: 'are random in every character: no two alike, and no place with a habit',
      },
    ],
  },
  {
    id: 'C5',
    title: 'a code expires and is never the long-term key',
    done: [
      {
        file: 'test/e2e/home-direct.test.ts',
        title: 'is answered at once with the pairing still due, the accessory’s id and key, and where to look again',
      },
      {
        file: 'test/e2e/home-direct.test.ts',
        title: 'ends by itself: tokens to the second, and the pairing is removed',
      },
    ],
  },
  {
    id: 'C6',
    title: 'DPoP: time window, server nonce, each proof once',
    done: [
      { file: 'test/e2e/dpop.test.ts', title: 'takes a proof 60 s old and refuses one 61 s old' },
      { file: 'test/e2e/dpop.test.ts', title: 'lives one to two minutes' },
      {
        file: 'test/e2e/dpop.test.ts',
        title: 'lets one of 20 parallel exchanges of 20 codes with one proof win, and the other codes stay good',
      },
    ],
  },
  {
    id: 'C7',
    title: "a redemption can be sealed to the hub's key, so that a LAN proxy reads nothing",
    done: [
      {
        file: 'test/e2e/sealed-proxy.test.ts',
        title: 'reads no code, no verifier and no token of a sealed redemption; of a plain one it reads all of them',
      },
      {
        file: 'test/e2e/sealed-proxy.test.ts',
        title: 'is refused whatever byte it changes, always with the same answer, and the code is as good as before',
      },
    ],
  },
  {
    id: 'C8',
    title: 'three failures within 10 s burn the code, three in 10.001 s do not',
    done: [
      { file: 'test/e2e/lockout.test.ts', title: 'burns the code at the third failure within 10.000 s' },
      {
        file: 'test/e2e/lockout.test.ts',
        title: 'leaves the code alone when the third comes 10.001 s after the first',
      },
      {
        file: 'test/e2e/lockout.test.ts',
        title: 'is an attempt without the code: 200 guesses cost its holder nothing',
      },
    ],
  },
  {
    id: 'C9',
    title: 'a code is bound to a pairing id and its key',
    done: [
      {
        file: 'test/e2e/dpop.test.ts',
        title: 'is the pairing as well: another pairing id by the same key, and the same by another key, are refused',
      },
    ],
  },
  {
    id: 'C10',
    title: 'redeeming adds the app as a controller on the accessory',
    done: [
      {
        file: 'test/e2e/effects.test.ts',
        title:
          'is due with the tokens, done when the lamp lists it with its key, and then switches the lamp directly, as itself',
      },
      { file: 'test/e2e/home-direct.test.ts', title: 'have one winner and one pairing' },
    ],
  },
  {
    id: 'C11',
    title: 'ownership transfer and reset, both only with a code',
    done: [
      {
        file: 'test/e2e/ownership.test.ts',
        title: 'is what transfer and reset take: a code for access does neither, and leaves the accessory as it was',
      },
      {
        file: 'test/e2e/ownership.test.ts',
        title: 'adds the new owner and removes nobody before that one has connected, listed and said so',
      },
      {
        file: 'test/e2e/ownership.test.ts',
        title: 'wipes exactly the one it names: other administrators first, then the hub, then everything',
      },
    ],
  },
  {
    id: 'C12',
    title: 'roles on the accessory, capabilities enforced by the hub',
    done: [
      {
        file: 'test/e2e/home.test.ts',
        title: 'one characteristic, and not the next one beside it, another service, or another accessory',
      },
      {
        file: 'test/e2e/home.test.ts',
        title: 'values within its bounds, both ends included, and nothing else changes',
      },
      {
        file: 'src/profiles/home/capability.test.ts',
        title: 'agrees with a naive oracle on 100,000 random requests, and on what came nearest',
      },
    ],
  },
  {
    id: 'C13',
    title: 'setup codes: format, trivial ones refused, QR and label',
    done: [
      {
        file: 'src/protocols/hap/setup-code.test.ts',
        title: 'the twelve trivial codes are refused, with dashes and without',
      },
      { file: 'src/protocols/hap/setup-payload.test.ts', title: 'what is written is read again' },
    ],
  },
  {
    id: 'C14',
    title: '"Invalid Authorization Code" after an update: causes and recovery steps',
    done: [
      {
        file: 'src/inspectors/home/table.test.ts',
        title: 'maps "Unable to pair. Invalid Authorization Code." to at least four causes with what to do',
      },
      {
        file: 'src/profiles/home/rules/code-format.test.ts',
        title: 'refuses as `older` what was minted before an update',
      },
    ],
  },
  {
    id: 'C15',
    title: 'a wrong setup code is told from a version mismatch',
    done: [
      {
        file: 'src/inspectors/home/rules/protocol-version.test.ts',
        title: 'refuses a version that is `other` than 1.x',
      },
      {
        file: 'test/hap/doctor-blind.test.ts',
        title: 'finds the cause of at least 95 % of more than 300 runs on held-out seeds',
      },
    ],
  },
  {
    id: 'C16',
    title: 'pairing that hangs: the verdict names the step',
    done: [
      { file: 'src/inspectors/home/rules/answer-in-time.test.ts', title: 'refuses silence at `setup-m4`' },
      {
        file: 'test/hap/doctor-blind.test.ts',
        title: 'finds the cause of at least 95 % of more than 300 runs on held-out seeds',
      },
    ],
  },
  {
    id: 'C17',
    title: 'stale pairing after a factory reset: least destructive fix first',
    done: [
      {
        file: 'src/inspectors/home/table.test.ts',
        title: 'offers what destroys (removal, factory reset, reset of the home) only after something gentler',
      },
      {
        file: 'src/inspectors/home/table.test.ts',
        title: 'speaks of resetting the home configuration only as the very last fix',
      },
    ],
  },
  {
    id: 'C18',
    title: 'custom signed codes: encoding, length and key faults told apart',
    done: [
      { file: 'test/cli/explain-signed.test.ts', title: 'says which way it was mistreated, and what to do' },
      {
        file: 'test/e2e/signed-code.test.ts',
        title: 'is refused with one answer for every cause, and the causes are told to the person in charge',
      },
    ],
  },
  {
    id: 'C19',
    title: "developer console: a live list of the own client's refusals",
    done: [
      {
        file: 'test/e2e/refusals-live.test.ts',
        title: 'tells of their own applications only, without what is the owner’s',
      },
      {
        file: 'test/e2e/developer.test.ts',
        title: 'sees the refusals of their own application in the list, and not that others were refused',
      },
      {
        file: 'src/server/seen-by.canary.test.ts',
        title: 'of an own code: source, grant, scopes that a person allowed, pairings and keys, who ended it',
      },
    ],
  },
  {
    id: 'C20',
    title: 'setup-code policy, static or rotating; nothing assumes eight digits',
    done: [
      { file: 'test/e2e/bridge.test.ts', title: 'keeps its setup code while codes are static' },
      {
        file: 'test/e2e/bridge.test.ts',
        title: 'has another setup code for each attempt where codes rotate, and an old one is a wrong one',
      },
    ],
  },
  {
    id: 'C21',
    title: 'best practices page, generated from the policy tables',
    done: [
      {
        file: 'tools/documents.test.ts',
        title: 'is written from the tables of the profiles, and says how this differs from older systems',
      },
    ],
  },
  {
    id: 'C22',
    title: 'a built-in virtual accessory to test against',
    done: [
      {
        file: 'test/hap/accessory-foreign.test.ts',
        title: 'pairs by the code, is refused by a wrong one, and cannot pair twice',
      },
    ],
  },
  {
    id: 'C23',
    title: 'version facts are kept with every verdict',
    done: [
      {
        file: 'test/e2e/home-versions.test.ts',
        title: 'of protocol, firmware and code format are kept with an accepted redemption, and judge to the same tree',
      },
      { file: 'test/e2e/home-versions.test.ts', title: 'are kept with a refusal as well' },
    ],
  },
  {
    id: 'C24',
    title: 'secure by default: no insecure mode without an explicit, logged switch',
    done: [
      {
        file: 'test/e2e/switches.test.ts',
        title: 'is required of a public app until its switch is thrown, which is logged, and again afterwards',
      },
      { file: 'test/e2e/switches.test.ts', title: 'need their switch, which is logged, and a key or PKCE beside it' },
      {
        file: 'test/e2e/http.test.ts',
        title: 'listens on no other address than loopback, and says why and what to do',
      },
    ],
  },
  {
    id: 'C25',
    title: 'the threat model is tested',
    done: [
      { file: 'tools/documents.test.ts', title: 'names for every threat a defence and a test that is there' },
      {
        file: 'test/e2e/console-security.test.ts',
        title:
          'none is taken without cookie, without token, with somebody else’s token, or from another site; nothing is changed',
      },
    ],
  },
  {
    id: 'D1',
    title: 'company name, customer number, code, activation: judged in this order, drawn as a tree',
    done: [],
  },
  { id: 'D2', title: 'three reasons to redeem: activate, update, renew', done: [] },
  { id: 'D3', title: 'customer number and code are both needed', done: [] },
  { id: 'D4', title: 'moving to another machine frees the old seat', done: [] },
  { id: 'D5', title: 'the version range holds: 5.10 and 5.11 pass, 4.91 does not', done: [] },
  { id: 'D6', title: 'check characters name the mistyped group', done: [] },
  { id: 'D7', title: 'the notice by mail, and a paste that forgives blanks and hyphens only', done: [] },
  { id: 'D8', title: 'activation from the SDK and a small command line', done: [] },
  { id: 'D9', title: 'the sample program has the described screen path', done: [] },
  { id: 'D10', title: 'validate, refresh the expiry, open the workspace, in this order', done: [] },
  { id: 'D11', title: 'demo mode says why, and a wrong name is shown letter by letter', done: [] },
  { id: 'D12', title: 'machine-wide activation needs the rights for it, and prerequisites are checked', done: [] },
  { id: 'D13', title: 'the companion component registers through the same SDK', done: [] },
  { id: 'D14', title: 'the ordered friction list is the check list', done: [] },
  { id: 'D15', title: 'licence renew and licence reactivate', done: [] },
  { id: 'D16', title: "the vendor's support contact stands in the fixes", done: [] },
  { id: 'D17', title: 'vendor, product and edition records without foreign trademarks', done: [] },
  { id: 'D18', title: 'without activation only the demo runs; warnings before an update', done: [] },
  { id: 'E1', title: 'floating pool and node-locked seats', done: [] },
  { id: 'E2', title: 'a network-managed node refuses a local code', done: [] },
  { id: 'E3', title: 'one central update', done: [] },
  { id: 'E4', title: 'renewed terms reach every connected node within 2 s, a late one on reconnect', done: [] },
  { id: 'F1', title: 'a small real cooling-load program, licensed', done: [] },
  { id: 'F2', title: 'six entitlements, each opens its selection table', done: [] },
  { id: 'G1', title: 'reads a .hap package', done: [] },
  { id: 'G2', title: 'signing block, digests, CMS and profile are verified and match', done: [] },
  { id: 'G3', title: 'the literal message about the missing reason attribute', done: [] },
  { id: 'G4', title: 'requestPermissions without a reason, with line and fix', done: [] },
  { id: 'G5', title: 'ordered checks, exit code, SARIF', done: [] },
  { id: 'H1', title: 'missing, incomplete and over-broad queries elements, source and binary manifest', done: [] },
  { id: 'H2', title: 'applies from target SDK 30 on', done: [] },
  { id: 'H3', title: 'names what would be invisible, and whether the redirect can be followed', done: [] },
  { id: 'I1', title: 'denial and request for information, with the citation resolved', done: [] },
  { id: 'I2', title: 'manual sections and bulletins with effective dates', done: [] },
  { id: 'I3', title: 'request, review, decision, number', done: [] },
  { id: 'I4', title: 'approved before the service, unless a retro rule holds', done: [] },
  { id: 'I5', title: 'a table says which services need prior authorization', done: [] },
  { id: 'I6', title: 'no authorization: CARC 197', done: [] },
  { id: 'I7', title: 'wrong or missing number: CARC 16 with M62, near misses shown', done: [] },
  {
    id: 'J1',
    title: 'upd supersedes a code, and the old one names its successor',
    done: [
      {
        file: 'test/cli/operator.test.ts',
        title: 'J1: upd supersedes a code, the verdict of the old one names its successor, and the new one works',
      },
    ],
  },
  { id: 'J2', title: 'codes of an older policy epoch are re-bound or refused', done: [] },
  { id: 'J3', title: 'upd prints what changed, with a compliance report', done: [] },
  {
    id: 'K1',
    title: 'code 51 and the ISO 8583 table',
    done: [
      {
        file: 'src/profiles/payments/response.test.ts',
        title: 'mean the same decline for funds at every one that has a word for it',
      },
      {
        file: 'test/cli/explain-payments.test.ts',
        title: 'says what 51 HAP UPD means to merchant and customer, and that HAP and UPD are unknown',
      },
    ],
  },
  {
    id: 'K2',
    title: 'a hold of twelve hours, to the second',
    done: [
      {
        file: 'src/profiles/payments/rules/hold-after-51.test.ts',
        title: 'refuses as `funds` at 11 h 59 min 59.999 s and allows at 12 h',
      },
      {
        file: 'test/contract/gate.test.ts',
        title:
          'is closed up to the last millisecond of the hold and open at its end; attempts meanwhile make it no longer',
      },
      {
        file: 'test/e2e/payments-api.test.ts',
        title:
          'is admitted, sent, recorded, and refused up to the last millisecond of its hold, with every rule and its source',
      },
    ],
  },
  {
    id: 'K3',
    title: 'attempts inside the hold are refused, counted, and do not extend it',
    done: [
      {
        file: 'test/contract/gate.test.ts',
        title:
          'is closed up to the last millisecond of the hold and open at its end; attempts meanwhile make it no longer',
      },
    ],
  },
  {
    id: 'K4',
    title: 'two fixes for every cause: merchant and customer',
    done: [
      {
        file: 'src/profiles/payments/words.test.ts',
        title: 'has for every cause that closes a fix for the merchant, and for every decline one for the customer',
      },
      {
        file: 'test/e2e/payments-api.test.ts',
        title: 'sounds to the customer of a lost card as of any other decline, to the byte',
      },
    ],
  },
  {
    id: 'K5',
    title: 'processor suffixes are read, unknown ones called unknown',
    done: [
      {
        file: 'src/profiles/payments/response.test.ts',
        title: 'is said to be unknown: HAP and UPD stand in no public table',
      },
      {
        file: 'src/profiles/payments/response.test.ts',
        title: 'is known only for its processor and its code',
      },
      {
        file: 'test/cli/explain-payments.test.ts',
        title: 'says what 51 HAP UPD means to merchant and customer, and that HAP and UPD are unknown',
      },
    ],
  },
  {
    id: 'L1',
    title: 'a share link for one refusal, seven days',
    done: [
      {
        file: 'test/e2e/share.test.ts',
        title: 'L1: a stranger opens the link without signing in and without a cookie, for seven days, listed nowhere',
      },
      {
        file: 'test/cli/share.test.ts',
        title: 'L1, L3: makes a link that a stranger opens, lists it without the link, and ends it',
      },
    ],
  },
  {
    id: 'L2',
    title: 'redacted by default, with a preview',
    done: [
      {
        file: 'test/e2e/share.test.ts',
        title: 'L2: what the preview lists is what the link shows, redacted unless parts are added',
      },
      {
        file: 'test/cli/share.test.ts',
        title: 'L2: previews what would be shared, bare unless parts are named, and makes no link',
      },
    ],
  },
  {
    id: 'L3',
    title: 'share links can be revoked; copies cannot, and we say so',
    done: [
      { file: 'test/e2e/share.test.ts', title: 'L3: a link is ended on the verdict’s page, at once, with its receipt' },
      {
        file: 'test/e2e/share.test.ts',
        title:
          'L3, L4: says before and after that copies cannot be recalled, and that third parties have their own policies',
      },
    ],
  },
  {
    id: 'L4',
    title: 'a notice about third parties',
    done: [
      {
        file: 'test/e2e/share.test.ts',
        title:
          'L3, L4: says before and after that copies cannot be recalled, and that third parties have their own policies',
      },
    ],
  },
  {
    id: 'L5',
    title: 'a clipboard that fails is told, with a way on',
    done: [
      {
        file: 'test/e2e/share.test.ts',
        title:
          'L5: says that it cannot where the clipboard is denied, and leaves the link selected to be copied by hand',
      },
    ],
  },
  {
    id: 'L6',
    title: 'time ranges on refusals and audit',
    done: [
      { file: 'test/e2e/refusals-page.test.ts', title: 'picks a range, and keeps the filter' },
      {
        file: 'test/e2e/audit-page.test.ts',
        title: 'tells who did what in the last month, three, six, twelve, or ever',
      },
      {
        file: 'src/server/pages/range.test.ts',
        title: 'goes back by calendar months, in UTC, to the same time of the day',
      },
      {
        file: 'src/server/pages/range.test.ts',
        title: 'is picked by links, and the current one is marked for screen readers too',
      },
    ],
  },
  {
    id: 'L7',
    title: 'a guide for every cause',
    done: [
      {
        file: 'test/e2e/fix-buttons.test.ts',
        title: 'is led to from each rule of a verdict, for everybody who is signed in',
      },
      {
        file: 'src/server/guide.test.ts',
        title: 'has words and something to do for every cause, and an address of its own for every rule',
      },
    ],
  },
];
