/** `counterfoil revoke <id>`: ends a grant or a code, with everything below it. */
import type { Command } from 'commander';
import type { Revoked } from '../../store/port.ts';
import { action } from '../cli.ts';
import type { Environment } from '../environment.ts';
import { EXIT } from '../exit.ts';
import { teach } from '../help.ts';
import { counted } from '../render/consequence.ts';
import { shortId } from '../render/id.ts';
import { span } from '../render/text.ts';
import { kindOf } from './show.ts';

/** Registers the command. */
export function registerRevoke(program: Command, environment: Environment): void {
  const command = program.command('revoke <id>').description('end a grant or a code, with everything issued for it');
  command
    .option('--yes', 'do not ask')
    .option('--cause <word>', 'why, as the timeline will say it')
    .action(
      action<{ readonly yes?: boolean; readonly cause?: string }>(environment, async (cli, options, [text = '']) => {
        const operations = await cli.operations();
        const id = kindOf(text)?.id ?? text;
        if (!options.yes && !(await cli.confirm(`revoke ${shortId(id)} and everything issued for it?`)))
          return EXIT.refused;
        const answer = await operations.revoke(id, options.cause);
        if (cli.json) cli.printJson(answer);
        else if (answer.found) cli.print([[span(cli.style, `${shortId(answer.id)}: ${whatDied(answer)}`)]]);
        else cli.say(`there is no ${text}: counterfoil grants lists them`);
        return answer.found ? EXIT.ok : EXIT.refused;
      }),
    );
  teach(command, {
    examples: ['revoke gr_4B2K9A2B4C', 'revoke cd_1A2B3C4D5E --yes --cause lost-phone'],
    json: '{id, found, revokedCodes, undoing}',
  });
}

function whatDied({ revokedCodes, undoing }: Revoked): string {
  if (revokedCodes + undoing === 0) return 'was ended already, nothing changed';
  const pairings = undoing > 0 ? `, ${counted(undoing, 'pairing')} being removed` : '';
  return `ended, ${counted(revokedCodes, 'live credential')} with it${pairings}`;
}
