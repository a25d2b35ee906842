/** `counterfoil/home`: capabilities, pairings and ownership of HomeKit accessories, for hubs of one's own. */
export {
  type AccessRequest,
  ASPECTS,
  type Aspect,
  capabilitiesOf,
  covers,
  homeScopes,
  type Miss,
  type Permission,
  permits,
  uncovered,
} from './capability.ts';
export {
  type AccessCase,
  type AccessoryFacts,
  type Act,
  CODE_FORMAT,
  directOf,
  type GrantCase,
  keptValue,
  namedAccessories,
  POLICY_EPOCH,
  type Role,
  wantsPairing,
} from './case.ts';
export * from './effects.ts';
export { type Hours, type LocalTime, localTime, printHours, readHours } from './hours.ts';
export * from './ownership.ts';
export * from './ownership-effect.ts';
export { type Action, boundFacts, checklistFor, judge, type PossibleCause, policy, tables } from './profile.ts';
export * from './prove/hap-key.ts';
export { ALIASES, type Capability, type Direct, type HomeScope, isHomeScope, printScope, readScope } from './scope.ts';
export * from './take-over.ts';
export {
  CHARACTERISTIC_TYPES,
  type CharacteristicType,
  characteristicName,
  characteristicType,
  SERVICE_TYPES,
  serviceName,
  serviceType,
} from './types.ts';
export { type Attempt, refusalOf, verdictOf, withChecks } from './verdicts.ts';
export { accessRefusal } from './wire.ts';
export {
  actSentence,
  consentSentence,
  consentSentences,
  hoursSentence,
  type Named,
  type Names,
  namesOf,
  sentenceOf,
} from './words.ts';
