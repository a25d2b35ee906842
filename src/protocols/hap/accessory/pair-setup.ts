/**
 * Pair setup, the accessory's side (HAP §5.6): a controller proves that it knows the setup code, then both exchange their long-term
 * keys. One attempt at a time; whoever has it keeps it for half a minute at most.
 */
import { hkdf, KEY_BYTES, open, verifySignature } from '../keys.ts';
import { dashedSetupCode } from '../setup-code.ts';
import { createVerifier, type SrpServer, startSrpServer, type Verifier } from '../srp-server.ts';
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

/** HAP §5.6.2: more wrong codes than these, and nobody may try again. */
const FAILURES_MAX = 100;

/** `Flags` (HAP §5.15 table 5-7): go on with the code of the transient setup before. */
const SPLIT = 0x01_00_00_00;

/** The one attempt under way. */
interface Attempt {
  readonly owner: Session;
  readonly timer: NodeJS.Timeout;
  srp?: SrpServer;
  /** K, once the code was proven. */
  sessionKey?: Buffer;
}

/** What pair setup keeps for a server. */
export interface SetupDesk {
  readonly handle: Handler;
  /** Who has the attempt just now. */
  owner(): Session | undefined;
  /** Ends the attempt: of this session, or whoever has it. */
  release(session?: Session): void;
}

interface Desk {
  attempt: Attempt | undefined;
  /** Of a static code, made at the first attempt and kept. */
  verifier: Verifier | undefined;
  /** Until when `backoffSeconds` lets nobody try, on the clock of `performance.now()`. */
  backoffUntilMs: number;
  release(session?: Session): void;
}

/** A desk for one server. */
export function createSetupDesk(): SetupDesk {
  const desk: Desk = {
    attempt: undefined,
    verifier: undefined,
    backoffUntilMs: 0,
    release(session) {
      if (desk.attempt === undefined || (session !== undefined && desk.attempt.owner !== session)) return;
      clearTimeout(desk.attempt.timer);
      desk.attempt = undefined;
    },
  };
  return {
    owner: () => desk.attempt?.owner,
    release: desk.release,
    handle(host, session, request) {
      const decoded = decodeTlv(request.body, host.limits.strangerBodyBytes);
      if (!decoded.ok) return BAD_REQUEST;
      const { items } = decoded;
      switch (firstInteger(items, TLV.state)) {
        case 1:
          return { point: 'pair-setup M2', run: (fault) => answerM1(desk, host, session, items, forgeryOf(fault)) };
        case 3:
          return { point: 'pair-setup M4', run: (fault) => answerM3(desk, host, session, items, forgeryOf(fault)) };
        case 5:
          return { point: 'pair-setup M6', run: (fault) => answerM5(desk, host, session, items, forgeryOf(fault)) };
        default:
          return BAD_REQUEST;
      }
    },
  };
}

/** HAP §5.6.2, M2: who is refused, in this order; then salt and B. */
async function answerM1(desk: Desk, host: Host, session: Session, items: Items, forgery?: Forgery): Promise<Answer> {
  const { pairings, failures } = host.keeper.current();
  if (pairings.length > 0) return tlvError(2, TLV_ERROR.unavailable);
  if (failures > FAILURES_MAX) return tlvError(2, TLV_ERROR.maxTries);
  if (desk.attempt !== undefined && desk.attempt.owner !== session) return tlvError(2, TLV_ERROR.busy);
  const waitMs = desk.backoffUntilMs - performance.now();
  if (waitMs > 0) return tlvError(2, TLV_ERROR.backoff, Math.ceil(waitMs / 1_000));
  const method = firstInteger(items, TLV.method);
  const flags = firstInteger(items, TLV.flags) ?? 0;
  // the second half of a setup whose first half is not offered: no verifier was saved
  if (flags === SPLIT) return tlvError(2, TLV_ERROR.authentication);
  if ((method !== 0 && method !== 1) || flags !== 0) return tlvError(2, TLV_ERROR.unknown);
  const attempt = begin(desk, host, session);
  try {
    attempt.srp = startSrpServer(await verifierFor(desk, host));
  } catch (error) {
    host.failed(error);
    end(desk, attempt);
    return tlvError(2, TLV_ERROR.unknown);
  }
  const { publicKey, salt } = attempt.srp;
  return tlvAnswer(
    2,
    [
      [TLV.publicKey, publicKey],
      [TLV.salt, salt],
    ],
    forgery,
  );
}

/** HAP §5.6.4, M4. The failure is counted, and kept, before the proof is looked at: pulling the plug gives no free guess. */
async function answerM3(desk: Desk, host: Host, session: Session, items: Items, forgery?: Forgery): Promise<Answer> {
  const attempt = mine(desk, session);
  const srp = attempt?.srp;
  const [publicKey, proof] = [first(items, TLV.publicKey), first(items, TLV.proof)];
  if (attempt === undefined || srp === undefined || publicKey === undefined || proof === undefined)
    return abandon(desk, session, 4, TLV_ERROR.unknown);
  // an attempt is for one look
  delete attempt.srp;
  try {
    const { failures } = await host.keeper.change((state) => ({ ...state, failures: state.failures + 1 }));
    const proven = srp.check(publicKey, proof);
    if ('refused' in proven) {
      desk.backoffUntilMs = performance.now() + 1_000 * (host.backoffSeconds?.(failures) ?? 0);
      return abandon(desk, session, 4, TLV_ERROR.authentication);
    }
    await host.keeper.change((state) => ({ ...state, failures: 0 }));
    if (desk.attempt !== attempt) return tlvError(4, TLV_ERROR.unknown);
    attempt.sessionKey = proven.sessionKey;
    const sent = Buffer.from(proven.proof);
    if (forgery === 'wrong-proof') sent.writeUInt8(sent.readUInt8(0) ^ 1, 0);
    return tlvAnswer(4, [[TLV.proof, sent]], forgery);
  } catch (error) {
    host.failed(error);
    return abandon(desk, session, 4, TLV_ERROR.unknown);
  }
}

/** HAP §5.6.6, M6: the controller's key is checked and kept, as an admin; then ours goes back. */
async function answerM5(desk: Desk, host: Host, session: Session, items: Items, forgery?: Forgery): Promise<Answer> {
  const attempt = mine(desk, session);
  const sessionKey = attempt?.sessionKey;
  const sealed = first(items, TLV.encryptedData);
  if (sessionKey === undefined || sealed === undefined) return abandon(desk, session, 6, TLV_ERROR.unknown);
  const key = hkdf(sessionKey, 'Pair-Setup-Encrypt-Salt', 'Pair-Setup-Encrypt-Info');
  const came = readExchange(sessionKey, key, sealed);
  if (came === undefined) return abandon(desk, session, 6, TLV_ERROR.authentication);
  // nobody else may begin while the pairing is being written, and the time is not up any more
  clearTimeout(attempt?.timer);
  try {
    const pairing = { id: came.id, ltpk: came.ltpk.toString('base64'), admin: true };
    const { pairings } = await host.keeper.change((state) =>
      state.pairings.length > 0 ? state : { ...state, pairings: [pairing] },
    );
    if (!pairings.includes(pairing)) return abandon(desk, session, 6, TLV_ERROR.unavailable);
  } catch (error) {
    host.failed(error);
    return abandon(desk, session, 6, TLV_ERROR.unknown);
  }
  desk.release(session);
  const accessoryX = hkdf(sessionKey, 'Pair-Setup-Accessory-Sign-Salt', 'Pair-Setup-Accessory-Sign-Info');
  const body = sealedProof({
    identity: host.keeper.identity(),
    key,
    label: 'PS-Msg06',
    signed: (id, publicKey) => Buffer.concat([accessoryX, id, publicKey]),
    withKey: true,
    forgery,
  });
  return tlvAnswer(6, [[TLV.encryptedData, body]], forgery);
}

/** HAP §5.6.5: what M5 carries, or undefined where box, key, id or signature do not hold. */
function readExchange(sessionKey: Buffer, key: Buffer, sealed: Buffer): { id: string; ltpk: Buffer } | undefined {
  const plain = open(key, 'PS-Msg05', sealed);
  const decoded = plain === undefined ? undefined : decodeTlv(plain);
  if (!decoded?.ok) return undefined;
  const bytes = first(decoded.items, TLV.identifier);
  const id = identifierText(bytes, PAIRING_ID_MAX);
  const ltpk = first(decoded.items, TLV.publicKey);
  const signature = first(decoded.items, TLV.signature);
  if (id === undefined || bytes === undefined || ltpk?.length !== KEY_BYTES || signature === undefined)
    return undefined;
  const controllerX = hkdf(sessionKey, 'Pair-Setup-Controller-Sign-Salt', 'Pair-Setup-Controller-Sign-Info');
  return verifySignature(ltpk, Buffer.concat([controllerX, bytes, ltpk]), signature) ? { id, ltpk } : undefined;
}

/** Takes the desk for a session, from the beginning. */
function begin(desk: Desk, host: Host, session: Session): Attempt {
  desk.release(session);
  const timer = setTimeout(() => {
    desk.release(session);
    session.end();
  }, host.limits.procedureMs);
  const attempt: Attempt = { owner: session, timer };
  desk.attempt = attempt;
  return attempt;
}

function mine(desk: Desk, session: Session): Attempt | undefined {
  return desk.attempt?.owner === session ? desk.attempt : undefined;
}

function end(desk: Desk, attempt: Attempt): void {
  if (desk.attempt === attempt) desk.release();
}

function abandon(desk: Desk, session: Session, state: number, error: number): Answer {
  desk.release(session);
  return tlvError(state, error);
}

async function verifierFor(desk: Desk, host: Host): Promise<Verifier> {
  const { setupCode } = host;
  if (setupCode.policy === 'rotating') return createVerifier(await setupCode.next());
  desk.verifier ??= createVerifier(dashedSetupCode(setupCode.code) ?? setupCode.code);
  return desk.verifier;
}
