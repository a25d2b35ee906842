/** Pairing messages over a connection: the question in TLV8, the answer read, recorded and looked at the same way for every step. */
import type { Answer, Connection } from './connection.ts';
import { HapError } from './errors.ts';
import { fingerprint } from './keys.ts';
import { decodeTlv, encodeTlv, first, firstInteger, TLV, TLV_ERROR, type TlvItem } from './tlv8.ts';
import type { Recorder, Step } from './transcript.ts';

/** Items to encode. */
export type Items = Parameters<typeof encodeTlv>[0];

/** A question of pairing. `state` is that of the answer. */
export interface PairingQuestion {
  readonly target: '/pair-setup' | '/pair-verify' | '/pairings';
  readonly items: Items;
  readonly sent: Step;
  readonly received: Step;
  readonly state: number;
  readonly deadlineMs: number;
}

const CONTENT_TYPE = 'application/pairing+tlv8';

/** What the numbers of HAP §5.15 table 5-5 mean to somebody who waits. */
const MEANINGS: Readonly<Record<number, string>> = {
  [TLV_ERROR.unknown]: 'an error that has no name',
  [TLV_ERROR.authentication]: 'not authenticated: another setup code, a pairing it does not have, or no admin',
  [TLV_ERROR.backoff]: 'wait before the next try',
  [TLV_ERROR.maxPeers]: 'no room for another pairing; remove one',
  [TLV_ERROR.maxTries]: 'more than 100 wrong setup codes; power-cycle or reset it',
  [TLV_ERROR.unavailable]: 'paired already; remove that pairing in its app, or reset it',
  [TLV_ERROR.busy]: 'another controller is pairing; try again in half a minute',
};

/** Asks and reads; the items of an answer without an error. @throws HapError */
export async function askPairing(
  connection: Connection,
  record: Recorder | undefined,
  question: PairingQuestion,
): Promise<readonly TlvItem[]> {
  const { target, items, sent, received, state, deadlineMs } = question;
  const facts = { state: state - 1 };
  const body = encodeTlv(items);
  const answer = await connection.ask({
    method: 'POST',
    target,
    contentType: CONTENT_TYPE,
    body,
    sent,
    received,
    deadlineMs,
    facts,
  });
  return readPairingAnswer(answer, received, state, record);
}

/** Records an answer and looks at what every one has: status, TLV8, error, state. @throws HapError */
function readPairingAnswer(
  { message, waitedMs }: Answer,
  step: Step,
  state: number,
  record: Recorder | undefined,
): readonly TlvItem[] {
  const { status, body, fields } = message;
  const decoded = decodeTlv(body);
  const items = decoded.ok ? decoded.items : [];
  const came = firstInteger(items, TLV.state);
  const tlvError = errorIn(items);
  const delay = firstInteger(items, TLV.retryDelay);
  record?.(step, 'received', {
    bytes: body.length,
    waited_ms: waitedMs,
    http_status: status,
    content_type: shown(fields.get('content-type')),
    ...(came === undefined ? {} : { state: came }),
    ...(tlvError === undefined ? {} : { error: tlvError }),
    ...(delay === undefined ? {} : { retry_delay_s: delay }),
  });
  // before the state: an accessory that refuses M5 may answer with the state of M4
  if (tlvError !== undefined) {
    const what = `the accessory answered error ${tlvError}: ${MEANINGS[tlvError] ?? 'a number that HAP does not have'}`;
    const wait = delay === undefined ? {} : { retryDelaySeconds: delay };
    throw new HapError(step, 'tlv-error', what, { tlvError, httpStatus: status, ...wait });
  }
  if (status < 200 || status > 299)
    throw new HapError(step, 'http-status', `expected status 200, got ${status}`, { httpStatus: status });
  if (!decoded.ok) throw malformed(step, 'tlv', decoded.fault);
  if (came !== undefined && came !== state)
    throw new HapError(step, 'unexpected', `expected state ${state}, got ${came}`, {
      facts: { check: 'state', expected: state, presented: came },
    });
  return items;
}

/** An error that is there and is not zero; one that is no number counts as unknown. */
function errorIn(items: readonly TlvItem[]): number | undefined {
  if (first(items, TLV.error) === undefined) return undefined;
  const error = firstInteger(items, TLV.error) ?? TLV_ERROR.unknown;
  return error === 0 ? undefined : error;
}

/** An answer in a form that it must not have; `check` is what did not hold. */
export function malformed(step: Step, check: string, fault: string): HapError {
  return new HapError(step, 'malformed', fault, { facts: { check, fault } });
}

/** The value of an item that must be there, with one of these lengths in bytes if any are given. @throws HapError */
export function required(
  items: readonly TlvItem[],
  type: number,
  name: string,
  step: Step,
  lengths?: readonly [number, number],
): Buffer {
  const value = first(items, type);
  if (value === undefined) throw malformed(step, 'missing', `expected ${name}, got none`);
  if (lengths !== undefined && (value.length < lengths[0] || value.length > lengths[1])) {
    const wanted = lengths[0] === lengths[1] ? `${lengths[0]}` : `${lengths[0]} to ${lengths[1]}`;
    throw malformed(step, 'length', `expected ${wanted} bytes of ${name}, got ${value.length}`);
  }
  return value;
}

/** What did not prove itself: `check` names it, the other two show it without a secret. */
export function unproven(
  step: Step,
  check: 'srp-proof' | 'signature' | 'accessory-id' | 'tag' | 'public-key',
  message: string,
  expected?: Uint8Array | string,
  presented?: Uint8Array | string,
): HapError {
  const show = (value: Uint8Array | string): string => (typeof value === 'string' ? value : fingerprint(value));
  const facts = {
    check,
    ...(expected === undefined ? {} : { expected: show(expected) }),
    ...(presented === undefined ? {} : { presented: show(presented) }),
  };
  return new HapError(step, 'authentication', message, { facts });
}

/** A pairing identifier for people: visible ASCII, at most 36 characters as they are; anything else only as a fingerprint. */
export function shownId(id: Uint8Array): string {
  const text = Buffer.from(id).toString('latin1');
  return /^[\x21-\x7e]{1,36}$/.test(text) ? text : fingerprint(id);
}

/** A media type for a transcript, bounded and without control characters. */
export function shown(mediaType: string | undefined): string {
  return (mediaType ?? 'none').slice(0, 80).replace(/[^\x20-\x7e]/g, '?');
}
