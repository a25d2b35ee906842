/** `counterfoil home get`: values of characteristics, read by the hub. */
import type { Command } from 'commander';
import type { ValueView } from '../../../server/home/shapes.ts';
import type { Environment } from '../../environment.ts';
import { EXIT } from '../../exit.ts';
import { teach } from '../../help.ts';
import { type Column, renderTable } from '../../render/table.ts';
import { homeAction } from './action.ts';

/** Registers the command. */
export function registerGet(home: Command, environment: Environment): void {
  const command = home
    .command('get <name...>')
    .description('read values: lamp/lightbulb/on, or lamp for all that can be read');
  command.action(
    homeAction(environment, async (cli, _, names) => {
      const { operations } = await cli.opened();
      const values = await operations.homeGet(names);
      if (cli.json) cli.printJson(values);
      else cli.print(renderTable(values, VALUES, cli.style));
      return values.every(({ status }) => status === undefined) ? EXIT.ok : EXIT.refused;
    }),
  );
  teach(command, {
    examples: ['home get lamp/lightbulb/on', 'home get lamp', 'home get bridge/2.10 --json'],
    json: '[{id, says, value | status, format, unit?, perms, min?, max?, step?, valid?}]',
  });
}

/** Columns of a list of values. */
export const VALUES: readonly Column<ValueView>[] = [
  { label: 'name', tone: 'id', whole: true, text: ({ id }) => id },
  {
    label: 'value',
    tone: ({ status }) => (status === undefined ? 'strong' : 'bad'),
    text: (view) => (view.status === undefined ? shownValue(view) : `status ${view.status}`),
  },
  { label: 'format', spare: true, tone: 'faint', text: ({ format }) => format },
  { label: 'takes', spare: true, tone: 'faint', text: takes },
  { label: 'may', spare: true, tone: 'faint', text: ({ perms }) => perms.join(' ') },
  { label: 'is', spare: true, tone: 'faint', text: ({ id, says }) => (id === says ? '' : says) },
];

/** `0 to 100, by 1`, `0, 1, 2`; nothing where the accessory says nothing, or nobody may write. */
function takes({ perms, min, max, step, valid }: ValueView): string {
  if (!perms.includes('pw')) return '';
  if (valid) return valid.join(', ');
  const range = min === undefined || max === undefined ? [] : [`${min} to ${max}`];
  return [...range, ...(step === undefined ? [] : [`by ${step}`])].join(', ');
}

/** `on`, `40 %`, `"warm"`; nothing at all is `none`. */
export function shownValue({ value, format, unit }: Pick<ValueView, 'value' | 'format' | 'unit'>): string {
  if (value === null || value === undefined) return 'none';
  if (format === 'bool') return value === true ? 'on' : 'off';
  return unit === undefined ? String(value) : `${value} ${unit}`;
}
