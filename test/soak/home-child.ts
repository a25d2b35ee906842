/**
 * A hub as a process of its own: `node home-child.ts PATH MASTER`, over a channel. It loads, and opens the database when it
 * hears `open`, so that its start costs its predecessor's heir no time. Then it does what it is asked, one answer each.
 * Armed with a step, it kills itself at the nth time that an effect comes to it: exactly there, with nothing run in between.
 */
import { heldPairings } from '../../src/server/accessories/holders.ts';
import { type Hub, startHub } from '../../src/server/hub.ts';
import { deriveKeys } from '../../src/server/keys.ts';
import { openSqlite } from '../../src/store/sqlite/open.ts';
import type { Answer, Question } from './home-hub.ts';

const [path = '', master = ''] = process.argv.slice(2);
let armed: { readonly step: string; left: number } | undefined;
let hub: Hub | undefined;
let opened: ReturnType<typeof openSqlite> | undefined;

/** Leases of the dead are over when time has passed: each life begins `aheadMs` after the ones before. */
async function open(aheadMs: number): Promise<unknown> {
  const clock = (): number => Date.now() + aheadMs;
  opened = openSqlite({ path, clock });
  hub = await startHub({
    ...opened,
    keys: deriveKeys(Buffer.from(master, 'hex')),
    data: 'soak',
    port: 0,
    clock,
    limits: { holdMs: 0 },
    onFault: (error) => console.error(error),
    onEffectStep: (step) => {
      if (armed?.step === step && --armed.left === 0) process.kill(process.pid, 'SIGKILL');
    },
  });
  return { port: hub.port, issuer: hub.issuer, controller: hub.house.identity.id };
}

async function answer(question: Question): Promise<unknown> {
  if (question.ask === 'open') return open(question.aheadMs);
  if (!hub || !opened) throw new Error('expected open first');
  const { operations, house } = hub;
  switch (question.ask) {
    case 'arm':
      armed = { step: question.step, left: question.nth };
      return true;
    case 'pair':
      return house.pair(question.input);
    case 'app':
      return operations.addApp(question.id, { redirectUris: [question.redirectUri], scopes: question.scopes });
    case 'mint':
      return operations.mint(question.input);
    case 'revoke':
      return operations.revoke(question.grant);
    case 'life':
      return operations.timeline(question.grant);
    case 'held':
      return heldPairings(opened.registry, question.accessory);
    case 'listed':
      return (await house.get(question.accessory))?.listPairings();
    case 'close':
      await hub.close();
      await opened.store.close();
      return true;
  }
}

// Nobody asks any more.
process.on('disconnect', () => process.exit());
process.on('message', (question: Question) => {
  void answer(question)
    .then(
      (value): Answer => ({ nr: question.nr, value }),
      (error: unknown): Answer => ({ nr: question.nr, error: String(error) }),
    )
    .then((said) => process.send?.(said, () => question.ask === 'close' && process.exit()));
});
