/**
 * The statement that mints and redeems, and its parameters, which are made in the order in which it names them. Why it is
 * as it is: `write.ts`.
 */
import { keptEntry } from '../audit.ts';
import { linkSql } from './chain.ts';
import type { Statement } from './connection.ts';
import { type Draft, groundsOf } from './draft.ts';
import { arraysOf, column, insertInto, kept, parameters, unnested } from './tables.ts';

type Parameter = (type: string) => string;

/** One row, outcome and time, or none when the writer's row is not as it should be: then nothing was written. */
export const STATEMENT: Statement = { name: 'counterfoil-write', text: statement() };

function statement(): string {
  const p = parameters();
  const [writer, seq, epoch, chain] = [p('text'), p('bigint'), p('bigint'), p('text')];
  const [floor, ownClock] = [p('bigint'), p('boolean')];
  return `
WITH fence AS MATERIALIZED (
  SELECT 1 FROM writers WHERE id = ${writer} AND seq = ${seq} AND epoch = ${epoch}
    AND EXISTS (SELECT 1 FROM heads WHERE chain = ${chain}) FOR UPDATE),
moment AS MATERIALIZED (${momentSql(floor, ownClock)}),
intent AS MATERIALIZED (
  SELECT grant_id, grant_rev, code, rev, next, supersedes, used_at, ord::int AS ord
  FROM unnest(${['text[]', 'bigint[]', 'text[]', 'bigint[]', 'text[]', 'boolean[]', 'bigint[]'].map(p).join(', ')})
    WITH ORDINALITY AS i (grant_id, grant_rev, code, rev, next, supersedes, used_at, ord)),
${locks(p)}
${judgement(p)}
${writes(p)}
noted AS MATERIALIZED (
  SELECT string_agg(e.entry, chr(10) ORDER BY e.ord) AS entries
  FROM unnest(${p('int[]')}, ${p('text[]')}) AS e (ord, entry) WHERE e.ord IN (SELECT ord FROM won)),
${linkSql(chain, '(SELECT now FROM moment)', '(SELECT entries FROM noted)').trim()}
UPDATE writers SET seq = seq + 1, at = (SELECT now FROM moment), outcome = (
  SELECT string_agg(CASE WHEN letter = 'd' AND ord NOT IN (SELECT ord FROM won) THEN 'u' ELSE letter END, '' ORDER BY ord)
  FROM judged)
WHERE id = ${writer} AND (SELECT count(*) FROM fence) = 1
RETURNING outcome, (SELECT now FROM moment) AS now`;
}

/** Grants, codes and holds, locked in this order. */
function locks(p: Parameter): string {
  return `g AS MATERIALIZED (
  SELECT id, rev FROM grants
  WHERE (SELECT count(*) FROM fence) = 1 AND state = 'active'
    AND id = ANY(${p('text[]')} || ARRAY(SELECT grant_id FROM codes WHERE id = ANY(${p('text[]')})))
  ORDER BY id FOR SHARE),
c AS MATERIALIZED (
  SELECT id, grant_id, rev, state = 'live' AND (total IS NULL OR used < total)
    AND generation = (SELECT generation FROM moment) AS usable
  FROM codes WHERE (SELECT count(*) FROM fence) = 1 AND (SELECT count(*) FROM g) >= 0 AND id = ANY(${p('text[]')})
  ORDER BY id FOR NO KEY UPDATE),
h AS MATERIALIZED (
  SELECT key, rev FROM holds
  WHERE (SELECT count(*) FROM fence) = 1 AND (SELECT count(*) FROM c) >= 0 AND key = ANY(${p('text[]')})
  ORDER BY key FOR NO KEY UPDATE),`;
}

/** For each intent, a letter. */
function judgement(p: Parameter): string {
  return `wanted AS MATERIALIZED (SELECT ord, key, until FROM unnest(${p('int[]')}, ${p('text[]')}, ${p('bigint[]')}) AS o (ord, key, until)),
changed AS MATERIALIZED (
  SELECT ord FROM unnest(${p('int[]')}, ${p('text[]')}, ${p('bigint[]')}) AS u (ord, code, rev)
  WHERE (u.code, u.rev) NOT IN (SELECT id, rev FROM c)
  UNION ALL
  SELECT ord FROM unnest(${p('int[]')}, ${p('text[]')}, ${p('bigint[]')}) AS a (ord, key, rev)
  WHERE CASE WHEN a.rev IS NULL THEN a.key IN (SELECT key FROM h) ELSE (a.key, a.rev) NOT IN (SELECT key, rev FROM h) END
  UNION ALL
  SELECT w.ord FROM wanted w JOIN once ON once.key = w.key),
groundless AS MATERIALIZED (
  SELECT n.ord FROM unnest(${p('int[]')}, ${p('text[]')}) AS n (ord, id) LEFT JOIN grants ON grants.id = n.id
  WHERE grants.id IS NULL),
judged AS MATERIALIZED (
  SELECT i.*, CASE
    WHEN i.grant_id IS NOT NULL AND (i.grant_id, i.grant_rev) NOT IN (SELECT id, rev FROM g) THEN 's'
    WHEN i.ord IN (SELECT ord FROM changed) THEN 's'
    WHEN i.ord IN (SELECT ord FROM groundless) THEN 'g'
    WHEN i.code IS NULL THEN 'd'
    WHEN i.supersedes THEN CASE
      WHEN (i.code, i.rev) IN (SELECT id, rev FROM c WHERE usable AND grant_id IN (SELECT id FROM g)) THEN 'd' ELSE 'u' END
    WHEN (i.code, i.rev, i.grant_id) IN (SELECT id, rev, grant_id FROM c WHERE usable) THEN 'd'
    ELSE 'u' END AS letter
  FROM intent i),`;
}

/** What the winners write. */
function writes(p: Parameter): string {
  return `spent AS (
  UPDATE codes SET
    used = used + CASE WHEN j.supersedes THEN 0 ELSE 1 END,
    used_at = CASE WHEN j.supersedes THEN codes.used_at ELSE j.used_at END,
    state = CASE WHEN j.supersedes THEN 'superseded' ELSE codes.state END,
    next = coalesce(j.next, codes.next), rev = codes.rev + 1
  FROM judged j WHERE codes.id = j.code AND codes.rev = j.rev AND j.letter = 'd' RETURNING j.ord),
won AS MATERIALIZED (
  SELECT ord FROM judged WHERE letter = 'd' AND (code IS NULL OR ord IN (SELECT ord FROM spent))),
new_grants AS (
  ${insertInto('grants')} FROM ${unnested('grants', p, ['ord'])} WHERE n.ord IN (SELECT ord FROM won) ORDER BY n.pos),
new_codes AS (
  ${insertInto('codes')} FROM ${unnested('codes', p, ['ord'])} WHERE n.ord IN (SELECT ord FROM won) ORDER BY n.pos),
new_once AS (
  INSERT INTO once (key, until) SELECT key, until FROM wanted WHERE ord IN (SELECT ord FROM won) ORDER BY key),
set_holds AS (
  SELECT ord, key, rev, until, body FROM unnest(${p('int[]')}, ${p('text[]')}, ${p('bigint[]')}, ${p('bigint[]')}, ${p('text[]')})
    AS s (ord, key, rev, until, body) WHERE ord IN (SELECT ord FROM won)),
new_holds AS (
  INSERT INTO holds (key, until, rev, body) SELECT key, until, GREATEST(1, (SELECT now FROM moment)), body
  FROM set_holds WHERE rev IS NULL ORDER BY key),
kept_holds AS (
  UPDATE holds SET until = s.until, body = s.body, rev = GREATEST(s.rev + 1, (SELECT now FROM moment))
  FROM set_holds s WHERE s.rev IS NOT NULL AND holds.key = s.key),
new_effects AS (
  ${insertInto('effects', { at: '(SELECT now FROM moment)' })} FROM ${unnested('effects', p, ['ord'])}
  WHERE n.ord IN (SELECT ord FROM won) ORDER BY n.pos),
new_verdicts AS (
  ${insertInto('verdicts')} FROM ${unnested('verdicts', p, ['ord'])} WHERE n.ord IN (SELECT ord FROM won) ORDER BY n.pos),`;
}

/** One row: the generation, and the store's time, never before `floor` nor before what was kept. */
export function momentSql(floor: string, ownClock: string): string {
  return `SELECT generation, GREATEST(clock, ${floor}, CASE WHEN ${ownClock} THEN 0
    ELSE floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint END) AS now FROM meta WHERE id = 1`;
}

/** What `statement` is given, after writer and clock. */
export function valuesOf(drafts: readonly Draft[]): unknown[][] {
  const each = <T>(parts: (draft: Draft) => readonly T[]): { ord: number; part: T }[] =>
    drafts.flatMap((draft, i) => parts(draft).map((part) => ({ ord: i + 1, part })));
  const ords = (rows: readonly { ord: number }[]): number[] => rows.map(({ ord }) => ord);
  const once = each((draft) => draft.once);
  const unchanged = each((draft) => draft.unchanged);
  const holds = each((draft) => draft.holds);
  const sets = holds.filter(({ part }) => part.set !== undefined);
  const grants = each((draft) => draft.grants);
  const codes = each((draft) => draft.codes);
  const effects = each((draft) => draft.effects);
  const verdicts = each((draft) => (draft.verdict ? [draft.verdict] : []));
  const others = each((draft) => groundsOf(draft));
  const supersededCodes = drafts.flatMap(({ supersedes, spend }) => (supersedes && spend ? [kept(spend.code)] : []));
  const parts = <T>(rows: readonly { readonly part: T }[]): T[] => rows.map(({ part }) => part);
  return [
    column(drafts, ({ grant }) => grant?.id),
    column(drafts, ({ grant }) => grant?.rev),
    column(drafts, ({ spend }) => spend?.code),
    column(drafts, ({ spend }) => spend?.rev),
    column(drafts, ({ spend }) => spend?.next),
    column(drafts, ({ supersedes }) => supersedes),
    column(drafts, ({ usedAt }) => usedAt),
    distinct(drafts.flatMap(({ grant }) => (grant ? [kept(grant.id)] : []))),
    supersededCodes,
    distinct([
      ...drafts.flatMap(({ spend }) => (spend ? [kept(spend.code)] : [])),
      ...unchanged.map(({ part }) => kept(part.code)),
    ]),
    distinct(holds.map(({ part }) => kept(part.key))),
    ...[ords(once), column(once, ({ part }) => part.key), column(once, ({ part }) => part.until)],
    ...[ords(unchanged), column(unchanged, ({ part }) => part.code), column(unchanged, ({ part }) => part.rev)],
    ...[ords(holds), column(holds, ({ part }) => part.key), column(holds, ({ part }) => part.rev)],
    ...[ords(others), column(others, ({ part }) => part)],
    ...[ords(grants), ...arraysOf('grants', parts(grants))],
    ...[ords(codes), ...arraysOf('codes', parts(codes))],
    ...[ords(sets), column(sets, ({ part }) => part.key), column(sets, ({ part }) => part.rev)],
    ...[column(sets, ({ part }) => part.set?.until), column(sets, ({ part }) => part.set?.data)],
    ...[ords(effects), ...arraysOf('effects', parts(effects))],
    ...[ords(verdicts), ...arraysOf('verdicts', parts(verdicts))],
    ...[ords(verdicts), column(verdicts, ({ part }) => keptEntry(part))],
  ];
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)];
}
