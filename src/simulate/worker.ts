/** Worker thread of pool.ts. */
import { serveBatches } from '../base/worker-pool.js';
import { elementCount } from '../fixed/shapes.js';
import type { SimulateTask } from './pool.js';
import { createSimulator } from './simulate.js';

serveBatches(({ network, images, logits }: SimulateTask) => {
  const simulator = createSimulator(network);
  const size = elementCount(network.input.shape);
  return (from, to) => {
    for (let i = from; i < to; i++) {
      const result = simulator.run(images.subarray(i * size, (i + 1) * size));
      logits.set(result.logits, i * network.classes.length);
    }
  };
});
