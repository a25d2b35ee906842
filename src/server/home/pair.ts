/** Pairing the hub with an accessory by its setup code, as somebody types it. */
import type { Found } from '../../protocols/hap/discover.ts';
import { HapError } from '../../protocols/hap/errors.ts';
import type { Address } from '../../protocols/hap/options.ts';
import { checkSetupCode } from '../../protocols/hap/setup-code.ts';
import type { Recorder } from '../../protocols/hap/transcript.ts';
import type { House } from '../accessories/house.ts';
import { OperationError } from '../operations.ts';
import { addressesOf, writtenDown } from './dialogue.ts';
import { chosen, lookAround, readAddress, readCode, recordFound } from './find.ts';
import { namesByHapId } from './list.ts';
import type { AccessoryView, PairInput } from './shapes.ts';

/** Pairs; remembers how many wrong codes each accessory was sent from here, because 100 of them lock it (HAP §5.6.2). */
export interface Pairing {
  pair(input: PairInput): Promise<AccessoryView>;
}

/** Addresses of one accessory that are tried. */
const ADDRESSES_MAX = 4;
const AUTHENTICATION = 2;

/** For a house; `view` shows the accessory once it is paired. */
export function createPairing(house: House, view: (id: string) => Promise<AccessoryView>): Pairing {
  const wrong = new Map<string, number>();
  return {
    async pair(input) {
      const { id, name, code } = input;
      const { setupCode, payload } = readCode(code);
      await writtenDown(async (record) => {
        // before anybody is looked for: no accessory can have a code of another form
        expectForm(setupCode, record);
        const { addresses, found } = await placeOf(input, payload, record);
        await expectNew(house, found);
        const { txt } = found ?? {};
        const key = txt?.id ?? addresses.map(({ host, port }) => `${host}:${port}`).join(' ');
        if (wrong.has(key)) record('pair-setup M1', 'known', { own_failures: wrong.get(key) ?? 0 });
        const asked = {
          id,
          ...(name !== undefined && { name }),
          setupCode,
          ...(txt?.id !== undefined && { hapId: txt.id }),
          ...(txt && { featureFlags: txt.ff }),
        };
        try {
          await tryEach(addresses, (address) => house.pair({ ...asked, address }, { record }));
        } catch (error) {
          const refused = error instanceof HapError && error.tlvError === AUTHENTICATION;
          if (refused) {
            wrong.set(key, (wrong.get(key) ?? 0) + 1);
            record('pair-setup M1', 'known', { own_failures: wrong.get(key) ?? 0 });
          }
          throw error;
        }
      });
      return view(id);
    },
  };
}

/** @throws HapError for what is no setup code */
function expectForm(setupCode: string, record: Recorder): void {
  const form = checkSetupCode(setupCode);
  record('pair-setup M1', 'known', { code_form: form });
  if (form === 'ok') return;
  const message = 'expected the code of the label, XXX-XX-XXX, got another text; read the label again';
  throw new HapError('pair-setup M1', 'malformed', message, { facts: { check: 'setup-code' } });
}

/** Where it is, and what it says of itself. */
async function placeOf(
  { target, interfaces, seconds }: PairInput,
  payload: ReturnType<typeof readCode>['payload'],
  record: Recorder,
): Promise<{ addresses: readonly Address[]; found?: Found }> {
  const address = target === undefined ? undefined : readAddress(target);
  if (address) return { addresses: [address] };
  const look = { ...(interfaces && { interfaces }), ...(seconds !== undefined && { seconds }) };
  const found = chosen(await lookAround(look), target, payload);
  recordFound(found, record);
  return { addresses: addressesOf(found).slice(0, ADDRESSES_MAX), found };
}

async function expectNew(house: House, found: Found | undefined): Promise<void> {
  const name = (await namesByHapId(house)).get(found?.txt.id?.toUpperCase() ?? '');
  if (name !== undefined)
    throw new OperationError(
      `this hub is paired with it already, as ${name}: if it was reset since, counterfoil home forget ${name} first`,
    );
}

/** The first address that answers; an accessory that says no has answered. */
async function tryEach<T>(addresses: readonly Address[], work: (address: Address) => Promise<T>): Promise<T> {
  for (const [i, address] of addresses.entries()) {
    try {
      return await work(address);
    } catch (error) {
      const silent = error instanceof HapError && error.step === 'connect';
      if (!silent || i === addresses.length - 1) throw error;
    }
  }
  throw new OperationError('the accessory announces no address: counterfoil home discover shows what it says');
}
