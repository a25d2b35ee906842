/** A code on the one page that shows it, with how to use it: the exact request, its strength and how long it is good. */
import { BODY_LENGTH, ENTROPY_BITS, LABELS } from '../../protocols/typed-code/typed-code.ts';
import type { Minted } from '../operations.ts';
import { type RedemptionInput, redemptionCurl } from '../redemption.ts';
import { type Html, html, visible } from './html.ts';
import { moment, span } from './layout.ts';

/** Everything that is shown of it. */
export interface CodeOnce extends Omit<RedemptionInput, 'minted'> {
  readonly minted: Minted;
  /** The store's clock. */
  readonly now: number;
}

/** The sections of such a page. */
export function codeOnce(input: CodeOnce): Html {
  const { minted, now, proof, ownVerifier } = input;
  return html`<section class="stack" aria-labelledby="code">
<h2 id="code">The code</h2>
<pre class="well secret" tabindex="0" aria-label="The code">${visible(minted.code)}</pre>
<p class="notice caution">It is shown this once: only its fingerprint is kept.</p>
<dl class="facts">
<dt>Good for</dt><dd>${span(minted.until - now)}, until ${moment(minted.until)}, and for one exchange</dd>
<dt>Strength</dt><dd>${strength(minted.code)}</dd>
<dt>Redirect URI</dt><dd><code>${visible(minted.redirectUri)}</code></dd>
${minted.verifier !== undefined && html`<dt>PKCE verifier</dt><dd><code>${visible(minted.verifier)}</code> <span class="soft small">goes with the code, and is not kept either</span></dd>`}
</dl>
</section>
<section class="stack" aria-labelledby="use">
<h2 id="use">How to use it</h2>
<p>Send exactly this; the answer is an access token.</p>
<pre class="well secret" tabindex="0" aria-label="The request">${command(input)}</pre>
${proof && html`<p>The code is bound to a key: the app makes <code>DPOP_PROOF</code> with it (RFC 9449), for <code>POST</code> and this address, with the nonce that <code>/token</code> hands out. Nobody else can use the code.</p>`}
${ownVerifier && html`<p><code>CODE_VERIFIER</code> is what the app made the code’s challenge from.</p>`}
${input.app.authMethod !== 'none' && html`<p><code>CLIENT_SECRET</code> is the app’s secret. It is left to the shell, so that it does not get into its history.</p>`}
</section>`;
}

function command(input: CodeOnce): Html {
  const parts = redemptionCurl(input);
  return html`${parts.map((part, i) => html`${i > 0 && '  '}${visible(part)}${i < parts.length - 1 && ' \\\n'}`)}`;
}

function strength(code: string): string {
  const body = code.startsWith(LABELS.authorization_code) ? code.length - LABELS.authorization_code.length : 0;
  if (body === BODY_LENGTH.opaque) return `${ENTROPY_BITS.opaque} random bits`;
  if (body === BODY_LENGTH.bound)
    return `${ENTROPY_BITS.bound} random bits, and good only with the proof it is bound to`;
  return 'signed by this hub (Ed25519)';
}
