/** `counterfoil start`: runs the hub, and the first sixty seconds beside it. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { adminPath } from '../../server/admin-path.ts';
import { type AdminDoor, DoorTakenError, serveAdmin } from '../../server/admin-socket.ts';
import { auditKey, startSigning } from '../../server/audit.ts';
import { DEFAULT_PORT, KEEP_DAYS } from '../../server/config.ts';
import { isPostgres, openToOthers } from '../../server/database.ts';
import { type Hub, startHub } from '../../server/hub.ts';
import { deriveKeys, masterPlace } from '../../server/keys.ts';
import { OperationError } from '../../server/operations.ts';
import { OWNER } from '../../server/users.ts';
import type { checkTrail as CheckTrail } from '../../store/trail.ts';
import { action, type Cli, type GlobalOptions } from '../cli.ts';
import { createDemo, type Demo, type DemoKey } from '../demo/demo.ts';
import { readKeys } from '../demo/keys.ts';
import { expectScript, SCRIPTS, tellScript } from '../demo/script.ts';
import type { Environment } from '../environment.ts';
import { EXIT, type ExitCode, UsageError } from '../exit.ts';
import { teach } from '../help.ts';
import type { Opener } from '../open.ts';
import { createPrinter, type Printer } from '../printer.ts';
import type { Register } from '../program.ts';
import type { Line } from '../render/line.ts';
import { blanks, flow, span } from '../render/text.ts';

interface StartOptions {
  readonly port?: string;
  readonly host?: string;
  readonly issuer?: string;
  readonly trustProxy?: boolean;
  readonly keepDays?: string;
  readonly demo: boolean;
  readonly script?: string;
}

/** What the composition root knows of stores. */
interface StoreWays {
  readonly openData: Opener['openData'];
  readonly checkTrail: typeof CheckTrail;
}

/** The command, over the store that the composition root opens. It is what `counterfoil` alone does. */
export function registerStart(openData: Opener['openData'], checkTrail: typeof CheckTrail): Register {
  return (program: Command, environment: Environment) => {
    const start = program
      .command('start', { isDefault: true })
      .description('run the hub (what counterfoil alone does)')
      .option('--port <number>', `port on 127.0.0.1; 0 takes a free one (default ${DEFAULT_PORT})`)
      .option('--host <address>', 'address to listen on; loopback only until there is TLS')
      .option('--issuer <url>', 'where clients reach the hub behind a proxy or balancer (env COUNTERFOIL_ISSUER)')
      .option('--trust-proxy', 'take the source of a request from the X-Forwarded-For of a proxy on this machine')
      .option('--keep-days <number>', `days that dead codes and verdicts are kept (default ${KEEP_DAYS})`)
      .option('--no-demo', 'no lamp story, no keys: one line for each refusal')
      .option('--script <name>', `tell the story without keys, and end (${SCRIPTS.join(', ')})`);
    start.action(action<StartOptions>(environment, (cli, options) => run(cli, options, { openData, checkTrail })));
    teach(start, {
      examples: [
        'start',
        'start --port 8080 --db ./hub.db',
        'start --no-demo',
        'start --issuer https://hub.example --trust-proxy',
        'start --script wow                       in a data file of its own, which is gone afterwards',
      ],
    });
  };
}

async function run(cli: Cli, options: StartOptions & GlobalOptions, store: StoreWays): Promise<ExitCode> {
  const { script } = options;
  if (script === undefined) return serve(cli, options, store, cli);
  expectScript(script);
  if (!options.demo || options.issuer !== undefined)
    throw new UsageError('a script tells the story of a hub of its own', 'leave out --no-demo and --issuer');
  if (options.db !== undefined) return serve(cli, options, store, cli);
  // A story leaves its traces in the data it plays on; those of the user are not for that.
  const folder = mkdtempSync(join(tmpdir(), 'counterfoil-wow-'));
  try {
    const db = join(folder, 'story.db');
    return await serve(cli, options, store, { db, data: 'a temporary file' });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function serve(
  cli: Cli,
  options: StartOptions,
  { openData, checkTrail }: StoreWays,
  { db, data }: Pick<Cli, 'db' | 'data'>,
): Promise<ExitCode> {
  const { script } = options;
  const port = script !== undefined && options.port === undefined ? 0 : readPort(options.port);
  const issuer =
    script !== undefined ? undefined : (options.issuer ?? (cli.environment.env['COUNTERFOIL_ISSUER'] || undefined));
  const shared = isPostgres(db);
  if (shared && script !== undefined)
    throw new UsageError('a script plays on a file of its own', 'leave out --db, or name a file');
  const stopped = untilStopped();
  const opened = await openData(db);
  const exposed = shared ? undefined : openToOthers(db);
  if (exposed !== undefined) cli.say(exposed);
  let door: AdminDoor | undefined;
  let hub: Hub | undefined;
  const signer = auditKey(opened.master);
  const signing = startSigning(opened.upkeep, signer, (fault) => cli.say(`fault at audit: ${fault}`));
  const printer = createPrinter(cli);
  try {
    hub = await startHub({
      ...opened,
      keys: deriveKeys(opened.master),
      audit: {
        upkeep: opened.upkeep,
        key: signer,
        check: checkTrail,
        master: masterPlace(shared ? undefined : `${data}.key`, cli.environment.env),
      },
      data,
      port,
      shared,
      ...(issuer !== undefined && { issuer }),
      ...(options.trustProxy && { trustProxy: true }),
      ...(options.keepDays !== undefined && { keepDays: readDays(options.keepDays) }),
      ...(options.host !== undefined && { host: options.host }),
      onVerdict: (verdict) => printer.verdict(verdict),
      onFault: (error, where) =>
        cli.say(`fault at ${where}: ${error instanceof Error ? error.message : String(error)}`),
      log: (line) => cli.say(line),
    });
    door = await openDoor(hub, db, shared);
    // The story is one of a hub of one's own: it registers an app, and calls the hub where it listens.
    const demo = options.demo && !shared && issuer === undefined ? await createDemo(hub, cli) : undefined;
    cli.print(banner(hub, cli, data));
    // Beside the story there is the key `o`, which signs in without an account.
    if (!demo) await offerSetup(hub, cli);
    if (script !== undefined && demo) {
      printer.demo = demo;
      return await tellScript(cli, demo, stopped);
    }
    await (demo ? story(hub, cli, demo, printer, stopped) : stopped);
    return EXIT.ok;
  } finally {
    await door?.close();
    await hub?.close();
    await signing.stop();
    await opened.store.close();
  }
}

/** Of several nodes of one database on this machine the first has the door; a file has one hub, and that is checked here. */
async function openDoor(hub: Hub, db: string, shared: boolean): Promise<AdminDoor | undefined> {
  try {
    return await serveAdmin(hub.operations, await adminPath(db));
  } catch (fault) {
    if (shared && fault instanceof DoorTakenError) return undefined;
    throw fault;
  }
}

function readPort(text: string | undefined): number {
  if (text === undefined) return DEFAULT_PORT;
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new UsageError(`expected a port from 0 to 65535, got ${text}`, 'try --port 5151');
}

function readDays(text: string): number {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new UsageError(`expected 1 to 99999 whole days, got ${text}`, 'try --keep-days 90');
}

function banner(hub: Hub, { style }: Cli, data: string): Line[] {
  const ready = (performance.now() / 1_000).toFixed(1);
  const behind = hub.issuer.endsWith(`localhost:${hub.port}`) ? '' : `   on 127.0.0.1:${hub.port}`;
  return [
    [],
    [
      span(style, '  Counterfoil', 'strong'),
      span(style, `  ${hub.issuer}${behind}   data ${data}   ready in ${ready} s`),
    ],
    [],
  ];
}

const KEYS: readonly (readonly [key: string, what: string])[] = [
  ['s', 'send it exactly as printed'],
  ['f', 'fix and resend'],
  ['a', 'replay as an attacker (copied bytes)'],
  ['r', 'replay as the app'],
  ['o', 'open in the browser'],
  ['q', 'quit'],
];

/** The demo on a terminal or a pipe; a pipe that ends leaves the hub running. */
async function story(hub: Hub, cli: Cli, demo: Demo, printer: Printer, stopped: Promise<void>): Promise<void> {
  const { style } = cli;
  try {
    await demo.introduce();
  } catch (error) {
    // The person in charge has set the application up otherwise: that is no reason not to run.
    if (!(error instanceof OperationError)) throw error;
    cli.say(`no lamp story: ${error.message}`);
    await offerSetup(hub, cli);
    return stopped;
  }
  printer.demo = demo;
  const help = (): void => cli.print(keysLines(cli));
  help();
  await new Promise<void>((resolve) => {
    const end = (): void => {
      stop();
      resolve();
    };
    const stop = readKeys(
      cli.environment.stdin,
      async (key) => {
        cli.print([[span(style, `> ${key}`, 'strong')]]);
        if (key === 'o') return openBrowser(hub, cli).catch((error: unknown) => cli.say(String(error)));
        if (isDemoKey(key)) await demo.play(key).catch((error: unknown) => cli.say(String(error)));
        else help();
      },
      end,
    );
    void stopped.then(end);
  });
  cli.print([[span(style, '  stopped; what was decided is kept', 'faint')]]);
}

function keysLines({ style }: Cli): Line[] {
  const items = KEYS.map(([key, what]): Line => [span(style, key, 'id'), span(style, `  ${what}`)]);
  return [...flow(items, [blanks(3)], style.width - 4).map((line): Line => [blanks(2), ...line]), []];
}

function isDemoKey(key: string): key is DemoKey {
  return key === 's' || key === 'f' || key === 'a' || key === 'r';
}

/** Of a hub without users: the link that makes the first one. It is told to the terminal, and kept as a hash only. */
async function offerSetup(hub: Hub, cli: Cli): Promise<void> {
  const link = await hub.firstRun.offer();
  if (!link) return;
  const say = '  nobody can sign in yet: make the first user here, once, within a day:';
  cli.print([[span(cli.style, say, 'faint')], [span(cli.style, `  ${hub.issuer}${link.path}`)], []]);
}

/** The page, signed in by a link that works once and for a minute. */
async function openBrowser(hub: Hub, cli: Cli): Promise<void> {
  const { path } = await hub.sessions.issueLink(OWNER);
  const url = hub.issuer + path;
  const command = { darwin: 'open', win32: 'explorer' }[platform() as string] ?? 'xdg-open';
  const child = spawn(command, [url], { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
  cli.print([[span(cli.style, '  signs you in once, within a minute:', 'faint')], [span(cli.style, `  ${url}`)], []]);
}

/**
 * Asked for before anything is opened: a Ctrl-C while the hub starts still closes what it opens. A second signal, of
 * either kind, ends the process at once.
 */
function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      process.off('SIGINT', stop).off('SIGTERM', stop);
      resolve();
    };
    process.on('SIGINT', stop).on('SIGTERM', stop);
  });
}
