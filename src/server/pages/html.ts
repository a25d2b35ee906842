/**
 * HTML that cannot be broken out of: a tagged template that escapes everything put into it, unless it is itself `Html`.
 *
 * It knows two places, text and quoted attribute values; anywhere else (an unquoted value, a tag or attribute name, a
 * comment, inside `<style>` or `<script>`) it throws, so that a mistake is found by the first test that renders it.
 * Addresses (`href`, `action`, `src`) must be paths of this hub, so `javascript:` has no way in.
 * Control and invisible characters are made visible by `visible` (raw strings) and `asShown` (strings of a verdict).
 */
import { showCharacter } from '../../core/show.ts';

const MARK: unique symbol = Symbol('html');

/** Text that is HTML already. Only `html` and `trusted` make it; no JSON and no form field can. */
export interface Html {
  readonly [MARK]: string;
}

/** What may be put into a template. `undefined`, `null` and `false` leave nothing behind. */
export type Part = Html | string | number | undefined | null | false | readonly Part[];

/** Takes a constant of our own (a style sheet, a drawing) as HTML. Never for anything that came from outside. */
export function trusted(constant: string): Html {
  return { [MARK]: constant };
}

/** The characters of an `Html`, to be sent. */
export function render(markup: Html): string {
  return markup[MARK];
}

/**
 * The template tag.
 *
 * @throws on a bug of the template: a value in a place that is neither text nor a quoted attribute, HTML inside an
 * attribute, or an address that is no path of this hub
 */
export function html(strings: TemplateStringsArray, ...values: readonly Part[]): Html {
  const places = placesOf(strings);
  let text = strings[0] ?? '';
  for (const [i, value] of values.entries()) {
    text += place(value, places[i] ?? 'text') + (strings[i + 1] ?? '');
  }
  return { [MARK]: text };
}

/** A raw string with its control, invisible and direction-changing characters drawn; single blanks stay blanks. */
export function visible(text: string, limit = 2_000): string {
  return draw(text, limit, (c) => (c === ' ' ? c : drawable(showCharacter(c))));
}

/** A string that went through `show` before (everything in a verdict): what is drawn in it stays as it is. */
export function asShown(text: string, limit = 4_000): string {
  return draw(text, limit, (c) => (c === ' ' ? c : drawable(DRAWN.test(c) ? c : showCharacter(c))));
}

const DRAWN = /[␠␊␍⇥⟨⟩]/;

function draw(text: string, limit: number, one: (character: string) => string): string {
  const drawn = [...text.slice(0, limit)].map(one).join('');
  return text.length > limit ? `${drawn}… (${text.length - limit} more)` : drawn;
}

/** `asShown`, with a capital at the beginning; a parameter's name (`client_id is …`) stays as the standard spells it. */
export function capital(words: string): string {
  const text = asShown(words);
  return /^[a-z]+_/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
}

/** Control pictures are missing from many fonts and would show as empty boxes; these stand in nearly all. */
function drawable(character: string): string {
  if (character === '␠') return '␣';
  if (character === '␊') return '⟨LF⟩';
  return character === '␍' ? '⟨CR⟩' : character;
}

/** Where a value stands: `attribute` inside quotes, `address` inside the quotes of a URL attribute. */
type Place = 'text' | 'tag' | 'attribute' | 'address';

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

function escaped(text: string): string {
  // A NUL is dropped or replaced by parsers, each in its own way: draw it, so that all read the same.
  return text.replace(/[&<>"'`]/g, (c) => ESCAPES[c] ?? '').replaceAll('\0', '⟨U+0000⟩');
}

function isHtml(value: object): value is Html {
  return MARK in value;
}

function isList(value: Part): value is readonly Part[] {
  return Array.isArray(value);
}

function place(value: Part, where: Place): string {
  if (value === undefined || value === null || value === false || value === '') return '';
  if (isList(value)) return value.map((v) => place(v, where)).join('');
  if (typeof value === 'object' && isHtml(value)) {
    if (where === 'attribute' || where === 'address') throw new Error('html: markup inside an attribute value');
    return value[MARK];
  }
  if (where === 'tag') throw new Error('html: a value outside of text and quoted attributes');
  if (where === 'address' && !LOCAL.test(String(value))) throw new Error('html: an address must be a path of this hub');
  return escaped(String(value));
}

/** A path of this hub: one slash and no second one (or a backslash, which browsers read as one), or a fragment. */
const LOCAL = /^(?:\/(?![/\\])|#)[^\s\\]*$/;

const ADDRESSES = /(?:^|\s)(?:href|action|formaction|src)\s*=\s*$/i;

const known = new WeakMap<TemplateStringsArray, readonly Place[]>();

/** The place of every value of a template; worked out once per template, from its constant parts alone. */
function placesOf(strings: TemplateStringsArray): readonly Place[] {
  const before = known.get(strings);
  if (before) return before;
  const places: Place[] = [];
  let state: Place = 'text';
  let quote = '';
  let tag = '';
  for (const part of strings.slice(0, -1)) {
    for (const c of part) {
      if (state === 'text') {
        if (c === '<') [state, tag] = ['tag', ''];
      } else if (state === 'tag') {
        if (c === '>') state = 'text';
        else if (c === '"' || c === "'") [state, quote] = [ADDRESSES.test(tag) ? 'address' : 'attribute', c];
        else tag += c;
      } else if (c === quote) {
        [state, tag] = ['tag', ''];
      }
    }
    places.push(state);
  }
  if (/<(?:script|style|!--)/i.test(strings.join('')))
    throw new Error('html: no script, style or comment in a template');
  known.set(strings, places);
  return places;
}
