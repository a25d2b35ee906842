/** Sharing a refusal: exactly what would be shared, what may be added, what cannot be taken back; then the link, once. */
import type { SharedRefusal, SharePart, ShareView } from '../share-shapes.ts';
import { problemNotice, tick } from './fields.ts';
import { type Html, html, visible } from './html.ts';
import { fact, hiddenFields, moment, PATHS, page, type Signed, shownFact, TEAR } from './layout.ts';
import { sharedRefusal } from './share-refusal.ts';

/** Where the pages of sharing are. */
export const SHARE_PATHS = {
  share: '/share/',
  end: '/share-end/',
  open: '/s/',
  receipt: '/s-receipt/',
  keys: '/.well-known/counterfoil-receipts',
} as const;

/** Input of the preview. */
export interface SharePage {
  readonly hub: string;
  readonly signed: Signed;
  /** Of the verdict: the address of its page. */
  readonly reference: string;
  /** Token of the form `share` of this verdict. */
  readonly csrf: string;
  readonly with: readonly SharePart[];
  readonly refusal: SharedRefusal;
  readonly seal: string;
  /** It is another than the one that was previewed: somebody tried again meanwhile. */
  readonly changed?: boolean;
  /** Why no link was made. */
  readonly problem?: string;
}

const PARTS: readonly { readonly part: SharePart; readonly name: string; readonly hint: string }[] = [
  {
    part: 'values',
    name: 'What was expected and what came',
    hint: 'only facts that the app’s developer may see as well: redirect URIs, parameters, versions',
  },
  { part: 'app', name: 'The application’s ID', hint: 'who asked' },
  { part: 'time', name: 'The exact time', hint: 'otherwise the day' },
];

const NEVER = 'Never part of it: people, addresses, accessories, grants, codes, tokens and their ids.';

/** Renders the preview. */
export function sharePage(input: SharePage): string {
  const { hub, signed, reference, csrf, with: parts, refusal, seal, changed, problem } = input;
  const action = SHARE_PATHS.share + reference;
  return page({
    hub,
    signed,
    here: 'refusals',
    title: `${problem === undefined ? '' : 'Error: '}Share this refusal`,
    width: 'wide',
    main: html`<div class="stack alone"><p class="eyebrow"><a href="${PATHS.verdict + reference}">Verdict ${fact(reference)}</a></p>
<h1>Share this refusal</h1>
<p>Whoever has the link sees what stands below under “What is shared”, and nothing else.</p>
${problem !== undefined && problemNotice(problem)}</div>
${changed && html`<p class="notice caution alone" role="status">The refusal has changed since you looked: there was another attempt. Nothing was shared. Look again.</p>`}
<div class="sharing">
<section class="ticket stack" aria-labelledby="choose">
<h2 id="choose">What goes along</h2>
<form class="stack" method="get" action="${action}">
<fieldset class="stack-near"><legend class="unseen">Add to what is shared</legend>
${PARTS.map(({ part, name, hint }) => tick(part, parts.includes(part), html`${name} <span class="soft small">${hint}</span>`))}
</fieldset>
<button type="submit">Update the preview</button>
</form>
<p class="small soft">${NEVER}</p>
${TEAR}
<h2>Before you share</h2>
<ul class="either stack-near">
<li>The link is open to everybody who has it, for 7 days. You can end it at once.</li>
<li>Copies that others have made by then cannot be recalled.</li>
<li>If you share it with others, what they do with it follows their own policies.</li>
</ul>
<form method="post" action="${action}">
${hiddenFields({ csrf, seal, with: parts.join(' ') })}<button class="primary full" type="submit">Make a link</button>
</form>
</section>
<section class="stack" aria-labelledby="preview">
<p class="eyebrow" id="preview">What is shared</p>
${sharedRefusal(refusal, 2)}
</section>
</div>`,
  });
}

/** Input of the page that shows a fresh link. */
export interface ShareMadePage {
  readonly hub: string;
  readonly signed: Signed;
  readonly module?: string;
  readonly reference: string;
  readonly link: string;
  readonly path: string;
  readonly until: number;
}

/** Renders the fresh link: this once. */
export function shareMadePage({ hub, signed, module, reference, link, path, until }: ShareMadePage): string {
  return page({
    hub,
    signed,
    here: 'refusals',
    ...(module !== undefined && { module }),
    title: 'The link',
    width: 'narrow',
    main: html`<div class="ticket">
<div class="stack"><h1>The link</h1>
<p>It is shown this once: the hub keeps only a hash of it.</p></div>
${TEAR}
<div class="stack">
<div><label for="link">Link</label><input id="link" class="fact" readonly value="${link}" data-link></div>
<p><button type="button" class="primary full" data-copy hidden>Copy the link</button></p>
<p role="status" data-said></p>
<dl class="facts"><dt>Ends</dt><dd>${moment(until)}</dd></dl>
<ul class="either stack-near small">
<li>Copies that others have made by then cannot be recalled, even when you end the link.</li>
<li>If you share it with others, what they do with it follows their own policies.</li>
</ul>
<p class="choices"><a class="button" href="${path}">Open it</a><a class="button" href="${PATHS.verdict + reference}">Back to the verdict</a></p>
</div>
</div>`,
  });
}

/** Live shares on the page of their verdict, each with what ends it; and the way to one more. */
export interface SharesHere {
  readonly reference: string;
  readonly shares: readonly (ShareView & { readonly csrf: string })[];
}

/** Renders them. */
export function sharesSection({ reference, shares }: SharesHere): Html {
  return html`<section class="stack" aria-labelledby="shares">
<h2 id="shares">Share</h2>
${
  shares.length > 0 &&
  html`<ul class="rows small">${shares.map(
    ({
      id,
      by,
      until,
      with: parts,
      csrf,
    }) => html`<li><span>${shownFact(id.slice(0, 13))} by ${visible(by, 64)}, until ${moment(until)}${parts.length > 0 && html` <span class="soft">with ${parts.join(', ')}</span>`}</span>
<form method="post" action="${SHARE_PATHS.end + id}">${hiddenFields({ csrf })}<button class="danger" type="submit">End <span class="unseen">the link ${id.slice(0, 13)}</span></button></form></li>`,
  )}</ul>`
}
<p><a class="button" href="${SHARE_PATHS.share + reference}">Share this refusal</a></p>
</section>`;
}
