/** What an app may do, picked in words (`--accessory lamp --can read,on,off`) instead of written as scopes. */
import { CHOICES, type Choice, scopesFor } from '../../../profiles/home/choices.ts';
import type { Operations } from '../../../server/operations.ts';
import { UsageError } from '../../exit.ts';

/** The options. */
export interface PickedOptions {
  readonly client?: string;
  readonly accessory?: string;
  readonly can?: string;
}

/** For whom, and which scopes: as they stand, or as they were picked. @throws UsageError for half of either */
export async function picked(
  operations: Pick<Operations, 'showApp'>,
  { client, accessory, can }: PickedOptions,
  [app, ...scopes]: readonly string[],
): Promise<{ readonly client: string; readonly scopes: readonly string[] }> {
  if (client === undefined && accessory === undefined && can === undefined) {
    if (app === undefined || scopes.length === 0) throw new UsageError('expected an app and a scope', TRY);
    return { client: app, scopes };
  }
  if (app !== undefined) throw new UsageError(`expected options or scopes, got ${app} beside the options`, TRY);
  if (client === undefined || accessory === undefined || can === undefined)
    throw new UsageError('expected --client, --accessory and --can together', TRY);
  const { scopes: registered } = await operations.showApp(client);
  return { client, scopes: scopesFor(accessory, readChoices(can), registered) };
}

const TRY = 'try mint home --client my_app --accessory lamp --can on,off';

function readChoices(can: string): readonly Choice[] {
  return can.split(',').map((text) => {
    const choice = CHOICES.find((one) => one === text.trim());
    if (choice === undefined)
      throw new UsageError(`--can: expected ${CHOICES.join(', ')}, with commas between, got ${text}`, TRY);
    return choice;
  });
}
