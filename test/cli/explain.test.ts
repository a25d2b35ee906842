/** `counterfoil explain` with whatever people bring, and the shapes of `--json`, for programs that read them. */
// proves: A28, X1, X12
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Minted } from '../../src/server/operations.ts';
import { commandOf, expectGolden, pasted, shapeOf, steady } from './golden.ts';
import { openPlace, type Place, type Ran, type Reply, type Running } from './place.ts';

const CLIENT = 'my_app_123';
const REDIRECT = 'com.myapp:/callback';
let place: Place;
let nowhere: Place;
let hub: Running;
let minted: Minted;
let refusal: Reply;

beforeAll(async () => {
  nowhere = openPlace();
  place = openPlace();
  hub = await place.start();
  const app = ['app', 'add', CLIENT, '--public', '--redirect-uri', REDIRECT, '--scope', 'lamp:read', '--short-codes'];
  await place.json(app);
  minted = await hub.operations.mint({ client: CLIENT, short: true });
  refusal = await hub.token({ ...soundForm(), redirect_uri: 'com.myapp:/Callback' });
});
afterAll(async () => {
  await place.close();
  await nowhere.close();
});

function soundForm(): Record<string, string> {
  return {
    grant_type: 'authorization_code',
    code: minted.code,
    client_id: CLIENT,
    redirect_uri: REDIRECT,
    code_verifier: minted.verifier ?? '',
  };
}

/** The request as the brief prints it, with a code of this hub: a parameter a line, a blank before each ampersand. */
const briefRequest = (): string =>
  [
    'POST /token HTTP/1.1',
    'Host: hub.home.local',
    'Content-Type: application/x-www-form-urlencoded',
    '',
    'grant_type=authorization_code &',
    `code=${minted.code.replace(':', ': ')} &`,
    `client_id=${CLIENT} &`,
    `redirect_uri=${REDIRECT}`,
  ].join('\n');

const SECRET = 'hunter2-hunter2-hunter2-hunter2-hunter2-hunter2';
const noSecretIn = ({ out, err }: Ran): void => {
  const printed = out + err;
  expect(printed).not.toContain(SECRET);
  expect(printed).not.toContain(minted.code.slice(-16));
  expect(printed).not.toContain(minted.verifier);
};

describe('explain a request', () => {
  it('judges the raw request of the brief from a file, from stdin and as an argument, all alike', async () => {
    writeFileSync(join(place.folder, 'request.txt'), briefRequest());
    const file = await place.cf(['explain', 'request.txt']);
    const stdin = await place.cf(['explain', '-'], { stdin: briefRequest() });
    const piped = await place.cf(['explain'], { stdin: briefRequest() });
    const argument = await place.cf(['explain', briefRequest()]);
    const answer = ({ code, out, err }: Ran): string => steady(`${out}${err}${code}`);
    for (const other of [stdin, piped, argument]) expect(answer(other)).toBe(answer(file));
    expect(file.code).toBe(1);
    noSecretIn(file);
    expectGolden('explain-request', pasted(file));
    expect(await place.json(['codes'])).toMatchObject([{ used: 0 }]);
  });

  it('judges a curl command as the hub would', async () => {
    const data = Object.entries({ ...soundForm(), client_id: `${CLIENT} ` });
    const curl = `curl -s ${hub.issuer}/token ${data.map(([k, v]) => `--data-urlencode '${k}=${v}'`).join(' ')}`;
    const ran = await place.cf(['explain', '-'], { stdin: curl });
    expect(ran.code).toBe(1);
    noSecretIn(ran);
    expectGolden('explain-curl', pasted(ran));
  });

  it('says that a sound request would be accepted, and uses nothing up', async () => {
    const body = new URLSearchParams(soundForm()).toString();
    const head = 'POST /token HTTP/1.1\nContent-Type: application/x-www-form-urlencoded\n\n';
    const ran = await place.cf(['explain', '-'], { stdin: head + body });
    expect(ran.code).toBe(0);
    noSecretIn(ran);
    expectGolden('explain-sound', pasted(ran));
    expect(await place.json(['codes'])).toMatchObject([{ used: 0 }]);
  });

  it('works with no hub and no data: finds what it can, and asks for the rest', async () => {
    const ran = await nowhere.cf(['explain', '-'], { stdin: briefRequest() });
    expect(ran.code).toBe(1);
    noSecretIn(ran);
    expectGolden('explain-offline', pasted(ran));
  });

  it('never repeats a secret that the request carries', async () => {
    const secrets = { client_secret: SECRET, password: SECRET, code_verifier: SECRET, refresh_token: `cfr_${SECRET}` };
    for (const change of [secrets, { ...secrets, grant_type: 'refresh_token' }, { ...secrets, code: SECRET }]) {
      const stdin = `POST /token HTTP/1.1\nAuthorization: Bearer ${SECRET}\n\n${new URLSearchParams({ ...soundForm(), ...change })}`;
      for (const flags of [[], ['--json'], ['--all']])
        noSecretIn(await place.cf(['explain', '-', ...flags], { stdin }));
    }
  });
});

describe('explain an error', () => {
  it('opens the verdict behind our own reference', async () => {
    const ran = await place.cf(['explain', refusal.body]);
    expect(ran.code).toBe(1);
    expect(ran.err).toBe('');
    expect(steady(ran.out)).toBe(steady((await place.cf(['verdict', refusal.verdict])).out));
    const url = JSON.parse(refusal.body).error_uri as string;
    expect(steady((await place.cf(['explain', url])).out)).toBe(steady(ran.out));
    expect(steady((await place.cf(['explain', refusal.verdict])).out)).toBe(steady(ran.out));
    expectGolden('explain-error', pasted(ran));
  });

  it('lists every cause, in order, behind a foreign reference', async () => {
    const foreign = '{"error":"invalid_grant","error_uri":"https://elsewhere.example/r/ZZZZZZZZZZ"}';
    const ran = await place.cf(['explain', foreign]);
    expect(ran.code).toBe(3);
    expectGolden('explain-foreign-error', pasted(ran));
    const offline = await nowhere.cf(['explain', foreign]);
    expect(offline).toMatchObject({ code: 3, out: ran.out });
    expect(offline.err).toContain('which only the hub that sent it can open');
  });
});

describe('explain words and other things', () => {
  it('lists every reading of hap 51, and exits with 3', async () => {
    const ran = await nowhere.cf(['explain', 'hap', '51']);
    expect(ran.code).toBe(3);
    expect(await nowhere.cf(['explain', 'hap 51'])).toMatchObject({ code: 3, out: ran.out });
    expectGolden('explain-hap-51', pasted(ran));
  });

  it('asks for something better when it gets nothing, garbage, bytes or far too much', async () => {
    writeFileSync(join(nowhere.folder, 'large.txt'), 'x'.repeat(10 * 1024 * 1024));
    const cases: readonly (readonly [args: string[], stdin: string | Uint8Array, code: number])[] = [
      [['explain', '-'], '', 3],
      [['explain', '-'], ' \n\t\n', 3],
      [['explain', '-'], '}{ %%% \u0000\u001b[2J <<>>', 3],
      [['explain', 'lorem', 'ipsum'], '', 3],
      [['explain', 'no-such-file.txt'], '', 2],
      [['explain', '.'], '', 2],
      [['explain', '-'], Uint8Array.from([0xff, 0xfe, 0x00, 0x80, 0xc3]), 2],
      [['explain', '-'], 'x'.repeat(10 * 1024 * 1024), 2],
      [['explain', 'large.txt'], '', 2],
      [['explain', 'vd_7F3K9A2B4C'], '', 2],
      [['explain', 'client', CLIENT], '', 2],
    ];
    const ran: string[] = [];
    for (const [args, stdin, code] of cases) {
      const one = await nowhere.cf(args, { stdin });
      expect(one, args.join(' ')).toMatchObject({ code, out: '' });
      // biome-ignore lint/suspicious/noControlCharactersInRegex: nothing that a terminal acts on may come back
      expect(one.err).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
      ran.push(pasted(one));
    }
    expectGolden('explain-nothing', ran.join('\n'));
  });

  it('reads no more of random bytes than that they are no text, whatever their length', async () => {
    for (const length of [1, 63, 64, 4_096, 1024 * 1024]) {
      // 0xff stands nowhere in UTF-8
      const stdin = Buffer.concat([randomBytes(length - 1), Buffer.from([0xff])]);
      expect(await nowhere.cf(['explain', '-'], { stdin }), String(length)).toEqual({
        args: ['explain', '-'],
        code: 2,
        out: '',
        err: 'counterfoil: expected text, got bytes that are no UTF-8\n  hint: bring the request or response as text\n',
      });
    }
  });
});

describe('the command line for programs', () => {
  it('prints JSON of a steady shape for every command', async () => {
    const spent = await hub.token(soundForm());
    expect(spent.status).toBe(200);
    const fresh = await hub.operations.mint({ client: CLIENT });
    const commands: readonly (readonly string[])[] = [
      ['status'],
      ['app', 'add', 'server', '--confidential', '--redirect-uri', 'https://a.example/cb', '--scope', 'lamp:read'],
      ['app', 'list'],
      ['app', 'show', CLIENT],
      ['app', 'edit', CLIENT, '--name', 'My App'],
      ['mint', '--client', CLIENT],
      ['codes', '--grant', minted.grant],
      ['grants', '--client', CLIENT],
      ['verdicts', '--refused'],
      ['verdict', refusal.verdict],
      ['show', minted.grant],
      ['replay', refusal.verdict, '--set', `redirect_uri=${REDIRECT}`],
      ['upd', fresh.id],
      ['revoke', fresh.grant, '--yes'],
      ['app', 'remove', 'server', '--yes'],
      ['user', 'list'],
      ['explain', 'client', CLIENT],
      ['explain', briefRequest()],
      ['explain', '{"error":"invalid_scope"}'],
      ['explain', 'hap', '51'],
      ['explain', `hap5.1-authcode:${'0'.repeat(29)}`],
      ['explain', 'lorem', 'ipsum'],
    ];
    const shapes: string[] = [];
    for (const command of commands) {
      const ran = await place.cf([...command, '--json']);
      const title = command[1]?.includes('\n') ? 'counterfoil explain -' : commandOf(command);
      shapes.push(`$ ${title} --json\n${shapeOf(JSON.parse(ran.out))}\n[exit ${ran.code}]\n`);
    }
    const added = await place.json(['user', 'add', 'ada', '--password-stdin'], { stdin: 'correct horse battery\n' });
    shapes.push(`$ counterfoil user add ada --password-stdin --json\n${shapeOf(added)}\n[exit 0]\n`);
    expectGolden('json-shapes', shapes.join('\n'));
  });

  it('exits with 0 accepted, 1 refused or not found, 2 usage, 3 cannot be judged', async () => {
    const codes: Record<string, number | null> = {};
    for (const line of [
      'status',
      `verdict ${refusal.verdict}`,
      'verdict vd_0000000000',
      'verdict nonsense',
      'app show nobody',
      'verdicts --limit 0',
      'verdicts --ok --refused',
      'explian',
      'codes --colour',
      'explain hap 51',
    ]) {
      codes[line.replace(refusal.verdict, '<refused>')] = (await place.cf(line.split(' '))).code;
    }
    codes['status, where there is nothing'] = (await nowhere.cf(['status'])).code;
    expect(codes).toEqual({
      status: 0,
      'verdict <refused>': 1,
      'verdict vd_0000000000': 1,
      'verdict nonsense': 2,
      'app show nobody': 1,
      'verdicts --limit 0': 2,
      'verdicts --ok --refused': 2,
      explian: 2,
      'codes --colour': 2,
      'explain hap 51': 3,
      'status, where there is nothing': 2,
    });
  });
});
