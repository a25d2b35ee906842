/**
 * No card number lands anywhere: so many random ones through every field, path and header of the API, in every form that people
 * write them; then none of them is in an answer, in what the hub printed, or in a byte of its files, running or stopped.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectAdmin } from '../../src/server/admin-client.ts';
import { adminPath } from '../../src/server/admin-path.ts';
import type { MerchantKey } from '../../src/server/payments/operation-shapes.ts';
import { type HubProcess, startHubProcess } from './hub-process.ts';
import { ATTEMPT, call, type Heard, randomPan } from './payments.ts';

/** The cases. `count`: a multiple of 10, and 1,000 at least. */
export function canaryCases(count: number): void {
  const heard: string[] = [];
  let hub: HubProcess;
  let key: string;

  beforeAll(async () => {
    hub = await startHubProcess();
    key = hub.cli<{ key: MerchantKey }>(['payments', 'merchant', 'add', 'acme']).key.key;
  });
  afterAll(async () => {
    await hub?.stop();
    hub?.remove();
  });

  /** As people write them. */
  const FORMS: readonly ((pan: string) => string)[] = [
    (pan) => pan,
    (pan) => pan.replace(/(.{4})(?=.)/g, '$1 '),
    (pan) => pan.replace(/(.{4})(?=.)/g, '$1-'),
    (pan) => `card ${pan} please`,
    (pan) => `x${pan}`,
  ];
  const pans = Array.from({ length: count }, (_, i) => {
    const [length, first] = [
      [16, '4'],
      [16, '51'],
      [15, '37'],
      [19, '62'],
    ][i % 4] as [number, string];
    return randomPan(length, first);
  });
  const formOf = (i: number): string => (FORMS[i % FORMS.length] ?? String)(pans[i] ?? '');

  async function say(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Heard> {
    const answer = await call(hub.issuer, method, path, body, { authorization: `Bearer ${key}`, ...headers });
    heard.push(answer.text, JSON.stringify([...answer.headers]));
    return answer;
  }

  /** Everything but the right place; each is refused. */
  const WRONG: readonly ((text: string, pan: string) => Promise<Heard>)[] = [
    (text) => say('POST', '/payments/attempts', { ...ATTEMPT, purchase: text }),
    (text) => say('POST', '/payments/attempts', { ...ATTEMPT, network: text }),
    (text) => say('POST', '/payments/attempts', { ...ATTEMPT, processor: text }),
    (text) => say('POST', '/payments/check', { ...ATTEMPT, region: text }),
    (text) => say('POST', '/payments/check', { ...ATTEMPT, initiator: text }),
    (text) => say('POST', '/payments/check', { ...ATTEMPT, new_facts: [text] }),
    (text) => say('POST', '/payments/check', { ...ATTEMPT, amount: { minor: 1, currency: text } }),
    (text) => say('POST', '/payments/check', { ...ATTEMPT, amount: { minor: text, currency: 'EUR' } }),
    (_, pan) => say('POST', '/payments/check', { ...ATTEMPT, amount: { minor: Number(pan), currency: 'EUR' } }),
    (_, pan) => say('POST', '/payments/check', { ...ATTEMPT, lease_seconds: Number(pan) }),
    (_, pan) => say('POST', '/payments/check', { ...ATTEMPT, card: { pan: Number(pan) } }),
    (text) => say('POST', '/payments/attempts', { ...ATTEMPT, card: { par: text } }),
    (text) => say('POST', '/payments/attempts', { ...ATTEMPT, card: { token: text, processor: 'stripe' } }),
    (text) => say('POST', '/payments/attempts', { ...ATTEMPT, card: { token: 'tok_1', processor: text } }),
    (text) => say('POST', '/payments/attempts', { ...ATTEMPT, card: text }),
    (text) => say('POST', '/payments/attempts', { ...ATTEMPT, note: text }),
    (text) => say('POST', '/payments/attempts', { ...ATTEMPT, [text]: 1 }),
    (text) => say('POST', '/payments/attempts', { ...ATTEMPT, card: { pan: text, [text]: text } }),
    (text) => say('POST', '/payments/attempts', { ...ATTEMPT, card: { pan: { number: text } } }),
    (text) => say('POST', '/payments/attempts', text),
    (text) => say('POST', '/payments/attempts', JSON.stringify(ATTEMPT).replace('}', `,"x":"${text}`)),
    (text) => say('POST', `/payments/attempts?card=${encodeURIComponent(text)}`, ATTEMPT),
    (text) => say('PUT', `/payments/outcomes/${encodeURIComponent(text)}`, { outcome: 'approved' }),
    (text) => say('GET', `/payments/attempts/${encodeURIComponent(text)}`),
    (text) => say('GET', `/payments/${encodeURIComponent(text)}`),
    (text) => say('GET', '/payments/attempts/at_1', undefined, { authorization: `Bearer ${text}` }),
    (text) => say('POST', '/payments/attempts', ATTEMPT, { 'content-type': text }),
    (text) => say('GET', `/payments/holds?x=${encodeURIComponent(text)}`, undefined, { 'last-event-id': text }),
  ];

  /** Found where, by number of the canary: a failure says what leaked without saying it. In digits alone or with gaps. */
  function leaks(): string[] {
    const places = new Map<string, string>([...hub.files()].map(([name, bytes]) => [name, bytes.toString('latin1')]));
    places.set('printed', hub.printed());
    places.set('answers', heard.join('\n'));
    const known = new Map(pans.map((pan, i) => [pan, i]));
    return [...places].flatMap(([place, text]) =>
      (text.match(/\d(?:[ +-]?\d){14,}/g) ?? []).flatMap((run) => {
        const digits = run.replace(/\D/g, '');
        const windows = [15, 16, 19].flatMap((size) =>
          Array.from({ length: Math.max(0, digits.length - size + 1) }, (_, from) => digits.slice(from, from + size)),
        );
        return windows.flatMap((part) => (known.has(part) ? [`canary ${known.get(part)} in ${place}`] : []));
      }),
    );
  }

  describe(`${count} card numbers`, () => {
    it('would be found where they are', () => {
      heard.push(`x${pans[7]}`, `1 ${pans[8]?.replace(/(.{4})/g, '$1 ')}`);
      expect(leaks()).toEqual(['canary 7 in answers', 'canary 8 in answers']);
      heard.length = 0;
    });

    it('are taken in card.pan, declined, refused and replayed, and none is kept', async () => {
      const step = async (i: number): Promise<void> => {
        const pan = pans[i] ?? '';
        const asked = {
          ...ATTEMPT,
          card: { pan: i % 2 === 0 ? pan : pan.replace(/(.{4})(?=.)/g, '$1 ') },
          purchase: `p-${i}`,
        };
        const reserved = await say('POST', '/payments/attempts', asked);
        expect(reserved.status).toBe(201);
        const path = `/payments/outcomes/${reserved.body.attempt}`;
        expect((await say('PUT', path, { outcome: 'declined', response: { code: '51' } })).status).toBe(200);
        const response = { code: formOf(i), advice: formOf(i) };
        expect((await say('PUT', path, { outcome: 'declined', response })).status).toBe(400);
        expect((await say('POST', '/payments/attempts', asked)).status).toBe(409);
        expect((await say('GET', `/payments/attempts/${reserved.body.attempt}`)).status).toBe(200);
      };
      for (let i = 0; i < count; i += 10) await Promise.all(Array.from({ length: 10 }, (_, n) => step(i + n)));
      expect(leaks()).toEqual([]);
    });

    it('in every other field, name, path, query and header are refused at the door, and none is repeated', async () => {
      for (let i = 0; i < count; i += 10)
        await Promise.all(
          Array.from({ length: 10 }, async (_, n) => {
            const wrong = WRONG[(i + n) % WRONG.length];
            const answer = await wrong?.(formOf(i + n), pans[i + n] ?? '');
            expect([400, 401, 404, 415], `way ${(i + n) % WRONG.length}: ${answer?.text}`).toContain(answer?.status);
          }),
        );
      expect(leaks()).toEqual([]);
    });

    it('are in no verdict, no timeline and no list that whoever runs the hub reads', async () => {
      const operations = await connectAdmin(await adminPath(hub.db));
      if (!operations) throw new Error('expected an admin socket');
      const verdicts = await operations.verdicts({ limit: 1_000 });
      const refused = verdicts.filter(({ ok, action }) => !ok && action === 'attempt').slice(0, 50);
      expect(refused).toHaveLength(50);
      for (const { id } of refused)
        heard.push(JSON.stringify([await operations.verdict(id), await operations.replay(id, { after: '9' })]));
      const [grant] = await operations.grants({ profile: 'payments' });
      const life = await operations.timeline(grant?.id ?? '');
      expect(life.verdicts.length).toBe(Math.min(count, 1_000));
      heard.push(
        JSON.stringify([verdicts, life, await operations.codes({}), await operations.paymentsListMerchants()]),
      );
      operations.close();
      expect(leaks()).toEqual([]);
    });

    it('are in no backup', async () => {
      const { file } = hub.cli<{ file: string }>(['backup', `${hub.db}.backup`]);
      heard.push(gunzipSync(readFileSync(file)).toString('utf8'));
      expect(leaks()).toEqual([]);
    });

    it('are in no file when the hub has stopped, and it printed no fault', async () => {
      await hub.stop();
      expect(leaks()).toEqual([]);
      expect(hub.printed()).not.toMatch(/fault at|Error:|at .*\.ts:\d/);
    });
  });
}
