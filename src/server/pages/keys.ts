/** The hub's keys by their public halves, as a part of the page `audit.ts`. */
import type { KeyList, KeyView } from '../audit-shapes.ts';
import { SPARE_MS } from '../keys.ts';
import { type Html, html, visible } from './html.ts';
import { fact, moment } from './layout.ts';

const USES: Readonly<Record<KeyView['use'], { readonly name: string; readonly does: string }>> = {
  audit: { name: 'Audit trail', does: 'Signs the trail once a minute. With it anybody can check a backup elsewhere.' },
  receipts: { name: 'Receipts', does: 'Signs the receipt of a shared refusal. It verifies without this hub.' },
  codes: { name: 'Signed codes', does: 'Signs codes that are verified offline.' },
  hub: {
    name: 'The hub itself',
    does: 'The long-term key that apps learn in pairing. It signs the statement of the sealing key.',
  },
  controller: { name: 'Controller of accessories', does: 'What the hub’s pairings on your accessories are bound to.' },
  sealing: { name: 'Sealing', does: 'Apps seal requests to it. A new one each month; the one before still opens.' },
};

/** The keys, and where the master key is. */
export function keyRows({ master, keys }: KeyList, now: number): Html {
  return html`<p>All of them, and every secret of this hub, are made of one master key, which is kept in ${fact(master)}. It is never in the database, in a backup or on a page: keep a copy of it where you keep passwords.</p>
<ul class="keys">${keys.map((key) => row(key, now))}</ul>`;
}

function row({ use, algorithm, id, fingerprint, publicKey, from, until }: KeyView, now: number): Html {
  const { name, does } = USES[use];
  const old = use === 'sealing' && from !== undefined && until !== undefined && !isNewest(from, until, now);
  return html`<li class="stack-near">
<h3 class="key">${name}${old && html` <span class="tag">the one before</span>`}</h3>
<p class="small soft">${does}</p>
<dl class="facts">
<dt>Public key</dt><dd>${fact(publicKey)} <span class="small soft">${algorithm}</span></dd>
<dt>Fingerprint</dt><dd>${fact(grouped(fingerprint))}</dd>
${id !== undefined && html`<dt>Known as</dt><dd><code>${visible(id)}</code></dd>`}
${from !== undefined && until !== undefined && html`<dt>Good</dt><dd>${moment(from)} to ${moment(until)}</dd>`}
</dl>
</li>`;
}

/** The one in force is good for its spare time after its month, and the one before has at most that left. */
function isNewest(from: number, until: number, now: number): boolean {
  return now >= from && until - now > SPARE_MS;
}

/** In fours, so that two people can read it to each other. */
function grouped(hex: string): string {
  return hex.replace(/(.{4})(?=.)/g, '$1 ');
}
