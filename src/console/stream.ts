/**
 * An event stream that is kept open: `EventSource` comes back by itself after a lost connection and says where it was; what it
 * gives up on (an answer that is no stream: too many are open, the hub is busy) is tried again here, unless nobody is signed in
 * any more. While nobody looks at the
 * page nothing is open, because a browser has few connections for all of its tabs.
 */

/** `out`: it will not come back, because nobody is signed in here. */
export type StreamState = 'on' | 'off' | 'out';

/** What a stream tells. */
export interface StreamOptions {
  /** The address; `from` in its query is where to begin. */
  readonly path: string;
  /** By the name of the event. */
  readonly on: Readonly<Record<string, (data: unknown) => void>>;
  readonly onState: (state: StreamState) => void;
}

const WAIT_MS = [1_000, 2_000, 5_000, 10_000] as const;

/** Opens it, for as long as the page is there. */
export function keepOpen({ path, on, onState }: StreamOptions): void {
  let source: EventSource | undefined;
  let timer: number | undefined;
  let failed = 0;
  let last = '';

  const address = (): string => {
    const url = new URL(path, location.href);
    if (last !== '') url.searchParams.set('from', last);
    return url.pathname + url.search;
  };

  const open = (): void => {
    clearTimeout(timer);
    source?.close();
    onState('off');
    if (document.hidden) return;
    const opened = new EventSource(address());
    source = opened;
    opened.onopen = () => {
      failed = 0;
      onState('on');
    };
    opened.onerror = () => {
      onState('off');
      if (opened.readyState !== EventSource.CLOSED || source !== opened) return;
      timer = setTimeout(again, WAIT_MS[Math.min(failed, WAIT_MS.length - 1)]);
      failed += 1;
    };
    for (const [name, hear] of Object.entries(on)) {
      opened.addEventListener(name, (event) => {
        hear(JSON.parse(event.data));
        // Only now: what was not heard to its end is asked for again.
        last = event.lastEventId;
      });
    }
  };

  const again = async (): Promise<void> => {
    // A page has no way to read the answer that its stream got.
    const asked = await fetch(address()).catch(() => undefined);
    void asked?.body?.cancel();
    if (asked?.status === 401) onState('out');
    else open();
  };

  document.addEventListener('visibilitychange', open);
  // A page that comes back from the browser's memory has lost its connection.
  addEventListener('pageshow', ({ persisted }) => persisted && open());
  open();
}
