/**
 * Event streams (WHATWG HTML §9.2): answers that stay open while something is told as it happens. They are counted, because
 * each is a place at the hub for as long as its client likes. A hub that stops ends them (`http.ts`).
 */
import { json, type Outgoing, type Sink } from '../protocols/http/exchange.ts';

/** All streams together. */
const STREAMS_MAX = 256;

/** How often a silent stream says that it is alive, and looks whether it still may be. */
const HEARTBEAT_MS = 4_000;

/** The count. A key is whoever may have only so many: a grant (one app with one person's consent), a user. */
export interface Streams {
  /** Who has as many as there may be: the hub, or this key. */
  full(key: string): 'hub' | 'key' | undefined;
  /** Counts one; call what it answers when the stream has ended. Calling it again changes nothing. */
  open(key: string): () => void;
}

/** Nothing open yet. */
export function createStreams(perKey: number): Streams {
  const open = new Map<string, number>();
  let all = 0;
  return {
    full(key) {
      if (all >= STREAMS_MAX) return 'hub';
      return (open.get(key) ?? 0) >= perKey ? 'key' : undefined;
    },
    open(key) {
      open.set(key, (open.get(key) ?? 0) + 1);
      all += 1;
      let counted = true;
      return () => {
        if (!counted) return;
        counted = false;
        const left = (open.get(key) ?? 0) - 1;
        if (left > 0) open.set(key, left);
        else open.delete(key);
        all -= 1;
      };
    },
  };
}

/**
 * Queues what is to be told: each text is made when those before it have been sent. Nothing is sent for `''`; `undefined`,
 * or a failure, ends the stream.
 */
export type Tell = (make: () => Promise<string | undefined>) => void;

/** What a stream tells. */
export interface Feed {
  /** May it go on? Asked at every heartbeat; what `begin` tells has to ask for itself. A failure is a no. */
  good(): Promise<boolean>;
  /** Begins to listen; what it answers ends that. */
  begin(tell: Tell): () => void;
}

/**
 * The answer that opens an event stream: 200 and `text/event-stream`, or 503 (the hub) or 429 (this key) with Retry-After
 * when there are enough. An answer with `stream` must be sent, or its place stays taken.
 */
export function openStream(streams: Streams, key: string, feed: Feed): Outgoing {
  const full = streams.full(key);
  if (full !== undefined)
    return json(full === 'hub' ? 503 : 429, { error: 'temporarily_unavailable' }, { 'retry-after': '5' });
  // Counted here and not when it begins: of many that are let in at once, each sees those before it.
  const ended = streams.open(key);
  return {
    status: 200,
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' },
    body: '',
    stream: (sink) => {
      sink.onClose(ended);
      run(sink, feed);
    },
  };
}

function run(sink: Sink, { good, begin }: Feed): void {
  let over = false;
  let tail: Promise<void> = Promise.resolve();
  const tell: Tell = (make) => {
    tail = tail.then(async () => {
      if (over) return;
      const text = await make().catch(() => undefined);
      if (over || text === '') return;
      if (text !== undefined) return sink.write(text);
      over = true;
      sink.end();
    });
  };
  const stop = begin(tell);
  const heartbeat = setInterval(() => tell(async () => ((await good()) ? ': alive\n\n' : undefined)), HEARTBEAT_MS);
  sink.onClose(() => {
    over = true;
    clearInterval(heartbeat);
    stop();
  });
}
