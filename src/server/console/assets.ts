/**
 * The browser's modules (`src/console/`), read once at the start and served under a name that changes with them. A package has
 * them compiled; from source their types are taken off when the first browser asks, so that nothing has to be built before
 * `npm start`.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Outgoing, Route } from '../../protocols/http/exchange.ts';

/** The modules by file name, as they were read, and where they are. */
export interface Assets {
  /** Path of a module, by its name without ending: `/assets/1f0c…/refusals.js`. @throws when there is none: a bug */
  path(name: string): string;
  readonly files: ReadonlyMap<string, string>;
  /** Of all files together, 16 hexadecimal digits. */
  readonly version: string;
}

const FOLDER = fileURLToPath(new URL('../../console/', import.meta.url));
const MODULE = /^[a-z][a-z-]*(?<!\.test)\.(?:ts|js)$/;

/** Reads them. */
export function loadAssets(folder: string = FOLDER): Assets {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => MODULE.test(name)) : [];
  const files = new Map(names.sort().map((name) => [name, readFileSync(`${folder}/${name}`, 'utf8')]));
  const version = createHash('sha256')
    .update(JSON.stringify([...files]))
    .digest('hex')
    .slice(0, 16);
  return {
    files,
    version,
    path(name) {
      const file = [`${name}.js`, `${name}.ts`].find((one) => files.has(one));
      if (file === undefined) throw new Error(`no module ${name} in the console`);
      return `/assets/${version}/${file}`;
    },
  };
}

/** JavaScript of a module. Types become blanks, so that a line of an error is the line of the source. */
function javaScript(name: string, text: string): string {
  if (name.endsWith('.js')) return text;
  const { emitWarning } = process;
  // It warns that it is experimental: true, and nothing that whoever starts a hub from source could do about.
  process.emitWarning = () => undefined;
  try {
    return stripTypeScriptTypes(text);
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** Serves them, to be kept for as long as the browser likes: another content has another address. */
export function assetRoutes({ files, version }: Assets): readonly Route[] {
  return [...files].map(([name, text]) => {
    let answer: Outgoing | undefined;
    const made = (): Outgoing => ({ status: 200, headers: HEADERS, body: javaScript(name, text) });
    return { method: 'GET', path: `/assets/${version}/${name}`, handle: () => (answer ??= made()) };
  });
}

const HEADERS = {
  'content-type': 'text/javascript; charset=utf-8',
  'cache-control': 'public, max-age=31536000, immutable',
  'cross-origin-resource-policy': 'same-origin',
} as const;
