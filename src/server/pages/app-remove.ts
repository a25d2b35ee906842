/** The step before an application is removed: what will be revoked, and that there is no way back. */
import { appPath } from './app-fields.ts';
import { type Html, html, visible } from './html.ts';
import { fact, hiddenFields, page, type Signed, TEAR } from './layout.ts';

/** Input of the page. */
export interface AppRemovePage {
  readonly hub: string;
  readonly signed: Signed;
  /** Token of the form `remove` of this application. */
  readonly csrf: string;
  readonly app: { readonly id: string; readonly name: string };
  readonly holds: AppHoldings;
}

/** What an application holds at the moment. */
export interface AppHoldings {
  /** Decisions of people that stand. */
  readonly grants: number;
  /** Codes and tokens that would still be taken. */
  readonly live: number;
  /** There was more than could be counted: both numbers are the least there is. */
  readonly more?: true;
}

/** Renders it. */
export function appRemovePage({ hub, signed, csrf, app, holds }: AppRemovePage): string {
  return page({
    here: 'apps',
    hub,
    signed,
    title: `Remove ${app.name}?`,
    width: 'narrow',
    main: html`<div class="ticket">
<div class="stack"><p class="eyebrow">${fact(app.id)}</p><h1>Remove ${visible(app.name, 100)}?</h1></div>
${TEAR}
<div class="stack">
<h2>What happens</h2>
<ul class="either stack-near">
<li>${toll(holds)}</li>
<li>Whatever it set up on devices by these grants is undone.</li>
<li>From then on every request with this client ID is refused.</li>
<li>What was decided about it so far stays readable. Registering it again brings nothing back.</li>
</ul>
<form class="choices gap" method="post" action="${appPath(app.id)}">
${hiddenFields({ do: 'remove', csrf })}<a class="button" href="${appPath(app.id)}">Keep it</a>
<button class="danger" type="submit">Remove it</button>
</form>
</div>
</div>`,
  });
}

function toll({ grants, live, more }: AppHoldings): Html {
  if (grants === 0 && live === 0) return html`It holds nothing at the moment: nothing has to be revoked.`;
  const least = more ? 'At least ' : '';
  return html`${least}<b>${count(grants, 'grant')}</b> and <b>${count(live, 'live code or token', 'live codes and tokens')}</b> are revoked at once.`;
}

function count(n: number, one: string, many: string = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}
