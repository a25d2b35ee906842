/** The shapes a pasted HTTP message is read into (RFC 9112 §2.1). Data only. */

/** An HTTP request as read from a file, a curl command or a log; nothing of it is sent. */
export interface HttpRequest {
  readonly method: string;
  /** Origin-form (`/token`) or absolute-form target. */
  readonly target: string;
  /** In order of appearance, names as written. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** An HTTP response as read from a paste. */
export interface HttpResponse {
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** Why a text could not be read. It never repeats the text: a paste may hold secrets. */
export interface Unread {
  readonly ok: false;
  readonly expected: string;
  readonly came: string;
  readonly fix: string;
}

/** A request, with what the reader removed, left out or wondered about, in order and at most `NOTES_MAX`. */
export type ReadRequest =
  | { readonly ok: true; readonly request: HttpRequest; readonly notes: readonly string[] }
  | Unread;

/** The same for a response. */
export type ReadResponse =
  | { readonly ok: true; readonly response: HttpResponse; readonly notes: readonly string[] }
  | Unread;

/** Longest text a reader takes, in UTF-16 units: a token request is under 1 KiB, a long JWT under 16 KiB. */
export const TEXT_MAX: number = 131_072;

/** Most header fields kept. */
export const HEADERS_MAX: number = 100;

/** Most notes handed out. */
export const NOTES_MAX: number = 20;

/** The first value of a header field, by case-insensitive name. */
export function headerOf(message: Pick<HttpRequest, 'headers'>, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return message.headers.find(([n]) => n.toLowerCase() === wanted)?.[1];
}

/** `1 line`, `2 lines`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
