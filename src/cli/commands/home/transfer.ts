/** `counterfoil home transfer`: accessories into other hands, by a code for that alone, and how far that is. */
import type { Command } from 'commander';
import type { OwnershipInput, OwnershipStatus } from '../../../server/operations.ts';
import type { Cli } from '../../cli.ts';
import type { Environment } from '../../environment.ts';
import { EXIT, type ExitCode, UsageError } from '../../exit.ts';
import { teach } from '../../help.ts';
import { shortId } from '../../render/id.ts';
import type { Line, Style } from '../../render/line.ts';
import { renderTable } from '../../render/table.ts';
import { blanks, span, wrapWords } from '../../render/text.ts';
import { mintedLines, readSeconds } from '../minted.ts';
import { homeAction } from './action.ts';

/** Options of a change of ownership. */
export interface OwnershipOptions {
  readonly jkt?: string;
  readonly pairingId?: string;
  readonly all?: boolean;
  readonly redirectUri?: string;
  readonly ttl?: string;
  readonly status?: string;
  readonly yes?: boolean;
}

/** Registers the command. */
export function registerTransfer(home: Command, environment: Environment): void {
  const command = addOwnershipOptions(
    home
      .command('transfer [app] [accessory...]')
      .description('a code that hands accessories over to the app of their new owner'),
  ).option('--pairing-id <id>', 'its pairing id: it becomes the administrator, and everybody else goes');
  command.action(
    homeAction<OwnershipOptions>(environment, async (cli, options, [app, ...accessories]) => {
      if (options.status !== undefined) return showStatus(cli, options.status);
      return mintChange(cli, 'transfer', app, accessories, options);
    }),
  );
  teach(command, {
    examples: [
      'home transfer new_owner lamp --jkt … --pairing-id 0E9C5D3A-…',
      'home transfer new_owner --all --jkt … --pairing-id 0E9C5D3A-…',
      'home transfer --status gr_4B2K9A2B4C',
    ],
    json: '{code, id, grant, until, redirectUri, scopes, verifier?}; with --status {grant, act, done, of, say, accessories: [{id, state, stage, say, fixes?}]}',
  });
}

/** Adds what a transfer and a reset both take. */
export function addOwnershipOptions(command: Command): Command {
  return command
    .option('--jkt <thumbprint>', "the app's key (RFC 7638): nobody else can redeem the code")
    .option('--all', 'all accessories of this hub')
    .option('--redirect-uri <uri>', "one of the app's; its only one unless told")
    .option('--ttl <seconds>', 'lifetime of the code, 300 at most')
    .option('--status <grant>', 'how far a change is that was begun: its grant, or the id of its code');
}

/** Mints the code and prints it. */
export async function mintChange(
  cli: Cli,
  act: OwnershipInput['act'],
  app: string | undefined,
  accessories: readonly string[],
  { jkt, pairingId, all, redirectUri, ttl }: OwnershipOptions,
): Promise<ExitCode> {
  if (app === undefined || (accessories.length === 0) === (all !== true))
    throw new UsageError('expected an application, and accessories or --all', `counterfoil home ${act} --help`);
  if (jkt === undefined)
    throw new UsageError(
      'expected --jkt, the key of the app: whoever found the code could use it otherwise',
      `counterfoil home ${act} --help`,
    );
  const { operations } = await cli.opened();
  const minted = await operations.mintOwnership({
    act,
    client: app,
    accessories: all ? 'all' : accessories,
    jkt,
    ...(pairingId !== undefined && { pairingId }),
    ...(redirectUri !== undefined && { redirectUri }),
    ...(ttl !== undefined && { ttlSeconds: readSeconds('--ttl', ttl) }),
  });
  if (cli.json) cli.printJson(minted);
  else {
    const { now } = await operations.status();
    cli.print(mintedLines(minted, cli, now));
    cli.say('nothing has changed yet: the app redeems the code, and then it begins');
    cli.say(`how far it is: counterfoil home ${act} --status ${shortId(minted.grant)}`);
  }
  return EXIT.ok;
}

/** How far a change is. Exit 0 when all of it is done. */
export async function showStatus(cli: Cli, grant: string): Promise<ExitCode> {
  const { operations } = await cli.opened();
  const status = await operations.ownershipStatus(grant);
  if (cli.json) cli.printJson(status);
  else cli.print(statusLines(status, cli.style));
  return status.done === status.of ? EXIT.ok : EXIT.refused;
}

type Row = OwnershipStatus['accessories'][number];

function statusLines({ grant, act, done, of, say, accessories }: OwnershipStatus, style: Style): Line[] {
  const fixes = accessories.flatMap(({ id, fixes = [] }) => fixes.map((fix) => `${id}: ${fix}`));
  const tone = done === of ? 'good' : 'caution';
  return [
    [span(style, shortId(grant), 'id'), span(style, `  ${act}: ${done} of ${of} done`, tone)],
    ...wrapWords(span(style, say).text, style.width - 2).map((text): Line => [blanks(2), span(style, text)]),
    [],
    ...renderTable<Row>(
      accessories,
      [
        { label: 'accessory', tone: 'id', whole: true, text: ({ id }) => id },
        { label: 'stage', tone: ({ state }) => (state === 'done' ? 'good' : 'caution'), text: ({ stage }) => stage },
        { label: 'says', text: (row) => row.say },
      ],
      style,
    ),
    ...(fixes.length > 0 ? [[], [span(style, 'What to do', 'strong')] as Line] : []),
    ...fixes.map((fix): Line => [blanks(2), span(style, fix)]),
  ];
}
