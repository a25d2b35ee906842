/** Counts the event streams that are open: each is a place at the hub for as long as its client likes. */

/** Streams of all grants together. */
const STREAMS_MAX = 256;

/** The count. Streams belong to grants: one app with one person's consent, whatever tokens it has of it. */
export interface Streams {
  /** Who has as many as there may be: the hub, or this grant. */
  full(grant: string): 'hub' | 'grant' | undefined;
  /** Counts one; call what it answers when the stream has ended. */
  open(grant: string): () => void;
}

/** Nothing open yet. */
export function createStreams(perGrant: number): Streams {
  const open = new Map<string, number>();
  let all = 0;
  return {
    full(grant) {
      if (all >= STREAMS_MAX) return 'hub';
      return (open.get(grant) ?? 0) >= perGrant ? 'grant' : undefined;
    },
    open(grant) {
      open.set(grant, (open.get(grant) ?? 0) + 1);
      all += 1;
      return () => {
        const left = (open.get(grant) ?? 0) - 1;
        if (left > 0) open.set(grant, left);
        else open.delete(grant);
        all -= 1;
      };
    },
  };
}
