import { describe, expect, it } from 'vitest';
import type { Outgoing, Sink } from '../protocols/http/exchange.ts';
import { createStreams, type Feed, openStream, type Tell } from './streams.ts';

/** A peer that keeps what it is sent, and hangs up when told. */
function peer(): Sink & { readonly heard: string[]; hangUp(): void } {
  const listeners: (() => void)[] = [];
  const hangUp = (): void => {
    for (const listener of listeners.splice(0)) listener();
  };
  const heard: string[] = [];
  return {
    heard,
    hangUp,
    write: (chunk) => heard.push(chunk),
    end: () => {
      heard.push('end');
      hangUp();
    },
    onClose: (listener) => listeners.push(listener),
  };
}

/** A feed that tells what the test tells. */
function feed(): Feed & { tell(make: () => Promise<string | undefined>): void; stopped: number } {
  let tell: Tell = () => undefined;
  const made = {
    stopped: 0,
    good: async () => true,
    tell: (make: () => Promise<string | undefined>) => tell(make),
    begin(given: Tell) {
      tell = given;
      return () => {
        made.stopped += 1;
      };
    },
  };
  return made;
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('an event stream', () => {
  it('takes a place until it ends, gives it back once, and is refused where there is none', () => {
    const streams = createStreams(2);
    const open = (key: string): Outgoing => openStream(streams, key, feed());
    const [first] = [open('a'), open('a')];
    expect(open('a')).toMatchObject({ status: 429, headers: { 'retry-after': '5' } });
    expect(open('b')).toMatchObject({ status: 200, headers: { 'content-type': 'text/event-stream' } });
    const sink = peer();
    first?.stream?.(sink);
    sink.hangUp();
    sink.hangUp();
    expect([open('a').status, open('a').status]).toEqual([200, 429]);
    const ended = streams.open('c');
    streams.open('c');
    ended();
    ended();
    expect([open('c').status, open('c').status]).toEqual([200, 429]);
  });

  it('is refused with 503 when the hub has as many as it takes', () => {
    const streams = createStreams(1);
    const statuses = Array.from({ length: 257 }, (_, n) => openStream(streams, String(n), feed()).status);
    expect([statuses.lastIndexOf(200), statuses.indexOf(503)]).toEqual([255, 256]);
  });

  it('tells in the order in which it was asked to, and nothing once its peer is gone', async () => {
    const [sink, one] = [peer(), feed()];
    openStream(createStreams(1), 'a', one).stream?.(sink);
    let release: (text: string) => void = () => undefined;
    one.tell(() => new Promise((resolve) => (release = resolve)));
    one.tell(async () => 'second');
    one.tell(async () => '');
    await settled();
    expect(sink.heard).toEqual([]);
    release('first');
    await settled();
    expect(sink.heard).toEqual(['first', 'second']);
    one.tell(async () => {
      sink.hangUp();
      return 'late';
    });
    one.tell(async () => 'later');
    await settled();
    expect([sink.heard, one.stopped]).toEqual([['first', 'second'], 1]);
  });

  it('ends when there is nothing to be told any more, or when it cannot be found out', async () => {
    for (const make of [async () => undefined, () => Promise.reject(new Error('the store is away'))]) {
      const [sink, one] = [peer(), feed()];
      openStream(createStreams(1), 'a', one).stream?.(sink);
      one.tell(make);
      one.tell(async () => 'later');
      await settled();
      expect([sink.heard, one.stopped]).toEqual([['end'], 1]);
    }
  });
});
