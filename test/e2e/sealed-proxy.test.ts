/**
 * Sealed redemption through a proxy that ends the client's connection, writes down every byte and changes what it likes:
 * it reads no code, no verifier and no token, and nothing it changes or copies does any harm. (What a proxy sees behind
 * its own TLS is what this one sees.)
 */
// proves: C7
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type SealedRequest, type SealOptions, sealRequest } from '../../src/protocols/sealed/client.ts';
import { privateKeyOf, rawPublicKey, sealingKey, signSealingKey } from '../../src/protocols/sealed/key.ts';
import type { Minted } from '../../src/server/operations.ts';
import { proofKey } from '../support/dpop.ts';
import { heldClock, startTestHub, type TestHub } from '../support/hub.ts';
import {
  addPublic,
  exchangeForm,
  type KeyedClient,
  keyedClient,
  type Tokens,
  tokens,
  verdictAt,
} from '../support/outside.ts';

const clock = heldClock();
const APP = 'my_app_123';
const PAIRING = 'A1B2C3D4';

interface Message {
  readonly status?: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A proxy: what it saw, and what it does to what passes. */
interface Proxy {
  readonly url: string;
  /** Everything that passed, as it was and decoded. */
  seen(): string;
  onRequest: (message: Message) => Message;
  onAnswer: (message: Message) => Message;
  readonly requests: Message[];
  forget(): void;
}

let t: TestHub;
let server: Server;
let proxy: Proxy;
let app: KeyedClient;
let jkt: string;
let ltpk: Uint8Array;
let statement: string;
let minted: Minted;

const same = (message: Message): Message => message;
const flat = (headers: NodeJS.Dict<string | string[]>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );

beforeAll(async () => {
  t = await startTestHub({ clock: clock.now });
  await addPublic(t, APP);
  const key = await proofKey('EdDSA');
  jkt = key.jkt;
  app = keyedClient(t, key, clock.now, PAIRING);
  const { sealing } = t.hub.oauth.keys;
  if (!sealing) throw new Error('a hub has a sealing key');
  ltpk = rawPublicKey(sealing.ltsk);
  const tape: string[] = [];
  const requests: Message[] = [];
  proxy = {
    url: '',
    seen: () => tape.join('\n'),
    onRequest: same,
    onAnswer: same,
    requests,
    forget: () => {
      tape.length = 0;
      requests.length = 0;
      proxy.onRequest = same;
      proxy.onAnswer = same;
    },
  };
  const record = ({ headers, body }: Message): void => {
    tape.push(JSON.stringify(headers), body, Buffer.from(body, 'base64url').toString('latin1'));
  };
  server = createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    const came = { headers: flat(req.headers), body: Buffer.concat(chunks).toString('latin1') };
    record(came);
    requests.push(came);
    const { headers, body } = proxy.onRequest(came);
    const { 'content-length': _, connection: __, ...rest } = headers;
    const options = { port: t.hub.port, host: '127.0.0.1', path: req.url, method: req.method };
    const onward = httpRequest({ ...options, headers: { ...rest, host: 'localhost' } }, async (answer) => {
      const parts: Buffer[] = [];
      for await (const part of answer) parts.push(part as Buffer);
      const said = {
        status: answer.statusCode ?? 0,
        headers: flat(answer.headers),
        body: Buffer.concat(parts).toString('latin1'),
      };
      record(said);
      const told = proxy.onAnswer(said);
      const { 'content-length': ___, 'transfer-encoding': ____, ...fields } = told.headers;
      res.writeHead(told.status ?? 502, fields).end(told.body, 'latin1');
    });
    onward.end(body, 'latin1');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  Object.assign(proxy, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  await t.close();
});
beforeEach(async () => {
  proxy.forget();
  minted = await t.hub.operations.mint({ client: APP, jkt, pairingId: PAIRING });
  const answer = await fetch(`${proxy.url}/.well-known/counterfoil-sealing`);
  ({ statement } = (await answer.json()) as { statement: string });
});

const encoded = (form: Readonly<Record<string, string>>): string => new URLSearchParams(form).toString();
const seal = async (options: SealOptions = {}, form: Readonly<Record<string, string>> = exchangeForm(APP, minted)) =>
  sealRequest(encoded(form), statement, ltpk, { now: clock.now(), dpop: await app.proof(), ...options });
/** The client believes the name of the hub, and its way there leads through the proxy. */
const post = ({ headers, body }: Pick<SealedRequest, 'headers' | 'body'>): Promise<Response> =>
  fetch(`${proxy.url}/token`, { method: 'POST', headers, body });
const redeem = async (): Promise<Tokens> => {
  const sealed = await seal();
  const opened = await sealed.open(await post(sealed));
  if (!opened.ok || opened.status !== 200) throw new Error(JSON.stringify(opened));
  return JSON.parse(opened.body) as Tokens;
};
/** The cause behind a refusal, from the reference in its text. */
const causeOf = async (text: string): Promise<string> => {
  const { error_uri: uri = '' } = JSON.parse(text) as { error_uri?: string };
  const { decisive, cause } = await verdictAt(t, uri);
  return `${decisive}/${cause}`;
};
/** A refusal that nobody sealed: its cause, and that the app does not believe it. */
const inTheOpen = async (sealed: SealedRequest, answer: Response): Promise<string> => {
  const text = await answer.clone().text();
  expect(await sealed.open(answer)).toMatchObject({ ok: false, cause: 'unsealed' });
  return causeOf(text);
};
/** A refusal in a box: its cause. */
const inTheBox = async (sealed: SealedRequest, answer: Response): Promise<string> => {
  const opened = await sealed.open(answer);
  if (!opened.ok || opened.status !== 400) throw new Error(JSON.stringify(opened));
  return causeOf(opened.body);
};
/** The code lives and is unused, and no failure was counted against it. */
const unharmed = async (): Promise<void> => {
  const [code] = await t.hub.operations.codes({ id: minted.id });
  expect(code).toMatchObject({ state: 'live', used: 0, rev: 1 });
  for (const verdict of await t.hub.operations.verdicts({ grant: minted.grant }))
    expect(verdict.consequence?.hits).toBeUndefined();
};
const flipped = (body: string, at: number): string => {
  const bytes = Buffer.from(body, 'base64url');
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes.toString('base64url');
};

describe('a proxy that writes everything down', () => {
  it('reads no code, no verifier and no token of a sealed redemption; of a plain one it reads all of them', async () => {
    const secrets = (found: Tokens): string[] => [
      ...[minted.code.slice(-20), minted.verifier ?? '-', found.access_token, found.refresh_token],
    ];
    const sealed = await redeem();
    expect(await (await app.api(sealed.access_token)).json()).toHaveProperty('accessories');
    expect(proxy.seen()).toContain('application/vnd.counterfoil.sealed-token');
    for (const secret of secrets(sealed)) expect(proxy.seen()).not.toContain(secret);
    proxy.forget();
    minted = await t.hub.operations.mint({ client: APP, jkt, pairingId: PAIRING });
    const plain = exchangeForm(APP, minted);
    const headers = { 'content-type': 'application/x-www-form-urlencoded', dpop: await app.proof() };
    const found = await tokens(t, post({ headers, body: encoded(plain) }));
    for (const secret of secrets(found)) expect(proxy.seen()).toContain(secret);
  });

  it('cannot tell why a sealed request was refused, and the app can', async () => {
    const sealed = await seal({}, { ...exchangeForm(APP, minted), code_verifier: 'x'.repeat(43) });
    expect(await inTheBox(sealed, await post(sealed))).toBe('oauth.code-verifier/mismatch');
    expect(proxy.seen()).not.toContain('invalid_grant');
  });

  it('refreshes sealed as well', async () => {
    const { refresh_token } = await redeem();
    const sealed = await seal({}, { grant_type: 'refresh_token', refresh_token, client_id: APP });
    expect(await sealed.open(await post(sealed))).toMatchObject({ ok: true, status: 200 });
    expect(proxy.seen()).not.toContain(refresh_token);
  });
});

describe('a proxy that changes a request', () => {
  it('is refused whatever byte it changes, always with the same answer, and the code is as good as before', async () => {
    const sealed = await seal();
    const length = Buffer.from(sealed.body, 'base64url').length;
    const heard = new Set<string>();
    for (let at = 0; at < length; at += 7) {
      proxy.onRequest = (message) => ({ ...message, body: flipped(message.body, at) });
      const answer = await post(sealed);
      const text = await answer.clone().text();
      heard.add(`${answer.status} ${text.replace(/\/r\/[0-9A-Z]{26}/, '/r/…')}`);
      expect(await inTheOpen(sealed, answer), String(at)).toMatch(/^oauth\.box-opened\//);
    }
    expect([...heard]).toHaveLength(1);
    expect([...heard][0]).toMatch(/^400 {"error":"invalid_request","error_uri":/);
    await unharmed();
    proxy.forget();
    const opened = await sealed.open(await post(sealed));
    expect(opened).toMatchObject({ ok: true, status: 200 });
  });

  it.each([
    ['drops the proof', ({ dpop: _, ...headers }: Message['headers']) => headers, 'cannot-open'],
    ['swaps the proof', (headers: Message['headers']) => ({ ...headers, dpop: 'x' }), 'cannot-open'],
    ['adds credentials', (headers: Message['headers']) => ({ ...headers, authorization: 'Basic eDp5' }), 'cannot-open'],
  ])('is refused when it %s', async (_, change, cause) => {
    const sealed = await seal();
    proxy.onRequest = (message) => ({ ...message, headers: change(message.headers) });
    expect(await inTheOpen(sealed, await post(sealed))).toBe(`oauth.box-opened/${cause}`);
    await unharmed();
  });

  it.each([
    ['calls it a form', 'application/x-www-form-urlencoded', 'oauth.form-readable/too-large'],
    ['calls it something else', 'application/json', 'oauth.media-type/other'],
  ])('is refused when it %s', async (_, type, why) => {
    const sealed = await seal();
    proxy.onRequest = (message) => ({ ...message, headers: { ...message.headers, 'content-type': type } });
    expect(await inTheOpen(sealed, await post(sealed))).toBe(why);
    await unharmed();
  });

  it('cuts, doubles and empties it in vain', async () => {
    const sealed = await seal();
    for (const change of [(b: string) => b.slice(0, -4), (b: string) => b + b, () => '', () => 'A'.repeat(70_000)]) {
      proxy.onRequest = (message) => ({ ...message, body: change(message.body) });
      const answer = await post(sealed);
      expect(answer.status).toBe(400);
      expect(await inTheOpen(sealed, answer)).toMatch(/^oauth\.box-opened\/(?:malformed|cannot-open)$/);
    }
    await unharmed();
  });

  it('gets nothing for a box that was sealed for another hub, and the cause says so', async () => {
    const { sealing } = t.hub.oauth.keys;
    const [key] = sealing?.keysAt(clock.now()) ?? [];
    if (!sealing || !key) throw new Error('a hub has a sealing key');
    const elsewhere = await signSealingKey('https://other.example', key, sealing.ltsk);
    const sealed = await sealRequest(encoded(exchangeForm(APP, minted)), elsewhere, ltpk, { now: clock.now() });
    expect(await inTheOpen(sealed, await post(sealed))).toBe('oauth.box-opened/other-address');
    await unharmed();
  });
});

describe('a proxy that changes an answer', () => {
  it('is not believed, whether it changes a byte, the status, or all of it', async () => {
    const changes: readonly ((message: Message) => Message)[] = [
      ...[0, 1, 20, 40, 60].map((at) => (m: Message) => ({ ...m, body: flipped(m.body, at) })),
      (m) => ({ ...m, status: 201 }),
      (m) => ({ ...m, body: '' }),
      (m) => ({ ...m, headers: { ...m.headers, 'content-type': 'application/json' }, body: '{"access_token":"mine"}' }),
    ];
    for (const change of changes) {
      minted = await t.hub.operations.mint({ client: APP, jkt, pairingId: PAIRING });
      const sealed = await seal();
      proxy.onAnswer = change;
      expect((await sealed.open(await post(sealed))).ok).toBe(false);
    }
  });

  it('cannot pass the answer of one request off as the answer of another', async () => {
    const first = await seal();
    let kept: Message | undefined;
    proxy.onAnswer = (message) => {
      kept = message;
      return message;
    };
    expect(await first.open(await post(first))).toMatchObject({ ok: true });
    minted = await t.hub.operations.mint({ client: APP, jkt, pairingId: PAIRING });
    proxy.onAnswer = (message) => kept ?? message;
    const second = await seal();
    expect(await second.open(await post(second))).toMatchObject({ ok: false, cause: 'altered' });
  });

  it('cannot hand out a key of its own, nor an old one', async () => {
    const mine = privateKeyOf('Ed25519', Buffer.alloc(32, 9));
    const key = sealingKey(Buffer.alloc(32, 8), { notBefore: clock.now() - 1_000, notAfter: clock.now() + 60_000 });
    const forged = await signSealingKey(t.hub.issuer, key, mine);
    await expect(sealRequest('a=b', forged, ltpk, { now: clock.now() })).rejects.toThrow(/signature/);
    const later = clock.now() + 40 * 86_400_000;
    await expect(sealRequest('a=b', statement, ltpk, { now: later })).rejects.toThrow(/expired/);
  });
});

describe('a proxy that sends copies', () => {
  it('opens nothing, and the owner loses nothing: with a proof, and without one', async () => {
    const bare = await t.hub.operations.mint({ client: APP });
    for (const one of [minted, bare]) {
      proxy.forget();
      minted = one;
      const sealed = await (one === bare ? seal({ dpop: undefined }) : seal());
      const opened = await sealed.open(await post(sealed));
      if (!opened.ok) throw new Error(opened.say);
      const { access_token } = JSON.parse(opened.body) as Tokens;
      // Past the moment in which a second one is only the loser of a race.
      clock.move(5_000);
      const copy = proxy.requests[0] as Message;
      const { 'content-type': type = '', dpop } = copy.headers;
      const answer = await post({ headers: { 'content-type': type, ...(dpop && { dpop }) }, body: copy.body });
      expect(await inTheBox(sealed, answer)).toBe('oauth.box-opened/replayed');
      const api =
        one === bare
          ? fetch(`${t.url}/api/state`, { headers: { authorization: `Bearer ${access_token}` } })
          : app.api(access_token);
      expect((await api).status).toBe(200);
    }
  });

  it('wins nothing when it is the faster one: the answer is for the app alone', async () => {
    const sealed = await seal();
    const copies = await Promise.all(Array.from({ length: 10 }, () => post(sealed)));
    expect(copies.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(proxy.seen()).not.toContain('cfa_');
  });
});

describe('the time of a sealing key', () => {
  it('ends a day after its month, and the cause says so; the next one is there before', async () => {
    const sealed = await seal();
    clock.move(33 * 86_400_000);
    expect(await inTheOpen(sealed, await post(sealed))).toBe('oauth.box-opened/key-expired');
    clock.move(150 * 86_400_000);
    expect(await inTheOpen(sealed, await post(sealed))).toBe('oauth.box-opened/unknown-key');
    minted = await t.hub.operations.mint({ client: APP, jkt, pairingId: PAIRING });
    const answer = await fetch(`${t.url}/.well-known/counterfoil-sealing`);
    ({ statement } = (await answer.json()) as { statement: string });
    expect((await redeem()).token_type).toBe('DPoP');
  });

  it('is told where the metadata says', async () => {
    const metadata = await fetch(`${t.url}/.well-known/oauth-authorization-server`);
    const { counterfoil_sealing_uri: uri } = (await metadata.json()) as { counterfoil_sealing_uri: string };
    expect(uri).toBe(`${t.hub.issuer}/.well-known/counterfoil-sealing`);
    expect(t.faults).toEqual([]);
  });
});
