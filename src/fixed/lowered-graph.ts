/**
 * Node by node from the float network to the integer network: where each tensor lies, which layers wait for the addition or
 * the activations behind them, and the node that each of them becomes (lower.ts prepares, this file goes through).
 */
import { own } from '../base/dictionary.js';
import { INPUT_NAME, inputsOf, readersOf } from '../graph/order.js';
import type { ChainStage } from '../model/chain.js';
import { activationStages, addFactors, isReadable, sumsOf, weightedStages } from '../model/exact-tensors.js';
import type {
  ActivationNode,
  AddNode,
  ConcatNode,
  ConvNode,
  DenseNode,
  FlattenNode,
  ModelNode,
  Quantiser,
} from '../model/types.js';
import { lowerExactSum, lowerWeighted } from './lower-weighted.js';
import { Places, type Place } from './places.js';
import { averageTensor, checkAlike } from './plain-tensors.js';
import { identityLayer, sumLayer } from './point-layers.js';
import type { Summand } from './point-layers.js';
import { PLAIN, quantisedFormat } from './quantise-stage.js';
import type { Encoding, QuantisedFormat } from './quantise-stage.js';
import { activationFormat, outputRange, type ActivationFormat } from './scales.js';
import type { IntConvNode, IntDenseNode, IntNode } from './types.js';
import { freeName, layerOf } from './weighted-chain.js';
import type { LoweringContext, RangedNode, WeightedChain } from './weighted-chain.js';

/** A layer whose output is nowhere, because the activations behind it are done to its sums. */
interface Pending {
  readonly base: ConvNode | DenseNode | ActivationNode | AddNode;
  readonly stages: readonly ChainStage[];
}

function isRanged(node: ModelNode): node is RangedNode {
  return 'range' in node;
}

/** The integer network as it grows, node by node in the order of the model. */
export class LoweredGraph {
  readonly nodes: IntNode[] = [];
  private readonly places: Places;
  private readonly pending = new Map<string, Pending>();
  /** Layers that wait for their addition. */
  private readonly fused: ReadonlySet<string>;
  private readonly readers: ReadonlyMap<string, readonly ModelNode[]>;

  constructor(
    private readonly context: LoweringContext,
    input: ActivationFormat & Partial<QuantisedFormat>,
  ) {
    const { model, fusions, shapes } = context;
    const { format, scale, zero, encoding = PLAIN } = input;
    const tensor = { shape: model.input.shape, format, scale, ...(zero === undefined ? {} : { zero }) };
    this.places = new Places(shapes);
    this.places.set(INPUT_NAME, { name: INPUT_NAME, tensor, encoding });
    this.fused = new Set(Array.from(fusions.values(), ({ layer }) => layer.name));
    this.readers = readersOf(model.nodes);
  }

  /** Where the output of a float node, or the input, is. */
  place(name: string): Place {
    return this.places.of(name);
  }

  namedPlaces(): ReadonlyMap<string, string> {
    return this.places.names();
  }

  /** Lowers the next node; a fused layer comes with its addition. */
  add(node: ModelNode): void {
    if (this.fused.has(node.name)) return;
    if (node.kind === 'flatten' || this.isIdle(node)) {
      this.places.set(node.name, this.place(node.input));
      return;
    }
    if (!isRanged(node)) return this.push(node.name, this.lowerPlain(node));
    const pending = this.pendingOf(node);
    if (this.waits(node)) this.pending.set(node.name, pending);
    else this.push(node.name, this.finish(node, pending));
  }

  /** An activation that does nothing to numbers that have a place. */
  private isIdle(node: ModelNode): node is ActivationNode {
    if (node.kind !== 'activation' || node.quantiser !== undefined || this.pending.has(node.input)) return false;
    return activationStages(node).length === 0;
  }

  /** Goes on behind a node that was refused: with the output that it states, or that of its input. */
  assume(node: ModelNode): void {
    const { oneBit } = this.context;
    const shape = this.places.shape(node.name);
    if (isRanged(node)) {
      const { format, scale, zero, encoding } = quantisedFormat(
        node.quantiser ?? this.rangeQuantiser(node),
        oneBit.has(node.name),
      );
      const tensor = { shape, format, scale, ...(zero === undefined ? {} : { zero }) };
      this.places.set(node.name, { name: node.name, tensor, encoding });
      return;
    }
    const { tensor, encoding } = this.place(inputsOf(node)[0]!);
    this.places.set(node.name, { name: node.name, tensor: { ...tensor, shape }, encoding });
  }

  private push(name: string, { node, encoding }: { node: IntNode; encoding: Encoding }): void {
    this.nodes.push(node);
    this.places.set(name, { name: node.name, tensor: node.outputTensor, encoding });
  }

  /** A node's chain, behind what waits in front of it. */
  private pendingOf(node: RangedNode): Pending {
    switch (node.kind) {
      case 'conv':
      case 'dense':
        return { base: node, stages: weightedStages(node) };
      case 'add':
        return { base: node, stages: node.relu ? [{ kind: 'clamp', low: 0, high: null }] : [] };
      case 'activation': {
        const before = this.pending.get(node.input);
        if (before === undefined) return { base: node, stages: activationStages(node) };
        return { base: before.base, stages: [...before.stages, ...activationStages(node)] };
      }
    }
  }

  /** True where all that reads a node's output are activations, which can be done to its sums. */
  private waits(node: RangedNode): boolean {
    const readers = this.readers.get(node.name) ?? [];
    return node.quantiser === undefined && readers.length > 0 && readers.every(({ kind }) => kind === 'activation');
  }

  /** The node of the integer network for a chain that ends in `node`. */
  private finish(node: RangedNode, { base, stages }: Pending): { node: IntNode; encoding: Encoding } {
    const end = { node, quantiser: node.quantiser ?? null };
    if (base.kind === 'conv' || base.kind === 'dense')
      return this.weighted({ layer: base, fusion: null, stages, ...end });
    const fusion = this.context.fusions.get(base.name);
    if (fusion !== undefined) {
      const { layer } = fusion;
      return this.weighted({ layer, fusion, stages: [...weightedStages(layer), ...stages], ...end });
    }
    const layer = identityLayer(base.name, inputsOf(base)[0]!, this.places.shape(base.name).channels);
    if (base.kind === 'activation') return this.weighted({ layer, fusion: null, stages, ...end });
    return this.sum(base, { layer, fusion: { add: base, layer, residual: base.inputs[1] }, stages, ...end });
  }

  /** A sum of which no input is a layer that it could be a part of. */
  private sum(add: AddNode, chain: WeightedChain): { node: IntNode; encoding: Encoding } {
    const { exact, bits, options } = this.context;
    const [a, b] = add.inputs.map((name) => exact.get(name));
    const ratios = a && b && isReadable(a) && isReadable(b) ? addFactors(a, b) : null;
    if (ratios === null) return this.weighted(chain);
    const inSum = lowerExactSum(layerOf(chain, this.context, this.places), bits, options);
    return inSum === null ? this.sumOfIntegers(add, ratios, chain) : this.placed(inSum, chain);
  }

  /** Two layers: the sum as it is, and what is done to it; one where nothing is. */
  private sumOfIntegers(add: AddNode, ratios: readonly [number, number], chain: WeightedChain) {
    const shape = this.places.shape(add.name);
    const summands = add.inputs.map((input, i) => ({
      ...this.places.link(add.name, input),
      encoding: this.place(input).encoding,
      ratio: ratios[i]!,
    })) as [Summand, Summand];
    const alone = chain.quantiser === null && chain.stages.length === 0;
    const name = alone ? add.name : freeName(this.context.model, `${add.name}_sum`);
    const { node, encoding } = sumLayer(name, summands, shape);
    if (alone) return { node, encoding };
    this.nodes.push(node);
    const inputs = add.inputs.map((input) => this.context.exact.get(input)!);
    const exact = { ...sumsOf(add, inputs, [shape, shape])!, stages: [] };
    const link = { name: add.name, input: name, inputTensor: node.outputTensor };
    return this.weighted({ ...chain, fusion: null, input: { link, shape, exact, encoding } });
  }

  /** Where the model states no quantiser, its range gives one. */
  private rangeQuantiser(node: RangedNode): Quantiser {
    const { layerBits, activationBits } = this.context.bits;
    const bits = own(layerBits, node.name) ?? activationBits;
    const relu = 'relu' in node && node.relu;
    const { format, scale } = activationFormat(outputRange({ relu, range: node.range }), bits, node.name);
    return { kind: 'uniform', ...format, narrow: false, scale, rounding: 'half-up' };
  }

  private lowerPlain(node: Exclude<ModelNode, RangedNode | FlattenNode>): { node: IntNode; encoding: Encoding } {
    const encoding = this.place(inputsOf(node)[0]!).encoding;
    switch (node.kind) {
      case 'maxPool': {
        const link = this.places.link(node.name, node.input);
        const { kernel, stride, padding } = node;
        const outputTensor = { ...link.inputTensor, shape: this.places.shape(node.name) };
        return { node: { kind: 'maxPool', ...link, kernel, stride, padding, outputTensor }, encoding };
      }
      case 'avgPool': {
        const link = this.places.link(node.name, node.input);
        const { kernel, stride, padding } = node;
        const taps = kernel[0] * kernel[1];
        const outputTensor = averageTensor(node.name, link.inputTensor, taps, this.places.shape(node.name));
        return {
          node: { kind: 'avgPool', ...link, kernel, stride, padding, outputTensor },
          encoding: { factor: encoding.factor, offset: taps * encoding.offset },
        };
      }
      case 'subsample': {
        const link = this.places.link(node.name, node.input);
        const { stride, channelPadding } = node;
        const outputTensor = { ...link.inputTensor, shape: this.places.shape(node.name) };
        return { node: { kind: 'subsample', ...link, stride, channelPadding, outputTensor }, encoding };
      }
      case 'concat':
        return { node: this.concat(node), encoding };
    }
  }

  private concat({ name, inputs }: ConcatNode): IntNode {
    const links = inputs.map((input) => this.places.link(name, input));
    const inputTensors = links.map(({ inputTensor }) => inputTensor);
    checkAlike(name, inputs, inputTensors);
    const outputTensor = { ...inputTensors[0]!, shape: this.places.shape(name) };
    return { kind: 'concat', name, inputs: links.map(({ input }) => input), inputTensors, outputTensor };
  }

  private weighted(chain: WeightedChain): { node: IntNode; encoding: Encoding } {
    const { bits, options } = this.context;
    return this.placed(lowerWeighted(layerOf(chain, this.context, this.places), bits, options), chain);
  }

  /** The last of one or two nodes; the one in front of it has its place already. */
  private placed(
    [first, second]: readonly (IntConvNode | IntDenseNode)[],
    { node, quantiser }: WeightedChain,
  ): { node: IntNode; encoding: Encoding } {
    const oneBit = this.context.oneBit.has(node.name);
    const encoding = quantiser === null ? PLAIN : quantisedFormat(quantiser, oneBit).encoding;
    if (second === undefined) return { node: first!, encoding };
    this.nodes.push(first!);
    return { node: second, encoding };
  }
}
