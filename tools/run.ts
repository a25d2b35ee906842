/** Runs one command of the toolchain and waits for it, with this checkout's Node 24 and tools first on the PATH. */
import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';

/** The checkout's top folder. */
export const ROOT: string = join(import.meta.dirname, '..');

/** The environment in which `node` is Node 24 and the tools of `node_modules` are found. */
export const TOOL_ENV: NodeJS.ProcessEnv = {
  ...process.env,
  PATH: join(ROOT, 'node_modules', '.bin') + delimiter + (process.env['PATH'] ?? ''),
};

/**
 * Runs a shell command in the checkout, output passed through.
 *
 * @returns its exit code; 1 when it was ended by a signal or could not be started
 */
export function run(command: string, env: Readonly<Record<string, string>> = {}): number {
  const { status } = spawnSync(command, { cwd: ROOT, env: { ...TOOL_ENV, ...env }, shell: true, stdio: 'inherit' });
  return status ?? 1;
}
