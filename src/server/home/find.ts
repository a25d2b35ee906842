/** Finds accessories that announce themselves, and the one that somebody means. */
import { discover, type Found } from '../../protocols/hap/discover.ts';
import { HapError } from '../../protocols/hap/errors.ts';
import type { Address } from '../../protocols/hap/options.ts';
import { decodeSetupPayload, type SetupPayload } from '../../protocols/hap/setup-payload.ts';
import type { Recorder } from '../../protocols/hap/transcript.ts';
import { categoryName, isOfSetupId, STATUS } from '../../protocols/hap/txt.ts';
import { NotFoundError, OperationError } from '../operations.ts';
import { addressesOf } from './dialogue.ts';
import type { Announced, LookInput } from './shapes.ts';

const SECONDS = { usual: 4, least: 1, most: 30 } as const;

/** Everything that announces itself, by name. @throws OperationError for a time or interface that cannot be */
export async function lookAround(look: LookInput = {}): Promise<Found[]> {
  const found = new Map<string, Found>();
  try {
    for await (const { kind, accessory } of discover(readLook(look))) {
      const key = accessory.txt.id ?? `${accessory.name} ${accessory.port}`;
      if (kind === 'gone') found.delete(key);
      else found.set(key, accessory);
    }
  } catch (error) {
    throw error instanceof HapError ? new OperationError(error.message) : error;
  }
  return [...found.values()].toSorted((a, b) => a.name.localeCompare(b.name));
}

function readLook({ interfaces, seconds = SECONDS.usual }: LookInput): { interfaces?: string[]; deadlineMs: number } {
  if (!(seconds >= SECONDS.least && seconds <= SECONDS.most))
    throw new OperationError(`expected ${SECONDS.least} to ${SECONDS.most} seconds to look, got ${seconds}`);
  return { deadlineMs: seconds * 1_000, ...(interfaces && interfaces.length > 0 && { interfaces: [...interfaces] }) };
}

/** Writes down what one says of itself. */
export function recordFound({ txt, addresses, port }: Found, record: Recorder): void {
  const facts = {
    address: addresses.join(' '),
    port,
    txt_id: txt.id,
    txt_sf: txt.sf,
    txt_pv: txt.pv,
    txt_c: txt.c,
    txt_ff: txt.ff,
    txt_md: txt.md,
    txt_ci: txt.ci,
  };
  const told = Object.entries(facts).filter((pair): pair is [string, string | number] => pair[1] !== undefined);
  record('discover', 'received', Object.fromEntries(told));
}

/** As it is listed; `known` says what the hub calls it. */
export function announcedOf(found: Found, known?: string): Announced {
  const { name, host, port, addresses, txt, notes } = found;
  return {
    name,
    host,
    port,
    addresses,
    ...(txt.id !== undefined && { hapId: txt.id }),
    ...(txt.md !== undefined && { model: txt.md }),
    ...(txt.ci !== undefined && { category: categoryName(txt.ci) }),
    pv: txt.pv,
    ...(txt.sf !== undefined && { sf: txt.sf, paired: !isFree(found) }),
    ff: txt.ff,
    ...(txt.c !== undefined && { c: txt.c }),
    ...(known !== undefined && { known }),
    notes: notes.map(({ field, fault }) => `${field}: ${fault}`),
  };
}

/** Does it say that nobody is paired with it? */
function isFree({ txt }: Found): boolean {
  return ((txt.sf ?? 0) & STATUS.notPaired) !== 0;
}

const ADDRESS = /^(?:\[([0-9A-Fa-f:.]{2,45}(?:%[\w.-]{1,20})?)\]|([^\s:/[\]]{1,253})):(\d{1,5})$/;

/** `192.168.1.20:51826`, `[fe80::1]:51826`, `lamp.local:51826`; undefined for what is not written so. */
export function readAddress(text: string): Address | undefined {
  const [, v6, name, port = ''] = ADDRESS.exec(text) ?? [];
  const host = v6 ?? name;
  return host !== undefined && Number(port) >= 1 && Number(port) <= 65_535 ? { host, port: Number(port) } : undefined;
}

/** A setup code, or what the QR code says. @throws OperationError for a payload that cannot be read */
export function readCode(text: string): { readonly setupCode: string; readonly payload?: SetupPayload } {
  if (!/^\s*x-hm:/i.test(text)) return { setupCode: text };
  const read = decodeSetupPayload(text);
  if (read.ok) return { setupCode: read.payload.setupCode, payload: read.payload };
  throw new OperationError(
    `expected X-HM:// with nine characters and a setup id of four, got another text (${read.fault}): scan the QR code again, or type the eight digits beside it`,
  );
}

/** Is it the one that is meant by a HAP id or a name? */
export function isNamed({ name, txt }: Found, target: string): boolean {
  const wanted = target.trim().toLowerCase();
  return txt.id?.toLowerCase() === wanted || name.toLowerCase() === wanted;
}

/**
 * The one that is meant: by id or name, else by the setup id of its payload, else because only one is free.
 *
 * @throws NotFoundError when there is none; OperationError when several could be meant
 */
export function chosen(around: readonly Found[], target: string | undefined, payload: SetupPayload | undefined): Found {
  if (target !== undefined)
    return only(
      around.filter((one) => isNamed(one, target)),
      `announces itself as ${target}`,
    );
  const scanned = payload && around.filter(({ txt }) => isOfSetupId(txt, payload.setupId) === true);
  if (scanned && scanned.length > 0) return only(scanned, 'has this setup payload');
  return only(around.filter(isFree), 'waits to be paired');
}

function only(found: readonly Found[], what: string): Found {
  const [first, ...others] = found;
  if (first === undefined)
    throw new NotFoundError(
      `no accessory on this network ${what}: counterfoil home discover lists those that there are; one that announces nothing is named by host:port`,
    );
  if (others.length === 0) return first;
  const names = found.map(({ name, txt }) => (txt.id === undefined ? name : `${name} (${txt.id})`)).join(', ');
  throw new OperationError(`more than one accessory ${what}: name one of ${names}`);
}

/** Is it the one at this address? */
export function isThere(found: Found, { host, port }: Address): boolean {
  return addressesOf(found).some((address) => address.port === port && address.host === host);
}
