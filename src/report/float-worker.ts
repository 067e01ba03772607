/** Worker thread of accuracy.ts: logits of preprocessed images by float evaluation. */
import { serveBatches } from '../base/worker-pool.js';
import { floatEvaluator } from '../model/evaluate.js';
import type { FloatTask } from './accuracy.js';

serveBatches(({ model, images, logits }: FloatTask) => {
  const evaluator = floatEvaluator(model);
  const size = evaluator.inputElements;
  return (from, to) => {
    logits.set(evaluator.logits(images.subarray(from * size, to * size)), from * evaluator.classes);
  };
});
