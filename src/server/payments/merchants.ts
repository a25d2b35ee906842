/**
 * Merchants: who may ask the gate. The person in charge lets one in by a grant; each of its API keys is a code of that grant,
 * kept as a fingerprint. What was set when it was added stands in the terms of the grant, what was changed since in a record.
 */
import type { Code, Grant } from '../../core/model.ts';
import { show } from '../../core/show.ts';
import type { Settings } from '../../profiles/payments/case.ts';
import { DEFAULT_SETTINGS } from '../../profiles/payments/case.ts';
import { looksLikePan } from '../../profiles/payments/pan.ts';
import { codeId, LABELS, mintCode, newId } from '../../protocols/typed-code/typed-code.ts';
import type { Loaded, Store } from '../../store/port.ts';
import type { Registry } from '../../store/registry.ts';
import { type AccountAct, noteAccountEvent } from '../account-events.ts';
import { NotFoundError, OperationError } from '../operations.ts';
import { changeRecord } from '../records.ts';
import { isEndless } from '../standing.ts';
import type { MerchantInput, MerchantKey, MerchantView } from './operation-shapes.ts';

/** What merchants are kept in. */
export interface MerchantsDeps {
  readonly store: Store;
  readonly registry: Registry;
}

/** What is set for a merchant. */
export interface MerchantSettings {
  readonly hold_hours: number;
  readonly advice_may_shorten: boolean;
  readonly same_purchase: 'warn' | 'close';
  readonly lease_seconds: number;
}

const HOUR_MS = 3_600_000;

const DEFAULTS: MerchantSettings = {
  hold_hours: DEFAULT_SETTINGS.holdMs / HOUR_MS,
  advice_may_shorten: DEFAULT_SETTINGS.adviceMayShorten,
  same_purchase: DEFAULT_SETTINGS.samePurchase,
  lease_seconds: 60,
};

/** Before the name, in grants and verdicts: no application can have such an id, so neither is taken for the other. */
const PREFIX = 'merchant:';
const NAME = /^[A-Za-z0-9._~-]{1,100}$/;
const HOLD_HOURS_MAX = 720;
const DAY_MS = 86_400_000;
/** A key that does not end by itself: a hundred years. */
const KEY_DAYS_MAX = 36_500;
const MERCHANTS_MAX = 1_000;

/** A merchant's name, as people call it. */
function nameOf({ to }: Pick<Grant, 'to'>): string {
  return to.startsWith(PREFIX) ? to.slice(PREFIX.length) : to;
}

/** What the gate is told of a merchant's settings. */
export function gateSettings({ hold_hours, advice_may_shorten, same_purchase }: MerchantSettings): Settings {
  return { holdMs: hold_hours * HOUR_MS, adviceMayShorten: advice_may_shorten, samePurchase: same_purchase };
}

interface Remembered {
  readonly records: number;
  readonly settings: MerchantSettings;
}

const memories = new WeakMap<Registry, Map<string, Remembered>>();

/** The settings of a merchant, read again only when some record has changed since. */
export async function settingsOf(
  registry: Registry,
  grant: Grant,
  { records }: Pick<Loaded, 'records'>,
): Promise<MerchantSettings> {
  const memory = memories.get(registry) ?? new Map<string, Remembered>();
  memories.set(registry, memory);
  const known = memory.get(grant.id);
  if (known?.records === records) return known.settings;
  const settings = await settingsNow(registry, grant);
  if (memory.size >= MERCHANTS_MAX) memory.clear();
  memory.set(grant.id, { records, settings });
  return settings;
}

async function settingsNow(registry: Registry, grant: Grant): Promise<MerchantSettings> {
  const changed = await registry.get<Partial<MerchantSettings>>('setting', recordOf(grant));
  return { ...DEFAULTS, ...(grant.terms as Partial<MerchantSettings>), ...changed?.body };
}

/** Grants as they are, those of merchants with the settings in force: what was changed since they were decided counted in. */
export async function inForce({ store, registry }: MerchantsDeps, grants: readonly Grant[]): Promise<readonly Grant[]> {
  const isMerchants = ({ profile }: Grant): boolean => profile === 'payments';
  if (!grants.some(isMerchants)) return grants;
  const loaded = await store.load({});
  const now = async (grant: Grant): Promise<Grant> =>
    isMerchants(grant)
      ? { ...grant, terms: { ...grant.terms, ...(await settingsOf(registry, grant, loaded)) } }
      : grant;
  return Promise.all(grants.map(now));
}

function recordOf({ id }: Pick<Grant, 'id'>): string {
  return `payments-merchant-${id}`;
}

/** The merchants that are let in, the newest first. */
export async function merchants({ store, registry }: MerchantsDeps): Promise<readonly MerchantView[]> {
  const { now } = await store.load({});
  const grants = await store.find('grants', { profile: 'payments', liveAt: now, limit: MERCHANTS_MAX });
  return Promise.all(grants.map((grant) => viewOf({ store, registry }, grant)));
}

async function viewOf({ store, registry }: MerchantsDeps, grant: Grant): Promise<MerchantView> {
  const [{ now, generation }, settings, codes] = await Promise.all([
    store.load({}),
    settingsNow(registry, grant),
    store.find('codes', { grant: grant.id, limit: 1_000 }),
  ]);
  const live = ({ state, until, generation: of }: Code): boolean =>
    state === 'live' && now <= until && of === generation;
  const keys = codes.filter(live).map((code) => ({ id: code.id, from: code.from, until: endShown(code) }));
  return { merchant: nameOf(grant), grant: grant.id, by: grant.by, from: grant.from, ...settingsShown(settings), keys };
}

function settingsShown(settings: MerchantSettings): Required<MerchantInput> {
  return {
    holdHours: settings.hold_hours,
    adviceMayShorten: settings.advice_may_shorten,
    samePurchase: settings.same_purchase,
    leaseSeconds: settings.lease_seconds,
  };
}

function endShown(code: Code): number | null {
  return isEndless(code) ? null : code.until;
}

/** What is said of a name may be logged and shown: a card number is not repeated. @throws OperationError */
function refuseNumber(name: string): void {
  if (looksLikePan(name))
    throw new OperationError('expected a merchant’s name that does not look like a card number, got one that does');
}

/**
 * The grant of a merchant; without a name, of the only one there is.
 *
 * @throws NotFoundError where there is none, OperationError where there are several and none was named, or for a card number
 */
export async function merchantNamed({ store }: MerchantsDeps, name?: string): Promise<Grant> {
  if (name !== undefined) refuseNumber(name);
  const { now } = await store.load({});
  const client = name === undefined ? {} : { client: `${PREFIX}${name}` };
  const found = await store.find('grants', { profile: 'payments', liveAt: now, limit: 11, ...client });
  const first = found[0];
  if (first === undefined) {
    const which = name === undefined ? 'no merchant is let in yet' : `no merchant is called ${JSON.stringify(name)}`;
    throw new NotFoundError(`${which}: counterfoil payments merchant list lists them, merchant add adds one`);
  }
  if (name === undefined && found.length > 1)
    throw new OperationError(
      `expected the name of a merchant (--merchant), because there are several: ${found.slice(0, 10).map(nameOf).join(', ')}`,
    );
  return first;
}

/**
 * Lets a merchant in, with its first key.
 *
 * @throws OperationError for a name or setting that cannot be, or a name that is taken
 */
export async function addMerchant(
  deps: MerchantsDeps,
  name: string,
  input: MerchantInput,
): Promise<{ readonly merchant: MerchantView; readonly key: MerchantKey }> {
  refuseNumber(name);
  if (!NAME.test(name))
    throw new OperationError(
      `expected a merchant’s name of 1 to 100 letters, digits and . _ ~ -, got ${show(name.slice(0, 120))}`,
    );
  const settings = settingsAfter(DEFAULTS, input);
  const { now, generation } = await deps.store.load({});
  const to = `${PREFIX}${name}`;
  const [taken] = await deps.store.find('grants', { profile: 'payments', client: to, liveAt: now, limit: 1 });
  if (taken)
    throw new OperationError(`${name} is let in already: counterfoil payments merchant edit ${name}, or key ${name}`);
  const grant: Grant = {
    id: newId('gr_', now),
    profile: 'payments',
    by: 'operator',
    to,
    terms: { ...settings },
    from: now,
    until: null,
    state: 'active',
    policyEpoch: 1,
    rev: 1,
  };
  const { key, code } = keyFor(grant, { now, generation });
  await deps.store.mint({ grant, codes: [code] });
  return { merchant: await viewOf(deps, grant), key };
}

/** Changes what `input` names, from the next attempt on. */
export async function editMerchant(deps: MerchantsDeps, name: string, input: MerchantInput): Promise<MerchantView> {
  const grant = await merchantNamed(deps, name);
  const now = settingsAfter(await settingsNow(deps.registry, grant), input);
  await changeRecord<MerchantSettings>(deps.registry, 'setting', recordOf(grant), (before) =>
    settingsAfter({ ...now, ...before }, input),
  );
  await noted(deps, grant, 'merchant-changed');
  return viewOf(deps, grant);
}

/** One more key of a merchant; those it has stay. `days` is when it ends by itself, never unless told. */
export async function addKey(deps: MerchantsDeps, name: string, days?: number): Promise<MerchantKey> {
  if (days !== undefined && !(Number.isInteger(days) && days >= 1 && days <= KEY_DAYS_MAX))
    throw new OperationError(`expected 1 to ${KEY_DAYS_MAX} whole days, got ${days}`);
  const grant = await merchantNamed(deps, name);
  const { key, code } = keyFor(grant, await deps.store.load({}), days);
  await deps.store.mint({ codes: [code] });
  await noted(deps, grant, 'merchant-key-made');
  return key;
}

/** For the diary of who did what: these are done at the command line alone. */
async function noted({ store, registry }: MerchantsDeps, { to }: Grant, act: AccountAct): Promise<void> {
  await noteAccountEvent(registry, { at: (await store.load({})).now, user: 'operator', act, about: to });
}

function keyFor(
  grant: Grant,
  { now, generation }: Pick<Loaded, 'now' | 'generation'>,
  days: number = KEY_DAYS_MAX,
): { readonly key: MerchantKey; readonly code: Code } {
  const text = mintCode('payments_key', 'opaque', now);
  const code: Code = {
    id: codeId('payments_key', text.slice(LABELS.payments_key.length)),
    grant: grant.id,
    purpose: 'payments_key',
    handle: 'opaque',
    bindings: [],
    from: now,
    until: now + days * DAY_MS,
    total: null,
    used: 0,
    state: 'live',
    generation,
    rev: 1,
  };
  return { key: { key: text, id: code.id, grant: grant.id, until: endShown(code) }, code };
}

function settingsAfter(from: MerchantSettings, input: MerchantInput): MerchantSettings {
  const { holdHours = from.hold_hours, leaseSeconds = from.lease_seconds } = input;
  if (!(Number.isInteger(holdHours) && holdHours >= 0 && holdHours <= HOLD_HOURS_MAX))
    throw new OperationError(`expected 0 to ${HOLD_HOURS_MAX} whole hours after a decline for funds, got ${holdHours}`);
  if (!(Number.isInteger(leaseSeconds) && leaseSeconds >= 5 && leaseSeconds <= 600))
    throw new OperationError(`expected a lease of 5 to 600 whole seconds, got ${leaseSeconds}`);
  const samePurchase = input.samePurchase ?? from.same_purchase;
  if (samePurchase !== 'warn' && samePurchase !== 'close')
    throw new OperationError(`expected warn or close for the same purchase, got ${show(samePurchase)}`);
  return {
    hold_hours: holdHours,
    advice_may_shorten: input.adviceMayShorten ?? from.advice_may_shorten,
    same_purchase: samePurchase,
    lease_seconds: leaseSeconds,
  };
}
