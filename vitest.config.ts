import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 150_000,
    hookTimeout: 150_000,
    pool: 'forks',
    maxWorkers: 2,
  },
});
