/** The part of a command's help that teaches: examples, and what `--json` prints. */
import type { Command } from 'commander';

/** What to add below the options. */
export interface HelpNotes {
  readonly examples: readonly string[];
  readonly json?: string;
}

/** Adds the notes to the command's `--help`. */
export function teach(command: Command, { examples, json }: HelpNotes): Command {
  const parts = ['', 'Examples:', ...examples.map((e) => `  $ counterfoil ${e}`)];
  if (json !== undefined) parts.push('', 'With --json:', `  ${json}`);
  return command.addHelpText('after', parts.join('\n'));
}

/** Collects a repeatable option. */
export function collect(value: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, value];
}
