/** `counterfoil home pairings`: who controls an accessory, and a stranger's way out. */
import type { Command } from 'commander';
import type { PairingView } from '../../../server/home/shapes.ts';
import type { Environment } from '../../environment.ts';
import { EXIT } from '../../exit.ts';
import { teach } from '../../help.ts';
import { shortId } from '../../render/id.ts';
import type { Tone } from '../../render/line.ts';
import { type Column, renderTable } from '../../render/table.ts';
import { span } from '../../render/text.ts';
import { homeAction } from './action.ts';

interface PairingsOptions {
  readonly remove?: string;
  readonly yes?: boolean;
}

/** Registers the command. */
export function registerPairings(home: Command, environment: Environment): void {
  const command = home
    .command('pairings <accessory>')
    .description('the controllers that an accessory lists: the hub, those of grants, and strangers')
    .option('--remove <pairing>', "take a stranger's pairing away, and read it back; asks first")
    .option('--yes', 'do not ask');
  command.action(
    homeAction<PairingsOptions>(environment, async (cli, { remove, yes }, [accessory = '']) => {
      const { operations } = await cli.opened();
      if (remove === undefined) {
        const all = await operations.homePairings(accessory);
        if (cli.json) cli.printJson(all);
        else cli.print(renderTable(all, COLUMNS, cli.style));
        return EXIT.ok;
      }
      if (!yes && !(await cli.confirm(`remove the pairing ${remove} from ${accessory}?`))) return EXIT.refused;
      const left = await operations.homeRemovePairing(accessory, remove);
      if (cli.json) cli.printJson(left);
      else
        cli.print([
          [span(cli.style, `removed and read back: gone`, 'good')],
          [],
          ...renderTable(left, COLUMNS, cli.style),
        ]);
      return EXIT.ok;
    }),
  );
  teach(command, {
    examples: ['home pairings lamp', 'home pairings lamp --remove 3F2A9C11'],
    json: '[{id, admin, fingerprint, whose: "hub" | "grants" | "stranger", grants: [{grant, client}], listed}]',
  });
}

const TONES: Readonly<Record<PairingView['whose'], Tone>> = { hub: 'good', grants: 'plain', stranger: 'caution' };

const COLUMNS: readonly Column<PairingView>[] = [
  { label: 'pairing', tone: 'id', whole: true, text: ({ id }) => id },
  { label: 'rights', whole: true, text: ({ admin }) => (admin ? 'admin' : 'user') },
  { label: 'whose', tone: ({ whose }) => TONES[whose], text: whoseWords },
  { label: 'key', spare: true, tone: 'faint', text: ({ fingerprint }) => fingerprint },
  {
    label: 'listed',
    whole: true,
    tone: ({ listed }) => (listed ? 'faint' : 'caution'),
    text: ({ listed }) => (listed ? 'yes' : 'still due'),
  },
];

function whoseWords({ whose, grants }: PairingView): string {
  if (whose === 'hub') return 'this hub';
  if (whose === 'stranger') return 'a stranger';
  return grants.map(({ grant, client }) => `${client} (${shortId(grant)})`).join(', ');
}
