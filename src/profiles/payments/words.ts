/**
 * What people are told, in two voices: the merchant, who may know why, and the customer at the counter, who may be the thief.
 * Lost, stolen, fraud and pick-up sound to the customer like any other decline, to the byte.
 */
import type { Fix } from '../../core/verdict.ts';
import { at, type CodeMeaning, meaningOf } from './data.ts';
import type { ResponseClass } from './data-types.ts';

/** What the customer hears of every decline that has no harmless reason. */
export const GENERIC: string =
  'Your bank did not approve this payment. Please use another card or means of payment, or ask your bank.';

/** What the merchant should know, and what to say to the customer. */
export interface Texts {
  readonly merchant: string;
  readonly customer: string;
}

const TEXTS: Readonly<Record<ResponseClass, Texts>> = {
  approved: {
    merchant: 'approved; there is nothing to try again',
    customer: 'Your payment was approved.',
  },
  funds: {
    merchant: 'the account has too little, or a limit is reached; the same attempt will fail until that has changed',
    customer:
      'Your bank did not approve this amount. Please use another card or means of payment, or try again later when there is enough on the account.',
  },
  technical: {
    merchant:
      'the issuer was not reached or its system failed; nobody has decided yet, so ask what became of the attempt',
    customer: 'Your bank could not be reached. You have not been charged as far as we know. Please try again later.',
  },
  'fix-data': {
    merchant: 'something in the request is wrong or missing; sent again unchanged, it fails again',
    customer: 'Please check the details of your card, or use another card or means of payment.',
  },
  never: {
    merchant: 'the issuer will never approve this on this card; do not try again, ask for another means of payment',
    customer: GENERIC,
  },
  'ask-issuer': {
    merchant:
      'the issuer declined and names nothing that could be put right; one later attempt at most, better after the customer has asked it',
    customer: GENERIC,
  },
  unknown: {
    merchant: 'what this answer means is not known here, so it is not tried again; ask the processor',
    customer: GENERIC,
  },
};

/** The texts of a class. `discreet`: the customer hears the generic one whatever the class. */
export function textsOf(kind: ResponseClass, discreet = false): Texts {
  return discreet ? { ...TEXTS[kind], customer: GENERIC } : TEXTS[kind];
}

/** The texts of a response code on a network, at a moment; an unknown code is said to be unknown. */
export function textsOfCode(code: string, network: string, now: number): Texts {
  return textsOfMeaning(meaningOf(at(now), network, code));
}

/** The texts of a meaning. */
export function textsOfMeaning(meaning: CodeMeaning | undefined): Texts {
  if (meaning === undefined) return TEXTS.unknown;
  return textsOf(meaning.entry.class, meaning.entry.discreet ?? false);
}

type FixName =
  | 'wait'
  | 'other'
  | 'payday'
  | 'lower'
  | 'voice'
  | 'newCard'
  | 'correct'
  | 'outcome'
  | 'bank'
  | 'funds'
  | 'details';

/**
 * Fixes of the rules. `client` is the merchant and `owner` the cardholder. Whatever can stand behind a discreet decline has
 * the one fix of the cardholder that all of them have.
 */
export const FIXES: Readonly<Record<FixName, Fix>> = {
  wait: { audience: 'client', say: 'do not send it again before the time shown; asking earlier changes nothing' },
  other: { audience: 'client', say: 'ask for another card, a wallet, a bank transfer, or cash' },
  payday: { audience: 'client', say: 'for a subscription, move the charge to the day after payday' },
  lower: { audience: 'client', say: 'offer to split or to lower the amount: another amount is another purchase' },
  voice: { audience: 'client', say: 'where your acquirer offers it, ask for a voice authorization' },
  newCard: {
    audience: 'client',
    say: 'ask for another card, or ask the account updater of your processor; then record the new fact',
  },
  correct: { audience: 'client', say: 'have what is wrong corrected, and record the new fact corrected-data' },
  outcome: { audience: 'client', say: 'ask the processor what became of the last attempt before sending another' },
  bank: { audience: 'owner', say: 'use another card or means of payment, or ask your bank' },
  funds: { audience: 'owner', say: 'add funds, or ask your bank about holds and daily limits; or use another card' },
  details: { audience: 'owner', say: 'check the number, the date, the security code and the address of your card' },
};
