/** `counterfoil payments check`, `reserve` and `record`: what a merchant does over HTTP, for whoever runs the hub. */
import { type Command, Option } from 'commander';
import { amountText } from '../../../core/show.ts';
import type { Operations } from '../../../server/operations.ts';
import type {
  ClosedAnswer,
  GateAnswer,
  GateOutcome,
  GateRequest,
  RecordAnswer,
} from '../../../server/payments/answers.ts';
import { action, type Cli } from '../../cli.ts';
import type { Environment } from '../../environment.ts';
import { EXIT, type ExitCode, UsageError } from '../../exit.ts';
import { collect, teach } from '../../help.ts';
import { age, wait } from '../../render/age.ts';
import { ruleName } from '../../render/id.ts';
import type { Line, Style } from '../../render/line.ts';
import { blanks, mark, span, wrapWords } from '../../render/text.ts';
import { type CardOptions, cardFrom, minorUnits, refuseNumbers, wholeNumber } from './card-input.ts';
import { sayUnknownNames } from './names.ts';

interface AttemptOptions extends CardOptions {
  readonly merchant?: string;
  readonly amount: string;
  readonly currency: string;
  readonly network: string;
  readonly by: string;
  readonly processor?: string;
  readonly region?: string;
  readonly purchase?: string;
  readonly newFact?: readonly string[];
  readonly leaseSeconds?: string;
}

const JSON_CLOSED =
  '{admitted: false, next_allowed_at, never, closed: [{rule, cause, says, until, source, edition, confidence, fee?}], merchant, customer';

/** Registers the three. */
export function registerAttempts(payments: Command, environment: Environment): void {
  const check = attempt(
    payments.command('check').description('would this attempt be let through? nothing is recorded'),
  );
  check.action(
    action<AttemptOptions>(environment, (cli, options, args) =>
      asked(cli, options, args, (operations, request) => operations.paymentsCheck(options.merchant ?? null, request)),
    ),
  );
  teach(check, {
    examples: [
      'payments check --amount 1999 --currency EUR --network visa < card.txt',
      'payments check --amount 1999 --currency EUR --network visa --token tok_1 --token-of stripe',
    ],
    json: `{admitted: true} or ${JSON_CLOSED}}`,
  });
  const reserve = attempt(
    payments.command('reserve').description('check and record in one: then send it, and record how it went'),
  );
  reserve
    .option('--lease-seconds <n>', 'how long its answer may take')
    .action(
      action<AttemptOptions>(environment, (cli, options, args) =>
        asked(cli, options, args, (operations, request) =>
          operations.paymentsReserve(options.merchant ?? null, request),
        ),
      ),
    );
  teach(reserve, {
    examples: ['payments reserve --amount 1999 --currency EUR --network visa --purchase order-7 < card.txt'],
    json: `{admitted: true, attempt, fence, lease_until, verdict} or ${JSON_CLOSED}, verdict, refused}`,
  });
  registerRecord(payments, environment);
}

function attempt(command: Command): Command {
  return (
    command
      .requiredOption('--amount <minor>', 'in the smallest unit of the currency: 1999 is 19.99 EUR')
      .requiredOption('--currency <code>', 'three capitals: EUR')
      .requiredOption('--network <name>', 'visa, mastercard, amex, discover …')
      .option('--by <who>', 'who sets it off: cardholder or merchant', 'cardholder')
      .option('--merchant <name>', 'whose attempt; the only merchant unless told')
      .option('--processor <name>', 'whose words the answers are in: stripe, adyen …; iso8583 unless told')
      .option(
        '--region <code>',
        'of the merchant: US, CA, EU …; USXB in the US with a card from abroad; the strictest rules unless told',
      )
      .option('--purchase <id>', 'the same for every attempt to pay the same thing')
      .option(
        '--new-fact <fact>',
        'new-card, account-updater, 3-d-secure, corrected-data, issuer-approved; repeat for more',
        collect,
      )
      .option('--par <reference>', 'the card by its payment account reference')
      .option('--token <token>', 'the card by a processor’s token, with --token-of')
      .option('--token-of <processor>', 'whose token it is')
      .addOption(new Option('--pan [number]').hideHelp())
      // So that a number among them can be told apart, and is not just one argument too many.
      .allowExcessArguments(true)
      .addHelpText(
        'after',
        '\nA card number is asked for without echo, or read from the first line of stdin; never from the command line.',
      )
  );
}

async function asked(
  cli: Cli,
  options: AttemptOptions,
  args: readonly string[],
  ask: (operations: Operations, request: GateRequest) => Promise<GateAnswer>,
): Promise<ExitCode> {
  refuseNumbers(options, args);
  if (args.length > 0)
    throw new UsageError('expected options only, got an argument', 'counterfoil payments check --help');
  const operations = await cli.operations();
  const request = await requestOf(cli.environment, options);
  const [answer, { now }] = [await ask(operations, request), await operations.status()];
  if (cli.json) cli.printJson(answer);
  else cli.print(answerLines(answer, cli.style, now));
  sayUnknownNames(cli, request, now);
  return answer.admitted ? EXIT.ok : EXIT.refused;
}

async function requestOf(environment: Environment, options: AttemptOptions): Promise<GateRequest> {
  const { amount, currency, network, by, processor, region, purchase, newFact, leaseSeconds } = options;
  const lease = leaseSeconds === undefined ? {} : { lease_seconds: wholeNumber('--lease-seconds', leaseSeconds) };
  // What the words may be is judged where HTTP is judged as well.
  return {
    amount: { minor: minorUnits(amount, currency), currency },
    network,
    initiator: by as GateRequest['initiator'],
    ...(processor !== undefined && { processor }),
    ...(region !== undefined && { region }),
    ...(purchase !== undefined && { purchase }),
    ...(newFact && { new_facts: newFact as NonNullable<GateRequest['new_facts']> }),
    ...lease,
    card: await cardFrom(environment, options),
  };
}

function answerLines(answer: GateAnswer, style: Style, now: number): Line[] {
  if (!answer.admitted) return closedLines(answer, style, now);
  const first: Line = [mark(style, 'pass', 'good'), blanks(1), span(style, 'may be sent', 'good')];
  if (!('attempt' in answer)) return [first];
  const row = (label: string, value: string): Line => [
    blanks(2),
    span(style, label.padEnd(9), 'faint'),
    span(style, value),
  ];
  return [
    first,
    row('attempt', answer.attempt),
    row('fence', String(answer.fence)),
    row('lease', `ends ${age(Date.parse(answer.lease_until), now)}; record how it went: counterfoil payments record`),
  ];
}

function closedLines(answer: ClosedAnswer, style: Style, now: number): Line[] {
  const { closed, merchant, customer, next_allowed_at: next, refused } = answer;
  const times = refused === undefined || refused < 2 ? '' : `; refused ${refused} times so far`;
  return [
    [mark(style, 'fail', 'bad'), blanks(1), span(style, `must not be sent: ${whenText(next, now)}${times}`, 'bad')],
    ...closed.flatMap(({ rule, says, until, source, edition, confidence, fee }): Line[] => [
      [blanks(2), span(style, ruleName(rule), 'strong'), blanks(2), span(style, whenText(until, now))],
      ...paragraph(says, style, 4),
      ...paragraph(
        `from ${source}, ${edition} (${confidence})${fee ? `; at stake ${amountText(fee.minor, fee.currency)}` : ''}`,
        style,
        4,
      ),
    ]),
    ...told('You can', merchant, style),
    ...told('The customer may be told', customer, style),
  ];
}

function whenText(at: string | null, now: number): string {
  return at === null ? 'only something new of the card opens it' : `open ${wait(Date.parse(at), now)} (${at})`;
}

/** When the same may be tried again; null is never. */
export function sameText(next: string | null, now: number): string {
  return next !== null && Date.parse(next) <= now
    ? 'the same may be tried again now'
    : `the same: ${whenText(next, now)}`;
}

function told(title: string, texts: readonly string[], style: Style): Line[] {
  if (texts.length === 0) return [];
  return [[], [span(style, title, 'strong')], ...texts.flatMap((text) => paragraph(text, style, 2))];
}

function paragraph(text: string, style: Style, indent: number): Line[] {
  return wrapWords(span(style, text).text, style.width - indent).map(
    (line): Line => [blanks(indent), span(style, line, 'faint')],
  );
}

interface RecordOptions {
  readonly merchant?: string;
  readonly code?: string;
  readonly advice?: string;
}

function registerRecord(payments: Command, environment: Environment): void {
  const record = payments
    .command('record <attempt> <outcome>')
    .description('how an attempt went: approved, declined, or not-sent (which does not count)')
    .option('--code <code>', 'the response code or word, as the processor spells it')
    .option('--advice <code>', 'its advice code or word')
    .option('--merchant <name>', 'whose attempt; the only merchant unless told');
  record.action(
    action<RecordOptions>(environment, async (cli, options, args) => {
      const [attempt = '', outcome = ''] = args;
      refuseNumbers(options, [outcome]);
      const { code, advice } = options;
      const response = { ...(code !== undefined && { code }), ...(advice !== undefined && { advice }) };
      const said = { outcome, ...(Object.keys(response).length > 0 && { response }) } as GateOutcome;
      if (outcome === 'declined' && !said.response)
        throw new UsageError('expected --code with what was declined', 'try --code 51');
      const operations = await cli.operations();
      const answer = await operations.paymentsRecord(options.merchant ?? null, attempt, said);
      const { now } = await operations.status();
      if (cli.json) cli.printJson(answer);
      else cli.print(recordLines(answer, cli.style, now));
      return answer.recorded === 'conflict' ? EXIT.refused : EXIT.ok;
    }),
  );
  teach(record, {
    examples: ['payments record at_4B2K9A… declined --code 51', 'payments record at_4B2K9A… approved'],
    json: '{recorded: "now" | "already", attempt, outcome, next_allowed_at, never, merchant?, customer?} or {recorded: "conflict", recorded_outcome}',
  });
}

function recordLines(answer: RecordAnswer, style: Style, now: number): Line[] {
  if (answer.recorded === 'conflict') {
    const text = `another outcome is recorded and stays: ${answer.recorded_outcome}`;
    return [[mark(style, 'fail', 'bad'), blanks(1), span(style, text, 'bad')]];
  }
  const { next_allowed_at: next, outcome, recorded, merchant = [], customer = [] } = answer;
  const again = outcome === 'approved' ? '' : `; ${sameText(next, now)}`;
  return [
    [
      mark(style, 'pass', 'good'),
      blanks(1),
      span(style, `${outcome}, recorded ${recorded === 'now' ? 'now' : 'before'}${again}`),
    ],
    ...told('What it means', merchant, style),
    ...told('The customer may be told', customer, style),
  ];
}
