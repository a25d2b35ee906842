/** `counterfoil backup [file]` and `counterfoil restore <file>`: everything, while a hub is running or not. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { auditKey } from '../../server/audit.ts';
import { backupKey, readBackup, writeBackup } from '../../server/backup.ts';
import { isPostgres } from '../../server/database.ts';
import { action, type Cli } from '../cli.ts';
import type { Environment } from '../environment.ts';
import { EXIT, UsageError } from '../exit.ts';
import { teach } from '../help.ts';
import type { Opener } from '../open.ts';
import type { Register } from '../program.ts';
import { counted } from '../render/consequence.ts';
import { span } from '../render/text.ts';
import { interrupted, rowCounter, using, withData } from './data.ts';

/** `backup`. */
export function registerBackup(openData: Opener['openData']): Register {
  return (program: Command, environment: Environment) => {
    const command = program
      .command('backup [file]')
      .description('write everything to one file, while the hub goes on (default counterfoil-<time>.backup)');
    command.action(
      action(environment, async (cli, _, [named]) => {
        const path = resolve(named ?? `counterfoil-${new Date().toISOString().slice(0, 19).replace(/:/g, '')}.backup`);
        const counter = rowCounter(cli, 'written');
        const { rows, generation } = await withData(cli, openData, async ({ upkeep, master }) => {
          const options = { onProgress: counter.at, signal: interrupted() };
          return written(path, async () => writeBackup(await upkeep.dump(), path, backupKey(master), options));
        }).finally(counter.done);
        const bytes = statSync(path).size;
        if (cli.json) cli.printJson({ file: path, bytes, generation, rows });
        else {
          const all = Object.values(rows).reduce((sum, n) => sum + n, 0);
          cli.print([
            [span(cli.style, `${counted(all, 'row')}, ${size(bytes)}: ${path}`)],
            [span(cli.style, keyNote(cli), 'faint')],
          ]);
        }
        return EXIT.ok;
      }),
    );
    teach(command, {
      examples: ['backup', 'backup /backup/hub.backup --db /var/lib/counterfoil/hub.db'],
      json: '{file, bytes, generation, rows: {grants, codes, verdicts, …}}',
    });
  };
}

async function written<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await using(path, work);
  } catch (fault) {
    if ((fault as Error).name !== 'AbortError') throw fault;
    throw new UsageError('stopped: no backup was written', 'the hub and its data are as they were');
  }
}

function keyNote({ db, data }: Cli): string {
  const key = isPostgres(db) ? 'COUNTERFOIL_KEY' : `${data}.key`;
  return `the master key is not in it: keep ${key} as well, in another place`;
}

function size(bytes: number): string {
  if (bytes < 1_000_000) return `${Math.ceil(bytes / 1_000)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

interface RestoreOptions {
  readonly yes?: boolean;
  readonly trust?: boolean;
  readonly onlyRaise?: boolean;
}

/** `restore`. */
export function registerRestore(openData: Opener['openData']): Register {
  return (program: Command, environment: Environment) => {
    const command = program
      .command('restore [file]')
      .description('put a backup in the place of everything, and refuse every code and token of before')
      .option('--yes', 'do not ask')
      .option('--trust', 'take a backup that was made under another master key, or was changed')
      .option('--only-raise', 'no file: the database was restored by its own tools, refuse every code of before');
    command.action(
      action<RestoreOptions>(environment, async (cli, options, [file]) => {
        if ((file === undefined) !== (options.onlyRaise ?? false))
          throw new UsageError('expected a backup file, or --only-raise without one', 'counterfoil restore --help');
        const question =
          file === undefined
            ? `refuse every code and token that ${cli.data} ever gave out?`
            : `put ${file} in the place of everything in ${cli.data}?`;
        if (!options.yes && !(await cli.confirm(question))) return EXIT.refused;
        const counter = rowCounter(cli, 'read');
        const generation = await withData(
          cli,
          openData,
          async ({ upkeep, master }) => {
            const trusted = options.trust ?? false;
            const raised =
              file === undefined
                ? await upkeep.raise()
                : await using(file, async () =>
                    upkeep.fill(await readBackup(file, backupKey(master), { trusted, onProgress: counter.at })),
                  );
            await upkeep.sign(auditKey(master).sign);
            return raised;
          },
          { create: true },
        ).finally(counter.done);
        if (cli.json) cli.printJson({ ...(file !== undefined && { file: resolve(file) }), generation });
        else
          cli.print([
            [span(cli.style, `restored; generation ${generation}`)],
            [
              span(
                cli.style,
                'every code and token of before is refused from now on, with the cause "restored"',
                'faint',
              ),
            ],
          ]);
        return EXIT.ok;
      }),
    );
    teach(command, {
      examples: [
        'restore /backup/hub.backup',
        'restore hub.backup --db postgres://counterfoil@db/counterfoil --yes',
        'restore --only-raise --yes',
      ],
      json: '{file?, generation}',
    });
  };
}
