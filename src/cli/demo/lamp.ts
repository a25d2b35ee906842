/** What becomes of the lamp in the story, each told in a line: switched, lost, unplugged. Seen on the lamp itself, over HAP. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Effect } from '../../core/model.ts';
import type { Verdict } from '../../core/verdict.ts';
import { HapError } from '../../protocols/hap/errors.ts';
import type { Hub } from '../../server/hub.ts';
import { counted } from '../render/consequence.ts';
import type { Tone } from '../render/line.ts';
import type { DemoApp } from './client.ts';

/** How long the demo waits for an accessory to do what is due. One that returns is served within 10 s. */
const EFFECT_WAIT_MS = 12_000;

/** A line, and whether it is the one that the story has. */
export interface Told {
  readonly text: string;
  readonly tone: Tone;
  readonly ok: boolean;
}

/** The app becomes a controller of the lamp, and switches it on by itself. */
export async function lampOn(hub: Hub, app: DemoApp): Promise<Told> {
  if (!(await until(() => isListed(hub, app))))
    return { text: 'the pairing is still due on the lamp', tone: 'caution', ok: false };
  try {
    await app.switchLamp(hub.lamp.id, await hub.lamp.address(), true);
  } catch (error) {
    return { text: `the lamp was not switched: ${said(error)}`, tone: 'bad', ok: false };
  }
  const { on, by } = await hub.lamp.state();
  const own = by === app.pairingId;
  const who = own ? `the app's own pairing ${app.pairingId.slice(0, 8)}…` : String(by);
  return { text: `lamp: ${on ? 'ON' : 'OFF'}, switched by ${who}, over HAP`, tone: 'good', ok: on && own };
}

/** The app tries once more what its pairing was good for. */
export async function lampOff(hub: Hub, app: DemoApp): Promise<Told> {
  try {
    await app.switchLamp(hub.lamp.id, await hub.lamp.address(), false);
    return { text: 'the app switched the lamp with a pairing that should be gone', tone: 'bad', ok: false };
  } catch (error) {
    if (!(error instanceof HapError)) throw error;
    const ok = error.step === 'pair-verify M4' && (await hub.lamp.state()).on;
    return {
      text: `the app tries to switch it off all the same: refused by the lamp at ${error.step}`,
      tone: 'strong',
      ok,
    };
  }
}

/** After a replay by the proven client: the tokens are revoked, and the pairing goes, read back. */
export async function pairingGone(hub: Hub, app: DemoApp, verdict: Verdict | undefined): Promise<Told> {
  if (verdict?.cause === 'lost-race') {
    const text = 'within 2 s of the win it counts as a lost race and hurts nobody: press r again';
    return { text, tone: 'caution', ok: false };
  }
  const undone = await until(async () => (await effectOf(hub, verdict?.grant))?.state === 'undone');
  const tokens = verdict?.consequence?.revokedCodes;
  const revoked = tokens ? `replay by the proven client: ${counted(tokens, 'token')} revoked, ` : '';
  if (!undone)
    return { text: `${revoked}its pairing is still due to be removed from the lamp`, tone: 'caution', ok: false };
  if (await isListed(hub, app)) {
    const text = `${revoked}its pairing stays on the lamp: an earlier grant still needs it`;
    return { text, tone: 'strong', ok: false };
  }
  return {
    text: `${revoked}its pairing removed from the lamp and read back: gone`,
    tone: 'strong',
    ok: tokens !== undefined && tokens > 0,
  };
}

/** The lamp is away while the owner revokes: the removal stays due, and is done when the lamp is back. */
export async function unplugged(
  hub: Hub,
  app: DemoApp,
  grant: string,
  say: (text: string, tone: Tone) => void,
): Promise<boolean> {
  await hub.lamp.plug(false);
  let due: Effect | undefined;
  try {
    say('the lamp is unplugged', 'plain');
    const { revokedCodes } = await hub.operations.revoke(grant, 'revoked-by-owner');
    say(`the owner revokes the grant: ${counted(revokedCodes, 'live credential')} ended at once`, 'plain');
    await until(async () => ((await effectOf(hub, grant))?.attempts ?? 0) > 0);
    due = await effectOf(hub, grant);
    const why = due?.lastError === undefined ? '' : `; tried ${due.attempts}x: ${due.lastError}`;
    say(`still due: its pairing has to be removed from the lamp${why}`, 'caution');
  } finally {
    await hub.lamp.plug(true);
  }
  say('the lamp is plugged in again', 'plain');
  const undone = await until(async () => (await effectOf(hub, grant))?.state === 'undone');
  const listed = await isListed(hub, app);
  if (undone && !listed) say('done: its pairing removed from the lamp and read back: gone', 'good');
  else say(`its pairing is ${listed ? 'still on the lamp' : 'gone, but that is still due to be read back'}`, 'bad');
  return due?.state === 'undoing' && undone && !listed;
}

async function effectOf({ operations }: Hub, grant: string | undefined): Promise<Effect | undefined> {
  return grant === undefined ? undefined : (await operations.timeline(grant)).effects[0];
}

async function isListed({ lamp }: Hub, { pairingId }: DemoApp): Promise<boolean> {
  return (await lamp.listPairings()).some(({ id }) => id === pairingId);
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function until(holds: () => Promise<boolean>): Promise<boolean> {
  const end = performance.now() + EFFECT_WAIT_MS;
  while (performance.now() < end) {
    if (await holds()) return true;
    await sleep(20);
  }
  return holds();
}
