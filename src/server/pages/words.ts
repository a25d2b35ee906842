/** Words that several pages say alike. */
import type { Audience } from '../../core/verdict.ts';
import { peopleOf } from '../words.ts';
import { capital, type Html, html } from './html.ts';

/** What a code is for, in words; one that is not known stands as it is. */
export const PURPOSES: Readonly<Record<string, string>> = {
  authorization_code: 'Authorization code',
  access_token: 'Access token',
  refresh_token: 'Refresh token',
  payments_key: 'Payments key',
};

/** Lower-case words as a sentence; the words stay as they are. */
export function sentence(words: string): string {
  return capital(words) + (/[.!?…]$/.test(words) ? '' : '.');
}

/** What to do, as a sentence; a command of ours in it (`counterfoil app list`) is set as one. */
export function advice(words: string): Html {
  const parts = sentence(words).split(/\b(counterfoil [a-z][^.,;]*)/);
  return html`${parts.map((part, i) => (i % 2 === 1 ? html`<code>${part}</code>` : part))}`;
}

/** What to do, in order: each with who can do it and the rule that asked for it, written as the page writes rules. */
export function fixSteps(
  fixes: readonly { readonly say: string; readonly audience: Audience; readonly rule: string }[],
  ruleAs: (id: string) => Html,
): Html {
  return html`<ol class="steps">${fixes.map(
    ({ say, audience, rule }) =>
      html`<li><div><p>${advice(say)}</p><p class="small soft">${capital(peopleOf(rule)[audience])} · ${ruleAs(rule)}</p></div></li>`,
  )}</ol>`;
}

/** Words in names of rules that are not written as other words are. */
const SPELT: Readonly<Record<string, string>> = { dpop: 'DPoP', http: 'HTTP', id: 'ID', ltpk: 'LTPK', uri: 'URI' };

/** The name of a rule as a heading: `oauth.redirect-uri-exact` is “Redirect URI exact”. */
export function ruleTitle(id: string): string {
  const words = id.slice(id.indexOf('.') + 1).split('-');
  return capital(words.map((word) => SPELT[word] ?? word).join(' '));
}
