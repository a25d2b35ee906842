/** `counterfoil app add|list|show|edit|remove`: the Trusted Applications. */
import type { Command } from 'commander';
import type { AppInput, AppView } from '../../server/operations.ts';
import { action, type Cli } from '../cli.ts';
import type { Environment } from '../environment.ts';
import { EXIT, type ExitCode, UsageError } from '../exit.ts';
import { collect, teach } from '../help.ts';
import { counted } from '../render/consequence.ts';
import type { Line } from '../render/line.ts';
import { renderTable } from '../render/table.ts';
import { blanks, span } from '../render/text.ts';

interface AppOptions {
  readonly name?: string;
  readonly public?: boolean;
  readonly confidential?: boolean;
  readonly authMethod?: string;
  readonly redirectUri?: readonly string[];
  readonly scope?: readonly string[];
  readonly disableScope?: readonly string[];
  readonly enableScope?: readonly string[];
  readonly grantType?: readonly string[];
  readonly withoutPkce?: boolean;
  readonly withPkce?: boolean;
  readonly shortCodes?: boolean;
  readonly rotateSecret?: boolean;
}

const AUTH_METHODS = ['none', 'client_secret_basic', 'client_secret_post'] as const;
const GRANT_TYPES = ['authorization_code', 'refresh_token'] as const;
const JSON_APP =
  '{id, name, type, authMethod, redirectUris, grantTypes, scopes: [{name, enabled}], hasSecret, createdAt}';

/** Registers the command and its five verbs. */
export function registerApp(program: Command, environment: Environment): void {
  const app = program.command('app').description('Trusted Applications: who may redeem codes');
  registerAdd(app, environment);
  registerEdit(app, environment);
  registerReading(app, environment);
  registerRemove(app, environment);
}

function describeApp(command: Command): Command {
  return command
    .option('--name <text>', 'what people see when they are asked to agree')
    .option('--public', 'an app that cannot keep a secret (phone, browser, desktop)')
    .option('--confidential', 'an app server that keeps a secret')
    .option('--auth-method <method>', AUTH_METHODS.join(' | '))
    .option('--redirect-uri <uri>', 'a redirect URI, exact; repeat for more', collect)
    .option('--scope <name>', 'a scope the app may ask for; repeat for more', collect)
    .option('--disable-scope <name>', 'included but switched off; repeat for more', collect)
    .option('--grant-type <type>', `${GRANT_TYPES.join(' | ')}; repeat for more`, collect)
    .option('--short-codes', '16-character codes, minted only bound to a key')
    .option('--without-pkce', 'let a public app redeem without PKCE; every verdict will warn of it');
}

function registerAdd(app: Command, environment: Environment): void {
  const add = describeApp(app.command('add <client-id>').description('register an application')).action(
    action<AppOptions>(environment, async (cli, options, [id = '']) => {
      const operations = await cli.operations({ create: true });
      return printSaved(cli, await operations.addApp(id, readInput(options)));
    }),
  );
  teach(add, {
    examples: [
      'app add my_app_123 --public --redirect-uri com.myapp:/callback --scope lamp:read',
      'app add my_server --confidential --redirect-uri https://my.example/callback --scope lamp:read',
    ],
    json: `{app: ${JSON_APP}, secret?}`,
  });
}

function registerEdit(app: Command, environment: Environment): void {
  const edit = describeApp(
    app.command('edit <client-id>').description('change an application; lists are replaced as a whole'),
  )
    .option('--enable-scope <name>', 'switch an included scope on; repeat for more', collect)
    .option('--with-pkce', 'take --without-pkce back')
    .option('--rotate-secret', 'make a new secret; the old one dies at once')
    .action(
      action<AppOptions>(environment, async (cli, options, [id = '']) => {
        const operations = await cli.operations();
        const switched = options.enableScope || options.disableScope || options.scope;
        const scopes = switched ? scopesAfter(await operations.showApp(id), options) : {};
        return printSaved(cli, await operations.editApp(id, { ...readInput(options), ...scopes }));
      }),
    );
  teach(edit, {
    examples: [
      'app edit my_server --rotate-secret',
      'app edit my_app_123 --redirect-uri com.myapp:/callback --redirect-uri com.myapp:/cb2',
    ],
    json: `{app: ${JSON_APP}, secret?}`,
  });
}

function registerReading(app: Command, environment: Environment): void {
  const list = app
    .command('list')
    .description('all applications')
    .action(
      action(environment, async (cli) => {
        const apps = await (await cli.operations()).listApps();
        if (cli.json) cli.printJson(apps);
        else if (apps.length === 0) cli.say('no applications yet: counterfoil app add --help');
        else cli.print(appTable(apps, cli));
        return EXIT.ok;
      }),
    );
  teach(list, { examples: ['app list'], json: `[${JSON_APP}]` });
  const show = app
    .command('show <client-id>')
    .description('one application')
    .action(
      action(environment, async (cli, _options, [id = '']) => {
        const view = await (await cli.operations()).showApp(id);
        if (cli.json) cli.printJson(view);
        else cli.print(appLines(view, cli));
        return EXIT.ok;
      }),
    );
  teach(show, { examples: ['app show my_app_123'], json: JSON_APP });
}

function registerRemove(app: Command, environment: Environment): void {
  const remove = app.command('remove <client-id>').description('forget an application; everything it holds is revoked');
  remove.option('--yes', 'do not ask').action(
    action<{ readonly yes?: boolean }>(environment, async (cli, options, [id = '']) => {
      const operations = await cli.operations();
      if (!options.yes && !(await cli.confirm(`remove ${id} and revoke everything it holds?`))) return EXIT.refused;
      const answer = await operations.removeApp(id);
      if (cli.json) cli.printJson(answer);
      else
        cli.print([[span(cli.style, `removed ${answer.removed}: ${counted(answer.revokedGrants, 'grant')} revoked`)]]);
      return EXIT.ok;
    }),
  );
  teach(remove, {
    examples: ['app remove my_app_123', 'app remove my_app_123 --yes'],
    json: '{removed, revokedGrants}',
  });
}

/** `--scope` replaces what is included; the switches of scopes that stay are kept unless they are named. */
function scopesAfter(app: AppView, { scope, enableScope = [], disableScope = [] }: AppOptions): AppInput {
  const scopes = scope ?? app.scopes.map((s) => s.name);
  const unknown = [...enableScope, ...disableScope].find((name) => !scopes.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(
      `${app.id} does not include the scope ${unknown}`,
      'include it first: --scope replaces the list',
    );
  }
  const off = new Set([...app.scopes.filter((s) => !s.enabled).map((s) => s.name), ...disableScope]);
  for (const name of enableScope) off.delete(name);
  return { scopes, disabledScopes: scopes.filter((name) => off.has(name)) };
}

function readInput(options: AppOptions): AppInput {
  if (options.public && options.confidential) {
    throw new UsageError('an application is either public or confidential', 'keep one of --public and --confidential');
  }
  if (options.withPkce && options.withoutPkce)
    throw new UsageError('PKCE is either asked for or not', 'keep one of the two');
  const type = options.public ? 'public' : options.confidential ? 'confidential' : undefined;
  const pkce = options.withoutPkce ? true : options.withPkce ? false : undefined;
  const said = {
    name: options.name,
    type,
    authMethod: options.authMethod && oneOf('--auth-method', options.authMethod, AUTH_METHODS),
    redirectUris: options.redirectUri,
    grantTypes: options.grantType?.map((g) => oneOf('--grant-type', g, GRANT_TYPES)),
    scopes: options.scope,
    disabledScopes: options.disableScope,
    withoutPkce: pkce,
    shortCodes: options.shortCodes,
    rotateSecret: options.rotateSecret,
  };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)) as AppInput;
}

function oneOf<T extends string>(name: string, came: string, known: readonly T[]): T {
  const found = known.find((k) => k === came);
  if (!found) throw new UsageError(`${name}: expected ${known.join(' or ')}, got ${came}`, `try ${name} ${known[0]}`);
  return found;
}

function printSaved(cli: Cli, answer: { readonly app: AppView; readonly secret?: string }): ExitCode {
  if (cli.json) cli.printJson(answer);
  else {
    cli.print(appLines(answer.app, cli));
    if (answer.secret !== undefined) {
      cli.print([row('secret', answer.secret, cli)]);
      cli.say('the secret is shown this once: only its hash is kept');
    }
  }
  return EXIT.ok;
}

function row(label: string, value: string, { style }: Cli): Line {
  return [blanks(2), span(style, label.padEnd(14), 'faint'), span(style, value)];
}

function appLines(app: AppView, cli: Cli): Line[] {
  const scopes = app.scopes.map((s) => (s.enabled ? s.name : `${s.name} (switched off)`));
  const exceptions = Object.entries(app.exceptions ?? {}).filter(([, on]) => on);
  return [
    [span(cli.style, app.id, 'id'), blanks(2), span(cli.style, app.name, 'strong')],
    row('type', `${app.type}, ${app.authMethod}${app.hasSecret ? ', has a secret' : ''}`, cli),
    ...app.redirectUris.map((uri, i) => row(i === 0 ? 'redirect URIs' : '', uri, cli)),
    row('grant types', app.grantTypes.join(' '), cli),
    row('scopes', scopes.join(' ') || 'none', cli),
    ...exceptions.map(([name]) => row('exception', name, cli)),
    row('since', new Date(app.createdAt).toISOString(), cli),
  ];
}

function appTable(apps: readonly AppView[], cli: Cli): Line[] {
  return renderTable(
    apps,
    [
      { label: 'client id', tone: 'id', text: (a) => a.id },
      { label: 'name', text: (a) => a.name },
      { label: 'type', text: (a) => a.type },
      { label: 'redirect URIs', text: (a) => a.redirectUris.join(' ') },
      { label: 'scopes', text: (a) => a.scopes.map((s) => (s.enabled ? s.name : `(${s.name})`)).join(' ') },
    ],
    cli.style,
  );
}
