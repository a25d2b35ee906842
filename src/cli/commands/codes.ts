/** `counterfoil codes`: the counterfoils, newest first. */
import type { Command } from 'commander';
import type { Code, Grant } from '../../core/model.ts';
import type { Operations } from '../../server/operations.ts';
import { isEndless } from '../../server/standing.ts';
import { action } from '../cli.ts';
import type { Environment } from '../environment.ts';
import { EXIT } from '../exit.ts';
import { teach } from '../help.ts';
import { addQueryOptions, type QueryOptions, readQuery } from '../query.ts';
import { age } from '../render/age.ts';
import { codeState, purposeWords, type Shown } from '../render/code-state.ts';
import { shortId } from '../render/id.ts';
import { type Column, renderTable } from '../render/table.ts';

/** Registers the command. */
export function registerCodes(program: Command, environment: Environment): void {
  const command = addQueryOptions(
    program.command('codes').description('codes and tokens, as kept: never the strings themselves'),
  );
  command.action(
    action<QueryOptions>(environment, async (cli, options) => {
      const operations = await cli.operations();
      const { now, generation } = await operations.status();
      const codes = await operations.codes(readQuery(options, now));
      const grants = await grantsOf(codes, operations);
      const standing = (code: Code): Shown => codeState(code, { now, generation, grant: grants.get(code.grant) });
      if (cli.json) cli.printJson(codes.map((code) => ({ ...code, standing: standing(code).word })));
      else if (codes.length === 0) cli.say('no such codes: counterfoil mint --client <id> makes one');
      else cli.print(renderTable(codes, columns(now, standing), cli.style));
      return EXIT.ok;
    }),
  );
  teach(command, {
    examples: ['codes --client my_app_123 --since 1h'],
    json: '[{id, grant, purpose, handle, bindings, from, until, total, used, usedAt?, state, next?, standing}], times in milliseconds; standing counts its grant, the clock and a restore in',
  });
}

/** Grants asked for at once; the hub bounds what one connection may have under way. */
const AT_ONCE = 32;

/** The grants behind the codes: a code dies with its grant, and its own row does not say so. */
async function grantsOf(codes: readonly Code[], operations: Operations): Promise<Map<string, Grant>> {
  const ids = [...new Set(codes.map((c) => c.grant))];
  const grants = new Map<string, Grant>();
  for (let i = 0; i < ids.length; i += AT_ONCE) {
    const found = await Promise.all(ids.slice(i, i + AT_ONCE).map((id) => operations.grants({ id, limit: 1 })));
    for (const grant of found.flat()) grants.set(grant.id, grant);
  }
  return grants;
}

function columns(now: number, standing: (code: Code) => Shown): Column<Code>[] {
  return [
    { label: 'id', tone: 'id', whole: true, text: (c) => shortId(c.id) },
    { label: 'what', text: (c) => purposeWords(c.purpose) },
    { label: 'state', tone: (c) => standing(c).tone, text: (c) => standing(c).word },
    { label: 'minted', text: (c) => age(c.from, now) },
    { label: 'ends', text: (c) => (isEndless(c) ? 'when it is revoked' : age(c.until, now)) },
    { label: 'bound to', spare: true, tone: 'faint', text: (c) => c.bindings.map((b) => b.fact).join(' ') },
    { label: 'grant', tone: 'id', whole: true, text: (c) => shortId(c.grant) },
  ];
}
