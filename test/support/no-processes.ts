/** Set up before unit tests: a process or a thread that one starts all the same is an error. */
import { vi } from 'vitest';

const refuse = (what: string) => () => {
  throw new Error(`a unit test starts ${what}`);
};

vi.mock('node:child_process', () => {
  const start = refuse('a process');
  return {
    default: {},
    spawn: start,
    spawnSync: start,
    execFile: start,
    execFileSync: start,
    exec: start,
    fork: start,
  };
});
vi.mock('node:worker_threads', async (original) => ({
  ...(await original<object>()),
  Worker: refuse('a thread'),
}));
