/**
 * Node by node from the float network to the integer network: where each tensor lies, which layers wait for the addition or
 * the activations behind them, and the node that each of them becomes (lower.ts prepares, this file goes through).
 */
import { own } from '../base/dictionary.js';
import { INPUT_NAME, inputsOf, readersOf } from '../graph/order.js';
import { windowSize } from '../graph/shapes.js';
import type { ChainStage } from '../model/chain.js';
import { activationStages, addFactors, isReadable, sumsOf, weightedStages } from '../model/exact-tensors.js';
import type { ExactTensor } from '../model/exact-tensors.js';
import type {
  ActivationNode,
  AddNode,
  ConcatNode,
  ConvNode,
  DenseNode,
  FlattenNode,
  FlexorModel,
  ModelNode,
  Quantiser,
} from '../model/types.js';
import type { Fusion } from './fuse.js';
import { lowerElementwise } from './lower-elementwise.js';
import { lowerWeighted } from './lower-weighted.js';
import type { LowerOptions } from './options.js';
import { Places, type Place } from './places.js';
import { averageTensor, checkAlike } from './plain-tensors.js';
import { PLAIN, quantisedFormat } from './quantise-stage.js';
import type { Encoding, QuantisedFormat } from './quantise-stage.js';
import { activationFormat, outputRange, type ActivationFormat } from './scales.js';
import type { IntNode, IntShape, LoweredBits } from './types.js';

/** A layer whose output is nowhere, because the activations behind it are done to its sums. */
interface Pending {
  readonly base: ConvNode | DenseNode | ActivationNode | AddNode;
  readonly stages: readonly ChainStage[];
}

/** What lowering has found out about a model before it goes through its nodes. */
export interface LoweringContext {
  readonly model: FlexorModel;
  readonly bits: LoweredBits;
  readonly options: LowerOptions;
  readonly shapes: ReadonlyMap<string, IntShape>;
  readonly fusions: ReadonlyMap<string, Fusion>;
  readonly shared: ReadonlyMap<string, ActivationFormat>;
  readonly exact: ReadonlyMap<string, ExactTensor>;
  readonly oneBit: ReadonlySet<string>;
}

/** Nodes with a range, whose output is rounded. */
type RangedNode = ConvNode | DenseNode | ActivationNode | AddNode;

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
    if (node.kind === 'flatten') {
      this.places.set(node.name, this.place(node.input));
      return;
    }
    if (!isRanged(node)) return this.push(node.name, this.lowerPlain(node));
    const pending = this.pendingOf(node);
    if (this.waits(node)) this.pending.set(node.name, pending);
    else this.push(node.name, this.finish(node, pending));
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
    const { quantiser = null } = node;
    if (base.kind === 'conv' || base.kind === 'dense') return this.weighted(base, null, stages, node, quantiser);
    const fusion = this.context.fusions.get(base.name);
    if (fusion !== undefined) {
      const chain = [...weightedStages(fusion.layer), ...stages];
      return this.weighted(fusion.layer, fusion, chain, node, quantiser);
    }
    return this.elementwise(base, stages, node, quantiser);
  }

  private elementwise(
    base: ActivationNode | AddNode,
    stages: readonly ChainStage[],
    node: RangedNode,
    quantiser: Quantiser | null,
  ): { node: IntNode; encoding: Encoding } {
    const names = inputsOf(base);
    const inputs = names.map((name) => {
      const { input, inputTensor } = this.places.link(base.name, name);
      return { input, tensor: inputTensor, encoding: this.place(name).encoding };
    });
    const exact = names.map((name) => {
      const tensor = this.context.exact.get(name);
      return tensor !== undefined && isReadable(tensor) ? tensor : null;
    });
    const units = sumsOf(
      base,
      exact,
      names.map((name) => this.places.shape(name)),
    );
    const ratios = base.kind === 'add' ? addFactors(exact[0]!, exact[1]!)! : [1];
    return lowerElementwise({
      name: base.name,
      inputs,
      ratios,
      units: units && units.units,
      stages,
      quantiser: quantiser ?? (stages.length === 0 ? null : this.rangeQuantiser(node)),
      oneBit: this.context.oneBit.has(node.name),
      shape: this.places.shape(node.name),
    });
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

  private weighted(
    layer: ConvNode | DenseNode,
    fusion: Fusion | null,
    stages: readonly ChainStage[],
    node: RangedNode,
    quantiser: Quantiser | null,
  ): { node: IntNode; encoding: Encoding } {
    const { model, exact, oneBit, bits, options, shared } = this.context;
    const link =
      layer.kind === 'dense'
        ? this.places.flatLink(layer.name, layer.input)
        : this.places.link(layer.name, layer.input);
    const residual = fusion && this.places.link(fusion.add.name, fusion.residual);
    const input = exact.get(layer.input) ?? null;
    const sums = fusion ? null : sumsOf(layer, [input], [this.places.shape(layer.input)]);
    const [lowered, second] = lowerWeighted(
      {
        node: layer,
        link,
        residual: residual && { input: residual.input, tensor: residual.inputTensor },
        shape: this.places.shape(layer.name),
        window: windowSize(layer, this.places.shape(layer.input)),
        stages,
        quantiser,
        oneBit: oneBit.has(node.name),
        output: { name: node.name, relu: 'relu' in node && node.relu, range: node.range },
        exact: sums && { units: sums.units, encoding: this.place(layer.input).encoding },
        last: node.name === model.output,
        shared: shared.get(node.name) ?? null,
        secondName: this.freeName(`${layer.name}_steps`),
      },
      bits,
      options,
    );
    const encoding = quantiser === null ? PLAIN : quantisedFormat(quantiser, oneBit.has(node.name)).encoding;
    if (second === undefined) return { node: lowered!, encoding };
    this.nodes.push(lowered!);
    return { node: second, encoding };
  }

  /** A name that no node of the model has. */
  private freeName(name: string): string {
    const taken = this.context.model.nodes.some((node) => node.name === name);
    return taken ? this.freeName(`${name}_`) : name;
  }
}
