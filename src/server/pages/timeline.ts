/** One grant's life as a list of moments: decision, codes, uses, verdicts, what devices are owed. */
import type { Effect } from '../../core/model.ts';
import type { Verdict } from '../../core/verdict.ts';
import { effectWords } from '../../profiles/home/effects.ts';
import { NONCE_ASKED, nonceAsked } from '../../profiles/oauth/nonce-asked.ts';
import type { Timeline } from '../operations.ts';
import { asShown, capital, type Html, html, visible } from './html.ts';
import { fact, moment, PATHS, span } from './layout.ts';

interface Entry {
  readonly at: number;
  readonly say: Html;
  readonly tone?: 'pass' | 'fail';
  readonly here?: true;
}

/** Renders it, oldest first; times are said against `here`, the verdict that the page is about, where it is about one. */
export function timelineSection(timeline: Timeline, here?: Verdict): Html {
  const entries = [...decisions(timeline), ...codes(timeline), ...verdicts(timeline, here)].sort((a, b) => a.at - b.at);
  const effects = timeline.effects.map((e) => html`<li>${sayEffect(e)}</li>`);
  return html`<section class="stack" aria-labelledby="life">
<h2 id="life">The life of this grant</h2>
<ol class="time">${entries.map((entry) => item(entry, here?.at))}</ol>
${effects.length > 0 && html`<div class="stack-near"><h3>On devices</h3><ul class="stack-near small">${effects}</ul></div>`}
</section>`;
}

/** `/r/…` of a verdict: the first ten characters of its id after the prefix. */
export function referenceOf(verdictId: string): string {
  return verdictId.slice(3, 13);
}

function item({ at, say, tone, here }: Entry, hereAt = at): Html {
  const apart = at - hereAt;
  const when = here
    ? 'this attempt'
    : apart === 0
      ? 'at the same moment'
      : `${span(apart)} ${apart < 0 ? 'before' : 'after'}`;
  return html`<li class="${[tone, here && 'here'].filter(Boolean).join(' ')}"><p class="small soft">${moment(at)} · ${when}</p><p>${say}</p></li>`;
}

function decisions({ grant }: Timeline): Entry[] {
  const { from, by, to, state, endedAt, endedBy } = grant;
  const verb = state === 'denied' ? 'turned down' : state === 'pending' ? 'was asked by' : 'allowed';
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

function codes({ codes: all }: Timeline): Entry[] {
  return all.flatMap(({ id, purpose, from, usedAt, state, until }) => {
    const name = html`${WORDS[purpose] ?? visible(purpose)} ${fact(short(id))}`;
    const standing = state === 'live' ? html`good until ${moment(until)}` : state;
    const issued: Entry = { at: from, say: html`${name} handed out <span class="soft small">(now ${standing})</span>` };
    return usedAt === undefined ? [issued] : [issued, { at: usedAt, tone: 'pass' as const, say: html`${name} used` }];
  });
}

const WORDS: Readonly<Record<string, string>> = {
  authorization_code: 'Authorization code',
  access_token: 'Access token',
  refresh_token: 'Refresh token',
};

function verdicts({ verdicts: all }: Timeline, here: Verdict): Entry[] {
  return all.map((v) => {
    const id = fact(short(v.id));
    const link = v.id === here.id ? id : html`<a href="${PATHS.verdict + referenceOf(v.id)}">${id}</a>`;
    const asked = !v.ok && nonceAsked(v);
    const what = v.ok ? 'accepted' : asked ? NONCE_ASKED : 'refused';
    const why = v.ok || asked || v.cause === undefined ? '' : html`: ${asShown(v.cause.replaceAll('-', ' '))}`;
    const times = v.times > 1 ? ` (${v.times} times)` : '';
    return {
      at: v.at,
      ...(!asked && { tone: v.ok ? 'pass' : 'fail' }),
      ...(v.id === here.id && { here: true as const }),
      say: html`${capital(v.action.replaceAll('_', ' '))}${asked && ':'} ${what}${why}${times} ${link}`,
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
