/** Speaks with an accessory as far as that changes nothing, and lets the doctor judge what was said. */
import { explainHome } from '../../inspectors/home/home.ts';
import { connect } from '../../protocols/hap/connect.ts';
import type { Found } from '../../protocols/hap/discover.ts';
import { HapError } from '../../protocols/hap/errors.ts';
import type { Address } from '../../protocols/hap/options.ts';
import { createTranscript } from '../../protocols/hap/transcript.ts';
import type { Accessory } from '../accessories/accessory.ts';
import type { House } from '../accessories/house.ts';
import { LAMP_ID } from '../config.ts';
import { DeviceError } from '../operations.ts';
import { addressesOf, withSession } from './dialogue.ts';
import { isNamed, isThere, lookAround, readAddress, recordFound } from './find.ts';
import { labelOf, namesByHapId } from './list.ts';
import type { Examined, LookInput } from './shapes.ts';

const LOOK_SECONDS = 2;

type Transcript = ReturnType<typeof createTranscript>;

/**
 * With an accessory of the hub: a session, what it has, who its controllers are. With any other: what it announces, and
 * whether it can be connected to; more needs a pairing.
 */
export async function examine(house: House | undefined, target: string, look: LookInput): Promise<Examined> {
  const transcript = createTranscript();
  const own = await house?.get(target);
  const around = target === LAMP_ID && own ? [] : await lookAround({ seconds: LOOK_SECONDS, ...look });
  const address = readAddress(target);
  const record = own && (await house?.record(own.id));
  const found = around.find((one) =>
    record ? isNamed(one, record.hapId) : address ? isThere(one, address) : isNamed(one, target),
  );
  if (found) recordFound(found, transcript.record);
  const paired = own ?? (house && found && (await ofHouse(house, found)));
  if (house && paired) await speak(house, paired, transcript, found);
  else await knock(transcript, found, address, target, look);
  return {
    subject: paired?.id ?? target,
    verdict: explainHome(transcript.entries(), Date.now()),
    transcript: transcript.entries(),
  };
}

async function ofHouse(house: House, { txt }: Found): Promise<Accessory | undefined> {
  const name = (await namesByHapId(house)).get(txt.id?.toUpperCase() ?? '');
  return name === undefined ? undefined : house.get(name);
}

async function speak(
  house: House,
  accessory: Accessory,
  transcript: Transcript,
  found: Found | undefined,
): Promise<void> {
  const { record } = transcript;
  try {
    await withSession(
      house,
      accessory,
      async (session) => {
        const { firmware } = labelOf(await session.accessories());
        if (firmware !== undefined) record('accessories', 'known', { firmware });
        await session.listPairings();
        record('list-pairings', 'known', { admin: true });
      },
      { transcript, look: {} },
    );
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error;
    if (!found && accessory.id !== LAMP_ID) {
      const { id: expected } = await accessory.identity();
      record('discover', 'timeout', { expected, deadline_ms: LOOK_SECONDS * 1_000 });
    }
  }
}

/** Is anybody there? Nothing is asked: a stranger who begins to pair keeps others from it. */
async function knock(
  { record }: Transcript,
  found: Found | undefined,
  address: Address | undefined,
  target: string,
  { seconds = LOOK_SECONDS }: LookInput,
): Promise<void> {
  const addresses = address ? [address] : found ? addressesOf(found) : [];
  if (addresses.length === 0) record('discover', 'timeout', { expected: target, deadline_ms: seconds * 1_000 });
  for (const one of addresses) {
    try {
      (await connect(one, { record })).close();
      return;
    } catch (error) {
      if (!(error instanceof HapError)) throw error;
    }
  }
}
