/** HAP over IP: the controller, discovery, setup codes and payloads. An accessory of our own: `accessory/`. */
export type { Advertisement, AdvertiseOptions } from './advertise.ts';
export { advertise } from './advertise.ts';
export type {
  CharacteristicId,
  CharacteristicRead,
  CharacteristicValue,
  CharacteristicWrite,
  ListedAccessory,
  ListedCharacteristic,
  ListedService,
} from './characteristics.ts';
export { shortType } from './characteristics.ts';
export type { PairSetupOptions } from './controller.ts';
export { identify, openSession, pairSetup } from './controller.ts';
export type { DiscoverOptions, Found, Sighting } from './discover.ts';
export { discover, findAccessory } from './discover.ts';
export type { HapErrorDetails, HapErrorKind, RefusedCharacteristic } from './errors.ts';
export { HapError } from './errors.ts';
export type { Identity } from './keys.ts';
export { fingerprint, identityFrom, newIdentity, sign, verifySignature } from './keys.ts';
export type { Address, Deadlines, HapOptions } from './options.ts';
export type { Paired } from './pair-verify.ts';
export type { Pairing } from './pairings.ts';
export type { ChangeListener, Session } from './session.ts';
export type { SetupCodeForm } from './setup-code.ts';
export {
  checkSetupCode,
  dashedSetupCode,
  isValidSetupCode,
  randomSetupCode,
  TRIVIAL_SETUP_CODES,
} from './setup-code.ts';
export type { ReadSetupPayload, SetupPayload } from './setup-payload.ts';
export { decodeSetupPayload, encodeSetupPayload } from './setup-payload.ts';
export { METHOD, TLV_ERROR } from './tlv8.ts';
export type { Entry, Event, Recorder, Step } from './transcript.ts';
export { createTranscript } from './transcript.ts';
export type { Txt, TxtNote } from './txt.ts';
export {
  CATEGORIES,
  categoryName,
  FEATURE,
  isOfSetupId,
  nextConfiguration,
  readTxt,
  STATUS,
  setupHash,
  writeTxt,
} from './txt.ts';
