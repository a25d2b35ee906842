#!/usr/bin/env node
/**
 * The packaged command. Kept to syntax that Node 18 can read, so that an older Node says what is missing instead of
 * printing a stack trace; everything else is behind the import.
 */
const NEEDED = 24;

if (Number(process.versions.node.split('.')[0]) < NEEDED) {
  process.stderr.write(
    [
      `counterfoil: expected Node ${NEEDED} or newer, got ${process.version}`,
      '  get it from https://nodejs.org/en/download',
      `  or run it once without installing: npx -p node@${NEEDED} -p counterfoil counterfoil`,
      '',
    ].join('\n'),
  );
  process.exitCode = 1;
} else {
  const { enableCompileCache } = await import('node:module');
  // What was compiled at one start need not be at the next: half of the time until the hub listens.
  enableCompileCache();
  await import('./main.ts');
}

export {};
