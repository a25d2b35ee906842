/** `counterfoil home forget`: the hub drops its record of an accessory. */
import type { Command } from 'commander';
import type { Environment } from '../../environment.ts';
import { EXIT } from '../../exit.ts';
import { teach } from '../../help.ts';
import { span } from '../../render/text.ts';
import { homeAction } from './action.ts';

/** Registers the command. */
export function registerForget(home: Command, environment: Environment): void {
  const command = home
    .command('forget <accessory>')
    .description('drop the record of an accessory that was reset or is gone; nothing is said to it')
    .option('--yes', 'do not ask');
  command.action(
    homeAction<{ readonly yes?: boolean }>(environment, async (cli, { yes }, [accessory = '']) => {
      const { operations } = await cli.opened();
      const question = `forget ${accessory}? one that still lists the hub can be paired again only after a factory reset;\nto hand it over instead: counterfoil home transfer. forget it`;
      if (!yes && !(await cli.confirm(question))) return EXIT.refused;
      const done = await operations.homeForget(accessory);
      if (cli.json) cli.printJson(done);
      else cli.print([[span(cli.style, `forgotten: ${done.forgotten}`)]]);
      return EXIT.ok;
    }),
  );
  teach(command, { examples: ['home forget desk-lamp'], json: '{forgotten}' });
}
