/** Codes handed out by the person in charge: minted without the browser's steps, or fresh ones for live ones. */
import { randomBytes } from 'node:crypto';
import type { Code, Grant } from '../core/model.ts';
import { show } from '../core/show.ts';
import type { Verdict } from '../core/verdict.ts';
import type { Act } from '../profiles/home/case.ts';
import type { App } from '../profiles/oauth/app.ts';
import { isSound, mintAsked, readAuthorize } from '../profiles/oauth/authorize.ts';
import { listOf } from '../profiles/oauth/case.ts';
import { CODE_TTL_MAX_SECONDS, type OAuthDeps } from '../profiles/oauth/deps.ts';
import { mintCodeOf } from '../profiles/oauth/mint.ts';
import { challengeOf } from '../profiles/oauth/prove/pkce.ts';
import { shortId } from '../protocols/typed-code/typed-code.ts';
import { appNamed } from './apps.ts';
import { type Minted, type MintInput, OperationError, type Updated } from './operations.ts';

/** A hundred years. */
const GRANT_TTL_MAX_SECONDS = 3_155_760_000;

/**
 * The same road as a browser's: the request is judged by the authorize table, with the person in charge as the owner.
 *
 * @throws OperationError for what cannot be minted, with the causes
 */
export async function mint(oauth: OAuthDeps, input: MintInput, ownership?: Act): Promise<Minted> {
  const { body: app } = await appNamed(oauth.registry, input.client);
  const bare = app.exceptions?.withoutPkce === true && input.challenge === undefined;
  const verifier = input.challenge === undefined && !bare ? randomBytes(32).toString('base64url') : undefined;
  const challenge = verifier === undefined ? input.challenge : challengeOf(verifier);
  checkMint(input, app, challenge);
  const redirectUri = input.redirectUri ?? app.redirectUris[0] ?? '';
  const query = new URLSearchParams({ response_type: 'code', client_id: input.client, redirect_uri: redirectUri });
  if (input.scopes && input.scopes.length > 0) query.set('scope', input.scopes.join(' '));
  if (challenge !== undefined) {
    query.set('code_challenge', challenge);
    query.set('code_challenge_method', 'S256');
  }
  if (input.jkt !== undefined) query.set('dpop_jkt', input.jkt);
  if (input.pairingId !== undefined) query.set('pairing_id', input.pairingId);
  const asked = await readAuthorize(oauth, query.toString(), 'operator', 'allow', ownership);
  if (!isSound(asked)) throw new OperationError(whyNot(asked.objection?.checks ?? asked.judgement.checks));
  const { minted } = await mintAsked(oauth, asked, input.by ?? 'operator', {
    ...(input.short === true && { short: true }),
    ...(ownership !== undefined && { ownership }),
    ...(input.handle === 'signed' && { handle: 'signed' }),
    ...(input.ttlSeconds !== undefined && { ttlSeconds: input.ttlSeconds }),
    ...(input.grantTtlSeconds !== undefined && { grantTtlSeconds: input.grantTtlSeconds }),
  });
  return { ...handedOut(minted.code, minted.kept, minted.grant), ...(verifier !== undefined && { verifier }) };
}

/** What the person in charge is told of a fresh code: itself, this once, and what it is good for. */
function handedOut(code: string, kept: Code, { id: grant, terms }: Grant): Minted {
  const { id, until } = kept;
  return { code, id, grant, until, redirectUri: String(terms['redirect_uri'] ?? ''), scopes: listOf(terms['scope']) };
}

function checkMint(input: MintInput, app: App, challenge: string | undefined): void {
  const { ttlSeconds: ttl, grantTtlSeconds: end } = input;
  if (ttl !== undefined && !(Number.isInteger(ttl) && ttl >= 1 && ttl <= CODE_TTL_MAX_SECONDS)) {
    throw new OperationError(`expected a lifetime of 1 to ${CODE_TTL_MAX_SECONDS} whole seconds, got ${ttl}`);
  }
  if (end !== undefined && !(Number.isInteger(end) && end >= 1 && end <= GRANT_TTL_MAX_SECONDS)) {
    throw new OperationError(`expected the grant to end after 1 to ${GRANT_TTL_MAX_SECONDS} whole seconds, got ${end}`);
  }
  if (!input.short) return;
  if (input.handle === 'signed') throw new OperationError('expected a short code or a signed one, got both');
  if (app.exceptions?.shortCodes !== true) {
    throw new OperationError(
      `${input.client} gets 29-character codes: switch the short form on with counterfoil app edit ${input.client} --short-codes`,
    );
  }
  if (challenge === undefined && input.jkt === undefined) {
    throw new OperationError(
      'a 16-character code must be bound to a key or a PKCE challenge: add --jkt or --challenge',
    );
  }
}

function whyNot(checks: Verdict['checks'] = []): string {
  const failed = checks.flatMap((phase) => phase.children ?? []).filter((check) => check.outcome === 'fail');
  return failed
    .map(
      ({ cause, expected, presented }) =>
        `${cause?.say ?? ''}${expected === undefined ? '' : `: expected ${expected}, got ${presented ?? 'nothing'}`}`,
    )
    .join('; ');
}

/**
 * Supersedes a live, unspent authorization code by a new one with the same bindings and a fresh lifetime.
 *
 * @throws OperationError for anything else
 */
export async function updateCode(oauth: OAuthDeps, old: Code): Promise<Updated> {
  expectUpdatable(old);
  const { now, generation, grants } = await oauth.store.load({ codes: [old.id] });
  const grant = grants.get(old.grant);
  if (grant?.state !== 'active')
    throw new OperationError(`the grant behind ${shortId(old.id)} has ended: start again at /authorize`);
  if (now > old.until)
    throw new OperationError(
      `${shortId(old.id)} expired: upd gives a live code more time and brings none back; start again at /authorize`,
    );
  const fresh = mintCodeOf(grant, old.bindings, {
    now,
    generation,
    ttlSeconds: oauth.config.codeTtlSeconds,
    form: old.handle === 'bound' ? 'bound' : (old.handle === 'signed' && oauth.keys.codes) || 'opaque',
  });
  const won = await oauth.store.mint({ codes: [fresh.kept], supersedes: { code: old.id, rev: old.rev } });
  if (won === 'stale')
    throw new OperationError(`${shortId(old.id)} was used or changed this very moment: nothing was updated`);
  return {
    old: old.id,
    minted: handedOut(fresh.code, fresh.kept, grant),
    changes: [
      { item: 'code', from: shortId(old.id), to: shortId(fresh.kept.id) },
      { item: 'state of the old code', from: old.state, to: 'superseded' },
      { item: 'valid until', from: new Date(old.until).toISOString(), to: new Date(fresh.kept.until).toISOString() },
      { item: 'generation', from: String(old.generation), to: String(generation) },
      ...old.bindings.map((b) => {
        const same = b.secret ? 'unchanged, secret' : show(b.expected);
        return { item: `bound to ${b.fact}`, from: same, to: same };
      }),
    ],
  };
}

/** @throws OperationError for anything but a live authorization code */
function expectUpdatable(code: Code): void {
  const named = shortId(code.id);
  if (code.purpose !== 'authorization_code')
    throw new OperationError(`${named} is a token: it is renewed by refreshing, not by upd`);
  if (code.used > 0) throw new OperationError(`${named} was used already: start again at /authorize`);
  if (code.state === 'live') return;
  const successor = code.next === undefined ? '' : ` its successor is ${shortId(code.next)}`;
  throw new OperationError(
    `${named} is ${code.state}, expected a live code;${successor || ' start again at /authorize'}`,
  );
}
