/** `counterfoil upd <code|id>`: an updated code takes the place of a live one, and the old one names it. */
import type { Command } from 'commander';
import type { Updated } from '../../server/operations.ts';
import { action } from '../cli.ts';
import type { Environment } from '../environment.ts';
import { EXIT } from '../exit.ts';
import { teach } from '../help.ts';
import { shortId } from '../render/id.ts';
import { renderTable } from '../render/table.ts';
import { mark, span } from '../render/text.ts';
import { mintedLines } from './minted.ts';

/** Registers the command. */
export function registerUpd(program: Command, environment: Environment): void {
  const command = program.command('upd <code>').description('supersede a live code (itself, or its id) by a new one');
  command.action(
    action(environment, async (cli, _options, [code = '']) => {
      const operations = await cli.operations();
      const updated = await operations.upd(code);
      const { now } = await operations.status();
      const { style } = cli;
      if (cli.json) {
        cli.printJson(updated);
        return EXIT.ok;
      }
      const row = [
        span(style, shortId(updated.old), 'faint'),
        span(style, ' '),
        mark(style, 'arrow', 'faint'),
        span(style, ' '),
      ];
      type Item = Updated['changes'][number];
      const columns = [
        { label: 'what', text: (c: Item) => c.item },
        { label: 'was', tone: 'faint' as const, text: (c: Item) => c.from },
        { label: 'is', text: (c: Item) => (c.from === c.to ? 'the same' : c.to) },
      ];
      cli.print([
        [...row, span(style, shortId(updated.minted.id), 'id')],
        [],
        ...mintedLines(updated.minted, cli, now),
        ...(updated.changes.length > 0 ? [[], ...renderTable(updated.changes, columns, style)] : []),
      ]);
      cli.say('the code is shown this once; the old one is worthless and names its successor');
      return EXIT.ok;
    }),
  );
  teach(command, {
    examples: ["upd 'hap5.1-authcode:…'", 'upd cd_1A2B3C4D5E'],
    json: '{old, minted: {code, id, grant, until, redirectUri, scopes, verifier?}, changes: [{item, from, to}]}',
  });
}
