/** Explains a signed code, or the complaint "Bad ed25519 signature" with or without one. */
import { type Check, checklist, leaves } from '../../core/verdict.ts';
import { badSignatureCauses } from '../../inspectors/signed-code/signed-code.ts';
import type { Cli } from '../cli.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { renderCauses } from '../render/causes.ts';
import { renderChecklist } from '../render/checklist.ts';
import { renderChecks } from '../render/checks.ts';
import { shortId } from '../render/id.ts';
import { mark, span } from '../render/text.ts';

const ASK = 'bring the code, and the LTPK as "ltpk: …": counterfoil explain \'ltpk: … code: …\'';

/** Exit 1 when something is wrong, 0 when a known key has signed all of it, 3 when more is needed to be sure. */
export async function explainSigned(cli: Cli, text: string, all: boolean): Promise<ExitCode> {
  const { operations } = await cli.operationsOrNothing();
  const { checks = [], ok, code, cause } = await operations.explainCode(text);
  const made = leaves(checks).filter(({ outcome }) => outcome !== 'skip');
  const verified = made.some(({ id, outcome }) => id === 'signed-code.signature-valid' && outcome === 'pass');
  if (made.length === 0) return explainComplaint(cli);
  if (cli.json)
    cli.printJson({
      kind: 'signed-code',
      ok,
      verified,
      ...(cause !== undefined && { cause }),
      ...(code !== undefined && { id: code }),
      checks,
      checklist: checklist(checks),
    });
  else
    printChecks(
      cli,
      checks,
      ok
        ? verified
          ? 'a signed code, and its signature holds'
          : 'no fault found, and no key to verify it with'
        : 'a signed code that does not hold',
      all,
    );
  if (code !== undefined) cli.say(`whether it was used: counterfoil show ${shortId(code)}`);
  else if (ok && !verified) cli.say(ASK);
  if (!ok) return EXIT.refused;
  return verified ? EXIT.ok : EXIT.undecided;
}

function printChecks({ style, print }: Cli, checks: readonly Check[], say: string, all: boolean): void {
  const bad = checks.some(({ outcome }) => outcome === 'fail');
  const todos = renderChecklist(checklist(checks), style);
  print([
    [mark(style, bad ? 'fail' : 'pass', bad ? 'bad' : 'good'), span(style, ` ${say}`)],
    [],
    ...renderChecks(checks, style, all),
    ...(todos.length > 0 ? [[], ...todos] : []),
  ]);
}

/** There is nothing to judge: every cause that the words can have. */
function explainComplaint(cli: Cli): ExitCode {
  const causes = badSignatureCauses();
  if (cli.json) cli.printJson({ kind: 'signed-code', complaint: true, causes, ask: ASK });
  else {
    cli.print(renderCauses('Bad ed25519 signature', causes, cli.style));
    cli.say(ASK);
  }
  return EXIT.undecided;
}
