/** The app's end: seals a token request to a hub it has paired with, and opens the answer. */
import {
  type BoundHeaders,
  infoOf,
  MEDIA_TYPES,
  readAnswer,
  requestAad,
  requestHeader,
  targetOf,
  writeRequest,
} from './envelope.ts';
import { readSealingKey } from './key.ts';
import { openAnswer, sealTo } from './suite.ts';

/** The statement is not one to seal to: it says what was expected and what came. */
export class SealError extends Error {
  override readonly name = 'SealError';
}

/** What of a `fetch` response is looked at. */
export interface SealedResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
}

/** What the hub said, or why that cannot be told. Believe nothing of an answer that is not sealed. */
export type OpenedAnswer =
  | { readonly ok: true; readonly status: number; readonly body: string }
  | { readonly ok: false; readonly cause: 'unsealed' | 'malformed' | 'altered'; readonly say: string };

/** A sealed request, ready for `fetch(url, { method: 'POST', headers, body })`. */
export interface SealedRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  open(response: SealedResponse): Promise<OpenedAnswer>;
}

/** What may be told beside the form. */
export interface SealOptions extends BoundHeaders {
  /** Milliseconds since the epoch; the machine's clock unless given. */
  readonly now?: number;
  /** The issuer that the app means to talk to; the statement's unless given. */
  readonly issuer?: string;
}

const PATH = '/token';
const METHOD = 'POST';

/**
 * Seals a form for `POST /token`.
 *
 * @param form the body, encoded (`new URLSearchParams({...}).toString()`)
 * @param statement from `GET /.well-known/counterfoil-sealing`, over whatever way it came
 * @param ltpk the hub's long-term public key, 32 bytes, learned in pairing and nowhere else
 * @param options a DPoP proof or an Authorization header that goes with it is bound to the box
 * @throws SealError for a statement that this key has not signed, or whose time is not now
 */
export async function sealRequest(
  form: string,
  statement: string,
  ltpk: Uint8Array,
  options: SealOptions = {},
): Promise<SealedRequest> {
  const { now = Date.now(), authorization, dpop } = options;
  const read = await readSealingKey(statement, ltpk, now, options.issuer);
  if (!read.ok)
    throw new SealError(
      `cannot seal (${read.cause}): expected ${read.expected}, got ${read.presented}; fetch the statement anew, and pair again if the hub was reset`,
    );
  const binding = { issuer: read.issuer, method: METHOD, path: PATH };
  const head = { keyId: Buffer.from(read.key.id, 'base64url'), target: targetOf(binding) };
  const aad = requestAad(requestHeader(head), { authorization, dpop });
  const sealed = await sealTo(read.key.publicKey, infoOf(binding), aad, Buffer.from(form, 'utf8'));
  return {
    url: read.issuer + PATH,
    headers: {
      'content-type': MEDIA_TYPES.request,
      ...(authorization !== undefined && { authorization }),
      ...(dpop !== undefined && { dpop }),
    },
    body: writeRequest({ ...head, enc: sealed.enc, ciphertext: sealed.ciphertext }),
    async open(response) {
      if (response.headers.get('content-type')?.split(';', 1)[0]?.trim() !== MEDIA_TYPES.answer)
        return {
          ok: false,
          cause: 'unsealed',
          say: 'the answer is not sealed: the hub could not open the request, or somebody in between answered; fetch the statement anew and try again',
        };
      const envelope = readAnswer(await response.text());
      if (!envelope.ok)
        return { ok: false, cause: 'malformed', say: `expected ${envelope.expected}, got ${envelope.presented}` };
      const body = openAnswer(sealed, response.status, envelope);
      if (body !== undefined) return { ok: true, status: response.status, body };
      return { ok: false, cause: 'altered', say: 'the answer or its status was changed on the way: try again' };
    },
  };
}
