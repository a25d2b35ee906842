/** `counterfoil payments merchant`: who may ask the gate, with which keys, and what is set for them. */
import type { Command } from 'commander';
import type { MerchantInput, MerchantKey, MerchantView } from '../../../server/payments/operation-shapes.ts';
import { action, type Cli } from '../../cli.ts';
import type { Environment } from '../../environment.ts';
import { EXIT, UsageError } from '../../exit.ts';
import { teach } from '../../help.ts';
import { age } from '../../render/age.ts';
import { shortId } from '../../render/id.ts';
import { type Column, renderTable } from '../../render/table.ts';
import { span } from '../../render/text.ts';
import { wholeNumber } from './card-input.ts';

interface SettingOptions {
  readonly holdHours?: string;
  readonly leaseSeconds?: string;
  readonly samePurchase?: string;
  readonly adviceMayShorten?: boolean;
}

const JSON_MERCHANT =
  '{merchant, grant, by, from, holdHours, adviceMayShorten, samePurchase, leaseSeconds, keys: [{id, from, until}]}';

/** Registers the command and its verbs. */
export function registerMerchant(payments: Command, environment: Environment): void {
  const merchant = payments.command('merchant').description('who may ask, with which keys');
  const add = settings(merchant.command('add <name>').description('let a merchant in; its first key is shown once'));
  add.action(
    action<SettingOptions>(environment, async (cli, options, [name = '']) => {
      const operations = await cli.operations({ create: true });
      const added = await operations.paymentsAddMerchant(name, inputOf(options));
      if (cli.json) cli.printJson(added);
      else await printKey(cli, `let in ${added.merchant.merchant}`, added.key);
      return EXIT.ok;
    }),
  );
  teach(add, {
    examples: ['payments merchant add acme', 'payments merchant add acme --hold-hours 24 --json | jq -r .key.key'],
    json: `{merchant: ${JSON_MERCHANT}, key: {key, id, grant, until}}`,
  });
  registerList(merchant, environment);
  const edit = settings(merchant.command('edit <name>').description('change what is set, from the next attempt on'));
  edit.action(
    action<SettingOptions>(environment, async (cli, options, [name = '']) => {
      const input = inputOf(options);
      if (Object.keys(input).length === 0)
        throw new UsageError('expected something to change', 'counterfoil payments merchant edit --help');
      const view = await (await cli.operations()).paymentsEditMerchant(name, input);
      if (cli.json) cli.printJson(view);
      else cli.print([[span(cli.style, `${view.merchant}: ${settingsText(view)}`)]]);
      return EXIT.ok;
    }),
  );
  teach(edit, { examples: ['payments merchant edit acme --hold-hours 24'], json: JSON_MERCHANT });
  registerKey(merchant, environment);
}

function registerList(merchant: Command, environment: Environment): void {
  const list = merchant
    .command('list')
    .description('all that are let in')
    .action(
      action(environment, async (cli) => {
        const operations = await cli.operations();
        const [all, { now }] = await Promise.all([operations.paymentsListMerchants(), operations.status()]);
        if (cli.json) cli.printJson(all);
        else if (all.length === 0) cli.say('no merchants yet: counterfoil payments merchant add <name>');
        else cli.print(renderTable(all, columns(now), cli.style));
        return EXIT.ok;
      }),
    );
  teach(list, { examples: ['payments merchant list'], json: `[${JSON_MERCHANT}]` });
}

function registerKey(merchant: Command, environment: Environment): void {
  const key = merchant
    .command('key <name>')
    .description('one more key, shown once; those it has stay until they are revoked')
    .option('--days <n>', 'when it ends by itself; never, unless told');
  key.action(
    action<{ readonly days?: string }>(environment, async (cli, { days }, [name = '']) => {
      const until = days === undefined ? null : wholeNumber('--days', days);
      const made = await (await cli.operations()).paymentsAddKey(name, until);
      if (cli.json) cli.printJson(made);
      else await printKey(cli, `a key of ${name}`, made);
      return EXIT.ok;
    }),
  );
  teach(key, {
    examples: ['payments merchant key acme --days 90', 'revoke cd_4B2K9A2B4C                     ends a key'],
    json: '{key, id, grant, until}',
  });
}

function settings(command: Command): Command {
  return command
    .option('--hold-hours <n>', 'how long a decline for funds closes the same attempt; 12 unless told')
    .option('--lease-seconds <n>', 'how long an answer may take; 60 unless told')
    .option('--same-purchase <what>', 'the 12 hours of Visa’s old dispute rule: warn (unless told) or close')
    .option('--advice-may-shorten', 'the network’s own advice may shorten the hold')
    .option('--no-advice-may-shorten', 'it may not (unless told)');
}

function inputOf({ holdHours, leaseSeconds, samePurchase, adviceMayShorten }: SettingOptions): MerchantInput {
  return {
    ...(holdHours !== undefined && { holdHours: wholeNumber('--hold-hours', holdHours) }),
    ...(leaseSeconds !== undefined && { leaseSeconds: wholeNumber('--lease-seconds', leaseSeconds) }),
    ...(samePurchase !== undefined && { samePurchase: samePurchase as 'warn' | 'close' }),
    ...(adviceMayShorten !== undefined && { adviceMayShorten }),
  };
}

async function printKey(cli: Cli, what: string, { key, id, until }: MerchantKey): Promise<void> {
  const { now } = await (await cli.operations()).status();
  const row = (label: string, value: string, tone: 'strong' | 'id' | 'plain') => [
    span(cli.style, label.padEnd(9), 'faint'),
    span(cli.style, value, tone),
  ];
  cli.print([
    [span(cli.style, what, 'good')],
    row('key', key, 'strong'),
    row('kept as', shortId(id), 'id'),
    row('ends', until === null ? 'when it is revoked' : age(until, now), 'plain'),
  ]);
  cli.say('the key is shown this once: only its fingerprint is kept');
}

function columns(now: number): Column<MerchantView>[] {
  return [
    { label: 'merchant', text: ({ merchant }) => merchant },
    { label: 'grant', tone: 'id', whole: true, text: ({ grant }) => shortId(grant) },
    { label: 'let in', text: ({ from }) => age(from, now) },
    { label: 'keys', text: ({ keys }) => keys.map(({ id }) => shortId(id)).join(' ') },
    { label: 'set', tone: 'faint', text: settingsText },
  ];
}

function settingsText({ holdHours, leaseSeconds, samePurchase, adviceMayShorten }: MerchantView): string {
  const advice = adviceMayShorten ? ', shorter on advice' : '';
  return `hold ${holdHours} h${advice}, lease ${leaseSeconds} s, same purchase ${samePurchase}`;
}
