import { it } from 'vitest';
import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs'; import { join } from 'node:path'; import { tmpdir } from 'node:os';
import { openSqlite } from '/work/main/src/store/sqlite/open.ts';
import { exchange } from '/work/main/src/profiles/oauth/token.ts';
import { deriveKeys } from '/work/main/src/server/keys.ts';
import { oauthConfig } from '/work/main/src/server/config.ts';
import { addApp } from '/work/main/src/server/apps.ts';
import { mintAuthorization } from '/work/main/src/profiles/oauth/mint.ts';
import { challengeOf } from '/work/main/src/profiles/oauth/prove/pkce.ts';
import { dpopNonce } from '/work/main/src/profiles/oauth/prove/dpop.ts';
import { proofKey, signProof } from '/work/main/test/support/dpop.ts';
it('dead', async () => {
  let now = Date.UTC(2026,0,1);
  const { store, registry, close } = openSqlite({ path: join(mkdtempSync(join(tmpdir(), 'grow-')), 'g.db'), clock: () => now });
  const keys = deriveKeys(randomBytes(32));
  const oauth = { store, registry, keys, config: oauthConfig('http://localhost:5151', 5151) };
  for (const n of ['my_app','other','conf']) await addApp(registry, n, { ...(n === 'conf' && { type: 'confidential' as const }), redirectUris: ['com.myapp:/callback'], scopes: ['lamp:read','lamp:write'] }, now);
  const { generation } = await store.load({});
  const key = await proofKey('EdDSA');
  const mint = async () => { const m = mintAuthorization(oauth, now, generation, { by: 'a', clientId: 'my_app', scopes: ['lamp:read'], redirectUri: 'com.myapp:/callback', challenge: challengeOf('v'.repeat(43)) }); await store.mint({ grant: m.grant, codes: [m.kept] }); return m; };
  const req = (body: string, headers: Record<string,string> = {}) => ({ method: 'POST', path: '/token', query: '', headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers }, body, source: '127.0.0.1' });
  const dead = await mint(); now += 400_000;
  const live = await mint();
  const proofs: (string|undefined)[] = [undefined, undefined, undefined, 'x', 'a,b'];
  for (const htm of ['POST','GET']) for (const iat of [now/1000, now/1000-999]) for (const nonce of [undefined,'bad', dpopNonce(keys.nonce, now)]) proofs.push(await signProof(key, { htm, htu: 'http://localhost:5151/token', iat, ...(nonce && { nonce }) }));
  const pick = (a: any[]) => a[Math.floor(Math.random()*a.length)];
  const fat = '%E2%80%AE'.repeat(680);
  for (const [name, code, strike] of [['dead', dead.code, true], ['live without a strike', live.code, false]] as const) {
    const seen = new Set<string>(); const b0 = (await store.find('verdicts', { limit: 1000 })).length;
    for (let i = 0; i < 6000; i++) {
      const body = [pick(['grant_type=authorization_code','grant_type=x','','grant_type=refresh_token','grant_type=authorization_code','grant_type=authorization_code']), pick(['client_id=my_app','client_id=my_app','client_id=my_app', 'client_id=nope','', ...(strike ? ['client_id=other','client_id=conf'] : [])]), 'code='+encodeURIComponent(code), pick(strike ? ['','redirect_uri=com.myapp:/callback','redirect_uri='+fat] : ['']), pick(strike ? ['','code_verifier='+'v'.repeat(43),'code_verifier=x','code_verifier='+'w'.repeat(43)] : ['', 'code_verifier=x']), pick(['','scope=lamp:read','scope=nope','scope='+fat]), pick(['','a=1&a=2','','',''])].filter(Boolean).join('&');
      const dp = pick(proofs);
      seen.add((await exchange(oauth, req(body, { ...(dp && { dpop: dp }), ...pick([{}, {}, {}, { 'content-type': 'text/plain' }]) })  as any)).verdict);
    }
    const all = await store.find('verdicts', { limit: 1000 }); const mine = all.filter((v) => seen.has(v.id));
    console.log(name, 'rows in a minute', seen.size, 'avg bytes', (mine.reduce((s, v) => s + Buffer.byteLength(JSON.stringify(v)), 0) / mine.length).toFixed(0), 'causes', new Set(mine.map((v) => v.decisive + '/' + v.cause)).size);
  }
  await close();
}, 200_000);
