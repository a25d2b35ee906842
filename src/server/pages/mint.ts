/** Authorizing an app without the browser steps: the form, and the code it comes to, shown once. */
import { CHOICES, type Choice } from '../../profiles/home/choices.ts';
import type { AppView, Minted } from '../operations.ts';
import { appPath } from './app-fields.ts';
import { codeOnce } from './code-once.ts';
import { appChoice, option, problemNotice, tick } from './fields.ts';
import { type Allowed, allowedList, grantPath } from './grant-words.ts';
import { type Html, html, visible } from './html.ts';
import { fact, hiddenFields, PATHS, page, type Signed, TEAR } from './layout.ts';

/** Where the form is. */
export const MINT_PATH: string = `${PATHS.grants}/new`;

/** Input of the form. */
export interface MintPage {
  readonly hub: string;
  readonly signed: Signed;
  readonly csrf: string;
  readonly apps: readonly { readonly id: string; readonly name: string }[];
  readonly accessories: readonly { readonly id: string; readonly name: string }[];
  /** What stands in the fields, by their names. */
  readonly values: ReadonlyMap<string, string>;
  /** Why it was not taken. */
  readonly problem?: string;
}

const CHOICE_WORDS: Readonly<Record<Choice, string>> = {
  read: 'See how it is, now and as it changes',
  on: 'Switch it on',
  off: 'Switch it off',
  direct: 'Become a controller of it: everything it can do, until removed',
};

/** Renders the form. */
export function mintPage(input: MintPage): string {
  const { hub, signed, apps, problem } = input;
  return page({
    here: 'grants',
    hub,
    signed,
    title: `${problem === undefined ? '' : 'Error: '}Authorize an app`,
    width: 'middle',
    main: html`<div class="ticket">
<div class="stack"><p class="eyebrow"><a href="${PATHS.grants}">Grants</a></p><h1>Authorize an app</h1>
<p>You decide in place of the browser steps, and get a code that the app can redeem once.</p></div>
${TEAR}
${apps.length === 0 ? noApps() : form(input)}
</div>`,
  });
}

function noApps(): Html {
  return html`<div class="stack"><h2>No app is registered</h2><p>A code is for one registered application.</p>
<p><a class="button primary" href="${`${PATHS.apps}/new`}">Register an application</a></p></div>`;
}

function form({ csrf, apps, accessories, values, problem }: MintPage): Html {
  const said = (name: string): string => values.get(name) ?? '';
  const client = said('client');
  return html`<form class="stack" method="post" action="${MINT_PATH}">${hiddenFields({ csrf })}
${problem !== undefined && problemNotice(problem)}
${problem !== undefined && apps.some(({ id }) => id === client) && html`<p class="small"><a href="${`${appPath(client)}#scopes`}">What ${visible(client, 100)} is registered for</a></p>`}
<div><label for="client">Application</label><select id="client" name="client" required>${apps.map((app) => option(app.id, appChoice(app), client))}</select></div>
<div><label for="accessory">Accessory</label><select id="accessory" name="accessory" required>${accessories.map(({ id, name }) => option(id, name === id ? id : `${name} (${id})`, said('accessory')))}</select></div>
<fieldset><legend>What it may do there</legend>${CHOICES.map((choice) => tick(`can-${choice}`, values.has(`can-${choice}`), CHOICE_WORDS[choice]))}
<p class="hint">Only what the application is registered for is handed out. A controller needs the key and the pairing id below.</p></fieldset>
<div><label for="ttl">Seconds to redeem it</label><input id="ttl" name="ttl" inputmode="numeric" value="${values.has('ttl') ? said('ttl') : '300'}" aria-describedby="ttl-hint"><p class="hint" id="ttl-hint">1 to 300.</p></div>
<details ${(said('jkt') !== '' || said('pairingId') !== '' || said('challenge') !== '' || said('ends') !== '') && html`open`}><summary>Bind it to a key, a pairing or an end</summary><div class="stack gap">
<div><label for="jkt">Key thumbprint of the app</label><input id="jkt" name="jkt" value="${said('jkt')}" autocomplete="off" spellcheck="false" aria-describedby="jkt-hint"><p class="hint" id="jkt-hint">RFC 7638, 43 characters. Then nobody without that key can redeem the code.</p></div>
<div><label for="pairingId">Pairing id of the app</label><input id="pairingId" name="pairingId" value="${said('pairingId')}" autocomplete="off" spellcheck="false"></div>
<div><label for="challenge">PKCE challenge (S256)</label><input id="challenge" name="challenge" value="${said('challenge')}" autocomplete="off" spellcheck="false" aria-describedby="challenge-hint"><p class="hint" id="challenge-hint">Of the app’s own verifier. Without it one is made, and shown beside the code.</p></div>
<div><label for="ends">Seconds until the grant ends</label><input id="ends" name="ends" inputmode="numeric" value="${said('ends')}" aria-describedby="ends-hint"><p class="hint" id="ends-hint">With all that comes of it, a pairing too. Empty: until it is revoked.</p></div>
</div></details>
<p class="gap"><button class="primary" type="submit">Hand out a code</button></p>
</form>`;
}

/** Input of the page that shows the code. */
export interface MintedPage {
  readonly hub: string;
  readonly signed: Signed;
  readonly app: Pick<AppView, 'id' | 'name' | 'authMethod'>;
  readonly minted: Minted;
  readonly allowed: readonly Allowed[];
  readonly issuer: string;
  readonly now: number;
  readonly ownVerifier: boolean;
  readonly proof: boolean;
}

/** Renders it. */
export function mintedPage({ hub, signed, allowed, ...rest }: MintedPage): string {
  const { app, minted } = rest;
  return page({
    here: 'grants',
    hub,
    signed,
    title: 'A code, shown once',
    width: 'middle',
    main: html`<article class="ticket">
<div class="stack"><p class="eyebrow"><a href="${grantPath(minted.grant)}">Its grant</a></p>
<h1>A code for ${visible(app.name, 100)}</h1>
<dl class="facts"><dt>For</dt><dd>${fact(app.id)}</dd><dt>May then</dt><dd>${allowedList(allowed)}</dd></dl></div>
${TEAR}
<div class="apart">${codeOnce(rest)}</div>
</article>`,
  });
}
