import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Change, createEventQueue } from './events.ts';

const sent: (readonly Change[])[] = [];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  sent.length = 0;
});
afterEach(() => {
  vi.useRealTimers();
});

function queue(): ReturnType<typeof createEventQueue> {
  const made = createEventQueue(1_000, (changes) => sent.push(changes));
  made.set('1.11', true);
  made.set('1.12', true);
  return made;
}

describe('events to a controller', () => {
  it('come at once after a quiet second, everything of one turn together', () => {
    const events = queue();
    events.note('1.11');
    events.note('1.12');
    events.note('1.11');
    vi.advanceTimersByTime(0);
    expect(sent).toEqual([[{ key: '1.11' }, { key: '1.12' }]]);
  });

  it('come no sooner than a second after the last one', () => {
    const events = queue();
    events.note('1.11');
    vi.advanceTimersByTime(0);
    events.note('1.12');
    vi.advanceTimersByTime(998);
    events.note('1.11');
    expect(sent).toHaveLength(1);
    vi.advanceTimersByTime(2);
    expect(sent.slice(1)).toEqual([[{ key: '1.12' }, { key: '1.11' }]]);
  });

  it('come only of what was asked for, and not of what it has written meanwhile', () => {
    const events = queue();
    events.set('1.12', false);
    events.note('1.12');
    events.note('1.99');
    events.note('1.11');
    events.forget('1.11');
    vi.advanceTimersByTime(5_000);
    expect(sent).toEqual([]);
  });

  it('of an impulse come each for itself, at once', () => {
    const events = queue();
    events.note('1.11');
    vi.advanceTimersByTime(0);
    events.note('1.12', 0);
    events.note('1.12', 0);
    expect(sent.slice(1)).toEqual([[{ key: '1.12', impulse: 0 }], [{ key: '1.12', impulse: 0 }]]);
  });

  it('end with the session', () => {
    const events = queue();
    events.note('1.11');
    events.stop();
    events.note('1.12');
    vi.advanceTimersByTime(5_000);
    expect([sent, events.has('1.11')]).toEqual([[], false]);
  });
});
