/** `counterfoil payments attempt`: how one attempt stands, for whoever has to close one that a crash left open. */
import type { Command } from 'commander';
import { amountText } from '../../../core/show.ts';
import type { KeptAnswer } from '../../../server/payments/answers.ts';
import { action } from '../../cli.ts';
import type { Environment } from '../../environment.ts';
import { EXIT } from '../../exit.ts';
import { teach } from '../../help.ts';
import { age } from '../../render/age.ts';
import type { Line, Style } from '../../render/line.ts';
import { span } from '../../render/text.ts';
import { sameText } from './attempts.ts';
import { refuseNumbers } from './card-input.ts';

/** Registers the command. */
export function registerAttempt(payments: Command, environment: Environment): void {
  const attempt = payments
    .command('attempt <attempt>')
    .description('how an attempt stands: what it was, what was answered, when the same may be tried again')
    .option('--merchant <name>', 'whose attempt; the only merchant unless told');
  attempt.action(
    action<{ readonly merchant?: string }>(environment, async (cli, options, [id = '']) => {
      refuseNumbers(options, []);
      const operations = await cli.operations();
      const kept = await operations.paymentsAttempt(options.merchant ?? null, id);
      if (cli.json) cli.printJson(kept);
      else cli.print(keptLines(kept, cli.style, (await operations.status()).now));
      return EXIT.ok;
    }),
  );
  teach(attempt, {
    examples: ['payments attempt at_4B2K9A…'],
    json: '{attempt, fence, at, lease_until, amount, initiator, purchase?, outcome: "approved" | "declined" | "not-sent" | "pending" | "unknown", responded_at?, code?, advice?, class?, next_allowed_at, never}',
  });
}

function keptLines(kept: KeptAnswer, style: Style, now: number): Line[] {
  const { amount, initiator, purchase, outcome, code, advice, class: kind, responded_at: answered } = kept;
  const row = (label: string, ...parts: readonly (string | false | undefined)[]): Line => [
    span(style, label.padEnd(10), 'faint'),
    span(style, parts.filter((part) => typeof part === 'string').join(', ')),
  ];
  const when = (time: string): string => `${age(Date.parse(time), now)} (${time})`;
  return [
    row('attempt', kept.attempt),
    row('what', amountText(amount.minor, amount.currency), `by the ${initiator}`, purchase && `for ${purchase}`),
    row('reserved', when(kept.at), `fence ${kept.fence}`),
    row('outcome', outcome, code && `code ${code}`, advice && `advice ${advice}`, kind !== outcome && kind),
    answered === undefined ? row('lease', `ends ${when(kept.lease_until)}`) : row('answered', when(answered)),
    ...(outcome === 'approved' ? [] : [row('again', sameText(kept.next_allowed_at, now))]),
  ];
}
