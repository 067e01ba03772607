/** Test images of a model through its generated RTL in a Verilog simulator, compared with the integer network. */
import { FlexorError } from '../base/errors.js';
import { cosimulate } from '../cosim/cosimulate.js';
import { cosimulateIcarus } from '../cosim/icarus.js';
import { randomImages } from '../cosim/vectors.js';
import { rangeWarnings } from '../model/reach.js';
import type { CosimResult, WeightLoad } from '../cosim/types.js';
import type { Design } from '../rtl/design.js';
import { generateRtl } from '../rtl/generate.js';
import { prepareDesignFolder } from '../rtl/write-design.js';
import { loadPacket } from '../rtl/load.js';
import { designOf, place, type GenerationOptions } from './design.js';
import { loadLowered, loadLoweredFor, loadTestImages } from './inputs.js';
import type { ImageOptions, LoweredModel, LoweringOptions, TestImages } from './inputs.js';
import { predictionText, preparePredictions, writeLogits, type PredictionOptions } from './predictions.js';
import { withProgress, type StartProgress } from './progress.js';
import { isLoaded } from '../rtl/weight-memory.js';

export const SIMULATORS = ['verilator', 'icarus'] as const;

export interface CosimRequest extends ImageOptions, LoweringOptions, GenerationOptions, PredictionOptions {
  /** Chance of a stall a cycle on both sides, in per cent; 0 also checks the predicted cycles. */
  readonly stalls: number;
  readonly seed: number;
  /** So many random images in the place of test images; for a model of any input, without data. */
  readonly random?: number;
  /** Compare the stream of every layer, not only logits and class. */
  readonly layers?: boolean;
  /** With weights in RAM: a model that is loaded as soon as the first image has begun, and read back. */
  readonly loadModel?: string;
  /** FST file of waveforms; Verilator only. */
  readonly trace?: string;
  readonly simulator: (typeof SIMULATORS)[number];
  /** Folder for the design, which is then kept. */
  readonly keep?: string;
  readonly cache?: string;
  /** Clock in ms for the time that build and run take. */
  readonly now?: () => number;
}

/** What runs, and what is known of it; random images have no labels, and others may have none. */
export interface CosimImages extends Pick<TestImages, 'dataset' | 'warnings' | 'count' | 'quantised' | 'names'> {
  readonly dataDigest: string | null;
  readonly labels: TestImages['labels'];
}

export interface ModelCosim {
  readonly lowered: LoweredModel;
  readonly images: CosimImages;
  readonly result: CosimResult;
  /** Fraction of the frames that the RTL classified right; null where no frame came out or images have no labels. */
  readonly accuracy: number | null;
  /** CSV of the classes that the RTL gave; null where nobody asked. */
  readonly predictions: string | null;
}

/** Generates, builds and runs. A difference is in the result; the folder of such a run is kept. */
export async function cosimulateModel(path: string, request: CosimRequest, start: StartProgress): Promise<ModelCosim> {
  if (request.simulator === 'icarus' && request.trace !== undefined) {
    throw new FlexorError('usage', '--trace needs --simulator verilator, got icarus');
  }
  if (request.loadModel !== undefined) checkLoading(request);
  if (request.keep !== undefined) prepareDesignFolder(request.keep);
  preparePredictions(request);
  const lowered = loadLowered(path, request);
  const images = await cosimImages(lowered, request);
  const design = designOf(lowered.network, request);
  const loads = weightLoads(design, request);
  const written = place(generateRtl(design), request.keep);
  const result = await run(request, written.folder, design, images.quantised, loads, start);
  if (result.passed) written.discard();
  else written.retain();
  const { classes } = lowered.model;
  writeLogits(request.logits, result.logits, classes.length);
  return {
    ...{ lowered, images, result, accuracy: accuracyOfFrames(result, images.labels) },
    predictions: predictionText(request, images, classes, [{ name: 'class', classes: classesByImage(result) }]),
  };
}

function accuracyOfFrames({ frames, classes }: CosimResult, labels: CosimImages['labels']): number | null {
  if (frames.length === 0 || labels === null) return null;
  return frames.filter((image, i) => classes[i] === labels[image]).length / frames.length;
}

/** Test images, or random ones. */
async function cosimImages(lowered: LoweredModel, request: CosimRequest): Promise<CosimImages> {
  const { random, seed } = request;
  if (random === undefined) return loadTestImages(lowered, request);
  const data = (['data', 'dataset', 'label', 'imageSize', 'layout'] as const).find(
    (name) => request[name] !== undefined,
  );
  if (data !== undefined) {
    const option = data === 'imageSize' ? 'image-size' : data;
    throw new FlexorError('usage', `--random runs without data, and --${option} names some; leave one of them out`);
  }
  return {
    dataset: `random images, seed ${seed}`,
    ...{ dataDigest: null, labels: null, warnings: rangeWarnings(lowered.model), count: random },
    quantised: randomImages(lowered.network, random, seed),
  };
}

/** The classes by the index of their image, whatever frames came out. */
function classesByImage({ frames, classes }: CosimResult): number[] {
  const byImage: number[] = [];
  frames.forEach((image, i) => (byImage[image] = classes[i]!));
  return byImage;
}

function checkLoading({ weights, simulator }: CosimRequest): void {
  const source = weights?.source ?? 'rom';
  if (!isLoaded(source))
    throw new FlexorError('usage', `--load-model needs --weights ram or ram-single, got ${source}`);
  if (simulator !== 'verilator') {
    throw new FlexorError('usage', `--load-model needs --simulator verilator, got ${simulator}`);
  }
}

/** The model of `loadModel`, offered when the first element of the first image has gone in. */
function weightLoads(design: Design, request: CosimRequest): readonly WeightLoad[] {
  if (request.loadModel === undefined) return [];
  const other = loadLoweredFor(design.network, request.loadModel, request).network;
  const packet = loadPacket(design.plan, other);
  return [{ network: other, packet, afterBeats: 1 }];
}

function run(
  request: CosimRequest,
  folder: string,
  design: Design,
  images: readonly Int32Array[],
  loads: readonly WeightLoad[],
  start: StartProgress,
): Promise<CosimResult> {
  const { stalls, seed, layers = false, cache, trace, simulator, now } = request;
  return withProgress(start, 'co-simulation', images.length, (onProgress) => {
    const common = {
      ...{ folder, design, images, stalls, seed, layers },
      ...(loads.length === 0 ? {} : { loads }),
      ...(cache === undefined ? {} : { cacheDir: cache }),
      ...(now === undefined ? {} : { now }),
      onProgress: (step: string, done: number): void => onProgress(done, step),
    };
    if (simulator === 'icarus') return cosimulateIcarus(common);
    return cosimulate(trace === undefined ? common : { ...common, trace: { path: trace } });
  });
}
