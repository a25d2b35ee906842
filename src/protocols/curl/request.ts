/** What a curl command is read into: the same shape, field for field, as `http-text` gives; callers take either. */

/** The request curl would send. */
export interface CurlRequest {
  readonly method: string;
  /** Origin-form: path and query. */
  readonly target: string;
  /** Host first, then curl's own for the options given, then those of -H. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** Why a command could not be read. It names options, never values: a command may hold secrets. */
export interface Unread {
  readonly ok: false;
  readonly expected: string;
  readonly came: string;
  readonly fix: string;
}

/** The request, with at most twenty notes on what was left out or looks odd. */
export type ReadCurl = { readonly ok: true; readonly request: CurlRequest; readonly notes: readonly string[] } | Unread;
