/** `counterfoil home discover`: accessories that announce themselves on the local network. */
import type { Command } from 'commander';
import type { Announced } from '../../../server/home/shapes.ts';
import type { Environment } from '../../environment.ts';
import { EXIT } from '../../exit.ts';
import { teach } from '../../help.ts';
import type { Tone } from '../../render/line.ts';
import { type Column, renderTable } from '../../render/table.ts';
import { homeAction, waiting } from './action.ts';
import { addLookOptions, type LookOptions, readLook } from './look.ts';

/** Registers the command. */
export function registerDiscover(home: Command, environment: Environment): void {
  const command = addLookOptions(home.command('discover').description('accessories on the local network, by mDNS'));
  command.action(
    homeAction<LookOptions>(environment, async (cli, options) => {
      const look = readLook(options);
      const { operations } = await cli.openedOrNothing();
      const found = await waiting(cli, `looking for ${look.seconds ?? 4} s`, () => operations.homeDiscover(look));
      if (cli.json) cli.printJson(found);
      else if (found.length === 0) {
        cli.say('no accessory announces itself: another network, or too short a look? --seconds 10');
        cli.say('the lamp of this hub never does: counterfoil home accessories lists what the hub has');
      } else cli.print(renderTable(found, COLUMNS, cli.style));
      return found.length > 0 ? EXIT.ok : EXIT.refused;
    }),
  );
  teach(command, {
    examples: ['home discover', 'home discover --interface eth0 --seconds 10'],
    json: '[{name, host, port, addresses, hapId?, model?, category?, pv, sf?, ff, c?, paired?, known?, notes}]',
  });
}

const COLUMNS: readonly Column<Announced>[] = [
  { label: 'name', text: ({ name }) => name },
  { label: 'pairing', whole: true, tone: (one) => standing(one)[1], text: (one) => standing(one)[0] },
  { label: 'kind', text: ({ category }) => category ?? '' },
  { label: 'model', spare: true, text: ({ model }) => model ?? '' },
  { label: 'hap id', tone: 'id', whole: true, text: ({ hapId }) => hapId ?? '' },
  { label: 'at', whole: true, text: ({ addresses, host, port }) => `${addresses[0] ?? host}:${port}` },
  { label: 'pv', spare: true, text: ({ pv }) => pv },
  { label: 'to look at', tone: 'caution', spare: true, text: ({ sf, notes }) => [...bits(sf), ...notes].join(', ') },
];

function standing({ known, paired }: Announced): readonly [string, Tone] {
  if (known !== undefined) return paired === false ? [`was ${known}, reset`, 'bad'] : [`yours: ${known}`, 'good'];
  if (paired === undefined) return ['not said', 'caution'];
  return paired ? ['somebody', 'faint'] : ['free', 'strong'];
}

/** HAP §6.4 table 6-8. */
function bits(sf: number = 0): string[] {
  return [...(sf & 2 ? ['has no Wi-Fi yet'] : []), ...(sf & 4 ? ['reports a problem'] : [])];
}
