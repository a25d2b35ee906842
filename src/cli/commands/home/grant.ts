/** `counterfoil home grant`, and `counterfoil mint home`: a code for capabilities through the hub, or for a pairing of an app's own. */
import type { Command } from 'commander';
import { consentSentence, namesOf } from '../../../profiles/home/words.ts';
import type { MintInput, Operations } from '../../../server/operations.ts';
import type { Cli } from '../../cli.ts';
import type { Environment } from '../../environment.ts';
import { EXIT, UsageError } from '../../exit.ts';
import { teach } from '../../help.ts';
import type { Line } from '../../render/line.ts';
import { blanks, span, wrapWords } from '../../render/text.ts';
import { mintedLines, readSeconds, sayRedemption } from '../minted.ts';
import { homeAction } from './action.ts';
import { type PickedOptions, picked } from './picked.ts';

interface GrantOptions extends PickedOptions {
  readonly jkt?: string;
  readonly pairingId?: string;
  readonly redirectUri?: string;
  readonly challenge?: string;
  readonly ttl?: string;
  readonly ends?: string;
  readonly signed?: boolean;
  readonly admin?: boolean;
}

/** Registers the command. */
export function registerGrant(home: Command, environment: Environment): void {
  const command = home
    .command('grant <app> <scope...>')
    .description('hand out a code for accessories, without the browser');
  grantCommand(command, environment, 'home grant');
}

/** The command under either name. */
export function grantCommand(command: Command, environment: Environment, called: string): void {
  command
    .option('--jkt <thumbprint>', "the app's key (RFC 7638), which a pairing of its own is made with")
    .option('--pairing-id <id>', "the app's pairing id, an upper-case UUID")
    .option('--redirect-uri <uri>', "one of the app's; its only one unless told")
    .option('--challenge <s256>', 'PKCE S256 challenge; without it a verifier is made and printed')
    .option('--ttl <seconds>', 'lifetime of the code, 300 at most')
    .option('--ends <seconds>', 'when the grant ends by itself, and its pairing is taken back; never unless told')
    .option('--signed', 'a code that can be verified offline')
    .option('--admin', 'a pairing with the rights of an administrator, by a code for one more of them');
  command.action(
    homeAction<GrantOptions>(environment, async (cli, options, args) => {
      const { operations, from } = await cli.opened();
      if (from !== 'hub')
        throw new UsageError(
          'no hub is running, and what a code may open on an accessory is judged by a running one',
          'counterfoil start starts it',
        );
      const { client, scopes } = await picked(operations, options, args);
      if (scopes.some((scope) => DIRECT.test(scope)) && (options.jkt === undefined || options.pairingId === undefined))
        throw new UsageError(
          "a pairing of the app's own is made with its key: expected --jkt and --pairing-id",
          'the app knows both; through the hub it needs neither, like home:lamp/lightbulb:rs',
        );
      const minted = await (options.admin
        ? operations.mintOwnership({ ...readInput(client, options), ...additional(scopes, options) })
        : operations.mint({ ...readInput(client, options), scopes, ...grantTime(options) }));
      if (cli.json) {
        cli.printJson(minted);
        return EXIT.ok;
      }
      const { now } = await operations.status();
      cli.print([...mintedLines(minted, cli, now), ...(await meaning(cli, operations, client, minted.scopes))]);
      if (options.ends !== undefined)
        cli.print([
          [span(cli.style, `  all of it until ${new Date(now + Number(options.ends) * 1_000).toISOString()}`)],
        ]);
      const { challenge, jkt } = options;
      await sayRedemption(cli, operations, minted, { client, challenge, jkt });
      return EXIT.ok;
    }),
  );
  teach(command, {
    examples: [
      `${called} my_app home:lamp/lightbulb:rs home:lamp/lightbulb/brightness:w[10..60]@mon-fri,07:00-22:00`,
      `${called} my_app home:lamp:direct --jkt … --pairing-id 0E9C5D3A-… --ends 86400`,
    ],
    json: '{code, id, grant, until, redirectUri, scopes, verifier?}',
  });
}

function readInput(client: string, options: GrantOptions): Omit<MintInput, 'scopes'> {
  const { redirectUri, challenge, jkt, pairingId, signed, ttl } = options;
  return {
    client,
    ...(redirectUri !== undefined && { redirectUri }),
    ...(challenge !== undefined && { challenge }),
    ...(jkt !== undefined && { jkt }),
    ...(pairingId !== undefined && { pairingId }),
    ...(signed && { handle: 'signed' }),
    ...(ttl !== undefined && { ttlSeconds: readSeconds('--ttl', ttl) }),
  };
}

function grantTime({ ends }: GrantOptions): Pick<MintInput, 'grantTtlSeconds'> {
  return ends === undefined ? {} : { grantTtlSeconds: readSeconds('--ends', ends) };
}

const DIRECT = /^home:([^/:]+):direct$/;

function additional(
  scopes: readonly string[],
  { jkt, ends }: GrantOptions,
): { act: 'additional'; accessories: string[]; jkt: string } {
  const accessories = scopes.flatMap((scope) => DIRECT.exec(scope)?.[1] ?? []);
  if (accessories.length < scopes.length || jkt === undefined || ends !== undefined)
    throw new UsageError(
      '--admin: expected home:<accessory>:direct scopes only, --jkt and no --ends',
      'an administrator is one until somebody removes it',
    );
  return { act: 'additional', accessories, jkt };
}

/** What the app may do then, in plain words. */
async function meaning(
  { style }: Cli,
  operations: Operations,
  client: string,
  scopes: readonly string[],
): Promise<Line[]> {
  const names = namesOf(await operations.homeAccessories());
  return [
    [],
    [span(style, `${client} may then`, 'strong')],
    ...scopes.flatMap((scope) =>
      wrapWords(span(style, consentSentence(scope, names) ?? scope).text, style.width - 4).map(
        (text, i): Line => [blanks(i === 0 ? 2 : 4), span(style, text)],
      ),
    ),
  ];
}
