/** `counterfoil mint`: an authorization code from the person in charge, ready to paste. */
import type { Command } from 'commander';
import type { MintInput } from '../../server/operations.ts';
import { action } from '../cli.ts';
import type { Environment } from '../environment.ts';
import { EXIT } from '../exit.ts';
import { collect, teach } from '../help.ts';
import { grantCommand } from './home/grant.ts';
import { mintedLines, readSeconds, sayRedemption } from './minted.ts';

interface MintOptions {
  readonly client?: string;
  readonly redirectUri?: string;
  readonly scope?: readonly string[];
  readonly challenge?: string;
  readonly jkt?: string;
  readonly pairing?: string;
  readonly short?: boolean;
  readonly signed?: boolean;
  readonly ttl?: string;
  readonly ends?: string;
}

/** Registers the command. */
export function registerMint(program: Command, environment: Environment): void {
  const mint = program
    .command('mint')
    .description('hand out an authorization code, without the browser steps')
    .option('--client <id>', 'the application it is for')
    .option('--redirect-uri <uri>', 'one of its redirect URIs; its only one unless told')
    .option('--scope <name>', 'repeat for more; all that are enabled unless told', collect)
    .option('--challenge <s256>', 'PKCE S256 challenge; without it a verifier is made and printed')
    .option('--jkt <thumbprint>', 'bind the code to a key (RFC 7638)')
    .option('--pairing <id>', 'bind the code to a pairing')
    .option('--short', 'the 16-character form, where the application may have it; bound to PKCE or a key')
    .option('--signed', 'a code that can be verified offline, and is redeemed once as every other')
    .option('--ttl <seconds>', 'lifetime, 300 at most')
    .option('--ends <seconds>', 'when the grant ends, with all that comes of it; never, unless told');
  mint.action(
    action<MintOptions>(environment, async (cli, options) => {
      const { client } = options;
      // Not a required option of commander's: `mint home` would have to have it too.
      if (client === undefined) return mint.error("error: required option '--client <id>' not specified");
      const operations = await cli.operations();
      const minted = await operations.mint(readInput(client, options));
      if (cli.json) {
        cli.printJson(minted);
        return EXIT.ok;
      }
      const { now } = await operations.status();
      cli.print(mintedLines(minted, cli, now));
      const { challenge, jkt } = options;
      await sayRedemption(cli, operations, minted, { client, challenge, jkt });
      return EXIT.ok;
    }),
  );
  teach(mint, {
    examples: [
      'mint --client my_app_123',
      'mint --client my_app_123 --scope lamp:read --ttl 60',
      'mint --client my_app_123 --json | jq -r .code',
    ],
    json: '{code, id, grant, until, redirectUri, scopes, verifier?}',
  });
  const home = mint
    .command('home [app] [scope...]')
    .description('a code for accessories: the same as home grant, or picked in words')
    .option('--client <id>', 'the application, instead of the arguments')
    .option('--accessory <id>', 'which accessory, as the hub calls it')
    .option('--can <what>', 'read, on, off, direct; more than one with commas between');
  grantCommand(home, environment, 'mint home');
}

function readInput(client: string, options: MintOptions): MintInput {
  return {
    client,
    ...(options.redirectUri !== undefined && { redirectUri: options.redirectUri }),
    ...(options.scope && { scopes: options.scope }),
    ...(options.challenge !== undefined && { challenge: options.challenge }),
    ...(options.jkt !== undefined && { jkt: options.jkt }),
    ...(options.pairing !== undefined && { pairingId: options.pairing }),
    ...(options.short && { short: true }),
    ...(options.signed && { handle: 'signed' }),
    ...(options.ttl !== undefined && { ttlSeconds: readSeconds('--ttl', options.ttl) }),
    ...(options.ends !== undefined && { grantTtlSeconds: readSeconds('--ends', options.ends) }),
  };
}
