/**
 * What came of a decision, as a tree: consent, code, tokens with their successors, pairings on accessories. Here it is
 * built from the rows of one grant; `lineage-drawing.ts` draws it. Pure.
 *
 * A token stands below what it was exchanged for. Chains are long (an app that refreshes each hour for a year has 8,760):
 * the first and the last few are kept, and between them stands how many there are.
 */
import type { Code, Effect } from '../../core/model.ts';
import { effectWords } from '../../profiles/home/effects.ts';
import type { Timeline } from '../operations.ts';
import { type CodeStanding, codeStanding, grantStanding, isEndless } from '../standing.ts';
import { grantWords } from '../words.ts';
import { span } from './layout.ts';
import { PURPOSES } from './words.ts';

/** How a node is drawn: its outline and its sign. */
export type Shape = 'decision' | 'live' | 'spent' | 'over' | 'dead' | 'owed' | 'more';

/** One thing that was decided, handed out or done. Strings are raw. */
export interface LineageNode {
  readonly shape: Shape;
  /** What it is, and which one. */
  readonly title: string;
  readonly name: string;
  /** Where it stands, in words. */
  readonly standing: string;
  readonly below: readonly LineageNode[];
}

/** What a lineage is built from. */
export interface LineageInput {
  readonly timeline: Pick<Timeline, 'grant' | 'codes' | 'effects'>;
  /** The store's clock and generation. */
  readonly now: number;
  readonly generation: number;
  /** There are more codes than were read: what is counted is the least there is. */
  readonly more?: true;
}

/** Of a chain, this many of its newest are shown behind its first. */
const LAST = 2;
/** Things on devices that are shown. */
const EFFECTS_MAX = 5;
/** Things of one kind beside each other that are shown, the newest. */
const BESIDE_MAX = 5;

/** Builds it. */
export function lineageOf(input: LineageInput): LineageNode {
  const { grant, codes, effects } = input.timeline;
  const own = grantWords(grant.profile);
  const sorted = codes.toSorted((a, b) => a.from - b.from);
  const access = sorted.filter(({ purpose }) => purpose === 'access_token');
  const refresh = sorted.filter(({ purpose }) => purpose === 'refresh_token');
  const handed = sorted.filter(({ purpose }) => purpose !== 'access_token' && purpose !== 'refresh_token');
  const tokens = [...chain(input, refresh, access), ...owed(effects)];
  return {
    shape: 'decision',
    title: own && VERBS[grant.state] === VERBS.active ? `${own.decided} by` : VERBS[grant.state],
    name: grant.by,
    standing: decisionWords(input),
    below: own ? beside(input, handed, `${own.key}s`) : handed.length === 0 ? tokens : renewals(input, handed, tokens),
  };
}

const VERBS = { active: 'Allowed by', revoked: 'Allowed by', denied: 'Turned down by', pending: 'Asked of' } as const;

function decisionWords({ timeline: { grant }, now }: LineageInput): string {
  const standing = grantStanding(grant, now);
  if (standing !== 'live') return standing;
  return grant.until === null ? 'until revoked' : `ends in ${span(grant.until - now)}`;
}

/** Codes that stand beside each other, none in the place of another, newest first. */
function beside(input: LineageInput, codes: readonly Code[], what: string): LineageNode[] {
  const shown = codes.slice(-BESIDE_MAX).toReversed();
  const left = codes.length - shown.length;
  const nodes = shown.map((code) => codeNode(input, code, []));
  return left > 0 ? [...nodes, moreNode(left, what, [], input.more)] : nodes;
}

/** Codes that took each other's place; what was exchanged hangs below the last. */
function renewals(input: LineageInput, codes: readonly Code[], below: readonly LineageNode[]): LineageNode[] {
  const [first, ...others] = codes;
  if (!first) return [...below];
  const last = others.slice(-LAST);
  const left = others.length - last.length;
  const tail = last.reduceRight<readonly LineageNode[]>((under, code) => [codeNode(input, code, under)], below);
  const middle = left > 0 ? [moreNode(left, 'renewals', tail, input.more)] : tail;
  return [codeNode(input, first, middle)];
}

/** Refresh tokens, each below the one that it was exchanged for, with the access tokens that came with it. */
function chain(input: LineageInput, refresh: readonly Code[], access: readonly Code[]): LineageNode[] {
  const came = (from: number, to: number): LineageNode[] => few(input, between(access, from, to));
  if (refresh.length === 0) return came(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
  // One left out would take the place of the one itself.
  const lastOnes = refresh.length > LAST + 2 ? refresh.length - LAST : 1;
  const left = lastOnes - 1;
  let below: readonly LineageNode[] = [];
  for (let i = refresh.length - 1; i >= 0; i--) {
    if (i > 0 && i < lastOnes) continue;
    const code = refresh[i] as Code;
    const until = refresh[i + 1]?.from ?? Number.POSITIVE_INFINITY;
    const from = i === 0 ? Number.NEGATIVE_INFINITY : code.from;
    below = [codeNode(input, code, below), ...came(from, until)];
    if (i === lastOnes && left > 0) below = [moreNode(left, 'refreshes', below, input.more)];
  }
  return [...below];
}

function between(codes: readonly Code[], from: number, to: number): readonly Code[] {
  return codes.filter((code) => code.from >= from && code.from < to);
}

/** The newest of access tokens that came of one exchange; a repeated refresh within its grace gives another one. */
function few(input: LineageInput, access: readonly Code[]): LineageNode[] {
  const newest = access.at(-1);
  if (!newest) return [];
  const node = codeNode(input, newest, []);
  return access.length === 1 ? [node] : [node, moreNode(access.length - 1, 'access tokens', [], input.more)];
}

function moreNode(count: number, what: string, below: readonly LineageNode[], least: true | undefined): LineageNode {
  const title = `… ${least ? 'at least ' : ''}${count.toLocaleString('en')} more`;
  return { shape: 'more', title, name: what, standing: '', below };
}

const SHAPES: Readonly<Record<CodeStanding, Shape>> = {
  live: 'live',
  used: 'spent',
  superseded: 'spent',
  expired: 'over',
  burned: 'dead',
  revoked: 'dead',
  restored: 'dead',
};

function codeNode(input: LineageInput, code: Code, below: readonly LineageNode[]): LineageNode {
  const { now, generation, timeline } = input;
  const standing = codeStanding(code, { now, generation, grant: timeline.grant });
  return {
    shape: SHAPES[standing],
    title: PURPOSES[code.purpose] ?? code.purpose,
    name: code.id.slice(0, 13),
    standing: codeWords(code, standing, now),
    below,
  };
}

function codeWords(code: Code, standing: CodeStanding, now: number): string {
  const { from, until, usedAt } = code;
  if (standing === 'live') return isEndless(code) ? 'until revoked' : `live, ${span(until - now)} left`;
  if (standing === 'used' && usedAt !== undefined) return `used after ${span(usedAt - from)}`;
  if (standing === 'expired') return `expired ${span(now - until)} ago`;
  return standing === 'superseded' ? 'renewed' : standing === 'restored' ? 'ended by a restore' : standing;
}

function owed(effects: readonly Effect[]): LineageNode[] {
  const shown = effects.slice(0, EFFECTS_MAX).map((effect): LineageNode => {
    const pairing = effect.kind === 'pairing' ? 'Pairing' : effect.kind.replaceAll('_', ' ');
    const shape = ({ due: 'owed', undoing: 'owed', done: 'live', undone: 'spent' } as const)[effect.state];
    return {
      shape,
      title: `${pairing} on ${effect.target}`,
      name: deviceName(effect),
      standing: effectWords(effect).state,
      below: [],
    };
  });
  const left = effects.length - shown.length;
  return left > 0 ? [...shown, moreNode(left, 'on devices', [], undefined)] : shown;
}

function deviceName({ data }: Effect): string {
  const id = data['pairing_id'];
  return typeof id === 'string' ? id : 'on the device';
}
