/** Secrets that stand inside other values, where a mistake of the sender put them. */

/** `code=…` and the like, wherever a name can begin; up to the next separator of parameters. */
const SECRET_INSIDE =
  /(?<![A-Za-z0-9_])(code|state|refresh_token|access_token|client_secret|code_verifier|password)=[^&;,#\s]+/g;

/** A string this hub hands out, known by its label: a code, a token, a client secret sent where its id belongs. */
const ISSUED = /(hap5\.1-authcode:[ \t\r\n]*|cf[aprs]_|CFS1)[A-Za-z0-9_-][A-Za-z0-9+/=%_-]{9,}/g;

/** The body of a code or token, its label lost. */
const BARE = /^(?:[0-9A-Za-z]{16}|[0-9A-Za-z]{29})$/;

/**
 * The text with every secret in it blotted out: of a whole callback address sent as `redirect_uri`, of parameters that
 * were joined by `;` or encoded twice, of a code or secret sent as another parameter. What is no such text comes back as
 * it is.
 */
export function withoutSecrets(text: string): string {
  // Most values hold neither sign, and a search costs a tenth of a pattern.
  const inside = text.includes('=') ? text.replace(SECRET_INSIDE, '$1=•') : text;
  return inside.includes('hap5.1-') || inside.includes('cf') || inside.includes('CFS1')
    ? inside.replace(ISSUED, '$1•')
    : inside;
}

/** Could the name of a parameter be a secret, because nothing but the secret was sent? */
export function isSecretName(name: string): boolean {
  return BARE.test(name) || withoutSecrets(name) !== name;
}
