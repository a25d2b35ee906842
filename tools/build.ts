/** `npm run build`: compiles src to a fresh dist/ (or to the folder given), without tests; the browser's modules as a project of their own. */
import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { ROOT, run } from './run.ts';

const target = resolve(ROOT, process.argv[2] ?? 'dist');
rmSync(target, { recursive: true, force: true });
const hub = run(`tsc -p tsconfig.build.json --outDir "${target}"`);
process.exit(hub || run(`tsc -p src/console --noEmit false --outDir "${target}/console"`));
