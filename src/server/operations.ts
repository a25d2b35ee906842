/**
 * What the person in charge can do, as one interface: the CLI calls it in process when it opens the store itself, and
 * over the admin socket when a hub is running. Arguments and answers are plain JSON.
 */
import type { Code, Effect, Grant } from '../core/model.ts';
import type { Verdict } from '../core/verdict.ts';
import type { App, AuthMethod, GrantType } from '../profiles/oauth/app.ts';
import type { HttpRequest } from '../protocols/http-text/message.ts';
import type { Query, Revoked, Tally } from '../store/port.ts';
import type { AuditOperations } from './audit-shapes.ts';
import type { Fixes, FixOutcome } from './fixes-shapes.ts';
import type { HomeOperations } from './home/shapes.ts';
import type { PaymentsOperations } from './payments/operation-shapes.ts';
import type { ShareOperations } from './share-shapes.ts';
import type { UserView } from './users.ts';

/** A mistake by the person in charge: what was expected, what came, what to do. Shown as is, exit code 2. */
export class OperationError extends Error {
  override readonly name: 'OperationError' | 'NotFoundError' | 'DeviceError' = 'OperationError';
}

/** Nothing has the id or name that was asked for. Exit code 1. */
export class NotFoundError extends OperationError {
  override readonly name = 'NotFoundError';
}

/** An accessory did not do what was asked of it; `verdict` is the doctor's on what was said. Exit code 1. */
export class DeviceError extends OperationError {
  override readonly name = 'DeviceError';
  readonly verdict: Verdict;
  constructor(message: string, verdict: Verdict) {
    super(message);
    this.verdict = verdict;
  }
}

/** An application as listed: never its secret, only whether it has one. */
export type AppView = { readonly id: string } & Omit<App, 'secretHash'> & { readonly hasSecret: boolean };

/** What may be said of an application; what is missing keeps its value (edit) or gets a safe default (add). */
export interface AppInput {
  readonly name?: string;
  readonly type?: 'public' | 'confidential';
  readonly authMethod?: AuthMethod;
  readonly redirectUris?: readonly string[];
  readonly grantTypes?: readonly GrantType[];
  /** Scopes included; `disabled` ones among them are switched off. */
  readonly scopes?: readonly string[];
  readonly disabledScopes?: readonly string[];
  readonly withoutPkce?: boolean;
  readonly shortCodes?: boolean;
  /** Edit only: make a new secret, the old one dies at once. */
  readonly rotateSecret?: boolean;
}

/** An authorization code minted by the person in charge, without the browser steps. */
export interface MintInput {
  readonly client: string;
  readonly redirectUri?: string;
  readonly scopes?: readonly string[];
  /** PKCE S256 challenge; without it one is made and its verifier is answered. */
  readonly challenge?: string;
  /** Key thumbprint (RFC 7638) and pairing id the code is bound to. */
  readonly jkt?: string;
  readonly pairingId?: string;
  /** The 16-character form; needs a key. */
  readonly short?: boolean;
  /** A code that is signed, and can be verified offline. */
  readonly handle?: 'signed';
  /** Seconds, 300 at most. */
  readonly ttlSeconds?: number;
  /** Seconds after which the grant ends by itself, and a pairing with it; it does not end by itself unless given. */
  readonly grantTtlSeconds?: number;
  /** Who decides: a user name; `operator` unless given. */
  readonly by?: string;
}

/** A code for a change of ownership, by the person in charge. It is good for this act and no other. */
export interface OwnershipInput
  extends Pick<MintInput, 'client' | 'redirectUri' | 'challenge' | 'handle' | 'ttlSeconds'> {
  /** One more administrator; the house to somebody else; the one deliberate wipe. */
  readonly act: 'additional' | 'transfer' | 'reset';
  /** Names of accessories, or all that the hub has. */
  readonly accessories: readonly string[] | 'all';
  /** Key thumbprint (RFC 7638) of the app that may redeem it, and for all but a reset its pairing id. */
  readonly jkt: string;
  readonly pairingId?: string;
}

/** How far a change of ownership is. */
export interface OwnershipStatus {
  readonly grant: string;
  readonly act: OwnershipInput['act'];
  /** Accessories that are done, and how many there are, those whose grant has ended aside; and a sentence of it. */
  readonly done: number;
  readonly of: number;
  readonly say: string;
  readonly accessories: readonly {
    readonly id: string;
    readonly state: Effect['state'];
    readonly stage: 'unknown' | 'adding' | 'waiting' | 'removing' | 'done' | 'stopped';
    readonly say: string;
    /** Where it cannot go on by itself, least destructive first. */
    readonly fixes?: readonly string[];
  }[];
}

/** What minting answers. `code` is shown once; only its id is kept. */
export interface Minted {
  readonly code: string;
  readonly id: string;
  readonly grant: string;
  readonly until: number;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly verifier?: string;
}

/** `upd`: the new code, and per fact what changed and what stayed. */
export interface Updated {
  readonly old: string;
  readonly minted: Minted;
  readonly changes: readonly { readonly item: string; readonly from: string; readonly to: string }[];
}

/** One grant's life: the decision, what was issued, every verdict oldest first, and what is owed to devices. */
export interface Timeline {
  readonly grant: Grant;
  readonly codes: readonly Code[];
  readonly verdicts: readonly Verdict[];
  readonly effects: readonly Effect[];
}

/** The operations. Ids may be any unique prefix (`vd_7F3K9`); an ambiguous or unknown one is an `OperationError`. */
export interface Operations extends HomeOperations, ShareOperations, AuditOperations, PaymentsOperations {
  status(): Promise<{
    readonly issuer: string;
    readonly data: string;
    readonly generation: number;
    readonly now: number;
  }>;
  addApp(id: string, input: AppInput): Promise<{ readonly app: AppView; readonly secret?: string }>;
  editApp(id: string, input: AppInput): Promise<{ readonly app: AppView; readonly secret?: string }>;
  listApps(): Promise<readonly AppView[]>;
  showApp(id: string): Promise<AppView>;
  removeApp(id: string): Promise<{ readonly removed: string; readonly revokedGrants: number }>;
  /** With `developerOf` a developer of these applications, otherwise somebody who runs the hub. */
  addUser(name: string, password: string, developerOf?: readonly string[]): Promise<{ readonly name: string }>;
  listUsers(): Promise<readonly UserView[]>;
  /** A developer of these applications from now on; with null somebody who runs the hub. */
  setUserRole(name: string, developerOf: readonly string[] | null): Promise<{ readonly name: string }>;
  /** Nobody signs in by this name any more; answers how many sessions ended. */
  removeUser(name: string): Promise<{ readonly removed: string; readonly sessions: number }>;
  mint(input: MintInput): Promise<Minted>;
  /** Mints a code for one change of ownership. Needs a running hub. */
  mintOwnership(input: OwnershipInput): Promise<Minted>;
  /** How far the change is that a grant, or the code of it, was minted for. */
  ownershipStatus(grantOrCode: string): Promise<OwnershipStatus>;
  codes(query: Query): Promise<readonly Code[]>;
  /** Those of merchants with the settings in force. */
  grants(query: Query): Promise<readonly Grant[]>;
  /** What is owed to devices, or was done there. */
  effects(query: Query): Promise<readonly Effect[]>;
  verdicts(query: Query): Promise<readonly Verdict[]>;
  /** Verdicts, counted by time, outcome and cause. */
  tallies(query: Query): Promise<readonly Tally[]>;
  /** One verdict with its tree, judged again from the snapshot where the row keeps none. */
  verdict(id: string): Promise<Verdict>;
  timeline(grantOrCode: string): Promise<Timeline>;
  /** Judges a kept verdict's case again, with some presented facts set to something else. Changes nothing. */
  replay(id: string, set: Readonly<Record<string, string>>): Promise<Verdict>;
  /** What can be done about a refusal by changing its application's registration, each with its plan. */
  fixes(verdict: string): Promise<Fixes>;
  /** Does one of them, if its plan is still the one that was looked at (`seal`). */
  applyFix(verdict: string, fix: string, seal: string): Promise<FixOutcome>;
  /** Ends a grant or a code, with everything below. */
  revoke(id: string, cause?: string): Promise<Revoked & { readonly id: string }>;
  /** Supersedes a live code (the code itself or its id) by a new one with the same bindings. */
  upd(codeOrId: string): Promise<Updated>;
  /** Judges a request without sending it: with this hub's records, and without using anything up. */
  explainRequest(request: HttpRequest): Promise<Verdict>;
  /** Judges the text of a signed code, or a complaint of one, with this hub's key where there is one. It is not kept. */
  explainCode(text: string): Promise<Verdict>;
}
