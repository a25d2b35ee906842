/** `counterfoil erase`: forgets who, where from and what was sent; what was decided, when and why stays. */
import type { Command } from 'commander';
import { auditKey } from '../../server/audit.ts';
import { erase } from '../../server/erase.ts';
import type { Erasure } from '../../store/upkeep.ts';
import { action } from '../cli.ts';
import type { Environment } from '../environment.ts';
import { EXIT, UsageError } from '../exit.ts';
import { teach } from '../help.ts';
import type { Opener } from '../open.ts';
import type { Register } from '../program.ts';
import { counted } from '../render/consequence.ts';
import { span } from '../render/text.ts';
import { withData } from './data.ts';

interface EraseOptions {
  readonly user?: string;
  readonly client?: string;
  readonly grant?: string;
  readonly verdict?: string;
  readonly since?: string;
  readonly until?: string;
  readonly yes?: boolean;
}

/** The command. */
export function registerErase(openData: Opener['openData']): Register {
  return (program: Command, environment: Environment) => {
    const command = program
      .command('erase')
      .description('forget who, where from and what was sent; what was decided, when and why stays')
      .option('--user <name>', 'a person: their name, their sign-in, and the grants they gave end')
      .option('--client <id>', 'verdicts about this client')
      .option('--grant <id>', 'verdicts of this grant (the whole id)')
      .option('--verdict <id>', 'one verdict (its whole id, or the beginning of several)')
      .option('--since <time>', 'only from this time on (ISO 8601)')
      .option('--until <time>', 'only up to this time')
      .option('--yes', 'do not ask');
    command.action(
      action<EraseOptions>(environment, async (cli, options) => {
        const what = readErasure(options);
        if (!options.yes && !(await cli.confirm(`erase for good, in ${cli.data}, ${sayErasure(options)}?`)))
          return EXIT.refused;
        const done = await withData(cli, openData, async (opened) => {
          const erased = await erase(opened, what);
          await opened.upkeep.sign(auditKey(opened.master).sign);
          return erased;
        });
        if (cli.json) cli.printJson(done);
        else {
          const also = [
            ...(done.grants > 0 ? [`the name taken off ${counted(done.grants, 'grant')}`] : []),
            ...(done.revokedGrants > 0 ? [`${counted(done.revokedGrants, 'grant')} ended`] : []),
            ...(done.endedShares > 0 ? [`${counted(done.endedShares, 'link')} to them ended`] : []),
            ...(done.user !== undefined ? ['the sign-in removed'] : []),
          ];
          cli.print([[span(cli.style, [`${counted(done.verdicts, 'verdict')} erased`, ...also].join(', '))]]);
          cli.say('backups that were made before still have it');
        }
        return EXIT.ok;
      }),
    );
    teach(command, {
      examples: ['erase --user ada', 'erase --client my_app_123 --until 2026-01-01 --yes'],
      json: '{verdicts, grants, revokedGrants, endedShares, user?}',
    });
  };
}

function readErasure({ user, client, grant, verdict, since, until }: EraseOptions): Erasure {
  const what: Erasure = {
    ...(user !== undefined && { by: user }),
    ...(client !== undefined && { client }),
    ...(grant !== undefined && { grant }),
    ...(verdict !== undefined && { verdict }),
    ...(since !== undefined && { since: timeOf(since) }),
    ...(until !== undefined && { until: timeOf(until) }),
  };
  if (Object.keys(what).length > 0) return what;
  throw new UsageError(
    'expected something to erase: --user, --client, --grant, --verdict, --since or --until',
    'counterfoil erase --help',
  );
}

function sayErasure({ yes: _, ...rest }: EraseOptions): string {
  const named = (['user', 'client', 'grant', 'verdict', 'since', 'until'] as const).filter((name) => rest[name]);
  return named.map((name) => `${name} ${rest[name]}`).join(', ');
}

function timeOf(text: string): number {
  const at = Date.parse(text);
  if (Number.isFinite(at)) return at;
  throw new UsageError(
    `expected a time like 2026-11-21 or 2026-11-21T08:00:00Z, got ${text}`,
    'counterfoil erase --help',
  );
}
