/**
 * The table of the doctor. Reading it top to bottom is reading the protocol: the code as it is typed, who announces itself,
 * the way there, pairing, proving, the session, and what is asked over it. The first rule that fails is the one to act on; what
 * any message can suffer (HTTP, TLV, silence, a closed connection) comes after what a message says, because the step says more.
 */
import { createHash } from 'node:crypto';
import type { Phase } from '../../core/rule.ts';
import type { HomeCase } from './case.ts';
import { accessoryFound } from './rules/accessory-found.ts';
import { accessoryIdentity } from './rules/accessory-identity.ts';
import { accessoryKey } from './rules/accessory-key.ts';
import { accessoryProof } from './rules/accessory-proof.ts';
import { accessoryReady } from './rules/accessory-ready.ts';
import { addressAgrees } from './rules/address-agrees.ts';
import { addressCurrent } from './rules/address-current.ts';
import { addressReachable } from './rules/address-reachable.ts';
import { answerInTime } from './rules/answer-in-time.ts';
import { connectionKept } from './rules/connection-kept.ts';
import { endExplained } from './rules/end-explained.ts';
import { errorKnown } from './rules/error-known.ts';
import { eventsArrive } from './rules/events-arrive.ts';
import { exchangeAccepted } from './rules/exchange-accepted.ts';
import { frameReadable } from './rules/frame-readable.ts';
import { httpStatus } from './rules/http-status.ts';
import { logUnderstood } from './rules/log-understood.ts';
import { ltpkLength } from './rules/ltpk-length.ts';
import { messageParts } from './rules/message-parts.ts';
import { messageState } from './rules/message-state.ts';
import { messageWhole } from './rules/message-whole.ts';
import { pairingAdmin } from './rules/pairing-admin.ts';
import { pairingFree } from './rules/pairing-free.ts';
import { pairingKept } from './rules/pairing-kept.ts';
import { pairingStanding } from './rules/pairing-standing.ts';
import { protocolVersion } from './rules/protocol-version.ts';
import { removalKnown } from './rules/removal-known.ts';
import { requestStatus } from './rules/request-status.ts';
import { sessionVerified } from './rules/session-verified.ts';
import { setupBackoff } from './rules/setup-backoff.ts';
import { setupCode } from './rules/setup-code.ts';
import { setupCodeForm } from './rules/setup-code-form.ts';
import { setupFree } from './rules/setup-free.ts';
import { setupLabel } from './rules/setup-label.ts';
import { setupRoom } from './rules/setup-room.ts';
import { setupSealed } from './rules/setup-sealed.ts';
import { setupSignature } from './rules/setup-signature.ts';
import { setupTries } from './rules/setup-tries.ts';
import { setupUnpaired } from './rules/setup-unpaired.ts';
import { timedWrite } from './rules/timed-write.ts';
import { verifySealed } from './rules/verify-sealed.ts';

const transcript: readonly Phase<HomeCase>[] = [
  { id: 'transcript', rules: [logUnderstood] },
  { id: 'code', rules: [setupCodeForm] },
  { id: 'discovery', rules: [accessoryFound, protocolVersion, setupLabel, accessoryReady, pairingStanding] },
  { id: 'connection', rules: [addressCurrent, addressReachable, addressAgrees] },
  {
    id: 'pair-setup',
    rules: [
      setupUnpaired,
      setupTries,
      setupFree,
      setupBackoff,
      setupRoom,
      setupCode,
      accessoryProof,
      exchangeAccepted,
      setupSealed,
      ltpkLength,
      setupSignature,
    ],
  },
  { id: 'pair-verify', rules: [verifySealed, accessoryIdentity, accessoryKey, pairingKept] },
  { id: 'session', rules: [sessionVerified, frameReadable] },
  { id: 'pairings', rules: [pairingAdmin, pairingFree, removalKnown] },
  { id: 'requests', rules: [timedWrite, requestStatus, eventsArrive] },
  { id: 'messages', rules: [errorKnown, httpStatus, messageWhole, messageState, messageParts] },
  { id: 'end', rules: [answerInTime, connectionKept, endExplained] },
];

/** The one table; `transcript` is the action of its verdicts. */
export const tables: { readonly transcript: readonly Phase<HomeCase>[] } = { transcript };

/** Names this table: equal policy and snapshot give an equal tree. */
export const policy: string = createHash('sha256')
  .update(JSON.stringify([tables, 'hap-1']))
  .digest('base64url')
  .slice(0, 12);
