/** The demo's app: a real OAuth client over HTTP, with its own key, that first sends what the docs print. */
import { createHash, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';

/** What the hub was sent and what it said. */
export interface Reply {
  readonly status: number;
  readonly body: string;
}

/** A token answer, as far as the demo needs it. */
interface Tokens {
  readonly access_token: string;
}

/** The app. Its key is its pairing's key; the pairing id is what an accessory will know it by. */
export interface DemoApp {
  readonly pairingId: string;
  /** RFC 7638 thumbprint of its key. */
  readonly jkt: string;
  /** The request as the docs print it, blanks and all. */
  sendAsPrinted(code: string): Promise<Reply>;
  /** The same request made right: exact values, PKCE verifier, a proof by its own pairing. */
  sendFixed(code: string, verifier: string): Promise<Reply>;
  /** The very bytes of the last sound request, once more, as a thief would send them. */
  sendCopied(): Promise<Reply | undefined>;
  /** Switches the lamp with the token it got. */
  switchLamp(on: boolean): Promise<Reply>;
}

const FORM = 'application/x-www-form-urlencoded';

/** An app for the hub at `origin`. */
export function createDemoApp(origin: string, clientId: string, redirectUri: string): DemoApp {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const x = String(publicKey.export({ format: 'jwk' })['x']);
  const jkt = createHash('sha256')
    .update(JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x }))
    .digest('base64url');
  const pairingId = randomUUID().toUpperCase();
  const nonces = new Map<string, string>();
  let copied: RequestInit | undefined;
  let tokens: Tokens | undefined;

  const proof = (method: string, path: string, token?: string): string =>
    signJwt(
      privateKey,
      { typ: 'dpop+jwt', alg: 'EdDSA', jwk: { kty: 'OKP', crv: 'Ed25519', x } },
      {
        jti: randomUUID(),
        htm: method,
        htu: origin + path,
        iat: Math.floor(Date.now() / 1_000),
        pairing_id: pairingId,
        ...(nonces.has(path) && { nonce: nonces.get(path) }),
        ...(token !== undefined && { ath: createHash('sha256').update(token).digest('base64url') }),
      },
    );

  /** Sends; when the hub asks for its nonce, sends once more with it (RFC 9449 §8). */
  const sendProven = async (path: string, make: () => RequestInit): Promise<{ reply: Reply; sent: RequestInit }> => {
    for (let round = 0; ; round++) {
      const sent = make();
      const response = await fetch(origin + path, sent);
      const body = await response.text();
      const nonce = response.headers.get('dpop-nonce');
      const stale = nonce !== null && nonce !== nonces.get(path);
      if (nonce !== null) nonces.set(path, nonce);
      const asked = body.includes('use_dpop_nonce') || (stale && response.status === 401);
      if (!asked || round > 0) return { reply: { status: response.status, body }, sent };
    }
  };

  return {
    pairingId,
    jkt,
    async sendAsPrinted(code) {
      const body = asPrinted(code, clientId, redirectUri).replaceAll('\n', '');
      const response = await fetch(`${origin}/token`, { method: 'POST', headers: { 'content-type': FORM }, body });
      return { status: response.status, body: await response.text() };
    },
    async sendFixed(code, verifier) {
      const body = new URLSearchParams({
        grant_type: 'authorization_code',
        code,
        client_id: clientId,
        redirect_uri: redirectUri,
        code_verifier: verifier,
      }).toString();
      const make = (): RequestInit => ({
        method: 'POST',
        headers: { 'content-type': FORM, dpop: proof('POST', '/token') },
        body,
      });
      const { reply, sent } = await sendProven('/token', make);
      if (reply.status === 200) {
        copied = sent;
        tokens = JSON.parse(reply.body) as Tokens;
      }
      return reply;
    },
    async sendCopied() {
      if (!copied) return undefined;
      const response = await fetch(`${origin}/token`, copied);
      return { status: response.status, body: await response.text() };
    },
    async switchLamp(on) {
      const token = tokens?.access_token ?? '';
      const make = (): RequestInit => ({
        method: 'PUT',
        headers: {
          authorization: `DPoP ${token}`,
          dpop: proof('PUT', '/api/accessories/lamp', token),
          'content-type': 'application/json',
        },
        body: JSON.stringify({ on }),
      });
      return (await sendProven('/api/accessories/lamp', make)).reply;
    },
  };
}

/** The request body as the docs print it: a parameter a line, each with a blank before its ampersand. */
export function asPrinted(code: string, clientId: string, redirectUri: string): string {
  return [
    'grant_type=authorization_code &',
    `code=${code.replace(':', ': ')} &`,
    `client_id=${clientId} &`,
    `redirect_uri=${redirectUri}`,
  ].join('\n');
}

/** A compact JWS by an Ed25519 key (RFC 7515, RFC 8037). */
function signJwt(key: KeyObject, header: object, payload: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const input = `${part(header)}.${part(payload)}`;
  return `${input}.${sign(null, Buffer.from(input), key).toString('base64url')}`;
}
