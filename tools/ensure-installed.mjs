/**
 * Runs before every npm script that needs dependencies: installs what is missing, says nothing when nothing is.
 * Plain JavaScript without dependencies, because it runs on the machine's own Node (20 or newer) before Node 24 from
 * `node_modules` is there. All output goes to stderr, so that `npm run -s` keeps stdout for the command itself.
 */
import { spawn } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const TIMEOUT_MS = 10 * 60_000;
/** npm's own backoff keeps a machine without network waiting for more than ten minutes. */
const SHORT_RETRIES = ['--fetch-retries=1', '--fetch-retry-mintimeout=500', '--fetch-retry-maxtimeout=2000'];
const TAIL_CHARACTERS = 4_000;

/** What differs between the lock file and `node_modules`, as lines for people; empty when all is there. */
function missing() {
  const locked = readJson('package-lock.json')?.packages;
  if (!locked) return ['package-lock.json cannot be read'];
  const installed = readJson('node_modules/.package-lock.json')?.packages;
  if (!installed) return ['node_modules'];
  const direct = { ...locked[''].dependencies, ...locked[''].devDependencies };
  const faults = [];
  for (const [path, { version, optional, devOptional }] of Object.entries(locked)) {
    if (path === '') continue;
    const found = installed[path]?.version;
    if (found === undefined && (optional || devOptional)) continue;
    if (found !== version) faults.push(`${path} ${version} (found ${found ?? 'none'})`);
  }
  // the hidden lock file outlives a folder that was deleted by hand
  for (const name of Object.keys(direct)) {
    if (readJson(`node_modules/${name}/package.json`) === undefined) faults.push(`node_modules/${name}`);
  }
  if (!executable('node_modules/node/bin/node') && !executable('node_modules/node/bin/node.exe')) {
    faults.push('node_modules/node/bin/node (Node 24)');
  }
  return faults;
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
  } catch {
    return undefined;
  }
}

function executable(path) {
  try {
    accessSync(join(ROOT, path), constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** `npm install` as the lock file says; resolves to what went wrong, or to undefined. */
function install() {
  // not `npm ci`: it refuses lock files that lack other platforms' optional packages
  const args = ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error', ...SHORT_RETRIES];
  const { npm_execpath: npm, npm_node_execpath: node } = process.env;
  const options = { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], timeout: TIMEOUT_MS };
  const child = npm
    ? spawn(node ?? process.execPath, [npm, ...args], options)
    : spawn('npm', args, { ...options, shell: process.platform === 'win32' });
  let tail = '';
  const keep = (chunk) => {
    tail = (tail + chunk).slice(-TAIL_CHARACTERS);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  return new Promise((resolve) => {
    child.on('error', (error) => resolve(`npm could not be started: ${error.message}`));
    child.on('close', (code, signal) => {
      if (code === 0) resolve(undefined);
      else
        resolve(
          `${withoutStack(tail)}\nnpm install ended with ${signal ? `${signal} (10 minutes at most)` : `code ${code}`}`,
        );
    });
  });
}

function withoutStack(text) {
  return text.replace(/^npm error +at .*\n/gm, '').trim();
}

function giveUp(text) {
  process.stderr.write(`\n${text}\n`);
  process.stderr.write(
    [
      'counterfoil: its dependencies are not complete. what to do:',
      '  - is the package registry reachable from here?  npm ping',
      '  - is the disk full, or node_modules owned by somebody else?',
      '  - start afresh:  rm -rf node_modules && npm install --no-save',
      '',
    ].join('\n'),
  );
  process.exit(1);
}

if (Number(process.versions.node.split('.')[0]) < 20) {
  process.stderr.write(
    `counterfoil: expected Node 20 or newer, got ${process.version}; see https://nodejs.org/en/download\n`,
  );
  process.exit(1);
}
if (missing().length > 0) {
  const startedAt = Date.now();
  process.stderr.write('counterfoil: installing what is missing (once, a minute or two) ... ');
  const fault = await install();
  if (fault !== undefined) giveUp(fault);
  const left = missing();
  if (left.length > 0) giveUp(`still missing after npm install: ${left.slice(0, 5).join(', ')}`);
  process.stderr.write(`done in ${Math.round((Date.now() - startedAt) / 1000)} s\n`);
}
