/** The command line as a table of commands, and how a run ends. Knows no store; `main.ts` hands everything in. */
import { Command, CommanderError, Option } from 'commander';
import { withoutPassword } from '../server/database.ts';
import { DEFAULT_DB, databaseOf, exitCodeOf } from './cli.ts';
import { registerApp } from './commands/app.ts';
import { registerCodes } from './commands/codes.ts';
import { registerExplain } from './commands/explain.ts';
import { registerFix } from './commands/fix.ts';
import { registerGrants } from './commands/grants.ts';
import { registerGuide } from './commands/guide.ts';
import { registerHome } from './commands/home/home.ts';
import { registerMint } from './commands/mint.ts';
import { registerPayments } from './commands/payments/payments.ts';
import { registerReplay } from './commands/replay.ts';
import { registerRevoke } from './commands/revoke.ts';
import { registerShare } from './commands/share.ts';
import { registerShow } from './commands/show.ts';
import { registerStatus } from './commands/status.ts';
import { registerUpd } from './commands/upd.ts';
import { registerUser } from './commands/user.ts';
import { registerVerdicts } from './commands/verdicts.ts';
import type { Environment } from './environment.ts';
import { EXIT, type ExitCode, explainFault, UsageError } from './exit.ts';
import { teach } from './help.ts';
import { safe } from './render/text.ts';

/** Adds one command, or a command with verbs, to the program. */
export type Register = (program: Command, environment: Environment) => void;

/** In the order of the help. */
const COMMANDS: readonly Register[] = [
  registerExplain,
  registerVerdicts,
  registerShow,
  registerReplay,
  registerFix,
  registerGuide,
  registerGrants,
  registerCodes,
  registerMint,
  registerUpd,
  registerRevoke,
  registerShare,
  registerHome,
  registerPayments,
  registerApp,
  registerUser,
  registerStatus,
];

/** Commands that the composition root adds: starting a hub, before all others; those on the data as a whole, after them. */
export interface Added {
  readonly first?: readonly Register[];
  readonly last?: readonly Register[];
}

/** The program. */
export function buildProgram(environment: Environment, { first = [], last = [] }: Added = {}): Command {
  const { stdout, stderr, version } = environment;
  const program = new Command('counterfoil')
    .description('Authorization codes that can say why they were refused.')
    .version(version)
    .option('--db <database>', `a file or a postgres:// URL (env COUNTERFOIL_DB, else ${DEFAULT_DB})`)
    .option('--json', 'JSON on stdout, for programs')
    .addOption(new Option('--color', 'colours even when piped'))
    .addOption(new Option('--no-color', 'no colours'))
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp({
      showGlobalOptions: true,
      visibleGlobalOptions: (command): Option[] => (command.parent ? globalsOf(program) : []),
    })
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      getOutHelpWidth: () => stdout.columns ?? 100,
      getErrHelpWidth: () => stderr.columns ?? 100,
    });
  for (const register of [...first, ...COMMANDS, ...last]) register(program, environment);
  for (const command of program.commands) keepOwnOptions(command);
  hintAtHelp(program, 'counterfoil');
  teach(program, {
    examples: ['explain request.txt', 'verdicts --refused --follow', 'show vd_7F3K9A2B4C', 'mint --client my_app_123'],
  });
  return program.addHelpText(
    'after',
    '\nExit codes: 0 accepted or done, 1 refused or not found, 2 usage or bad input, 3 cannot be judged, 70 a fault of ours.',
  );
}

function globalsOf(program: Command): Option[] {
  return program.options.filter(({ hidden }) => !hidden);
}

/** Commander lets a command take its verb's options, wherever they stand: one that the verb has not is refused, not unheeded. */
function keepOwnOptions(command: Command): void {
  command.hook('preSubcommand', (_, verb) => {
    const unheeded = command.options.find(
      (option) =>
        command.getOptionValueSource(option.attributeName()) === 'cli' &&
        !verb.options.some(({ long }) => long === option.long),
    );
    if (unheeded) verb.error(`error: unknown option '${unheeded.long ?? unheeded.flags}'`);
  });
  for (const verb of command.commands) keepOwnOptions(verb);
}

/** Every command's usage errors name that command's own help. */
function hintAtHelp(command: Command, path: string): void {
  command.configureOutput({ ...command.configureOutput(), outputError: (text, write) => write(usageText(text, path)) });
  for (const sub of command.commands) hintAtHelp(sub, `${path} ${sub.name()}`);
}

/** Commander's `error: …` as one line of ours; its suggestion, if any, as the hint. */
function usageText(text: string, path: string): string {
  const [line = '', ...rest] = text.trim().split('\n');
  const hint = rest.join(' ').trim() || `${path} --help`;
  return `counterfoil: ${safe(line.replace(/^error: /, ''))}\n  hint: ${safe(hint)}\n`;
}

/** A default command would take a misspelled name for an argument of its own. */
function refuseUnknown(program: Command, argv: readonly string[]): void {
  const [name] = program.parseOptions([...argv]).operands;
  if (name === undefined || name === 'help' || program.commands.some((c) => c.name() === name)) return;
  throw new UsageError(`unknown command '${name}'`, 'counterfoil --help');
}

/** Runs one command line (without `node` and the script) and answers its exit code. Never throws. */
export async function run(argv: readonly string[], environment: Environment, added: Added = {}): Promise<ExitCode> {
  const program = buildProgram(environment, added);
  try {
    refuseUnknown(program, argv);
    await program.parseAsync(argv, { from: 'user' });
    return exitCodeOf(program);
  } catch (fault) {
    if (fault instanceof CommanderError) return fault.exitCode === 0 ? EXIT.ok : EXIT.usage;
    const { text, code } = explainFault(fault, Boolean(environment.env['COUNTERFOIL_DEBUG']));
    environment.stderr.write(withoutPassword(text, databaseOf(program.opts(), environment.env)));
    return code;
  }
}
