/** Pair verify, the accessory's side (HAP §5.7): a paired controller and the accessory prove their keys, and get a session. */
import { agree, hkdf, newAgreement, open, verifySignature } from '../keys.ts';
import { decodeTlv, first, firstInteger, TLV, TLV_ERROR } from '../tlv8.ts';
import type { Forgery } from './faults.ts';
import {
  type Answer,
  BAD_REQUEST,
  forgeryOf,
  type Handler,
  type Host,
  type Items,
  identifierText,
  type Session,
  tlvAnswer,
  tlvError,
} from './host.ts';
import { sealedProof } from './identity-proof.ts';
import { PAIRING_ID_MAX } from './pairing-table.ts';

/** POST /pair-verify. */
export const handlePairVerify: Handler = (host, session, request) => {
  const decoded = decodeTlv(request.body, host.limits.strangerBodyBytes);
  // a session has its keys for good: another one needs another connection
  if (!decoded.ok || session.controller !== undefined) return BAD_REQUEST;
  const { items } = decoded;
  switch (firstInteger(items, TLV.state)) {
    case 1:
      return { point: 'pair-verify M2', run: (fault) => answerM1(host, session, items, forgeryOf(fault)) };
    case 3:
      return { point: 'pair-verify M4', run: (fault) => answerM3(host, session, items, forgeryOf(fault)) };
    default:
      return BAD_REQUEST;
  }
};

/** HAP §5.7.2, M2: our half of the agreement, and our proof. */
function answerM1(host: Host, session: Session, items: Items, forgery?: Forgery): Answer {
  session.verifying = undefined;
  const theirs = first(items, TLV.publicKey);
  const { privateKey, publicKey: ours } = newAgreement();
  const shared = theirs === undefined ? undefined : agree(privateKey, theirs);
  if (theirs === undefined || shared === undefined) return tlvError(2, TLV_ERROR.unknown);
  const key = hkdf(shared, 'Pair-Verify-Encrypt-Salt', 'Pair-Verify-Encrypt-Info');
  const body = sealedProof({
    identity: host.keeper.identity(),
    key,
    label: 'PV-Msg02',
    signed: (id) => Buffer.concat([ours, id, theirs]),
    withKey: false,
    forgery,
  });
  session.verifying = { shared, key, ours, theirs };
  return tlvAnswer(
    2,
    [
      [TLV.publicKey, ours],
      [TLV.encryptedData, body],
    ],
    forgery,
  );
}

/** HAP §5.7.4, M4: the controller's proof under the key that was kept of it; afterwards everything is in frames. */
function answerM3(host: Host, session: Session, items: Items, forgery?: Forgery): Answer {
  const verifying = session.verifying;
  session.verifying = undefined;
  const sealed = first(items, TLV.encryptedData);
  if (verifying === undefined || sealed === undefined) return tlvError(4, TLV_ERROR.unknown);
  const { shared, key, ours, theirs } = verifying;
  const plain = open(key, 'PV-Msg03', sealed);
  const decoded = plain === undefined ? undefined : decodeTlv(plain);
  if (!decoded?.ok) return tlvError(4, TLV_ERROR.authentication);
  const bytes = first(decoded.items, TLV.identifier);
  const id = identifierText(bytes, PAIRING_ID_MAX);
  const signature = first(decoded.items, TLV.signature);
  const pairing = host.keeper.current().pairings.find((one) => one.id === id);
  if (bytes === undefined || pairing === undefined || signature === undefined)
    return tlvError(4, TLV_ERROR.authentication);
  const ltpk = Buffer.from(pairing.ltpk, 'base64');
  if (!verifySignature(ltpk, Buffer.concat([theirs, bytes, ours]), signature))
    return tlvError(4, TLV_ERROR.authentication);
  const sending = hkdf(shared, 'Control-Salt', 'Control-Read-Encryption-Key');
  const receiving = hkdf(shared, 'Control-Salt', 'Control-Write-Encryption-Key');
  return { ...tlvAnswer(4, [], forgery), afterwards: () => session.secure(pairing.id, { sending, receiving }) };
}
