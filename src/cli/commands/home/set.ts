/** `counterfoil home set`: writes values, as the hub, and reads them back. */
import type { Command } from 'commander';
import type { SetInput, ValueView } from '../../../server/home/shapes.ts';
import { DeviceError, type Operations } from '../../../server/operations.ts';
import type { Cli } from '../../cli.ts';
import type { Environment } from '../../environment.ts';
import { EXIT, UsageError } from '../../exit.ts';
import { teach } from '../../help.ts';
import { paint } from '../../render/color.ts';
import { renderTable } from '../../render/table.ts';
import { homeAction, tellFailure } from './action.ts';
import { VALUES } from './get.ts';

/** Registers the command. */
export function registerSet(home: Command, environment: Environment): void {
  const command = home
    .command('set <name=value...>')
    .description('write values: lamp/lightbulb/on=on; several are written together')
    .option('--timed <ms>', 'a timed write: the accessory does nothing when it comes later than this');
  command.action(
    homeAction<{ readonly timed?: string }>(environment, async (cli, { timed }, args) => {
      const writes = readWrites(args);
      const timedMs = timed === undefined ? undefined : readMs(timed);
      const { operations } = await cli.opened();
      let values: readonly ValueView[];
      try {
        values = await operations.homeSet(writes, timedMs);
      } catch (error) {
        if (!(error instanceof DeviceError)) throw error;
        tellFailure(cli, error);
        await tellNow(cli, operations, writes);
        return EXIT.refused;
      }
      if (cli.json) cli.printJson(values);
      else cli.print(renderTable(values, VALUES, cli.style));
      return EXIT.ok;
    }),
  );
  teach(command, {
    examples: [
      'home set lamp/lightbulb/on=on',
      'home set lamp/lightbulb/on=on lamp/lightbulb/brightness=40',
      'home set door/lock/target=0 --timed 500',
    ],
    json: '[{id, says, value | status, format, unit?, perms, min?, max?, step?, valid?}], read back after the write',
  });
}

/** What stands after a refusal, by name: the refusal has numbers, and of several writes some may be done. */
async function tellNow(
  { json, style, environment: { stderr } }: Cli,
  operations: Pick<Operations, 'homeGet'>,
  writes: readonly SetInput[],
): Promise<void> {
  if (json) return;
  // one that is away, or cannot be read, has nothing to add to its refusal
  const now = await operations.homeGet(writes.map(({ id }) => id)).catch(() => []);
  if (now.length > 0)
    stderr.write(
      paint([[], ...renderTable(now, VALUES, style)], { ...style, color: style.color && stderr.isTTY === true }),
    );
}

/** `name=value` each; `name value` will do for one. */
function readWrites(args: readonly string[]): SetInput[] {
  const [name = '', value] = args;
  if (args.length === 2 && value !== undefined && !name.includes('=') && !value.includes('='))
    return [{ id: name, value }];
  return args.map((arg) => {
    const at = arg.indexOf('=');
    if (at < 1) throw new UsageError(`expected name=value, got ${arg}`, 'try lamp/lightbulb/on=on');
    return { id: arg.slice(0, at), value: arg.slice(at + 1) };
  });
}

function readMs(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new UsageError(`--timed: expected whole milliseconds, got ${text}`, 'try --timed 500');
}
