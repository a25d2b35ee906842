/** One grant's life as a list of moments: decision, codes, uses, verdicts, what devices are owed. */
import type { Effect } from '../../core/model.ts';
import type { Verdict } from '../../core/verdict.ts';
import { effectWords } from '../../profiles/home/effects.ts';
import { NONCE_ASKED, nonceAsked } from '../../profiles/oauth/nonce-asked.ts';
import type { AccountEvent } from '../account-events.ts';
import type { Timeline } from '../operations.ts';
import { type ClockAt, codeStanding, isEndless } from '../standing.ts';
import { grantWords } from '../words.ts';
import { grantPath } from './grant-words.ts';
import { asShown, capital, type Html, html, visible } from './html.ts';
import { fact, moment, PATHS, span } from './layout.ts';
import { PURPOSES } from './words.ts';

/** Something that happened; what happened in one moment stands together, the first of it largest. */
interface Entry {
  readonly at: number;
  readonly say: Html;
  readonly tone?: 'pass' | 'fail';
  readonly here?: true;
  /** The code that it is about, where an attempt at the same moment tells of it already. */
  readonly spends?: string;
  /** An accepted attempt of this kind, like the last one and the next. */
  readonly routine?: string;
}

/** How a life is told: what it is told beside, and when. */
export interface Telling {
  /** The verdict that the page is about, where it is about one. */
  readonly here?: Verdict;
  /** The store's clock and generation; without them a code stands as its row has it. */
  readonly at?: ClockAt;
  /** When the settings of its holder were changed, and by whom. */
  readonly changed?: readonly Pick<AccountEvent, 'at' | 'user'>[];
}

/** Renders it, oldest first; times are said against `here`. */
export function timelineSection(timeline: Timeline, { here, at, changed = [] }: Telling = {}): Html {
  const changes = changed.map(({ at: when, user }) => ({
    at: when,
    say: html`<b>${visible(user)}</b> changed the settings`,
  }));
  const entries: Entry[] = [...decisions(timeline), ...changes, ...verdicts(timeline, here), ...codes(timeline, at)];
  const moments = [...Map.groupBy(entries, ({ at }) => at).values()].sort((a, b) => (a[0]?.at ?? 0) - (b[0]?.at ?? 0));
  const effects = timeline.effects.map((e) => html`<li>${sayEffect(e)}</li>`);
  return html`<section class="stack" aria-labelledby="life">
<h2 id="life">The life of this grant</h2>
${here && standing(timeline)}
<ol class="time">${folded(moments).map((part) => ('moments' in part ? fold(part, here?.at) : item(part, here?.at)))}</ol>
${effects.length > 0 && html`<div class="stack-near"><h3>On devices</h3><ul class="stack-near small">${effects}</ul></div>`}
</section>`;
}

/** Where the grant stands, before how it got there. */
function standing({ grant, codes: all, verdicts: kept }: Timeline): Html {
  const { id, state, until } = grant;
  const used = [...all.map(({ usedAt }) => usedAt), ...kept.map(({ ok, at }) => (ok ? at : undefined))];
  const last = Math.max(...used.filter((at) => at !== undefined));
  return html`<dl class="facts">
<dt>Grant</dt><dd><a href="${grantPath(id)}">${fact(short(id))}</a> <span class="soft">${state}</span></dd>
<dt>Last use</dt><dd>${Number.isFinite(last) ? moment(last) : 'never'}</dd>
${until !== null && html`<dt>Ends</dt><dd>${moment(until)}</dd>`}
</dl>`;
}

/** `/r/…` of a verdict: the first ten characters of its id after the prefix. */
export function referenceOf(verdictId: string): string {
  return verdictId.slice(3, 13);
}

/** The whole id after its prefix: a beginning may be another's as well. */
export function wholeReferenceOf(verdictId: string): string {
  return verdictId.slice('vd_'.length);
}

type Moment = readonly Entry[];

/** Moments one after another in which all was well, folded into one line. */
interface Fold {
  readonly moments: readonly Moment[];
}

/** Runs of at least so many keep their first and last moment, and fold those between: a month of refreshes is one line. */
const RUN_MIN = 5;

function folded(moments: readonly Moment[]): (Moment | Fold)[] {
  const parts: (Moment | Fold)[] = [];
  let run: Moment[] = [];
  const flush = (): void => {
    if (run.length < RUN_MIN) parts.push(...run);
    else parts.push(...run.slice(0, 1), { moments: run.slice(1, -1) }, ...run.slice(-1));
    run = [];
  };
  for (const one of moments) {
    if (isRoutine(one)) run.push(one);
    else {
      flush();
      parts.push(one);
    }
  }
  flush();
  return parts;
}

function isRoutine(moments: Moment): boolean {
  return moments[0]?.routine !== undefined && moments.every(({ here, tone }) => !here && tone !== 'fail');
}

function fold({ moments }: Fold, hereAt: number | undefined): Html {
  const kinds = new Set(moments.flatMap((one) => one.flatMap(({ routine }) => routine ?? [])));
  return html`<li class="fold"><details><summary>${moments.length} more, all accepted: ${asShown([...kinds].join(', '))}</summary>
<ol class="time">${moments.map((one) => item(one, hereAt))}</ol></details></li>`;
}

function item(moments: Moment, hereAt: number | undefined): Html {
  const { at } = moments[0] ?? { at: 0 };
  const here = moments.some((entry) => entry.here);
  const tone = ['fail', 'pass'].find((one) => moments.some((entry) => entry.tone === one));
  const told = new Set(moments.map(({ routine, spends }) => routine && spends));
  const lines = moments.filter(({ routine, spends }) => routine || spends === undefined || !told.has(spends));
  const when = hereAt === undefined ? '' : ` · ${here ? 'this attempt' : distance(at - hereAt)}`;
  return html`<li class="${[tone, here && 'here'].filter(Boolean).join(' ')}"><p class="small soft">${moment(at)}${when}</p>${lines.map(({ say }, i) => (i === 0 ? html`<p>${say}</p>` : html`<p class="small">${say}</p>`))}</li>`;
}

function distance(apart: number): string {
  return apart === 0 ? 'at the same moment' : `${span(apart)} ${apart < 0 ? 'before' : 'after'}`;
}

function decisions({ grant }: Timeline): Entry[] {
  const { profile, from, by, to, state, endedAt, endedBy } = grant;
  const did = grantWords(profile)?.did ?? 'allowed';
  const verb = state === 'denied' ? 'turned down' : state === 'pending' ? 'was asked by' : did;
  const entries: Entry[] = [{ at: from, say: html`<b>${visible(by)}</b> ${verb} ${fact(to)}` }];
  if (endedAt !== undefined) {
    entries.push({
      at: endedAt,
      tone: 'fail',
      say: html`The grant ended${endedBy !== undefined && html`: ${visible(endedBy)}`}`,
    });
  }
  return entries;
}

function codes({ grant, codes: all }: Timeline, at: ClockAt | undefined): Entry[] {
  return all.flatMap((code) => {
    const { id, purpose, from, usedAt, state, until } = code;
    const name = html`${PURPOSES[purpose] ?? visible(purpose)} ${fact(short(id))}`;
    const good = isEndless(code) ? 'good until it is revoked' : html`good until ${moment(until)}`;
    const now = at ? codeStanding(code, { ...at, grant }) : state;
    const standing = now === 'live' ? good : now === 'restored' ? 'ended by a restore' : now;
    const issued: Entry = { at: from, say: html`${name} handed out <span class="soft small">(now ${standing})</span>` };
    if (usedAt === undefined) return [issued];
    return [issued, { at: usedAt, tone: 'pass' as const, say: html`${name} used`, spends: id }];
  });
}

function verdicts({ verdicts: all }: Timeline, here: Verdict | undefined): Entry[] {
  return all.map((v) => {
    const id = fact(short(v.id));
    const link = v.id === here?.id ? id : html`<a href="${PATHS.verdict + referenceOf(v.id)}">${id}</a>`;
    const asked = !v.ok && nonceAsked(v);
    const what = v.ok ? 'accepted' : asked ? NONCE_ASKED : 'refused';
    const why = v.ok || asked || v.cause === undefined ? '' : html`: ${asShown(v.cause.replaceAll('-', ' '))}`;
    const times = v.times > 1 ? ` (${v.times} times)` : '';
    const action = capital(v.action.replaceAll('_', ' '));
    return {
      at: v.at,
      ...(!asked && { tone: v.ok ? 'pass' : 'fail' }),
      ...(v.id === here?.id && { here: true as const }),
      ...(v.ok && { routine: v.action.replaceAll('_', ' ') }),
      ...(v.ok && v.code !== undefined && { spends: v.code }),
      say: html`${action}${asked && ':'} ${what}${why}${times} ${link}`,
    };
  });
}

function sayEffect({ kind, target, state, attempts, lastError }: Effect): Html {
  const standing = {
    due: 'still due',
    done: 'done and read back',
    undoing: 'being undone',
    undone: 'undone and read back',
  }[state];
  const trouble =
    lastError === undefined ? '' : html` <span class="soft">(attempt ${attempts}: ${visible(lastError, 200)})</span>`;
  const { alarm } = effectWords({ state, attempts, target, ...(lastError !== undefined && { lastError }) });
  const alert = alarm !== undefined && html` <b class="fail">${capital(visible(alarm, 200))}.</b>`;
  return html`${capital(kind.replaceAll('_', ' '))} on ${fact(target)}: <b>${standing}</b>${trouble}${alert}`;
}

function short(id: string): string {
  return id.length > 13 ? `${id.slice(0, 13)}…` : id;
}
