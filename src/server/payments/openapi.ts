/** The OpenAPI 3.1 document of the API, made from the shapes that bodies are validated with. */
import type { ObjectShape } from './shape.ts';
import {
  CHECK,
  CHECKED,
  CONFLICT,
  HOLD_ENDED,
  KEPT,
  OUTCOME,
  PROBLEM_SHAPE,
  RECORDED,
  REFUSED,
  RESERVE,
  RESERVED,
} from './shapes.ts';

type Json = Readonly<Record<string, unknown>>;

const SCHEMAS: Readonly<Record<string, ObjectShape>> = {
  Check: CHECK,
  Checked: CHECKED,
  Reserve: RESERVE,
  Reserved: RESERVED,
  Refused: REFUSED,
  Outcome: OUTCOME,
  Recorded: RECORDED,
  Conflict: CONFLICT,
  Attempt: KEPT,
  HoldEnded: HOLD_ENDED,
  Problem: PROBLEM_SHAPE,
};

const ref = (name: keyof typeof SCHEMAS): Json => ({ $ref: `#/components/schemas/${name}` });

function answer(description: string, name: string, media: string = 'application/json', headers?: Json): Json {
  return { description, content: { [media]: { schema: ref(name) } }, ...(headers && { headers }) };
}

const said = (description: string, name: string = 'Problem', headers?: Json): Json =>
  answer(description, name, 'application/problem+json', headers);

const RETRY: Json = {
  'Retry-After': {
    description: 'seconds until the attempt may be made, rounded up; not there where only new facts open it',
    schema: { type: 'integer', minimum: 1 },
  },
};

const UNREADABLE: Json = {
  400: said('The request cannot be read, or holds a card number where none may stand; nothing of it is repeated.'),
  413: said('The body is too long.'),
  415: said('The body is no JSON.'),
};
const PACED: Json = { 429: said('Faster than the hub takes on: nothing was recorded; `Retry-After` says when.') };
const EVERYWHERE: Json = {
  401: said('No good key: `Authorization: Bearer cfp_…`.'),
  503: said('The hub is busy: ask again.'),
};

const body = (name: string): Json => ({
  requestBody: { required: true, content: { 'application/json': { schema: ref(name) } } },
});

const ATTEMPT_ID: Json = {
  parameters: [
    {
      name: 'attempt',
      in: 'path',
      required: true,
      description: 'as the answer to a reservation names it',
      schema: { type: 'string' },
    },
  ],
};

function paths(): Json {
  return {
    '/payments/check': {
      post: {
        operationId: 'check',
        summary: 'Would this attempt be let through? Nothing is recorded.',
        ...body('Check'),
        responses: {
          200: answer('Judged: `admitted` says so; what is said of closed rules is there where it is not.', 'Checked'),
          ...UNREADABLE,
          ...PACED,
          ...EVERYWHERE,
        },
      },
    },
    '/payments/attempts': {
      post: {
        operationId: 'reserve',
        summary: 'Checks and records in one: of all that ask at the same time, one is let through.',
        ...body('Reserve'),
        responses: {
          201: answer('Send it now, and record its outcome before `lease_until`.', 'Reserved', 'application/json', {
            Location: { description: 'where the attempt is', schema: { type: 'string' } },
          }),
          409: said('Do not send it: which rules close it, until when, and what to do.', 'Refused', RETRY),
          ...UNREADABLE,
          ...PACED,
          ...EVERYWHERE,
        },
      },
    },
    '/payments/attempts/{attempt}': {
      get: {
        operationId: 'attempt',
        summary: 'An attempt as it is kept.',
        ...ATTEMPT_ID,
        responses: { 200: answer('The attempt.', 'Attempt'), 404: said('No such attempt.'), ...EVERYWHERE },
      },
    },
    '/payments/outcomes/{attempt}': {
      put: {
        operationId: 'record',
        summary: 'Records how an attempt went, once. Sending the same again is fine, also after its lease is over.',
        ...ATTEMPT_ID,
        ...body('Outcome'),
        responses: {
          200: answer('Recorded, now or already.', 'Recorded'),
          404: said('No such attempt.'),
          409: said('Another outcome is recorded, and stays.', 'Conflict'),
          ...UNREADABLE,
          ...EVERYWHERE,
        },
      },
    },
    '/payments/holds': {
      get: {
        operationId: 'holds',
        summary: 'Events as holds end: `ready`, `ended` (data: HoldEnded), `incomplete`. Resumable.',
        parameters: [
          {
            name: 'Last-Event-ID',
            in: 'header',
            required: false,
            description: 'the id of the last event that was heard',
            schema: { type: 'string' },
          },
        ],
        responses: {
          200: { description: 'The stream.', content: { 'text/event-stream': { schema: { type: 'string' } } } },
          429: { description: 'This merchant has as many streams open as it may.' },
          ...EVERYWHERE,
        },
      },
    },
  };
}

/** The document, for a hub at `issuer`. */
export function openapi(issuer: string): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Counterfoil payments',
      version: '1',
      summary: 'When may a declined card be tried again?',
      description: 'One call before every attempt, one after. Card numbers may stand in `card.pan` only.',
    },
    servers: [{ url: issuer }],
    security: [{ key: [] }],
    paths: paths(),
    components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } }, schemas: SCHEMAS },
  };
}
