/** `counterfoil grants`: who decided what for whom, newest first. */
import type { Command } from 'commander';
import type { Grant } from '../../core/model.ts';
import { show } from '../../core/show.ts';
import { action } from '../cli.ts';
import type { Environment } from '../environment.ts';
import { EXIT } from '../exit.ts';
import { teach } from '../help.ts';
import { addQueryOptions, type QueryOptions, readQuery } from '../query.ts';
import { age } from '../render/age.ts';
import { grantState } from '../render/code-state.ts';
import { shortId } from '../render/id.ts';
import { type Column, renderTable } from '../render/table.ts';

/** Registers the command. */
export function registerGrants(program: Command, environment: Environment): void {
  const command = addQueryOptions(program.command('grants').description('decisions: who allowed what to whom'));
  command.action(
    action<QueryOptions>(environment, async (cli, options) => {
      const operations = await cli.operations();
      const { now } = await operations.status();
      const grants = await operations.grants(readQuery(options, now));
      if (cli.json) cli.printJson(grants);
      else if (grants.length === 0) cli.say('no such grants');
      else cli.print(renderTable(grants, columns(now), cli.style));
      return EXIT.ok;
    }),
  );
  teach(command, {
    examples: ['grants --client my_app_123', 'show gr_4B2K9A2B4C'],
    json: '[{id, profile, by, to, terms, from, until, state, endedAt?, endedBy?}], times in milliseconds',
  });
}

function columns(now: number): Column<Grant>[] {
  return [
    { label: 'id', tone: 'id', whole: true, text: (g) => shortId(g.id) },
    { label: 'state', tone: (g) => grantState(g, now).tone, text: (g) => grantState(g, now).word },
    { label: 'by', text: (g) => g.by },
    { label: 'for', text: (g) => g.to },
    { label: 'decided', text: (g) => age(g.from, now) },
    {
      label: 'terms',
      tone: 'faint',
      text: (g) =>
        Object.entries(g.terms)
          .map(([name, value]) => `${name}=${show(value)}`)
          .join(' '),
    },
  ];
}
