/** What the pages about accessories share: values as text, who holds a pairing, what the doctor says. */
import { checklist, leaves, type Verdict } from '../../core/verdict.ts';
import type { PairingView, ValueView } from '../home/shapes.ts';
import { grantPath } from './grant-words.ts';
import { capital, type Html, html, visible } from './html.ts';
import { fact, PATHS, shownFact } from './layout.ts';
import { fixSteps, sentence } from './words.ts';

/** Last part of the address of this hub itself, and of pairing anew; no accessory can be called so. */
export const ROOMS = { hub: '~hub', pair: '~new' } as const;

/** `/accessories/<id>`. */
export function accessoryPath(id: string): string {
  return `${PATHS.accessories}/${encodeURIComponent(id.toWellFormed())}`;
}

/** Services that every accessory has, and nobody looks for. */
const BACKGROUND = /^[^/]*\/(?:accessory-information|protocol-information|pairing)\//;

/** Values that somebody may look for. */
export function toldValues(values: readonly ValueView[]): readonly ValueView[] {
  return values.filter(({ says, perms }) => !BACKGROUND.test(says) && perms.includes('pr') && !says.endsWith('/name'));
}

/** Its switches alone. */
export function switches(values: readonly ValueView[]): readonly ValueView[] {
  return values.filter(({ says, format }) => says.endsWith('/on') && format === 'bool');
}

/** `lightbulb, brightness`: without the accessory. */
export function valueName({ says }: ValueView): string {
  return visible(
    says
      .slice(says.indexOf('/') + 1)
      .replace('/', ', ')
      .replaceAll('-', ' '),
    100,
  );
}

/** `on`, `40 %`; what it answered instead of a value. */
export function valueText({ value, status, unit }: ValueView): string {
  if (status !== undefined) return `not told (status ${status})`;
  if (value === true || value === false) return value ? 'on' : 'off';
  if (value === null || value === undefined) return 'nothing';
  return visible(`${value}${unit === undefined ? '' : ` ${unit}`}`, 100);
}

/** Who holds a pairing, as it is listed: this hub, an app by its grant, or somebody that this hub knows nothing of. */
export function heldBy({ whose, grants }: PairingView, names: ReadonlyMap<string, string>): Html {
  if (whose === 'hub') return html`This hub`;
  if (whose === 'stranger') return html`<b class="warn">Not made by this hub</b>`;
  return html`${grants.map(({ grant, client }, i) => html`${i > 0 && ', '}<a href="${grantPath(grant)}">${visible(names.get(client) ?? client, 100)}</a>`)}`;
}

/** The doctor's decisive cause, and what to do, in order. */
export function doctorSays(verdict: Verdict): Html {
  const checks = verdict.checks ?? [];
  const cause = leaves(checks).find(({ id, outcome }) => outcome === 'fail' && id === verdict.decisive)?.cause;
  const fixes = checklist(checks);
  return html`${cause && html`<p><b>${capital(cause.say)}.</b>${cause.detail !== undefined && html` <span class="soft">${sentence(cause.detail)}</span>`}</p>`}
${fixes.length > 0 && html`<h3>What to do</h3>${fixSteps(fixes, shownFact)}`}`;
}

/** A key's fingerprint. */
export function keyFact(fingerprint: string): Html {
  return html`<span class="soft small">key ${fact(fingerprint)}</span>`;
}
