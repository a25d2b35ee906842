/** What a browser's `toJSON()` of a passkey says, as it comes in a form: bounded, and only what is looked at. WebAuthn §5.1. */
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';

/** Longest answer that is read, in characters; one with an RSA key takes some 2,500. */
const ANSWER_MAX = 16_384;
const FIELD_MAX = 8_192;
const ID_MAX = 1_400;

const BASE64URL = /^[\w-]+$/;
const TRANSPORTS: ReadonlySet<string> = new Set(['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb']);

/** An answer, and the challenge it answers. */
export interface Answered<T> {
  readonly response: T;
  readonly challenge: string;
}

/** Reads what `navigator.credentials.create` made; undefined for anything else. */
export function readCreated(text: string): Answered<RegistrationResponseJSON> | undefined {
  const { id, response = {} } = readAnswer(text) ?? {};
  const clientDataJSON = field(response, 'clientDataJSON');
  const attestationObject = field(response, 'attestationObject');
  const challenge = challengeOf(clientDataJSON, 'webauthn.create');
  if (id === undefined || !clientDataJSON || !attestationObject || challenge === undefined) return undefined;
  const said = response['transports'];
  const transports = Array.isArray(said) ? said.filter((one) => typeof one === 'string' && TRANSPORTS.has(one)) : [];
  return {
    challenge,
    response: { ...plain(id), response: { clientDataJSON, attestationObject, transports: [...new Set(transports)] } },
  };
}

/** Reads what `navigator.credentials.get` answered; undefined for anything else, and where it names no user. */
export function readAsserted(
  text: string,
): Answered<AuthenticationResponseJSON & { readonly response: { readonly userHandle: string } }> | undefined {
  const { id, response = {} } = readAnswer(text) ?? {};
  const clientDataJSON = field(response, 'clientDataJSON');
  const authenticatorData = field(response, 'authenticatorData');
  const signature = field(response, 'signature');
  const userHandle = field(response, 'userHandle');
  const challenge = challengeOf(clientDataJSON, 'webauthn.get');
  if (id === undefined || !clientDataJSON || !authenticatorData || !signature || !userHandle) return undefined;
  if (challenge === undefined) return undefined;
  return {
    challenge,
    response: { ...plain(id), response: { clientDataJSON, authenticatorData, signature, userHandle } },
  };
}

function plain(id: string): { id: string; rawId: string; type: 'public-key'; clientExtensionResults: object } {
  return { id, rawId: id, type: 'public-key', clientExtensionResults: {} };
}

function readAnswer(text: string): { readonly id: string; readonly response: Record<string, unknown> } | undefined {
  if (text.length > ANSWER_MAX) return undefined;
  const answer = object(parsed(text));
  const { id, rawId, type } = answer ?? {};
  const response = object(answer?.['response']);
  if (typeof id !== 'string' || id.length > ID_MAX || !BASE64URL.test(id)) return undefined;
  return response && rawId === id && type === 'public-key' ? { id, response } : undefined;
}

function field(from: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = from[name];
  return typeof value === 'string' && value.length <= FIELD_MAX && BASE64URL.test(value) ? value : undefined;
}

/** The challenge in the client data, where the browser says that it was no frame of another site. */
function challengeOf(clientDataJSON: string | undefined, type: string): string | undefined {
  if (clientDataJSON === undefined) return undefined;
  const said = object(parsed(Buffer.from(clientDataJSON, 'base64url').toString('utf8')));
  const challenge = said?.['challenge'];
  return said?.['type'] === type && said['crossOrigin'] !== true && typeof challenge === 'string'
    ? challenge
    : undefined;
}

function object(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
