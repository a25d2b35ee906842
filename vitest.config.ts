/** The quick whole: unit tests beside the code, contract, end-to-end, command line and package tests under test/. */
import type { ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = {
  test: {
    include: ['{src,test,tools,examples}/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
};

export default config;
