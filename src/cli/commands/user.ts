/** `counterfoil user add|list`: who may decide. Passwords come from a prompt or stdin, never from the command line. */
import type { Command } from 'commander';
import { action, type Cli } from '../cli.ts';
import type { Environment } from '../environment.ts';
import { EXIT, UsageError } from '../exit.ts';
import { teach } from '../help.ts';
import { askSecrets, readStdin } from '../prompt.ts';
import { age } from '../render/age.ts';
import { renderTable } from '../render/table.ts';
import { span } from '../render/text.ts';

const PASSWORD_BYTES_MAX = 4_096;

/** Registers the command and its two verbs. */
export function registerUser(program: Command, environment: Environment): void {
  const user = program.command('user').description('people who may decide');
  const add = user.command('add <name>').description('a person who may sign in and decide');
  add.option('--password-stdin', 'read the password from the first line of stdin').action(
    action<{ readonly passwordStdin?: boolean }>(environment, async (cli, options, [name = '']) => {
      const operations = await cli.operations({ create: true });
      const answer = await operations.addUser(name, await readPassword(cli, options.passwordStdin ?? false));
      if (cli.json) cli.printJson(answer);
      else cli.print([[span(cli.style, `added ${answer.name}`)]]);
      return EXIT.ok;
    }),
  );
  teach(add, { examples: ['user add alice', 'user add alice --password-stdin < password.txt'], json: '{name}' });
  const list = user
    .command('list')
    .description('all of them')
    .action(
      action(environment, async (cli) => {
        const operations = await cli.operations();
        const users = await operations.listUsers();
        const { now } = await operations.status();
        if (cli.json) cli.printJson(users);
        else if (users.length === 0) cli.say('no users yet: counterfoil user add <name>');
        else {
          const columns = [
            { label: 'name', text: (u: (typeof users)[number]) => u.name },
            { label: 'added', text: (u: (typeof users)[number]) => age(u.createdAt, now) },
          ];
          cli.print(renderTable(users, columns, cli.style));
        }
        return EXIT.ok;
      }),
    );
  teach(list, { examples: ['user list'], json: '[{name, createdAt}]' });
}

async function readPassword({ environment }: Cli, fromStdin: boolean): Promise<string> {
  if (fromStdin) {
    const text = (await readStdin(environment, PASSWORD_BYTES_MAX)).toString('utf8');
    return text.replace(/\r?\n[\s\S]*$/, '');
  }
  const [first, again] = await askSecrets(environment, ['password: ', 'again:    ']);
  if (first === undefined || first !== again) throw new UsageError('the two passwords are different', 'run it again');
  return first;
}
