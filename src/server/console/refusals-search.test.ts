import { describe, expect, it, vi } from 'vitest';
import type { Verdict } from '../../core/verdict.ts';
import { openMemory } from '../../store/memory/open.ts';
import type { Query } from '../../store/port.ts';
import type { Cursor } from './refusals-query.ts';
import { createTurns, matches, SCAN_MAX, search } from './refusals-search.ts';

const VERDICT: Verdict = {
  id: 'vd_7F3K9QD2XAM4W8T1ZB5N6C0HJ0',
  profile: 'oauth',
  action: 'token',
  ok: false,
  decisive: 'oauth.redirect-uri-exact',
  cause: 'differs',
  refusal: 'invalid_grant',
  subject: 'my_app_123',
  source: '192.168.1.23',
  policy: 'p',
  at: 1,
  snapshot: { secret: 'not looked into' },
  times: 1,
  checks: [
    {
      id: 'binding',
      outcome: 'fail',
      children: [
        {
          id: 'oauth.redirect-uri-exact',
          outcome: 'fail',
          expected: 'com.myapp:/callback',
          presented: 'com.myapp:/Callback␠',
          cause: { id: 'differs', say: 'the address is another one', fixes: [{ audience: 'client', say: 'mend it' }] },
        },
      ],
    },
  ],
};

describe('free text', () => {
  it.each([
    ['id', '7f3k9qd2'],
    ['action', 'token'],
    ['subject', 'MY_APP'],
    ['source', '168.1.23'],
    ['decisive', 'redirect-uri-exact'],
    ['cause', 'differs'],
    ['refusal', 'invalid_grant'],
    ['words of the cause', 'another one'],
    ['expected value', '/callback'],
    ['presented value', 'callback␠'],
    ['several at once', 'one my_app invalid'],
    ['nothing', '   '],
  ])('finds by %s', (_, text) => {
    expect(matches(VERDICT, text)).toBe(true);
  });

  it.each([
    ['a word that is nowhere', 'my_app elsewhere'],
    ['the case it was made from', 'looked'],
    ['what to do about it', 'mend'],
    ['two fields run together', 'tokenmy_app_123'],
  ])('does not find by %s', (_, text) => {
    expect(matches(VERDICT, text)).toBe(false);
  });
});

/** A store with so many refusals, several at one time; every tenth has the word. */
async function ledger(count: number): Promise<(query: Query) => Promise<readonly Verdict[]>> {
  const { store } = openMemory({ clock: () => 1_000_000 });
  for (let n = 0; n < count; n++) {
    const subject = n % 10 === 0 ? 'wanted' : 'other';
    await store.refuse({ now: n, verdict: { ...VERDICT, id: `vd_${n}`, subject, at: Math.floor(n / 7), times: 1 } });
  }
  return (query) => store.find('verdicts', query);
}

async function everything(
  list: (query: Query) => Promise<readonly Verdict[]>,
  options: Parameters<typeof search>[2],
): Promise<{ ids: string[]; questions: number; scanned: number }> {
  const ids: string[] = [];
  let [questions, scanned] = [0, 0];
  let before: Cursor | undefined;
  do {
    const found = await search(list, before ? { before } : {}, options);
    ids.push(...found.verdicts.map(({ id }) => id));
    before = found.next;
    scanned += found.scanned;
    questions += 1;
  } while (before);
  return { ids, questions, scanned };
}

describe('a search', () => {
  it.each([7, 64, 100, 300])('of pages of %i loses nothing and doubles nothing', async (limit) => {
    const list = await ledger(700);
    const all = (await list({ limit: 1_000 })).map(({ id }) => id);
    const seen = (verdict: Verdict): Verdict => verdict;
    expect((await everything(list, { limit, seen })).ids).toEqual(all);
    const wanted = all.filter((id) => Number(id.slice(3)) % 10 === 0);
    expect((await everything(list, { limit, text: 'wanted', seen })).ids).toEqual(wanted);
  });

  it('looks at a bounded number of rows, and answers where to go on', async () => {
    const list = await ledger(SCAN_MAX + 500);
    const seen = (verdict: Verdict): Verdict => verdict;
    const first = await search(list, {}, { limit: 10, text: 'vd_3 nowhere', seen });
    expect(first).toMatchObject({ verdicts: [], scanned: SCAN_MAX });
    expect(first.next).toBeDefined();
    const all = await everything(list, { limit: 10, text: 'nowhere', seen });
    expect(all).toEqual({ ids: [], questions: 2, scanned: SCAN_MAX + 500 });
  });

  it('searches what the viewer may see and nothing else', async () => {
    const list = await ledger(100);
    const withheld = ({ source: _, ...rest }: Verdict): Verdict | undefined =>
      rest.subject === 'wanted' ? undefined : rest;
    expect((await everything(list, { limit: 50, text: '168.1.23', seen: withheld })).ids).toEqual([]);
    expect((await everything(list, { limit: 50, text: 'wanted', seen: withheld })).ids).toEqual([]);
    expect((await everything(list, { limit: 50, text: 'other', seen: withheld })).ids).toHaveLength(90);
  });
});

describe('a flood of searches', () => {
  it('of one person is looked through one by one, and nobody else waits for them', async () => {
    const inTurn = createTurns();
    const begun: string[] = [];
    const ends = new Map<string, () => void>();
    const work = (name: string) => (): Promise<void> => {
      begun.push(name);
      return new Promise((resolve) => ends.set(name, resolve));
    };
    const all = ['dev 1', 'dev 2', 'ada 1'].map((name) => inTurn(name.slice(0, 3), work(name)));
    await new Promise((resolve) => setImmediate(resolve));
    expect(begun).toEqual(['dev 1', 'ada 1']);
    ends.get('dev 1')?.();
    await vi.waitFor(() => expect(begun).toEqual(['dev 1', 'ada 1', 'dev 2']));
    for (const end of ends.values()) end();
    await Promise.all(all);
    await expect(inTurn('dev', () => Promise.reject(new Error('no disk')))).rejects.toThrow('no disk');
    expect(await inTurn('dev', async () => 'the next one')).toBe('the next one');
  });

  it('lets everything else go on between two pages of rows', async () => {
    const { store } = openMemory();
    for (let n = 0; n < 1_000; n++) await store.refuse({ now: n, verdict: { ...VERDICT, id: `vd_${n}`, at: n } });
    const order: string[] = [];
    const list = (query: Query): Promise<Verdict[]> => {
      order.push('a page');
      setImmediate(() => order.push('somebody else'));
      return store.find('verdicts', query);
    };
    await search(list, {}, { limit: 10, text: 'zzzz', seen: (verdict) => verdict });
    expect(order.slice(0, 4)).toEqual(['a page', 'somebody else', 'a page', 'somebody else']);
  });
});
