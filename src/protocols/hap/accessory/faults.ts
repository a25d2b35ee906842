/**
 * Mishaps that a server plays when it is told to, so that a controller can be tried on them. The caller's function is asked once
 * for each message that is about to go out (or, at `connect`, for each connection).
 */

import { TLV_ERROR } from '../tlv8.ts';
import type { Step } from '../transcript.ts';
import type { HapStatus } from './database.ts';

/** Where something can go wrong; a message is named as the controller's transcript names it. */
export type FaultPoint = Extract<
  Step,
  | 'connect'
  | 'identify'
  | 'pair-setup M2'
  | 'pair-setup M4'
  | 'pair-setup M6'
  | 'pair-verify M2'
  | 'pair-verify M4'
  | 'accessories'
  | 'read'
  | 'write'
  | 'prepare'
  | 'timed-write'
  | 'subscribe'
  | 'event'
  | 'list-pairings'
  | 'add-pairing'
  | 'remove-pairing'
>;

/** With `carriedOut`, what was asked for is done first and only its answer goes wrong; without, it is not done. */
interface Instead {
  readonly carriedOut?: true;
}

/**
 * What goes wrong.
 *
 * Instead of an answer: `silence`, `close`, `reset`, or an answer that refuses: `tlv-error`, `http-status`; `hap-status` for each
 * characteristic; `body`, any bytes. On the wire: `delay`; `truncate` to so many bytes, then close; `flip` a bit of the byte with
 * that number; `chunked`, which is sound HTTP that few accessories send. In the message: a state that is missing or wrong; a wrong
 * proof (M4 of pair-setup); a wrong signature, id, or key (M6 of pair-setup, M2 of pair-verify). Lies: add or remove
 * a pairing in the answer only.
 */
export type Fault =
  | ({ readonly kind: 'silence' | 'close' | 'reset' } & Instead)
  | ({ readonly kind: 'tlv-error'; readonly error: number; readonly retryDelaySeconds?: number } & Instead)
  | ({ readonly kind: 'http-status'; readonly status: number } & Instead)
  | ({ readonly kind: 'body'; readonly body: Uint8Array; readonly contentType?: string } & Instead)
  | { readonly kind: 'hap-status'; readonly status: HapStatus }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'truncate'; readonly bytes: number }
  | { readonly kind: 'flip'; readonly byte: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: Forgery }
  | { readonly kind: 'acknowledge-but-keep' | 'acknowledge-but-forget' };

/** What a message can have wrong inside. */
export type Forgery = 'no-state' | 'wrong-state' | 'wrong-proof' | 'wrong-signature' | 'wrong-id' | 'wrong-key';

/** The script: what goes wrong here, this time. */
export type FaultScript = (point: FaultPoint) => Fault | undefined;

/** Refusals that have a name. */
export const BUSY: Fault = { kind: 'tlv-error', error: TLV_ERROR.busy };
/** No room for another pairing. */
export const MAX_PEERS: Fault = { kind: 'tlv-error', error: TLV_ERROR.maxPeers };
/** More than 100 wrong codes. */
export const MAX_TRIES: Fault = { kind: 'tlv-error', error: TLV_ERROR.maxTries };
/** Paired already. */
export const UNAVAILABLE: Fault = { kind: 'tlv-error', error: TLV_ERROR.unavailable };

/** Wait so long. */
export function backoff(retryDelaySeconds: number): Fault {
  return { kind: 'tlv-error', error: TLV_ERROR.backoff, retryDelaySeconds };
}

/** A script with one fault at one point, the first `times` times that it is reached. */
export function faultAt(at: FaultPoint, fault: Fault, times: number = Number.POSITIVE_INFINITY): FaultScript {
  let left = times;
  return (point) => (point === at && left-- > 0 ? fault : undefined);
}

/** Does the request go unheeded? */
export function isInstead(fault: Fault | undefined): boolean {
  switch (fault?.kind) {
    case 'silence':
    case 'close':
    case 'reset':
    case 'tlv-error':
    case 'http-status':
    case 'body':
      return fault.carriedOut === undefined;
    default:
      return false;
  }
}
