/** `counterfoil payments` as a person meets it: with and without a hub, and never a card number among the arguments. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, linkSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GateAnswer, KeptAnswer, RecordAnswer, ReservedAnswer } from '../../src/server/payments/answers.ts';
import type { CardKeyView, MerchantKey, MerchantView } from '../../src/server/payments/operation-shapes.ts';
import { randomPan } from '../support/payments.ts';
import { openPlace, type Place } from './place.ts';

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts');
const ASK = ['--amount', '1999', '--currency', 'EUR', '--network', 'visa'];
const PAN = randomPan();

let place: Place;
beforeAll(() => {
  place = openPlace();
});
afterAll(() => place.close());

/** Everything in the folder, as text. */
const files = (): string =>
  readdirSync(place.folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => readFileSync(join(place.folder, name), 'latin1'))
    .join('\n');

describe('a merchant', () => {
  it('is let in with a key that is shown once, is listed with its keys, and is edited', async () => {
    const added = await place.json<{ merchant: MerchantView; key: MerchantKey }>([
      'payments',
      'merchant',
      'add',
      'acme',
    ]);
    expect(added.key.key).toMatch(/^cfp_[0-9A-Za-z]{29}$/);
    expect(files()).not.toContain(added.key.key.slice(4));
    const key = await place.cf(['payments', 'merchant', 'key', 'acme', '--days', '90']);
    expect(key).toMatchObject({ code: 0 });
    expect(key.out).toMatch(/^a key of acme\nkey +cfp_\w{29}\nkept as +cd_\w{10}\nends +in (90|89) d\n$/);
    expect(key.err).toContain('shown this once');
    const edited = await place.cf(['payments', 'merchant', 'edit', 'acme', '--hold-hours', '24']);
    expect(edited.out).toBe('acme: hold 24 h, lease 60 s, same purchase warn\n');
    const [listed] = await place.json<MerchantView[]>(['payments', 'merchant', 'list']);
    expect(listed).toMatchObject({ merchant: 'acme', holdHours: 24 });
    expect(listed?.keys).toHaveLength(2);
    await place.cf(['payments', 'merchant', 'edit', 'acme', '--hold-hours', '12']);
    expect(await place.cf(['revoke', listed?.keys[0]?.id ?? '', '--yes'])).toMatchObject({ code: 0 });
    expect((await place.json<MerchantView[]>(['payments', 'merchant', 'list']))[0]?.keys).toHaveLength(1);
  });

  it.each([
    [['merchant', 'edit', 'acme'], 'expected something to change'],
    [['merchant', 'edit', 'nobody', '--hold-hours', '1'], 'no merchant is called "nobody"'],
    [['merchant', 'add', 'acme'], 'let in already'],
    [['merchant', 'add', PAN], 'does not look like a card number'],
    [['merchant', 'edit', PAN, '--hold-hours', '1'], 'does not look like a card number'],
    [['merchant', 'key', PAN], 'does not look like a card number'],
    [['merchant', 'key', 'acme', '--days', 'x'], 'expected a whole number'],
  ])('says what is wrong with %j', async (args, says) => {
    const ran = await place.cf(['payments', ...args]);
    expect(ran.code).not.toBe(0);
    expect(ran.err).toContain(says);
    expect(ran.err).not.toContain(PAN);
  });
});

describe('an attempt', () => {
  it('is checked, reserved, recorded and then refused, with the same words without a hub as with one', async () => {
    const stdin = `${PAN}\n`;
    expect((await place.cf(['payments', 'check', ...ASK], { stdin })).out).toBe('✓ may be sent\n');
    const reserved = await place.json<ReservedAnswer>(['payments', 'reserve', ...ASK, '--purchase', 'o-1'], { stdin });
    expect(reserved.admitted).toBe(true);
    const args = ['payments', 'record', reserved.attempt, 'declined', '--code', '51'];
    expect(await place.json<RecordAnswer>(args)).toMatchObject({ recorded: 'now', outcome: 'declined', never: false });
    expect((await place.cf(args)).out).toMatch(/^✓ declined, recorded before; the same: open in (?:12 h|11 h 59 min)/);
    const other = await place.cf(['payments', 'record', reserved.attempt, 'approved']);
    expect(other).toMatchObject({ code: 1, out: '✗ another outcome is recorded and stays: declined\n' });
    const hub = await place.start();
    const refused = await place.cf(['payments', 'reserve', ...ASK], { stdin });
    expect(refused.code).toBe(1);
    expect(refused.out).toMatch(/^✗ must not be sent: open in (?:12 h|11 h 59 min) \(20/);
    for (const says of ['hold-after-51', '(secondary)', 'You can', 'The customer may be told'])
      expect(refused.out).toContain(says);
    const answer = await place.json<GateAnswer & { verdict: string }>(['payments', 'reserve', ...ASK], { stdin });
    const shown = await place.cf(['show', answer.verdict]);
    expect(shown.out).toContain('merchant:acme');
    expect(shown.out).toContain('hold-after-51');
    const replayed = await place.cf([
      'replay',
      /\/r\/(\w+)/.exec(answer.verdict)?.[1] ? `vd_${/\/r\/(\w+)/.exec(answer.verdict)?.[1]}` : '',
      '--set',
      'hold_hours=0',
    ]);
    expect(replayed.out).toContain('would be accepted');
    await hub.end('SIGTERM');
    expect(files()).not.toContain(PAN);
  });

  it('is shown as it stands: what it was, and that nobody has answered, or what was answered', async () => {
    const card = ['--token', 'tok_shown', '--token-of', 'stripe'];
    const reserved = await place.json<ReservedAnswer>(['payments', 'reserve', ...ASK, ...card, '--purchase', 'o-2']);
    const args = ['payments', 'attempt', reserved.attempt];
    const open = await place.cf(args);
    expect(open.code).toBe(0);
    expect(open.out).toMatch(
      /^what +EUR 19\.99, by the cardholder, for o-2\nreserved .*, fence 1\noutcome +pending\nlease +ends in/m,
    );
    await place.cf(['payments', 'record', reserved.attempt, 'declined', '--code', '51']);
    const answered = await place.cf(args);
    expect(answered.out).toMatch(
      /^outcome +declined, code 51, funds\nanswered .*\nagain +the same: open in (?:12 h|11 h 59 min)/m,
    );
    expect(await place.json<KeptAnswer>(args)).toMatchObject({
      attempt: reserved.attempt,
      fence: 1,
      outcome: 'declined',
    });
    const nobody = await place.cf(['payments', 'attempt', `at_${PAN}`]);
    expect(nobody).toMatchObject({ code: 1, out: '' });
    expect(nobody.err).toContain('no attempt of this merchant has that id');
    expect(nobody.err).not.toContain(PAN);
  });

  it.each([
    [[...ASK, '--pan', PAN]],
    [[...ASK, `--pan=${PAN}`]],
    [[...ASK, PAN]],
    [[...ASK, '--purchase', PAN]],
    [[...ASK, '--token', PAN, '--token-of', 'stripe']],
    [[...ASK, '--par', PAN]],
    [[...ASK, '--token', `V001${PAN}000000000`, '--token-of', 'stripe']],
    [[...ASK, '--merchant', PAN.replace(/(.{4})/g, '$1 ')]],
  ])('with a card number among its arguments is refused, and the number is not repeated', async (args) => {
    const ran = await place.cf(['payments', 'reserve', ...args], { stdin: `${PAN}\n` });
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err).toContain('expected no card number on the command line');
    expect(ran.err.replaceAll(' ', '')).not.toContain(PAN);
  });

  it.each([
    ['', ASK, 'expected a card number on the first line of stdin'],
    ['4111111111111112\n', ASK, 'whose check digit holds'],
    [`${PAN}\n`, ['--amount', '19.99', '--currency', 'EUR', '--network', 'visa'], 'try --amount 1999'],
    [
      `${PAN}\n`,
      ['--amount', '1999,50', '--currency', 'JPY', '--network', 'visa'],
      'in the smallest unit of the currency',
    ],
    [`${PAN}\n`, [...ASK, '--by', 'robot'], 'one of cardholder, merchant'],
    ['', [...ASK, '--token', 'tok_1'], 'expected --token-of'],
  ])('says what is wrong: %j %j', async (stdin, args, says) => {
    const ran = await place.cf(['payments', 'check', ...args], { stdin });
    expect(ran.code).toBe(2);
    expect(ran.err).toContain(says);
    expect(ran.err).not.toMatch(/\d{12}/);
  });

  it('with a name that no table knows is answered, and a note says so', async () => {
    const card = ['--token', 'tok_named', '--token-of', 'stripe'];
    const of = (...names: string[]): string[] => [
      'payments',
      'check',
      '--amount',
      '1',
      '--currency',
      'EUR',
      ...card,
      ...names,
    ];
    const ran = await place.cf(of('--network', 'vsa', '--processor', 'strpe', '--region', 'XX'));
    expect(ran).toMatchObject({ code: 0, out: '✓ may be sent\n' });
    expect(ran.err).toBe(
      'no table knows the network vsa; did you mean visa?\n' +
        'no table knows the processor strpe; did you mean stripe?\n' +
        'no table names the region XX: only rules of all regions count; known are CA, CEMEA, EU, UK, US, USXB\n',
    );
    const other = await place.cf(of('--network', 'interbank', '--processor', 'nosuch'));
    expect(other.err).toMatch(
      /^no table knows the network interbank; known are .*visa\nno table knows the processor nosuch; known are .*stripe.*\n$/,
    );
    expect((await place.cf(of('--network', 'visa', '--processor', 'stripe', '--region', 'US'))).err).toBe('');
  });

  it('by a token or a reference needs no number', async () => {
    for (const card of [
      ['--token', 'tok_1', '--token-of', 'stripe'],
      ['--par', 'A'.repeat(29)],
      ['--par', `V001${PAN}000000000`],
    ])
      expect(await place.json<GateAnswer>(['payments', 'check', ...ASK, ...card])).toEqual({ admitted: true });
  });
});

describe('the key of fingerprints', () => {
  it('is rotated, listed, and its older ones dropped only when somebody says yes', async () => {
    const states = async (...args: string[]) =>
      (await place.json<CardKeyView[]>(['payments', 'rotate-key', ...args])).map(({ id, state }) => `${id} ${state}`);
    expect(await states('--list')).toEqual(['k1 in-force']);
    expect(await states()).toEqual(['k2 next', 'k1 in-force']);
    expect((await place.cf(['payments', 'rotate-key'])).err).toContain('expected the key k2 to be in force');
    expect((await place.cf(['payments', 'rotate-key', '--drop'])).err).toContain('add --yes to go ahead');
  });
});

const HEAD = 'at,pan,amount,currency,network,outcome,code,region,memo';
const row = (hour: number, pan: string, outcome: string, code: string): string =>
  `${new Date(Date.UTC(2026, 8, 20, hour)).toISOString()},${pan},5000,USD,visa,${outcome},${code},US,"a, b"`;

describe('a simulation', () => {
  it('tells what the gate would have refused, and writes what became of each row', async () => {
    const lines = [
      HEAD,
      row(0, PAN, 'declined', '51'),
      row(1, PAN, 'declined', '51'),
      row(2, PAN, 'approved', '00'),
      row(12, PAN, 'approved', '00'),
    ];
    writeFileSync(join(place.folder, 'declines.csv'), lines.join('\n'));
    const ran = await place.cf(['payments', 'simulate', 'declines.csv', '--out', 'out.csv']);
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.err).toBe('not read: memo\n');
    expect(ran.out).toMatch(
      /attempts +4: 2 approved, 2 declined, 0 unknown\nthe gate would have refused +2, of which 1 were declined/,
    );
    expect(readFileSync(join(place.folder, 'out.csv'), 'utf8').split('\n')).toEqual([
      'line,at,admitted,open_at,rules,fee_currency,fee_minor',
      '2,2026-09-20T00:00:00.000Z,true,2026-09-20T00:00:00.000Z,,,',
      '3,2026-09-20T01:00:00.000Z,false,2026-09-20T12:00:00.000Z,payments.hold-after-51,,',
      '4,2026-09-20T02:00:00.000Z,false,2026-09-20T12:00:00.000Z,payments.hold-after-51,,',
      '5,2026-09-20T12:00:00.000Z,true,2026-09-20T12:00:00.000Z,,,',
      '',
    ]);
    const json = await place.json<{ refused: object }>(['payments', 'simulate', '-', '--out', 'out.jsonl'], {
      stdin: lines.join('\n'),
    });
    expect(json).toMatchObject({ attempts: 4, refused: { declined: 1, approved: 1 }, delayed: { USD: 5_000 } });
    const jsonl = readFileSync(join(place.folder, 'out.jsonl'), 'utf8').trim().split('\n');
    expect(JSON.parse(jsonl[1] ?? '')).toMatchObject({ line: 3, admitted: false, rules: ['payments.hold-after-51'] });
    for (const name of ['out.csv', 'out.jsonl'])
      expect(readFileSync(join(place.folder, name), 'utf8')).not.toContain(PAN);
  });

  it.each([
    [
      'a card number in another column',
      [HEAD, `${row(0, PAN, 'declined', '51').replace(',51,', `,${PAN},`)}`],
      'line 2: `code` holds what looks like a card number',
    ],
    ['no heading', [row(0, PAN, 'declined', '51')], 'expected the names of columns'],
    ['columns that are missing', ['at,pan', '1,2'], 'expected the columns amount, currency, network, outcome'],
    [
      'rows out of order',
      [HEAD, row(1, PAN, 'declined', '51'), row(0, PAN, 'declined', '51')],
      'line 3, column at: expected a time',
    ],
    [
      'a row with a cell too many',
      [HEAD, `${row(0, PAN, 'declined', '51')},x`],
      'line 2: expected 9 cells, as the heading has, got 10',
    ],
    [
      'a row with a cell too few',
      [HEAD, row(0, PAN, 'declined', '51'), `${row(1, PAN, 'declined', '51').split(',US')[0]}`],
      'line 3: expected 9 cells, as the heading has, got 3',
    ],
    ['a column that stands there twice', [`${HEAD},at`], 'line 1: expected every column once, got at twice'],
    [
      'semicolons between the cells',
      [HEAD.replaceAll(',', ';')],
      'line 1: expected commas between the cells, got semicolons',
    ],
    ['tabs between the cells', [HEAD.replaceAll(',', '\t')], 'line 1: expected commas between the cells, got tabs'],
    [
      'a time without a zone',
      [HEAD, row(0, PAN, 'declined', '51').replace('Z,', ',')],
      'line 2, column at: expected a time with its zone',
    ],
    [
      'a wrong check digit',
      [HEAD, row(0, '4111111111111112', 'declined', '51')],
      'line 2, column pan: expected a card number',
    ],
  ])('stops at %s, and repeats nothing of a card', async (_, lines, says) => {
    const ran = await place.cf(['payments', 'simulate', '-'], { stdin: lines.join('\n') });
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err).toContain(says);
    expect(ran.err).not.toMatch(/\d{12}/);
  });

  it('writes amounts with the decimals of their currency', async () => {
    const yen = (hour: number, outcome: string, code: string): string =>
      row(hour, PAN, outcome, code).replace('USD', 'JPY');
    const stdin = [HEAD, yen(0, 'declined', '51'), yen(1, 'approved', '00')].join('\n');
    expect((await place.cf(['payments', 'simulate', '-'], { stdin })).out).toMatch(
      /later under the gate +1, JPY 5000\n/,
    );
  });

  it('is not written over the list that it reads, by any of its names', async () => {
    const text = [HEAD, row(0, PAN, 'declined', '51')].join('\n');
    writeFileSync(join(place.folder, 'same.csv'), text);
    linkSync(join(place.folder, 'same.csv'), join(place.folder, 'hard.csv'));
    symlinkSync('same.csv', join(place.folder, 'soft.csv'));
    for (const out of ['same.csv', './same.csv', 'hard.csv', 'soft.csv']) {
      const ran = await place.cf(['payments', 'simulate', 'same.csv', '--out', out]);
      expect(ran, out).toMatchObject({ code: 2, out: '' });
      expect(ran.err).toContain('--out: expected another file than the one that is read');
      expect(readFileSync(join(place.folder, 'same.csv'), 'utf8')).toBe(text);
    }
  });

  it('leaves no half of a file: a bad row keeps the one of before as it was', async () => {
    const out = join(place.folder, 'whole.csv');
    const bad = [HEAD, row(0, PAN, 'declined', '51'), row(1, PAN, 'nonsense', '51')].join('\n');
    const named = (): string[] => readdirSync(place.folder).filter((name) => name.startsWith('whole.csv'));
    const first = await place.cf(['payments', 'simulate', '-', '--out', out], { stdin: bad });
    expect(first).toMatchObject({ code: 2, out: '' });
    expect(first.err).toContain('line 3, column outcome');
    expect(named()).toEqual([]);
    writeFileSync(out, 'of before\n');
    expect(await place.cf(['payments', 'simulate', '-', '--out', out], { stdin: bad })).toMatchObject({ code: 2 });
    expect(readFileSync(out, 'utf8')).toBe('of before\n');
    const good = bad.replace('nonsense', 'declined');
    expect(await place.cf(['payments', 'simulate', '-', '--out', out], { stdin: good })).toMatchObject({ code: 0 });
    expect(readFileSync(out, 'utf8').split('\n')).toHaveLength(4);
    expect(named()).toEqual(['whole.csv']);
    writeFileSync(`${out}.part`, 'of somebody else');
    const taken = await place.cf(['payments', 'simulate', '-', '--out', out], { stdin: good });
    expect(taken).toMatchObject({ code: 2 });
    expect(taken.err).toContain('whole.csv.part is there already');
    expect(readFileSync(`${out}.part`, 'utf8')).toBe('of somebody else');
  });

  it('writes straight to what is no file, and says where it cannot write', async () => {
    const stdin = [HEAD, row(0, PAN, 'declined', '51')].join('\n');
    for (const out of ['/dev/null', '/proc/nowhere/x.csv']) {
      const ran = await place.cf(['payments', 'simulate', '-', '--out', out], { stdin });
      expect(ran.code, ran.err).toBe(out === '/dev/null' ? 0 : 2);
      expect(ran.err).toContain(
        out === '/dev/null' ? 'not read: memo' : '--out: cannot write /proc/nowhere/x.csv: ENOENT',
      );
    }
  });

  it('counts the names that no table knows', async () => {
    const stdin = [
      `${HEAD},processor`,
      `${row(0, PAN, 'declined', '51').replace('visa', 'vsa')},stripe`,
      `${row(1, PAN, 'declined', '51').replace('visa', 'vsa')},nosuch`,
      `${row(2, PAN, 'declined', '51').replace(',US,', ',XX,')},iso8583`,
    ].join('\n');
    const { out } = await place.cf(['payments', 'simulate', '-'], { stdin });
    expect(out).toContain('Names that no table knows\n  network vsa (did you mean visa?)  2\n');
    expect(out).toMatch(/ {2}processor nosuch +1\n {2}region XX +1\n/);
    expect(await place.json(['payments', 'simulate', '-'], { stdin })).toMatchObject({
      unknownNames: [
        { kind: 'network', name: 'vsa', near: 'visa', attempts: 2 },
        { kind: 'processor', name: 'nosuch', attempts: 1 },
        { kind: 'region', name: 'XX', attempts: 1 },
      ],
    });
  });

  it('leaves what it has written, whole lines and a summary so far, when somebody presses Ctrl-C', async () => {
    const out = join(place.folder, 'cut.csv');
    const child = spawn(process.execPath, [MAIN, '--json', 'payments', 'simulate', '-', '--out', out], {
      cwd: place.folder,
    });
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
    });
    const closed = once(child, 'close');
    child.stdin.on('error', () => undefined);
    child.stdin.write(`${HEAD}\n`);
    const endless = (async () => {
      for (let i = 0; child.exitCode === null && i < 200_000; i += 1_000) {
        const rows = Array.from({ length: 1_000 }, (_, n) => row(i + n, randomPan(), 'declined', '51'));
        if (!child.stdin.write(`${rows.join('\n')}\n`))
          await Promise.race([once(child.stdin, 'drain').catch(() => undefined), closed]);
      }
    })();
    while (!existsSync(`${out}.part`) || readFileSync(`${out}.part`, 'utf8').length < 10_000) await sleep(20);
    child.kill('SIGINT');
    const [code] = await closed;
    await endless;
    expect(code).toBe(130);
    const { attempts, stopped } = JSON.parse(said) as { attempts: number; stopped: boolean };
    expect(stopped).toBe(true);
    const written = readFileSync(out, 'utf8');
    expect(written.endsWith('\n')).toBe(true);
    expect(written.trim().split('\n')).toHaveLength(attempts + 1);
  });
});

describe('the help', () => {
  const verbs = [
    'merchant add',
    'merchant list',
    'merchant edit',
    'merchant key',
    'check',
    'reserve',
    'record',
    'attempt',
    'rotate-key',
  ];
  it.each([...verbs, 'simulate'])('of %s has examples, and says what --json prints', async (verb) => {
    const { out } = await place.cf(['payments', ...verb.split(' '), '--help']);
    expect(out).toContain('  $ counterfoil payments ');
    expect(out).toContain('With --json:');
    expect(out).not.toContain('--pan');
  });
});
