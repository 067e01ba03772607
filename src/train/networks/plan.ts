/**
 * The order of work on a network, with layers joined that an engine does in one pass: an addition behind a batch norm
 * that nothing else reads becomes its residual, and a ReLU in front of a max pool is taken behind it (the same values, a
 * quarter of the work).
 */
import type { Quantiser } from '../../model/types.js';
import { isWeighted, readersOf } from '../../graph/order.js';
import type { ActivationQuantiser, AddSpec, LayerSpec, NetworkSpec, WeightedSpec } from './network.js';

export interface Step {
  readonly layer: LayerSpec;
  /** Tensor that a weighted layer's batch norm adds before its ReLU. */
  readonly residual: string | null;
  /** Whether a ReLU ends the step. */
  readonly relu: boolean;
  /** What the result is rounded to behind that; null: nothing. A step that is learnt is that of the layer `output`. */
  readonly quantiser: ActivationQuantiser | null;
  /** Name under which later steps read the result. */
  readonly output: string;
}

/** The order of work on a network. */
export interface Plan {
  /** What the images are rounded to first; null: nothing. */
  readonly inputQuantiser: Quantiser | null;
  readonly steps: readonly Step[];
}

/** One step a layer, in their order: every layer's output is there to be looked at. */
export function plainPlan(network: NetworkSpec): Plan {
  return { inputQuantiser: network.inputQuantiser ?? null, steps: network.layers.map(stepOf) };
}

function stepOf(layer: LayerSpec): Step {
  return {
    layer,
    residual: null,
    relu: hasRelu(layer),
    quantiser: ('quantiser' in layer ? layer.quantiser : undefined) ?? null,
    output: layer.name,
  };
}

function hasRelu(layer: LayerSpec): boolean {
  return (isWeighted(layer) || layer.kind === 'add') && layer.relu;
}

/** Layers by name, and who reads whom. */
class Graph {
  private readonly byName: ReadonlyMap<string, LayerSpec>;
  private readonly readers: ReadonlyMap<string, readonly LayerSpec[]>;

  constructor(network: NetworkSpec) {
    this.byName = new Map(network.layers.map((layer) => [layer.name, layer]));
    this.readers = readersOf(network.layers);
  }

  private isReadOnlyBy(name: string, reader: LayerSpec): boolean {
    const readers = this.readers.get(name)!;
    return readers.length === 1 && readers[0] === reader;
  }

  /** The input of an addition whose batch norm can do the addition. */
  joined(add: AddSpec): WeightedSpec | undefined {
    return add.inputs
      .map((name) => this.byName.get(name))
      .filter((layer) => layer !== undefined)
      .filter(isWeighted)
      .find(
        (layer) =>
          layer.batchNorm && !layer.relu && layer.quantiser === undefined && this.isReadOnlyBy(layer.name, add),
      );
  }

  /** Whether an addition takes the layer over. */
  isJoined(layer: LayerSpec): boolean {
    return (this.readers.get(layer.name) ?? []).some(
      (reader) => reader.kind === 'add' && this.joined(reader) === layer,
    );
  }

  /** Whether a max pool takes over the ReLU of what it reads; behind a batch norm it costs nothing. */
  takesRelu(pool: LayerSpec): boolean {
    if (pool.kind !== 'maxPool') return false;
    const source = this.byName.get(pool.input);
    if (source === undefined || !isWeighted(source)) return false;
    return source.relu && !source.batchNorm && source.quantiser === undefined && this.isReadOnlyBy(source.name, pool);
  }

  losesRelu(layer: LayerSpec): boolean {
    return (this.readers.get(layer.name) ?? []).some((reader) => this.takesRelu(reader));
  }
}

/** Fewer steps with the same result. */
export function fusedPlan(network: NetworkSpec): Plan {
  const graph = new Graph(network);
  const { inputQuantiser, steps } = plainPlan(network);
  const fused = steps.flatMap((step): Step[] => {
    const { layer } = step;
    if (graph.isJoined(layer)) return [];
    if (graph.takesRelu(layer)) return [{ ...step, relu: true }];
    if (graph.losesRelu(layer)) return [{ ...step, relu: false }];
    const joined = layer.kind === 'add' ? graph.joined(layer) : undefined;
    if (layer.kind !== 'add' || joined === undefined) return [step];
    const residual = layer.inputs.find((name) => name !== joined.name)!;
    return [{ ...step, layer: joined, residual }];
  });
  return { inputQuantiser, steps: fused };
}
