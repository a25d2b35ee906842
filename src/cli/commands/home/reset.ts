/** `counterfoil home reset`: a code for the one deliberate wipe: every pairing of an accessory goes, the hub's own included. */
import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import type { Environment } from '../../environment.ts';
import { EXIT, UsageError } from '../../exit.ts';
import { teach } from '../../help.ts';
import { ask } from '../../prompt.ts';
import { homeAction } from './action.ts';
import { addOwnershipOptions, mintChange, type OwnershipOptions, showStatus } from './transfer.ts';

/** Registers the command. */
export function registerReset(home: Command, environment: Environment): void {
  const command = addOwnershipOptions(
    home
      .command('reset [app] [accessory...]')
      .description('a code by which an app removes every pairing of accessories'),
  ).option('--yes', "do not ask for the accessory's name");
  command.action(
    homeAction<OwnershipOptions>(environment, async (cli, options, [app, ...accessories]) => {
      if (options.status !== undefined) return showStatus(cli, options.status);
      if (app !== undefined && !options.yes && !(await isMeant(cli, options.all ? ['all'] : accessories))) {
        cli.say('that is another name: nothing was done');
        return EXIT.refused;
      }
      return mintChange(cli, 'reset', app, accessories, options);
    }),
  );
  teach(command, {
    examples: [
      'home reset my_app lamp --jkt …',
      'home reset my_app lamp --jkt … --yes',
      'home reset --status gr_4B2K9A2B4C',
    ],
    json: '{code, id, grant, until, redirectUri, scopes, verifier?}; with --status as home transfer has it',
  });
}

/** A wipe is confirmed by the name of what is wiped: a `y` is typed too fast. */
async function isMeant({ environment }: Cli, accessories: readonly string[]): Promise<boolean> {
  if (!environment.stdin.isTTY) throw new UsageError('there is no terminal to ask on', 'add --yes to go ahead');
  const name = accessories.join(' ');
  environment.stderr.write(`every controller of ${name} will lose it, this hub too.\n`);
  return (await ask(environment, `type ${name} to go on: `)).trim() === name;
}
