/** Bounds on what may be written: `10..60`, `on`. Reading is never bounded: what a lamp shows, it shows. */

/** A range of numbers, both ends included, or one position of a switch. */
export type Bound = { readonly from: number; readonly to: number } | { readonly on: boolean };

const NUMBER = /^-?\d{1,9}(?:\.\d{1,3})?$/;

/** Reads a bound; the fault says what was expected instead. Total. */
export function readBound(text: string): Bound | { readonly expected: string } {
  if (text === 'on' || text === 'off') return { on: text === 'on' };
  const [low = '', high = low, ...more] = text.split('..', 3);
  if (more.length > 0 || !NUMBER.test(low) || !NUMBER.test(high))
    return { expected: 'a bound like 10..60, 3, on or off' };
  // Adding nothing turns -0 into 0: two spellings of one value would be two capabilities.
  const from = Number(low) + 0;
  const to = Number(high) + 0;
  return from <= to ? { from, to } : { expected: 'a range from the lower value to the higher one' };
}

/** The one spelling of a bound. */
export function printBound(bound: Bound): string {
  if ('on' in bound) return bound.on ? 'on' : 'off';
  return bound.from === bound.to ? String(bound.from) : `${bound.from}..${bound.to}`;
}

/** May this be written? A switch takes 1 and 0 for true and false, as HAP §6.7.1 does; a range takes numbers alone. */
export function admits(bound: Bound, value: unknown): boolean {
  if ('on' in bound) return bound.on ? value === true || value === 1 : value === false || value === 0;
  return typeof value === 'number' && value >= bound.from && value <= bound.to;
}

/** Is every value that `asked` admits admitted by `granted`? Exact for a single bound. */
export function coversBound(granted: Bound | undefined, asked: Bound | undefined): boolean {
  if (granted === undefined) return true;
  if (asked === undefined) return false;
  if ('on' in granted) {
    if ('on' in asked) return asked.on === granted.on;
    return asked.from === asked.to && admits(granted, asked.from);
  }
  return 'from' in asked && granted.from <= asked.from && asked.to <= granted.to;
}
