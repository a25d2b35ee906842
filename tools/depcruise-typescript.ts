/**
 * Preloaded (`node --import`) for dependency-cruiser, which reads TypeScript with the compiler's old JavaScript API.
 * TypeScript 7 has none, so the cruiser is handed the 5.x that attw brings along. Delete this file once
 * dependency-cruiser supports TypeScript 7; without it no `.ts` file would be seen, which `walls.test.ts` would notice.
 */
import { createRequire, registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';

const attw = createRequire(import.meta.url).resolve('@arethetypeswrong/cli/package.json');
const older = createRequire(createRequire(attw).resolve('@arethetypeswrong/core'));

registerHooks({
  resolve(specifier, context, next) {
    const wanted =
      /^typescript($|\/)/.test(specifier) && context.parentURL?.includes('/node_modules/dependency-cruiser/');
    return wanted
      ? { url: pathToFileURL(older.resolve(specifier)).href, shortCircuit: true }
      : next(specifier, context);
  },
});
