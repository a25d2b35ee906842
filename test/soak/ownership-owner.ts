/**
 * The new owner of a transfer, in a process that is killed: `node ownership-owner.ts`, told what it may know by its first message. It
 * goes from device to device until the hub says that all are done, and remembers nothing between its lives. With `dieAt` it
 * kills itself at that step.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { importJWK, type JWK } from 'jose';
import { takeOver } from '../../src/profiles/home/index.ts';
import { openSession } from '../../src/protocols/hap/controller.ts';
import { identityFrom } from '../../src/protocols/hap/keys.ts';
import type { TestHub } from '../support/hub.ts';
import { keyedClient } from '../support/outside.ts';
import { confirm, type OwnershipTokens, progress } from '../support/ownership.ts';

/** Where in its part it can be told to die. */
export type OwnerStep = 'connected' | 'told' | 'removing' | 'removed';

/** What an app has kept: its key and tokens, and where its devices are. */
export interface OwnerFacts {
  readonly issuer: string;
  readonly app: string;
  readonly pairing: string;
  readonly secretJwk: JWK;
  readonly jwk: JWK;
  readonly jkt: string;
  readonly issued: OwnershipTokens;
  readonly ports: Readonly<Record<string, number>>;
  readonly dieAt?: OwnerStep;
}

const PAUSE_MS = 40;

async function work({ issuer, issued, ports, dieAt, pairing, ...keys }: OwnerFacts): Promise<void> {
  const { secretJwk, jwk, jkt, app } = keys;
  const privateKey = (await importJWK(secretJwk, 'EdDSA')) as CryptoKey;
  const key = { alg: 'EdDSA', privateKey, jwk, secretJwk, jkt };
  const identity = identityFrom(pairing, Buffer.from(secretJwk.d ?? '', 'base64url'));
  // only where it is, and under which name: nothing else of a hub is used from here
  const t = { url: issuer.replace('localhost', '127.0.0.1'), hub: { issuer } } as unknown as TestHub;
  const owner = { app, pairing, key, identity, client: keyedClient(t, key, Date.now, pairing) };
  const die = (at: OwnerStep): void => {
    if (at === dieAt) process.kill(process.pid, 'SIGKILL');
  };
  const take = async (device: OwnershipTokens['pairings'][number]): Promise<void> => {
    const { accessory, accessory_id: accessoryId, ltpk } = device;
    const paired = { accessoryId, accessoryLtpk: Buffer.from(ltpk, 'base64url'), identity };
    const session = await openSession({ host: '127.0.0.1', port: ports[accessory] ?? 0 }, paired);
    die('connected');
    const removing = {
      listPairings: () => session.listPairings(),
      async removePairing(id: string) {
        die('removing');
        await session.removePairing(id);
        die('removed');
      },
    };
    const to = { id: pairing, key: jwk.x ?? '' };
    const tell = async (listed: Parameters<typeof confirm>[3]): Promise<void> => {
      if (!(await confirm(owner, issued, accessory, listed)).ok) throw new Error('the hub did not take it');
      die('told');
    };
    await takeOver(removing, { own: issued.hub_pairing_id, to }, { tell }).finally(() => session.close());
  };
  for (;;) {
    // whoever is not there yet, or not any more, is asked again
    await Promise.allSettled(issued.pairings.map(take));
    const said = await progress(owner, issued).catch(() => undefined);
    if (said?.done === issued.pairings.length) return void process.send?.('done');
    await sleep(PAUSE_MS);
  }
}

process.on('disconnect', () => process.exit());
process.once('message', (facts: OwnerFacts) => void work(facts));
