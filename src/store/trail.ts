/**
 * Checks the audit trail of a whole dump against itself and against the signatures: which verdicts were altered, removed
 * or invented, and which links are missing or false. A running store and a backup are checked alike.
 *
 * What it cannot see: what somebody did who also rewrote the links since the newest checkpoint, and a database that was
 * put back to an older state as a whole. Against both there is the head: note it elsewhere, and hand it to the next check.
 * Memory: some 300 bytes a verdict.
 */
import { hash } from 'node:crypto';
import { type Checkpoint, checkpointText, digestOf, type Head, type Link, linkText, NO_HASH } from './audit.ts';
import type { VerdictRow } from './rows.ts';
import type { Dump } from './upkeep.ts';

/** What can be wrong. */
export type TrailFaultKind =
  | 'altered'
  | 'removed'
  | 'invented'
  | 'link-altered'
  | 'link-missing'
  | 'checkpoint-false'
  | 'head-missing';

/** One thing that is wrong; `what` is a verdict's id, or a chain and the number of a link. */
export interface TrailFault {
  readonly kind: TrailFaultKind;
  readonly what: string;
  readonly say: string;
}

/** What a check found. */
export interface TrailReport {
  readonly verdicts: number;
  readonly links: number;
  readonly chains: number;
  readonly checkpoints: number;
  /** Verdicts whose payload was erased, as the trail says itself. */
  readonly erased: number;
  /** Links that no signature covers yet, neither by themselves nor by a signed link that names them. */
  readonly unsigned: number;
  /** Verdicts from before there was a trail; nothing can be said of them. */
  readonly untrailed: number;
  /** The first thousand faults, and how many there are. */
  readonly faults: readonly TrailFault[];
  readonly faultCount: number;
  /** The newest link, to be noted elsewhere. */
  readonly head?: Head;
}

/** What to check against. */
export interface TrailCheck {
  /** Is this the signature of that text, by the hub's key? */
  readonly holds: (text: string, signature: string) => boolean;
  /** A head that was noted earlier: it must be there still. */
  readonly head?: Head | undefined;
}

const FAULTS_MAX = 1_000;

type Fault = (kind: TrailFaultKind, what: string, say: string) => void;

/** One chain, as its links are. */
interface Walked {
  readonly hashes: Map<number, string>;
  last: number;
  signed: number;
}

/** The newest that the trail says of one verdict. */
interface Noted {
  readonly times: number;
  readonly digest: string;
  readonly erased: boolean;
  readonly at: number;
}

/** Everything that the entries say. */
interface Said {
  readonly rows: Map<string, Noted>;
  /** What is older than this may have been forgotten. */
  swept: number;
  /** What is older than this may have been replaced by a backup. */
  restored: number;
  /** The first links' word for a link of another chain. */
  readonly after: { readonly head: Head; readonly by: Head }[];
  /** The time of the oldest link; of an older verdict nothing is known. */
  since: number;
}

/** Checks a dump. */
export async function checkTrail(dump: Dump, { holds, head }: TrailCheck): Promise<TrailReport> {
  const links: Link[] = [];
  const checkpoints: Checkpoint[] = [];
  const rows = new Map<string, Omit<Noted, 'erased'>>();
  for await (const { table, rows: some } of dump.chunks) {
    if (table === 'audit') links.push(...some);
    else if (table === 'checkpoints') checkpoints.push(...some);
    else if (table === 'verdicts') for (const row of some) rows.set(row.id, glance(row));
  }
  const faults: TrailFault[] = [];
  let faultCount = 0;
  const fault: Fault = (kind, what, say) => {
    faultCount += 1;
    if (faults.length < FAULTS_MAX) faults.push({ kind, what, say });
  };
  const said = readEntries(links);
  const chains = walk(links, said, fault);
  checkCheckpoints(checkpoints, chains, said, holds, fault);
  coverNamed(said, chains);
  for (const { head: named, by } of said.after) {
    if (!has(chains, named) && said.swept === 0 && said.restored === 0)
      fault('link-missing', nameOf(named), `${nameOf(by)} names it, but it is not there, or not as it was`);
  }
  if (head && !has(chains, head))
    fault('head-missing', nameOf(head), 'it was noted as the head, but it is not there: the trail was cut or put back');
  const untrailed = checkRows(rows, said, fault);
  const newest = links.at(-1);
  return {
    verdicts: rows.size,
    links: links.length,
    chains: chains.size,
    checkpoints: checkpoints.length,
    erased: [...said.rows.values()].filter(({ erased }) => erased).length,
    unsigned: [...chains.values()].reduce((sum, { last, signed }) => sum + Math.max(0, last - signed), 0),
    untrailed,
    faults,
    faultCount,
    ...(newest && { head: headOf(newest) }),
  };
}

function glance(row: VerdictRow): Omit<Noted, 'erased'> {
  return { times: row.times, digest: digestOf(row), at: row.last_at };
}

function headOf({ chain, seq, hash: of }: Head): Head {
  return { chain, seq, hash: of };
}

function nameOf({ chain, seq }: Pick<Head, 'chain' | 'seq'>): string {
  return `${chain}/${seq}`;
}

function has(chains: ReadonlyMap<string, Walked>, { chain, seq, hash: of }: Head): boolean {
  return chains.get(chain)?.hashes.get(seq) === of;
}

function readEntries(links: readonly Link[]): Said {
  const said: Said = { rows: new Map(), swept: 0, restored: 0, after: [], since: Number.POSITIVE_INFINITY };
  for (const link of links) {
    said.since = Math.min(said.since, link.at);
    for (const line of link.body.split('\n')) readEntry(line, link, said);
  }
  return said;
}

function readEntry(line: string, link: Link, said: Said): void {
  const [kind, first = '', second = '', third = ''] = line.split(' ');
  if (kind === 'swept') said.swept = Math.max(said.swept, Number(first));
  else if (kind === 'restored') said.restored = Math.max(said.restored, link.at);
  else if (kind === 'after') said.after.push({ head: { chain: first, seq: Number(second), hash: third }, by: link });
  else if (kind === 'kept' || kind === 'erased') {
    const known = said.rows.get(first);
    const erased = kind === 'erased';
    const noted: Noted = { times: Number(second), digest: third, erased, at: link.at };
    // A row that several processes let grow stands in several chains: the highest count is the newest.
    if (!known || erased || (!known.erased && noted.times >= known.times)) said.rows.set(first, noted);
  }
}

/** Each link must follow the one before it, and be what its hash says. */
function walk(links: readonly Link[], said: Said, fault: Fault): Map<string, Walked> {
  const chains = new Map<string, Walked>();
  const bySeq = [...links].sort((a, b) => a.seq - b.seq);
  for (const link of bySeq) {
    const chain = chains.get(link.chain) ?? { hashes: new Map(), last: 0, signed: 0 };
    chains.set(link.chain, chain);
    const { hash: claimed, ...rest } = link;
    if (hash('sha256', linkText(rest), 'hex') !== claimed)
      fault('link-altered', nameOf(link), 'its contents are not those that its hash was made of');
    const expected = chain.last + 1;
    // Links are forgotten from the oldest on; a backup that was put in their place may lack the newest.
    const forgotten = chain.last === 0 && said.swept > 0;
    const replaced = said.restored > 0 && link.at >= said.restored;
    if (link.seq !== expected && !forgotten && !replaced)
      fault('link-missing', nameOf({ chain: link.chain, seq: expected }), `the next one there is ${nameOf(link)}`);
    else if (link.seq === expected && link.prev !== (chain.hashes.get(chain.last) ?? NO_HASH))
      fault('link-altered', nameOf(link), 'it does not follow the link before it');
    chain.hashes.set(link.seq, claimed);
    chain.last = link.seq;
  }
  return chains;
}

function checkCheckpoints(
  checkpoints: readonly Checkpoint[],
  chains: ReadonlyMap<string, Walked>,
  said: Said,
  holds: TrailCheck['holds'],
  fault: Fault,
): void {
  for (const checkpoint of checkpoints) {
    const chain = chains.get(checkpoint.chain);
    if (!holds(checkpointText(checkpoint), checkpoint.signature)) {
      fault('checkpoint-false', nameOf(checkpoint), "its signature was not made by this hub's key");
    } else if (chain?.hashes.has(checkpoint.seq)) {
      if (!has(chains, checkpoint))
        fault('link-altered', nameOf(checkpoint), 'its hash is not the one that was signed');
      chain.signed = Math.max(chain.signed, checkpoint.seq);
    } else if (said.swept === 0) {
      fault('link-missing', nameOf(checkpoint), 'it was signed, but it is not there');
    }
  }
}

/** A signed link covers the link of another chain that it names, and all before that one. */
function coverNamed({ after }: Said, chains: ReadonlyMap<string, Walked>): void {
  // Newest first: what a link names is older than itself.
  for (const { head, by } of after.toReversed()) {
    const named = chains.get(head.chain);
    if (!named || by.seq > (chains.get(by.chain)?.signed ?? 0)) continue;
    named.signed = Math.max(named.signed, head.seq);
  }
}

/** Answers how many verdicts are older than the trail. */
function checkRows(rows: ReadonlyMap<string, Omit<Noted, 'erased'>>, said: Said, fault: Fault): number {
  let untrailed = 0;
  for (const [id, row] of rows) {
    const noted = said.rows.get(id);
    if (noted) {
      if (noted.digest !== row.digest) fault('altered', id, 'its contents are not those that were kept');
    } else if (row.at < Math.max(said.since, said.swept)) untrailed += 1;
    else fault('invented', id, 'no link knows of it');
  }
  for (const [id, noted] of said.rows) {
    if (rows.has(id) || noted.at < said.swept) continue;
    fault('removed', id, 'it was kept, and is not there');
  }
  return untrailed;
}
