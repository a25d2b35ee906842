/** What every command that mints shares: a lifetime as it is typed, and the code as it is shown, once. */
import type { Minted } from '../../server/operations.ts';
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

/** The redemption as a curl command. */
export function curlLines(input: RedemptionInput, { style }: Cli): Line[] {
  const parts = redemptionCurl(input);
  return parts.map((part, i) => [span(style, `${i === 0 ? '' : '  '}${part}${i < parts.length - 1 ? ' \\' : ''}`)]);
}
