/** Every body of the API, once: what is validated, what the OpenAPI document shows, and what its tests compare answers with. */
import type { ObjectShape, Shape, StringShape } from './shape.ts';

const TIME: StringShape = { type: 'string', format: 'date-time', maxLength: 30, description: 'a time, RFC 3339, UTC' };

const AMOUNT: ObjectShape = {
  type: 'object',
  required: ['minor', 'currency'],
  additionalProperties: false,
  properties: {
    // Eleven digits: a number of a card has twelve at least, so that none can stand here.
    minor: {
      type: 'integer',
      minimum: 1,
      maximum: 99_999_999_999,
      description: 'in the smallest unit of the currency: 1999 is 19.99 EUR',
    },
    currency: { type: 'string', pattern: '^[A-Z]{3}$', maxLength: 3, description: 'three capitals, ISO 4217: EUR' },
  },
};

const CARD: ObjectShape = {
  type: 'object',
  description:
    'One of {pan}, {par} or {token, processor}. Of a number, only a keyed hash is kept. Whoever names a card in one way should keep to it.',
  required: [],
  additionalProperties: false,
  properties: {
    pan: {
      type: 'string',
      maxLength: 40,
      description: 'the card number, 12 to 19 digits; the only place where one may stand',
    },
    par: { type: 'string', maxLength: 29, description: 'the payment account reference of EMV, 29 capitals and digits' },
    token: { type: 'string', maxLength: 200, description: 'what the processor calls the card' },
    processor: { type: 'string', maxLength: 64, description: 'whose token it is' },
  },
};

/** Facts that may open what a decline closed. */
const NEW_FACTS: Shape = {
  type: 'array',
  maxItems: 5,
  description: 'what is new of the card since it was declined',
  items: {
    type: 'string',
    enum: ['new-card', 'account-updater', '3-d-secure', 'corrected-data', 'issuer-approved'],
  },
};

const ATTEMPT: ObjectShape['properties'] = {
  card: CARD,
  amount: AMOUNT,
  network: {
    type: 'string',
    pattern: '^[a-z][a-z0-9-]{0,31}$',
    maxLength: 32,
    description: 'the card network in small letters: visa, mastercard, amex, discover',
  },
  initiator: { type: 'string', enum: ['cardholder', 'merchant'], description: 'who sets the payment off' },
  processor: {
    type: 'string',
    pattern: '^[a-z0-9][a-z0-9 .-]{0,63}$',
    maxLength: 64,
    description: 'whose words the answers are in, in small letters; iso8583 unless told',
  },
  region: {
    type: 'string',
    pattern: '^[A-Z]{2,6}$',
    maxLength: 6,
    description:
      'of the merchant: US, CA, EU; USXB in the US with a card from abroad; not told, the strictest rules hold',
  },
  purchase: {
    type: 'string',
    pattern: '^[\\x21-\\x7e]{1,100}$',
    maxLength: 100,
    description: 'the same for every attempt to pay the same thing; 1 to 100 visible ASCII characters',
  },
  new_facts: NEW_FACTS,
};

const REQUIRED = ['card', 'amount', 'network', 'initiator'];

/** The body of a check. */
export const CHECK: ObjectShape = {
  type: 'object',
  description: 'An attempt that somebody would like to make.',
  required: REQUIRED,
  additionalProperties: false,
  properties: ATTEMPT,
};

/** The body of a reservation. */
export const RESERVE: ObjectShape = {
  type: 'object',
  description: 'An attempt that is about to be sent.',
  required: REQUIRED,
  additionalProperties: false,
  properties: {
    ...ATTEMPT,
    lease_seconds: {
      type: 'integer',
      minimum: 5,
      maximum: 600,
      description: 'how long its answer may take; what the merchant is set to unless told',
    },
  },
};

/** The body of an outcome. */
export const OUTCOME: ObjectShape = {
  type: 'object',
  description: 'How an attempt went. A declined one has a response.',
  required: ['outcome'],
  additionalProperties: false,
  properties: {
    outcome: {
      type: 'string',
      enum: ['approved', 'declined', 'not-sent'],
      description: 'not-sent: it never left, or the processor knows nothing of it; it does not count then',
    },
    response: {
      type: 'object',
      required: [],
      additionalProperties: false,
      properties: {
        code: { type: 'string', maxLength: 64, description: 'the response code or word, as the processor spells it' },
        advice: { type: 'string', maxLength: 64, description: 'its advice code or word' },
      },
    },
  },
};

const NEXT: ObjectShape['properties'] = {
  next_allowed_at: {
    type: ['string', 'null'],
    format: 'date-time',
    maxLength: 30,
    description: 'when the same may be tried again; null where only new facts open it',
  },
  never: { type: 'boolean', description: 'only new facts open it' },
};

const TEXTS: ObjectShape['properties'] = {
  merchant: { type: 'array', items: { type: 'string' }, description: 'what you can do' },
  customer: { type: 'array', items: { type: 'string' }, description: 'what the customer may be told' },
};

const FEE: ObjectShape = {
  type: 'object',
  description: 'what an attempt now would cost on top',
  required: ['minor', 'currency', 'source', 'edition'],
  additionalProperties: false,
  properties: {
    minor: { type: 'integer', minimum: 0, maximum: 1_000_000 },
    currency: { type: 'string' },
    source: { type: 'string' },
    edition: { type: 'string' },
  },
};

const CLOSED_RULE: ObjectShape = {
  type: 'object',
  required: ['rule', 'cause', 'says', 'until', 'never', 'source', 'edition', 'confidence'],
  additionalProperties: false,
  properties: {
    rule: { type: 'string' },
    cause: { type: 'string' },
    says: { type: 'string' },
    until: { type: ['string', 'null'], format: 'date-time' },
    never: { type: 'boolean' },
    source: { type: 'string', description: 'where the figure comes from' },
    edition: { type: 'string' },
    confidence: { type: 'string', enum: ['primary', 'secondary', 'general', 'ours'] },
    fee: FEE,
  },
};

const CLOSED: ObjectShape['properties'] = {
  ...NEXT,
  closed: { type: 'array', items: CLOSED_RULE, description: 'every rule that says no' },
  ...TEXTS,
};

/** The answer to a check. What is said of closed rules is there where it is not admitted. */
export const CHECKED: ObjectShape = {
  type: 'object',
  required: ['admitted'],
  additionalProperties: false,
  properties: { admitted: { type: 'boolean' }, ...CLOSED },
};

/** The answer to a reservation that was admitted. */
export const RESERVED: ObjectShape = {
  type: 'object',
  required: ['admitted', 'attempt', 'fence', 'lease_until', 'verdict'],
  additionalProperties: false,
  properties: {
    admitted: { type: 'boolean' },
    attempt: { type: 'string', description: 'what its outcome is recorded under' },
    fence: {
      type: 'integer',
      minimum: 1,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'grows with every attempt of the card',
    },
    lease_until: TIME,
    verdict: { type: 'string', format: 'uri', description: 'where whoever runs the hub reads why' },
  },
};

/** The answer to a recorded outcome. */
export const RECORDED: ObjectShape = {
  type: 'object',
  required: ['recorded', 'attempt', 'outcome', 'next_allowed_at', 'never'],
  additionalProperties: false,
  properties: {
    recorded: { type: 'string', enum: ['now', 'already'] },
    attempt: { type: 'string' },
    outcome: { type: 'string', enum: ['approved', 'declined', 'not-sent'] },
    ...NEXT,
    ...TEXTS,
  },
};

/** An attempt as it is kept. */
export const KEPT: ObjectShape = {
  type: 'object',
  required: ['attempt', 'fence', 'at', 'lease_until', 'amount', 'initiator', 'outcome', 'next_allowed_at', 'never'],
  additionalProperties: false,
  properties: {
    attempt: { type: 'string' },
    fence: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
    at: TIME,
    lease_until: TIME,
    amount: AMOUNT,
    initiator: { type: 'string', enum: ['cardholder', 'merchant'] },
    purchase: { type: 'string' },
    outcome: {
      type: 'string',
      enum: ['pending', 'approved', 'declined', 'not-sent', 'unknown'],
      description: 'unknown: nobody has said how it went before its lease was over',
    },
    responded_at: TIME,
    code: { type: 'string', description: 'the response code in the network’s numbers' },
    advice: { type: 'string', description: 'the advice code in the network’s numbers' },
    class: { type: 'string', description: 'what the response asks for: funds, technical, fix-data, never …' },
    ...NEXT,
  },
};

/** A hold that has ended: the data of an event. */
export const HOLD_ENDED: ObjectShape = {
  type: 'object',
  required: ['attempt', 'card', 'amount', 'initiator', 'ended_at'],
  additionalProperties: false,
  properties: {
    attempt: { type: 'string', description: 'the last attempt that was made of the same' },
    card: { type: 'string', description: 'the card’s fingerprint at this hub' },
    amount: AMOUNT,
    initiator: { type: 'string', enum: ['cardholder', 'merchant'] },
    purchase: { type: 'string' },
    ended_at: TIME,
  },
};

const PROBLEM: ObjectShape['properties'] = {
  type: { type: 'string', format: 'uri' },
  title: { type: 'string' },
  status: { type: 'integer', minimum: 400, maximum: 599 },
  detail: { type: 'string', description: 'what was expected, what came, what to do' },
  instance: { type: 'string', format: 'uri', description: 'where whoever runs the hub reads why' },
};

/** Anything that is not as it should be (RFC 9457). */
export const PROBLEM_SHAPE: ObjectShape = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail'],
  additionalProperties: false,
  properties: { ...PROBLEM, at: { type: 'string', description: 'the member that is concerned: amount.minor' } },
};

/** An attempt that is not let through. */
export const REFUSED: ObjectShape = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'instance', 'admitted', 'refused', ...Object.keys(CLOSED)],
  additionalProperties: false,
  properties: {
    ...PROBLEM,
    admitted: { type: 'boolean' },
    refused: {
      type: 'integer',
      minimum: 1,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'how often the same was refused within 30 days, this time among them; exact up to 100',
    },
    ...CLOSED,
  },
};

/** An outcome that is another one than what is recorded. */
export const CONFLICT: ObjectShape = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'recorded_outcome'],
  additionalProperties: false,
  properties: { ...PROBLEM, recorded_outcome: { type: 'string' } },
};
