/** POST /pairings (HAP §5.10 to §5.12): an admin adds, removes and lists controllers. */
import { KEY_BYTES } from '../keys.ts';
import { decodeTlv, first, firstInteger, METHOD, TLV, TLV_ERROR } from '../tlv8.ts';
import type { Fault } from './faults.ts';
import {
  type Answer,
  BAD_REQUEST,
  controllerOf,
  forgeryOf,
  type Handler,
  type Host,
  type Items,
  identifierText,
  NOT_VERIFIED,
  type Session,
  type Task,
  tlvAnswer,
  tlvError,
} from './host.ts';
import { PAIRING_ID_MAX, withoutPairing, withPairing } from './pairing-table.ts';

/** Bit of `Permissions` that makes an admin (HAP §5.15). */
const ADMIN = 1;

/** POST /pairings on a verified session. */
export const handlePairings: Handler = (host, session, request) => {
  const controller = controllerOf(host, session);
  if (controller === undefined) return NOT_VERIFIED;
  const decoded = decodeTlv(request.body);
  if (!decoded.ok || firstInteger(decoded.items, TLV.state) !== 1) return BAD_REQUEST;
  const { items } = decoded;
  const task = TASKS[firstInteger(items, TLV.method) ?? -1]?.(host, session, items);
  if (task === undefined) return BAD_REQUEST;
  if (controller.admin) return task;
  return { point: task.point, run: () => tlvError(2, TLV_ERROR.authentication) };
};

const TASKS: Readonly<Record<number, (host: Host, session: Session, items: Items) => Task>> = {
  [METHOD.addPairing]: (host, session, items) => ({
    point: 'add-pairing',
    run: (fault) => add(host, session, items, fault),
  }),
  [METHOD.removePairing]: (host, session, items) => ({
    point: 'remove-pairing',
    run: (fault) => remove(host, session, items, fault),
  }),
  [METHOD.listPairings]: (host, _session, _items) => ({ point: 'list-pairings', run: (fault) => list(host, fault) }),
};

/** HAP §5.10.2. */
async function add(host: Host, session: Session, items: Items, fault: Fault | undefined): Promise<Answer> {
  const id = identifierText(first(items, TLV.identifier), PAIRING_ID_MAX);
  const key = first(items, TLV.publicKey);
  const permissions = firstInteger(items, TLV.permissions);
  if (id === undefined || key?.length !== KEY_BYTES || permissions === undefined) return tlvError(2, TLV_ERROR.unknown);
  const pairing = { id, ltpk: key.toString('base64'), admin: (permissions & ADMIN) !== 0 };
  const outcome: { error?: 'unknown' | 'maxPeers' } = {};
  try {
    await host.keeper.change((state) => {
      const added = withPairing(state.pairings, pairing, host.limits.pairings);
      if (!added.ok) outcome.error = added.error;
      return !added.ok || fault?.kind === 'acknowledge-but-forget' ? state : { ...state, pairings: added.table };
    });
  } catch (error) {
    host.failed(error);
    return tlvError(2, TLV_ERROR.unknown);
  }
  if (outcome.error !== undefined) return tlvError(2, TLV_ERROR[outcome.error]);
  return dismissing(host, session, tlvAnswer(2, [], forgeryOf(fault)));
}

/** HAP §5.11.2. The controllers that are gone lose their sessions before anybody is told; the one that asks, right after. */
async function remove(host: Host, session: Session, items: Items, fault: Fault | undefined): Promise<Answer> {
  const id = identifierText(first(items, TLV.identifier), PAIRING_ID_MAX);
  if (id === undefined) return tlvError(2, TLV_ERROR.unknown);
  try {
    await host.keeper.change((state) => {
      const pairings = withoutPairing(state.pairings, id);
      return pairings === state.pairings || fault?.kind === 'acknowledge-but-keep' ? state : { ...state, pairings };
    });
  } catch (error) {
    host.failed(error);
    return tlvError(2, TLV_ERROR.unknown);
  }
  return dismissing(host, session, tlvAnswer(2, [], forgeryOf(fault)));
}

/** HAP §5.12.2. */
function list(host: Host, fault: Fault | undefined): Answer {
  const items = host.keeper
    .current()
    .pairings.flatMap(({ id, ltpk, admin }, at) => [
      ...(at === 0 ? [] : [[TLV.separator, Buffer.alloc(0)] as const]),
      [TLV.identifier, Buffer.from(id)] as const,
      [TLV.publicKey, Buffer.from(ltpk, 'base64')] as const,
      [TLV.permissions, admin ? ADMIN : 0] as const,
    ]);
  return tlvAnswer(2, items, forgeryOf(fault));
}

function dismissing(host: Host, session: Session, answer: Answer): Answer {
  host.dismiss(session);
  return { ...answer, afterwards: () => host.dismiss() };
}
