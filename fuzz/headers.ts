/** The readers of the `Authorization` header: of a client at `/token`, and of an access token at the API. */
import { readClient } from '../src/profiles/oauth/prove/client.ts';
import { readAuthorization } from '../src/profiles/oauth/resource.ts';
import { mutate } from './mutate.ts';
import { law, type Target } from './target.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const ID = 'server_app';
const PAIRS = [
  `${ID}:a-client-secret`,
  'a%3Ab:c+d%2B:e',
  ':',
  'a:',
  'no colon',
  '%:%',
  '%F0%9F%94%91:%00',
  'a:%ED%A0%80',
];
const TOKENS = ['cfa_x8G3pQ2vR9mN7kL1x8G3pQ2vR9mN7', 'eyJhbGciOiJub25lIn0.e30.', 'a~b+c/d=='];

const FORMS: readonly ReadonlyMap<string, string>[] = [
  new Map(),
  new Map([['client_id', ID]]),
  new Map([['client_secret', 'posted']]),
];

/** RFC 6749 appendix B, as a client has to do it. */
const formEncode = (text: string): string => new URLSearchParams([['', text]]).toString().slice(1);

const PIECES: readonly string[] = [
  ...['Basic ', 'basic ', 'BASIC', 'Bearer ', 'DPoP ', ' ', '  ', '\t', '\0', ',', ', ', ':', '=', '==', '+', '/', '-'],
  ...['_', '.', '~', 'OjE=', 'QTpC', 'JTpi', '%', '\r\n', '\u00e9', '\ud800', 'cfa_', 'A'.repeat(300), '"', ';'],
];

/** `readClient` and `readAuthorization`: every header field is an answer, and what was read can be sent again. */
export const AUTHORIZATION: Target = {
  name: 'authorization',
  seeds: () => [
    ...PAIRS.map((pair) => `Basic ${base64(pair)}`),
    ...['Bearer cfa_x8G3pQ2vR9mN7kL1x8G3pQ2vR9mN7', 'DPoP cfa_x8G3pQ2vR9mN7kL1x8G3pQ2vR9mN7', 'bearer  a', 'Bearer'],
    ...[`Basic ${'A'.repeat(4_000)}`, `Bearer ${'a'.repeat(512)}`, `${' '.repeat(2_000)}Bearer a`, ''],
    ...[`Basic ${base64('a:b')}, Bearer c`, 'Digest username="a", realm="b"', 'Negotiate AAAA', 'hap5.1-authcode:x8G3'],
  ],
  make(from, seeds) {
    if (from.nat(2) === 0) return mutate(from, seeds, PIECES);
    const scheme = from.pick(['Basic ', 'basic ', 'Bearer ', 'DPoP ', 'bearer  ']);
    const pair = scheme.toLowerCase() === 'basic ';
    const inner = from.nat(3) === 0 ? mutate(from, pair ? PAIRS : TOKENS, PIECES) : from.pick(pair ? PAIRS : TOKENS);
    return scheme + (pair ? base64(inner) : inner);
  },
  run(input) {
    let method = '';
    for (const form of FORMS) {
      const claim = readClient(input, form);
      method = claim.method;
      if (method === 'malformed') {
        law(
          claim.clientId === form.get('client_id') && claim.secret === undefined,
          'nothing of a bad header is believed',
        );
      } else if (method === 'client_secret_basic') {
        const { clientId = '', secret = '' } = claim;
        law(clientId.length + secret.length < input.length, 'decoding never grows');
        law(clientId.isWellFormed() && secret.isWellFormed(), 'credentials are Unicode');
        law(!form.has('client_secret') && (form.get('client_id') ?? clientId) === clientId, 'one client, one method');
        const again = readClient(`Basic ${base64(`${formEncode(clientId)}:${formEncode(secret)}`)}`, form);
        const fits = base64(`${formEncode(clientId)}:${formEncode(secret)}`).length <= 4_096;
        law(!fits || JSON.stringify(again) === JSON.stringify(claim), 'what was read can be sent again');
      } else law(method === 'several' && form.size > 0, 'a header alone is never several');
    }
    const { scheme, token } = readAuthorization(input);
    law(token === undefined || (token.length <= 512 && input.endsWith(token)), 'a token is the end of its header');
    law((token !== undefined) === (scheme === 'bearer' || scheme === 'dpop'), 'a token has a scheme');
    return scheme === 'other' ? (method === 'malformed' ? 'refused' : 'basic') : scheme;
  },
};
