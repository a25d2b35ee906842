/** `counterfoil payments rotate-key`: a new key for card fingerprints; what is known of cards stays. */
import type { Command } from 'commander';
import type { CardKeyView } from '../../../server/payments/operation-shapes.ts';
import { action } from '../../cli.ts';
import type { Environment } from '../../environment.ts';
import { EXIT } from '../../exit.ts';
import { teach } from '../../help.ts';
import { age } from '../../render/age.ts';
import { type Column, renderTable } from '../../render/table.ts';

interface RotateOptions {
  readonly list?: boolean;
  readonly drop?: boolean;
  readonly yes?: boolean;
}

/** Registers the command. */
export function registerRotateKey(payments: Command, environment: Environment): void {
  const command = payments
    .command('rotate-key')
    .description('a new key for card fingerprints, in force a minute later, when every node knows it')
    .option('--list', 'only show the keys there are')
    .option('--drop', 'let the older keys go now instead: what is known of cards not tried since is lost')
    .option('--yes', 'do not ask');
  command.action(
    action<RotateOptions>(environment, async (cli, { list = false, drop = false, yes }) => {
      const operations = await cli.operations();
      if (
        drop &&
        !yes &&
        !(await cli.confirm('forget what is known of cards that were not tried under the newest key?'))
      )
        return EXIT.refused;
      const keys = list ? await operations.paymentsCardKeys() : await operations.paymentsRotateKey(drop);
      const { now } = await operations.status();
      if (cli.json) cli.printJson(keys);
      else cli.print(renderTable(keys, columns(now), cli.style));
      return EXIT.ok;
    }),
  );
  teach(command, {
    examples: ['payments rotate-key', 'payments rotate-key --list', 'payments rotate-key --drop --yes'],
    json: '[{id, from, state: "next" | "in-force" | "read", goesAt?}], times in milliseconds',
  });
}

const STATES: Readonly<Record<CardKeyView['state'], string>> = {
  'in-force': 'in force',
  next: 'next',
  read: 'read only: cards not tried since are known under it',
};

function columns(now: number): Column<CardKeyView>[] {
  return [
    { label: 'key', tone: 'id', text: ({ id }) => id },
    { label: 'state', text: ({ state }) => STATES[state] },
    { label: 'in force from', text: ({ from }) => (from === 0 ? 'the beginning' : age(from, now)) },
    { label: 'goes', text: ({ goesAt }) => (goesAt === undefined ? '' : age(goesAt, now)) },
  ];
}
