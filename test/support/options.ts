/** What all three sets of tests have in common (vitest.config.ts, vitest.unit.config.ts, vitest.long.config.ts). */

/** A wait ends when what it waits for is there. This limit only ends one that would never end, on the slowest machine too. */
const PATIENCE = 7_200_000;

/** The same for a tool that a test starts. */
export const PATIENCE_SECONDS = PATIENCE / 1000;

export const COMMON = {
  // As in a pipe, wherever the tests run.
  env: { NO_COLOR: '1', FORCE_COLOR: '0', COLUMNS: '80' },
  testTimeout: PATIENCE,
  hookTimeout: PATIENCE,
  expect: { poll: { timeout: PATIENCE } },
};
