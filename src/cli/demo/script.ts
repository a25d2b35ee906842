/** The story told by itself, for whoever has no hand free: `counterfoil start --script wow`. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cli } from '../cli.ts';
import { EXIT, type ExitCode, UsageError } from '../exit.ts';
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

/** @throws UsageError for a name that no script has */
export function expectScript(name: string): void {
  if (!SCRIPTS.includes(name))
    throw new UsageError(`expected a script (${SCRIPTS.join(', ')}), got ${name}`, 'try --script wow');
}

/** Time to read an act, where somebody may. */
const READING_MS = 3_500;

/** Tells the story; `stopped` ends it. Exit code 0 when every act came out as told. */
export async function tellScript(cli: Cli, demo: Demo, stopped: Promise<void>): Promise<ExitCode> {
  const stop = new AbortController();
  void stopped.then(() => stop.abort());
  try {
    const pauseMs = cli.environment.stdout.isTTY ? READING_MS : 0;
    return (await playWow(demo, cli, { pauseMs, signal: stop.signal })) ? EXIT.ok : EXIT.refused;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    return EXIT.interrupted;
  }
}

interface Telling {
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
async function playWow(demo: Demo, screen: DemoScreen, { pauseMs, signal }: Telling): Promise<boolean> {
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
