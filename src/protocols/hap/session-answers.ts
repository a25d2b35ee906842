/** What answers inside a session mean: statuses of HTTP and HAP, and what a transcript says of them. */
import { malformed, shown } from './answers.ts';
import { type CharacteristicId, type CharacteristicRead, readCharacteristics, readStatus } from './characteristics.ts';
import type { Answer } from './connection.ts';
import { HapError } from './errors.ts';
import type { HttpMessage } from './http-messages.ts';
import type { Entry, Step } from './transcript.ts';

/** Which characteristics hold booleans. */
export type IsBool = (id: CharacteristicId) => boolean;

/** Characteristics in one request; beyond it the line of a read no longer fits into what accessories take. */
const IDS_MAX = 1_000;

/** The name of a characteristic in a read (HAP §6.7.4.1). */
export function keyOf({ aid, iid }: CharacteristicId): string {
  return `${aid}.${iid}`;
}

/** @throws HapError `malformed` for none, too many, or an id that is no integer */
export function checkIds(ids: readonly CharacteristicId[], step: Step): void {
  if (ids.length === 0 || ids.length > IDS_MAX)
    throw malformed(step, 'count', `expected 1 to ${IDS_MAX} characteristics, got ${ids.length}`);
  if (!ids.every(({ aid, iid }) => Number.isSafeInteger(aid) && Number.isSafeInteger(iid)))
    throw malformed(step, 'id', 'expected an integer as aid and as iid, got another value');
}

/** What a transcript says of characteristics: which, when it is one; how many otherwise. */
export function idFacts(ids: readonly CharacteristicId[]): Entry['facts'] {
  const only = ids.length === 1 ? ids[0] : undefined;
  return only === undefined ? { count: ids.length } : { aid: only.aid, iid: only.iid };
}

/** What a transcript says of every answer. */
export function answerFacts({ message, waitedMs }: Answer): Entry['facts'] {
  const { status, fields, body } = message;
  const content_type = shown(fields.get('content-type'));
  return { bytes: body.length, waited_ms: waitedMs, http_status: status, content_type };
}

/** The status in the body of a success, 0 without one. @throws HapError `http-status` for anything else */
export function demandSuccess({ status, body }: HttpMessage, step: Step, hint: string = ''): number {
  const hapStatus = readStatus(body);
  if (status >= 200 && status < 300) return hapStatus ?? 0;
  const why = status === 470 ? 'this session is not verified any more; open another one' : hint;
  throw new HapError(step, 'http-status', `expected a success, got status ${status}${why && `; ${why}`}`, {
    httpStatus: status,
    ...(hapStatus === undefined || hapStatus === 0 ? {} : { hapStatus }),
  });
}

/** The items of an answer; some accessories send them under 400 too. @throws HapError */
export function itemsOf(message: HttpMessage, step: Step, isBool: IsBool): readonly CharacteristicRead[] {
  if (message.status >= 200 && message.status < 300) {
    return message.body.length === 0 && step !== 'read' ? [] : readCharacteristics(message.body, step, isBool);
  }
  let items: readonly CharacteristicRead[] = [];
  try {
    items = readCharacteristics(message.body, step, isBool);
  } catch {
    // a refusal as a whole has another body, or none
  }
  if (items.every(({ status }) => status === 0)) demandSuccess(message, step);
  return items;
}

/** The items in the order they were asked for. @throws HapError `unexpected` when one is missing */
export function inOrder(
  ids: readonly CharacteristicId[],
  items: readonly CharacteristicRead[],
): readonly CharacteristicRead[] {
  const byKey = new Map(items.map((item) => [keyOf(item), item]));
  return ids.map((id) => {
    const item = byKey.get(keyOf(id));
    if (item !== undefined) return item;
    const facts = { check: 'missing', ...idFacts([id]) };
    throw new HapError('read', 'unexpected', `expected the value of ${keyOf(id)} in the answer, got none`, { facts });
  });
}

/** A write or registration of `of` characteristics of which some are refused, or as a whole with `status`. */
export function refusal(step: Step, refused: readonly CharacteristicRead[], of: number, whole: number = 0): HapError {
  const [one] = refused;
  const hapStatus = one?.status ?? whole;
  const where = one === undefined ? '' : ` at ${keyOf(one)}`;
  const count = of > 1 ? `, ${refused.length} of ${of} refused` : '';
  return new HapError(step, 'hap-status', `expected status 0, got ${hapStatus}${where}${count}`, {
    hapStatus,
    refused: refused.map(({ aid, iid, status }) => ({ aid, iid, status })),
    facts: one === undefined ? {} : idFacts([one]),
  });
}
