/**
 * This process's chain of the audit trail (`../audit.ts`). Which rows a batch has written is known inside its statement
 * only, so the link is made there as well: the entries of the winners in order, and the hash over them and the link
 * before. The newest link is a row of `heads`, locked last of all, so that several connections share one chain.
 */
import { randomBytes } from 'node:crypto';
import { type Checkpoint, checkpointText, NO_HASH } from '../audit.ts';

/** The chain's name, and up to where it is signed. */
export interface Trail {
  chain: string;
  signed: number;
}

/** Starts a chain under a fresh name. */
export function startTrail(): Trail {
  return { chain: freshName(), signed: 0 };
}

/** Goes on under another name. */
export function restart(trail: Trail): void {
  trail.chain = freshName();
  trail.signed = 0;
}

function freshName(): string {
  return randomBytes(9).toString('base64url');
}

/**
 * CTEs that write a link: `linked` has its `seq` and `hash`, or no row when there are no entries.
 *
 * @param chain SQL for the chain's name
 * @param at SQL for the time
 * @param entries SQL for the entries, one a line, or NULL
 */
export function linkSql(chain: string, at: string, entries: string): string {
  return `
head AS MATERIALIZED (
  SELECT seq, hash FROM heads WHERE chain = ${chain} AND ${entries} IS NOT NULL FOR UPDATE),
body AS MATERIALIZED (
  SELECT seq + 1 AS seq, CASE WHEN seq = 0 THEN '${NO_HASH}' ELSE hash END AS prev, ${at} AS at,
    CASE WHEN seq > 0 THEN '' ELSE coalesce((
      SELECT 'after ' || chain || ' ' || seq || ' ' || hash || chr(10) FROM audit ORDER BY no DESC LIMIT 1), '') END
      || ${entries} AS body
  FROM head),
linked AS (
  INSERT INTO audit (chain, seq, at, prev, hash, body)
  SELECT ${chain}, seq, at, prev, encode(sha256(convert_to(
    'counterfoil link' || chr(10) || ${chain} || chr(10) || seq || chr(10) || at || chr(10) || prev || chr(10) || body,
    'UTF8')), 'hex'), body
  FROM body RETURNING seq, hash, at),
headed AS (
  UPDATE heads SET seq = linked.seq, hash = linked.hash, at = linked.at FROM linked WHERE heads.chain = ${chain})`;
}

/** The link of a transaction: chain, time, entries. */
export const LINK = {
  name: 'counterfoil-link',
  text: `WITH ${linkSql('$1::text', '$2::bigint', '$3::text').trim()} SELECT seq FROM linked`,
};

/** The newest link of a chain. */
export const HEAD = { name: 'counterfoil-head', text: 'SELECT seq, hash FROM heads WHERE chain = $1' };

/** The newest link, signed; undefined when there is none, or it is signed already. */
export function signed(
  trail: Trail,
  head: { readonly seq: number; readonly hash: string } | undefined,
  at: number,
  signer: (text: string) => string,
): Checkpoint | undefined {
  if (!head || head.seq <= trail.signed) return undefined;
  const unsigned = { chain: trail.chain, seq: head.seq, hash: head.hash, at };
  return { ...unsigned, signature: signer(checkpointText(unsigned)) };
}
