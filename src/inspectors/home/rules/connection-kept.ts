import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { type HomeCase, isStop, isStopped, num, operation, thrownAway, unreached } from '../case.ts';
import { ladder } from '../fixes.ts';

/** Nobody hung up in the middle of it. */
export const connectionKept: Rule<HomeCase> = {
  id: 'hap.connection-kept',
  cite: 'HAP §6.2.3, §6.5.2',
  refusal: 'connection_lost',
  why: 'a closed connection says nothing by itself; the step at which it closed says nearly all',
  causes: {
    setup: {
      say: 'the accessory hung up in the middle of pairing',
      fixes: [
        { audience: 'client', say: 'send all of M1 to M6 over one connection, without any other request between them' },
        ...ladder('retry-soon', 'power-cycle', 'firmware', 'tell-maker'),
      ],
    },
    verify: {
      say: 'the accessory hung up on a paired controller that wanted to prove itself',
      fixes: [
        {
          audience: 'client',
          say: 'close old sessions: an accessory that serves as many as it can hangs up on the next',
        },
        ...ladder('retry-soon', 'power-cycle', 'firmware'),
      ],
    },
    session: {
      say: 'the accessory hung up while the session was open: it restarted, lost the network, or its pairings were changed',
      fixes: [
        {
          audience: 'client',
          say: 'connect again with growing pauses, and subscribe again: registrations die with a session',
        },
        ...ladder('power-cycle', 'firmware'),
      ],
    },
  },
  check: (c) => {
    const at = c.entries.findIndex(
      (entry) => entry.event === 'closed' && entry.step !== 'connect' && !isStopped(entry),
    );
    const closed = c.entries[at];
    if (!closed) {
      const reason = unreached(c, ['connect']);
      return reason === undefined ? pass() : skip(reason);
    }
    if (closed === thrownAway(c)) return skip('it was closed before anything was asked over it');
    if ((num(closed.facts, 'bytes') ?? 0) > 0) return skip('it broke off inside a message, which is judged by itself');
    const before = c.entries
      .slice(0, at)
      .find((entry) => isStop(entry) && operation(entry.step) === operation(closed.step));
    if (before) return skip(`it was closed after what went wrong at ${before.step}`);
    const part = closed.step.startsWith('pair-setup')
      ? 'setup'
      : closed.step.startsWith('pair-verify')
        ? 'verify'
        : 'session';
    return fail(part, {
      expected: 'an open connection',
      presented: 'closed by the accessory',
      detail: `at ${closed.step}`,
    });
  },
};
