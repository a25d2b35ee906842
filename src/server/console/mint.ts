/** `/grants/new`: a code for an app, minted by the one operation that `counterfoil mint home` calls as well. */
import { CHOICES, scopesFor } from '../../profiles/home/choices.ts';
import type { Outgoing, Route } from '../../protocols/http/exchange.ts';
import { type MintInput, NotFoundError, OperationError } from '../operations.ts';
import { MINT_PATH, mintedPage, mintPage } from '../pages/mint.ts';
import {
  formExpired,
  forOperator,
  frame,
  html,
  isTheirs,
  orProblem,
  type PageDeps,
  posted,
  queryOf,
  type Visit,
} from '../visit.ts';
import { allowedOf } from './lookups.ts';

/** The form and what it comes to. */
export function mintRoutes(deps: PageDeps): readonly Route[] {
  return [
    { method: 'GET', path: MINT_PATH, handle: forOperator(deps, (visit) => showForm(visit, asked(visit))) },
    { method: 'POST', path: MINT_PATH, handle: forOperator(deps, mint) },
  ];
}

const PURPOSE = 'grant:new';

/** A link may say for whom, and on what. */
function asked({ request }: Visit): ReadonlyMap<string, string> {
  const query = queryOf(request);
  return new Map(['client', 'accessory'].flatMap((name) => (query.has(name) ? [[name, query.get(name) ?? '']] : [])));
}

async function showForm(visit: Visit, values: ReadonlyMap<string, string>, problem?: string): Promise<Outgoing> {
  const { deps, session } = visit;
  const [apps, accessories] = await Promise.all([deps.operations.listApps(), deps.operations.homeNames()]);
  const csrf = deps.sessions.csrf(session, PURPOSE);
  const input = { ...frame(visit), csrf, apps, accessories, values, ...(problem !== undefined && { problem }) };
  return html(problem === undefined ? 200 : 400, mintPage(input));
}

async function mint(visit: Visit): Promise<Outgoing> {
  const { operations, meanings, oauth } = visit.deps;
  const form = posted(visit.request);
  if (!isTheirs(visit, PURPOSE, form)) return formExpired(visit);
  const { values, fault } = form;
  if (fault !== undefined) return showForm(visit, values, fault);
  const done = await orProblem(async () => {
    const app = await registered(visit, values.get('client') ?? '');
    const input = readInput(values, app.scopes);
    return { app, minted: await operations.mint({ ...input, client: app.id, by: visit.viewer.user }) };
  });
  if (typeof done === 'string') return showForm(visit, values, done);
  const { app, minted } = done;
  const [{ now }, means] = await Promise.all([operations.status(), meanings(minted.scopes)]);
  return html(
    200,
    mintedPage({
      ...frame(visit),
      app,
      minted,
      allowed: allowedOf(minted.scopes, means),
      issuer: oauth.config.issuer,
      now,
      ownVerifier: filled(values, 'challenge') !== undefined,
      proof: filled(values, 'jkt') !== undefined,
    }),
  );
}

/** One that was removed while the form was open is a problem of the form, and no page that is missing. */
async function registered({ deps }: Visit, client: string): ReturnType<PageDeps['operations']['showApp']> {
  try {
    return await deps.operations.showApp(client);
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    throw new OperationError('expected a registered application: it may have been removed meanwhile');
  }
}

/** @throws OperationError for what cannot be meant */
function readInput(
  values: ReadonlyMap<string, string>,
  scopes: Parameters<typeof scopesFor>[2],
): Omit<MintInput, 'client' | 'by'> {
  const picked = CHOICES.filter((choice) => values.has(`can-${choice}`));
  if (picked.length === 0) throw new OperationError('expected something that the app may do: tick at least one');
  const [jkt, pairingId, challenge] = ['jkt', 'pairingId', 'challenge'].map((name) => filled(values, name));
  if (picked.includes('direct') && (jkt === undefined || pairingId === undefined))
    throw new OperationError(
      'a controller is made with the app’s own key: expected its key thumbprint and its pairing id',
    );
  const grantTtlSeconds = seconds(values, 'ends');
  return {
    scopes: scopesFor(filled(values, 'accessory') ?? '', picked, scopes),
    ttlSeconds: seconds(values, 'ttl') ?? 300,
    ...(grantTtlSeconds !== undefined && { grantTtlSeconds }),
    ...(jkt !== undefined && { jkt }),
    ...(pairingId !== undefined && { pairingId }),
    ...(challenge !== undefined && { challenge }),
  };
}

function filled(values: ReadonlyMap<string, string>, name: string): string | undefined {
  const value = (values.get(name) ?? '').trim();
  return value === '' ? undefined : value;
}

function seconds(values: ReadonlyMap<string, string>, name: string): number | undefined {
  const text = filled(values, name);
  if (text === undefined) return undefined;
  if (!/^\d{1,10}$/.test(text)) throw new OperationError(`expected whole seconds, got ${text.slice(0, 40)}`);
  return Number(text);
}
