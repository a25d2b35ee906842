/** An accessory server over TCP (HAP §6): what is kept, who is connected, and what everybody is told. */
import { type Identity, newIdentity } from '../keys.ts';
import { checkSetupCode } from '../setup-code.ts';
import { nextConfiguration, STATUS, setupHash, type Txt, writeTxt } from '../txt.ts';
import { type Attributes, createAttributes, keyOf, shapeOf } from './attributes.ts';
import { Connection } from './connection.ts';
import type { Controller, Database } from './database.ts';
import type { FaultScript } from './faults.ts';
import { type Host, LIMITS, type Limits, type Session, type SetupCode } from './host.ts';
import { createListener, type Listener } from './listener.ts';
import { createSetupDesk, type SetupDesk } from './pair-setup.ts';
import { PAIRINGS_MIN, type Pairing } from './pairing-table.ts';
import { route } from './routes.ts';
import { type AccessoryState, freshState, type Keeper, newDeviceId, openKeeper, type PersistPort } from './state.ts';
import { toValue, type Value } from './values.ts';

/** HAP §6.2.3. */
const CONNECTIONS_MIN = 8;

/** What an accessory is made of. */
export interface AccessoryOptions {
  readonly database: Database;
  readonly state: PersistPort;
  readonly setupCode: SetupCode;
  /** `md` of the TXT record. */
  readonly model: string;
  /** `ci` of the TXT record, a category of HAP §13: 5 is a lamp, 2 a bridge. */
  readonly category: number;
  /** Who it is while `state` is empty; a new identity unless given. */
  readonly identity?: Identity;
  /** Four characters, as in the setup payload: makes `sh` of the TXT record. */
  readonly setupId?: string;
  /** 127.0.0.1 unless given. */
  readonly host?: string;
  readonly limits?: Partial<Limits>;
  /** How long nobody may try after so many wrong codes. Without it there is no back-off: HAP has given it up. */
  readonly backoffSeconds?: (failures: number) => number;
  /** What goes wrong on purpose. */
  readonly faults?: FaultScript;
  /** Somebody wants to see which device this is (HAP §6.7.7). */
  readonly onIdentify?: () => void;
  /** A controller has written. */
  readonly onWrite?: (aid: number, iid: number, value: Value, by: Controller) => void;
  /** The TXT record is another one: publish it. */
  readonly onTxt?: (txt: Record<string, string>) => void;
  /** Something inside went wrong: a hook threw, the state could not be written. Without it, it is only answered. */
  readonly onFault?: (error: unknown) => void;
}

/** A server. It can listen, close and listen again, on the same port, as often as it is told. */
export interface AccessoryServer {
  /** Where it listens; 0 before it ever did. */
  readonly port: number;
  /** Listens, on this port or the one it had, or a free one at first. @throws when the port is taken */
  listen(port?: number): Promise<number>;
  /** Closes every connection, as pulling the plug does. What is kept is kept. */
  close(): Promise<void>;
  /** The TXT record (HAP §6.4 table 6-7), by names on the wire. */
  txt(): Record<string, string>;
  identity(): Pick<Identity, 'id' | 'publicKey'>;
  pairings(): readonly Pairing[];
  /** Connections, and how many of them are sessions. */
  connections(): { readonly all: number; readonly sessions: number };
  /** The stored value; null where there is none. */
  get(aid: number, iid: number): Value;
  /** A value changes by itself: whoever asked for events hears of it. @throws RangeError for a value it cannot have */
  set(aid: number, iid: number, value: Value): void;
  /** Shows other accessories from now on, with a higher `c#` if they differ in more than values. */
  replaceDatabase(database: Database): Promise<void>;
  /** Forgets everything: no pairing, no failure, another id and key. Every connection ends. */
  factoryReset(): Promise<void>;
}

/**
 * Reads the state and makes the server; it listens when it is told to.
 *
 * @throws RangeError for a database, setup code or limit that HAP does not allow, and whatever the port throws
 */
export async function createAccessoryServer(options: AccessoryOptions): Promise<AccessoryServer> {
  const connections = new Set<Connection>();
  const desk = createSetupDesk();
  const limits = soundLimits(options);
  const attributes = attributesOf(options, connections);
  const keeper = await keeperOf(options);
  const host = hostOf(options, { limits, keeper, attributes, connections });
  const listener = listenerOf(options, host, desk, connections);
  return {
    get port() {
      return listener.port();
    },
    listen: listener.listen,
    close: listener.close,
    txt: () => txtOf(keeper.current(), options),
    identity: () => ({ id: keeper.identity().id, publicKey: keeper.identity().publicKey }),
    pairings: () => keeper.current().pairings,
    connections: () => ({
      all: connections.size,
      sessions: [...connections].filter(({ controller }) => controller !== undefined).length,
    }),
    get: (aid, iid) => attributes.value(keyOf(aid, iid)),
    set(aid, iid, value) {
      const key = keyOf(aid, iid);
      const characteristic = attributes.find(key);
      const sound = characteristic === undefined ? undefined : toValue(characteristic, value);
      if (sound === undefined) throw new RangeError(`expected a value that ${key} can have, got another one`);
      attributes.store(key, sound);
    },
    async replaceDatabase(database) {
      attributes.replace(database);
      await keeper.change((state) => reshaped(state, database));
    },
    async factoryReset() {
      await keeper.change(({ shape }) => ({ ...freshState(newIdentity(newDeviceId())), shape }));
      desk.release();
      for (const connection of [...connections]) connection.destroy();
    },
  };
}

/** The values; whoever asked for events hears of a change, but for the one that made it (HAP §6.8). */
function attributesOf({ database }: AccessoryOptions, connections: ReadonlySet<Connection>): Attributes<Session> {
  return createAttributes<Session>(database, (key, value, by, { impulse }) => {
    for (const session of connections) {
      if (session === by) session.subscriptions.forget(key);
      else session.subscriptions.note(key, impulse === true ? value : undefined);
    }
  });
}

function keeperOf(options: AccessoryOptions): Promise<Keeper> {
  const { state: port, identity, database, onTxt, onFault } = options;
  const announce = (before: AccessoryState, now: AccessoryState): void => {
    const txt = txtOf(now, options);
    if (JSON.stringify(txt) === JSON.stringify(txtOf(before, options))) return;
    try {
      onTxt?.(txt);
    } catch (error) {
      // what was kept was kept, whatever the advertiser makes of it
      onFault?.(error);
    }
  };
  return openKeeper(port, identity, (state) => reshaped(state, database), announce);
}

function listenerOf(options: AccessoryOptions, host: Host, desk: SetupDesk, connections: Set<Connection>): Listener {
  const faults = options.faults ?? (() => undefined);
  return createListener({
    host: options.host ?? '127.0.0.1',
    max: host.limits.connections,
    connections,
    isSettingUp: (session) => desk.owner() === session,
    fault: () => faults('connect'),
    idleMs: host.limits.idleMs,
    serve: (socket) =>
      new Connection(socket, {
        host,
        faults,
        route: (session, request) => route(host, desk, session, request),
        onClose(connection) {
          desk.release(connection);
          connections.delete(connection);
        },
      }),
  });
}

function hostOf(
  options: AccessoryOptions,
  given: Pick<Host, 'limits' | 'keeper' | 'attributes'> & { readonly connections: ReadonlySet<Connection> },
): Host {
  const { limits, keeper, attributes, connections } = given;
  return {
    limits,
    keeper,
    attributes,
    setupCode: options.setupCode,
    backoffSeconds: options.backoffSeconds,
    dismiss(spare) {
      const paired = new Set(keeper.current().pairings.map(({ id }) => id));
      for (const session of [...connections]) {
        if (session.controller === undefined || paired.has(session.controller)) continue;
        if (spare === undefined) session.end();
        else if (session !== spare) session.destroy();
      }
    },
    identify: () => options.onIdentify?.(),
    written(key, value, by) {
      const [aid = 0, iid = 0] = key.split('.').map(Number);
      options.onWrite?.(aid, iid, value, by);
    },
    failed: (error) => options.onFault?.(error),
  };
}

/** The state for this database: `c#` is one more when its shape is another (HAP §6.4 table 6-7). */
function reshaped(state: AccessoryState, database: Database): AccessoryState {
  const shape = shapeOf(database);
  if (state.shape === shape) return state;
  const configuration = state.shape === '' ? state.configuration : nextConfiguration(state.configuration);
  return { ...state, shape, configuration };
}

function txtOf({ id, configuration, pairings }: AccessoryState, options: AccessoryOptions): Record<string, string> {
  const txt: Txt = {
    id,
    c: configuration,
    s: 1,
    sf: pairings.length === 0 ? STATUS.notPaired : 0,
    ff: 0,
    ci: options.category,
    md: options.model,
    pv: '1.1',
    ...(options.setupId !== undefined && { sh: setupHash(options.setupId, id) }),
  };
  return writeTxt(txt);
}

/** HAP wants room for 8 connections (§6.2.3) and 16 pairings (§5.10), and no trivial setup code (§4.2.1.2). */
function soundLimits({ limits: given, setupCode }: AccessoryOptions): Limits {
  const limits = { ...LIMITS, ...given };
  if (limits.connections < CONNECTIONS_MIN)
    throw new RangeError(
      `expected room for ${CONNECTIONS_MIN} connections, got ${limits.connections}: raise the limit`,
    );
  if (limits.pairings < PAIRINGS_MIN)
    throw new RangeError(`expected room for ${PAIRINGS_MIN} pairings, got ${limits.pairings}: raise the limit`);
  if (setupCode.policy === 'static' && checkSetupCode(setupCode.code) === 'trivial')
    throw new RangeError('expected a setup code that is not among the first guesses, got a trivial one: take another');
  return limits;
}
