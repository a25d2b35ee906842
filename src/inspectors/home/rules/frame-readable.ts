import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import type { Entry } from '../../../protocols/hap/transcript.ts';
import { failedCheck, find, type HomeCase, num, STEPS, text, unreached } from '../case.ts';
import { ladder } from '../fixes.ts';

/** A look at a frame carries its number; the same names are used of messages without one. */
const FRAME = (entry: Entry): boolean => entry.event === 'failed' && entry.facts['frame'] !== undefined;

/** Every frame of the session opens, in order. */
export const frameReadable: Rule<HomeCase> = {
  id: 'hap.frame-readable',
  cite: 'HAP §6.5.2, RFC 8439',
  refusal: 'connection_lost',
  why: 'a frame that does not open is a replay, a change on the way or a lost count; the session must end at once',
  causes: {
    tag: {
      say: 'a frame of the session does not open: it was changed, repeated or left out on its way, or the counters are apart',
      fixes: [
        { audience: 'client', say: 'open a new session; never send two requests at once over one connection' },
        {
          audience: 'operator',
          say: 'take out what stands between: a proxy or repeater that changes or repeats bytes',
        },
        ...ladder('power-cycle', 'firmware', 'tell-maker'),
      ],
    },
    oversized: {
      say: 'a frame announces more than the 1024 bytes that one may have: the stream is out of step, or is not sealed',
      fixes: [{ audience: 'client', say: 'open a new session' }, ...ladder('power-cycle', 'firmware', 'tell-maker')],
    },
  },
  check: (c) => {
    const failed = find(c, STEPS.session, FRAME) ?? failedCheck(c, STEPS.session, 'tag');
    const oversized = failed?.facts['check'] === 'length';
    if (!failed) {
      const reason = unreached(c, STEPS.session);
      return reason === undefined ? pass() : skip(reason);
    }
    const frame = num(failed.facts, 'frame');
    const bytes = num(failed.facts, 'bytes');
    const where = frame === undefined ? failed.step : `frame ${frame} of the accessory, at ${failed.step}`;
    return fail(oversized ? 'oversized' : 'tag', {
      expected: oversized ? 'at most 1024 bytes' : 'the tag of this frame',
      presented: text(failed.facts, 'presented') ?? (bytes === undefined ? 'another one' : `${bytes} bytes`),
      detail: where,
    });
  },
};
