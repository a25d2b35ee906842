/**
 * The hub of a transfer, in a process that is killed: `node ownership-hub.ts FILE MASTER PORT [STEP NTH]`, over a channel. It says its
 * port, then answers orders. With STEP it kills itself the NTH time that an effect is there.
 */
import { startHub } from '../../src/server/hub.ts';
import { deriveKeys } from '../../src/server/keys.ts';
import type { OwnershipInput } from '../../src/server/operations.ts';
import { openSqlite } from '../../src/store/sqlite/open.ts';

/** What it is asked for. */
export type Order =
  | { readonly ask: 'pair'; readonly id: string; readonly port: number; readonly setupCode: string }
  | { readonly ask: 'app'; readonly id: string; readonly scopes: readonly string[]; readonly redirectUri: string }
  | { readonly ask: 'mint'; readonly input: OwnershipInput }
  | { readonly ask: 'status'; readonly grant: string }
  | { readonly ask: 'house' };

const [path = '', master = '', port = '0', step, nth = '1'] = process.argv.slice(2);
let left = Number(nth);
const opened = openSqlite({ path });
const hub = await startHub({
  ...opened,
  keys: deriveKeys(Buffer.from(master, 'hex')),
  data: path,
  port: Number(port),
  limits: { holdMs: 0 },
  onFault: (error, where) => console.error(where, error),
  onEffectStep: (at) => {
    if (at === step && --left === 0) process.kill(process.pid, 'SIGKILL');
  },
});

async function answer(order: Order): Promise<unknown> {
  const { house, operations } = hub;
  switch (order.ask) {
    case 'pair': {
      const { id, port: at, setupCode } = order;
      return house.pair({ id, setupCode, address: { host: '127.0.0.1', port: at } });
    }
    case 'app':
      return operations.addApp(order.id, { redirectUris: [order.redirectUri], scopes: order.scopes });
    case 'mint':
      return operations.mintOwnership(order.input);
    case 'status':
      return operations.ownershipStatus(order.grant);
    default:
      return { own: house.identity.id, has: (await house.list()).map(({ id }) => id) };
  }
}

process.on('disconnect', () => process.exit());
process.on('message', (order: Order) => void answer(order).then((said) => process.send?.({ said: said ?? null })));
process.send?.({ port: hub.port });
