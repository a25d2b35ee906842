/** `counterfoil home pair`: the hub becomes an administrator of an accessory, by its setup code. */
import type { Command } from 'commander';
import type { Environment } from '../../environment.ts';
import { EXIT } from '../../exit.ts';
import { teach } from '../../help.ts';
import { ask, readStdin } from '../../prompt.ts';
import { span } from '../../render/text.ts';
import { accessoryLines } from './accessories.ts';
import { homeAction, waiting } from './action.ts';
import { addLookOptions, type LookOptions, readLook } from './look.ts';

interface PairOptions extends LookOptions {
  readonly code?: string;
  readonly name?: string;
}

const CODE_BYTES_MAX = 1_024;

/** Registers the command. */
export function registerPair(home: Command, environment: Environment): void {
  const command = home
    .command('pair <id> [target]')
    .description('pair the hub with an accessory by the code on its label')
    .addHelpText(
      'after',
      '\n<id> is what the hub calls it, as in scopes. <target> is host:port, or the HAP id or name that home discover shows;\nwithout it the accessory of the QR code is meant, or the only one that is free.\nThe code is asked for, or read from stdin, unless --code is given.',
    )
    .option('--code <code>', 'XXX-XX-XXX, or X-HM://… of the QR code')
    .option('--name <words>', 'what people call it; the id unless told');
  addLookOptions(command).action(
    homeAction<PairOptions>(environment, async (cli, options, [id = '', target]) => {
      const { operations } = await cli.opened();
      const code = options.code ?? (await codeFrom(environment));
      const input = {
        ...readLook(options),
        id,
        code,
        ...(target !== undefined && { target }),
        ...(options.name !== undefined && { name: options.name }),
      };
      const paired = await waiting(cli, `pairing with ${target ?? 'the accessory of this code'}`, () =>
        operations.homePair(input),
      );
      if (cli.json) cli.printJson(paired);
      else cli.print([[span(cli.style, `paired as ${id}`, 'good')], [], ...accessoryLines([paired], cli.style)]);
      return EXIT.ok;
    }),
  );
  teach(command, {
    examples: [
      'home pair desk-lamp 192.168.1.20:51826 --code 031-45-154',
      "home pair desk-lamp --code 'X-HM://0023ISYWYABCD'",
      'home pair bridge "Homebridge 51F2" < code.txt',
    ],
    json: '{id, name, own, hapId, address, reachable, model?, firmware?, pv?, pairings?}',
  });
}

async function codeFrom(environment: Environment): Promise<string> {
  if (environment.stdin.isTTY) return ask(environment, 'setup code (XXX-XX-XXX or X-HM://…): ');
  return (await readStdin(environment, CODE_BYTES_MAX)).toString('utf8').trim();
}
