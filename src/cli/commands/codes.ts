/** `counterfoil codes`: the counterfoils, newest first. */
import type { Command } from 'commander';
import type { Code } from '../../core/model.ts';
import { action } from '../cli.ts';
import type { Environment } from '../environment.ts';
import { EXIT } from '../exit.ts';
import { teach } from '../help.ts';
import { addQueryOptions, type QueryOptions, readQuery } from '../query.ts';
import { age } from '../render/age.ts';
import { codeState, purposeWords } from '../render/code-state.ts';
import { shortId } from '../render/id.ts';
import { type Column, renderTable } from '../render/table.ts';

/** Registers the command. */
export function registerCodes(program: Command, environment: Environment): void {
  const command = addQueryOptions(
    program.command('codes').description('codes and tokens, as kept: never the strings themselves'),
  );
  command.action(
    action<QueryOptions>(environment, async (cli, options) => {
      const operations = await cli.operations();
      const { now } = await operations.status();
      const codes = await operations.codes(readQuery(options, now));
      if (cli.json) cli.printJson(codes);
      else if (codes.length === 0) cli.say('no such codes: counterfoil mint --client <id> makes one');
      else cli.print(renderTable(codes, columns(now), cli.style));
      return EXIT.ok;
    }),
  );
  teach(command, {
    examples: ['codes --client my_app_123 --since 1h'],
    json: '[{id, grant, purpose, handle, bindings, from, until, total, used, usedAt?, state, next?}], times in milliseconds',
  });
}

function columns(now: number): Column<Code>[] {
  return [
    { label: 'id', tone: 'id', whole: true, text: (c) => shortId(c.id) },
    { label: 'what', text: (c) => purposeWords(c.purpose) },
    { label: 'state', tone: (c) => codeState(c, now).tone, text: (c) => codeState(c, now).word },
    { label: 'minted', text: (c) => age(c.from, now) },
    { label: 'ends', text: (c) => age(c.until, now) },
    { label: 'bound to', tone: 'faint', text: (c) => c.bindings.map((b) => b.fact).join(' ') },
    { label: 'grant', tone: 'id', whole: true, text: (c) => shortId(c.grant) },
  ];
}
