/**
 * The demo's app: a real OAuth client over HTTP that first sends what the docs print, and a real HAP controller: the key that
 * signs its proofs is the key of its pairing.
 */
import { createHash, type KeyObject, randomUUID, sign } from 'node:crypto';
import { openSession } from '../../protocols/hap/controller.ts';
import { newIdentity } from '../../protocols/hap/keys.ts';
import type { Address } from '../../protocols/hap/options.ts';
import type { Paired } from '../../protocols/hap/pair-verify.ts';

/** What the hub was sent and what it said. */
export interface Reply {
  readonly status: number;
  readonly body: string;
}

/** A token answer, as far as the demo needs it. */
interface Tokens {
  /** The accessories that the app became a controller of, and the keys by which it knows them again. */
  readonly pairings?: readonly {
    readonly accessory: string;
    readonly accessory_id?: string;
    /** base64url. */
    readonly ltpk?: string;
  }[];
}

/** HAP §8.23 and §9.70. */
const LIGHTBULB = '43';
const ON = '25';

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
  /**
   * Switches the lamp itself, over HAP, by the app's own pairing: nothing of it goes through the hub.
   *
   * @throws HapError when the lamp does not have the pairing (any more), or is away
   */
  switchLamp(accessory: string, at: Address, on: boolean): Promise<void>;
}

const FORM = 'application/x-www-form-urlencoded';

/** An app for the hub at `origin`. */
export function createDemoApp(origin: string, clientId: string, redirectUri: string): DemoApp {
  const identity = newIdentity();
  const { id: pairingId, privateKey } = identity;
  const x = identity.publicKey.toString('base64url');
  const jkt = createHash('sha256')
    .update(JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x }))
    .digest('base64url');
  const nonces = new Map<string, string>();
  let copied: RequestInit | undefined;
  let tokens: Tokens | undefined;

  const proof = (method: string, path: string): string =>
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
      },
    );

  const pairedWith = (accessory: string, told: Tokens | undefined): Paired => {
    const { accessory_id: accessoryId, ltpk } = told?.pairings?.find((one) => one.accessory === accessory) ?? {};
    if (accessoryId === undefined || ltpk === undefined)
      throw new Error(`expected the tokens to come with the id and key of ${accessory}, but they did not`);
    return { accessoryId, accessoryLtpk: Buffer.from(ltpk, 'base64url'), identity };
  };

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
    async switchLamp(accessory, at, on) {
      const session = await openSession(at, pairedWith(accessory, tokens));
      try {
        const [lamp] = (await session.accessories()).flatMap(({ aid, services }) =>
          services
            .filter(({ type }) => type === LIGHTBULB)
            .flatMap(({ characteristics }) => characteristics)
            .filter(({ type }) => type === ON)
            .map(({ iid }) => ({ aid, iid })),
        );
        if (!lamp) throw new Error(`expected ${accessory} to have a light, but it lists none`);
        await session.write([{ ...lamp, value: on }]);
      } finally {
        session.close();
      }
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
