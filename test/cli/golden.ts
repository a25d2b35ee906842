/** Golden transcripts: what varies from run to run is made equal by `steady`, and the rest must agree byte for byte. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import type { Ran } from './place.ts';

/** Set to 1, it writes the golden files anew instead of comparing with them. */
const UPDATE = process.env['COUNTERFOIL_GOLDEN'] === '1';

/** Compares with `golden/<name>.txt`. */
export function expectGolden(name: string, text: string): void {
  const file = join(import.meta.dirname, 'golden', `${name}.txt`);
  const came = steady(text);
  if (UPDATE) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, came);
  }
  expect(came, `${name}: COUNTERFOIL_GOLDEN=1 writes it anew`).toBe(existsSync(file) ? readFileSync(file, 'utf8') : '');
}

/** A command and what came of it, as a person would paste it: stdout, then stderr, then the exit code. */
export function pasted({ args, out, err, code }: Ran): string {
  return `$ ${commandOf(args)}\n${out}${err === '' ? '' : `--- stderr\n${err}`}[exit ${code}]\n`;
}

/** A command as it is typed. */
export function commandOf(args: readonly string[]): string {
  return ['counterfoil', ...args].map((arg) => (/^[\w./:=@%+-]+$/.test(arg) ? arg : `'${arg}'`)).join(' ');
}

const PLACEHOLDER = '0000000000';
const TIME = '(?:s|min|h|d)';

/**
 * Makes ids, secrets, times and ports equal, in this order; widths are kept wherever something is aligned behind them.
 * Ids and codes are numbered as they appear, so that it stays visible which is which.
 */
export function steady(text: string): string {
  const numbers = new Map<string, number>();
  const numberOf = (kind: string, key: string): string => {
    const of = [...numbers.keys()].filter((other) => other.startsWith(`${kind} `));
    const number = numbers.get(`${kind} ${key}`) ?? of.length + 1;
    numbers.set(`${kind} ${key}`, number);
    return String(number);
  };
  const id = (kind: string, full: string): string => {
    const short = numberOf(kind, full.slice(0, 10)).padStart(10, PLACEHOLDER);
    return short.padEnd(full.length, 'X');
  };
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequences are what is looked for
      .replace(/\u001b\[([\d;]*)m/g, '⟨$1⟩')
      .replace(/\b(vd|gr|cd|ef)_([0-9A-Z]{10,40})\b/g, (_, kind: string, rest: string) => `${kind}_${id(kind, rest)}`)
      .replace(/(\/setup\?token=)[\w-]{43}/g, '$1TOKEN')
      .replace(/(\/r\/)[0-9A-Z]{26}\b/g, '$1REFERENCE')
      .replace(/(\/r\/)([0-9A-Z]{10})\b/g, (_, before: string, rest: string) => before + id('vd', rest))
      .replace(
        /(hap5\.1-authcode:(?: |%20|\+)?)([0-9A-Za-z]{29}|[0-9A-Za-z]{16})\b/g,
        (_, label: string, body: string) => {
          return label + `code${numberOf('code', body)}`.padEnd(body.length, 'x');
        },
      )
      .replace(/\b(cf[ars]_)([\w-]{4,})/g, (_, label: string, body: string) => label + 'x'.repeat(body.length))
      .replace(/(code_verifier(?:=| +))[\w-]{43}(?![\w-])/g, `$1${'v'.repeat(43)}`)
      .replace(/\bby key [\w-]{8}…/g, 'by key kkkkkkkk…')
      .replace(/\bpairing [0-9A-F]{8}…/g, 'pairing 00000000…')
      .replace(/"accessory_id":"(?:[0-9A-F]{2}:){5}[0-9A-F]{2}"/g, '"accessory_id":"00:00:00:00:00:00"')
      .replace(/"ltpk":"[\w-]{8}…"/g, '"ltpk":"kkkkkkkk…"')
      .replace(/\b[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}\b/g, '00000000-0000-4000-8000-000000000000')
      .replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '2026-01-01T00:00:00.000Z')
      .replace(/\b\d{4}-\d\d-\d\d\b/g, '2026-01-01')
      .replace(/\b\d\d:\d\d:\d\d\b/g, '00:00:00')
      .replace(new RegExp(` +\\+\\d+ ${TIME}\\b`, 'g'), '    +N s')
      .replace(/\b(ready in|used) \d+\.\d s/g, '$1 N.N s')
      .replace(/\b\d+ s of (\d+) s old/g, 'N s of $1 s old')
      .replace(/\b\d+ s too late/g, 'N s too late')
      .replace(new RegExp(`(?<=· | {2})(?:now|in \\d+ ${TIME}|\\d+ ${TIME} ago)(?: {2,}|$)`, 'gm'), (age) =>
        age.endsWith(' ') ? '<age>  ' : '<age>',
      )
      .replace(/^(?:id|name) .*$/gm, (head) => head.replace(/\b(when|minted|ends|decided|added) {2,}/g, '$1  '))
      .replace(/\b(localhost|127\.0\.0\.1):\d{4,5}\b/g, '$1:5151')
  );
}

/**
 * The shape of a JSON value: its keys and the kinds of what they hold. The elements of a list are one shape, in which a
 * key that not all of them have is marked with `?`. A snapshot is for replay by the same version only, and has no shape.
 */
export function shapeOf(value: unknown): string {
  return shapeOfAll([value], '');
}

function shapeOfAll(values: readonly unknown[], indent: string): string {
  const lists = values.filter((value) => Array.isArray(value));
  const objects = values.filter(
    (value): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value),
  );
  const plain = values.filter((value) => typeof value !== 'object' || value === null);
  const kinds = new Set<string>(plain.map((value) => (value === null ? 'null' : typeof value)));
  if (lists.length > 0) kinds.add(`[${lists.flat().length === 0 ? '' : shapeOfAll(lists.flat(), indent)}]`);
  if (objects.length > 0) kinds.add(shapeOfObjects(objects, indent));
  return [...kinds].join(' | ');
}

function shapeOfObjects(objects: readonly Record<string, unknown>[], indent: string): string {
  const inner = `${indent}  `;
  const rows = [...new Set(objects.flatMap((object) => Object.keys(object)))].sort().map((key) => {
    const held = objects.filter((object) => key in object).map((object) => object[key]);
    const mark = held.length < objects.length ? '?' : '';
    return `${inner}${key}${mark}: ${key === 'snapshot' ? '…' : shapeOfAll(held, inner)}\n`;
  });
  return rows.length === 0 ? '{}' : `{\n${rows.join('')}${indent}}`;
}
