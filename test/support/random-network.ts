/**
 * Random integer networks and images from a seed, built directly at integer level. Every engine (reference loop, simulator,
 * RTL) runs them and must agree bit for bit. Sizes are small so that RTL simulation is quick. A network grows step by step:
 * a layer, or a residual block whose shortcut is the identity, a subsample or a projection; besides, any layer may add an
 * earlier stream of its output's shape.
 */
import { lcm } from '../../src/base/bits.js';
import { sha256 } from '../../src/base/files.js';
import { Random } from '../../src/base/random.js';
import { formatRange, sumFormat } from '../../src/fixed/shapes.js';
import { inputsOf, isWeighted } from '../../src/graph/order.js';
import { elementCount, sameShape } from '../../src/graph/shapes.js';
import type {
  IntConvNode,
  IntDenseNode,
  IntFormat,
  IntNetwork,
  IntNode,
  IntPoolNode,
  IntResidual,
  IntShape,
  IntTensor,
  Requantiser,
} from '../../src/fixed/types.js';
import { MAX_ACTIVATION_BITS, verifyNetwork } from '../../src/fixed/verify.js';
import { deriveWidths } from '../../src/fixed/widths.js';
import { evaluateNode } from '../../src/simulate/reference.js';
import {
  candidateWindow,
  chooseLayer,
  randomFormat,
  sameConv,
  work,
  type Candidate,
  type Pair,
} from './random-layers.js';
import { calibrate, randomWeights, residualMultiplier } from './random-weights.js';

export interface RandomNetworkOptions {
  /** Most steps of a network; 5. */
  readonly maxLayers?: number;
  /** Most height and width of the input; 9. */
  readonly maxSide?: number;
  /** Upper bound of Σ V·C_out·pixels; 200,000. */
  readonly maxWork?: number;
  /** Most bits of activations; 12. */
  readonly maxBits?: number;
  /** Channels of layers but the last are multiples of this; 1. */
  readonly channelStep?: number;
  /** Ends a network after so many steps, the same ones but for the last: smaller networks that may fail like a larger one. */
  readonly stopAfter?: number;
  /** With groups, dilation and concatenations; false. */
  readonly spread?: boolean;
}

const drawn = new Map<string, IntNetwork>();

/** A verified random network; equal seeds and options give the same network, which is drawn once. */
export function randomNetwork(seed: number, options: RandomNetworkOptions = {}): IntNetwork {
  const key = JSON.stringify([seed, options]);
  const network = drawn.get(key) ?? freshNetwork(seed, options);
  drawn.set(key, network);
  return network;
}

/** The same network, drawn anew. */
export function freshNetwork(seed: number, options: RandomNetworkOptions = {}): IntNetwork {
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
      bits: null,
      loadable: false,
      input,
      nodes,
      classes,
    });
  }
}

/** Images on which a network is calibrated while it is built. */
const SAMPLES = 5;

/** A stream of the network so far, with its values for the sample images. */
interface Source {
  readonly name: string;
  readonly tensor: IntTensor;
  readonly samples: readonly Float64Array[];
}

interface Draft {
  readonly input: IntTensor;
  readonly nodes: readonly IntNode[];
  /** Outputs of the samples. */
  readonly logits: readonly Float64Array[];
}

function drawNetwork(random: Random, options: RandomNetworkOptions): Draft {
  const {
    maxLayers = 5,
    maxSide = 9,
    maxWork = 200_000,
    maxBits = 12,
    channelStep = 1,
    stopAfter = Infinity,
    spread = false,
  } = options;
  const steps = random.between(1, maxLayers);
  const input: IntTensor = {
    shape: {
      height: random.between(1, maxSide),
      width: random.between(1, maxSide),
      channels: random.pick([1, 1, 2, 3, random.between(1, 24)]),
    },
    format: randomFormat(random, maxBits),
    scale: 1,
  };
  const samples = randomImagesOf(input, SAMPLES, random).map((image) => Float64Array.from(image));
  const growing = new GrowingNetwork(random, { name: 'input', tensor: input, samples }, maxBits, channelStep, spread);
  const last = Math.min(steps, stopAfter) - 1;
  for (let i = 0; i < last; i++) {
    if (spread && random.below(3) === 0) growing.addConcat(maxWork / steps);
    else if (random.below(3) > 0 || !growing.addBlock(maxWork / steps)) growing.addLayer(maxWork / steps);
  }
  const logits = growing.addLogits(maxWork / steps);
  return { input, nodes: growing.nodes, logits: logits.samples };
}

class GrowingNetwork {
  readonly nodes: IntNode[] = [];
  private readonly sources: Source[];

  constructor(
    private readonly random: Random,
    input: Source,
    private readonly maxBits: number,
    private readonly channelStep: number,
    private readonly spread: boolean,
  ) {
    this.sources = [input];
  }

  /** A multiple of the step, and of a convolution's groups. */
  private rounded(channels: number, groups = 1): number {
    const step = lcm(this.channelStep, groups);
    return step * Math.ceil(channels / step);
  }

  private get end(): Source {
    return this.sources.at(-1)!;
  }

  addLogits(budget: number): Source {
    return this.weighted(
      chooseLayer(this.random, this.end.tensor.shape, true, budget, this.spread),
      this.end,
      null,
      null,
    );
  }

  addLayer(budget: number): void {
    const from = this.end;
    const candidate = chooseLayer(this.random, from.tensor.shape, false, budget, this.spread);
    const format = randomFormat(this.random, this.maxBits);
    if (candidate.kind === 'maxPool' || candidate.kind === 'avgPool') {
      const [height, width] = candidate.kernel;
      const exact = sumFormat(from.tensor.format, height * width).bits <= MAX_ACTIVATION_BITS;
      this.pool(candidate, exact ? candidate.kind : 'maxPool', from);
      return;
    }
    const shape = { ...candidate.shape, channels: this.rounded(candidate.shape.channels, candidate.groups) };
    this.weighted({ ...candidate, shape }, from, format, this.earlier(shape));
  }

  /** One to three convolutions of the end, side by side and, now and then, with the end itself. */
  addConcat(budget: number): void {
    const { random, end: from } = this;
    const { shape, format, scale } = from.tensor;
    // What a convolution gives has scale 1 here.
    const withEnd = scale === 1 && format.bits > 1 && random.below(2) === 0;
    const common = withEnd ? format : randomFormat(random, this.maxBits);
    const branches = Array.from({ length: random.between(withEnd ? 1 : 2, 3) }, () => {
      const conv = sameConv(random.pick([1, 1, 3]), [1, 1], shape, this.rounded(random.between(1, 4)));
      return work(conv, shape) > budget / 2 ? null : this.weighted(conv, from, common, null);
    });
    const parts = [...(withEnd ? [from] : []), ...branches.filter((branch) => branch !== null)];
    if (parts.length < 2) return;
    const order = random.permutation(parts.length);
    const sources = Array.from(order, (i) => parts[i]!);
    const inputTensors = sources.map(({ tensor }) => tensor);
    const channels = inputTensors.reduce((sum, tensor) => sum + tensor.shape.channels, 0);
    const outputTensor = { ...inputTensors[0]!, shape: { ...shape, channels } };
    const inputs = sources.map(({ name }) => name);
    this.push({ kind: 'concat', name: this.nameOf('concat'), inputs, inputTensors, outputTensor }, sources);
  }

  /** An earlier stream of this shape to add, now and then. */
  private earlier(shape: IntShape): Source | null {
    const same = this.sources.filter(({ tensor }) => sameShape(tensor.shape, shape));
    return same.length > 0 && this.random.below(3) === 0 ? this.random.pick(same) : null;
  }

  /** One or two convolutions around which a shortcut leads. False, and nothing done, where they would be too much work. */
  addBlock(budget: number): boolean {
    const { random, end: from } = this;
    const { shape } = from.tensor;
    const s = random.pick([1, 1, 2]);
    const stride: Pair = random.below(6) === 0 ? [1, s] : [s, s];
    const channels = this.rounded(random.pick([shape.channels, shape.channels, random.between(1, 12)]));
    const kernel = (): number => random.pick([1, 3, 3]);
    const first = random.below(3) > 0 ? sameConv(kernel(), stride, shape, this.rounded(random.between(1, 8))) : null;
    const inner = first?.shape ?? shape;
    const second = sameConv(kernel(), first ? [1, 1] : stride, inner, channels);
    if (work(second, inner) + (first ? work(first, shape) : 0) > budget) return false;
    const shortcutFirst = random.below(2) === 0;
    let shortcut = shortcutFirst ? this.shortcut(from, second.shape, stride) : null;
    const body = first ? this.weighted(first, from, randomFormat(random, this.maxBits), null) : from;
    shortcut ??= this.shortcut(from, second.shape, stride);
    this.weighted(second, body, randomFormat(random, this.maxBits), shortcut);
    return true;
  }

  private shortcut(from: Source, shape: IntShape, stride: Pair): Source {
    const { random } = this;
    const extra = shape.channels - from.tensor.shape.channels;
    if (extra < 0 || random.below(3) === 0) {
      const format = { bits: random.between(2, Math.max(2, this.maxBits)), signed: true };
      return this.weighted(sameConv(1, stride, from.tensor.shape, shape.channels), from, format, null);
    }
    if (sameShape(from.tensor.shape, shape)) return from;
    const before = Math.min(extra, this.rounded(random.below(extra + 1)));
    return this.push(
      {
        kind: 'subsample',
        ...this.common('subsample', from),
        stride,
        channelPadding: [before, extra - before],
        outputTensor: { ...from.tensor, shape },
      },
      [from],
    );
  }

  private nameOf(kind: IntNode['kind']): string {
    return `${kind}${this.nodes.length + 1}`;
  }

  private common(kind: IntNode['kind'], from: Source): Pick<IntDenseNode, 'name' | 'input' | 'inputTensor'> {
    return { name: this.nameOf(kind), input: from.name, inputTensor: from.tensor };
  }

  private pool({ kernel, stride, padding, shape }: Candidate, kind: IntPoolNode['kind'], from: Source): Source {
    const taps = kind === 'avgPool' ? kernel[0] * kernel[1] : 1;
    const { format, scale } = from.tensor;
    const outputTensor = { shape, format: sumFormat(format, taps), scale: scale / taps };
    return this.push({ kind, ...this.common(kind, from), kernel, stride, padding, outputTensor }, [from]);
  }

  /** `format`: null for the logits. */
  private weighted(candidate: Candidate, from: Source, format: IntFormat | null, residual: Source | null): Source {
    const { random } = this;
    const { kind, kernel, stride, padding, dilation, groups, shape } = candidate;
    if (kind !== 'conv' && kind !== 'dense') throw new Error(`no weights in a ${kind}`);
    const common = this.common(kind, from);
    const drawn = randomWeights(random, candidateWindow(candidate, from.tensor.shape), shape.channels);
    const build = (requantiser: Requantiser, added: IntResidual | null): IntConvNode | IntDenseNode => {
      const weights = { ...drawn, residual: added, requantiser };
      const widths = deriveWidths({ name: common.name, inputFormat: from.tensor.format, ...weights });
      const outputTensor = { shape, format: requantiser.output && format ? format : widths.scaled, scale: 1 };
      const node = { ...common, ...weights, outputTensor, widths };
      return kind === 'dense' ? { kind, ...node } : { kind, ...node, kernel, stride, padding, dilation, groups };
    };
    const alone = evaluateAll(build(drawn.requantiser, null), [from]);
    const added = residual && {
      input: residual.name,
      tensor: residual.tensor,
      multiplier: residualMultiplier(random, alone, residual.samples),
    };
    const sources = residual ? [from, residual] : [from];
    const z = evaluateAll(build(drawn.requantiser, added), sources);
    return this.push(build(calibrate(random, drawn.requantiser, z, format), added), sources);
  }

  private push(node: IntNode, sources: readonly Source[]): Source {
    this.nodes.push(node);
    const source = { name: node.name, tensor: node.outputTensor, samples: evaluateAll(node, sources) };
    this.sources.push(source);
    return source;
  }
}

function evaluateAll(node: IntNode, sources: readonly Source[]): Float64Array[] {
  return sources[0]!.samples.map((_, i) =>
    evaluateNode(
      node,
      sources.map(({ samples }) => samples[i]!),
    ),
  );
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
    const stride = 'stride' in node ? ` s${node.stride.join('x')}` : '';
    const window = 'kernel' in node ? ` k${node.kernel.join('x')} p${node.padding.join(',')}` : '';
    const spread = node.kind === 'conv' && (node.groups > 1 || node.dilation.join() !== '1,1');
    const taps = spread ? ` d${node.dilation.join('x')} g${node.groups}` : '';
    const planes = isWeighted(node) ? ` ${node.planes.map((p) => `${p.nIn}>${p.nOut}`).join('+')}` : '';
    const joined = isWeighted(node) && node.requantiser.joined ? ' joined' : '';
    return `${node.name}(${inputsOf(node).join('+')})${window}${stride}${taps}${planes}${joined} -> ${tensor(node.outputTensor)}`;
  });
  return `${network.name}: ${tensor(network.input)} | ${parts.join(' | ')}`;
}
