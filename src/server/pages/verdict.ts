/**
 * One verdict, behind `/r/<reference>`: what to do, what it cost, every check, the grant's life. A developer sees it without
 * what is withheld from them.
 */
import { type Check, checklist, leaves, type Outcome, type Verdict } from '../../core/verdict.ts';
import { WITHHELD } from '../../core/withhold.ts';
import type { Fixes, PlannedFix } from '../fixes-shapes.ts';
import type { Timeline } from '../operations.ts';
import type { ClockAt } from '../standing.ts';
import { countsWords, factsOf, hearing, passedWords } from '../words.ts';
import { appPath } from './app-fields.ts';
import { guidePath } from './guide.ts';
import { asShown, capital, type Html, html, visible } from './html.ts';
import { fact, moment, PATHS, page, type Signed, shownFact, TEAR } from './layout.ts';
import { halves } from './lit.ts';
import { type SharesHere, sharesSection } from './share.ts';
import { timelineSection, wholeReferenceOf } from './timeline.ts';
import { fixSteps, sentence } from './words.ts';

/** Input of the page. `verdict.checks` must be there: a success is judged again from its snapshot before. */
export interface VerdictPage {
  readonly hub: string;
  readonly signed: Signed;
  readonly verdict: Verdict;
  /** The life of its grant, when it has one. */
  readonly timeline?: Timeline;
  /** The store's clock and generation. */
  readonly at?: ClockAt;
  /** The registered application that asked, where its settings are what refused it. */
  readonly app?: { readonly id: string; readonly name: string };
  /** What the hub can do about it; only for whoever runs it. */
  readonly fixes?: Fixes;
  /** The one that was just done. */
  readonly done?: string;
  /** Links to it that are open; only for whoever runs the hub. */
  readonly shares?: SharesHere;
}

/** Causes, by rule, that a change of the application's settings takes away. */
const SETTINGS: Readonly<Record<string, readonly string[]>> = {
  'oauth.redirect-uri-registered': ['unregistered'],
  'oauth.scope-included': ['not-included', 'empty'],
  'oauth.scope-enabled': ['disabled'],
  'oauth.scope-sufficient': ['switched-off'],
  'oauth.grant-type-enabled': ['disabled'],
};

/** Is there a failed check of this verdict that a change of the application's settings would take away? */
export function settingsRefused(verdict: Pick<Verdict, 'checks'>): boolean {
  return leaves(verdict.checks ?? []).some(
    ({ id, outcome, cause }) =>
      outcome === 'fail' && cause !== undefined && (SETTINGS[id]?.includes(cause.id) ?? false),
  );
}

/** Renders it. */
export function verdictPage(input: VerdictPage): string {
  const { hub, signed, verdict } = input;
  const checks = verdict.checks ?? [];
  return page({
    hub,
    signed,
    title: `${verdict.ok ? 'Accepted' : 'Refused'} · ${verdict.id.slice(0, 13)}`,
    width: 'wide',
    here: 'refusals',
    main: html`<article class="ticket">
${summary(verdict, checks)}
${since(input)}
${TEAR}
${judged(input, checks)}
</article>`,
  });
}

/** What has been done about it since, and what the same request would come to today. */
function since({ verdict, fixes, done }: VerdictPage): Html | false {
  const today = fixes?.today;
  if (verdict.ok || !today) return false;
  if (done === undefined && !today.ok) return false;
  const again = today.ok
    ? 'Judged again with today’s settings, it passes: let the app try again, nothing has to change there.'
    : `Judged again with today’s settings, it is still refused: ${today.say ?? today.rule ?? ''}.`;
  return html`<div class="notice ${today.ok ? 'good' : 'caution'} gap" role="status"><p>${done !== undefined && html`<b>Done.</b> `}${asShown(again)} The verdict stays what it was.</p></div>`;
}

function judged({ verdict, timeline, at, app, fixes: can, shares }: VerdictPage, checks: readonly Check[]): Html {
  const fixes = todo(verdict, checks, app, can?.fixes ?? []);
  const beside = fixes || timeline || !verdict.ok;
  return html`<div class="${beside ? 'split' : ''}">
<div class="todo apart">${fixes}${!verdict.ok && cost(verdict)}${shares && sharesSection(shares)}</div>
<section class="checks stack" aria-labelledby="checks">
<h2 id="checks">Every check</h2>
${verdict.erased && html`<p>Who, where from and what was sent were erased on request.</p>`}
<div>${checks.filter((c) => c.children?.length !== 0).map(phase)}</div>
<p class="small soft">What each rule is for, and all of its causes: <a href="/guide">the guide</a>.</p>
</section>
${timeline && html`<div class="life">${timelineSection(timeline, { here: verdict, ...(at && { at }) })}</div>`}
</div>`;
}

function summary(verdict: Verdict, checks: readonly Check[]): Html {
  const { ok, refusal, subject, source, action, at, times, id, profile } = verdict;
  const all = leaves(checks);
  const failed = all.filter((c) => c.outcome === 'fail');
  const decisive = failed.find((c) => c.id === verdict.decisive) ?? failed[0];
  const why = decisive?.cause;
  const title = ok ? passedWords(profile, action) : (why?.say ?? verdict.cause ?? 'Refused');
  const stamp = ok ? 'Accepted' : 'Refused';
  const skips = all.filter((c) => c.outcome === 'skip');
  const skipped = skips.length;
  const withheld = skips.filter((c) => c.withheld).length;
  const made = all.length - skipped;
  const tally = ok ? `${made} checks hold` : `${failed.length} of ${made} checks failed`;
  const heard = hearing(profile, action);
  const unjudged = skipped - withheld;
  const rest = [
    ...(unjudged > 0 ? [`, ${unjudged} not judged`] : []),
    ...(withheld > 0 ? [`, ${withheld} withheld`] : []),
  ];
  return html`<div class="stack">
<p><span class="stamp ${ok ? 'pass' : 'fail'}">${stamp}</span> <span class="soft">&nbsp;${tally}${rest}</span></p>
<h1>${capital(title)}</h1>
${why?.detail !== undefined && html`<p>${sentence(why.detail)}</p>`}
<dl class="facts">
<dt>Verdict</dt><dd>${shownFact(id)}</dd>
<dt>When</dt><dd>${moment(at)}${times > 1 && html` <span class="soft">and ${times - 1} more like it</span>`}</dd>
<dt>Asked</dt><dd>${shownFact(action)}${subject !== undefined && html` by ${shownFact(subject)}`}${source !== undefined && html` from ${shownFact(source)}`}</dd>
${factsOf(verdict).map(([label, value]) => html`<dt>${label}</dt><dd>${shownFact(value)}</dd>`)}
${refusal !== undefined && html`<dt>${capital(heard.who)} heard</dt><dd>${heard.what === undefined ? html`${shownFact(refusal)} <span class="soft">and nothing else</span>` : capital(heard.what)}</dd>`}
</dl>
</div>`;
}

function todo(
  verdict: Verdict,
  checks: readonly Check[],
  app: VerdictPage['app'],
  can: readonly PlannedFix[],
): Html | false {
  const fixes = checklist(checks);
  if (fixes.length === 0) return false;
  return html`<section class="stack" aria-labelledby="todo">
<h2 id="todo">What to do</h2>
${fixSteps(fixes, ruleName)}
${can.map((fix) => fixLink(verdict, fix))}
${app && html`<p><a class="button" href="${appPath(app.id)}">Settings of ${visible(app.name, 100)}</a></p>`}
</section>`;
}

/** The way to the plan of what the hub can do at once. */
function fixLink({ id }: Verdict, { id: fix, say, changes }: PlannedFix): Html {
  const values = changes.map(({ item, to }) =>
    item === 'redirect URI' ? to : item.replace(/^(?:scope|grant type) /, ''),
  );
  return html`<div class="well stack-near"><p><a class="button primary full" href="${`${PATHS.verdict}${wholeReferenceOf(id)}?fix=${fix}`}">${capital(say)}…</a></p>
<p class="small">${values.map((value) => html`${fact(value)} `)}</p>
<p class="small soft">First you see what it changes, and what it means.</p></div>`;
}

/** What the refusal did to the code, the grant and the source. */
function cost(verdict: Verdict): Html {
  const { consequence, withheld } = verdict;
  return html`<section class="stack" aria-labelledby="cost">
<h2 id="cost">What it cost</h2>
<p class="well">${withheld && !consequence ? WITHHELD : consequenceLine(verdict)}</p>
</section>`;
}

/** The consequence as one line of words. */
export function consequenceLine({ consequence, profile }: Pick<Verdict, 'consequence' | 'profile'>): Html {
  const counts = countsWords(profile);
  const { hits, burned, heldUntil, revokedCodes, undoing } = consequence ?? {};
  const parts: Html[] = [];
  if (revokedCodes !== undefined && revokedCodes > 0)
    parts.push(html`${count(revokedCodes, 'code or token', 'codes and tokens')} of its grant revoked.`);
  if (undoing !== undefined && undoing > 0)
    parts.push(html`${count(undoing, 'device effect is', 'device effects are')} being undone.`);
  if (burned) parts.push(html`The code is burned: nobody can use it any more.`);
  if (heldUntil !== undefined) parts.push(html`More tries have to wait until ${moment(heldUntil)}.`);
  if (hits !== undefined && hits > 0 && !burned)
    parts.push(
      counts === undefined
        ? html`Counted as failure ${hits}.`
        : html`Refused ${count(hits, 'time', 'times')} ${counts}.`,
    );
  if (parts.length === 0) return html`Nothing. No code, token or grant was touched.`;
  return html`${parts.map((part, i) => (i === 0 ? part : html` ${part}`))}`;
}

function count(n: number, one: string, many: string): string {
  return `${n} ${n === 1 ? one : many}`;
}

const GLYPHS: Readonly<Record<Outcome, { readonly sign: string; readonly word: string }>> = {
  pass: { sign: '✓', word: 'holds' },
  fail: { sign: '✗', word: 'failed' },
  warn: { sign: '!', word: 'warning' },
  skip: { sign: '–', word: 'not judged' },
};

function phase(check: Check): Html {
  if (!check.children) return rule(check);
  return html`<div class="phase"><h3>${capital(check.id.replaceAll('-', ' '))}</h3>${folded(check.children)}</div>`;
}

/** Neighbours that were not judged for one and the same reason share a row, as they do in the terminal. */
function folded(checks: readonly Check[]): Html[] {
  const rows: Check[][] = [];
  for (const check of checks) {
    const last = rows.at(-1);
    const alike = check.outcome === 'skip' && last?.[0]?.outcome === 'skip' && last[0].because === check.because;
    if (alike) last.push(check);
    else rows.push([check]);
  }
  return rows.map(([first, ...others]) =>
    first && others.length === 0 ? phase(first) : notJudged(first ? [first, ...others] : []),
  );
}

function notJudged(checks: readonly Check[]): Html {
  const { sign, word } = GLYPHS.skip;
  return html`<div class="rule">
<span class="glyph soft" aria-hidden="true">${sign}</span>
<div>
<p class="line">${checks.map(({ id }) => ruleName(id))}<span class="unseen">${word}</span></p>
<p class="small soft">${asShown(checks[0]?.because ?? '')}</p>
</div>
</div>`;
}

/** A rule, leading to what the guide says of it. */
function ruleName(id: string, cause?: string): Html {
  const path = guidePath(id, cause);
  return path === undefined ? shownFact(id) : html`<a class="quiet" href="${path}">${shownFact(id)}</a>`;
}

function rule({ id, outcome, expected, presented, cause, because, withheld }: Check): Html {
  const { sign, word } = GLYPHS[outcome];
  const loud = outcome === 'fail' || outcome === 'warn';
  const value = presented ?? expected;
  return html`<div class="rule">
<span class="glyph ${outcome === 'skip' ? 'soft' : outcome}" aria-hidden="true">${sign}</span>
<div>
<p class="line">${ruleName(id, cause?.id)}<span class="unseen">${word}</span>${!loud && value !== undefined && html`<span class="soft small">${shownFact(value)}</span>`}</p>
${cause && html`<p>${sentence(cause.say)}${cause.detail !== undefined && html` <span class="soft">${sentence(cause.detail)}</span>`}</p>`}
${because !== undefined && html`<p class="small soft">${asShown(because)}</p>`}
${withheld && because === undefined && html`<p class="small soft">${WITHHELD}</p>`}
${loud && (expected !== undefined || presented !== undefined) && halves(expected, presented)}
</div>
</div>`;
}
