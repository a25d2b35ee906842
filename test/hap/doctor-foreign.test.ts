/**
 * What `hap-controller` really says when something is wrong, read by the doctor: its errors as it throws them, stack and all,
 * from dialogues with our accessory. It hangs on other faults, so those are not asked of it.
 */
import { HttpClient } from 'hap-controller';
import { describe, expect, it } from 'vitest';
import { explainHome } from '../../src/inspectors/home/home.ts';
import { type FaultPoint, type Forgery, faultAt, LAMP } from '../../src/protocols/hap/accessory/index.ts';
import { newIdentity } from '../../src/protocols/hap/keys.ts';
import { randomFrom } from './doctor/random.ts';
import { type Lamp, type LampOptions, playScene } from './doctor/scene.ts';

/** A dialogue with a lamp: what the client throws, as a log would have it. */
async function thrownBy(
  options: LampOptions,
  dialogue: (client: HttpClient, lamp: Lamp) => Promise<unknown>,
): Promise<string> {
  let log = 'nothing was thrown';
  await playScene(randomFrom(7), { host: '127.0.0.1', port: 1 }, async (scene) => {
    const lamp = await scene.lamp(options);
    const { id, address } = { id: lamp.identity.id, address: lamp.address };
    const longTerm = lamp.paired && {
      AccessoryPairingID: Buffer.from(lamp.paired.accessoryId).toString('hex'),
      AccessoryLTPK: Buffer.from(lamp.paired.accessoryLtpk).toString('hex'),
      iOSDevicePairingID: Buffer.from(lamp.paired.identity.id).toString('hex'),
      iOSDeviceLTSK: Buffer.concat([lamp.paired.identity.seed, lamp.paired.identity.publicKey]).toString('hex'),
      iOSDeviceLTPK: lamp.paired.identity.publicKey.toString('hex'),
    };
    const client = new HttpClient(id, address.host, address.port, longTerm, { usePersistentConnections: false });
    try {
      await dialogue(client, lamp);
    } catch (error) {
      log = error instanceof Error ? (error.stack ?? error.message) : String(error);
    }
    await client.close().catch(() => undefined);
  });
  return log;
}

const pair = (client: HttpClient, { code }: Lamp): Promise<unknown> => client.pairSetup(code);
const read = (client: HttpClient): Promise<unknown> => client.getCharacteristics([`${LAMP.aid}.${LAMP.on}`]);
const forged = (point: FaultPoint, kind: Forgery): LampOptions => ({ faults: faultAt(point, { kind }) });

describe('an error of hap-controller, read by the doctor', () => {
  it.each([
    ['hap.setup-code/wrong', {}, (client: HttpClient) => client.pairSetup('948-12-306')],
    ['hap.setup-code-form/trivial', {}, (client: HttpClient) => client.pairSetup('123-45-678')],
    ['hap.setup-code-form/characters', {}, (client: HttpClient) => client.pairSetup('12345')],
    [
      'hap.setup-unpaired/paired',
      { pairings: 1 },
      (_client: HttpClient, lamp: Lamp) =>
        new HttpClient(lamp.identity.id, lamp.address.host, lamp.address.port).pairSetup(lamp.code),
    ],
    ['hap.setup-tries/exhausted', { failures: 101 }, pair],
    ['hap.accessory-proof/wrong', forged('pair-setup M4', 'wrong-proof'), pair],
    ['hap.setup-signature/wrong', forged('pair-setup M6', 'wrong-signature'), pair],
    ['hap.message-state/other', forged('pair-setup M4', 'wrong-state'), pair],
    ['hap.accessory-identity/other', { pairings: 1, ...forged('pair-verify M2', 'wrong-id') }, read],
    ['hap.accessory-key/other-key', { pairings: 1, ...forged('pair-verify M2', 'wrong-signature') }, read],
    [
      'hap.pairing-kept/removed',
      { pairings: 1, faults: faultAt('pair-verify M4', { kind: 'tlv-error', error: 2 }) },
      read,
    ],
    [
      'hap.pairing-admin/not-admin',
      { pairings: 1, admin: false },
      (client: HttpClient) => {
        const { id, publicKey } = newIdentity();
        return client.addPairing(id, publicKey, false);
      },
    ],
  ] as const satisfies readonly (readonly [
    string,
    LampOptions,
    (client: HttpClient, lamp: Lamp) => Promise<unknown>,
  ])[])('%s', async (expected, options, dialogue) => {
    const log = await thrownBy(options, dialogue);
    const { decisive, cause } = explainHome(log);
    expect(`${decisive}/${cause}`, log).toBe(expected);
  });
});
