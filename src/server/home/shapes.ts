/** What the person in charge can do with accessories, as types: arguments and answers are plain JSON, as in `operations.ts`. */
import type { Verdict } from '../../core/verdict.ts';
import type { Entry } from '../../protocols/hap/transcript.ts';

/** Where to look for accessories, and how long. */
export interface LookInput {
  /** Names (`eth0`) or IPv4 addresses of this machine's interfaces; all of them unless told. */
  readonly interfaces?: readonly string[];
  /** 1 to 30. */
  readonly seconds?: number;
}

/** An accessory that announces itself. Nothing of it is proven. */
export interface Announced {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly addresses: readonly string[];
  /** Its HAP id. */
  readonly hapId?: string;
  readonly model?: string;
  readonly category?: string;
  /** Protocol version, status bits, feature bits and configuration number of its TXT record. */
  readonly pv: string;
  readonly sf?: number;
  readonly ff: number;
  readonly c?: number;
  /** Does it say that somebody is paired with it? */
  readonly paired?: boolean;
  /** What this hub calls it, where the hub is paired with it. */
  readonly known?: string;
  /** What of its record is not as HAP has it: `c#: missing`. */
  readonly notes: readonly string[];
}

/** What to pair with. */
export interface PairInput extends LookInput {
  /** What the hub calls it from then on, as in scopes. */
  readonly id: string;
  readonly name?: string;
  /** `host:port`, or a HAP id or a name that it announces. Without one: whose setup payload it is, or the only one that is free. */
  readonly target?: string;
  /** `031-45-154`, or the `X-HM://…` of its QR code. */
  readonly code: string;
}

/** An accessory of this hub. */
export interface AccessoryView {
  readonly id: string;
  readonly name: string;
  /** The lamp that every hub has. */
  readonly own: boolean;
  readonly hapId?: string;
  readonly address?: string;
  readonly reachable: boolean;
  /** Why it is not: what was expected, what came. */
  readonly why?: string;
  readonly model?: string;
  readonly firmware?: string;
  /** Protocol version, as it announces or lists it; status bits, where it announces itself. */
  readonly pv?: string;
  readonly sf?: number;
  /** Controllers that it lists. */
  readonly pairings?: number;
}

/** A characteristic and its value. */
export interface ValueView {
  /** `lamp/lightbulb/on`; where an accessory has several of that name, `bridge/2.10` (aid and iid). */
  readonly id: string;
  readonly says: string;
  readonly value?: string | number | boolean | null;
  /** HAP status, negative, instead of a value. */
  readonly status?: number;
  readonly format: string;
  readonly unit?: string;
  readonly perms: readonly string[];
  /** What it takes, where the accessory says so (HAP §6.3.3 table 6-3); one that says less may still refuse more. */
  readonly min?: number;
  readonly max?: number;
  readonly step?: number;
  readonly valid?: readonly number[];
}

/** A value to write, as it is typed: `on`, `40`, `warm`. */
export interface SetInput {
  readonly id: string;
  readonly value: string;
}

/** A change that was heard; `at` in milliseconds. */
export interface ChangeView {
  readonly at: number;
  readonly id: string;
  readonly value: string | number | boolean | null;
}

/** A controller of an accessory, as the accessory lists it and as this hub knows it. */
export interface PairingView {
  readonly id: string;
  readonly admin: boolean;
  /** Of its key. */
  readonly fingerprint: string;
  /** `stranger`: this hub did not add it. */
  readonly whose: 'hub' | 'grants' | 'stranger';
  /** The grants that it was added for, and whose they are. */
  readonly grants: readonly { readonly grant: string; readonly client: string }[];
  /** False where it was added for a grant, and the accessory does not list it (yet). */
  readonly listed: boolean;
}

/** What was said with an accessory, and the doctor's verdict on it. */
export interface Examined {
  readonly subject: string;
  readonly verdict: Verdict;
  readonly transcript: readonly Entry[];
}

/** The operations. Those that need a running hub say so where there is none. */
export interface HomeOperations {
  homeDiscover(input?: LookInput): Promise<readonly Announced[]>;
  /** @throws DeviceError as pairing fails */
  homePair(input: PairInput): Promise<AccessoryView>;
  homeAccessories(): Promise<readonly AccessoryView[]>;
  /** What the hub calls them. Nobody is asked. */
  homeNames(): Promise<readonly Pick<AccessoryView, 'id' | 'name'>[]>;
  /** One of them, as it answers now; the doctor's verdict where it does not. */
  homeAccessory(accessory: string): Promise<AccessoryView & { readonly verdict?: Verdict }>;
  /** `lamp/lightbulb/on`, or `lamp` for all that can be read. @throws DeviceError */
  homeGet(ids: readonly string[]): Promise<readonly ValueView[]>;
  /** Writes, by a timed write where `timedMs` is given. @throws DeviceError when one or more are not done */
  homeSet(writes: readonly SetInput[], timedMs?: number): Promise<readonly ValueView[]>;
  /** Begins to listen; the answer names the watch, and says what is so now. It ends when nobody has asked it for half a minute. */
  homeWatch(ids: readonly string[]): Promise<{ readonly watch: string; readonly now: readonly ValueView[] }>;
  /** What has changed since it was last asked; waits some seconds for something. */
  homeChanges(watch: string): Promise<readonly ChangeView[]>;
  /** @throws DeviceError */
  homePairings(accessory: string): Promise<readonly PairingView[]>;
  /** Removes a stranger's pairing, and reads it back. @throws DeviceError */
  homeRemovePairing(accessory: string, pairing: string): Promise<readonly PairingView[]>;
  /** The hub is no controller any more; nothing is said to the accessory. */
  homeForget(accessory: string): Promise<{ readonly forgotten: string }>;
  /** What is printed on the hub's own `lamp`, or on the `hub` itself: its setup code, and the text of its QR code. */
  homeSetupCode(accessory: string): Promise<{ readonly setupCode: string; readonly payload: string }>;
  /** Speaks with an accessory of the hub, or with whatever is at `host:port` or announces this id or name. Never changes anything. */
  homeExamine(target: string, look?: LookInput): Promise<Examined>;
}
