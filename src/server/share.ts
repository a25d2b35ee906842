/**
 * Links to a shared refusal. A link is good for seven days or until somebody ends it; the record keeps the hash of its
 * token and the signed document, so neither the database nor a backup opens anything. Not here: what is in the document
 * (`share-document.ts`), its signature (`share-receipt.ts`), the pages (`console/share.ts`).
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Verdict } from '../core/verdict.ts';
import type { SigningKey } from '../protocols/signed-code/signed-code.ts';
import { toCrockford } from '../protocols/typed-code/typed-code.ts';
import type { Store } from '../store/port.ts';
import type { Registered, Registry } from '../store/registry.ts';
import { NotFoundError, OperationError } from './operations.ts';
import { changeRecord, tidyRecords } from './records.ts';
import { refusalOf, sealOf } from './share-document.ts';
import { readReceipt, receiptKeysOf, signReceipt } from './share-receipt.ts';
import { SHARE_MS, SHARE_PARTS, type ShareOperations, type SharePart, type ShareView } from './share-shapes.ts';

/** Stands where the name of an erased person stood. */
const NOBODY = 'erased';
/** Live shares of a hub. */
const SHARES_MAX = 1_000;
/** How long it is remembered that a link was there, so that it says that it has ended. */
const REMEMBERED_MS = 2_592_000_000;

/** Body of a `share` record; its id is made of the hash of the token. Once ended, nothing of what was shared is left. */
type Kept =
  | (Omit<ShareView, 'id'> & { readonly receipt: string; readonly generation: number })
  | { readonly until: number; readonly ended: number };

/** What shares need. */
export interface ShareDeps {
  readonly store: Pick<Store, 'load'>;
  readonly registry: Registry;
  readonly issuer: string;
  readonly key: SigningKey;
  /** A verdict with its tree, by its id or a beginning of it. */
  readonly verdict: (id: string) => Promise<Verdict>;
}

/** The operations on shares. */
export function shareOperations({ store, registry, issuer, key, verdict }: ShareDeps): ShareOperations {
  const live = async (): Promise<ShareView[]> => {
    const [records, moment] = await Promise.all([registry.list<Kept>('share'), store.load({})]);
    return records.flatMap((record) => viewOf(record, moment) ?? []).sort((a, b) => b.at - a.at);
  };

  return {
    async previewShare(id, parts) {
      const found = await verdict(id);
      const refusal = refusalOf(found, parts);
      return { verdict: found, refusal, seal: sealOf(refusal) };
    },
    async share(id, parts, by, seal) {
      const found = await verdict(id);
      const refusal = refusalOf(found, parts);
      // over the admin socket a missing argument comes as null
      if ((seal ?? undefined) !== undefined && seal !== sealOf(refusal)) return undefined;
      if ((await live()).length >= SHARES_MAX)
        throw new OperationError(`expected fewer than ${SHARES_MAX} live links: end some, counterfoil share list`);
      const { now, generation } = await store.load({});
      const token = randomBytes(32).toString('base64url');
      const view: ShareView = {
        id: idOf(token),
        verdict: found.id,
        by: by ?? 'operator',
        at: now,
        until: now + SHARE_MS,
        with: SHARE_PARTS.filter((part) => parts.includes(part)),
      };
      const shared = new Date(now).toISOString().slice(0, 10);
      const receipt = await signReceipt({ hub: issuer, shared, refusal }, key);
      const { id: name, ...kept } = view;
      await registry.save<Kept>('share', name, 0, { ...kept, receipt, generation });
      // Whoever erased it in between has not seen this link.
      if ((await verdict(found.id)).erased) {
        await end(registry, name, now);
        throw new OperationError('the verdict was erased on request: there is nothing left to share');
      }
      await tidyRecords<Kept>(registry, 'share', {
        over: (body) => body.until + REMEMBERED_MS <= now,
        age: (body) => body.until,
        limit: 10 * SHARES_MAX,
      });
      return { ...view, path: `/s/${token}`, link: `${issuer}/s/${token}`, refusal };
    },
    async shares(of) {
      const all = await live();
      return (of ?? undefined) === undefined ? all : all.filter((share) => share.verdict === of);
    },
    async revokeShare(id) {
      const found = (await live()).filter(
        (share) => ID.test(id) && share.id.startsWith(id.toUpperCase().replace('SH_', 'sh_')),
      );
      const [share] = found;
      if (!share) throw new NotFoundError(`no live link has an id that begins with ${id.slice(0, 40)}`);
      if (found.length > 1) throw new OperationError(`more than one id begins with ${id}: give more of it`);
      const { now } = await store.load({});
      await end(registry, share.id, now);
      return { id: share.id, verdict: share.verdict };
    },
    async openShare(token) {
      const kept = TOKEN.test(token) ? (await registry.get<Kept>('share', idOf(token)))?.body : undefined;
      if (!kept) throw new NotFoundError('there is no such link');
      const { now, generation } = await store.load({});
      if ('ended' in kept || now >= kept.until || kept.generation !== generation) return { state: 'gone' };
      const read = await readReceipt(kept.receipt, key.publicKey);
      if (!read.ok) throw new Error(`a share holds no receipt of this hub: ${read.say}`);
      return { state: 'live', refusal: read.receipt.refusal, receipt: kept.receipt, until: kept.until };
    },
    receiptKeys: async () => receiptKeysOf(key),
  };
}

/** 256 bits in base64url. */
const TOKEN = /^[A-Za-z0-9_-]{43}$/;
const ID = /^sh_[0-9A-Za-z]{4,26}$/i;

/** 128 bits of the hash: enough that no other token has it, and nothing to go back from. */
function idOf(token: string): string {
  return `sh_${toCrockford(createHash('sha256').update(token).digest().subarray(0, 16))}`;
}

function viewOf(
  { id, body }: Registered<Kept>,
  { now, generation }: { readonly now: number; readonly generation: number },
): ShareView | undefined {
  if ('ended' in body || now >= body.until || body.generation !== generation) return undefined;
  const { verdict, by, at, until } = body;
  return { id, verdict, by, at, until, with: body.with as readonly SharePart[] };
}

/** Leaves nothing but that there was a link. */
async function end(registry: Registry, id: string, now: number): Promise<void> {
  await changeRecord<Kept>(registry, 'share', id, (body) =>
    body && 'ended' in body ? body : { until: body?.until ?? now, ended: now },
  );
}

/**
 * Ends the shares of verdicts that are erased, or forgotten, by now, and takes the name of an erased person off those that
 * they made. Answers how many ended.
 */
export async function eraseShares(store: Store, registry: Registry, person?: string): Promise<number> {
  const { now } = await store.load({});
  let ended = 0;
  for (const { id, body } of await registry.list<Kept>('share')) {
    if ('ended' in body) continue;
    const [verdict] = await store.find('verdicts', { id: body.verdict, limit: 1 });
    if (!verdict || verdict.erased) {
      await end(registry, id, now);
      ended += 1;
    } else if (body.by === person) {
      await changeRecord<Kept>(registry, 'share', id, (kept) =>
        kept && !('ended' in kept) ? { ...kept, by: NOBODY } : (kept ?? { until: now, ended: now }),
      );
    }
  }
  return ended;
}
