/** Ids as people read them. */

const ID = /^((?:vd|gr|cd|ef)_[0-9A-Z]{10})[0-9A-Z]+$/;

/** Prefix and the first ten characters: `vd_7F3K9A2B4C`, which the commands take back. Other texts stay as they are. */
export function shortId(id: string): string {
  return ID.exec(id)?.[1] ?? id;
}

/** The reference in `error_uri`: the same ten characters without the prefix. */
export function reference(verdictId: string): string {
  return shortId(verdictId).replace(/^vd_/, '');
}

/** A rule's name without its profile, which the heading says already: `oauth.redirect-uri-exact` → `redirect-uri-exact`. */
export function ruleName(id: string): string {
  return id.slice(id.indexOf('.') + 1);
}
