/** Sealed redemption: both ends. Usable alone. */
export {
  type OpenedAnswer,
  SealError,
  type SealedRequest,
  type SealedResponse,
  type SealOptions,
  sealRequest,
} from './client.ts';
export { type Binding, type BoundHeaders, MEDIA_TYPES } from './envelope.ts';
export {
  type BoxedAnswer,
  type BoxedRequest,
  isSealed,
  type Opened,
  type Unopened,
  type UnsealCause,
  type UnsealDeps,
  unseal,
} from './hub.ts';
export {
  type ReadStatement,
  readSealingKey,
  type SealingKey,
  type SealingKeyInfo,
  sealingKey,
  signSealingKey,
} from './key.ts';
