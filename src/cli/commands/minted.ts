/** What every command that mints shares: a lifetime as it is typed, and the code as it is shown, once. */
import type { Minted, Operations } from '../../server/operations.ts';
import { type RedemptionInput, redemptionCurl } from '../../server/redemption.ts';
import type { Cli } from '../cli.ts';
import { UsageError } from '../exit.ts';
import { age } from '../render/age.ts';
import { shortId } from '../render/id.ts';
import type { Line } from '../render/line.ts';
import { blanks, span } from '../render/text.ts';

/** An option in seconds. */
export function readSeconds(option: string, text: string): number {
  if (!/^\d{1,10}$/.test(text))
    throw new UsageError(`${option}: expected whole seconds, got ${text}`, `try ${option} 300`);
  return Number(text);
}

/** The code and what belongs to it. */
export function mintedLines(minted: Minted, { style }: Cli, now: number): Line[] {
  const row = (label: string, value: string): Line => [span(style, label.padEnd(14), 'faint'), span(style, value)];
  return [
    [span(style, 'code'.padEnd(14), 'faint'), span(style, minted.code, 'strong')],
    ...(minted.verifier === undefined ? [] : [row('code_verifier', minted.verifier)]),
    row('redirect_uri', minted.redirectUri),
    row('scope', minted.scopes.join(' ') || 'none'),
    row('ends', age(minted.until, now)),
    [
      span(style, 'kept as'.padEnd(14), 'faint'),
      span(style, shortId(minted.id), 'id'),
      blanks(2),
      span(style, shortId(minted.grant), 'id'),
    ],
  ];
}

/** How the code was asked for, as far as its redemption depends on it. */
export interface AskedFor {
  readonly client: string;
  readonly challenge: string | undefined;
  readonly jkt: string | undefined;
}

/** What to do with the code: that it is shown once, and the request that redeems it. */
export async function sayRedemption(
  cli: Cli,
  operations: Operations,
  minted: Minted,
  { client, challenge, jkt }: AskedFor,
): Promise<void> {
  cli.say('the code is shown this once: only its fingerprint is kept');
  if (jkt !== undefined) {
    cli.say('it is bound to a key: the app must send a DPoP proof with it, which curl cannot make');
    return;
  }
  const [{ issuer }, app] = await Promise.all([operations.status(), operations.showApp(client)]);
  cli.print([[], ...curlLines({ minted, app, issuer, ownVerifier: challenge !== undefined }, cli)]);
}

function curlLines(input: RedemptionInput, { style }: Cli): Line[] {
  const parts = redemptionCurl(input);
  return parts.map((part, i) => [span(style, `${i === 0 ? '' : '  '}${part}${i < parts.length - 1 ? ' \\' : ''}`)]);
}
