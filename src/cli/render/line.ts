/** What renderers make: lines of spans, for a style. Data only. */

/** What a piece of text means; `paint` decides how that looks. */
export type Tone = 'plain' | 'good' | 'bad' | 'caution' | 'faint' | 'strong' | 'differs' | 'id';

/** What the output can carry. `width` in columns. */
export interface Style {
  readonly color: boolean;
  readonly unicode: boolean;
  readonly width: number;
  /** IANA name; the machine's own zone when missing. */
  readonly timeZone?: string;
}

/** A piece of text with one tone. `text` has passed `safe`. */
export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

/** One line of output, without its line feed. */
export type Line = readonly Span[];
