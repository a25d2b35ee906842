/**
 * The readers of pasted artefacts. The laws: a reader never throws; what it hands out is bounded by what it got; it says
 * the same twice; and each has one law of its own.
 */
import { sniff } from '../src/inspectors/artefact/sniff.ts';
import { concernsHap51, explainHap51 } from '../src/inspectors/hap-51/hap-51.ts';
import { readCurl } from '../src/protocols/curl/read.ts';
import { FORM_LIMITS, readForm } from '../src/protocols/form/form.ts';
import { NOTES_MAX, type ReadRequest } from '../src/protocols/http-text/message.ts';
import { readHttpRequest, readHttpResponse } from '../src/protocols/http-text/read.ts';
import { readOAuthError } from '../src/protocols/oauth-error/oauth-error.ts';
import { codeId, LABELS, type Purpose, readCode } from '../src/protocols/typed-code/typed-code.ts';
import { law, type Target, vectors, weigh } from './target.ts';

/** Requests may grow by the HTTP defaults, by base64 and by percent-encoding, and by at most twenty notes. */
function requestLaws(read: ReadRequest, input: string): void {
  if (read.ok) {
    law(read.notes.length <= NOTES_MAX, 'at most twenty notes');
    law(
      read.notes.every((note) => note.length < 1_000),
      'short notes',
    );
    law(weigh(read.request) <= 9 * input.length + 300, 'a request is no larger than its text can encode to');
    law(read.request.method !== '' && read.request.target !== '', 'a request has a method and a target');
  } else {
    law(weigh(read) < 500, 'a refusal is short and so repeats no text');
  }
}

const FORM: Target = {
  name: 'form',
  seeds: () => vectors('form', 'http-text'),
  run(input) {
    const form = readForm(input);
    law(form.parameters.size <= FORM_LIMITS.parameters, 'at most a hundred parameters');
    law(weigh([...form.parameters]) <= input.length, 'decoding never grows');
    law(form.duplicates.length === new Set(form.duplicates).size, 'each duplicate is named once');
    if (input.isWellFormed()) {
      const bytes = readForm(Buffer.from(input, 'utf8'));
      law(
        JSON.stringify([...bytes.parameters]) === JSON.stringify([...form.parameters]),
        'text and bytes mean the same',
      );
      law(bytes.fault?.kind === form.fault?.kind, 'text and bytes have the same fault');
    }
    const raw = readForm(Buffer.from(input, 'latin1'));
    for (const value of raw.parameters.values()) law(value.isWellFormed(), 'values are Unicode');
    if (form.fault || form.duplicates.length > 0 || input.startsWith('?')) return 'faulty';
    law(
      JSON.stringify([...new URLSearchParams(input)]) === JSON.stringify([...form.parameters]),
      'a form without a fault means what URLSearchParams says',
    );
    return 'read';
  },
};

const HTTP_TEXT: Target = {
  name: 'http-text',
  seeds: () => vectors('http-text', 'http-response'),
  run(input) {
    const read = readHttpRequest(input);
    requestLaws(read, input);
    law(JSON.stringify(readHttpRequest(input)) === JSON.stringify(read), 'the same twice');
    const response = readHttpResponse(input);
    if (response.ok)
      law(weigh(response.response) <= 9 * input.length, 'a response is no larger than its text can encode to');
    else law(weigh(response) < 500, 'a refusal is short');
    return read.ok || response.ok ? 'read' : 'refused';
  },
};

const CURL: Target = {
  name: 'curl',
  seeds: () => vectors('curl'),
  run(input) {
    const read = readCurl(input);
    requestLaws(read, input);
    if (!read.ok) return 'refused';
    // what was read can be quoted again and means the same
    const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
    if (/[\0]/.test(read.request.body) || read.request.method !== 'POST') return 'read';
    const again = readCurl(`curl http://h/ --data-raw ${quoted(read.request.body)}`);
    law(again.ok && again.request.body === read.request.body, 'a body survives quoting');
    return 'read';
  },
};

const OAUTH_ERROR: Target = {
  name: 'oauth-error',
  seeds: () => vectors('oauth-error'),
  run(input) {
    const read = readOAuthError(input);
    if (!read.ok) {
      law(weigh(read) < 500, 'a refusal is short');
      return 'refused';
    }
    law(read.error.length <= 64 && /^[\x21-\x7e]+$/.test(read.error), 'an error is a visible word');
    law((read.description?.length ?? 0) <= 1_000 && (read.uri?.length ?? 0) <= 1_000, 'texts are bounded');
    law(read.reference === undefined || /^[0-9A-HJKMNP-TV-Z]{4,26}$/.test(read.reference), 'a reference is Crockford');
    return 'read';
  },
};

const SNIFF: Target = {
  name: 'sniff',
  seeds: () => vectors('sniff', 'http-text', 'curl', 'oauth-error', 'hap-51'),
  run(input) {
    const found = sniff(input);
    if (found.kind === 'typed-code') law(weigh(found) < 200 && !('text' in found), 'a code is not handed back');
    if (found.kind === 'words') law(!readable(found.text), 'words are no code');
    const page = explainHap51(input);
    law(page.readings.length === 8 && weigh(page) < 20_000, 'every reading, whatever is asked');
    concernsHap51(input);
    return found.kind;
  },
};

/** A code that has to be kept back: one with its label in front. */
function readable(text: string): boolean {
  return readCode('authorization_code', text).ok && text.includes(LABELS.authorization_code);
}

/** The body of a short code; nobody's. */
const HALF = 'x8G3pQ2vR9mN7kL1';
const PURPOSES = Object.keys(LABELS) as Purpose[];

const TYPED_CODE: Target = {
  name: 'typed-code',
  seeds: () => [
    ...vectors('sniff'),
    ...Object.values(LABELS).flatMap((label) => [`${label}0K${HALF}${HALF.slice(0, 11)}`, `${label} ${HALF}\n`]),
    ...[HALF, `0K${HALF}${HALF.slice(0, 11)}`],
  ],
  run(input) {
    let reads = false;
    for (const purpose of PURPOSES) {
      const read = readCode(purpose, input);
      reads ||= read.ok;
      if (read.ok) {
        law(/^[0-9A-Za-z]{16}$|^[0-9A-Za-z]{29}$/.test(read.body), 'a body is letters and digits');
        law(input.includes(read.body), 'a body is a part of what was presented');
        law(/^cd_[0-9A-HJKMNP-TV-Z]{36}$/.test(codeId(purpose, read.body)), 'an id is Crockford');
      } else law(read.detail.length < 100, 'a fault is short and so repeats no code');
    }
    return reads ? 'read' : 'refused';
  },
};

/** The targets of this file. */
export const ARTEFACTS: readonly Target[] = [FORM, HTTP_TEXT, CURL, OAUTH_ERROR, SNIFF, TYPED_CODE];
