/** A ledger as a busy hub has it after a while: refusals that this hub really made, again and again over some days. */
import type { Verdict } from '../../src/core/verdict.ts';
import { newId } from '../../src/protocols/typed-code/typed-code.ts';
import type { Store } from '../../src/store/port.ts';
import type { TestHub } from './hub.ts';
import { addPublic, REDIRECT_URI } from './outside.ts';

const APPS = ['my_app_123', 'bi_reports', 'hall_panel', 'meter_reader'];

/** What this hub keeps of some real attempts, each refused for another cause. */
export async function realRefusals(t: TestHub): Promise<readonly Verdict[]> {
  for (const id of APPS) await addPublic(t, id);
  const code = async (client: string): Promise<string> => (await t.hub.operations.mint({ client })).code;
  const form = { grant_type: 'authorization_code', client_id: APPS[0] ?? '', redirect_uri: REDIRECT_URI };
  const attempts: Readonly<Record<string, string>>[] = [
    { ...form, code: 'hap5.1-authcode:AAAAAAAAAAAAAAAAAAAAAAAAAAAAA' },
    { ...form, code: await code('my_app_123'), redirect_uri: `${REDIRECT_URI}/` },
    { ...form, code: await code('my_app_123') },
    { ...form, code: await code('bi_reports') },
    { ...form, code: 'short' },
    { ...form, client_id: 'somebody', code: await code('my_app_123') },
    { ...form, grant_type: 'password' },
    { grant_type: 'refresh_token', client_id: 'my_app_123', refresh_token: 'A'.repeat(43) },
  ];
  for (const attempt of attempts) await t.token(attempt);
  return (await t.hub.operations.verdicts({ ok: false })).filter(({ ok }) => !ok);
}

/**
 * Keeps `count` refusals, made from the given ones, over the days before `until`, newest last; the same each time.
 *
 * @param store the hub's
 */
export async function fillLedger(
  store: Store,
  made: readonly Verdict[],
  { count, until, days = 20 }: { readonly count: number; readonly until: number; readonly days?: number },
): Promise<void> {
  const every = (days * 86_400_000) / count;
  let waiting: Promise<unknown>[] = [];
  for (let i = 0; i < count; i++) {
    const at = Math.floor(until - (count - i) * every);
    // Some causes are many, some few.
    const verdict = made[Math.floor(made.length * ((i * 0.618_034) % 1) ** 2)] as Verdict;
    const { grant: _g, code: _c, ...rest } = verdict;
    const kept = { ...rest, id: newId('vd_', at), at, subject: APPS[i % APPS.length] ?? '', times: 1 };
    waiting.push(store.refuse({ now: at, verdict: kept }));
    if (waiting.length === 500) {
      await Promise.all(waiting);
      waiting = [];
    }
  }
  await Promise.all(waiting);
}
