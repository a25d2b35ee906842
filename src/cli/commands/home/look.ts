/** Where and how long to look for accessories: options that several commands take. */
import type { Command } from 'commander';
import type { LookInput } from '../../../server/home/shapes.ts';
import { UsageError } from '../../exit.ts';
import { collect } from '../../help.ts';

/** As commander parses them. */
export interface LookOptions {
  readonly interface?: readonly string[];
  readonly seconds?: string;
}

/** Adds `--interface --seconds`. */
export function addLookOptions(command: Command): Command {
  return command
    .option('--interface <name>', 'look on this interface (eth0, or its IPv4 address) only; repeat for more', collect)
    .option('--seconds <n>', 'how long to look (default 4)');
}

/** The options as the operation takes them. */
export function readLook({ interface: interfaces, seconds }: LookOptions): LookInput {
  if (seconds !== undefined && !/^\d{1,3}$/.test(seconds))
    throw new UsageError(`--seconds: expected whole seconds, got ${seconds}`, 'try --seconds 10');
  return { ...(interfaces && { interfaces }), ...(seconds !== undefined && { seconds: Number(seconds) }) };
}
