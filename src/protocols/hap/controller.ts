/**
 * The dialogues of a controller: pairing with a setup code, opening a session with a pairing, identifying. Each has its own
 * connection; it is closed before a failure is thrown.
 */
import { askPairing, malformed, type PairingQuestion } from './answers.ts';
import { connect } from './connect.ts';
import type { Connection } from './connection.ts';
import { HapError } from './errors.ts';
import type { Identity } from './keys.ts';
import { type Address, deadlinesOf, type HapOptions } from './options.ts';
import {
  ID_MAX_BYTES,
  readSetupM2,
  readSetupM4,
  readSetupM6,
  setupM1,
  setupM3,
  setupM5,
  setupMethod,
} from './pair-setup.ts';
import { type Paired, readVerifyM2, sessionKeys, verifyM1, verifyM3 } from './pair-verify.ts';
import { createSession, type Session } from './session.ts';
import { answerFacts, demandSuccess } from './session-answers.ts';
import { checkSetupCode, dashedSetupCode } from './setup-code.ts';
import type { TlvItem } from './tlv8.ts';

/** What is known of an accessory before it is paired, from its TXT record. */
export interface PairSetupOptions extends HapOptions {
  /** `id`; another one in M6 is a failure. */
  readonly accessoryId?: string;
  /** `ff`; 0 unless given. */
  readonly featureFlags?: number;
}

/**
 * HAP §5.6: pairs by setup code; we are its admin then. A code that no accessory may have is refused before anything is
 * sent. What it gives must be stored, the seed of the identity with it: without it the accessory can only be reset.
 *
 * @param setupCode eight digits, with or without dashes
 * @throws HapError `malformed` for the code or the identity; `authentication` when it is another accessory than
 *   `options.accessoryId`, which then holds a pairing; and as the steps fail
 */
export async function pairSetup(
  address: Address,
  setupCode: string,
  identity: Identity,
  options: PairSetupOptions = {},
): Promise<Paired> {
  const { record } = options;
  const { srpMs, answerMs } = deadlinesOf(options);
  const code = demandCode(setupCode, options);
  demandId(identity);
  return within(address, options, async (connection) => {
    const ask = (
      question: Pick<PairingQuestion, 'items' | 'sent' | 'received' | 'state' | 'deadlineMs'>,
    ): Promise<readonly TlvItem[]> => askPairing(connection, record, { target: '/pair-setup', ...question });
    const m1 = setupM1(setupMethod(options.featureFlags));
    const m2 = await ask({ items: m1, sent: 'pair-setup M1', received: 'pair-setup M2', state: 2, deadlineMs: srpMs });
    const { items: m3, answer } = setupM3(readSetupM2(m2), code);
    const m4 = await ask({ items: m3, sent: 'pair-setup M3', received: 'pair-setup M4', state: 4, deadlineMs: srpMs });
    readSetupM4(m4, answer);
    const m5 = setupM5(identity, answer.sessionKey);
    const m6 = await ask({
      items: m5,
      sent: 'pair-setup M5',
      received: 'pair-setup M6',
      state: 6,
      deadlineMs: answerMs,
    });
    const accessory = readSetupM6(m6, answer.sessionKey, options.accessoryId);
    record?.('pair-setup M6', 'done', { admin: true });
    connection.close();
    return { ...accessory, identity };
  });
}

/**
 * HAP §5.7, §6.5: proves the pairing from both sides and gives a session.
 *
 * @throws HapError `authentication` when it is another accessory or another key; `tlv-error` 2 when it does not have our pairing
 *   any more; and as the steps fail
 */
export function openSession(address: Address, paired: Paired, options: HapOptions = {}): Promise<Session> {
  const { record } = options;
  const { answerMs: deadlineMs } = deadlinesOf(options);
  return within(address, options, async (connection) => {
    const target = '/pair-verify';
    // a key that was decoded wrong verifies nothing, and looks like another accessory
    record?.('pair-verify M1', 'known', { ltpk_bytes: paired.accessoryLtpk.length });
    const { items: m1, agreement } = verifyM1();
    const m2 = await askPairing(connection, record, {
      target,
      items: m1,
      sent: 'pair-verify M1',
      received: 'pair-verify M2',
      state: 2,
      deadlineMs,
    });
    const shared = readVerifyM2(m2, agreement, paired);
    const m3 = verifyM3(shared, agreement, paired);
    await askPairing(connection, record, {
      target,
      items: m3,
      sent: 'pair-verify M3',
      received: 'pair-verify M4',
      state: 4,
      deadlineMs,
    });
    connection.secure(sessionKeys(shared.secret));
    record?.('pair-verify M4', 'done');
    return createSession(connection, paired, options);
  });
}

/** HAP §6.7.7: lets an accessory that nobody has paired show itself. @throws HapError `http-status` when it is paired */
export function identify(address: Address, options: HapOptions = {}): Promise<void> {
  const { record } = options;
  const { answerMs: deadlineMs } = deadlinesOf(options);
  return within(address, options, async (connection) => {
    const steps = { sent: 'identify', received: 'identify' } as const;
    const answer = await connection.ask({ method: 'POST', target: '/identify', ...steps, deadlineMs });
    record?.('identify', 'received', answerFacts(answer));
    demandSuccess(answer.message, 'identify', 'is it paired already?');
    record?.('identify', 'done');
    connection.close();
  });
}

/** Connects and runs a dialogue; however that fails, the connection is closed and the failure recorded once. */
async function within<T>(
  address: Address,
  options: HapOptions,
  dialogue: (connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = await connect(address, options);
  try {
    return await dialogue(connection);
  } catch (error) {
    if (error instanceof HapError) connection.fail(error);
    connection.close();
    throw error;
  }
}

function demandCode(setupCode: string, { record }: HapOptions): string {
  const form = checkSetupCode(setupCode);
  record?.('pair-setup M1', 'known', { code_form: form });
  const code = form === 'ok' ? dashedSetupCode(setupCode) : undefined;
  if (code !== undefined) return code;
  const faults: Readonly<Record<string, string>> = {
    trivial: 'a code that no accessory may have; read the label again',
    length: 'another number of digits',
    characters: 'something besides digits and dashes',
  };
  const error = malformed('pair-setup M1', 'setup-code', `expected a setup code XXX-XX-XXX, got ${faults[form]}`);
  record?.('pair-setup M1', 'failed', error.facts);
  throw error;
}

/** HAP §5.6.5: an identifier has up to 36 characters. */
function demandId({ id }: Identity): void {
  const bytes = Buffer.byteLength(id);
  if (bytes === 0 || bytes > ID_MAX_BYTES)
    throw malformed(
      'pair-setup M5',
      'length',
      `expected a pairing identifier of 1 to ${ID_MAX_BYTES} bytes, got ${bytes}`,
    );
}
