/** The model of a finished run: activation ranges, test accuracy, its name, and what the file says of where it comes from. */
import type { ImageSource } from '../../data/source.js';
import type { FlexorModel, ModelData } from '../../model/types.js';
import type { Engine } from '../engine/engine.js';
import type { NetworkSpec } from '../networks/network.js';
import { networkName } from '../networks/networks.js';
import type { LayerParameters } from '../weights/parameters.js';
import { KINDS_WITH_XOR } from '../weights/quantisers.js';
import { commandLine } from './command-line.js';
import type { TrainConfig } from './config.js';
import { accuracy, activationRanges, type Images } from './evaluate.js';
import { exportModel } from './export.js';

/** Longest name of a model. */
const MOST_NAME = 64;
/** Training images over which activation ranges are taken. */
const RANGE_IMAGES = 5000;

/** The images of a split over which activations are measured. */
export function calibrationImages(images: Images): Images {
  return { ...images, count: Math.min(RANGE_IMAGES, images.count) };
}

/** What a run has when its last step is done. */
export interface TrainedNetwork {
  readonly engine: Engine;
  readonly config: TrainConfig;
  readonly dataset: ImageSource;
  readonly train: Images;
  readonly test: Images;
  readonly network: NetworkSpec;
  readonly layers: ReadonlyMap<string, LayerParameters>;
}

/** Ranges, test accuracy and the model. */
export async function trainedModel(trained: TrainedNetwork): Promise<FlexorModel> {
  const { engine, config, dataset, network, layers, test } = trained;
  const calibration = calibrationImages(trained.train);
  const ranges = await activationRanges(engine, network, layers, calibration);
  const testAccuracy = await accuracy(engine, network, layers, test);
  return exportModel(network, layers, {
    kernels: engine.arrays,
    name: modelName(config),
    images: dataset,
    data: modelData(dataset, test.count, config),
    ranges,
    provenance: {
      recipe: commandLine(config),
      seed: config.seed,
      dataset: dataset.name,
      testAccuracy,
      testImages: test.count,
      notes: `activation ranges: minimum and maximum over the first ${calibration.count} training images; engine ${engine.identity}`,
    },
  });
}

/** What tells other data from those that the accuracy was measured on; null for a set that is streamed. */
function modelData({ testDigest }: ImageSource, tested: number, { own }: TrainConfig): ModelData | null {
  if (testDigest === undefined) return null;
  const { label, imageSize } = own ?? {};
  return {
    digest: testDigest(tested),
    ...(label === undefined ? {} : { label }),
    ...(imageSize === undefined ? {} : { imageSize }),
  };
}

/** N_in and N_out where they are one or N_in alone varies; the command in the file has the rest. */
function modelName(config: TrainConfig): string {
  const { dataset, weights, nIn, nOut } = config;
  const rates = typeof nOut === 'number' ? [nIn, nOut].flat() : ['mixed'];
  const name = [
    networkName(config),
    // Names of models are of few characters; that of a user's data is of any.
    dataset.replace(/[^A-Za-z0-9_.-]+/g, '-').replace(/^-|-$/g, ''),
    ...(weights === 'flexor' ? [] : [weights]),
    ...(KINDS_WITH_XOR.includes(weights) ? rates : []),
  ].join('_');
  return name.slice(0, MOST_NAME);
}
