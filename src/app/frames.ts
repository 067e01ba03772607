/**
 * Frames of a design's own testbench, chosen for what they observe: of many candidates the most active ones, and of these, one
 * after the other, the one that adds most encrypted bits to those observed. Where that would take long for a large network,
 * activity alone decides, and nothing is said of the bits.
 */
import { randomImages } from '../cosim/vectors.js';
import type { IntNetwork } from '../fixed/types.js';
import { isWeighted } from '../graph/order.js';
import { chooseVectors, mostActive } from '../report/verify/vectors.js';
import type { VectorInfo } from '../rtl/types.js';

/** Images of a data set, or random ones of a seed, to choose from. */
export type Candidates = { readonly images: readonly Int32Array[] } | { readonly seed: number };

export interface ChosenFrames {
  readonly images: readonly Int32Array[];
  readonly info: VectorInfo;
}

/** Candidates a frame of the testbench. */
export const CANDIDATES_PER_FRAME = 8;
/** Additions of all images whose observed bits are worked out: 4 s for LeNet-5. Four times as many where frames are asked for. */
const OBSERVED_ADDITIONS = 6e7;

/** Chooses `count` frames; `asked`: somebody asked for so many. */
export function chooseFrames(network: IntNetwork, from: Candidates, count: number, asked: boolean): ChosenFrames {
  const all = 'images' in from ? from.images : randomImages(network, count * CANDIDATES_PER_FRAME, from.seed);
  const budget = (asked ? 4 : 1) * OBSERVED_ADDITIONS;
  const most = Math.floor(budget / Math.max(1, additions(network)));
  const active = mostActive(network, all, Math.max(count, Math.min(most, all.length)));
  const source: Pick<VectorInfo, 'source' | 'seed'> =
    'seed' in from ? { source: 'random', seed: from.seed } : { source: 'test images' };
  const common = { frames: count, ...source, candidates: all.length };
  if (most < count) {
    const frames = active.slice(0, count);
    return { images: frames.map((i) => all[i]!), info: { ...common, images: frames, observed: null } };
  }
  const pool = active.map((i) => all[i]!);
  const { images, coverage } = chooseVectors(network, pool, count);
  const observed = coverage.map(({ layer, encryptedBits, encryptedObserved }) => ({
    ...{ layer, encryptedBits, encryptedObserved },
  }));
  return { images: images.map((i) => pool[i]!), info: { ...common, images: images.map((i) => active[i]!), observed } };
}

/** Additions a frame of all weighted layers. */
export function additions(network: IntNetwork): number {
  return network.nodes.filter(isWeighted).reduce((sum, { outputTensor, windowSize, outChannels, planes }) => {
    const { height, width } = outputTensor.shape;
    return sum + height * width * windowSize * outChannels * planes.length;
  }, 0);
}
