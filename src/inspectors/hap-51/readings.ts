/**
 * The things people mean by "HAP 5.1", "hap 51" or "code 51". Data: to add a reading, add an entry here, its id to the
 * golden vectors, and a word that only it uses. Descriptions only; none of these names is ours.
 */

/** One thing the words may mean. */
export interface Entry {
  readonly id: string;
  /** Whose words they are. */
  readonly who: string;
  readonly means: string;
  /** The artefact that would settle it. */
  readonly bring: string;
  /** What to run with it; always a command that exists. */
  readonly command: string;
  /** `now`: what is brought gets a verdict. `not yet`: it can only be told apart. */
  readonly judged: 'now' | 'not yet';
  /** Words that speak for it, with their weight: 3 is used by hardly anyone else, 1 is shared by several. */
  readonly words: Readonly<Record<string, number>>;
}

const WORDS_ONLY = 'counterfoil explain "<every word of the message>"';

/** All readings, the more common askers first; words given re-order them. */
export const ENTRIES: readonly Entry[] = [
  {
    id: 'oauth-platform',
    who: 'developer of an app that talks to a "HAP platform" by OAuth 2.0',
    means:
      'the platform refused to exchange an authorization code for tokens: expired, used already, sent by another client, with another redirect_uri, or with a request that is not byte for byte what it should be',
    bring: 'the POST /token request as text or as a curl command, or the response with its error_uri',
    command: 'counterfoil explain request.txt',
    judged: 'now',
    words: {
      oauth: 3,
      oauth2: 3,
      token: 2,
      client: 2,
      redirect: 3,
      grant: 3,
      scope: 3,
      refresh: 2,
      pkce: 3,
      platform: 2,
      app: 1,
      api: 2,
      hub: 1,
      authcode: 2,
      authorization: 1,
      code: 1,
    },
  },
  {
    id: 'homekit',
    who: 'householder or accessory developer, HomeKit Accessory Protocol',
    means:
      'pairing or its authorization was refused. The public protocol has no version 5.1 (accessories announce pv=1.1; 5.1 is a section of its specification): here 5.1 is the format of the authorization code, and the 8-digit setup code is another thing',
    bring:
      'the request the app sent to the hub, or the id or link in its answer; for pairing itself, the step it stopped at',
    command: 'counterfoil explain request.txt',
    judged: 'now',
    words: {
      homekit: 3,
      accessory: 3,
      pair: 3,
      pairing: 3,
      unable: 2,
      lamp: 2,
      iphone: 3,
      ios: 2,
      setup: 2,
      ed: 1,
      srp: 3,
      firmware: 2,
      label: 1,
      bridge: 2,
      invalid: 1,
      hub: 1,
      authcode: 1,
      authorization: 1,
      code: 1,
      update: 1,
    },
  },
  {
    id: 'licence',
    who: 'engineer or licence administrator, the load-calculation program Hourly Analysis Program, version 5.1 (5.10, 5.11)',
    means:
      'a licence has to be activated, updated or renewed: company name, customer number and authorization code must fit each other and the version; otherwise the program runs as a demo',
    bring: 'the licence e-mail (company name, customer number, version) and the exact text of the dialogue',
    command: WORDS_ONLY,
    judged: 'not yet',
    words: {
      licence: 3,
      license: 3,
      licensing: 3,
      activate: 3,
      activation: 3,
      demo: 3,
      renew: 2,
      renewal: 2,
      company: 3,
      customer: 2,
      hvac: 3,
      hourly: 3,
      analysis: 3,
      program: 2,
      software: 2,
      version: 1,
      update: 2,
      upd: 2,
      registration: 2,
      install: 2,
      expired: 1,
      '5.10': 3,
      '5.11': 3,
      authorization: 1,
      code: 1,
    },
  },
  {
    id: 'card-decline',
    who: 'merchant or cardholder',
    means:
      'response code 51 of a card payment: insufficient funds. The issuer declined; it is no fault of the terminal',
    bring: 'the response code with everything printed around it, and when the first attempt was',
    command: "counterfoil explain '51 DECLINED on visa'",
    judged: 'now',
    words: {
      decline: 3,
      declined: 3,
      card: 3,
      payment: 3,
      funds: 3,
      insufficient: 3,
      merchant: 3,
      cardholder: 3,
      bank: 3,
      issuer: 3,
      visa: 3,
      mastercard: 3,
      retry: 2,
      response: 2,
      '51': 1,
      code: 1,
    },
  },
  {
    id: 'processor-suffix',
    who: 'merchant whose processor adds letters to a response code',
    means:
      'in "51 HAP UPD" the letters are an action of one processing system behind response code 51. No public table defines them: only that processor can say what they mean',
    bring: 'the whole response line, and the name of the processor',
    command: "counterfoil explain '51 HAP UPD at <processor>'",
    judged: 'now',
    words: {
      upd: 3,
      suffix: 3,
      processor: 3,
      terminal: 2,
      acquirer: 3,
      decline: 1,
      declined: 1,
      response: 1,
      '51': 1,
      hap: 1,
    },
  },
  {
    id: 'prior-authorization',
    who: 'provider or biller, a health plan such as Health Alliance Plan',
    means:
      'a denial or a request for information cites Section 5.1 of the provider manual: the service needed prior authorization, and the approval is missing, too late, or its reference number is not on the claim',
    bring: 'the denial with its codes (CARC and RARC), the date of service, and the approval letter if there is one',
    command: WORDS_ONLY,
    judged: 'not yet',
    words: {
      claim: 3,
      claims: 3,
      denial: 3,
      denied: 2,
      prior: 3,
      provider: 3,
      manual: 3,
      section: 3,
      health: 3,
      plan: 2,
      member: 2,
      carc: 3,
      rarc: 3,
      medical: 3,
      patient: 3,
      billing: 2,
      authorization: 1,
    },
  },
  {
    id: 'harmony-package',
    who: 'app developer, HarmonyOS',
    means:
      'a .hap file is an app package: it is installed only when it is signed, its profile fits the signer, and every user_grant permission gives its reason',
    bring: 'the .hap file or its module.json5, and the text of the build or install error',
    command: WORDS_ONLY,
    judged: 'not yet',
    words: {
      harmonyos: 3,
      harmony: 3,
      openharmony: 3,
      package: 3,
      install: 2,
      signature: 3,
      signing: 3,
      permission: 3,
      permissions: 3,
      reason: 3,
      attribute: 3,
      module: 3,
      json: 1,
      apk: 3,
      ability: 3,
      hdc: 3,
      file: 1,
    },
  },
  {
    id: 'hapi-framework',
    who: 'Node.js developer, the hapi web framework',
    means: 'a route behind an auth scheme answered 401 or 403, or a plugin of that name stopped at its version check',
    bring: 'the request as text or as a curl command, and the response with its WWW-Authenticate header',
    command: 'counterfoil explain request.txt',
    judged: 'now',
    words: {
      hapi: 3,
      framework: 3,
      node: 2,
      npm: 3,
      plugin: 3,
      route: 3,
      server: 1,
      scheme: 2,
      middleware: 3,
      javascript: 3,
    },
  },
];
