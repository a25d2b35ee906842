/** Charging a card with the gate in front of it: what a shop would copy. */
import { type Attempt, AttemptOpenError, type Outcome, type PaymentsClient } from '../../src/client/payments.ts';

/** What the processor answered. */
export interface ProcessorReply {
  readonly approved: boolean;
  readonly code: string;
}

/** What became of it, for the counter and for the log. */
export type Charged =
  | { readonly what: 'paid' }
  | { readonly what: 'declined' | 'not-now'; readonly customer: readonly string[]; readonly again: Date | 'never' }
  /** Nobody knows yet: ask the processor, and record what it says under this id. */
  | { readonly what: 'open'; readonly attempt: string };

/**
 * Charges once, or says why not.
 *
 * @param send hands the charge to the processor; `id` and `fence` go along, so that it can tell a late one from a new one
 */
export async function charge(
  gate: PaymentsClient,
  asked: Attempt,
  send: (id: string, fence: number) => Promise<ProcessorReply>,
): Promise<Charged> {
  try {
    const done = await gate.attempt(asked, async ({ attempt, fence }) => {
      const answer = await send(attempt, fence);
      const outcome: Outcome = answer.approved
        ? { outcome: 'approved', response: { code: answer.code } }
        : { outcome: 'declined', response: { code: answer.code } };
      return { answer, outcome };
    });
    if (!done.sent) return { what: 'not-now', customer: done.refused.customer, again: done.refused.nextAllowedAt };
    if (done.answer.approved) return { what: 'paid' };
    return { what: 'declined', customer: done.recorded.customer ?? [], again: done.recorded.nextAllowedAt };
  } catch (error) {
    if (error instanceof AttemptOpenError) return { what: 'open', attempt: error.attempt };
    throw error;
  }
}
