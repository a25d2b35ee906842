/**
 * Reads a curl command line as people paste it into the request curl would send. Nothing is run, nothing is sent, no
 * file is read. The defaults are curl's own: -d posts a form, several are joined by `&`, -G moves them to the query.
 *
 * Not here: decoding the body (`../form/`) or judging it.
 */
import { type Argument, readArguments } from './arguments.ts';
import type { CurlRequest, ReadCurl, Unread } from './request.ts';
import { shellOf, splitWords } from './words.ts';

/** Longest command read, in UTF-16 units. */
const COMMAND_MAX = 131_072;
const NOTES_MAX = 20;
const SEARCH_LINES = 50;

/** A line that begins with curl, behind a prompt or a path; the group is what stands before. */
const COMMAND =
  /^([ \t]*(?:```[a-z]*[ \t]*)?(?:(?:[$%#>]|PS [^>\n]{0,200}>|[A-Z]:\\[^>\n]{0,200}>)[ \t]*)?)(?:[\w./\\:-]{0,200}[/\\])?curl(?:\.exe)?(?=[ \t\\^`]|\r?$)/;

/** Index of the command in a paste, or -1. Only a line that begins with it counts. */
export function findCurl(text: string): number {
  let from = 0;
  for (let line = 0; line < SEARCH_LINES && from < text.length; line++) {
    const lf = text.indexOf('\n', from);
    const end = lf < 0 ? text.length : lf;
    const match = COMMAND.exec(text.slice(from, Math.min(end, from + 1_000)));
    if (match) return from + (match[1]?.length ?? 0);
    from = end + 1;
  }
  return -1;
}

/** Reads a command. A text without one, one that needs a file, or one that curl would refuse, is not `ok`. */
export function readCurl(text: string): ReadCurl {
  if (text.length > COMMAND_MAX)
    return unread(`${text.length} characters`, `bring one command of at most ${COMMAND_MAX}`);
  const at = findCurl(text);
  if (at < 0) return unread('no line that begins with curl', 'copy the whole command, from the word curl on');
  const fence = text.lastIndexOf('```', at) < 0 ? -1 : text.indexOf('\n```', at);
  const command = text.slice(at, fence < 0 ? undefined : fence);
  const shell = shellOf(command);
  const split = splitWords(command, shell);
  if (split.unterminated !== undefined) {
    return unread(
      `a quote ${split.unterminated} that is never closed`,
      'copy the command to its end, closing quote included',
    );
  }
  const read = readArguments(split.words.slice(1));
  if (read.refused) return unread(read.refused.came, read.refused.fix);
  const notes = [...split.notes, ...read.notes];
  if (shell !== 'posix') notes.push(`the quoting was read as that of ${shell}`);
  if (read.ignored.length > 0)
    notes.push(`options that do not change the request were left out: ${read.ignored.join(' ')}`);
  if (/[\u2018\u2019\u201c\u201d]/.test(command))
    notes.push('there are curly quotes, which a shell takes for ordinary characters: retype them');
  const built = build(read.given, notes);
  return 'method' in built ? { ok: true, request: built, notes: notes.slice(0, NOTES_MAX) } : built;
}

function unread(came: string, fix: string): Unread {
  return { ok: false, expected: 'a curl command', came, fix };
}

/** What the options add up to, while they are walked in order. */
interface Draft {
  method?: string;
  url?: string;
  user?: string;
  bearer?: string;
  agent?: string;
  referer?: string;
  get: boolean;
  head: boolean;
  data?: string;
  json: boolean;
  readonly query: string[];
  readonly headers: string[];
}

function build(given: readonly Argument[], notes: string[]): CurlRequest | Unread {
  const draft: Draft = { get: false, head: false, json: false, query: [], headers: [] };
  for (const argument of given) {
    if (argument.does === 'next') {
      notes.push('the command holds several requests (--next); the first was read');
      break;
    }
    const fault = apply(draft, argument, notes);
    if (fault) return fault;
  }
  if (draft.url === undefined) return unread('no URL', 'write the URL of the endpoint into the command');
  const place = splitUrl(draft.url, notes);
  if (!place) return unread('a URL that is not http or https', 'bring the command that calls the http(s) endpoint');
  const data = draft.data;
  const asQuery = draft.get && data !== undefined ? [data, ...draft.query] : draft.query;
  const target = withQuery(place.target, asQuery);
  const body = draft.get ? '' : (data ?? '');
  const method = draft.method ?? (draft.head ? 'HEAD' : data !== undefined && !draft.get ? 'POST' : 'GET');
  const hasBody = data !== undefined && !draft.get;
  const user = draft.user ?? place.user;
  if (body.includes('\n')) notes.push('there are line breaks inside the data: curl sends them as they stand');
  return { method, target, headers: headersOf(draft, place.host, user, hasBody), body };
}

function apply(draft: Draft, { does, value, name }: Argument, notes: string[]): Unread | undefined {
  switch (does) {
    case 'data-urlencode':
      return urlencode(draft, value);
    case 'data':
    case 'data-binary':
    case 'json':
      if (value.startsWith('@')) return fileWanted(name);
      if (does === 'json') draft.json = true;
      append(draft, value, does === 'json' ? '' : '&');
      return undefined;
    case 'data-raw':
      append(draft, value, '&');
      return undefined;
    case 'header':
      if (value.startsWith('@')) return fileWanted(name);
      draft.headers.push(value);
      return undefined;
    case 'url':
      if (draft.url !== undefined) notes.push('there is more than one URL; the first was read');
      draft.url ??= value;
      return undefined;
    case 'url-query':
      draft.query.push(value);
      return undefined;
    case 'user':
      if (!value.includes(':')) notes.push('-u without a colon: curl would ask for the password; it was read as empty');
      draft.user = value;
      return undefined;
    case 'get':
    case 'head':
      draft[does] = true;
      return undefined;
    case 'method':
    case 'bearer':
    case 'agent':
    case 'referer':
      draft[does] = value;
      return undefined;
    case 'next':
      return undefined;
  }
}

function append(draft: Draft, value: string, between: string): void {
  draft.data = draft.data === undefined ? value : draft.data + between + value;
}

function fileWanted(name: string): Unread {
  return unread(
    `${name} with @file: no other file is read here`,
    `put what the file holds in its place behind ${name}`,
  );
}

/** `content`, `=content` and `name=content` are encoded; `@file` and `name@file` would read a file. */
function urlencode(draft: Draft, value: string): Unread | undefined {
  const equals = value.indexOf('=');
  if (equals < 0 && value.includes('@')) return fileWanted('--data-urlencode');
  const name = equals > 0 ? value.slice(0, equals + 1) : '';
  append(draft, name + escaped(value.slice(equals + 1)), '&');
  return undefined;
}

/** curl's own escaping: all but RFC 3986 unreserved characters; a blank becomes `+`. */
function escaped(text: string): string {
  const most = encodeURIComponent(text.toWellFormed());
  return most.replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`).replaceAll('%20', '+');
}

interface Place {
  readonly host: string;
  readonly target: string;
  readonly user?: string;
}

/** Splits a URL by hand, so that the path stays byte for byte; without a scheme it is http. */
function splitUrl(url: string, notes: string[]): Place | undefined {
  const scheme = /^([a-z][a-z0-9+.-]{0,20}):\/\//i.exec(url);
  if (scheme && !/^https?$/i.test(scheme[1] ?? '')) return undefined;
  if (!scheme) notes.push('the URL has no scheme; it was read as http');
  const rest = url.slice(scheme?.[0].length ?? 0);
  const cut = rest.search(/[/?#]/);
  const authority = cut < 0 ? rest : rest.slice(0, cut);
  const behind = cut < 0 ? '' : rest.slice(cut);
  const hash = behind.indexOf('#');
  const path = hash < 0 ? behind : behind.slice(0, hash);
  if (/[\s]/.test(url)) notes.push('there is a blank in the URL: curl refuses that; write it as %20');
  if (/[{}[\]]/.test(path)) notes.push('there are braces or brackets in the URL: curl expands them unless -g is given');
  if (/\/\.\.?(?:[/?]|$)/.test(path)) notes.push('curl takes . and .. out of the path unless --path-as-is is given');
  const at = authority.lastIndexOf('@');
  const host = authority.slice(at + 1);
  if (host === '') return undefined;
  const target = path.startsWith('/') ? path : `/${path}`;
  return { host, target, ...(at >= 0 && { user: decoded(authority.slice(0, at)) }) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function withQuery(target: string, queries: readonly string[]): string {
  const query = queries.join('&');
  if (query === '') return target;
  return target + (target.includes('?') ? (/[?&]$/.test(target) ? '' : '&') : '?') + query;
}

/** The header fields, ours first, each replaced by one of the same name from -H; `Name:` takes one away. */
function headersOf(draft: Draft, host: string, user: string | undefined, hasBody: boolean): [string, string][] {
  const own: [string, string][] = [['Host', host]];
  if (draft.bearer !== undefined) own.push(['Authorization', `Bearer ${draft.bearer}`]);
  else if (user !== undefined) {
    const pair = user.includes(':') ? user : `${user}:`;
    own.push(['Authorization', `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`]);
  }
  if (draft.agent !== undefined) own.push(['User-Agent', draft.agent]);
  if (draft.referer !== undefined) own.push(['Referer', draft.referer]);
  if (draft.json) own.push(['Content-Type', 'application/json'], ['Accept', 'application/json']);
  else if (hasBody) own.push(['Content-Type', 'application/x-www-form-urlencoded']);
  const said = new Set<string>();
  const custom: [string, string][] = [];
  for (const line of draft.headers) {
    const colon = line.indexOf(':');
    const empty = colon < 0 && line.trimEnd().endsWith(';');
    if (colon < 0 && !empty) continue;
    const name = empty ? line.trimEnd().slice(0, -1).trim() : line.slice(0, colon).trim();
    const value = empty ? '' : line.slice(colon + 1).trim();
    said.add(name.toLowerCase());
    if (empty || value !== '') custom.push([name, value]);
  }
  return [...own.filter(([name]) => !said.has(name.toLowerCase())), ...custom];
}
