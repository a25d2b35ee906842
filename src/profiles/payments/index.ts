/** `counterfoil/payments-rules`: when a declined card may be tried again, and where each figure comes from. Pure: no clock, no store. */
export { type Asked, type LookedUp, lookUp, lookUpSuffix, named } from './book.ts';
export {
  type Attempt,
  classOf,
  DEFAULT_SETTINGS,
  type NewFact,
  nearOf,
  type Past,
  type PaymentsCase,
  type Settings,
} from './case.ts';
export { at, BOUNDARIES, DATA, type Epoch, HISTORY_MAX, WINDOW_MAX_MS } from './data.ts';
export type * from './data-types.ts';
export { keep } from './keep.ts';
export {
  type Card,
  type Fingerprint,
  type FingerprintKey,
  fingerprint,
  fingerprints,
  looksLikePan,
  numberIn,
  type ReadCard,
  readCard,
} from './pan.ts';
export { type ClosedRule, closedRules, judge, nextAllowedAt, policy, tables } from './profile.ts';
export { type RawResponse, type ReadResponse, readResponse, readSuffix, type Suffix } from './response.ts';
export {
  ASSUMES,
  type Decided,
  type LoggedAttempt,
  type Running,
  type Simulation,
  type Sums,
  simulate,
  simulation,
} from './simulate.ts';
export { GENERIC, type Texts, textsOf, textsOfCode } from './words.ts';
