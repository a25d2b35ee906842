/** `counterfoil/hub`: a whole hub inside a program of one's own. */
export { type Hub, type HubOptions, startHub } from './hub.ts';
export { deriveKeys, type HubKeys, masterKey } from './keys.ts';
export type { Limits } from './limits.ts';
export { NotFoundError, OperationError, type Operations } from './operations.ts';
