/** `counterfoil user`: who may decide, and who may look. Passwords come from a prompt or stdin, never from the command line. */
import type { Command } from 'commander';
import type { UserView } from '../../server/users.ts';
import { action, type Cli } from '../cli.ts';
import type { Environment } from '../environment.ts';
import { EXIT, UsageError } from '../exit.ts';
import { teach } from '../help.ts';
import { askSecrets, readStdin } from '../prompt.ts';
import { age } from '../render/age.ts';
import { counted } from '../render/consequence.ts';
import { type Column, renderTable } from '../render/table.ts';
import { span } from '../render/text.ts';

const PASSWORD_BYTES_MAX = 4_096;

interface AddOptions {
  readonly passwordStdin?: boolean;
  readonly developer?: string;
}

interface EditOptions {
  readonly developer?: string;
  readonly operator?: boolean;
}

/** Registers the command and its verbs. */
export function registerUser(program: Command, environment: Environment): void {
  const user = program.command('user').description('people who may decide, and developers who may look');
  registerAdd(user, environment);
  registerEdit(user, environment);
  registerRemove(user, environment);
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
        else cli.print(renderTable(users, columns(now), cli.style));
        return EXIT.ok;
      }),
    );
  teach(list, { examples: ['user list'], json: '[{name, createdAt, developerOf?}]' });
}

function columns(now: number): Column<UserView>[] {
  return [
    { label: 'name', text: ({ name }) => name },
    { label: 'added', text: ({ createdAt }) => age(createdAt, now) },
    { label: 'role', text: roleOf },
  ];
}

function roleOf({ developerOf }: Pick<UserView, 'developerOf'>): string {
  if (developerOf === undefined) return 'runs the hub';
  return `developer of ${developerOf.length === 0 ? 'nothing any more' : developerOf.join(', ')}`;
}

function registerAdd(user: Command, environment: Environment): void {
  const add = user.command('add <name>').description('a person who may sign in and decide, or a developer');
  add
    .option('--password-stdin', 'read the password from the first line of stdin')
    .option(
      '--developer <apps>',
      'a developer: sees the refusals of these applications (commas between), decides nothing',
    )
    .action(
      action<AddOptions>(environment, async (cli, { passwordStdin = false, developer }, [name = '']) => {
        const operations = await cli.operations({ create: true });
        const apps = developer === undefined ? undefined : appsIn(developer);
        const answer = await operations.addUser(name, await readPassword(cli, passwordStdin), apps);
        const what = apps ? `, ${roleOf({ developerOf: apps })}` : '';
        if (cli.json) cli.printJson(answer);
        else cli.print([[span(cli.style, `added ${answer.name}${what}`)]]);
        return EXIT.ok;
      }),
    );
  teach(add, {
    examples: [
      'user add alice',
      'user add alice --password-stdin < password.txt',
      'user add bob --developer my_app_123',
    ],
    json: '{name}',
  });
}

function registerEdit(user: Command, environment: Environment): void {
  const edit = user.command('edit <name>').description('what a person may do');
  edit
    .option('--developer <apps>', 'a developer of these applications from now on (commas between)')
    .option('--operator', 'runs the hub from now on: sees all and decides')
    .action(
      action<EditOptions>(environment, async (cli, { developer, operator = false }, [name = '']) => {
        if ((developer !== undefined) === operator)
          throw new UsageError('expected --developer <apps> or --operator', 'counterfoil user edit --help');
        const apps = developer === undefined ? null : appsIn(developer);
        const operations = await cli.operations();
        const answer = await operations.setUserRole(name, apps);
        const role = roleOf(apps ? { developerOf: apps } : {});
        if (cli.json) cli.printJson(answer);
        else cli.print([[span(cli.style, `${answer.name}: ${role}`)]]);
        return EXIT.ok;
      }),
    );
  teach(edit, {
    examples: ['user edit bob --developer my_app_123,bi_tool', 'user edit bob --operator'],
    json: '{name}',
  });
}

function registerRemove(user: Command, environment: Environment): void {
  const remove = user.command('remove <name>').description('a person who may not sign in any more');
  remove.option('--yes', 'do not ask').action(
    action<{ readonly yes?: boolean }>(environment, async (cli, { yes }, [name = '']) => {
      const operations = await cli.operations();
      if (!yes && !(await cli.confirm(`remove ${name}, and end their sessions?`))) return EXIT.refused;
      const answer = await operations.removeUser(name);
      if (cli.json) cli.printJson(answer);
      else {
        const ended = answer.sessions > 0 ? `, ${counted(answer.sessions, 'session')} ended` : '';
        cli.print([[span(cli.style, `removed ${answer.removed}${ended}`)]]);
        cli.say(`what they decided stays: counterfoil erase --user ${answer.removed} ends that too`);
      }
      return EXIT.ok;
    }),
  );
  teach(remove, { examples: ['user remove bob'], json: '{removed, sessions}' });
}

/** `a,b`, as it is typed. */
function appsIn(text: string): readonly string[] {
  return text
    .split(',')
    .map((app) => app.trim())
    .filter((app) => app !== '');
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
