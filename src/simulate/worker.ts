/** Worker thread of pool.ts. */
import { serveBatches } from '../base/worker-pool.js';
import { elementCount } from '../graph/shapes.js';
import type { SimulateTask } from './pool.js';
import { createSimulator } from './simulate.js';

serveBatches(({ network, images, logits }: SimulateTask) => {
  const simulator = createSimulator(network);
  const size = elementCount(network.input.shape);
  return (from, to) => {
    const batch = Array.from({ length: to - from }, (_, i) =>
      images.subarray((from + i) * size, (from + i + 1) * size),
    );
    for (const [i, result] of simulator.runAll(batch).entries()) {
      logits.set(result.logits, (from + i) * network.classes.length);
    }
  };
});
