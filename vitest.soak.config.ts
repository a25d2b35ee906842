/** The long runs: races, kill points and laws (`npm run soak`), and the codecs fuzzed alone (`npm run fuzz`). */
import type { ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = {
  test: {
    include: ['test/soak/**/*.soak.ts', 'fuzz/**/*.fuzz.ts'],
    passWithNoTests: true,
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30 * 60_000,
    hookTimeout: 5 * 60_000,
  },
};

export default config;
