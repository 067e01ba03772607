/**
 * The model in the making: drafts by name, where the elements of each tensor of the graph are in the model, and what could
 * not be taken. The model is NHWC; `places[i]` is where element i of a graph's tensor stands in the model's tensor.
 */
import type { Shape } from '../../graph/types.js';
import type { OnnxModel, OnnxNode } from '../types.js';
import { batchNormOf, emptyAffine } from './draft.js';
import type { Chain, Draft } from './draft.js';
import type { LiveGraph } from './live.js';
import type { ActivationRange, ModelNode } from '../../model/types.js';

/** A node of the graph that cannot be taken, and what to do about it. */
export interface Problem {
  readonly node: string;
  readonly operator: string;
  readonly reason: string;
  readonly remedy: string;
}

/** What to do where images lie in another order than the model's. */
export const ORDER_REMEDY = 'keep images as [1, C, H, W] up to the first dense layer';

/** Thrown to the loop over all nodes, which goes on with the next one. */
export class Refusal extends Error {
  constructor(
    readonly reason: string,
    readonly remedy: string,
  ) {
    super(reason);
  }
}

/** Where a tensor of the graph is in the model. */
export interface Source {
  /** The model's tensor: INPUT_NAME or the name of a draft. */
  readonly node: string;
  readonly shape: Shape;
  readonly dims: readonly number[];
  readonly places: Int32Array;
  /** Zeros around the image, [top, left, bottom, right], that the next window takes in. */
  readonly padding?: readonly [number, number, number, number];
}

/** One affine map per channel of the image, before the network's input. */
export interface InputMap {
  readonly gain: Float64Array;
  readonly offset: Float64Array;
}

export class Builder {
  readonly drafts = new Map<string, Draft>();
  readonly sources = new Map<string, Source>();
  readonly problems: Problem[] = [];
  private readonly counts = new Map<string, number>();

  constructor(
    readonly model: OnnxModel,
    readonly graph: LiveGraph,
    readonly where: string,
  ) {}

  /** Source of a node's input; refuses where what makes it was refused. */
  source(node: OnnxNode, index: number): Source {
    const name = node.inputs[index] ?? '';
    const source = this.sources.get(name);
    if (source !== undefined) return source;
    throw new Refusal('an input is missing: what is in front was not taken', 'see the node before');
  }

  /** True where a single node reads the tensor, so that its draft may still change. */
  hasOneReader(tensor: string): boolean {
    const readers = this.graph.nodes.reduce((n, { inputs }) => n + inputs.filter((name) => name === tensor).length, 0);
    return readers === 1 && !this.model.outputs.some(({ name }) => name === tensor);
  }

  nextName(stem: string): string {
    const count = (this.counts.get(stem) ?? 0) + 1;
    this.counts.set(stem, count);
    return `${stem}${count}`;
  }

  /** Adds a draft whose tensor is the node's first output. */
  add(node: OnnxNode, draft: Pick<Draft, 'kind' | 'name' | 'shape' | 'make'>, places: Int32Array): Draft {
    const tensor = node.outputs[0]!;
    const full: Draft = {
      ...draft,
      bias: null,
      affine: emptyAffine(),
      clamp: [null, null],
      quantiser: null,
      tensor,
    };
    this.drafts.set(draft.name, full);
    this.sources.set(tensor, { node: draft.name, shape: draft.shape, dims: this.dimsOf(tensor), places });
    return full;
  }

  /** The node's output is the same tensor of the model as its input, perhaps in another order. */
  pass(node: OnnxNode, source: Source, places: Int32Array = source.places): void {
    const tensor = node.outputs[0]!;
    this.sources.set(tensor, { ...source, dims: this.dimsOf(tensor), places });
    const draft = this.drafts.get(source.node);
    if (draft !== undefined) draft.tensor = tensor;
  }

  dimsOf(tensor: string): readonly number[] {
    return this.graph.dims.get(tensor)!;
  }

  /** The nodes with their ranges. */
  finish(rangeOf: (draft: Draft) => ActivationRange): ModelNode[] {
    return Array.from(this.drafts.values(), (draft) => {
      const { bias, clamp, quantiser } = draft;
      const chain: Chain = { bias, batchNorm: batchNormOf(draft), clamp, quantiser, range: rangeOf(draft) };
      return draft.make(chain);
    });
  }
}

/** Places of a tensor that is [1, C, …spatial] in the graph and NHWC in the model. */
export function imagePlaces({ height, width, channels }: Shape): Int32Array {
  const pixels = height * width;
  return Int32Array.from({ length: pixels * channels }, (_, i) => (i % pixels) * channels + Math.floor(i / pixels));
}

/** Shape of a tensor [1, C, …spatial]: one spatial axis is the width. */
export function imageShape(dims: readonly number[]): Shape {
  const [, channels = 1, ...spatial] = dims;
  const [height, width] = spatial.length >= 2 ? (spatial as [number, number]) : [1, spatial[0] ?? 1];
  return { height, width, channels };
}

export function samePlaces(a: Int32Array, b: Int32Array): boolean {
  return a.length === b.length && a.every((place, i) => place === b[i]);
}
