/**
 * Splits a pasted command line into the words its shell would hand to curl. Nothing is expanded and nothing is run:
 * variables and substitutions stay as written and are noted. One pass over the text per shell.
 *
 * The shells: POSIX sh and bash; cmd, where ^ escapes; PowerShell, where ` escapes.
 */

/** Which shell's quoting a command is written in. */
export type Shell = 'posix' | 'cmd' | 'powershell';

/** The words, curl first. `unterminated` names the quote that was never closed. */
export interface Words {
  readonly words: readonly string[];
  readonly notes: readonly string[];
  readonly unterminated?: string;
}

/**
 * Tells the shell by the first line continuation or escaped quote outside of quotes; posix when there is none. What
 * stands inside quotes is data and tells nothing.
 */
export function shellOf(command: string): Shell {
  for (let i = 0; i < command.length; i++) {
    const c = command[i] ?? '';
    if (c === "'" || c === '"') {
      i = closing(command, i, c);
    } else if (c === '\\' || (c === '$' && command[i + 1] === "'")) {
      return 'posix';
    } else if (c === '^' || c === '`') {
      const escapes = command[i + 1] === '"' || breakLength(command, i + 1) > 0;
      if (escapes) return c === '^' ? 'cmd' : 'powershell';
    }
  }
  return 'posix';
}

/** Index of the quote that closes the one at `at`, or the end of the text. */
function closing(command: string, at: number, quote: string): number {
  for (let i = at + 1; i < command.length; i++) {
    if (command[i] === quote) return i;
    if (command[i] === '\\' && quote === '"') i++;
  }
  return command.length;
}

/** Splits `command` as `shell` would. */
export function splitWords(command: string, shell: Shell): Words {
  if (shell === 'cmd') return cmdWords(command);
  return shell === 'powershell' ? powershellWords(command) : posixWords(command);
}

const BREAK =
  'a line break ends the command; what follows was left out (a \\ at the end of the line would continue it)';
const AMPERSAND = 'an unquoted & ends the command in a shell: what follows it was not sent; put quotes around the data';
const OPERATOR = 'the command ends at an unquoted ; | < or >; what follows was left out';
const VARIABLE = 'a variable or substitution ($...) is not expanded here: put the value in its place';

/** Collects words; `open` tells an empty quoted word from no word. */
function collector(): { words: string[]; add(text: string): void; open(): void; close(): void; started(): boolean } {
  const words: string[] = [];
  let word: string | undefined;
  return {
    words,
    add: (text) => {
      word = (word ?? '') + text;
    },
    open: () => {
      word ??= '';
    },
    close: () => {
      if (word !== undefined) words.push(word);
      word = undefined;
    },
    started: () => word !== undefined,
  };
}

/** The note for a character that ends a command outside of quotes, if it does. */
function ending(c: string): string | undefined {
  if (c === '\n') return BREAK;
  if (c === '&') return AMPERSAND;
  return c === ';' || c === '|' || c === '<' || c === '>' ? OPERATOR : undefined;
}

/** A line break in an unquoted place matters only when something follows. */
function endNote(text: string, at: number, note: string): string[] {
  return text.slice(at + 1).trim() === '' ? [] : [note];
}

function posixWords(text: string): Words {
  const to = collector();
  const notes = new Set<string>();
  for (let i = 0; i < text.length; i++) {
    const c = text[i] ?? '';
    if (c === "'" || c === '"' || (c === '$' && text[i + 1] === "'")) {
      const quoted = c === "'" ? single(text, i) : c === '"' ? double(text, i, notes) : ansi(text, i + 1);
      if (!quoted) return { words: to.words, notes: [...notes], unterminated: c === '$' ? "$'" : c };
      to.add(quoted.text);
      i = quoted.end;
    } else if (c === '\\') {
      const length = breakLength(text, i + 1);
      if (length === 0) to.add(text[i + 1] ?? '\\');
      i += length === 0 ? 1 : length;
    } else if (c === ' ' || c === '\t' || (c === '\r' && text[i + 1] === '\n')) {
      to.close();
    } else if (c === '#' && !to.started()) {
      break;
    } else {
      const note = ending(c);
      if (note !== undefined) {
        for (const n of endNote(text, i, note)) notes.add(n);
        break;
      }
      if (c === '$' || c === '`') noteVariable(text, i, notes);
      to.add(c);
    }
  }
  to.close();
  return { words: to.words, notes: [...notes] };
}

/** Length of the line break at `at`: 0, 1 or 2. */
function breakLength(text: string, at: number): number {
  if (text[at] === '\n') return 1;
  return text[at] === '\r' && text[at + 1] === '\n' ? 2 : 0;
}

function noteVariable(text: string, at: number, notes: Set<string>): void {
  if (text[at] === '`' || /[A-Za-z_{(]/.test(text[at + 1] ?? '')) notes.add(VARIABLE);
}

/** A quoted stretch: its text, and the index of the closing quote. */
interface Quoted {
  readonly text: string;
  readonly end: number;
}

function single(text: string, at: number): Quoted | undefined {
  const end = text.indexOf("'", at + 1);
  return end < 0 ? undefined : { text: text.slice(at + 1, end), end };
}

function double(text: string, at: number, notes: Set<string>): Quoted | undefined {
  const out: string[] = [];
  for (let i = at + 1; i < text.length; i++) {
    const c = text[i] ?? '';
    if (c === '"') return { text: out.join(''), end: i };
    if (c === '\\') {
      const next = text[i + 1] ?? '';
      const length = breakLength(text, i + 1);
      if (length > 0) i += length;
      else if (next !== '' && '$`"\\'.includes(next)) {
        out.push(next);
        i++;
      } else out.push(c);
      continue;
    }
    if (c === '$' || c === '`') noteVariable(text, i, notes);
    out.push(c);
  }
  return undefined;
}

const ANSI: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  v: '\v',
};
const NUMBERED = /^(?:x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})|([0-7]{1,3}))/;

/** The `$'...'` quoting; `at` is its quote. */
function ansi(text: string, at: number): Quoted | undefined {
  const out: string[] = [];
  for (let i = at + 1; i < text.length; i++) {
    const c = text[i] ?? '';
    if (c === "'") return { text: out.join(''), end: i };
    if (c !== '\\') {
      out.push(c);
      continue;
    }
    const number = NUMBERED.exec(text.slice(i + 1, i + 10));
    if (number) {
      const code =
        number[4] === undefined
          ? Number.parseInt(number[1] ?? number[2] ?? number[3] ?? '', 16)
          : Number.parseInt(number[4], 8);
      out.push(code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd');
      i += number[0].length;
    } else {
      const next = text[i + 1] ?? '\\';
      out.push(ANSI[next] ?? ('\\\'"?'.includes(next) ? next : `\\${next}`));
      i++;
    }
  }
  return undefined;
}

/** cmd takes carets off outside of quotes; what is left is split by the C runtime, where `\"` and `""` are quotes. */
function cmdWords(text: string): Words {
  const notes: string[] = [];
  const out: string[] = [];
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i] ?? '';
    if (c === '"') quoted = !quoted;
    if (c === '^' && !quoted) {
      const length = breakLength(text, i + 1);
      // a caret at the end of a line joins; a second line break right behind it is a real one
      const second = length > 0 ? breakLength(text, i + 1 + length) : 0;
      out.push(length === 0 ? (text[i + 1] ?? '') : second > 0 ? '\n' : '');
      i += length === 0 ? 1 : length + second;
      continue;
    }
    const note = quoted ? undefined : c === ';' ? undefined : ending(c);
    if (note !== undefined) {
      notes.push(...endNote(text, i, note));
      break;
    }
    out.push(c);
  }
  const line = out.join('');
  if (/%[A-Za-z_]\w{0,60}%/.test(line))
    notes.push('a variable (%NAME%) is not expanded here: put the value in its place');
  const split = runtimeWords(line);
  return split ? { words: split, notes } : { words: [], notes, unterminated: '"' };
}

function runtimeWords(line: string): string[] | undefined {
  const to = collector();
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const c = line[i] ?? '';
    if (c === '\\' && line[i + 1] === '"') {
      to.add('"');
      i++;
    } else if (c === '\\' && line[i + 1] === '\\' && line[i + 2] === '"') {
      to.add('\\');
      i++;
    } else if (c === '"') {
      if (quoted && line[i + 1] === '"') {
        to.add('"');
        i++;
      } else {
        quoted = !quoted;
        to.open();
      }
    } else if (!quoted && (c === ' ' || c === '\t' || c === '\r')) {
      to.close();
    } else to.add(c);
  }
  if (quoted) return undefined;
  to.close();
  return to.words;
}

function powershellWords(text: string): Words {
  const to = collector();
  const notes = new Set<string>();
  let quote = '';
  for (let i = 0; i < text.length; i++) {
    const c = text[i] ?? '';
    const next = text[i + 1] ?? '';
    if (c === '`' && quote !== "'") {
      const length = breakLength(text, i + 1);
      if (length === 0) to.add(next === 'n' ? '\n' : next === 'r' ? '\r' : next === 't' ? '\t' : next);
      i += length === 0 ? 1 : length;
    } else if (quote !== '' && c === quote) {
      if (next === quote) {
        to.add(c);
        i++;
      } else quote = '';
    } else if (quote === '' && (c === "'" || c === '"')) {
      quote = c;
      to.open();
    } else if (quote === '' && (c === ' ' || c === '\t' || (c === '\r' && next === '\n'))) {
      to.close();
    } else {
      const note = quote === '' ? ending(c) : undefined;
      if (note !== undefined) {
        for (const n of endNote(text, i, note)) notes.add(n);
        break;
      }
      if (c === '$' && quote !== "'") noteVariable(text, i, notes);
      to.add(c);
    }
  }
  to.close();
  return { words: to.words, notes: [...notes], ...(quote !== '' && { unterminated: quote }) };
}
