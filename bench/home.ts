/**
 * Our controller beside hap-controller, on the same lamp by HAP-NodeJS, and on a lamp of ours; then what a decision about
 * capabilities adds to a request (`home-scope.ts`).
 *
 *   node bench/home.ts [--rounds N] [--json FILE] | --help
 *
 * HAP-NodeJS listens on every interface, so this runs in a network namespace; where there is none to be had, the reason is
 * printed and only the decisions are measured.
 */
import { spawnSync } from 'node:child_process';
import { writeSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { openSession, pairSetup } from '../src/protocols/hap/controller.ts';
import { findAccessory } from '../src/protocols/hap/discover.ts';
import { newIdentity } from '../src/protocols/hap/keys.ts';
import { startHapNodejs } from '../test/hap/peers/start.ts';
import { LO } from '../test/hap/peers/world.ts';
import { UNSHARE, whyNoNamespace } from '../test/support/unshare.ts';
import { homeScope } from './home-scope.ts';
import { type Cost, type Place, type RunningController, startAccessory, startController } from './peers/hap.ts';
import { median } from './peers/median.ts';
import { type Measure, report } from './report.ts';

const PEER = 'hap-controller';
const WARM_UP = 2;
const VERIFIES = 5;
const READS = 25;
const FIND_MS = 30_000;
const LIMIT_MS = 7 * 60_000;
/** Where the namespace tells what it measured. */
const TOLD = 3;

const HELP = `node bench/home.ts [--rounds N] [--json FILE]

Our HomeKit controller beside hap-controller, on one lamp by HAP-NodeJS and on a lamp of ours: pairing and its CPU, sessions,
reads; then what a decision about capabilities adds to a request.

  --rounds N   rounds that are measured, 1 or more; 15 unless told
  --json FILE  the figures as data as well

The first part needs a network namespace (Linux, unshare); without one it is left out, and the reason is printed.`;

/** What a controller took in one round: medians where there were several. */
interface Round {
  readonly setup: Cost;
  readonly verifyMs: number;
  readonly readMs: number;
}

/** Pairs, opens sessions, reads, and leaves the accessory as it was. */
async function round(controller: RunningController, place: Place): Promise<Round> {
  const setup = await controller.pair(place);
  const verifies: number[] = [];
  for (let n = 0; n < VERIFIES; n++) verifies.push((await controller.verify(place)).ms);
  const reads: number[] = [];
  for (let n = 0; n < READS; n++) reads.push((await controller.read(place)).ms);
  await controller.unpair(place);
  return { setup, verifyMs: median(verifies), readMs: median(reads) };
}

type Turn = 'ours' | 'theirs' | 'both';
/** Who comes first finds an accessory at rest, who comes next one that has just lost its pairing: that must be each in turn. */
const ORDERS: readonly (readonly Turn[])[] = [
  ['ours', 'theirs', 'both'],
  ['theirs', 'ours', 'both'],
];

/** The three of a round; a ratio is taken inside a round, where all had the same machine. */
async function rounds(count: number, foreign: Place, own: Place): Promise<readonly Measure[]> {
  const [ours, theirs] = [await startController('counterfoil'), await startController(PEER)];
  const all: Record<Turn, Round>[] = [];
  for (let at = -WARM_UP; at < count; at++) {
    const done: Partial<Record<Turn, Round>> = {};
    for (const turn of ORDERS[Math.abs(at) % ORDERS.length] ?? []) {
      if (turn === 'theirs') done.theirs = await round(theirs, foreign);
      else done[turn] = await round(ours, turn === 'ours' ? foreign : own);
    }
    if (at >= 0) all.push(done as Record<Turn, Round>);
  }
  await Promise.all([ours.stop(), theirs.stop()]);
  const measure = (name: string, of: (round: Round) => number, who: 'ours' | 'both' = 'ours'): Measure => {
    const peer = median(all.map((one) => of(one.theirs)));
    const shares = all.map((one) => of(one[who]) / of(one.theirs));
    console.log(`${name}: ${PEER} ${peer.toFixed(1)} ms; ratios ${shares.map((share) => share.toFixed(3)).join(' ')}`);
    return { name, unit: 'ms', value: median(all.map((one) => of(one[who]))), ratios: { [PEER]: median(shares) } };
  };
  return [
    measure('pair-setup, lamp by HAP-NodeJS', ({ setup }) => setup.ms),
    measure('controller cpu, one pairing', ({ setup }) => setup.cpuMs),
    measure('pair-verify, lamp by HAP-NodeJS', ({ verifyMs }) => verifyMs),
    measure('read, lamp by HAP-NodeJS', ({ readMs }) => readMs),
    measure('pair-setup, both ends ours', ({ setup }) => setup.ms, 'both'),
    measure('pair-verify, both ends ours', ({ verifyMs }) => verifyMs, 'both'),
    measure('read, both ends ours', ({ readMs }) => readMs, 'both'),
  ];
}

/** Finds the foreign lamp, and where its switch is. */
async function placeOf(accessoryId: string, setupCode: string): Promise<Place> {
  const found = await findAccessory(accessoryId, { ...LO, deadlineMs: FIND_MS });
  const host = found?.addresses[0];
  if (found === undefined || host === undefined) throw new Error(`expected to find ${accessoryId}`);
  const address = { host, port: found.port };
  const paired = await pairSetup(address, setupCode, newIdentity(), { accessoryId });
  const session = await openSession(address, paired);
  for (const { aid, services } of await session.accessories())
    for (const { characteristics } of services)
      for (const { iid, type } of characteristics)
        if (type === '25') {
          await session.removePairing(paired.identity.id);
          return { ...address, accessoryId, setupCode, on: { aid, iid } };
        }
  throw new Error('expected a lamp with a switch');
}

/** Inside the namespace. */
async function inside(count: number): Promise<void> {
  const peer = await startHapNodejs();
  const own = await startAccessory();
  try {
    const measures = await rounds(count, await placeOf(peer.accessoryId, peer.setupCode), own.place);
    writeSync(TOLD, JSON.stringify(measures));
  } finally {
    await Promise.all([peer.stop(), own.stop()]);
  }
}

/** What was measured in a namespace, or nothing where there is none. @throws when it was there and something went wrong */
function inNamespace(count: number): readonly Measure[] {
  const missing = whyNoNamespace();
  if (missing !== undefined) {
    console.warn(`skipped: pair-setup, pair-verify and read need a network namespace: ${missing}`);
    return [];
  }
  const command = [process.execPath, import.meta.filename, '--inside', '--rounds', String(count)];
  const { status, output } = spawnSync('unshare', [...UNSHARE, ...command], {
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
    timeout: LIMIT_MS,
  });
  if (status !== 0) throw new Error(`expected figures from the namespace, it ended with ${status}`);
  return JSON.parse(String(output[TOLD])) as readonly Measure[];
}

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '15' },
    json: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
    inside: { type: 'boolean', default: false },
  },
});
const count = Number(values.rounds);
if (!Number.isInteger(count) || count < 1) throw new Error(`expected rounds, 1 or more, got ${values.rounds}`);
if (values.help) console.log(HELP);
else if (values.inside) await inside(count);
else report([...inNamespace(count), ...homeScope()], values.json === undefined ? [] : ['--json', values.json]);
