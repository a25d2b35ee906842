/** The rows of the list, each once: what comes from the page, from older pages and from the stream meets here by id. */

/** A row as the hub tells it. */
export interface Row {
  readonly id: string;
  readonly ref: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly ok: boolean;
  readonly times: number;
  readonly profile: string;
  readonly say: string;
  readonly cells: readonly string[];
}

/** The rows, newest first. */
export interface Rows {
  readonly shown: readonly Row[];
  /** New ones that wait until somebody wants to see them. */
  readonly held: readonly Row[];
  /** Takes new rows; a row that is there grows in its place, whatever else happens. Answers which ids are new. */
  add(rows: readonly Row[], hold: boolean): readonly string[];
  /** Takes the next older page. */
  append(rows: readonly Row[]): void;
  /** Shows what was held. */
  release(): void;
  /** Begins again. */
  reset(rows: readonly Row[]): void;
}

/** With the rows that are there at the beginning. */
export function createRows(first: readonly Row[]): Rows {
  let shown = [...first];
  let held: Row[] = [];
  const known = new Set(shown.map(({ id }) => id));

  return {
    get shown() {
      return shown;
    },
    get held() {
      return held;
    },
    add(rows, hold) {
      const told = once(rows);
      const fresh = told.filter(({ id }) => !known.has(id));
      const grown = new Map(told.filter(({ id }) => known.has(id)).map((row) => [row.id, row]));
      if (grown.size > 0) {
        shown = shown.map((row) => newer(row, grown.get(row.id)));
        held = held.map((row) => newer(row, grown.get(row.id)));
      }
      for (const { id } of fresh) known.add(id);
      if (hold) held = merged(held, fresh);
      else {
        shown = merged(shown, merged(held, fresh));
        held = [];
      }
      return fresh.map(({ id }) => id);
    },
    append(rows) {
      const fresh = once(rows).filter(({ id }) => !known.has(id));
      for (const { id } of fresh) known.add(id);
      shown = merged(shown, fresh);
    },
    release() {
      shown = merged(shown, held);
      held = [];
    },
    reset(rows) {
      shown = [...rows];
      held = [];
      known.clear();
      for (const { id } of shown) known.add(id);
    },
  };
}

/** Each row of a batch once, in its newest state. */
function once(rows: readonly Row[]): readonly Row[] {
  const all = new Map<string, Row>();
  for (const row of rows) all.set(row.id, newer(row, all.get(row.id)));
  return [...all.values()];
}

/** A row that was told late is the older state of it: rows only grow. */
function newer(row: Row, other: Row | undefined): Row {
  return other && other.times >= row.times ? other : row;
}

/** Both newest first; of one moment, the order in which they are told stays, new ones before the others. */
function merged(old: readonly Row[], fresh: readonly Row[]): Row[] {
  if (fresh.length === 0) return [...old];
  const all: Row[] = [];
  let next = 0;
  for (const row of [...fresh].sort((a, b) => b.at - a.at)) {
    for (let at = old[next]; at && at.at > row.at; at = old[next]) {
      all.push(at);
      next += 1;
    }
    all.push(row);
  }
  return all.concat(old.slice(next));
}
