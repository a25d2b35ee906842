/** `counterfoil home accessories`: the accessories of this hub, and what is printed on those that it plays itself. */
import type { Command } from 'commander';
import { renderUnicodeCompact } from 'uqr';
import type { AccessoryView } from '../../../server/home/shapes.ts';
import type { Operations } from '../../../server/operations.ts';
import type { Cli } from '../../cli.ts';
import type { Environment } from '../../environment.ts';
import { EXIT } from '../../exit.ts';
import { teach } from '../../help.ts';
import type { Line, Style } from '../../render/line.ts';
import { type Column, renderTable } from '../../render/table.ts';
import { blanks, span, wrapWords } from '../../render/text.ts';
import { homeAction, waiting } from './action.ts';

interface AccessoriesOptions {
  readonly showSetupCode?: string | true;
}

/** Registers the command. */
export function registerAccessories(home: Command, environment: Environment): void {
  const command = home
    .command('accessories')
    .description('the accessories of this hub: do they answer, and how many controllers have they')
    .option('--show-setup-code [of]', 'the label of what the hub plays itself: lamp (unless told), or hub');
  command.action(
    homeAction<AccessoriesOptions>(environment, async (cli, { showSetupCode }) => {
      const { operations } = await cli.opened();
      if (showSetupCode !== undefined)
        return showLabel(cli, operations, showSetupCode === true ? 'lamp' : showSetupCode);
      const all = await waiting(cli, 'asking each', () => operations.homeAccessories());
      if (cli.json) cli.printJson(all);
      else cli.print(accessoryLines(all, cli.style));
      return all.every(({ reachable }) => reachable) ? EXIT.ok : EXIT.refused;
    }),
  );
  teach(command, {
    examples: ['home accessories', 'home accessories --show-setup-code hub'],
    json: '[{id, name, own, hapId?, address?, reachable, why?, model?, firmware?, pv?, sf?, pairings?}], with --show-setup-code {of, setupCode, payload}',
  });
}

/** The list, and why those that are away are. */
export function accessoryLines(all: readonly AccessoryView[], style: Style): Line[] {
  const away = all.filter(({ reachable }) => !reachable);
  return [
    ...renderTable(all, COLUMNS, style),
    ...away.flatMap(({ id, why = '' }): Line[] => [
      [],
      ...wrapWords(span(style, `${id}: ${why}`).text, style.width).map((text): Line => [span(style, text, 'caution')]),
      [span(style, `what is wrong with it: counterfoil explain home ${id}`, 'faint')],
    ]),
  ];
}

const COLUMNS: readonly Column<AccessoryView>[] = [
  { label: 'id', tone: 'id', whole: true, text: ({ id }) => id },
  { label: 'name', text: ({ name }) => name },
  {
    label: 'answers',
    whole: true,
    tone: ({ reachable }) => (reachable ? 'good' : 'bad'),
    text: ({ reachable }) => (reachable ? 'yes' : 'no'),
  },
  { label: 'pairings', whole: true, text: ({ pairings }) => (pairings === undefined ? '' : String(pairings)) },
  { label: 'at', whole: true, text: ({ address }) => address ?? '' },
  { label: 'hap id', spare: true, whole: true, tone: 'faint', text: ({ hapId }) => hapId ?? '' },
  { label: 'model', spare: true, text: ({ model }) => model ?? '' },
  { label: 'firmware', spare: true, text: ({ firmware }) => firmware ?? '' },
  { label: 'pv', spare: true, text: ({ pv }) => pv ?? '' },
  { label: 'sf', spare: true, text: ({ sf }) => (sf === undefined ? '' : String(sf)) },
];

async function showLabel(cli: Cli, operations: Operations, of: string): Promise<0> {
  const { setupCode, payload } = await operations.homeSetupCode(of);
  if (cli.json) {
    cli.printJson({ of, setupCode, payload });
    return EXIT.ok;
  }
  const { style } = cli;
  const row = (label: string, value: string): Line => [
    span(style, label.padEnd(12), 'faint'),
    span(style, value, 'strong'),
  ];
  // Half blocks have no form in ASCII, and a code that cannot be scanned is worth nothing.
  const squares = style.unicode ? renderUnicodeCompact(payload, { border: 2 }).split('\n') : [];
  cli.print([
    row('setup code', setupCode),
    row('payload', payload),
    ...(squares.length > 0 ? [[]] : []),
    ...squares.map((line): Line => [blanks(2), { text: line, tone: 'plain' }]),
  ]);
  cli.say(`whoever has this code can pair with the ${of} while nobody is paired with it`);
  return EXIT.ok;
}
