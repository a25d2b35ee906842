/**
 * From a request's bytes to evidence: the secret-free facts that a case is built from, and, apart from them, the few
 * secrets that `prove/` compares and nobody keeps.
 */
import { type Form, readForm } from '../../protocols/form/form.ts';
import type { Incoming } from '../../protocols/http/exchange.ts';
import type { RequestFacts } from './case.ts';
import { isSecretName, withoutSecrets } from './secrets.ts';

/** Parameters whose values may be kept and shown. Every other one is kept by name only. */
export const OPEN_PARAMETERS: readonly string[] = [
  'grant_type',
  'client_id',
  'redirect_uri',
  'scope',
  'response_type',
  'code_challenge',
  'code_challenge_method',
  'dpop_jkt',
  'pairing_id',
  'hap_jkt',
  'ownership',
];

/** Parameters of this profile whose values are secrets or nobody's business. */
const CLOSED_PARAMETERS = ['code', 'refresh_token', 'client_secret', 'code_verifier', 'state', 'hap_key'];
const PARAMETERS = [...OPEN_PARAMETERS, ...CLOSED_PARAMETERS];

/** Longest value kept in a snapshot; a longer one is cut. */
const KEPT_MAX = 2_048;
const NAMES_MAX = 30;

/** A name that is kept. Anything else may be a body in another format, with a secret in what was read as a name. */
const PLAIN_NAME = /^[A-Za-z][A-Za-z0-9_.-]{0,39}$/;

/** A form and its facts. An empty value counts as omitted (RFC 6749 §3.2). */
export interface FormEvidence {
  readonly form: ReadonlyMap<string, string>;
  readonly facts: RequestFacts;
}

/** Reads the form of a `POST` body. */
export function bodyEvidence(request: Incoming): FormEvidence {
  const mediaType = request.headers['content-type'];
  const form = readForm(request.body);
  const fault = request.tooLarge
    ? { kind: 'too-large', detail: 'the body is longer than a token request can be' }
    : form.fault;
  return evidence(form, {
    ...(mediaType !== undefined && { mediaType: mediaType.slice(0, 200) }),
    ...(fault && { fault }),
  });
}

/** Reads the form of a query. */
export function queryEvidence(query: string): FormEvidence {
  const form = readForm(query);
  return evidence(form, form.fault ? { fault: form.fault } : {});
}

function evidence(form: Form, rest: Pick<RequestFacts, 'mediaType' | 'fault'>): FormEvidence {
  const sent = new Map([...form.parameters].filter(([, value]) => value !== ''));
  const values: Record<string, string> = {};
  for (const name of OPEN_PARAMETERS) {
    const value = sent.get(name);
    if (value !== undefined) values[name] = withoutSecrets(value.slice(0, KEPT_MAX));
  }
  const others = [...sent.keys()].filter((name) => !PARAMETERS.includes(name));
  const names = [...PARAMETERS.filter((name) => sent.has(name)), ...namesKept(others)];
  const { mediaType, fault } = rest;
  return {
    form: sent,
    facts: {
      ...(mediaType !== undefined && { mediaType }),
      ...(fault && { fault: { kind: fault.kind, detail: fault.detail } }),
      duplicates: namesKept(form.duplicates),
      values,
      names,
    },
  };
}

/** A few names, each as it came or, where it is no plain name, by its length only. */
function namesKept(names: readonly string[]): string[] {
  return names
    .slice(0, NAMES_MAX)
    .map((name) => (PLAIN_NAME.test(name) && !isSecretName(name) ? name : `(${name.length} characters)`));
}
