import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { DEFAULT_SETTINGS } from '../src/profiles/payments/case.ts';
import { record, reserve } from '../src/profiles/payments/gate.ts';
import { openMemory } from '../src/store/memory/open.ts';
import { openSqlite } from '../src/store/sqlite/open.ts';
import { grantOf } from '../test/contract/fixtures.ts';
import { mapFloor, sqliteFloor } from './peers/payments-floor.ts';
const which = process.argv[2] ?? 'memory'; const N = Number(process.argv[3] ?? 20000); const R = Number(process.argv[4] ?? 5);
const cardsOf = (n: number) => Array.from({ length: n }, () => `pf_${randomBytes(32).toString('base64url')}`);
async function together(list: string[], work: (c: string) => Promise<unknown>) { let next = 0; const caller = async () => { for (;;) { const one = list[next++]; if (one === undefined) return; await work(one); } }; await Promise.all(Array.from({ length: 64 }, caller)); }
const cpu = async (n: number, f: () => Promise<void>) => { const b = process.cpuUsage(); await f(); const u = process.cpuUsage(b); return (u.user + u.system) / n; };
const med = (a: number[]) => [...a].sort((x, y) => x - y)[a.length >> 1];
const res: Record<string, number[]> = {};
const add = (k: string, v: number) => (res[k] ??= []).push(v);
let k = 0;
for (let r = -1; r < R; r++) {
  const opened: any = which === 'memory' ? openMemory() : openSqlite({ path: `/tmp/pp/ab-${++k}.db` });
  const grant = grantOf({ profile: 'payments', to: 'acme', from: Date.now() });
  await opened.store.mint({ grant, codes: [] });
  const deps = { store: opened.store, settings: DEFAULT_SETTINGS };
  const ask = (card: string) => reserve(deps, { grant: grant.id, attempt: { card, merchant: 'acme', amount: { minor: 1999, currency: 'EUR' }, initiator: 'cardholder', network: 'visa', processor: 'iso8583' }, cards: [card], leaseMs: 30000, source: 'bench' });
  const cards = cardsOf(N); const ids: string[] = []; const floor = which === 'memory' ? mapFloor() : sqliteFloor(`/tmp/pp/abf-${k}.db`);
  const a = await cpu(N, () => together(cards, async (c) => { const x: any = await ask(c); ids.push(x.reservation.attempt); }));
  const b = await cpu(N, () => together(ids, (id) => record(deps, { grant: grant.id, attempt: id, outcome: { outcome: 'declined', response: { code: '51' } } })));
  const c = await cpu(N, () => together(cards, ask)); const d = await cpu(N, () => together(cards, ask));
  const f1 = await cpu(N, () => together(cards, (c) => floor.decide(c, Date.now(), Date.now() + 9e9)));
  const f2 = await cpu(N, () => together(cards, (c) => floor.decide(c, Date.now(), Date.now() + 9e9)));
  await opened.close(); floor.close();
  if (r >= 0) { add('first', a); add('record', b); add('closed', c); add('again', d); add('floor first', f1); add('floor closed', f2); }
  if (which !== 'memory') for (const p of [`ab-${k}`, `abf-${k}`]) for (const s of ['', '-wal', '-shm']) rmSync(`/tmp/pp/${p}.db${s}`, { force: true });
}
console.log(which, Object.entries(res).map(([n, v]) => `${n} ${med(v)?.toFixed(2)}`).join('  '), 'µs CPU');
