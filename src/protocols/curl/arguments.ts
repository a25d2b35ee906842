/** Walks curl's words: which options, with which values, in order; and the first word that cannot be read. */
import { type Act, OPTIONS } from './options.ts';

/** One option that shapes the request. */
export interface Argument {
  readonly does: Act;
  readonly value: string;
  /** As written, without its value. */
  readonly name: string;
}

/** What the words say. `refused` stops the reading; its texts name options, never values. */
export interface Arguments {
  readonly given: readonly Argument[];
  readonly ignored: readonly string[];
  readonly notes: readonly string[];
  readonly refused?: { readonly came: string; readonly fix: string };
}

/** The most words that are looked at. */
const WORDS_MAX = 1_000;

/** Reads the words behind `curl`. */
export function readArguments(words: readonly string[]): Arguments {
  const given: Argument[] = [];
  const ignored = new Set<string>();
  const notes: string[] = [];
  const queue = words.slice(0, WORDS_MAX);
  if (words.length > WORDS_MAX) notes.push(`only the first ${WORDS_MAX} words were read`);
  const refuse = (came: string, fix: string): Arguments => ({
    given,
    ignored: [...ignored],
    notes,
    refused: { came, fix },
  });
  for (let i = 0; i < queue.length; i++) {
    const word = queue[i] ?? '';
    if (word === '--') continue;
    if (/^[\u2010-\u2015\u2212]/.test(word)) {
      return refuse(
        'a word that begins with a long dash, which curl takes for a URL',
        'retype the dash as a hyphen: -',
      );
    }
    if (!word.startsWith('-') || word === '-') {
      given.push({ does: 'url', value: word, name: 'url' });
      continue;
    }
    for (const { name, rest } of namesIn(word)) {
      const option = OPTIONS.get(name);
      if (!option) {
        notes.push(`the option ${shown(name)} is not known here and was left out`);
        continue;
      }
      let value = rest ?? '';
      if (option.value && rest === undefined) {
        i++;
        if (i >= queue.length) return refuse(`${name} without a value`, `write the value behind ${name}`);
        value = queue[i] ?? '';
      }
      if (option.does === 'refuse') return refuse(`${name}: ${option.because}`, option.fix);
      if (option.does === 'ignore') ignored.add(name);
      else given.push({ does: option.does, value, name });
    }
  }
  return { given, ignored: [...ignored], notes };
}

interface Name {
  readonly name: string;
  /** The value where it is glued on: `-XPOST`, `--request=POST`. */
  readonly rest?: string;
}

/** The options in one word: `-sSk` is three, `-XPOST` is one with its value. */
function namesIn(word: string): Name[] {
  if (word.startsWith('--')) {
    const equals = word.indexOf('=');
    if (equals < 0) return [{ name: word }];
    return [{ name: word.slice(0, equals), rest: word.slice(equals + 1) }];
  }
  const names: Name[] = [];
  for (let i = 1; i < word.length; i++) {
    const name = `-${word[i]}`;
    const option = OPTIONS.get(name);
    if (option?.value) {
      names.push(i + 1 < word.length ? { name, rest: word.slice(i + 1) } : { name });
      break;
    }
    names.push({ name });
    // behind an unknown letter nothing is certain
    if (!option) break;
  }
  return names;
}

/** An option name that is safe to repeat: an unknown one may be a secret that slipped out of its quotes. */
function shown(name: string): string {
  return /^--?[a-z0-9][a-z0-9.-]{0,30}$/i.test(name) ? name : `of ${name.length} characters`;
}
