/** What the handlers of messages share: the server they act for, the session they answer in, the answer itself. */
import type { HttpMessage } from '../http-messages.ts';
import { encodeTlv, TLV, type TlvItem } from '../tlv8.ts';
import type { Attributes, Key } from './attributes.ts';
import { type Controller, HAP_STATUS, type HapStatus } from './database.ts';
import type { Fault, FaultPoint, Forgery } from './faults.ts';
import type { Keeper } from './state.ts';
import type { Value } from './values.ts';

/**
 * What a stranger may take of time and room. Every number is a default that the caller can change; none can be switched off.
 */
export interface Limits {
  /** Connections at once, 8 at least (HAP §6.2.3). Over it, the oldest one without a session goes, or the most silent session. */
  readonly connections: number;
  /** Pairings, 16 at least. */
  readonly pairings: number;
  /** From the first byte of a request to its last, and for an answer to be taken. */
  readonly requestMs: number;
  /** Without a session and without a request. */
  readonly idleMs: number;
  /** From M1 of pair-setup to M5. */
  readonly procedureMs: number;
  /** For a read or write hook. */
  readonly hookMs: number;
  /** Between two events to one controller (HAP §6.8). */
  readonly coalesceMs: number;
  /** Body of a request without a session, and with one. */
  readonly strangerBodyBytes: number;
  readonly bodyBytes: number;
  /** What may wait to be taken by a controller that does not read. */
  readonly unreadBytes: number;
}

/** The defaults. */
export const LIMITS: Limits = {
  connections: 64,
  pairings: 16,
  requestMs: 10_000,
  idleMs: 30_000,
  procedureMs: 30_000,
  hookMs: 5_000,
  coalesceMs: 1_000,
  strangerBodyBytes: 8 * 1024,
  bodyBytes: 1024 * 1024,
  unreadBytes: 1024 * 1024,
};

/**
 * Where setup codes come from. A static one has its verifier made once; a rotating one is asked for at each M1, which is when a
 * screen should show it. Any text is a code here: what controllers take is up to them (HAP §4.2.1: `XXX-XX-XXX`).
 */
export type SetupCode =
  | { readonly policy: 'static'; readonly code: string }
  | { readonly policy: 'rotating'; readonly next: () => string | Promise<string> };

/** One connection, as handlers see it. */
export interface Session {
  /** Pairing id, once pair-verify is done. */
  readonly controller: string | undefined;
  /** Which characteristics it wants events of. */
  readonly subscriptions: Subscriptions;
  /** Timed writes: what was announced (HAP §6.7.2.4). */
  prepared: { readonly pid: number; readonly untilMs: number } | undefined;
  /** Between M2 and M4 of pair-verify. */
  verifying: Verifying | undefined;
  /** From here on frames: called with the keys once M4 is on its way. */
  secure(controller: string, keys: SessionKeys): void;
  /** Lets go of the connection: what was written goes out, nothing more is read. */
  end(): void;
}

/** The keys of both directions, as seen from the accessory. */
export interface SessionKeys {
  readonly sending: Buffer;
  readonly receiving: Buffer;
}

/** What pair-verify keeps between its messages. */
export interface Verifying {
  readonly shared: Buffer;
  readonly key: Buffer;
  readonly ours: Buffer;
  readonly theirs: Buffer;
}

/** A session's registrations for events; they end with it (HAP §6.8.2.2). */
export interface Subscriptions {
  has(key: Key): boolean;
  set(key: Key, on: boolean): void;
}

/** The server, as handlers see it. */
export interface Host {
  readonly limits: Limits;
  readonly keeper: Keeper;
  readonly attributes: Attributes<Session>;
  readonly setupCode: SetupCode;
  readonly backoffSeconds: ((failures: number) => number) | undefined;
  /** Ends the sessions of everybody who is not paired any more; `spare` gets its answer first. */
  dismiss(spare?: Session): void;
  identify(): void;
  /** A controller has written, and it was done. */
  written(key: Key, value: Value, by: Controller): void;
  /** Something inside went wrong: a hook threw, a state could not be written. */
  failed(error: unknown): void;
}

/** What goes back. `afterwards` is called once it has been handed to the socket. */
export interface Answer {
  readonly status: number;
  readonly type?: string;
  readonly body?: Buffer;
  readonly afterwards?: () => void;
}

/** A request that was understood: which point of the script it is, and what to do about it. */
export interface Task {
  readonly point: FaultPoint;
  run(fault: Fault | undefined): Answer | Promise<Answer>;
}

/** A handler: a task, or at once an answer for what was no such request. */
export type Handler = (host: Host, session: Session, request: HttpMessage) => Task | Answer;

/** Media type of pairing messages (HAP §5.14). */
export const TLV_TYPE = 'application/pairing+tlv8';

/** A pairing message. A forged one has another state, or none. */
export function tlvAnswer(
  state: number,
  items: readonly (readonly [number, Uint8Array | number])[],
  forgery?: Forgery,
): Answer {
  const first = forgery === 'no-state' ? [] : [[TLV.state, forgery === 'wrong-state' ? state + 2 : state] as const];
  return { status: 200, type: TLV_TYPE, body: encodeTlv([...first, ...items]) };
}

/** A pairing message that says what was wrong. */
export function tlvError(state: number, error: number, retryDelaySeconds?: number): Answer {
  const delay = retryDelaySeconds === undefined ? [] : [[TLV.retryDelay, retryDelaySeconds] as const];
  return tlvAnswer(state, [[TLV.error, error], ...delay]);
}

/** A JSON answer (HAP §6.2). */
export function jsonAnswer(status: number, value: unknown): Answer {
  return { status, type: 'application/hap+json', body: Buffer.from(JSON.stringify(value)) };
}

/** An HTTP refusal with its HAP status. */
export function refusal(httpStatus: number, status: HapStatus): Answer {
  return jsonAnswer(httpStatus, { status });
}

/** HAP §6.3 and §6.7: 470, verify the pairing on this connection first. */
export const NOT_VERIFIED: Answer = refusal(470, HAP_STATUS.insufficientPrivileges);
/** No such request. */
export const BAD_REQUEST: Answer = refusal(400, HAP_STATUS.invalidValue);

/** Which forgery a fault asks for, if it is one. */
export function forgeryOf(fault: Fault | undefined): Forgery | undefined {
  switch (fault?.kind) {
    case 'no-state':
    case 'wrong-state':
    case 'wrong-proof':
    case 'wrong-signature':
    case 'wrong-id':
    case 'wrong-key':
      return fault.kind;
    default:
      return undefined;
  }
}

/** Text of an identifier: undefined unless it is 1 to `max` bytes of UTF-8. */
export function identifierText(bytes: Uint8Array | undefined, max: number): string | undefined {
  if (bytes === undefined || bytes.length === 0 || bytes.length > max) return undefined;
  const text = Buffer.from(bytes).toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? text : undefined;
}

/** The controller of a session, as the pairing table has it now; undefined once it was removed. */
export function controllerOf(host: Host, session: Session): Controller | undefined {
  const found = host.keeper.current().pairings.find(({ id }) => id === session.controller);
  return found === undefined ? undefined : { id: found.id, admin: found.admin };
}

/** Items of a pairing message, for handlers that have read it. */
export type Items = readonly TlvItem[];
