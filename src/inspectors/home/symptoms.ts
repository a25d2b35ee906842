/**
 * What people read on a screen, word for word or nearly, and the causes that hide behind it: rule and cause, the gentle
 * ones first. The words alone never tell them apart; a transcript does.
 *
 * To add one: an entry here. `table.test.ts` proves that every cause named exists and that there are four at least.
 */

/** One message of a screen. */
export interface Symptom {
  readonly id: string;
  /** As it is mostly written. */
  readonly words: string;
  readonly pattern: RegExp;
  /** `rule/cause`, in the order in which to look. */
  readonly causes: readonly string[];
}

export const SYMPTOMS: readonly Symptom[] = [
  {
    id: 'unable-to-pair',
    words: 'Unable to pair. Invalid Authorization Code.',
    pattern: /unable to pair\b.{0,20}\binvalid auth\w* code|invalid authorization code/i,
    causes: [
      'hap.setup-code-form/characters',
      'hap.setup-code-form/trivial',
      'hap.setup-code/wrong',
      'hap.setup-label/other-label',
      'hap.setup-code/rotated',
      'hap.setup-code/out-of-memory',
      'hap.protocol-version/other',
      'hap.setup-unpaired/paired',
      'hap.setup-free/busy',
      'hap.setup-tries/exhausted',
      'hap.pairing-standing/reset',
    ],
  },
  {
    id: 'hangs-connecting',
    words: 'Connecting...',
    pattern: /\b(?:hangs?|stuck|spins?)\b.{0,20}\bconnecting\b|^\W*connecting\W*$/i,
    causes: [
      'hap.address-current/port-moved',
      'hap.address-reachable/silent',
      'hap.address-reachable/unreachable',
      'hap.accessory-found/silent',
      'hap.answer-in-time/setup-m2',
      'hap.answer-in-time/setup-m4',
      'hap.answer-in-time/setup-m6',
      'hap.answer-in-time/verify-m2',
    ],
  },
  {
    id: 'fails-after-reset',
    words: 'fails after a factory reset',
    pattern: /\bafter\b.{0,20}\bfactory[ -]?reset\b/i,
    causes: [
      'hap.pairing-standing/reset',
      'hap.pairing-standing/other-id',
      'hap.accessory-key/other-key',
      'hap.pairing-kept/removed',
    ],
  },
  {
    id: 'bad-ed25519',
    words: 'Bad ed25519 signature',
    pattern: /\bbad ed25519 signature|\bcustom authorization code malformed/i,
    causes: [
      'hap.ltpk-length/length',
      'hap.setup-signature/wrong',
      'hap.accessory-key/other-key',
      'hap.exchange-accepted/refused',
      'hap.pairing-kept/removed',
    ],
  },
  {
    id: 'could-not-add',
    words: "Couldn't add accessory",
    pattern:
      /\b(?:couldn.t|could not|unable to|can.t|cannot) add (?:the )?accessory|\baccessory (?:is )?not (?:found|reachable)\b/i,
    causes: [
      'hap.accessory-found/silent',
      'hap.address-reachable/unreachable',
      'hap.setup-code/wrong',
      'hap.setup-unpaired/paired',
      'hap.answer-in-time/setup-m4',
      'hap.setup-tries/exhausted',
    ],
  },
];

/** The symptom that a text tells of, if it is one that is known. */
export function symptomOf(text: string): Symptom | undefined {
  return SYMPTOMS.find(({ pattern }) => pattern.test(text));
}
