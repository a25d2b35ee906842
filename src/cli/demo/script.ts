/** The story told by itself, for whoever has no hand free: `counterfoil start --script wow`. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Line, Tone } from '../render/line.ts';
import { mark, span, wrapLine } from '../render/text.ts';
import type { Demo, DemoScreen, Scene } from './demo.ts';

/** Scripts by name. */
export const SCRIPTS: readonly string[] = ['wow'];

/** Until then a second use is a lost race between the app and itself, and hurts nobody. */
const RACE_MS = 2_100;

interface Act {
  readonly scene: Scene;
  readonly says: string;
  /** The scene before it must be so long over. */
  readonly afterMs?: number;
}

const WOW: readonly Act[] = [
  { scene: 's', says: 'The app sends it exactly as the docs print it' },
  { scene: 'f', says: 'It sends it right, and becomes a controller of the lamp with its own key' },
  { scene: 'a', says: 'A thief sends the very same bytes', afterMs: RACE_MS },
  { scene: 'r', says: 'The app itself uses the code a second time' },
  { scene: 'l', says: 'What is its pairing worth now?' },
  { scene: 'f', says: 'A fresh code, and all is well again' },
  { scene: 'u', says: 'The lamp is away while the owner takes the pairing back' },
];

/** How it is told. */
export interface Telling {
  /** Milliseconds to read before the next act; 0 where nobody reads along. */
  readonly pauseMs: number;
  readonly signal: AbortSignal;
}

/**
 * Plays all acts, or up to the first that does not come out as told.
 *
 * @returns whether every act came out as told
 * @throws the signal's reason when it is stopped
 */
export async function playWow(demo: Demo, screen: DemoScreen, { pauseMs, signal }: Telling): Promise<boolean> {
  const { style } = screen;
  const say = (text: string, tone: Tone): void =>
    screen.print([...wrapLine([span(style, text, tone)], style.width - 2), []]);
  await demo.introduce();
  for (const [i, { scene, says, afterMs = 0 }] of WOW.entries()) {
    // at least a turn of the loop, so that Ctrl-C is heard between two acts
    await sleep(Math.max(pauseMs, afterMs), undefined, { signal });
    say(`${i + 1}/${WOW.length}  ${says}`, 'strong');
    if (await demo.play(scene)) continue;
    const line: Line = [mark(style, 'fail', 'bad'), span(style, ` act ${i + 1} did not come out as told`, 'bad')];
    screen.print([line]);
    return false;
  }
  screen.print([
    [mark(style, 'pass', 'good'), span(style, ` all ${WOW.length} acts came out as told, over HTTP and HAP`, 'good')],
  ]);
  return true;
}
