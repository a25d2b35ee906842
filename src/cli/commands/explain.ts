/**
 * `counterfoil explain`: hand it whatever you have (an id, a code, a request, a curl command, an error, words) and it
 * answers with the most it can say. Works with no hub and no data.
 */
import type { Command } from 'commander';
import { type Artefact, sniff } from '../../inspectors/artefact/sniff.ts';
import { concernsHap51, explainHap51 } from '../../inspectors/hap-51/hap-51.ts';
import { possibleCauses } from '../../inspectors/home/home.ts';
import { OperationError } from '../../server/operations.ts';
import { action, type Cli } from '../cli.ts';
import type { Environment } from '../environment.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { teach } from '../help.ts';
import { renderReadings } from '../render/readings.ts';
import { explainClient } from './explain-client.ts';
import { explainError } from './explain-error.ts';
import { explainHomeOf, explainLog, explainScreen, isHomeLog } from './explain-home.ts';
import { answersPayment, explainPayment, paymentHint } from './explain-payments.ts';
import { explainRequest } from './explain-request.ts';
import { explainSigned } from './explain-signed.ts';
import { readArtefact } from './read-artefact.ts';
import { kindOf, showAny } from './show.ts';

interface ExplainOptions {
  readonly all?: boolean;
}

/** Registers the command. */
export function registerExplain(program: Command, environment: Environment): void {
  const command = program
    .command('explain [artefact...]')
    .description('what is this, is it right, and what to do: a request, an error, an id, a code, or words');
  command.option('--all', 'a line for every passed check too').action(
    action<ExplainOptions>(environment, async (cli, options, args) => {
      if (args.length === 2 && args[0] === 'client' && args[1] !== undefined) return explainClient(cli, args[1]);
      if (args[0] === 'home') return explainHomeOf(cli, args.slice(1), options.all ?? false);
      return explain(cli, await readArtefact(environment, args), options.all ?? false);
    }),
  );
  teach(command, {
    examples: [
      'explain request.txt                      a request as text, or a curl command',
      'explain - < request.txt',
      'explain \'{"error":"invalid_grant"}\'      an error, with or without its error_uri',
      'explain vd_7F3K9A2B4C                    an id, as show does',
      "explain 'Bad ed25519 signature'          a complaint, a signed code, an LTPK",
      'explain client my_app_123                is this application set up well?',
      'explain home lamp                        an accessory: what it answers, and what is wrong (id, host:port, name)',
      'explain home pairing.log                 a transcript, or a log of other software; - is stdin',
      "explain 'Unable to pair. Invalid Authorization Code.'",
      'explain 51 HAP UPD                       the answer to a card payment, as printed, or as ISO 8583 in hex',
      "explain 'insufficient_funds at stripe'     the same in a processor's own words; or 'advice 08 at rapyd'",
      'explain hap 51                           words: all they may mean',
    ],
    json: 'ids as `show` does; else {kind: "request" | "error" | "code" | "signed-code" | "home" | "card-decline" | "words" | "client" | "unknown", …}',
  });
}

async function explain(cli: Cli, text: string, all: boolean): Promise<ExitCode> {
  const named = kindOf(text);
  const artefact = sniff(text);
  if (named && artefact.kind !== 'typed-code') return showAny(cli, named, all);
  switch (artefact.kind) {
    case 'verdict-id':
      return showAny(cli, { kind: 'verdict', id: artefact.id }, all);
    case 'code-id':
    case 'grant-id':
      return showAny(cli, { kind: 'life', id: artefact.id }, all);
    case 'http-request':
    case 'curl':
      return explainRequest(cli, artefact.read, all);
    case 'oauth-error':
      return explainError(cli, artefact.error, all);
    case 'signed-code':
      return explainSigned(cli, text, all);
    case 'typed-code':
      return explainCode(cli, artefact);
    case 'hap-transcript':
      return explainLog(cli, text, all);
    case 'card-decline':
      return explainPayment(cli, text, all);
    case 'words':
      return explainWords(cli, artefact.text, all);
    case 'http-response':
      return unknown(cli, 'this is a response without an OAuth error', 'bring the request that it answers');
    case 'unknown':
      if (isHomeLog(text)) return explainLog(cli, text, all);
      return unknown(cli, `expected something to judge, got ${artefact.came}`, WHAT_TO_BRING);
  }
}

const WHAT_TO_BRING =
  'bring a request, a curl command, an error response, an id, or a code: counterfoil explain --help';

function unknown(cli: Cli, came: string, ask: string): ExitCode {
  if (cli.json) cli.printJson({ kind: 'unknown', came, ask });
  else {
    cli.say(came);
    cli.say(ask);
  }
  return EXIT.undecided;
}

function explainWords(cli: Cli, text: string, all: boolean): ExitCode {
  if (answersPayment(text)) return explainPayment(cli, text, all);
  // The words of a screen say more than the number in them.
  if (possibleCauses(text)) return explainScreen(cli, text);
  if (!concernsHap51(text) && isHomeLog(text)) return explainLog(cli, text, all);
  if (!concernsHap51(text))
    return unknown(cli, 'these are words, and none that are known here', paymentHint(text) ?? WHAT_TO_BRING);
  const page = explainHap51(text);
  if (cli.json) cli.printJson({ kind: 'words', ...page });
  else cli.print(renderReadings(page, cli.style));
  const hint = paymentHint(text);
  if (hint !== undefined) cli.say(hint);
  return EXIT.undecided;
}

/** A code by itself: its life where it is known, else whether it is written right. The code is never printed. */
async function explainCode(cli: Cli, artefact: Artefact & { readonly kind: 'typed-code' }): Promise<ExitCode> {
  const what = artefact.purpose.replaceAll('_', ' ');
  if ('fault' in artefact) {
    if (cli.json) cli.printJson({ kind: 'code', purpose: artefact.purpose, wellFormed: false, fault: artefact.fault });
    else cli.say(`this should be an ${what}, but it is not written like one: ${artefact.fault}`);
    return EXIT.refused;
  }
  const { from } = await cli.operationsOrNothing();
  try {
    if (from !== 'nothing') return await showAny(cli, { kind: 'life', id: artefact.id }, false);
  } catch (fault) {
    if (!(fault instanceof OperationError)) throw fault;
  }
  const known =
    from === 'nothing'
      ? 'there is no hub here to know it'
      : 'this hub does not know it: another hub minted it, or nobody';
  if (cli.json)
    cli.printJson({ kind: 'code', purpose: artefact.purpose, wellFormed: true, id: artefact.id, known: false });
  else cli.say(`this is a well-formed ${what}, but ${known}`);
  return from === 'nothing' ? EXIT.undecided : EXIT.refused;
}
