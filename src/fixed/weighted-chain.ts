/** A layer with weights, and the chain behind it, as lowering takes them: what it reads, its integers, its output. */
import { windowSize } from '../graph/shapes.js';
import type { ChainStage } from '../model/chain.js';
import { isReadable, sumsOf, weightedStages } from '../model/exact-tensors.js';
import type { ExactTensor } from '../model/exact-tensors.js';
import type { ActivationNode, AddNode, ConvNode, DenseNode, FlexorModel, Quantiser } from '../model/types.js';
import type { Fusion } from './fuse.js';
import type { WeightedLayer } from './lower-weighted.js';
import type { LowerOptions } from './options.js';
import type { Link, Places } from './places.js';
import type { Encoding } from './quantise-stage.js';
import type { Added } from './residual-steps.js';
import type { ActivationFormat } from './scales.js';
import type { IntShape, LoweredBits } from './types.js';

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
export type RangedNode = ConvNode | DenseNode | ActivationNode | AddNode;

/** What a layer with weights reads. */
interface LayerInput {
  readonly link: Link;
  /** As the model has it. */
  readonly shape: IntShape;
  readonly exact: ExactTensor | null;
  readonly encoding: Encoding;
}

/** A layer with weights, what is done to its sums, and the node of the model at the end of that. */
export interface WeightedChain {
  readonly layer: ConvNode | DenseNode;
  readonly fusion: Fusion | null;
  readonly stages: readonly ChainStage[];
  readonly node: RangedNode;
  readonly quantiser: Quantiser | null;
  /** Where that is not the tensor that the layer names. */
  readonly input?: LayerInput;
}

/** The layer at the head of a chain. */
export function layerOf(chain: WeightedChain, context: LoweringContext, places: Places): WeightedLayer {
  const { layer, fusion, stages, node, quantiser, input = inputOf(layer, context, places) } = chain;
  const residual = fusion && places.link(fusion.add.name, fusion.residual);
  const sums = sumsOf(layer, [input.exact], [input.shape]);
  return {
    node: layer,
    link: input.link,
    residual: residual && { input: residual.input, tensor: residual.inputTensor },
    shape: places.shape(layer.name),
    window: windowSize(layer, input.shape),
    stages,
    quantiser,
    oneBit: context.oneBit.has(node.name),
    output: { name: node.name, relu: 'relu' in node && node.relu, range: node.range },
    exact: sums && { units: sums.units, encoding: input.encoding },
    added: fusion && addedOf(fusion, context, places),
    last: node.name === context.model.output,
    shared: context.shared.get(node.name) ?? null,
    secondName: freeName(context.model, `${layer.name}_steps`),
  };
}

function inputOf({ kind, name, input }: ConvNode | DenseNode, { exact }: LoweringContext, places: Places): LayerInput {
  return {
    link: kind === 'dense' ? places.flatLink(name, input) : places.link(name, input),
    shape: places.shape(input),
    exact: exact.get(input) ?? null,
    encoding: places.of(input).encoding,
  };
}

function addedOf({ layer, residual }: Fusion, { exact }: LoweringContext, places: Places): Added | null {
  const tensor = exact.get(residual);
  if (tensor === undefined || !isReadable(tensor)) return null;
  return { tensor, encoding: places.of(residual).encoding, stagesBefore: weightedStages(layer).length };
}

/** A name that no node of the model has. */
export function freeName(model: FlexorModel, name: string): string {
  return model.nodes.some((node) => node.name === name) ? freeName(model, `${name}_`) : name;
}
