/** The operations of the person in charge, over one store. Called in process, or behind the admin socket. */
import type { Code, Grant } from '../core/model.ts';
import { show } from '../core/show.ts';
import type { Verdict } from '../core/verdict.ts';
import { isAct } from '../profiles/home/ownership-effect.ts';
import type { App } from '../profiles/oauth/app.ts';
import type { OAuthDeps } from '../profiles/oauth/deps.ts';
import { openReference } from '../profiles/oauth/reference.ts';
import { errorUri } from '../profiles/oauth/wire.ts';
import type { SigningKey } from '../protocols/signed-code/signed-code.ts';
import { shortId } from '../protocols/typed-code/typed-code.ts';
import type { Listing, Query } from '../store/port.ts';
import type { House } from './accessories/house.ts';
import { addApp, appNamed, editApp, viewOf } from './apps.ts';
import { type AuditOperationsDeps, auditOperations } from './audit-operations.ts';
import { explainCode, explainRequest } from './explain.ts';
import { applyFix, type FixesDeps, fixesOf } from './fixes.ts';
import { revokeEach } from './grants.ts';
import { holdingsOf } from './holdings.ts';
import { type HomeOperationsDeps, homeOperations } from './home/operations.ts';
import { ownershipRequest, statusOf } from './home/ownership.ts';
import { mint, updateCode } from './minting.ts';
import { NotFoundError, OperationError, type Operations, type OwnershipStatus, type Timeline } from './operations.ts';
import type { CardKeys } from './payments/card-keys.ts';
import { inForce } from './payments/merchants.ts';
import { paymentsOperations } from './payments/operations.ts';
import { codePresented } from './presented.ts';
import { replayed } from './replay.ts';
import { shareOperations } from './share.ts';
import { userOperations } from './user-operations.ts';
import type { Users } from './users.ts';
import { withChecks } from './verdicts.ts';

/** What the operations work on. */
export interface OperateDeps {
  readonly oauth: OAuthDeps;
  readonly users: Users;
  /** Signs the receipts of shared refusals. */
  readonly receipts: SigningKey;
  /** Keys for card fingerprints. */
  readonly cards: CardKeys;
  /** What `status` calls the data. */
  readonly data: string;
  readonly log?: (line: string) => void;
  /** The accessories; only a running hub has them. */
  readonly house?: Pick<House, 'list'>;
  readonly home?: HomeOperationsDeps;
  readonly audit?: NonNullable<AuditOperationsDeps['running']>;
}

/** The operations. */
export function createOperations(deps: OperateDeps): Operations {
  const { oauth, users } = deps;
  const { store, registry } = oauth;
  const logged = (id: string, input: { withoutPkce?: boolean; shortCodes?: boolean }): void => {
    const said = (on: boolean | undefined, what: string): void => {
      if (on !== undefined)
        deps.log?.(`security switch: application ${id} ${on ? 'may use' : 'may no longer use'} ${what}`);
    };
    said(input.withoutPkce, 'codes without PKCE');
    said(input.shortCodes, '16-character codes');
  };
  const verdict = async (id: string): Promise<Verdict> => withChecks(await verdictNamed(oauth, id));
  const fixing = (): FixesDeps => ({ oauth, holds: (client) => holdingsOf(operations, client) });
  const operations: Operations = {
    async status() {
      const { now, generation } = await store.load({});
      return { issuer: oauth.config.issuer, data: deps.data, generation, now };
    },
    async addApp(id, input) {
      // A hub that was killed while it removed one may have left its developers.
      if (!(await registry.get('app', id))) await users.dropApp(id);
      const { now } = await store.load({});
      const saved = await addApp(registry, id, input, now);
      logged(id, input);
      return saved;
    },
    async editApp(id, input) {
      const saved = await editApp(registry, id, input);
      logged(id, input);
      return saved;
    },
    listApps: async () => (await registry.list<App>('app')).map(viewOf),
    showApp: async (id) => viewOf(await appNamed(registry, id)),
    async removeApp(id) {
      const removed = await removeApp(oauth, id);
      await users.dropApp(id);
      return removed;
    },
    ...userOperations(users),
    mint: (input) => mint(oauth, input),
    async mintOwnership(input) {
      const request = await ownershipRequest(deps.house, input);
      return mint(oauth, request.mint, request.act);
    },
    ownershipStatus: (id) => ownershipStatus(oauth, id),
    codes: (query) => store.find('codes', query),
    grants: async (query) => inForce(oauth, await store.find('grants', query)),
    effects: (query) => store.find('effects', query),
    verdicts: (query) => verdictsOf(oauth, query),
    tallies: (query) => store.find('tallies', query),
    verdict,
    async timeline(id) {
      const life = await timeline(oauth, id);
      const [grant = life.grant] = await inForce(oauth, [life.grant]);
      return { ...life, grant };
    },
    fixes: async (id) => fixesOf(fixing(), await verdict(id)),
    async applyFix(id, fix, seal) {
      const refused = await verdict(id);
      const done = await applyFix(fixing(), refused, fix, seal);
      if (done.outcome === 'applied') deps.log?.(`application ${done.app.id}: ${fix}, from ${refused.id}`);
      return done;
    },
    replay: async (id, set) => replayed(oauth, await verdict(id), set),
    // over the admin socket a missing argument comes as null
    revoke: (id, cause) => revoke(oauth, id, cause ?? undefined),
    upd: async (codeOrId) => updateCode(oauth, await codeNamed(oauth, codeOrId)),
    explainRequest: (request) => explainRequest(oauth, request),
    explainCode: (text) => explainCode(oauth, text),
    ...shareOperations({
      store,
      registry,
      issuer: oauth.config.issuer,
      key: deps.receipts,
      verdict,
    }),
    ...auditOperations({
      registry,
      now: async () => (await store.load({})).now,
      ...(deps.audit && { running: deps.audit }),
    }),
    ...paymentsOperations({
      store,
      registry,
      cards: deps.cards,
      verdictUri: (verdict) => errorUri(oauth, verdict),
    }),
    ...homeOperations(deps.home),
  };
  return operations;
}

const PREFIX = { verdicts: 'vd_', grants: 'gr_', codes: 'cd_', effects: 'ef_' } as const;

/** The one record whose id begins so. */
async function one<K extends keyof typeof PREFIX>({ store }: OAuthDeps, kind: K, id: string): Promise<Listing[K]> {
  const prefix = PREFIX[kind];
  if (!/^[a-z]{2}_[0-9A-Za-z]{4,40}$/.test(id) || !id.startsWith(prefix)) {
    throw new OperationError(
      `expected an id that begins with ${prefix} and at least 4 more characters, got ${show(id.slice(0, 60))}`,
    );
  }
  const found = await store.find(kind, { id: prefix + id.slice(3).toUpperCase(), limit: 2 });
  const first = found[0];
  if (first === undefined) throw new NotFoundError(`nothing here has an id that begins with ${id}`);
  if (found.length > 1) throw new OperationError(`more than one id begins with ${id}: give more of it`);
  return first;
}

/** Rows keep the client as it was shown; a padded one is found by that, and by what was really sent as well. */
async function verdictsOf({ store }: OAuthDeps, query: Query): Promise<Verdict[]> {
  const found = await store.find('verdicts', query);
  const { client } = query;
  if (found.length > 0 || typeof client !== 'string' || show(client) === client) return found;
  return store.find('verdicts', { ...query, client: show(client) });
}

/** By its id, or by the reference that somebody was given: `vd_` and 26 characters can be either. */
async function verdictNamed(oauth: OAuthDeps, id: string): Promise<Verdict> {
  try {
    return await one(oauth, 'verdicts', id);
  } catch (error) {
    const opened = openReference(oauth.keys.reference, id.slice(PREFIX.verdicts.length).toUpperCase());
    if (opened === undefined || !(error instanceof NotFoundError)) throw error;
    return one(oauth, 'verdicts', opened);
  }
}

async function removeApp(
  { registry, store }: OAuthDeps,
  id: string,
): Promise<{ removed: string; revokedGrants: number }> {
  await appNamed(registry, id);
  await registry.remove('app', id);
  const active = ({ state }: Grant): boolean => state === 'active';
  return { removed: id, revokedGrants: await revokeEach(store, { client: id }, active, 'application-removed') };
}

/** A code by its id, or the code itself. */
async function codeNamed(oauth: OAuthDeps, codeOrId: string): Promise<Code> {
  return codeOrId.startsWith('cd_') ? one(oauth, 'codes', codeOrId) : codePresented(oauth, codeOrId);
}

/** By its id, or by that of one of its codes. */
async function grantOf(oauth: OAuthDeps, id: string): Promise<Grant> {
  return one(oauth, 'grants', id.startsWith('cd_') ? (await one(oauth, 'codes', id)).grant : id);
}

async function ownershipStatus(oauth: OAuthDeps, id: string): Promise<OwnershipStatus> {
  const grant = await grantOf(oauth, id);
  const act = grant.terms['ownership'];
  if (!isAct(act)) throw new OperationError(`${shortId(grant.id)} changes no ownership: its code was for access`);
  const nobodyYet = { grant: grant.id, act, done: 0, of: 0, say: 'the code was not redeemed yet', accessories: [] };
  return (await statusOf(oauth.store, grant.id)) ?? nobodyYet;
}

async function timeline(oauth: OAuthDeps, id: string): Promise<Timeline> {
  const grant = await grantOf(oauth, id);
  const [codes, verdicts, effects] = await Promise.all([
    oauth.store.find('codes', { grant: grant.id, limit: 1_000 }),
    oauth.store.find('verdicts', { grant: grant.id, limit: 1_000 }),
    oauth.store.find('effects', { grant: grant.id, limit: 1_000 }),
  ]);
  return { grant, codes: codes.toReversed(), verdicts: verdicts.toReversed(), effects: effects.toReversed() };
}

async function revoke(oauth: OAuthDeps, id: string, cause = 'revoked-by-operator'): ReturnType<Operations['revoke']> {
  if (!/^[a-z0-9-]{1,60}$/.test(cause))
    throw new OperationError('expected a cause of 1 to 60 lower-case letters, digits and hyphens');
  const isCode = id.startsWith('cd_');
  const { id: full } = await one(oauth, isCode ? 'codes' : 'grants', id);
  const revoked = await oauth.store.revoke({ target: isCode ? { code: full } : { grant: full }, cause });
  return { id: full, ...revoked };
}
