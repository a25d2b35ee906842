/** A change of ownership as both sides see it: accessories that keep their own table, and a new owner with a key of its own. */
import { randomUUID } from 'node:crypto';
import { type Listed, type Step, takeOver } from '../../src/profiles/home/index.ts';
import {
  type AccessoryServer,
  type AccessoryState,
  CATEGORY,
  createAccessoryServer,
  type FaultScript,
  lampDatabase,
} from '../../src/protocols/hap/accessory/index.ts';
import { openSession } from '../../src/protocols/hap/controller.ts';
import { type Identity, identityFrom } from '../../src/protocols/hap/keys.ts';
import type { Session } from '../../src/protocols/hap/session.ts';
import type { Hub } from '../../src/server/hub.ts';
import type { Minted, OwnershipInput, OwnershipStatus } from '../../src/server/operations.ts';
import { type ProofKey, proofKey } from './dpop.ts';
import type { TestHub } from './hub.ts';
import { addPublic, exchangeForm, type KeyedClient, keyedClient, type Tokens, tokens } from './outside.ts';

/** A setup code that is on every device of these tests. */
export const SETUP_CODE = '482-19-365';

/** A device of its own, and every table that it ever had since it was first paired, oldest first. */
export interface Device {
  readonly id: string;
  readonly server: AccessoryServer;
  readonly tables: readonly (readonly { readonly id: string; readonly admin: boolean }[])[];
  /** Ids of its administrators now. */
  admins(): readonly string[];
}

/** Starts one on loopback. */
export async function startDevice(id: string, faults?: FaultScript): Promise<Device> {
  const tables: AccessoryState['pairings'][] = [];
  let kept: AccessoryState | undefined;
  const server = await createAccessoryServer({
    database: lampDatabase({
      name: id,
      manufacturer: 'Counterfoil',
      model: 'Test device',
      serialNumber: id,
      firmwareRevision: '1.0',
    }),
    state: {
      read: () => kept,
      write(state) {
        kept = state;
        if (tables.length > 0 || state.pairings.length > 0) tables.push(state.pairings);
      },
    },
    setupCode: { policy: 'static', code: SETUP_CODE },
    model: 'Test device',
    category: CATEGORY.lightbulb,
    ...(faults && { faults }),
  });
  await server.listen();
  const admins = (): string[] => server.pairings().flatMap((one) => (one.admin ? [one.id] : []));
  return { id, server, tables, admins };
}

/** Pairs the hub with it. */
export async function pairDevice({ house }: Pick<Hub, 'house'>, { id, server }: Device): Promise<void> {
  await house.pair({ id, address: { host: '127.0.0.1', port: server.port }, setupCode: SETUP_CODE });
}

/** An app that ownership is given to. */
export interface NewOwner {
  readonly app: string;
  readonly pairing: string;
  readonly key: ProofKey;
  readonly client: KeyedClient;
  readonly identity: Identity;
}

/** Registers it. */
export async function newOwner(
  t: TestHub,
  accessories: readonly string[],
  now: () => number = Date.now,
): Promise<NewOwner> {
  const pairing = randomUUID().toUpperCase();
  const app = `owner-${pairing.slice(0, 8).toLowerCase()}`;
  await addPublic(t, app, { scopes: accessories.map((id) => `home:${id}:direct`) });
  const key = await proofKey('EdDSA');
  const identity = identityFrom(pairing, Buffer.from(key.secretJwk.d ?? '', 'base64url'));
  return { app, pairing, key, identity, client: keyedClient(t, key, now, pairing) };
}

/** What the token endpoint says of ownership beside the tokens. */
export type OwnershipTokens = Tokens & {
  readonly ownership: string;
  readonly hub_pairing_id: string;
  readonly pairings: readonly { readonly accessory: string; readonly accessory_id: string; readonly ltpk: string }[];
};

/** Mints a code for an act, for the new owner. */
export function mintFor(
  t: TestHub,
  { app, key, pairing }: NewOwner,
  act: OwnershipInput['act'],
  accessories: OwnershipInput['accessories'],
): Promise<Minted> {
  return t.hub.operations.mintOwnership({ act, accessories, client: app, jkt: key.jkt, pairingId: pairing });
}

/** Redeems a code of an act for that act. */
export async function change(
  t: TestHub,
  owner: NewOwner,
  act: OwnershipInput['act'],
  accessories: OwnershipInput['accessories'],
): Promise<{ readonly grant: string; readonly issued: OwnershipTokens }> {
  const minted = await mintFor(t, owner, act, accessories);
  const form = { ...exchangeForm(owner.app, minted), ownership: act };
  const issued = (await tokens(t, owner.client.token(form))) as OwnershipTokens;
  return { grant: minted.grant, issued };
}

/** A session of the new owner, with its own key. */
export function ownSession({ identity }: NewOwner, { server }: Device): Promise<Session> {
  const { id, publicKey } = server.identity();
  const paired = { accessoryId: id, accessoryLtpk: publicKey, identity };
  return openSession({ host: '127.0.0.1', port: server.port }, paired);
}

/** How far it is, as the new owner asks. */
export async function progress({ client }: NewOwner, { access_token }: Tokens): Promise<OwnershipStatus> {
  return (await client.api(access_token, { path: '/api/ownership' })).json() as Promise<OwnershipStatus>;
}

/** The new owner says what it has listed. */
export function confirm(
  { client }: NewOwner,
  { access_token }: Tokens,
  accessory: string,
  pairings: readonly Listed[],
): Promise<Response> {
  const path = `/api/ownership/${accessory}`;
  return client.api(access_token, { method: 'POST', path, body: JSON.stringify({ pairings }) });
}

/** The new owner's part at one device: verify, list, tell the hub, remove. Gives what it ended with. */
export async function takeDevice(owner: NewOwner, issued: OwnershipTokens, device: Device): Promise<Step> {
  const session = await ownSession(owner, device);
  try {
    const to = { id: owner.pairing, key: owner.key.jwk.x ?? '' };
    return await takeOver(
      session,
      { own: issued.hub_pairing_id, to },
      {
        async tell(listed) {
          const answer = await confirm(owner, issued, device.id, listed);
          if (!answer.ok) throw new Error(`the hub did not take it: ${answer.status} ${await answer.text()}`);
        },
      },
    );
  } finally {
    session.close();
  }
}
