/** Worker thread of accuracy.ts: classes of preprocessed images by float evaluation. */
import { serveBatches } from '../base/worker-pool.js';
import { classify, floatEvaluator } from '../model/evaluate.js';
import type { FloatTask } from './accuracy.js';

serveBatches(({ model, images, classes }: FloatTask) => {
  const evaluator = floatEvaluator(model);
  const size = evaluator.inputElements;
  return (from, to) => {
    const logits = evaluator.logits(images.subarray(from * size, to * size));
    classes.set(classify(logits, evaluator.classes), from);
  };
});
