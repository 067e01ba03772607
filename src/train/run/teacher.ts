/**
 * A trained network that another one learns from (`--distil`): any model for these images, at full precision or quantised.
 * It sees the same images, cropped and mirrored alike but preprocessed as it says, and uses the moving averages of its batch
 * norms.
 */
import type { DatasetInfo, Normalisation } from '../../data/dataset.js';
import type { Engine, Tensor4D } from '../engine/engine.js';
import { modelNetwork } from '../networks/of-model.js';
import { fusedPlan } from '../networks/plan.js';
import { initialParameters } from '../weights/initial.js';
import { modelStart } from '../weights/model-start.js';
import type { StartModel } from '../weights/start.js';
import { layerTensors, logits } from './forward.js';
import { checkImages } from './model-images.js';

export interface Teacher {
  /** Probabilities of the classes [B·classes] for a batch of normalised pixels [B, H, W, C]. */
  probabilities(pixels: Float32Array): Float32Array;
}

/** From the data set's preprocessing to the teacher's; null where they are the same. */
function preprocessing(from: Normalisation, to: Normalisation): ((x: number, channel: number) => number) | null {
  if (JSON.stringify([from.mean, from.std]) === JSON.stringify([to.mean, to.std])) return null;
  return (x, c) => (x * from.std[c]! + from.mean[c]! - to.mean[c]!) / to.std[c]!;
}

export function makeTeacher(engine: Engine, start: StartModel, dataset: DatasetInfo): Teacher {
  checkImages('--distil', start, dataset);
  const network = modelNetwork(start);
  const layers = initialParameters(network, {
    ...{ seed: 0, weights: 'full', planes: 1, matrices: [], alpha: null, xStd: 1, optimiser: 'sgd' },
    start: modelStart(start.model, network),
  });
  const plan = fusedPlan(network);
  const { tf } = engine;
  const { height, width, channels } = network.input;
  const convert = preprocessing(dataset.normalisation, start.model.input.preprocessing);
  return {
    probabilities: (pixels) =>
      tf.tidy(() => {
        const tensors = new Map([...layers].map(([name, layer]) => [name, layerTensors(engine, layer, 'evaluation')]));
        const images = convert === null ? pixels : pixels.map((x, i) => convert(x, i % channels));
        const count = images.length / (height * width * channels);
        const batch: Tensor4D = tf.tensor4d(images, [count, height, width, channels]);
        return engine.read(tf.softmax(logits(engine, plan, tensors, batch))).slice();
      }),
  };
}
