/** Explains what is wrong between a hub and an accessory: by asking the accessory, or from a transcript or log of any software. */
import { stat } from 'node:fs/promises';
import { checklist, type Verdict } from '../../core/verdict.ts';
import { explainHome, possibleCauses } from '../../inspectors/home/home.ts';
import type { Cli } from '../cli.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { renderCauses } from '../render/causes.ts';
import { renderDoctor } from '../render/doctor.ts';
import { waiting } from './home/action.ts';
import { readArtefact } from './read-artefact.ts';

const ASK =
  'bring the device (counterfoil explain home <id or host:port>) or a log of the failed try: the words alone fit all of these';
/** Hosts and ids have no blanks; names that are announced have few. */
const NAME_MAX = 63;

/** Exit 1 when something is wrong, 0 when nothing is, 3 when more is needed to be sure. */
export async function explainHomeOf(cli: Cli, args: readonly string[], all: boolean): Promise<ExitCode> {
  const [target, ...more] = args;
  if (target !== undefined && target !== '-' && !(more.length === 0 && (await isFile(target)))) {
    const words = args.join(' ');
    return possibleCauses(words) ? explainScreen(cli, words) : examineDevice(cli, words, all);
  }
  return explainLog(cli, await readArtefact(cli.environment, args), all);
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? /\.(?:jsonl?|log|txt)$/i.test(path);
}

async function examineDevice(cli: Cli, target: string, all: boolean): Promise<ExitCode> {
  if (target.length > NAME_MAX + 20) return unknown(cli);
  const { operations, from } = await cli.openedOrNothing();
  if (from !== 'hub') cli.say('no hub is running: what is asked of an accessory by a pairing is left out');
  const { subject, verdict, transcript } = await waiting(cli, `asking ${target}`, () => operations.homeExamine(target));
  if (cli.json) printJson(cli, verdict, { subject, transcript });
  else cli.print(renderDoctor(verdict, cli.style, { subject, all }));
  return verdict.ok ? EXIT.ok : EXIT.refused;
}

/** A transcript of ours as JSON lines, or the log of other software by its phrases. */
export function explainLog(cli: Cli, text: string, all: boolean): ExitCode {
  const verdict = explainHome(text);
  if (verdict.cause === 'words' || !isUnderstood(verdict)) {
    if (possibleCauses(text)) return explainScreen(cli, text);
    if (!isUnderstood(verdict)) return unknown(cli);
  }
  if (cli.json) printJson(cli, verdict, {});
  else cli.print(renderDoctor(verdict, cli.style, { subject: verdict.subject ?? 'the log', all }));
  return verdict.ok ? EXIT.ok : EXIT.refused;
}

/** Does a text say anything that the doctor knows? */
export function isHomeLog(text: string): boolean {
  return isUnderstood(explainHome(text));
}

function isUnderstood({ snapshot }: Verdict): boolean {
  const { entries, log } = snapshot as {
    readonly entries: readonly unknown[];
    readonly log?: { readonly understood: number };
  };
  return entries.length > 0 && (log?.understood ?? 0) > 0;
}

/** The words of a screen: every cause that hides behind them. */
export function explainScreen(cli: Cli, words: string): ExitCode {
  const found = possibleCauses(words);
  if (!found) return unknown(cli);
  const { symptom, causes } = found;
  if (cli.json) cli.printJson({ kind: 'home', symptom: symptom.id, words: symptom.words, causes, ask: ASK });
  else {
    cli.print(renderCauses(symptom.words, causes, cli.style, 'these words'));
    cli.say(ASK);
  }
  return EXIT.undecided;
}

function unknown(cli: Cli): ExitCode {
  const came = 'expected a transcript, a log that names a known error, or a device, got another text';
  if (cli.json) cli.printJson({ kind: 'unknown', came, ask: ASK });
  else {
    cli.say(came);
    cli.say('counterfoil explain home --help has examples');
  }
  return EXIT.undecided;
}

function printJson(cli: Cli, verdict: Verdict, more: Readonly<Record<string, unknown>>): void {
  const { ok, decisive: rule, cause, checks = [] } = verdict;
  cli.printJson({ kind: 'home', ok, rule, cause, ...more, checks, checklist: checklist(checks) });
}
