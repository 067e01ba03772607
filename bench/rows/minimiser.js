/** Gates of the XOR minimiser on a matrix for which others have published counts. */
import { aesMixColumns } from '../../dist/xor/known-matrices.js';
import { minimise } from '../../dist/xor/minimise.js';

/** The least that we know to be published: Lin et al. (2021). */
const PUBLISHED = 91;
const SEEDS = 8;
const ITERATIONS = 20_000;

/** What `flexor minimise-xor` does by default with AES MixColumns, in processor seconds, and its gates. */
export function measureMinimiser() {
  const before = process.cpuUsage();
  const circuits = Array.from({ length: SEEDS }, (_, i) =>
    minimise(aesMixColumns(), { seed: i + 1, iterations: ITERATIONS }),
  );
  const { user, system } = process.cpuUsage(before);
  const gates = Math.min(...circuits.map(({ gateCount }) => gateCount));
  return { gates, published: PUBLISHED, ratio: gates / PUBLISHED, processorSeconds: (user + system) / 1e6 };
}
