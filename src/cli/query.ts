/** The filters that lists share, and how they read. */
import type { Command } from 'commander';
import type { Query } from '../store/port.ts';
import { UsageError } from './exit.ts';
import { readTime } from './render/age.ts';

/** As commander parses them. */
export interface QueryOptions {
  readonly client?: string;
  readonly grant?: string;
  readonly since?: string;
  readonly until?: string;
  readonly limit?: string;
}

const LIMIT_MAX = 1_000;

/** Adds `--client --grant --since --until --limit`. */
export function addQueryOptions(command: Command): Command {
  return command
    .option('--client <id>', 'only those of this application')
    .option('--grant <id>', 'only those of this grant')
    .option('--since <time>', 'not older than: 10m, 2h, 7d, or 2026-03-01T12:00')
    .option('--until <time>', 'not newer than')
    .option('--limit <n>', `how many, newest first, ${LIMIT_MAX} at most`, '100');
}

/** The options as a query; `now` is the store's clock. */
export function readQuery(options: QueryOptions, now: number): Query & { readonly limit: number } {
  const since = readWhen('--since', options.since, now);
  const until = readWhen('--until', options.until, now);
  return {
    limit: readCount('--limit', options.limit ?? '100', LIMIT_MAX),
    ...(options.client !== undefined && { client: options.client }),
    ...(options.grant !== undefined && { grant: options.grant }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
  };
}

function readWhen(name: string, text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const at = readTime(text, now);
  if (at === undefined)
    throw new UsageError(`${name}: expected a time, got ${text}`, 'use 10m, 2h, 7d, or 2026-03-01T12:00');
  return at;
}

/** A whole number from 1 to `most`. */
function readCount(name: string, text: string, most: number): number {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > most)
    throw new UsageError(`${name}: expected 1 to ${most}, got ${text}`, `try ${name} ${most}`);
  return count;
}
