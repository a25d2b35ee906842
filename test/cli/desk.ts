/** An accessory of somebody else's on real TCP: it remembers across restarts, and a test may alter what it remembers. */
import { lampDatabase } from '../../src/protocols/hap/accessory/lamp.ts';
import { type AccessoryServer, createAccessoryServer } from '../../src/protocols/hap/accessory/server.ts';
import { CATEGORY } from '../../src/protocols/hap/accessory/services.ts';
import { type MemoryState, memoryState } from '../../src/protocols/hap/accessory/state.ts';

/** What is printed on it. */
export const CODE = '482-19-365';

/** The accessory. */
export interface Desk {
  readonly state: MemoryState;
  readonly port: number;
  readonly server: AccessoryServer;
  stop(): Promise<void>;
  /** At the port that it had. */
  start(): Promise<void>;
}

/** Starts one. */
export async function startDesk(): Promise<Desk> {
  const state = memoryState();
  const serve = (): Promise<AccessoryServer> =>
    createAccessoryServer({
      database: lampDatabase({
        name: 'Desk',
        manufacturer: 'Somebody',
        model: 'D1',
        serialNumber: '7',
        firmwareRevision: '2.5.1',
      }),
      state,
      setupCode: { policy: 'static', code: CODE },
      model: 'D1',
      category: CATEGORY.lightbulb,
      host: '127.0.0.1',
    });
  let server = await serve();
  const port = await server.listen();
  return {
    state,
    port,
    get server() {
      return server;
    },
    stop: () => server.close(),
    async start() {
      server = await serve();
      await server.listen(port);
    },
  };
}
