/** Explains a request: judged as the hub would, sent nowhere, nothing used up. */
import { checklist, leaves } from '../../core/verdict.ts';
import type { ReadRequest } from '../../protocols/http-text/message.ts';
import type { Cli } from '../cli.ts';
import { EXIT, type ExitCode, UsageError } from '../exit.ts';
import { renderVerdict } from '../render/verdict.ts';

/** Exit 0 would be accepted, 1 would be refused, 3 when no fault was found but a hub's records are needed to be sure. */
export async function explainRequest(cli: Cli, read: ReadRequest, all: boolean): Promise<ExitCode> {
  if (!read.ok) throw new UsageError(`expected ${read.expected}, got ${read.came}`, read.fix);
  const { operations, from } = await cli.operationsOrNothing();
  const offline = from === 'nothing';
  const [verdict, { now }] = await Promise.all([operations.explainRequest(read.request), operations.status()]);
  const checks = verdict.checks ?? [];
  if (cli.json) cli.printJson({ kind: 'request', offline, notes: read.notes, verdict, checklist: checklist(checks) });
  else {
    for (const note of read.notes) cli.say(`note: ${note}`);
    cli.print(renderVerdict(verdict, cli.style, { now, all, judgedOnly: true, offline }));
  }
  if (!verdict.ok) return EXIT.refused;
  return offline || leaves(checks).every((c) => c.outcome === 'skip') ? EXIT.undecided : EXIT.ok;
}
