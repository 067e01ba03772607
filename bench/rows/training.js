/** A training step beside PyTorch's: a short run of bench/training.js for each network. */
import { spawnSync } from 'node:child_process';
import { URL, fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('../training.js', import.meta.url));
const NETWORKS = ['lenet5', 'resnet20'];

/** By network the milliseconds of a step with FleXOR on one thread, and the ratio to PyTorch's dense one; null without it. */
export function measureSteps(python, rounds, steps) {
  return NETWORKS.map((network) => {
    const options = [
      '--threads',
      '1',
      '--rounds',
      String(rounds),
      '--steps',
      String(steps),
      '--python',
      python,
      '--json',
    ];
    const { stdout, status } = spawnSync(process.execPath, [SCRIPT, '--network', network, ...options], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (status !== 0) throw new Error(`bench/training.js --network ${network} failed`);
    const [{ title, medianMilliseconds, ratio }] = JSON.parse(stdout).results;
    return { network, title, milliseconds: medianMilliseconds, ratio };
  });
}
