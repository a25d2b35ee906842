/** Reads `text/event-stream` as it comes (WHATWG HTML §9.2), for tests that watch the hub live. */

/** An event, its data parsed. */
export interface StreamEvent {
  readonly id: string;
  readonly event: string;
  readonly data: { readonly id: string; readonly on: boolean; readonly changedAt: number; readonly by?: string };
}

/** An open stream. */
export interface EventStream {
  /** Everything that came so far. */
  readonly events: readonly StreamEvent[];
  /** Resolves when so many events are there. @throws when the stream ends before */
  until(count: number): Promise<void>;
  /** Resolves when the hub has ended the stream. */
  readonly ended: Promise<void>;
  close(): void;
}

/** Opens one. @throws when the answer is no stream */
export async function openEvents(url: string, headers: Readonly<Record<string, string>>): Promise<EventStream> {
  const abort = new AbortController();
  const response = await fetch(url, { headers, signal: abort.signal });
  if (response.status !== 200 || !response.body) throw new Error(`expected a stream, got ${response.status}`);
  const events: StreamEvent[] = [];
  const waiting = new Set<() => void>();
  let over = false;
  const told = (): void => {
    for (const check of waiting) check();
  };
  const body = response.body.pipeThrough(new TextDecoderStream());
  const read = async (): Promise<void> => {
    let text = '';
    for await (const chunk of body) {
      text += chunk;
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      events.push(...blocks.flatMap(parse));
      told();
    }
  };
  const ended = read()
    .catch((error: unknown) => {
      if (!abort.signal.aborted) throw error;
    })
    .finally(() => {
      over = true;
      told();
    });
  return {
    events,
    ended,
    close: () => abort.abort(),
    until: (count) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          if (events.length >= count) resolve();
          else if (over) reject(new Error(`the stream ended after ${events.length} of ${count} events`));
          else return;
          waiting.delete(check);
        };
        waiting.add(check);
        check();
      }),
  };
}

/** A block without data is a comment: the sign of life. */
function parse(block: string): StreamEvent[] {
  const fields = new Map(
    block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
  );
  const data = fields.get('data');
  if (data === undefined) return [];
  return [
    { id: fields.get('id') ?? '', event: fields.get('event') ?? '', data: JSON.parse(data) as StreamEvent['data'] },
  ];
}
