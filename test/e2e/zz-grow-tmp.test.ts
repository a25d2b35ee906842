import { randomBytes } from 'node:crypto';
import { statSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { it } from 'vitest';
import { openSqlite } from '/work/main/src/store/sqlite/open.ts';
import { exchange } from '/work/main/src/profiles/oauth/token.ts';
import { admit } from '/work/main/src/profiles/oauth/resource.ts';
import { createReplayCache } from '/work/main/src/profiles/oauth/prove/replay-cache.ts';
import { deriveKeys } from '/work/main/src/server/keys.ts';
import { oauthConfig } from '/work/main/src/server/config.ts';
import { addApp } from '/work/main/src/server/apps.ts';
import { mintAuthorization } from '/work/main/src/profiles/oauth/mint.ts';
import { readAuthorize, refuseAuthorize } from '/work/main/src/profiles/oauth/authorize.ts';
import { challengeOf } from '/work/main/src/profiles/oauth/prove/pkce.ts';
import { dpopNonce } from '/work/main/src/profiles/oauth/prove/dpop.ts';
import { proofKey, signProof } from '/work/main/test/support/dpop.ts';

it('measures', async () => {
  let now = Date.UTC(2026,0,1);
  const folder = mkdtempSync(join(tmpdir(), 'grow-'));
  const file = join(folder, 'g.db');
  const { store, registry, close } = openSqlite({ path: file, clock: () => now });
  const keys = deriveKeys(randomBytes(32));
  const oauth = { store, registry, keys, config: oauthConfig('http://localhost:5151', 5151) };
  const long = 'com.myapp:/' + 'c'.repeat(1900);
  await addApp(registry, 'my_app', { redirectUris: [long, 'com.myapp:/callback'], scopes: ['lamp:read','lamp:write'] }, now);
  await addApp(registry, 'other', { redirectUris: ['com.o:/c'], scopes: ['lamp:read'] }, now);
  const { secret } = await addApp(registry, 'conf', { type: 'confidential', redirectUris: ['com.o:/c'], scopes: ['lamp:read'] }, now);
  const rows = async () => { let n = 0; const vs = await store.find('verdicts', { limit: 1000 }); return vs; };
  const { DatabaseSync } = await import('node:sqlite');
  const count = () => { const d = new DatabaseSync(file, { readOnly: true }); const r = d.prepare('select count(*) n, coalesce(sum(length(body)),0) b, coalesce(max(length(body)),0) m from verdicts').get() as any; d.close(); return r; };
  const req = (body: string, headers: Record<string,string> = {}, source = '127.0.0.1') => ({ method: 'POST', path: '/token', query: '', headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers }, body, source });
  // random fuzz over all dimensions, no handle known, within one minute
  const key = await proofKey('EdDSA'); const es = await proofKey('ES512').catch(() => key);
  const proofs: (string|undefined)[] = [undefined, 'x', 'a,b'];
  for (const htm of ['POST','GET']) for (const htu of ['http://localhost:5151/token','http://x/']) for (const iat of [now/1000, now/1000-999, now/1000+999]) for (const nonce of [undefined,'bad', dpopNonce(keys.nonce, now)])
    proofs.push(await signProof(key, { htm, htu, iat, ...(nonce && { nonce }) }));
  proofs.push(proofs[5]!.slice(0,-8)+'AAAAAAAA');
  const spare = 'A'.repeat(29);
  const pad = (s: string) => encodeURIComponent(s);
  const big = '\u202e'.repeat(2048);
  const dims = {
    media: [{}, { 'content-type': 'text/plain' }, { 'content-type': '' }],
    grant: ['grant_type=authorization_code','grant_type=refresh_token','grant_type=authorization_code%20','grant_type=','grant_type=password','grant_type=client_credentials', 'grant_type='+pad(big)],
    client: ['client_id=my_app','client_id=conf','client_id=nope','', 'client_id=other', 'client_id=my_app&client_secret=x','client_id=conf&client_secret=x'],
    code: ['code='+spare,'code=','code=ab','code=%21','code=cfa_x:', 'refresh_token='+spare, 'refresh_token=ab','refresh_token=%21'],
    redirect: ['','redirect_uri=com.myapp:/callback','redirect_uri='+pad(big)],
    verifier: ['','code_verifier='+'v'.repeat(43),'code_verifier=x'],
    scope: ['','scope=lamp:read','scope=nope', 'scope=lamp:write'],
    extra: ['','a=1&a=2','a=%zz', '%ff=1', Array.from({length:101},(_, i) => 'p'+i).join('&')],
    auth: [{}, { authorization: 'Basic !!' }, { authorization: 'Basic '+Buffer.from('conf:bad').toString('base64') }, { authorization: 'Basic '+Buffer.from('my_app:bad').toString('base64') }],
    dpop: proofs,
  } as any;
  const pick = (a: any[]) => a[Math.floor(Math.random()*a.length)];
  const refs = new Set<string>();
  const N = Number(process.env.N ?? 20000);
  const t0 = performance.now(); const w0 = process.cpuUsage();
  const hist: string[] = [];
  for (let i = 0; i < N; i += 64) {
    await Promise.all(Array.from({ length: 64 }, async () => {
      const dp = pick(dims.dpop);
      const body = [pick(dims.grant), pick(dims.client), pick(dims.code), pick(dims.redirect), pick(dims.verifier), pick(dims.scope), pick(dims.extra)].filter(Boolean).join('&');
      const headers: any = { ...pick(dims.media), ...pick(dims.auth), ...(dp && { dpop: dp }) };
      const { verdict } = await exchange(oauth, req(body, headers) as any);
      refs.add(verdict);
    }));
    if (i % 6400 === 0) hist.push(`${i}:${refs.size}`);
  }
  const ms = performance.now() - t0;
  const c = count();
  console.log('no handle: requests', N, 'distinct rows in one minute, one source', refs.size, 'rate/s', (N/ms*1000).toFixed(0), 'rows', c.n, 'avg body', (c.b/c.n).toFixed(0), 'max body', c.m, hist.join(' '));
  // biggest single row: all params wrong with expanding values
  const before = count();
  now += 61_000;
  const names = Array.from({length:30},(_, i) => 'n'+'x'.repeat(37)+(10+i)).map((n) => n+'=1&'+n+'=2').join('&');
  const fat = req(['grant_type','client_id','redirect_uri','scope','response_type','code_challenge','code_challenge_method','dpop_jkt','pairing_id'].map((n) => n+'='+'%E2%80%AE'.repeat(700)).join('&')+'&code='+spare+'&'+names);
  const fat2 = { ...fat, headers: { 'content-type': 'x'.repeat(200) } };
  await exchange(oauth, fat2 as any);
  const fatVerdict = (await store.find('verdicts', { limit: 1 }))[0]!;
  console.log('fat row bytes', Buffer.byteLength(JSON.stringify(fatVerdict)), 'snapshot', Buffer.byteLength(JSON.stringify(fatVerdict.snapshot)), 'body bytes sent', fat.body.length);
  // live handle strikes
  const mint = async (extra: object = {}) => { const { generation } = await store.load({}); const m = mintAuthorization(oauth, now, generation, { by: 'a', clientId: 'my_app', scopes: ['lamp:read'], redirectUri: long, challenge: challengeOf('v'.repeat(43)), ...extra }); await store.mint({ grant: m.grant, codes: [m.kept] }); return m.code; };
  const code = await mint();
  const b1 = count();
  let k = 0;
  for (let s = 0; s < 300_000; s += 5_001) { now += 5_001; await exchange(oauth, req(`grant_type=authorization_code&client_id=my_app&code=${encodeURIComponent(code)}&redirect_uri=${'%E2%80%AE'.repeat(680)}&code_verifier=${'w'.repeat(43)}&scope=${'%E2%80%AE'.repeat(680)}`) as any); k++; }
  const b2 = count();
  console.log('live handle: strikes', k, 'in 300 s -> rows', b2.n-b1.n, 'bytes/row', ((b2.b-b1.b)/(b2.n-b1.n)).toFixed(0));
  // burst beyond strikes on live: many more rows once burned? fresh code, many parallel
  const code2 = await mint();
  const b3 = count();
  await Promise.all(Array.from({ length: 500 }, () => exchange(oauth, req(`grant_type=authorization_code&client_id=my_app&code=${encodeURIComponent(code2)}&redirect_uri=x&code_verifier=${'w'.repeat(43)}`) as any)));
  const b4 = count();
  console.log('500 parallel strikes on a live code -> rows', b4.n - b3.n);
  // db size per row on disk
  await store.find('verdicts', { limit: 1 });
  console.log('file', statSync(file).size, 'wal', statSync(file+'-wal').size, 'rows', count().n);
  // refresh loop by an authorised public client
  const code3 = await mint();
  let r = JSON.parse((await exchange(oauth, req(`grant_type=authorization_code&client_id=my_app&code=${encodeURIComponent(code3)}&redirect_uri=${encodeURIComponent(long)}&code_verifier=${'v'.repeat(43)}`) as any)).answer.body);
  const pages = () => { const d = new DatabaseSync(file, { readOnly: true }); const n = (d.prepare('pragma page_count').get() as any).page_count * 4096; d.close(); return n; };
  const p0 = pages(); const tt = performance.now();
  for (let i = 0; i < 1000; i++) r = JSON.parse((await exchange(oauth, req(`grant_type=refresh_token&client_id=my_app&refresh_token=${r.refresh_token}`) as any)).answer.body);
  console.log('1000 refreshes in sequence: ms', (performance.now()-tt).toFixed(0), 'bytes each', ((pages()-p0)/1000).toFixed(0));
  const p1 = pages(); const old = r.refresh_token; const t2 = performance.now();
  await exchange(oauth, req(`grant_type=refresh_token&client_id=my_app&refresh_token=${old}`) as any);
  for (let i = 0; i < 1024; i += 64) await Promise.all(Array.from({length:64}, () => exchange(oauth, req(`grant_type=refresh_token&client_id=my_app&refresh_token=${old}`) as any)));
  console.log('in-grace refreshes 1024: ms', (performance.now()-t2).toFixed(0), 'bytes each', ((pages()-p1)/1024).toFixed(0));
  await close();
}, 300_000);
