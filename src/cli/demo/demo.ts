/** The first sixty seconds: one lamp, one app, one code, and four ways to send it. */
import type { Verdict } from '../../core/verdict.ts';
import type { Hub } from '../../server/hub.ts';
import { type Minted, OperationError } from '../../server/operations.ts';
import type { Line, Style } from '../render/line.ts';
import { span, wrapLine } from '../render/text.ts';
import { renderVerdict } from '../render/verdict.ts';
import { asPrinted, createDemoApp, type DemoApp, type Reply } from './client.ts';
import { lampOff, lampOn, pairingGone, type Told, unplugged } from './lamp.ts';

/** The brief's own client and redirect URI. */
const CLIENT_ID = 'my_app_123';
const REDIRECT_URI = 'com.myapp:/callback';
/** Through the hub, and a pairing of the app's own on the lamp itself. */
const THROUGH_HUB = ['lamp:read', 'lamp:write'];
const SCOPES = [...THROUGH_HUB, 'home:lamp:direct'];

/** Where the demo prints. */
export interface DemoScreen {
  readonly style: Style;
  print(lines: readonly Line[]): void;
}

/** The demo's keys; anything else is not one. */
export type DemoKey = 's' | 'f' | 'a' | 'r';

/** What can be played: the keys, `u` (the lamp is unplugged while its grant is revoked), and `l` (the app tries its lost pairing). */
export type Scene = DemoKey | 'u' | 'l';

/** A running demo. */
export interface Demo {
  /** The lamp, the app, the request to send. */
  introduce(): Promise<void>;
  /** Plays a scene and prints it. The answer is whether it came out as the story has it; false while another one is played. */
  play(scene: Scene): Promise<boolean>;
  /** Is it sending right now? What is refused meanwhile is its own, and printed by it. */
  busy(): boolean;
}

/** Registers the demo's app where it is missing, and starts its story. */
export async function createDemo(hub: Hub, screen: DemoScreen): Promise<Demo> {
  await registerApp(hub);
  // The lamp's id and key come with the tokens once the hub itself is paired with it.
  await hub.lamp.identity();
  const app = createDemoApp(hub.issuer, CLIENT_ID, REDIRECT_URI);
  const { style } = screen;
  let busy = false;
  let current: { minted: Minted; spent: boolean } | undefined;

  const say = (text: string, tone: Told['tone']): void =>
    screen.print([...fitted([span(style, text, tone)], style), []]);

  const tell = ({ text, tone, ok }: Told): boolean => {
    say(text, tone);
    return ok;
  };

  const code = async (): Promise<Minted> => {
    const { now } = await hub.operations.status();
    if (!current || current.spent || now > current.minted.until) {
      if (current) {
        const why = current.spent ? 'the last code is spent' : 'the code expired';
        screen.print([[span(style, `  ${why}: here is a fresh one`, 'faint')]]);
      }
      current = { minted: await mint(hub, app), spent: false };
    }
    return current.minted;
  };

  /** What the client heard, and beside it what the person in charge sees. */
  const show = async (reply: Reply): Promise<Verdict | undefined> => {
    const tone = reply.status < 400 ? 'good' : 'bad';
    screen.print([
      [span(style, '  '), span(style, String(reply.status), tone), span(style, ` ${shortened(reply.body)}`)],
      [span(style, '      ↑ all the client ever hears        ↓ what you see', 'faint')],
      [],
    ]);
    const verdict = await verdictBehind(hub, reply);
    if (verdict) {
      const { now } = await hub.operations.status();
      const inset = { ...style, width: style.width - 2 };
      screen.print(renderVerdict(verdict, inset, { now }).map((l) => (l.length > 0 ? [span(style, '  '), ...l] : l)));
    }
    screen.print([[]]);
    return verdict;
  };

  const scenes: Readonly<Record<Scene, () => Promise<boolean>>> = {
    async s() {
      const { code: text } = await code();
      const verdict = await show(await app.sendAsPrinted(text));
      return verdict?.cause === 'unsupported' && (verdict.checks?.length ?? 0) > 0;
    },
    async f() {
      const minted = await code();
      const reply = await app.sendFixed(minted.code, minted.verifier ?? '');
      if (reply.status !== 200) {
        await show(reply);
        return false;
      }
      if (current) current.spent = true;
      screen.print([[span(style, '  200', 'good'), span(style, ` ${shortened(reply.body)}`)]]);
      return tell(await lampOn(hub, app));
    },
    async a() {
      const reply = await app.sendCopied();
      if (!reply) {
        say('nothing to copy yet: press f first', 'caution');
        return false;
      }
      const { cause, consequence = {} } = (await show(reply)) ?? {};
      if (cause !== 'replayed') return false;
      say('copied bytes, proof already spent: the owner loses nothing', 'strong');
      return (consequence.revokedCodes ?? 0) === 0 && !consequence.burned && !consequence.undoing;
    },
    async r() {
      if (!current?.spent) {
        say('nothing to replay yet: press f first', 'caution');
        return false;
      }
      const { code: text, verifier = '' } = current.minted;
      return tell(await pairingGone(hub, app, await show(await app.sendFixed(text, verifier))));
    },
    l: async () => tell(await lampOff(hub, app)),
    u: async () => unplugged(hub, app, current?.minted.grant ?? '', say),
  };

  return {
    introduce: async () => screen.print(introduction(await code(), style)),
    async play(scene) {
      if (busy) return false;
      busy = true;
      try {
        return await scenes[scene]();
      } finally {
        busy = false;
      }
    },
    busy: () => busy,
  };
}

/** The app as the story needs it. One that an older version registered gets the scope that it did not have yet. */
async function registerApp({ operations, oauth }: Hub): Promise<void> {
  if (!(await oauth.registry.get('app', CLIENT_ID))) {
    await operations.addApp(CLIENT_ID, {
      name: 'My App',
      type: 'public',
      redirectUris: [REDIRECT_URI],
      scopes: SCOPES,
      shortCodes: true,
    });
    return;
  }
  const { scopes } = await operations.showApp(CLIENT_ID);
  const asEver = scopes.every(({ enabled }) => enabled) && scopes.map(({ name }) => name).join(' ');
  if (asEver === THROUGH_HUB.join(' ')) await operations.editApp(CLIENT_ID, { scopes: SCOPES });
}

/** The 16-character form of the docs; the app's key and PKCE make up for its length. */
async function mint({ operations }: Hub, app: DemoApp): Promise<Minted> {
  const input = { client: CLIENT_ID, jkt: app.jkt, pairingId: app.pairingId, scopes: SCOPES };
  try {
    return await operations.mint({ ...input, short: true });
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    // The person in charge took the short form away from the app; the story goes on with the long one.
    return operations.mint(input);
  }
}

function introduction({ code, scopes }: Minted, style: Style): Line[] {
  const text = `A lamp is waiting: a real HomeKit accessory on this machine, really paired over HAP. Its app is ${CLIENT_ID}, allowed ${listed(scopes)}. The docs say to send this:`;
  const request = [
    'POST /token HTTP/1.1',
    'Content-Type: application/x-www-form-urlencoded',
    '',
    ...asPrinted(code, CLIENT_ID, REDIRECT_URI).split('\n'),
  ];
  return [
    ...fitted([span(style, text)], style),
    [],
    ...request.map((l): Line => [span(style, `     ${l}`, 'strong')]),
    [],
  ];
}

/** `a, b and c`. */
function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** The line, two columns in, wrapped where it is longer than the screen. */
function fitted(line: Line, style: Style): Line[] {
  return wrapLine(line, style.width - 4).map((l) => [span(style, '  '), ...l]);
}

function shortened(body: string): string {
  return body
    .replace(/"((?:access|refresh)_token)":"([^"]{8})[^"]*"/g, '"$1":"$2…"')
    .replace(/"ltpk":"([^"]{8})[^"]*"/g, '"ltpk":"$1…"');
}

async function verdictBehind(hub: Hub, reply: Reply): Promise<Verdict | undefined> {
  const reference = /\/r\/([0-9A-Z]+)"/.exec(reply.body)?.[1];
  return reference === undefined ? undefined : hub.operations.verdict(`vd_${reference}`);
}
