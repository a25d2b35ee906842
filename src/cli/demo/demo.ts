/** The first sixty seconds: one lamp, one app, one code, and four ways to send it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Verdict } from '../../core/verdict.ts';
import type { Hub } from '../../server/hub.ts';
import { type Minted, OperationError } from '../../server/operations.ts';
import type { Line, Style, Tone } from '../render/line.ts';
import { span, wrapLine } from '../render/text.ts';
import { renderVerdict } from '../render/verdict.ts';
import { asPrinted, createDemoApp, type DemoApp, type Reply } from './client.ts';

/** The brief's own client and redirect URI. */
const CLIENT_ID = 'my_app_123';
const REDIRECT_URI = 'com.myapp:/callback';

/** How long the demo waits for an accessory to do what is due. */
const EFFECT_WAIT_MS = 5_000;

/** Where the demo prints. */
export interface DemoScreen {
  readonly style: Style;
  print(lines: readonly Line[]): void;
}

/** The demo's keys; anything else is not one. */
export type DemoKey = 's' | 'f' | 'a' | 'r';

/** A running demo. */
export interface Demo {
  /** The lamp, the app, the request to send. */
  introduce(): Promise<void>;
  press(key: DemoKey): Promise<void>;
  /** Is it sending right now? What is refused meanwhile is its own, and printed by it. */
  busy(): boolean;
}

/** Registers the demo's app where it is missing, and starts its story. */
export async function createDemo(hub: Hub, screen: DemoScreen): Promise<Demo> {
  await registerApp(hub);
  const app = createDemoApp(hub.issuer, CLIENT_ID, REDIRECT_URI);
  const { style } = screen;
  const line = (text: string, tone: Tone = 'plain'): Line => [span(style, text, tone)];
  let busy = false;
  let current: { minted: Minted; spent: boolean } | undefined;

  const code = async (): Promise<Minted> => {
    const { now } = await hub.operations.status();
    if (!current || current.spent || now > current.minted.until) {
      if (current)
        screen.print([
          line(
            current.spent ? '  the last code is spent: here is a fresh one' : '  the code expired: here is a fresh one',
            'faint',
          ),
        ]);
      current = { minted: await mint(hub, app), spent: false };
    }
    return current.minted;
  };

  /** What the client heard, and beside it what the person in charge sees. */
  const show = async (reply: Reply): Promise<Verdict | undefined> => {
    screen.print([
      [
        span(style, '  '),
        span(style, String(reply.status), reply.status < 400 ? 'good' : 'bad'),
        span(style, ` ${shortened(reply.body)}`),
      ],
    ]);
    screen.print([line('      ↑ all the client ever hears        ↓ what you see', 'faint'), []]);
    const verdict = await verdictBehind(hub, reply);
    if (verdict) {
      const { now } = await hub.operations.status();
      const inset = { ...style, width: style.width - 2 };
      screen.print(renderVerdict(verdict, inset, { now }).map((l) => (l.length > 0 ? [span(style, '  '), ...l] : l)));
    }
    screen.print([[]]);
    return verdict;
  };

  const keys: Readonly<Record<DemoKey, () => Promise<void>>> = {
    async s() {
      const { code: text } = await code();
      await show(await app.sendAsPrinted(text));
    },
    async f() {
      const minted = await code();
      const reply = await app.sendFixed(minted.code, minted.verifier ?? '');
      if (reply.status !== 200) {
        await show(reply);
        return;
      }
      if (current) current.spent = true;
      screen.print([[span(style, '  200', 'good'), span(style, ` ${shortened(reply.body)}`)]]);
      screen.print([...fitted(await lampLine(hub, app, style), style), []]);
    },
    async a() {
      const reply = await app.sendCopied();
      if (!reply) return screen.print([line('  nothing to copy yet: press f first', 'caution')]);
      const verdict = await show(reply);
      if (verdict?.cause === 'replayed')
        screen.print([line('  copied bytes, proof already spent: the owner loses nothing', 'strong'), []]);
    },
    async r() {
      if (!current?.spent) return screen.print([line('  nothing to replay yet: press f first', 'caution')]);
      const { code: text, verifier = '' } = current.minted;
      const verdict = await show(await app.sendFixed(text, verifier));
      screen.print([...fitted(await afterReplay(hub, app, verdict, style), style), []]);
    },
  };

  return {
    introduce: async () => screen.print(introduction(await code(), style)),
    async press(key) {
      if (busy) return;
      busy = true;
      try {
        await keys[key]();
      } finally {
        busy = false;
      }
    },
    busy: () => busy,
  };
}

async function registerApp({ operations, oauth }: Hub): Promise<void> {
  if (await oauth.registry.get('app', CLIENT_ID)) return;
  await operations.addApp(CLIENT_ID, {
    name: 'My App',
    type: 'public',
    redirectUris: [REDIRECT_URI],
    scopes: ['lamp:read', 'lamp:write'],
    shortCodes: true,
  });
}

/** The 16-character form of the docs; the app's key and PKCE make up for its length. */
async function mint({ operations }: Hub, app: DemoApp): Promise<Minted> {
  const input = { client: CLIENT_ID, jkt: app.jkt, pairingId: app.pairingId, scopes: ['lamp:read', 'lamp:write'] };
  try {
    return await operations.mint({ ...input, short: true });
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    // The person in charge took the short form away from the app; the story goes on with the long one.
    return operations.mint(input);
  }
}

function introduction({ code, scopes }: Minted, style: Style): Line[] {
  const text = `A lamp is waiting (simulated in this hub). Its app is ${CLIENT_ID}, allowed ${scopes.join(' and ')}. The docs say to send this:`;
  const request = [
    'POST /token HTTP/1.1',
    'Content-Type: application/x-www-form-urlencoded',
    '',
    ...asPrinted(code, CLIENT_ID, REDIRECT_URI).split('\n'),
  ];
  return [
    ...wrapLine([span(style, text)], style.width - 4).map((l): Line => [span(style, '  '), ...l]),
    [],
    ...request.map((l): Line => [span(style, `     ${l}`, 'strong')]),
    [],
  ];
}

/** The line, two columns in, wrapped where it is longer than the screen. */
function fitted(line: Line, style: Style): Line[] {
  return wrapLine(line, style.width - 2).map((l) => [span(style, '  '), ...l]);
}

function shortened(body: string): string {
  return body.replace(/"((?:access|refresh)_token)":"([^"]{8})[^"]*"/g, '"$1":"$2…"');
}

async function verdictBehind(hub: Hub, reply: Reply): Promise<Verdict | undefined> {
  const reference = /\/r\/([0-9A-Z]+)"/.exec(reply.body)?.[1];
  return reference === undefined ? undefined : hub.operations.verdict(`vd_${reference}`);
}

async function lampLine(hub: Hub, app: DemoApp, style: Style): Promise<Line> {
  const paired = await until(async () => (await hub.lamp.listPairings()).some((p) => p.id === app.pairingId));
  if (!paired) return [span(style, 'the pairing is still due on the lamp', 'caution')];
  const reply = await app.switchLamp(true);
  if (reply.status !== 200) return [span(style, `the lamp was not switched: ${reply.status} ${reply.body}`, 'bad')];
  const { by } = await hub.lamp.state();
  const who = by === app.pairingId ? `the app's own pairing ${app.pairingId.slice(0, 8)}…` : by;
  return [span(style, `lamp: ON, switched by ${who}`, 'good')];
}

async function afterReplay(hub: Hub, app: DemoApp, verdict: Verdict | undefined, style: Style): Promise<Line> {
  if (verdict?.cause === 'lost-race') {
    return [span(style, 'within 2 s of the win it counts as a lost race and hurts nobody: press r again', 'caution')];
  }
  const undone = await until(async () => {
    const life = verdict?.grant === undefined ? undefined : await hub.operations.timeline(verdict.grant);
    return life?.effects.every((effect) => effect.state === 'undone') ?? false;
  });
  const listed = (await hub.lamp.listPairings()).some((p) => p.id === app.pairingId);
  const tokens = verdict?.consequence?.revokedCodes;
  const revoked = tokens ? `replay by the proven client: ${tokens} tokens revoked, ` : '';
  if (!undone) return [span(style, `${revoked}its pairing is still due to be removed from the lamp`, 'caution')];
  if (listed)
    return [span(style, `${revoked}its pairing stays on the lamp: an earlier grant still needs it`, 'strong')];
  return [span(style, `${revoked}its pairing removed from the lamp and read back: gone`, 'strong')];
}

async function until(holds: () => Promise<boolean>): Promise<boolean> {
  const end = performance.now() + EFFECT_WAIT_MS;
  while (performance.now() < end) {
    if (await holds()) return true;
    await sleep(20);
  }
  return holds();
}
