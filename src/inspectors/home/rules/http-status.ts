import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { find, type HomeCase, num, STEPS, slowProof } from '../case.ts';
import { ladder } from '../fixes.ts';

/** A connection that is not verified; a rule of its own judges it. */
const UNVERIFIED = 470;

const NAMED: Readonly<Record<number, string>> = {
  400: 'bad-request',
  404: 'not-found',
  405: 'not-found',
  422: 'unprocessable',
  429: 'too-many',
  500: 'server-error',
  503: 'out-of-service',
};

/** HTTP carried the message: no status of its own refused it. */
export const httpStatus: Rule<HomeCase> = {
  id: 'hap.http-status',
  cite: 'HAP §6.7.1.4, RFC 9110 §15',
  refusal: 'http_refused',
  why: 'an answer that HTTP already refused has no HAP error in it, and must not be read as one',
  causes: {
    'bad-request': {
      say: 'the accessory could not read the request (400)',
      fixes: [
        {
          audience: 'client',
          say: 'compare the request with the section of HAP that it is from: path, media type, JSON or TLV',
        },
        ...ladder('firmware', 'tell-maker'),
      ],
    },
    'not-found': {
      say: 'the accessory does not know this path or method (404, 405)',
      fixes: [
        {
          audience: 'client',
          say: 'see whether this port is the one that mDNS announces as _hap._tcp: another service may listen here',
        },
        ...ladder('firmware'),
      ],
    },
    unprocessable: {
      say: 'the accessory read the request and finds it impossible (422)',
      fixes: [
        {
          audience: 'client',
          say: 'read /accessories again: the ids may have changed with its configuration number (c#)',
        },
        ...ladder('firmware'),
      ],
    },
    'too-many': {
      say: 'the accessory has too much to do (429): another controller is pairing, or too many ask at once',
      fixes: [
        { audience: 'owner', say: 'close other apps that pair or poll this accessory' },
        ...ladder('retry-soon', 'power-cycle'),
      ],
    },
    'server-error': {
      say: 'the accessory failed on its own side (500)',
      fixes: ladder('retry-soon', 'power-cycle', 'firmware', 'tell-maker'),
    },
    'out-of-service': {
      say: 'the accessory cannot serve now (503): it is starting, or out of resources',
      fixes: ladder('retry-soon', 'power-cycle', 'firmware'),
    },
    other: {
      say: 'the accessory answered with an HTTP status that HAP does not use',
      fixes: [
        { audience: 'client', say: 'see whether a proxy or another service answers at this address and port' },
        ...ladder('firmware', 'tell-maker'),
      ],
    },
  },
  check: (c) => {
    const came = c.entries.filter(({ facts }) => num(facts, 'http_status') !== undefined);
    const refused = find(c, STEPS.all, ({ step, facts }) => {
      if (step === 'identify') return false;
      const status = num(facts, 'http_status') ?? 200;
      return (
        status >= 300 && status !== UNVERIFIED && facts['error'] === undefined && facts['hap_status'] === undefined
      );
    });
    if (!refused) return came.length > 0 ? pass() : skip('no HTTP answer is in this transcript');
    if (slowProof(c) === refused) return skip('it came instead of M4, after a long silence');
    const status = num(refused.facts, 'http_status') ?? 0;
    return fail(NAMED[status] ?? (status >= 500 ? 'server-error' : 'other'), {
      expected: 'HTTP 200, 204 or 207',
      presented: `HTTP ${status}`,
      detail: `at ${refused.step}`,
    });
  },
};
