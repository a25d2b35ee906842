/** Explains an OAuth error: the verdict behind its reference where it is known here, else all it may mean, in order. */
import { checklistFor } from '../../profiles/oauth/profile.ts';
import type { OAuthError } from '../../protocols/oauth-error/oauth-error.ts';
import { OperationError } from '../../server/operations.ts';
import type { Cli } from '../cli.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { renderCauses } from '../render/causes.ts';
import { showAny } from './show.ts';

const ASK = 'to learn which one it was, bring the request: counterfoil explain request.txt';

/** Exit as `show` when the verdict is known; 3 when only the class of error can be explained. */
export async function explainError(cli: Cli, error: OAuthError, all: boolean): Promise<ExitCode> {
  const shown = error.reference === undefined ? undefined : await showReferred(cli, error.reference, all);
  if (shown !== undefined) return shown;
  const causes = checklistFor(error.error);
  if (cli.json) cli.printJson({ kind: 'error', error, causes, ask: ASK });
  else if (causes.length === 0)
    cli.say(`${error.error} is no error that a hub of ours sends; bring the request that it answers`);
  else {
    cli.print(renderCauses(error.error, causes, cli.style));
    cli.say(ASK);
  }
  return EXIT.undecided;
}

async function showReferred(cli: Cli, reference: string, all: boolean): Promise<ExitCode | undefined> {
  const { from } = await cli.operationsOrNothing();
  if (from === 'nothing') {
    cli.say(`the error refers to ${reference}, which only the hub that sent it can open`);
    return undefined;
  }
  try {
    return await showAny(cli, { kind: 'verdict', id: `vd_${reference}` }, all);
  } catch (fault) {
    if (!(fault instanceof OperationError)) throw fault;
    cli.say(`this hub does not know the reference ${reference}: another hub sent it, or it is past keeping`);
    return undefined;
  }
}
