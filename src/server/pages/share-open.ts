/** What somebody with a link is shown: the shared refusal, or that the link has ended or never was. Nobody signs in for it. */
import type { SharedRefusal } from '../share-shapes.ts';
import { html, visible } from './html.ts';
import { moment, page, TEAR } from './layout.ts';
import { sharedRefusal } from './share-refusal.ts';

/** Input of the page. */
export interface ShareOpenPage {
  readonly hub: string;
  readonly refusal: SharedRefusal;
  readonly until: number;
  /** Paths of the receipt, and of the public key that it is verified with. */
  readonly receipt: string;
  readonly keys: string;
}

/** Renders it. */
export function shareOpenPage({ hub, refusal, until, receipt, keys }: ShareOpenPage): string {
  return page({
    hub,
    title: 'A shared refusal',
    width: 'middle',
    main: html`${sharedRefusal(refusal, 1)}
<section class="below stack-near" aria-label="About this link">
<p>Shared from ${visible(hub, 100)}. The link ends ${moment(until)}, or when whoever shared it ends it.</p>
<p><a class="button" href="${receipt}" download="refusal-receipt.txt">Download the receipt</a></p>
<p class="small">A signed copy of what stands here. Check it without this hub: <code>counterfoil share verify refusal-receipt.txt --public-key keys.json</code>, with <a href="${keys}" download="keys.json">the hub’s public key</a>.</p>
</section>`,
  });
}

/** The link has ended (410), or there is none such (404). */
export function shareGonePage({ hub, ended }: { readonly hub: string; readonly ended: boolean }): string {
  return page({
    hub,
    title: ended ? 'This link has ended' : 'There is no such link',
    width: 'narrow',
    main: html`<div class="ticket">
<div class="stack"><h1>${ended ? 'This link has ended' : 'There is no such link'}</h1>
<p>${
      ended
        ? 'What was shared here is no longer open: links are good for seven days, and whoever shared one can end it before.'
        : 'The address may be mistyped, or cut off where it was copied.'
    }</p></div>
${TEAR}
<div class="stack"><h2>What you can do</h2>
<ol class="steps">${(
      ended
        ? ['Ask whoever sent it to you for a new link.']
        : ['Copy the link again, the whole of it.', 'Or ask whoever sent it to you for a new one.']
    ).map((step) => html`<li><span>${step}</span></li>`)}</ol>
</div>
</div>`,
  });
}
