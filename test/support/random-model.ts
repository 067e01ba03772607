/**
 * Random float models from a seed, over everything that a `.flexor` file can state: chains, residual blocks, concatenations,
 * groups, dilation, all encodings of weights, batch norms, activations and quantisers. Those that lowering refuses with a
 * reason are drawn again.
 */
import { FlexorError } from '../../src/base/errors.js';
import { Random } from '../../src/base/random.js';
import { lowerWithPlaces, type LowerOptions } from '../../src/fixed/lower.js';
import { inputsOf, isWeighted } from '../../src/graph/order.js';
import { windowSize } from '../../src/graph/shapes.js';
import { modelShapes } from '../../src/model/shapes.js';
import { ROUNDINGS } from '../../src/model/quantiser.js';
import type { FlexorModel, ModelNode, Quantiser, WeightedNode } from '../../src/model/types.js';
import { tinyModel, type TinyNode, type TinyWeights } from './tiny-model.js';

export interface RandomModel {
  readonly model: FlexorModel;
  readonly options: LowerOptions;
  readonly lowered: ReturnType<typeof lowerWithPlaces>;
}

const DIGEST = '0'.repeat(64);

/** Equal seeds give equal models; `refused` gets the reason of every one that is drawn again. */
export function randomModel(seed: number, refused: (reason: string) => void = () => undefined): RandomModel {
  const random = Random.derive(seed, 'random model');
  const halves = Random.derive(seed, 'sums that lie halfway');
  const onHalves = halves.below(4) === 0;
  for (;;) {
    const drawn = drawModel(random);
    const model = onHalves ? withHalves(drawn, halves) : drawn;
    const options = drawOptions(random);
    try {
      return { model, options, lowered: lowerWithPlaces(model, DIGEST, options) };
    } catch (error) {
      if (!(error instanceof FlexorError)) throw error;
      refused(error.message);
    }
  }
}

const chance = (random: Random, share: number): boolean => random.float() < share;
const pick = <T>(random: Random, values: readonly T[]): T => values[random.below(values.length)]!;

function drawOptions(random: Random): LowerOptions {
  if (chance(random, 0.4)) return {};
  return {
    activationBits: pick(random, [2, 3, 4, 5, 8, 12]),
    multiplierBits: pick(random, [4, 8, 12, 16, 24]),
    inputBits: pick(random, [2, 4, 8, 10]),
    floatBits: pick(random, [1, 2, 4, 8]),
  };
}

function drawModel(random: Random): FlexorModel {
  const shape = { height: random.between(4, 7), width: random.between(4, 7), channels: random.between(1, 3) };
  const model = tinyModel(random.uint32(), drawNodes(random), shape);
  return quantised(withActivations(otherWeights(otherRanges(model, random), random), random), random);
}

function drawWeights(random: Random): TinyWeights {
  const nOut = random.between(2, 12);
  return {
    float: chance(random, 0.2),
    q: random.between(1, 2),
    nOut,
    nIn: random.between(2, Math.max(2, nOut)),
    taps: chance(random, 0.5) ? 2 : null,
    bias: chance(random, 0.5),
    batchNorm: chance(random, 0.5),
    relu: chance(random, 0.5),
  };
}

/** Shapes stay as they are until the end, so that everything can be added to and put beside everything. */
function drawNodes(random: Random): TinyNode[] {
  const channels = random.between(1, 3) * 2;
  const nodes: TinyNode[] = [same(channels, random)];
  for (let steps = random.between(1, 3); steps > 0; steps--) {
    const before = `${nodes.at(-1)!.kind}${nodes.length}`;
    switch (random.below(5)) {
      case 0:
        nodes.push({ ...same(channels, random, 1), weights: { ...drawWeights(random), relu: false } });
        nodes.push({ kind: 'add', with: before, relu: chance(random, 0.5) });
        break;
      case 1:
        nodes.push(same(channels, random));
        nodes.push({ kind: 'concat', with: [before] });
        nodes.push(same(channels, random, 1));
        break;
      case 2:
        nodes.push({ ...same(channels, random), groups: pick(random, [1, 2, channels]) });
        break;
      case 3:
        nodes.push({ kind: 'pool', kernel: [3, 3], stride: [1, 1], padding: [1, 1, 1, 1] });
        break;
      default:
        nodes.push({ kind: 'average', kernel: [2, 2], stride: [1, 1], padding: [1, 0, 0, 1] });
        nodes.push(same(channels, random));
    }
  }
  if (chance(random, 0.3)) nodes.push({ kind: 'subsample', stride: [2, 2], channelPadding: [1, 0] });
  if (chance(random, 0.3)) nodes.push({ kind: 'pool' });
  if (chance(random, 0.3)) nodes.push({ kind: 'flatten' });
  nodes.push({ kind: 'dense', channels: random.between(1, 4), weights: { ...drawWeights(random), relu: false } });
  return nodes;
}

/** A convolution that keeps height and width. */
function same(
  channels: number,
  random: Random,
  kernel = pick(random, [1, 3]),
): Extract<TinyNode, { readonly kind: 'conv' }> {
  const dilation = chance(random, 0.3) ? 2 : 1;
  const pad = ((kernel - 1) * dilation) / 2;
  return {
    kind: 'conv',
    channels,
    kernel: [kernel, kernel],
    padding: [pad, pad, pad, pad],
    dilation: [dilation, dilation],
    weights: drawWeights(random),
  };
}

/** Ranges that fit, that are off, that are 0. */
function otherRanges(model: FlexorModel, random: Random): FlexorModel {
  const nodes = model.nodes.map((node) => {
    if (!('range' in node) || chance(random, 0.4)) return node;
    const factor = chance(random, 0.1) ? 0 : 2 ** random.between(-3, 3) * (0.5 + random.float());
    const low = chance(random, 0.3) ? 0 : node.range.min * factor;
    return { ...node, range: { min: low, max: node.range.max * factor } };
  });
  return { ...model, nodes };
}

/** Some layers of integers in the place of codes. */
function otherWeights(model: FlexorModel, random: Random): FlexorModel {
  const nodes = model.nodes.map((node): ModelNode => {
    if (!isWeighted(node) || node.weights.encoding !== 'float' || chance(random, 0.5)) return node;
    const bits = random.between(2, 6);
    const values = Int32Array.from(node.weights.values, () => random.between(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1));
    const common = chance(random, 0.5);
    const scale = Float32Array.from({ length: node.outChannels }, () =>
      common ? 0.0625 : 0.02 + 0.1 * random.float(),
    );
    return { ...node, weights: { encoding: 'int', bits, values, scale } };
  });
  return { ...model, nodes };
}

/** An activation behind some layers without ReLU, and behind some pools. */
function withActivations(model: FlexorModel, random: Random): FlexorModel {
  let nodes: ModelNode[] = [...model.nodes];
  for (const node of model.nodes) {
    const own = 'range' in node ? node.range : node.kind.endsWith('Pool') ? { min: -2, max: 3 } : null;
    if (own === null || node.name === model.output || ('relu' in node && node.relu) || chance(random, 0.7)) continue;
    const name = `act_${node.name}`;
    const clamp = pick(random, [
      [0, null],
      [-1, 1],
      [null, null],
    ] as const);
    const norm = isWeighted(node) && chance(random, 0.4) ? (node as WeightedNode).batchNorm : null;
    const range = clamp[0] === 0 ? { min: 0, max: own.max } : own;
    const act: ModelNode = { kind: 'activation', name, input: node.name, batchNorm: norm, clamp, range };
    nodes = nodes.flatMap((each) => (each.name === node.name ? [each, act] : [reading(each, node.name, name)]));
  }
  return { ...model, nodes };
}

function reading(node: ModelNode, from: string, to: string): ModelNode {
  if (node.kind === 'add' || node.kind === 'concat') {
    const inputs = inputsOf(node).map((name) => (name === from ? to : name));
    return { ...node, inputs } as unknown as ModelNode;
  }
  return node.input === from ? { ...node, input: to } : node;
}

/** Quantisers, in about half of the models: everywhere, or here and there. */
function quantised(model: FlexorModel, random: Random): FlexorModel {
  if (chance(random, 0.5)) return model;
  const share = pick(random, [0.3, 1]);
  const alike = chance(random, 0.5) ? drawQuantiser(random, 2) : null;
  const nodes = model.nodes.map((node) => {
    if (!('range' in node) || node.name === model.output || !chance(random, share)) return node;
    return { ...node, quantiser: alike ?? drawQuantiser(random, Math.max(-node.range.min, node.range.max, 0.1)) };
  });
  const { input } = model;
  const given = chance(random, 0.8) ? { quantiser: drawQuantiser(random, 2) } : {};
  return { ...model, input: { ...input, ...given }, nodes };
}

/** Powers of two everywhere and halves to the even integer, so that sums lie on them. */
function withHalves(model: FlexorModel, random: Random): FlexorModel {
  const quantiser = (signed: boolean): Quantiser => {
    const [bits, scale] = [random.between(2, 4), 2 ** -random.between(0, 3)];
    return { kind: 'uniform', bits, signed, narrow: false, scale, rounding: 'half-even' };
  };
  const shapes = modelShapes(model);
  const nodes = model.nodes.map((node): ModelNode => {
    if (!('range' in node)) return node;
    const rounded = node.name === model.output ? {} : { quantiser: quantiser(chance(random, 0.5)) };
    if (!isWeighted(node)) return { ...node, ...rounded };
    const scale = new Float32Array(node.outChannels).fill(2 ** -random.between(1, 3));
    const values = Int32Array.from({ length: windowSize(node, shapes.get(node.input)!) * node.outChannels }, () =>
      random.between(-4, 3),
    );
    return { ...node, ...rounded, bias: null, batchNorm: null, weights: { encoding: 'int', bits: 3, values, scale } };
  });
  return { ...model, input: { ...model.input, quantiser: quantiser(false) }, nodes };
}

function drawQuantiser(random: Random, largest: number): Quantiser {
  if (chance(random, 0.25)) return { kind: 'bipolar', scale: pick(random, [1, 0.5, largest]) };
  const bits = random.between(2, 5);
  const signed = chance(random, 0.4);
  const scale = chance(random, 0.5) ? 2 ** Math.round(Math.log2(largest / 2 ** bits)) : largest / 2 ** bits;
  return { kind: 'uniform', bits, signed, narrow: chance(random, 0.2), scale, rounding: pick(random, ROUNDINGS) };
}
