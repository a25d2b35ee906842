/** What the commands of `home` share: how a failure of an accessory is told, and what a wait looks like. */
import type { Command } from 'commander';
import { checklist, leaves } from '../../../core/verdict.ts';
import { DeviceError } from '../../../server/operations.ts';
import { action, type Cli, type Work } from '../../cli.ts';
import type { Environment } from '../../environment.ts';
import { EXIT } from '../../exit.ts';
import { paint } from '../../render/color.ts';
import { renderFinding } from '../../render/doctor.ts';
import { displayWidth, safe } from '../../render/text.ts';

/** As `action`; an accessory that fails is told with the doctor's cause and fixes, exit code 1. */
export function homeAction<O>(environment: Environment, work: Work<O>): (this: Command) => Promise<void> {
  return action<O>(environment, async (cli, options, args) => {
    try {
      return await work(cli, options, args);
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
      tellFailure(cli, error);
      return EXIT.refused;
    }
  });
}

/** Says what failed, on stderr, with the doctor's cause and fixes; as data on stdout where data are asked for. */
export function tellFailure(
  { json, printJson, say, environment: { stderr }, style }: Cli,
  { message, verdict }: DeviceError,
): void {
  const checks = verdict.checks ?? [];
  if (json) {
    const cause = leaves(checks).find(({ id }) => id === verdict.decisive)?.cause?.say;
    printJson({
      error: message,
      rule: verdict.decisive,
      cause: verdict.cause,
      ...(cause !== undefined && { says: cause }),
      checklist: checklist(checks).filter(({ rule }) => rule === verdict.decisive),
    });
    return;
  }
  say(`counterfoil: ${message}`);
  stderr.write(paint(renderFinding(verdict, style), { ...style, color: style.color && stderr.isTTY === true }));
}

/** Says what is being waited for, to a person; what is printed behind it takes its place. */
export async function waiting<T>(
  { environment: { stderr }, json }: Cli,
  what: string,
  work: () => Promise<T>,
): Promise<T> {
  if (json || !stderr.isTTY) return work();
  const text = `${safe(what)} …`;
  stderr.write(text);
  try {
    return await work();
  } finally {
    stderr.write(`\r${' '.repeat(displayWidth(text))}\r`);
  }
}
