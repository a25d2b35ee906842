/**
 * Where a server's time goes: the CPU profiler of its own process, summed by what is on the stack. A sample counts for
 * the innermost group on its stack, so that `JSON.stringify` of a verdict is the verdict's and not the runtime's.
 */
import { type Profiler, Session } from 'node:inspector/promises';

/** Milliseconds of processor time by group; `other` is what no group claims, idle time is left out. */
export type Profile = Readonly<Record<string, number>>;

/** Which frames belong to which group: the file's path, and the function where the file has others too. */
const GROUPS: readonly (readonly [group: string, file: RegExp, functions?: RegExp])[] = [
  ['judging', /\/(?:src|dist)\/core\//],
  ['judging', /\/profiles\/oauth\/(?:profile|rules\/[a-z-]+)\.[jt]s$/],
  ['keeping', /\/profiles\/oauth\/verdicts\.[jt]s$/],
  ['keeping', /\/store\/rows\.[jt]s$/, /^verdictRow$/],
  ['keeping', /\/store\/[a-z]+\/tables\.[jt]s$/, /^verdict$/],
  ['keeping', /\/store\/(?:audit|trail)\.[jt]s$/],
];

const session = new Session();

/** Starts sampling this process, ten times a millisecond. */
export async function startProfile(): Promise<void> {
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 100 });
  await session.post('Profiler.start');
}

/** Stops sampling, and sums up. */
export async function profiled(): Promise<Profile> {
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  return sum(profile);
}

function sum({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): Profile {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const groups = new Map<number, string>();
  const walk = (node: Profiler.ProfileNode, outer: string): void => {
    const group = groupOf(node) ?? outer;
    groups.set(node.id, group);
    for (const child of node.children ?? []) {
      const next = byId.get(child);
      if (next) walk(next, group);
    }
  };
  if (nodes[0]) walk(nodes[0], 'other');
  const total: Record<string, number> = {};
  for (const [i, id] of samples.entries()) {
    const group = groups.get(id) ?? 'other';
    // The delta before a sample is the time of the one before it; at ten a millisecond that evens out.
    total[group] = (total[group] ?? 0) + (timeDeltas[i] ?? 0) / 1_000;
  }
  const { idle: _, ...busy } = total;
  return busy;
}

function groupOf({ callFrame: { url, functionName } }: Profiler.ProfileNode): string | undefined {
  if (functionName === '(idle)') return 'idle';
  return GROUPS.find(([, file, functions]) => file.test(url) && (functions?.test(functionName) ?? true))?.[0];
}
