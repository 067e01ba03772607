/**
 * A trained full-precision network that another one learns from (`--distil`). It sees the same images, cropped and
 * mirrored alike, and uses the moving averages of its batch norms. It need not be the network that learns.
 */
import { FlexorError } from '../../base/errors.js';
import type { DatasetInfo } from '../../data/dataset.js';
import type { Engine, Tensor4D } from '../engine/engine.js';
import type { NetworkSpec } from '../networks/network.js';
import { NETWORKS, buildNetwork } from '../networks/networks.js';
import { fusedPlan } from '../networks/plan.js';
import { initialParameters } from '../weights/initial.js';
import { startingLayers, type StartModel } from '../weights/start.js';
import { layerTensors, logits } from './forward.js';

export interface Teacher {
  /** Probabilities of the classes [B·classes] for a batch of normalised pixels [B, H, W, C]. */
  probabilities(pixels: Float32Array): Float32Array;
}

/** The network, among those that can be trained, whose layers the model has. */
function networkOf({ path, model }: StartModel, dataset: DatasetInfo): NetworkSpec {
  for (const network of NETWORKS) {
    for (const bias of [false, true]) {
      const spec = buildNetwork({ network, bias }, dataset);
      if (fits({ path, model }, spec)) return spec;
    }
  }
  throw new FlexorError(
    'usage',
    `--distil needs a full-precision model of ${NETWORKS.join(', ')} for these images; ${path} is none: train one with --weights full`,
  );
}

function fits(start: StartModel, spec: NetworkSpec): boolean {
  const { height, width, channels } = start.model.input.shape;
  if (height !== spec.input.height || width !== spec.input.width || channels !== spec.input.channels) return false;
  try {
    startingLayers(start, spec);
    return true;
  } catch (error) {
    if (error instanceof FlexorError) return false;
    throw error;
  }
}

export function makeTeacher(engine: Engine, start: StartModel, dataset: DatasetInfo): Teacher {
  const network = networkOf(start, dataset);
  const layers = initialParameters(network, {
    ...{ seed: 0, weights: 'full', planes: 1, matrices: [], alpha: null, xStd: 1, optimiser: 'sgd' },
    start: startingLayers(start, network),
  });
  const plan = fusedPlan(network);
  const { tf } = engine;
  const { height, width, channels } = network.input;
  return {
    probabilities: (pixels) =>
      tf.tidy(() => {
        const tensors = new Map([...layers].map(([name, layer]) => [name, layerTensors(engine, layer, 'evaluation')]));
        const batch: Tensor4D = tf.tensor4d(pixels, [
          pixels.length / (height * width * channels),
          height,
          width,
          channels,
        ]);
        return engine.read(tf.softmax(logits(engine, plan, tensors, batch))).slice();
      }),
  };
}
