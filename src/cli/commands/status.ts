/** `counterfoil status`: which hub or file this command speaks to, and whether a hub runs at all. */
import type { Command } from 'commander';
import { action } from '../cli.ts';
import type { Environment } from '../environment.ts';
import { EXIT } from '../exit.ts';
import { teach } from '../help.ts';
import { blanks, span } from '../render/text.ts';

/** Registers the command. */
export function registerStatus(program: Command, environment: Environment): void {
  const command = program.command('status').description('which hub, which data, what time it is there');
  command.action(
    action(environment, async (cli) => {
      const { operations, from } = await cli.opened();
      const running = from === 'hub';
      const status = { running, ...(await operations.status()) };
      if (cli.json) cli.printJson(status);
      else {
        const rows = {
          hub: running ? 'running' : 'not running: the data was opened directly',
          issuer: status.issuer,
          data: status.data,
          generation: String(status.generation),
          'hub time': new Date(status.now).toISOString(),
        };
        cli.print(
          Object.entries(rows).map(([name, value]) => [
            span(cli.style, name.padEnd(10), 'faint'),
            blanks(1),
            span(cli.style, value),
          ]),
        );
      }
      return EXIT.ok;
    }),
  );
  teach(command, {
    examples: ['status', 'status --db /var/lib/counterfoil/hub.db'],
    json: '{running, issuer, data, generation, now}',
  });
}
