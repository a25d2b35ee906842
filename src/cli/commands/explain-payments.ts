/** Explains the answer to a card payment: a response code with the words behind it, or an ISO 8583 response. */
import { duration, type ExplainedAnswer, explainAnswer } from '../../inspectors/payments/payments.ts';
import * as book from '../../profiles/payments/book.ts';
import { knownNames, unknownName } from '../../profiles/payments/names.ts';
import { MANY_DIGITS } from '../../protocols/iso8583/decline-text.ts';
import { peopleOf } from '../../server/words.ts';
import type { Cli } from '../cli.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { renderChecklist } from '../render/checklist.ts';
import { renderChecks } from '../render/checks.ts';
import type { Line } from '../render/line.ts';
import { mark, span, wrapWords } from '../render/text.ts';
import { meantOrKnown } from './payments/names.ts';

const WHO = peopleOf('payments.');

/** Is this the answer to a card payment, once the names in it are known: `insufficient_funds at stripe`? */
export function answersPayment(text: string): boolean {
  return explainAnswer(text, book, Date.now()) !== undefined;
}

/** Most processors that are named for a word by itself. */
const PLACES_MAX = 3;

/** What to write instead of a code or word of an answer by itself, or with a name that nobody knows. */
export function paymentHint(text: string): string | undefined {
  const word = /^[A-Za-z0-9_.-]{2,64}(?= (?:at|on) [\w.-]{2,30}$|$)/.exec(text.trim())?.[0];
  if (word === undefined || MANY_DIGITS.test(word)) return undefined;
  const { processors, network } = book.placesOf(word, Date.now());
  const all = [
    ...(network === undefined ? [] : [`${word.toUpperCase()} on ${network}`]),
    ...processors.slice(0, PLACES_MAX).map((name) => `${word} at ${name}`),
  ];
  return all.length === 0 ? undefined : `if it is the answer to a card payment, write: ${all.join(', or ')}`;
}

/** Exit 0 for an approval, 1 for a decline, 3 for a code that no table knows. */
export function explainPayment(cli: Cli, text: string, all: boolean): ExitCode {
  const found = explainAnswer(text, book, Date.now());
  if (found === undefined) throw new Error('a text that was taken for a card decline is none');
  if (cli.json) cli.printJson({ kind: 'card-decline', ...found });
  else cli.print(lines(cli, found, all));
  if (found.outcome === 'declined' || found.outcome === 'unknown')
    cli.say(
      'this is the wait after one answer, by default; earlier attempts count besides. Names help: 51 HAP UPD at worldpay on visa',
    );
  for (const name of found.unknownNames ?? []) cli.say(noteOf(name, Date.now()));
  return { approved: EXIT.ok, declined: EXIT.refused, unknown: EXIT.undecided }[found.outcome];
}

function noteOf(name: string, now: number): string {
  const kinds = ['processor', 'network'] as const;
  const near = kinds.map((kind) => unknownName(kind, name, now)?.near).find((one) => one !== undefined);
  const known = kinds.flatMap((kind) => knownNames(kind, now));
  const what = `no table knows ${name}, neither as a processor nor as a network, so it is left out here`;
  return `${what}; ${meantOrKnown(near, known)}`;
}

function lines({ style }: Cli, found: ExplainedAnswer, all: boolean): readonly Line[] {
  const { outcome, againInMs: again } = found;
  const sign = outcome === 'approved' ? mark(style, 'pass', 'good') : mark(style, 'fail', 'bad');
  const when =
    again === undefined
      ? []
      : [again === 'never' ? 'not again, unless something new comes in' : `again after ${duration(again)}`];
  const todos = renderChecklist(found.fixes, style, WHO);
  const paragraph = (label: string, say: string): Line[] => [
    [],
    [span(style, label, 'strong')],
    ...wrapWords(say, style.width - 4).map((line): Line => [span(style, `  ${line}`)]),
  ];
  return [
    [sign, span(style, ` ${[found.title, ...when].join(' · ')}`)],
    [],
    ...renderChecks(found.checks, style, all),
    ...paragraph('For the merchant', found.merchant),
    ...paragraph('To say to the customer', found.customer),
    ...(todos.length > 0 ? [[], ...todos] : []),
  ];
}
