/**
 * `/accessories`: what the hub is paired with, and one of them. Devices are asked while the page waits, and not for longer
 * than `WAIT_MS`: one that does not answer is said not to.
 */
import type { Verdict } from '../../core/verdict.ts';
import type { Outgoing, Route } from '../../protocols/http/exchange.ts';
import { HUB_ID, LAMP_ID } from '../config.ts';
import type { AccessoryView, PairInput } from '../home/shapes.ts';
import { DeviceError, NotFoundError, OperationError, type Operations } from '../operations.ts';
import { type AccessoryRow, accessoriesPage } from '../pages/accessories.ts';
import { ACCESSORY_FORMS, type AccessoryForm, accessoryAskPage, accessoryPage } from '../pages/accessory.ts';
import { pairPage, setupCodePage } from '../pages/accessory-setup.ts';
import { accessoryPath, ROOMS } from '../pages/accessory-words.ts';
import { PATHS } from '../pages/layout.ts';
import {
  formExpired,
  forOperator,
  frame,
  html,
  isTheirs,
  live,
  noted,
  orProblem,
  type PageDeps,
  posted,
  queryOf,
  redirect,
  type Visit,
} from '../visit.ts';
import { owedOn } from './lookups.ts';

/** The pages of accessories. */
export function accessoryRoutes(deps: PageDeps): readonly Route[] {
  const one = `${PATHS.accessories}/:id`;
  const [own, pair] = [accessoryPath(ROOMS.hub), accessoryPath(ROOMS.pair)];
  return [
    { method: 'GET', path: PATHS.accessories, handle: forOperator(deps, list) },
    { method: 'GET', path: own, handle: forOperator(deps, showHub) },
    { method: 'POST', path: own, handle: forOperator(deps, showHubCode) },
    { method: 'GET', path: pair, handle: forOperator(deps, showPair) },
    { method: 'POST', path: pair, handle: forOperator(deps, pairOne) },
    { method: 'GET', path: one, handle: forOperator(deps, showOne) },
    { method: 'POST', path: one, handle: forOperator(deps, change) },
  ];
}

/** How long a page waits for devices. */
const WAIT_MS = 9_000;
const WAITED = { waitedSeconds: WAIT_MS / 1_000 } as const;

/** What a page shows of one. Without a view it said nothing in time, or stopped answering halfway. */
interface Told extends Pick<AccessoryRow, 'values' | 'pairings'> {
  readonly view?: AccessoryView;
  readonly verdict?: Verdict;
}

const NOTHING: Told = { values: [], pairings: [] };

/** Asks one, and waits no longer than a page may; what comes later is dropped. What does not answer is asked no more. */
async function toldBy(operations: Operations, id: string): Promise<Told> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Told>((resolve) => {
    timer = setTimeout(() => resolve(NOTHING), WAIT_MS);
  });
  const said = asked(operations, id).catch((error: unknown): Told => {
    if (error instanceof DeviceError) return { ...NOTHING, verdict: error.verdict };
    throw error;
  });
  said.catch(() => undefined);
  return Promise.race([said, late]).finally(() => clearTimeout(timer));
}

async function asked(operations: Operations, id: string): Promise<Told> {
  const { verdict, ...view } = await operations.homeAccessory(id);
  if (!view.reachable) return { ...NOTHING, view, ...(verdict && { verdict }) };
  const [values, pairings] = await Promise.all([operations.homeGet([id]), operations.homePairings(id)]);
  return { view, values, pairings };
}

async function list(visit: Visit): Promise<Outgoing> {
  const { operations } = visit.deps;
  const [all, owed, names] = await Promise.all([operations.homeNames(), owedOn(operations), appNames(operations)]);
  const rows = await Promise.all(
    all.map(async ({ id, name }): Promise<AccessoryRow> => {
      const { verdict: _, ...told } = await toldBy(operations, id);
      return { id, name, owed: owed.filter(({ target }) => target === id), ...told };
    }),
  );
  const done = (['forget', 'pair'] as const).find((one) => one === queryOf(visit.request).get('done'));
  return html(200, accessoriesPage({ ...frame(visit), rows, names, ...WAITED, ...(done && { done }) }));
}

async function appNames(operations: Operations): Promise<ReadonlyMap<string, string>> {
  return new Map((await operations.listApps()).map(({ id, name }) => [id, name]));
}

/** The accessory that the address names. */
async function named({ deps, request }: Visit): Promise<{ readonly id: string; readonly name: string }> {
  const segment = request.path.slice(PATHS.accessories.length + 1);
  const found = (await deps.operations.homeNames()).find(({ id }) => id === segment);
  if (!found) throw new NotFoundError('no accessory is called so');
  return found;
}

async function showOne(visit: Visit): Promise<Outgoing> {
  const { deps, session } = visit;
  const one = await named(visit);
  const query = queryOf(visit.request);
  const ask = query.get('ask');
  const pairing = query.get('pairing') ?? '';
  if (ask !== 'forget' && (ask !== 'remove' || pairing === '')) {
    const module = deps.assets.path('owed');
    return live(200, await onePage(visit, one, { module, ...(query.get('done') === 'remove' && { done: 'remove' }) }));
  }
  const csrf = deps.sessions.csrf(session, purpose(ask, one.id));
  const step = ask === 'forget' ? ({ do: ask } as const) : ({ do: ask, pairing } as const);
  return html(200, accessoryAskPage({ ...frame(visit), ...one, csrf, ask: step }));
}

async function onePage(
  visit: Visit,
  { id, name }: { readonly id: string; readonly name: string },
  more: {
    readonly done?: 'remove';
    readonly problem?: string;
    readonly module?: string;
  } = {},
): Promise<string> {
  const { deps, session } = visit;
  const { operations } = deps;
  const [told, names, owed] = await Promise.all([toldBy(operations, id), appNames(operations), owedOn(operations, id)]);
  return accessoryPage({
    ...frame(visit),
    ...WAITED,
    id,
    name,
    ...told,
    names,
    owed,
    ...(id === LAMP_ID && { showCode: deps.sessions.csrf(session, purpose('show-code', id)) }),
    ...more,
  });
}

async function change(visit: Visit): Promise<Outgoing> {
  const { operations } = visit.deps;
  const one = await named(visit);
  const form = posted(visit.request);
  const what = ACCESSORY_FORMS.find((name) => name === form.values.get('do'));
  if (what === undefined || !isTheirs(visit, purpose(what, one.id), form)) return formExpired(visit);
  if (what === 'show-code') return showCode(visit, one, one.id);
  const pairing = form.values.get('pairing') ?? '';
  const done = await orProblem<object>(() =>
    what === 'forget' ? operations.homeForget(one.id) : operations.homeRemovePairing(one.id, pairing),
  );
  if (typeof done === 'string') return html(409, await onePage(visit, one, { problem: done }));
  await noted(visit, what === 'forget' ? 'accessory-forgotten' : 'pairing-removed', one.id);
  return redirect(what === 'forget' ? `${PATHS.accessories}?done=forget` : `${accessoryPath(one.id)}?done=remove`);
}

const ITSELF = { id: ROOMS.hub, name: 'this hub' } as const;

function showHub(visit: Visit): Outgoing {
  const csrf = visit.deps.sessions.csrf(visit.session, purpose('show-code', ROOMS.hub));
  return html(200, setupCodePage({ ...frame(visit), ...ITSELF, csrf }));
}

async function showHubCode(visit: Visit): Promise<Outgoing> {
  const form = posted(visit.request);
  if (!isTheirs(visit, purpose('show-code', ROOMS.hub), form)) return formExpired(visit);
  return showCode(visit, ITSELF, HUB_ID);
}

async function showCode(
  visit: Visit,
  one: { readonly id: string; readonly name: string },
  accessory: string,
): Promise<Outgoing> {
  const { deps, session } = visit;
  const code = await orProblem(() => deps.operations.homeSetupCode(accessory));
  if (typeof code === 'string') return html(409, await onePage(visit, one, { problem: code }));
  const csrf = deps.sessions.csrf(session, purpose('show-code', one.id));
  return html(200, setupCodePage({ ...frame(visit), ...one, csrf, code }));
}

const PAIRING = 'accessory:pair';

async function showPair(visit: Visit): Promise<Outgoing> {
  const { deps, session } = visit;
  const query = queryOf(visit.request);
  const found = query.has('look') ? await orProblem(() => deps.operations.homeDiscover()) : undefined;
  const csrf = deps.sessions.csrf(session, PAIRING);
  const values = new Map([['target', query.get('target') ?? '']]);
  const asked = typeof found === 'string' ? { problem: found } : found && { found };
  return html(200, pairPage({ ...frame(visit), csrf, values, ...asked }));
}

async function pairOne(visit: Visit): Promise<Outgoing> {
  const { deps, session } = visit;
  const form = posted(visit.request);
  if (!isTheirs(visit, PAIRING, form)) return formExpired(visit);
  const { values } = form;
  try {
    const paired = readPair(values);
    await deps.operations.homePair(paired);
    await noted(visit, 'accessory-paired', paired.id);
    return redirect(`${PATHS.accessories}?done=pair`);
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    const csrf = deps.sessions.csrf(session, PAIRING);
    const verdict = error instanceof DeviceError && { verdict: error.verdict };
    return html(400, pairPage({ ...frame(visit), csrf, values, problem: error.message, ...verdict }));
  }
}

function readPair(values: ReadonlyMap<string, string>): PairInput {
  const [id = '', name = '', target = '', code = ''] = ['id', 'name', 'target', 'code'].map((field) =>
    (values.get(field) ?? '').trim(),
  );
  return { id, code, ...(name !== '' && { name }), ...(target !== '' && { target }) };
}

/** One token for one form of one accessory. */
function purpose(form: AccessoryForm, id: string): string {
  return `accessory:${form}:${id}`;
}
