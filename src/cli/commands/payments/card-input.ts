/**
 * A card as it is named at the command line. A number never stands among the arguments, where everybody on the machine can
 * read it: it is asked for without echo, or read from stdin.
 */
import { amountText } from '../../../core/show.ts';
import { isPar, looksLikePan } from '../../../profiles/payments/pan.ts';
import type { GateRequest } from '../../../server/payments/answers.ts';
import type { Environment } from '../../environment.ts';
import { UsageError } from '../../exit.ts';
import { askSecrets, readStdin } from '../../prompt.ts';

const STDIN_BYTES_MAX = 4_096;

/** The options that name a card otherwise than by its number. `pan` is there to be refused. */
export interface CardOptions {
  readonly par?: string;
  readonly token?: string;
  readonly tokenOf?: string;
  readonly pan?: string | true;
}

/**
 * Refuses a card number among arguments and options, without repeating it.
 *
 * @throws UsageError
 */
export function refuseNumbers(options: object, args: readonly string[]): void {
  const others = Object.entries(options).filter(([name, value]) => !(name === 'par' && isPar(value)));
  const given = [...others.map(([, value]) => value), ...args].flat();
  const found = 'pan' in options || given.some((value) => typeof value === 'string' && looksLikePan(value));
  if (found)
    throw new UsageError(
      'expected no card number on the command line, where everybody on this machine can read it, got what looks like one',
      'leave it out: it is asked for, or read from the first line of stdin; and clear it from the history of your shell',
    );
}

/** The card: a reference or token from the options, else a number from the person or the first line of stdin. */
export async function cardFrom(
  environment: Environment,
  { par, token, tokenOf }: CardOptions,
): Promise<GateRequest['card']> {
  if (par !== undefined) return { par };
  if (token !== undefined) {
    if (tokenOf !== undefined) return { token, processor: tokenOf };
    throw new UsageError('expected --token-of <processor> with --token', 'add whose token it is');
  }
  if (environment.stdin.isTTY) {
    const [pan = ''] = await askSecrets(environment, ['card number: ']);
    return { pan };
  }
  const [first = ''] = (await readStdin(environment, STDIN_BYTES_MAX)).toString('utf8').split(/\r?\n/);
  if (first.trim() === '')
    throw new UsageError(
      'expected a card number on the first line of stdin, got nothing',
      'or name the card by --par or --token',
    );
  return { pan: first.trim() };
}

/** `--amount`: in the smallest unit of its currency. */
export function minorUnits(text: string, currency: string): number {
  const [, whole, part] = /^(\d{1,9})[.,](\d{1,4})$/.exec(text) ?? [];
  // Only where the decimals are those of the currency is it sure what was meant.
  const meant = Number(`${whole}${part}`);
  const sure = whole !== undefined && amountText(meant, currency) === `${currency} ${Number(whole)}.${part}`;
  if (whole === undefined) return wholeNumber('--amount', text);
  throw new UsageError(
    `--amount: expected a whole number, in the smallest unit of the currency, got ${text}`,
    sure ? `try --amount ${meant}` : `1999 is ${amountText(1999, 'EUR')}, or ${amountText(1999, 'JPY')}`,
  );
}

/** An option that is a whole number. */
export function wholeNumber(option: string, text: string): number {
  if (/^\d{1,11}$/.test(text)) return Number(text);
  throw new UsageError(`${option}: expected a whole number`, `try ${option} 12`);
}
