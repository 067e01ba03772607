/**
 * Random integer networks and images from a seed, built directly at integer level. Every engine (reference loop, simulator,
 * RTL) runs them and must agree bit for bit. Sizes are small so that RTL simulation is quick.
 */
import { sha256 } from '../../src/base/files.js';
import { Random } from '../../src/base/random.js';
import { elementCount, formatRange, isWeighted, slidingOutput } from '../../src/fixed/shapes.js';
import type {
  IntConvNode,
  IntDenseNode,
  IntFormat,
  IntNetwork,
  IntNode,
  IntShape,
  IntTensor,
  Requantiser,
} from '../../src/fixed/types.js';
import { verifyNetwork } from '../../src/fixed/verify.js';
import { deriveWidths } from '../../src/fixed/widths.js';
import { evaluateNode } from '../../src/simulate/reference.js';
import { calibrate, randomWeights } from './random-weights.js';

export interface RandomNetworkOptions {
  /** Most nodes of a network; 5. */
  readonly maxLayers?: number;
  /** Most height and width of the input; 9. */
  readonly maxSide?: number;
  /** Upper bound of Σ V·C_out·pixels; 200,000. */
  readonly maxWork?: number;
  /** Most bits of activations; 12. */
  readonly maxBits?: number;
}

type Pair = readonly [number, number];
type Four = readonly [number, number, number, number];

/** How a window slides, or null for a dense layer. */
interface Candidate {
  readonly kind: IntNode['kind'];
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly padding: Four;
  readonly shape: IntShape;
}

/** A verified random network; equal seeds and options give equal networks. */
export function randomNetwork(seed: number, options: RandomNetworkOptions = {}): IntNetwork {
  const random = Random.derive(seed, 'random network');
  for (let attempt = 0; ; attempt++) {
    const { input, nodes, logits } = drawNetwork(random, options);
    // A bottleneck of a few saturated bits may make all images look alike; such a network would prove little.
    const distinct = new Set(logits.map((z) => z.join())).size;
    if (distinct < SAMPLES - 1 && attempt < 50) continue;
    const classes = Array.from({ length: nodes.at(-1)!.outputTensor.shape.channels }, (_, c) => `class${c}`);
    return verifyNetwork({
      name: `random${seed}`,
      modelDigest: sha256(`random network ${seed}`),
      input,
      nodes,
      classes,
    });
  }
}

/** Images on which a network is calibrated while it is built. */
const SAMPLES = 5;

interface Draft {
  readonly input: IntTensor;
  readonly nodes: readonly IntNode[];
  /** Outputs of the samples. */
  readonly logits: readonly Float64Array[];
}

function drawNetwork(random: Random, options: RandomNetworkOptions): Draft {
  const { maxLayers = 5, maxSide = 9, maxWork = 200_000, maxBits = 12 } = options;
  const layers = random.between(1, maxLayers);
  const input: IntTensor = {
    shape: {
      height: random.between(1, maxSide),
      width: random.between(1, maxSide),
      channels: random.pick([1, 1, 2, 3, random.between(1, 24)]),
    },
    format: randomFormat(random, maxBits),
    scale: 1,
  };
  const nodes: IntNode[] = [];
  let tensor = input;
  let samples: Float64Array[] = randomImagesOf(input, SAMPLES, random).map((image) => Float64Array.from(image));
  for (let i = 0; i < layers; i++) {
    const last = i === layers - 1;
    const candidate = chooseLayer(random, tensor.shape, last, maxWork / layers);
    const names = { name: `${candidate.kind}${i + 1}`, input: nodes.at(-1)?.name ?? 'input' };
    const format = last ? null : randomFormat(random, maxBits);
    const node = buildNode(random, candidate, { ...names, inputTensor: tensor }, format, samples);
    nodes.push(node);
    tensor = node.outputTensor;
    samples = samples.map((sample) => evaluateNode(node, sample));
  }
  return { input, nodes, logits: samples };
}

/** Images within the input format: mostly uniform, some sparse, some at the ends of the range. */
export function randomImages(network: IntNetwork, count: number, seed: number): Int32Array[] {
  return randomImagesOf(network.input, count, Random.derive(seed, 'random images'));
}

function randomImagesOf(input: IntTensor, count: number, random: Random): Int32Array[] {
  const { low, high } = formatRange(input.format);
  return Array.from({ length: count }, () => {
    const style = random.below(8);
    return Int32Array.from({ length: elementCount(input.shape) }, () => {
      if (style === 0) return random.pick([low, high]);
      if (style === 1 && random.below(4) > 0) return 0;
      return random.between(low, high);
    });
  });
}

/** One line that says what a failing network is. */
export function describeNetwork(network: IntNetwork): string {
  const tensor = ({ shape, format }: IntTensor): string =>
    `${shape.height}x${shape.width}x${shape.channels}${format.signed ? 's' : 'u'}${format.bits}`;
  const parts = network.nodes.map((node) => {
    const window =
      node.kind === 'dense' ? '' : ` k${node.kernel.join('x')} s${node.stride.join('x')} p${node.padding.join(',')}`;
    const planes = isWeighted(node) ? ` ${node.planes.map((p) => `${p.nIn}>${p.nOut}`).join('+')}` : '';
    return `${node.name}${window}${planes} -> ${tensor(node.outputTensor)}`;
  });
  return `${network.name}: ${tensor(network.input)} | ${parts.join(' | ')}`;
}

function randomFormat(random: Random, maxBits: number): IntFormat {
  const bits = random.pick([8, random.between(1, maxBits), random.between(1, Math.min(4, maxBits))]);
  const limited = Math.min(bits, maxBits);
  return { bits: limited, signed: limited > 1 && random.below(3) === 0 };
}

/** A layer that fits the shape and the budget; a 1×1 convolution (or dense layer, at the end) where no draw fits. */
function chooseLayer(random: Random, shape: IntShape, last: boolean, budget: number): Candidate {
  for (let attempt = 0; attempt < 40; attempt++) {
    const candidate = drawLayer(random, shape, last);
    if (candidate !== null && work(candidate, shape) <= budget) return candidate;
  }
  const channels = random.between(1, 3);
  return last ? dense(channels) : sliding('conv', [1, 1], [1, 1], [0, 0, 0, 0], shape, channels);
}

function drawLayer(random: Random, shape: IntShape, last: boolean): Candidate | null {
  const channels = random.pick([random.between(1, 8), random.between(1, 24)]);
  const kinds = last
    ? (['dense', 'conv'] as const)
    : (['conv', 'conv', 'conv', 'conv', 'maxPool', 'maxPool', 'dense'] as const);
  const kind = random.pick<'dense' | 'conv' | 'maxPool'>(kinds);
  if (kind === 'maxPool' && shape.height * shape.width === 1) return null;
  if (kind === 'dense') return last || random.below(3) === 0 ? dense(channels) : null;
  const side = (): number => random.pick(kind === 'maxPool' ? [2, 2, 3] : [1, 3, 3, 5]);
  const k = side();
  const kernel: Pair = random.below(5) === 0 ? [side(), side()] : [k, k];
  const s = random.pick([1, 1, 2]);
  const stride: Pair =
    kind === 'maxPool' && random.below(2) === 0 ? kernel : random.below(6) === 0 ? [s, 3 - s] : [s, s];
  const candidate = sliding(
    kind,
    kernel,
    stride,
    drawPadding(random, kernel),
    shape,
    kind === 'maxPool' ? shape.channels : channels,
  );
  const { height, width } = candidate.shape;
  if (height < 1 || width < 1 || (last && (height > 1 || width > 1))) return null;
  return candidate;
}

function drawPadding(random: Random, [height, width]: Pair): Four {
  switch (random.below(3)) {
    case 0:
      return [0, 0, 0, 0];
    case 1:
      return [(height - 1) >> 1, (width - 1) >> 1, height >> 1, width >> 1];
    default:
      return [random.below(height), random.below(width), random.below(height), random.below(width)];
  }
}

function dense(channels: number): Candidate {
  return {
    kind: 'dense',
    kernel: [1, 1],
    stride: [1, 1],
    padding: [0, 0, 0, 0],
    shape: { height: 1, width: 1, channels },
  };
}

function sliding(
  kind: 'conv' | 'maxPool',
  kernel: Pair,
  stride: Pair,
  padding: Four,
  input: IntShape,
  channels: number,
): Candidate {
  return { kind, kernel, stride, padding, shape: { ...slidingOutput(input, kernel, stride, padding), channels } };
}

function windowSize(candidate: Candidate, input: IntShape): number {
  return candidate.kind === 'dense' ? elementCount(input) : candidate.kernel[0] * candidate.kernel[1] * input.channels;
}

function work(candidate: Candidate, input: IntShape): number {
  return elementCount(candidate.shape) * windowSize(candidate, input);
}

function buildNode(
  random: Random,
  candidate: Candidate,
  common: Pick<IntNode, 'name' | 'input' | 'inputTensor'>,
  format: IntFormat | null,
  samples: readonly Float64Array[],
): IntNode {
  const { kind, kernel, stride, padding, shape } = candidate;
  const { inputTensor } = common;
  const window = { kernel, stride, padding };
  if (kind === 'maxPool') return { kind, ...common, ...window, outputTensor: { ...inputTensor, shape } };
  const drawn = randomWeights(random, windowSize(candidate, inputTensor.shape), shape.channels);
  const build = (requantiser: Requantiser): IntConvNode | IntDenseNode => {
    const weights = { ...drawn, requantiser };
    const widths = deriveWidths({ name: common.name, inputFormat: inputTensor.format, ...weights });
    const outputTensor = { shape, format: requantiser.output && format ? format : widths.scaled, scale: 1 };
    const node = { ...common, ...weights, outputTensor, widths };
    return kind === 'dense' ? { kind, ...node } : { kind, ...node, ...window };
  };
  const unshifted = build(drawn.requantiser);
  const z = samples.map((sample) => evaluateNode(unshifted, sample));
  return build(calibrate(random, drawn.requantiser, z, format));
}
