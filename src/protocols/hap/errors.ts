/** The one error that leaves the controller. */
import type { Entry, Recorder, Step } from './transcript.ts';

/**
 * What went wrong, for a `switch`:
 * `timeout`: no whole answer by the deadline; `closed`: the connection ended first, from either side; `refused`: nobody
 * listens at that port; `unreachable`: no way to that address; `malformed`: what came, or what was given, is not in its form;
 * `authentication`: a proof or signature that came does not hold; `tlv-error`: the accessory answered with an error number
 * of pairing; `http-status`: it answered with a status that is no success; `hap-status`: it refused a characteristic;
 * `decrypt`: a frame that cannot be opened; `unexpected`: well-formed, but not what belongs here.
 */
export type HapErrorKind =
  | 'timeout'
  | 'closed'
  | 'unreachable'
  | 'refused'
  | 'malformed'
  | 'authentication'
  | 'tlv-error'
  | 'http-status'
  | 'hap-status'
  | 'decrypt'
  | 'unexpected';

/** A characteristic and its status, negative. */
export interface RefusedCharacteristic {
  readonly aid: number;
  readonly iid: number;
  readonly status: number;
}

/** What a `HapError` may carry beside its text. */
export interface HapErrorDetails {
  /** HAP §5.15 table 5-5. */
  readonly tlvError?: number;
  readonly httpStatus?: number;
  /** HAP §6.7.1.4 table 6-11, negative. */
  readonly hapStatus?: number;
  /** How long the accessory asks to wait. */
  readonly retryDelaySeconds?: number;
  /** Each characteristic that was refused, where several were asked for. */
  readonly refused?: readonly RefusedCharacteristic[];
  /** For the transcript; names as in `transcript.ts`. */
  readonly facts?: Entry['facts'];
  readonly cause?: unknown;
}

/** A step that did not come to its end. The message says what was expected, what came, and what to do. */
export class HapError extends Error {
  readonly step: Step;
  readonly kind: HapErrorKind;
  readonly tlvError: number | undefined;
  readonly httpStatus: number | undefined;
  readonly hapStatus: number | undefined;
  readonly retryDelaySeconds: number | undefined;
  readonly refused: readonly RefusedCharacteristic[];
  /** What the transcript says of it, without a secret. */
  readonly facts: Entry['facts'];

  constructor(step: Step, kind: HapErrorKind, message: string, details: HapErrorDetails = {}) {
    super(`${step}: ${message}`, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'HapError';
    this.step = step;
    this.kind = kind;
    this.tlvError = details.tlvError;
    this.httpStatus = details.httpStatus;
    this.hapStatus = details.hapStatus;
    this.retryDelaySeconds = details.retryDelaySeconds;
    this.refused = details.refused ?? [];
    this.facts = {
      ...(details.tlvError === undefined ? {} : { error: details.tlvError }),
      ...(details.httpStatus === undefined ? {} : { http_status: details.httpStatus }),
      ...(details.hapStatus === undefined ? {} : { hap_status: details.hapStatus }),
      ...(details.retryDelaySeconds === undefined ? {} : { retry_delay_s: details.retryDelaySeconds }),
      ...details.facts,
    };
  }
}

/** Writes a failure into a transcript, as the event it was. */
export function recordFailure(record: Recorder | undefined, { step, kind, facts }: HapError): void {
  record?.(step, kind === 'timeout' || kind === 'closed' ? kind : 'failed', facts);
}
