/** Keys and audit: what this hub signs with, whether anybody altered what it kept, who signed in and decided. */
import type { Grant } from '../../core/model.ts';
import type { TrailFaultKind } from '../../store/trail.ts';
import type { AccountAct, AccountEvent } from '../account-events.ts';
import type { AuditChecked, KeyList } from '../audit-shapes.ts';
import { grantWords } from '../words.ts';
import { number } from './chart.ts';
import { type Html, html, visible } from './html.ts';
import { keyRows } from './keys.ts';
import { fact, hiddenFields, moment, PATHS, page, type Signed, TEAR } from './layout.ts';
import { type Range, rangePicker, rangeWords } from './range.ts';

/** Input of the page. Times in milliseconds since the epoch. */
export interface AuditPage {
  readonly hub: string;
  readonly signed: Signed;
  readonly csrf: string;
  readonly now: number;
  readonly generation: number;
  /** What the data is called: a file name. */
  readonly data: string;
  readonly keys: KeyList;
  /** The last check of this hub, where there was one since it started. */
  readonly checked?: AuditChecked;
  readonly range: Range;
  /** Newest first, all within the range. */
  readonly diary: readonly DiaryEntry[];
  /** There was more than the page shows. */
  readonly more?: boolean;
}

/** One line of the diary. */
export type DiaryEntry =
  | ({ readonly kind: 'account' } & AccountEvent)
  | {
      readonly kind: 'given' | 'ended';
      readonly at: number;
      readonly grant: Pick<Grant, 'id' | 'profile' | 'by' | 'to' | 'state' | 'endedBy'>;
    };

/** Renders it. */
export function auditPage(input: AuditPage): string {
  const { hub, signed, keys, now } = input;
  return page({
    here: 'audit',
    hub,
    signed,
    title: 'Keys and audit',
    width: 'wide',
    main: html`<article class="ticket">
<h1>Keys and audit</h1>
${TEAR}
<div class="sets">
${trail(input)}
${diary(input)}
<section class="set" id="keys" aria-labelledby="keys-title">
<div class="stack-near"><h2 id="keys-title">Keys</h2><p class="small soft">The public halves. Compare a fingerprint with what an app, a receipt or a backup names; the private halves never leave this hub.</p></div>
<div class="stack">${keyRows(keys, now)}</div>
</section>
${restores(input)}
</div>
</article>`,
  });
}

function trail({ csrf, checked }: AuditPage): Html {
  return html`<section class="set" id="trail" aria-labelledby="trail-title">
<div class="stack-near"><h2 id="trail-title">Audit trail</h2><p class="small soft">Every verdict is named in a chain of digests, which is signed once a minute. Who alters, removes or invents one leaves a mark that this check finds.</p></div>
<div class="stack">${checked ? result(checked) : html`<p class="soft">Not checked since this hub was started.</p>`}
<form method="post" action="${`${PATHS.audit}/check#trail`}">${hiddenFields({ csrf })}<button type="submit">${checked ? 'Check again' : 'Check it now'}</button></form>
<p class="small soft">Beside a running hub, or of a backup: ${fact('counterfoil audit verify')}</p></div>
</section>`;
}

const FAULTS: Readonly<Record<TrailFaultKind, string>> = {
  altered: 'altered',
  removed: 'removed',
  invented: 'invented',
  'link-altered': 'link altered',
  'link-missing': 'link missing',
  'checkpoint-false': 'false signature',
  'head-missing': 'head missing',
};

const FAULTS_SHOWN = 20;

function result(checked: AuditChecked): Html {
  if (checked.outcome === 'too-large')
    return html`<p class="notice caution" role="status">There are more than ${number(checked.rowsMax)} rows: too many to read while the hub has other things to do. The command below checks them all beside it.</p>`;
  const { report, at, signedAt, firstAt, lastAt, tookMs } = checked;
  const { faults, faultCount, head } = report;
  const sound = faultCount === 0;
  const figure = (name: string, value: number): Html => html`<div><dt>${name}</dt><dd>${number(value)}</dd></div>`;
  return html`${
    sound
      ? html`<p class="notice good" role="status">Sound: nothing was altered, removed or invented. Checked ${moment(at)}, in ${number(tookMs)} ms.</p>`
      : html`<p class="notice" role="alert">${faultCount === 1 ? 'One thing does' : `${number(faultCount)} things do`} not agree with the signed trail. Checked ${moment(at)}.</p>`
  }
${
  !sound &&
  html`<ul class="rows">${faults.slice(0, FAULTS_SHOWN).map(({ kind, what, say }) => html`<li><span><b class="fail">${FAULTS[kind]}</b> ${faultAt(what)}<br><span class="small soft">${visible(say, 300)}</span></span></li>`)}</ul>
${faultCount > FAULTS_SHOWN && html`<p class="small soft">and ${number(faultCount - FAULTS_SHOWN)} more</p>`}`
}
<dl class="counts">${figure('Verdicts', report.verdicts)}${figure('Links', report.links)}${figure('Chains', report.chains)}${figure('Signatures', report.checkpoints)}${figure('Not signed yet', report.unsigned)}${figure('Erased on request', report.erased)}</dl>
<dl class="facts">
${firstAt !== undefined && lastAt !== undefined && html`<dt>Reaches</dt><dd>from ${moment(firstAt)} to ${moment(lastAt)}</dd>`}
${signedAt !== undefined && html`<dt>Last signed</dt><dd>${moment(signedAt)}</dd>`}
${report.untrailed > 0 && html`<dt>Before the trail</dt><dd>${number(report.untrailed)} verdicts, of which nothing can be said</dd>`}
${head && html`<dt>Head</dt><dd>${fact(`${head.chain}/${head.seq}/${head.hash}`)}</dd>`}
</dl>
<p class="small soft">Note the head somewhere else: a later check that is given it also finds a database that was put back as a whole.</p>`;
}

function faultAt(what: string): Html {
  const reference = /^vd_([0-9A-Z]{4,32})$/.exec(what)?.[1];
  return reference === undefined ? fact(what) : html`<a href="${PATHS.verdict + reference}">${fact(what)}</a>`;
}

const ACTS: Readonly<Record<AccountAct, string>> = {
  password: 'signed in by password',
  passkey: 'signed in by passkey',
  link: 'signed in by a link of the command line',
  'set-up': 'set this hub up',
  'password-changed': 'changed their password',
  'passkey-added': 'added a passkey',
  'passkey-removed': 'removed a passkey',
  'signed-out-everywhere': 'signed out everywhere',
  'app-registered': 'registered',
  'app-changed': 'changed',
  'app-removed': 'removed',
  'fix-applied': 'applied a fix to',
  'grant-revoked': 'revoked',
  'code-renewed': 'renewed a code of',
  'accessory-paired': 'paired',
  'accessory-forgotten': 'forgot',
  'pairing-removed': 'removed a pairing from',
  'refusal-shared': 'shared',
  'share-ended': 'ended a link to',
  'merchant-changed': 'changed the settings of',
  'merchant-key-made': 'made another key for',
  'card-key-made': 'made a new key for fingerprints of cards,',
  'card-keys-dropped': 'dropped all keys for fingerprints of cards but',
};

function diary({ diary: entries, range, more }: AuditPage): Html {
  return html`<section class="set" id="diary" aria-labelledby="diary-title">
<div class="stack-near"><h2 id="diary-title">Who did what</h2><p class="small soft">Who signed in, decided, and did something at these pages. Refusals have a page of their own, with the same ranges.</p></div>
<div class="stack">${rangePicker(range, (one) => `${PATHS.audit}?range=${one}#diary`)}
${entries.length === 0 ? html`<p class="soft">Nobody signed in or decided in ${rangeWords(range)}.</p>` : html`<ol class="diary">${entries.map(entry)}</ol>`}
${more && html`<p class="small soft">These are the newest ${entries.length} of ${rangeWords(range)}.</p>`}</div>
</section>`;
}

function entry(one: DiaryEntry): Html {
  const say = (): Html => {
    if (one.kind === 'account')
      return html`<b>${visible(one.user, 80)}</b> ${ACTS[one.act]}${one.about !== undefined && html` ${faultAt(one.about)}`}`;
    const { id, profile, by, to, state, endedBy } = one.grant;
    const link = html`<a href="${`${PATHS.grants}/${id}`}">${visible(to, 80)}</a>`;
    if (one.kind === 'ended')
      return html`the grant of ${link} ended <span class="small soft">${endedBy !== undefined && fact(endedBy)}</span>`;
    return html`<b>${visible(by, 80)}</b> ${state === 'denied' ? 'said no to' : (grantWords(profile)?.did ?? 'said yes to')} ${link}`;
  };
  return html`<li>${moment(one.at)}<span>${say()}</span></li>`;
}

function restores({ generation, data }: AuditPage): Html {
  return html`<section class="set" id="backups" aria-labelledby="backups-title">
<div class="stack-near"><h2 id="backups-title">Backups</h2><p class="small soft">Restoring one raises the generation: every code and token of before stays dead, so that nothing that was used comes back to life.</p></div>
<div class="stack"><dl class="facts">
<dt>Data</dt><dd>${fact(data)}</dd>
<dt>Generation</dt><dd>${generation} <span class="small soft">${generation <= 1 ? 'never restored' : 'raised by each restore'}</span></dd>
</dl>
<pre class="well">counterfoil backup hub.backup</pre></div>
</section>`;
}
