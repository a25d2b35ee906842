/** Hears the hub byte for byte, and looks up the cause behind each answer. */
import { expect } from 'vitest';
import type { TestHub } from '../support/hub.ts';
import { exchangeForm, verdictAt } from '../support/outside.ts';
import { type RawRequest, rawRequest, sendRaw } from '../support/raw-http.ts';

const FORM = 'application/x-www-form-urlencoded';

/** Form fields or header fields. */
export type Fields = Readonly<Record<string, string>>;

/** An answer's bytes, the date and the reference blanked out; and the cause behind the reference. */
export interface Heard {
  readonly bytes: string;
  readonly why: string;
}

/** Requests to one hub. */
export interface Oracle {
  /** To `/token`. */
  post(form: Fields | string | Uint8Array, headers?: Fields): Promise<Heard>;
  /** To the protected API. */
  get(headers: Fields): Promise<Heard>;
  /** A fresh code's form, changed. */
  spoil(change: Fields): Promise<Fields>;
}

/** An oracle of the hub; `client` is whose codes are spoiled. */
export function oracle(t: TestHub, client: string): Oracle {
  async function hear(request: RawRequest): Promise<Heard> {
    const { head, body } = await sendRaw(t.hub.port, rawRequest(request));
    const text = [...head, '', body].join('\n');
    const uri = /http:\/\/localhost:\d+\/r\/([0-9A-Z]{26})/.exec(text)?.[0] ?? '';
    const { decisive, cause } = await verdictAt(t, uri);
    const bytes = text.replace(/^date: .*$/im, 'date').replaceAll(/\/r\/[0-9A-Z]{26}/g, '/r/REFERENCE');
    return { bytes, why: `${decisive?.replace('oauth.', '')}/${cause}` };
  }
  return {
    post(form, headers = {}) {
      const body = typeof form === 'string' || form instanceof Uint8Array ? form : new URLSearchParams(form).toString();
      return hear({ method: 'POST', target: '/token', headers: { 'content-type': FORM, ...headers }, body });
    },
    get: (headers) => hear({ target: '/api/state', headers }),
    spoil: async (change) => ({ ...exchangeForm(client, await t.hub.operations.mint({ client })), ...change }),
  };
}

/** All heard the same, and for as many causes as there are names. */
export function expectOneAnswer(heard: readonly Heard[], causes: readonly string[]): void {
  expect([...new Set(heard.map((one) => one.why))].sort()).toEqual([...causes].sort());
  expect([...new Set(heard.map((one) => one.bytes))]).toEqual([heard[0]?.bytes]);
}

/** A form without one of its parameters. */
export function drop(form: Fields, name: string): Fields {
  return Object.fromEntries(Object.entries(form).filter(([n]) => n !== name));
}
