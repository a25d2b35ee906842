/**
 * A network between an app and a hub: it loses requests and answers, is slow, and sends things twice. It never fails more
 * than twice in a row before an answer with tokens has come through, so that an app that tries again is heard within the
 * grace of 10 s; what happens beyond that is measured apart. Being offline is something else: then nothing gets through.
 */
import type { Random } from '../../fuzz/random.ts';
import { type Heard, PATIENCE_MS, type Send } from './sessions-app.ts';
import type { VirtualTime } from './sessions-time.ts';

/** One person's line. */
export interface Line {
  readonly send: Send;
  /** Nothing gets out before this time. */
  offlineUntil: number;
}

/** What went wrong so far, over all lines. */
export interface Mishaps {
  lostRequests: number;
  lostAnswers: number;
  slow: number;
  doubled: number;
  offline: number;
}

const IN_A_ROW = 2;
const NEVER: Promise<never> = new Promise(() => undefined);

type Fate = 'sound' | 'request lost' | 'answer lost' | 'slow' | 'doubled';

function fateOf(from: Random): Fate {
  const at = from.nat(100);
  if (at < 10) return 'request lost';
  if (at < 20) return 'answer lost';
  if (at < 25) return 'slow';
  return at < 32 ? 'doubled' : 'sound';
}

/** A line to `ask`. Some losses are noticed as a broken connection, others only by waiting. */
export function flakyLine(ask: Send, time: VirtualTime, from: Random, mishaps: Mishaps): Line {
  let row = 0;
  const hop = (slow: boolean): Promise<void> => time.sleep(slow ? 500 + from.nat(1_000) : 10 + from.nat(240));
  const broken = async (): Promise<Heard> => (from.nat(2) === 0 ? NEVER : 'broken');

  const twice: Send = async (form, headers) => {
    const copy = time.sleep(from.nat(2_000)).then(() => ask(form, headers));
    const answers = [ask(form, headers), copy];
    return answers[from.nat(2)] ?? 'broken';
  };
  const line: Line = {
    offlineUntil: 0,
    async send(form, headers) {
      if (time.now() < line.offlineUntil) {
        mishaps.offline += 1;
        await time.sleep(30);
        return 'unsent';
      }
      const fate = row < IN_A_ROW ? fateOf(from) : 'sound';
      if (fate !== 'sound') row += 1;
      const sentAt = time.now();
      await hop(fate === 'slow');
      if (fate === 'request lost') {
        mishaps.lostRequests += 1;
        return broken();
      }
      if (fate === 'slow') mishaps.slow += 1;
      if (fate === 'doubled') mishaps.doubled += 1;
      const answer = await (fate === 'doubled' ? twice : ask)(form, headers);
      if (fate === 'answer lost') {
        mishaps.lostAnswers += 1;
        return broken();
      }
      await hop(fate === 'slow');
      // One that comes when the app has stopped waiting has not come through.
      const heard = time.now() - sentAt <= PATIENCE_MS[0];
      if (heard && typeof answer === 'object' && answer.status === 200) row = 0;
      return answer;
    },
  };
  return line;
}
