/** This package's version, from its package.json; the same relative place in `src/` and in `dist/`. */
import { readFileSync } from 'node:fs';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};

/** `major.minor.patch` */
export const VERSION: string = version;
