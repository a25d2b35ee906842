/** The accessory's side of HAP over TCP: what a caller needs. */
export { BRIDGE_AID, bridgeDatabase } from './bridge.ts';
export {
  type Accessory,
  type Characteristic,
  type Controller,
  type Database,
  HAP_STATUS,
  type HapStatus,
  type Permission,
  type Refused,
  type Service,
} from './database.ts';
export {
  BUSY,
  backoff,
  type Fault,
  type FaultPoint,
  type FaultScript,
  type Forgery,
  faultAt,
  MAX_PEERS,
  MAX_TRIES,
  UNAVAILABLE,
} from './faults.ts';
export { LIMITS, type Limits, type SetupCode } from './host.ts';
export { LAMP, lampAccessory, lampDatabase } from './lamp.ts';
export type { Pairing } from './pairing-table.ts';
export { type AccessoryOptions, type AccessoryServer, createAccessoryServer } from './server.ts';
export { CATEGORY, type Label, type LampHooks } from './services.ts';
export { type AccessoryState, freshState, type MemoryState, memoryState, type PersistPort } from './state.ts';
export type { Format, Unit, Value } from './values.ts';
