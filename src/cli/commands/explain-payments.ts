/** Explains the answer to a card payment: a response code with the words behind it, or an ISO 8583 response. */
import { duration, type ExplainedAnswer, explainAnswer } from '../../inspectors/payments/payments.ts';
import { lookUp, lookUpSuffix, named } from '../../profiles/payments/index.ts';
import type { Cli } from '../cli.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { renderChecklist } from '../render/checklist.ts';
import { renderChecks } from '../render/checks.ts';
import type { Line } from '../render/line.ts';
import { mark, span, wrapWords } from '../render/text.ts';

const WHO = {
  client: 'the merchant',
  owner: 'the customer',
  operator: 'whoever runs the gate',
  issuer: 'the issuer of the card',
};

/** Exit 0 for an approval, 1 for a decline, 3 for a code that no table knows. */
export function explainPayment(cli: Cli, text: string, all: boolean): ExitCode {
  const found = explainAnswer(text, { lookUp, lookUpSuffix, named }, Date.now());
  if (found === undefined) throw new Error('a text that was taken for a card decline is none');
  if (cli.json) cli.printJson({ kind: 'card-decline', ...found });
  else cli.print(lines(cli, found, all));
  if (found.outcome === 'declined' || found.outcome === 'unknown')
    cli.say(
      'this is the wait after one answer, by default; earlier attempts count besides. Names help: 51 HAP UPD at worldpay on visa',
    );
  return { approved: EXIT.ok, declined: EXIT.refused, unknown: EXIT.undecided }[found.outcome];
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
