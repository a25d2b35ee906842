/** What an attempt did, and who heard what of it. */
import { CODE_FAILURES } from '../../core/limit.ts';
import type { Consequence, Verdict } from '../../core/verdict.ts';
import { WITHHELD } from '../../core/withhold.ts';
import { countsWords, hearing, passedWords } from '../../server/words.ts';
import { clock, duration } from './age.ts';
import type { Line, Style } from './line.ts';
import { span, wrapWords } from './text.ts';

/** One sentence per thing the attempt did; empty when it changed nothing. What the payments gate counts burns nothing. */
export function sentences(consequence: Consequence, style: Style, profile?: string): string[] {
  const { hits, burned, heldUntil, revokedCodes, undoing } = consequence;
  const counts = profile === undefined ? undefined : countsWords(profile);
  const window = duration(CODE_FAILURES.inMs);
  const said: string[] = [];
  if (burned) said.push(`${hits === undefined ? '' : `${ordinal(hits)} failure within ${window}: `}the code is burned`);
  else if (hits !== undefined && counts !== undefined) said.push(`refused ${counted(hits, 'time')} ${counts}`);
  else if (hits !== undefined)
    said.push(`${ordinal(hits)} failure within ${window}; the ${ordinal(CODE_FAILURES.count)} burns the code`);
  if (heldUntil !== undefined) said.push(`this source must wait until ${clock(heldUntil, style)}`);
  const died = [
    ...(revokedCodes ? [`${counted(revokedCodes, 'token')} revoked`] : []),
    ...(undoing ? [`${counted(undoing, 'pairing')} being removed`] : []),
  ];
  if (died.length > 0) said.push(died.join(', '));
  return said;
}

/** `1 token`, `2 tokens`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

const WORDS = ['no', 'first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth'];

function ordinal(n: number): string {
  return WORDS[n] ?? `${n}th`;
}

/** How the verdict came about: judged without being sent, and without a hub's records. */
interface Circumstances {
  readonly judgedOnly?: boolean;
  readonly offline?: boolean;
}

/** The two closing lines of a verdict: `Did` and `Heard`. */
export function renderConsequence(verdict: Verdict, style: Style, circumstances: Circumstances): Line[] {
  const did = circumstances.judgedOnly
    ? ['judged only: nothing was sent, nothing was used up']
    : sentences(verdict.consequence ?? {}, style, verdict.profile);
  if (verdict.times > 1) did.push(`stands for ${verdict.times} equal attempts`);
  if (verdict.withheld && !verdict.consequence) did.push(WITHHELD);
  else if (did.length === 0)
    did.push(verdict.ok ? 'what was asked for' : 'nothing: no code was used up, nothing was revoked');
  return [...labelled('Did', did.join('; '), style), ...labelled('Heard', heard(verdict, circumstances), style)];
}

function heard(
  { ok, profile, action, refusal = 'a refusal' }: Verdict,
  { judgedOnly, offline }: Circumstances,
): string {
  if (ok && offline) return "the client hears what the hub's records decide: run this where the hub is";
  const { who, what } = hearing(profile, action);
  const hears = judgedOnly ? 'would hear' : 'heard';
  // Whoever is told more than a standard's error is told why it passed, too.
  if (what !== undefined) return `${who} ${hears} ${ok ? `that ${passedWords(profile, action)}` : what}`;
  if (ok)
    return judgedOnly ? 'the client would get what it asks for' : 'the client got what it asked for; you see this';
  return judgedOnly
    ? `the client would hear ${refusal}, nothing more`
    : `the client heard ${refusal} and a reference, nothing more; you see this`;
}

const LABEL_WIDTH = 12;

function labelled(label: string, text: string, style: Style): Line[] {
  const wrapped = wrapWords(span(style, text).text, style.width - LABEL_WIDTH);
  return wrapped.map(
    (t, i): Line => [span(style, (i === 0 ? label : '').padEnd(LABEL_WIDTH), 'strong'), span(style, t)],
  );
}
