/** `counterfoil home watch`: values now, and every change until Ctrl-C, as the hub hears them. */
import type { Command } from 'commander';
import type { ChangeView, ValueView } from '../../../server/home/shapes.ts';
import type { Cli } from '../../cli.ts';
import { jsonText } from '../../cli.ts';
import type { Environment } from '../../environment.ts';
import { teach } from '../../help.ts';
import { clock } from '../../render/age.ts';
import { span } from '../../render/text.ts';
import { homeAction } from './action.ts';
import { shownValue } from './get.ts';

/** Registers the command. */
export function registerWatch(home: Command, environment: Environment): void {
  const command = home
    .command('watch <name...>')
    .description('values now and every change, until Ctrl-C: lamp/lightbulb/on, or lamp for all that can be watched');
  command.action(
    homeAction(environment, async (cli, _, names) => {
      const { operations } = await cli.opened();
      const { watch, now } = await operations.homeWatch(names);
      const views = new Map(now.map((view) => [view.id, view]));
      const { now: at } = await operations.status();
      const tell = teller(cli, views);
      for (const { id, value = null } of now) tell({ at, id, value });
      if (!cli.json) cli.say('waiting for changes; Ctrl-C ends');
      for (;;) for (const change of await operations.homeChanges(watch)) tell(change);
    }),
  );
  teach(command, {
    examples: ['home watch lamp', 'home watch lamp/lightbulb/on --json'],
    json: '{at, id, value} a line; times in milliseconds',
  });
}

function teller(cli: Cli, views: ReadonlyMap<string, ValueView>): (change: ChangeView) => void {
  const { style } = cli;
  const width = Math.max(0, ...[...views.keys()].map((id) => id.length));
  return (change) => {
    if (cli.json) return void cli.environment.stdout.write(`${jsonText(change, 0)}\n`);
    const { at, id, value } = change;
    const view = views.get(id);
    const text = view ? shownValue({ ...view, value }) : String(value);
    cli.print([
      [
        span(style, `${clock(at, style)}  `, 'faint'),
        span(style, id.padEnd(width + 2), 'id'),
        span(style, text, 'strong'),
      ],
    ]);
  };
}
