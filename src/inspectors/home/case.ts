/**
 * What the rules of the doctor look at: a transcript, sorted. It is a plain value without a secret, so it can be kept as
 * the snapshot of a verdict, and judging it again gives the identical tree.
 */
import type { Entry, Step } from '../../protocols/hap/transcript.ts';

/** Named facts of one line of a transcript. */
export type LineFacts = Entry['facts'];

/** How a log of other software read: lines in all, and lines that said something known. */
export interface LogFacts {
  readonly lines: number;
  readonly understood: number;
  /** A fault of the log as a whole: `empty`, `too-large`. */
  readonly fault?: string;
}

/** One transcript, sorted. */
export interface HomeCase {
  /** What was known before: our own records, TXT fields, the form of the code. The newest of each name counts. */
  readonly known: LineFacts;
  /** What happened, in order; failures that a later success of the same operation made good are gone. */
  readonly entries: readonly Entry[];
  /** Those that were made good. */
  readonly mended: readonly Entry[];
  /** There when the transcript was read from text. */
  readonly log?: LogFacts;
}

const SETUP = ['M1', 'M2', 'M3', 'M4', 'M5', 'M6'].map((m) => `pair-setup ${m}` as Step);
const VERIFY = ['M1', 'M2', 'M3', 'M4'].map((m) => `pair-verify ${m}` as Step);
const REQUESTS: readonly Step[] = ['accessories', 'read', 'write', 'prepare', 'timed-write', 'subscribe', 'event'];
const PAIRINGS: readonly Step[] = ['list-pairings', 'add-pairing', 'remove-pairing'];

/** The steps of each part of a dialogue. */
export const STEPS: {
  readonly setup: readonly Step[];
  readonly verify: readonly Step[];
  readonly requests: readonly Step[];
  readonly pairings: readonly Step[];
  readonly session: readonly Step[];
  readonly all: readonly Step[];
} = {
  setup: SETUP,
  verify: VERIFY,
  requests: REQUESTS,
  pairings: PAIRINGS,
  session: ['session', ...REQUESTS, ...PAIRINGS],
  all: ['discover', 'connect', 'identify', ...SETUP, ...VERIFY, 'session', ...REQUESTS, ...PAIRINGS],
};

/** Sorts a transcript. Pure; the order of the entries is the order in which things happened. */
export function caseOf(entries: readonly Entry[], log?: LogFacts): HomeCase {
  const known: Record<string, string | number | boolean> = {};
  for (const { event, facts } of entries) if (event === 'known') Object.assign(known, facts);
  const meant = meantId(entries, known);
  for (const { step, event, facts } of entries) {
    if (step !== 'discover' || event === 'known') continue;
    // A network has many accessories; only the one that is meant says something about it.
    if (meant !== undefined && sameId(facts['txt_id'], meant)) Object.assign(known, announced(facts));
  }
  const happened = entries.filter(({ event }) => event !== 'known');
  const mended = happened.filter((entry, i) => isStop(entry) && isMended(entry, happened.slice(i + 1)));
  const judged = happened.filter((entry) => !mended.includes(entry));
  return { known, entries: judged, mended, ...(log && { log }) };
}

/** The accessory that is meant: by our record, by the id that was looked for, or because only one announced itself. */
function meantId(entries: readonly Entry[], known: LineFacts): string | undefined {
  const own = known['accessory_id'] ?? known['txt_id'];
  if (own !== undefined) return String(own);
  const discovered = entries.filter(({ step }) => step === 'discover');
  const sought = discovered.find(({ facts }) => facts['expected'] !== undefined && facts['check'] === undefined);
  if (sought) return String(sought.facts['expected']);
  const ids = new Set(discovered.map(({ facts }) => String(facts['txt_id'] ?? '').toUpperCase()));
  return ids.size === 1 ? [...ids][0] : undefined;
}

function sameId(id: string | number | boolean | undefined, meant: string): boolean {
  return String(id ?? '').toUpperCase() === meant.toUpperCase();
}

/** The TXT record, and where mDNS found the accessory: that is not where a connection went. */
function announced(facts: LineFacts): LineFacts {
  const told = Object.entries(facts).filter(([name]) => name.startsWith('txt_'));
  const { address, port } = facts;
  return {
    ...Object.fromEntries(told),
    ...(address !== undefined && { found_address: address }),
    ...(port !== undefined && { found_port: port }),
  };
}

/** Did something end or refuse here? */
export function isStop({ event, facts }: Entry): boolean {
  if (event === 'timeout' || event === 'closed' || event === 'failed') return true;
  return event === 'received' && (facts['error'] !== undefined || refusedStatus(facts));
}

function refusedStatus(facts: LineFacts): boolean {
  const status = facts['hap_status'];
  const http = facts['http_status'];
  return (typeof status === 'number' && status !== 0) || (typeof http === 'number' && http >= 300);
}

/** Was it done after all, by a later try? A success of the very try that failed (one of many was refused) mends nothing. */
function isMended(stop: Entry, after: readonly Entry[]): boolean {
  const again = after.findIndex(({ step, event }) => event === 'sent' && operation(step) === operation(stop.step));
  return again >= 0 && after.slice(again).some((later) => mends(later, stop));
}

/** Is `later` the success of the operation that `stop` failed? For a characteristic only the same one's success counts. */
function mends(later: Entry, stop: Entry): boolean {
  if (later.event !== 'done' || operation(later.step) !== operation(stop.step)) return false;
  return ['aid', 'iid'].every((name) => stop.facts[name] === undefined || stop.facts[name] === later.facts[name]);
}

/** `pair-setup M3` is of the operation `pair-setup`. */
export function operation(step: Step): string {
  return step.replace(/ M\d$/, '');
}

/** The first entry at one of these steps that `is` says yes to. */
export function find(c: HomeCase, steps: readonly Step[], is: (entry: Entry) => boolean): Entry | undefined {
  return c.entries.find((entry) => steps.includes(entry.step) && is(entry));
}

/** The TLV error that came at one of these steps. */
export function tlvError(c: HomeCase, steps: readonly Step[], code: number): Entry | undefined {
  return find(c, steps, ({ facts }) => facts['error'] === code);
}

/** A look at what came, by name (`signature`, `tag` …), that did not hold at one of these steps. */
export function failedCheck(c: HomeCase, steps: readonly Step[], ...checks: readonly string[]): Entry | undefined {
  return find(c, steps, ({ event, facts }) => event === 'failed' && checks.includes(String(facts['check'])));
}

/** Why nothing can be said about these steps; undefined when the dialogue came to one of them. */
export function unreached(c: HomeCase, steps: readonly Step[]): string | undefined {
  if (c.entries.some(({ step }) => steps.includes(step))) return undefined;
  const stop = c.entries.find(isStop);
  return stop ? `the dialogue did not come to it: it stopped at ${stop.step}` : 'not part of this dialogue';
}

/** A fact as a number, where it is one. */
export function num(facts: LineFacts, name: string): number | undefined {
  const value = facts[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** A fact as text, where it is there. */
export function text(facts: LineFacts, name: string): string | undefined {
  const value = facts[name];
  return value === undefined ? undefined : String(value);
}

/** What a failed look expected and what came, where the controller wrote them down. */
export function seen({ facts }: Entry): { expected?: string; presented?: string } {
  const expected = text(facts, 'expected');
  const presented = text(facts, 'presented');
  return { ...(expected !== undefined && { expected }), ...(presented !== undefined && { presented }) };
}

/** From M3 on, an accessory that takes this long and then refuses has run out of something. ADK gives up at 30 s. */
const SLOW_PROOF_MS = 8_000;

/** The refusal that came instead of M4 after a long silence, whatever it was. */
export function slowProof(c: HomeCase): Entry | undefined {
  return find(c, ['pair-setup M3', 'pair-setup M4'], (entry) => {
    const waited = num(entry.facts, 'waited_ms') ?? 0;
    return entry.event !== 'timeout' && isStop(entry) && waited >= SLOW_PROOF_MS;
  });
}

/** Did whoever asked for it stop it? That is nobody's fault. */
export function isStopped({ event, facts }: Entry): boolean {
  return event === 'closed' && facts['by'] === 'caller';
}

/** The close of a connection over which nothing had been asked yet: it was taken and thrown away. */
export function thrownAway(c: HomeCase): Entry | undefined {
  return c.entries.find((entry, i) => {
    const before = c.entries[i - 1];
    return entry.event === 'closed' && entry.step === 'session' && before?.step === 'connect' && !isStopped(entry);
  });
}

/** Did a long-term key come with the wrong length? */
export function isKeyLength({ facts }: Entry): boolean {
  return facts['check'] === 'length' && /public key/.test(String(facts['fault'])) && facts['frame'] === undefined;
}
