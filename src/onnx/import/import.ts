/**
 * A model from a graph. Every operator is looked at once, in order; what cannot be taken is collected for all nodes before
 * anything is said. The result is written apart from the executor, which judges it (src/app/import-verify.ts).
 */
import { FlexorError } from '../../base/errors.js';
import { INPUT_NAME } from '../../graph/order.js';
import type { Shape } from '../../graph/types.js';
import { quantiserLimits } from '../../model/quantiser.js';
import type { ActivationRange, FlexorModel, ModelNode, Provenance } from '../../model/types.js';
import { verifyModel } from '../../model/verify.js';
import { executeGraph } from '../execute/run.js';
import { executeNode } from '../execute/run.js';
import type { Value } from '../execute/value.js';
import type { OnnxModel, OnnxNode } from '../types.js';
import { importArithmetic, importBatchNorm, importClamp, importQuantiser } from './activations.js';
import { Builder, imagePlaces, imageShape, Refusal } from './builder.js';
import type { Problem, Source } from './builder.js';
import type { Draft } from './draft.js';
import { ImportInput } from './input.js';
import type { PixelMap } from './input.js';
import { importConcat, importConv, importGlobalPool, importPad, importPool } from './layers.js';
import { importGemm, importMatMul } from './products.js';
import { indexed, liveGraph, unknownNodes } from './live.js';
import { importMultiThreshold, importTrunc } from './thresholds.js';
import { finishLogits } from './logits.js';

export interface ImportOptions {
  readonly name: string;
  readonly pixels: PixelMap;
  readonly classes: readonly string[] | null;
  readonly provenance: Provenance;
  /** Inputs of the graph, row-major, from which ranges of tensors without a quantiser are measured. */
  readonly samples: readonly Float64Array[];
}

/** A tensor that graph and model both have. */
export interface SharedTensor {
  readonly tensor: string;
  /** Name of the model's node, or INPUT_NAME. */
  readonly node: string;
  /** Element i of the graph's tensor is element places[i] of the model's. */
  readonly places: Int32Array;
}

export interface Imported {
  readonly model: FlexorModel;
  readonly shared: readonly SharedTensor[];
  /** What a user should know: what was left out, what is not exact. */
  readonly notes: readonly string[];
  /** An element of the graph's input as the model's preprocessing makes it, NHWC. */
  preprocess(input: Float64Array): Float32Array;
}

/** Everything that cannot be taken. */
export class ImportProblems extends FlexorError {
  constructor(
    where: string,
    readonly problems: readonly Problem[],
    nodes: number,
  ) {
    super('unsupported', `${where}: ${problems.length} of ${nodes} nodes cannot be imported`);
  }
}

export function importOnnx(onnx: OnnxModel, where: string, options: ImportOptions): Imported {
  const unknown = unknownNodes(onnx);
  if (unknown.length > 0) throw new ImportProblems(where, unknown.map(unsupported), onnx.nodes.length);
  const [port, ...more] = onnx.inputs;
  if (port === undefined || more.length > 0) {
    throw new FlexorError('unsupported', `${where}: must have one input, got ${onnx.inputs.length}`);
  }
  const graph = liveGraph({ ...onnx, outputs: onnx.outputs.slice(0, 1) }, where);
  const builder = new Builder({ ...onnx, outputs: onnx.outputs.slice(0, 1) }, graph, where);
  const dims = graph.dims.get(port.name)!;
  const { shape, places } = inputLayout(builder, port.name, dims);
  const input = new ImportInput(shape, options.pixels);
  builder.sources.set(port.name, { node: INPUT_NAME, shape, dims, places });
  for (const node of graph.nodes) takeNode(builder, input, node);
  if (builder.problems.length > 0) throw new ImportProblems(where, builder.problems, onnx.nodes.length);
  const notes: string[] = [];
  const output = finishLogits(builder, onnx.outputs[0]!.name, notes);
  const ranges = measuredRanges(onnx, options.samples, where);
  const nodes = builder.finish((draft) => rangeOf(draft, ranges));
  const model: FlexorModel = {
    name: options.name,
    input: input.finish(inputRange(input, ranges.get(port.name))),
    nodes,
    output,
    classes: options.classes ?? classNames(builder.drafts.get(output)!),
    provenance: options.provenance,
  };
  verifyModel(model, where);
  notes.push(...inexactLayers(nodes));
  return { model, shared: sharedTensors(builder), notes, preprocess: preprocessing(input, places) };
}

/**
 * Images are [1, C, H, W], or [1, H, W, C] where a Transpose to that order is all that reads them; a vector that is reshaped to
 * an image in front of the first layer is that image.
 */
function inputLayout(
  { graph }: Builder,
  name: string,
  dims: readonly number[],
): { readonly shape: Shape; readonly places: Int32Array } {
  const readers = graph.nodes.filter(({ inputs }) => inputs.includes(name));
  const order = readers.map(({ operator, attributes }) => (operator === 'Transpose' ? attributes.get('perm') : null));
  const isLast = order.length > 0 && order.every((perm) => perm?.kind === 'ints' && perm.value.join() === '0,3,1,2');
  if (isLast && dims.length === 4) {
    const [, height, width, channels] = dims as [number, number, number, number];
    return {
      shape: { height, width, channels },
      places: Int32Array.from({ length: height * width * channels }, (_, i) => i),
    };
  }
  const image = dims.length > 2 ? dims : dimsOfImage(graph, name);
  const shape = image === null ? { height: 1, width: 1, channels: dims.at(-1) ?? 1 } : imageShape(image);
  return { shape, places: imagePlaces(shape) };
}

/** Operators that keep the order of all elements. */
const KEEPS_ORDER = ['Reshape', 'Unsqueeze', 'Squeeze', 'Identity', 'Cast', 'Quant', 'IntQuant', 'BipolarQuant'];
const TAKES_IMAGES = ['Conv', 'MaxPool', 'AveragePool', 'GlobalAveragePool', 'GlobalMaxPool'];

/** Dims of the image that a vector becomes in front of the first layer; null where it stays one. */
function dimsOfImage({ nodes, dims }: Builder['graph'], vector: string): readonly number[] | null {
  for (let tensor = vector; ;) {
    const [reader, ...more] = nodes.filter(({ inputs }) => inputs.includes(tensor));
    if (reader === undefined || more.length > 0) return null;
    if (TAKES_IMAGES.includes(reader.operator)) return dims.get(tensor)!;
    if (!KEEPS_ORDER.includes(reader.operator)) return null;
    tensor = reader.outputs[0]!;
  }
}

function unsupported({ name, operator }: OnnxNode): Problem {
  return {
    node: name,
    operator,
    reason: 'operator is not supported',
    remedy: 'replace it by supported operators (docs/onnx.md)',
  };
}

function takeNode(builder: Builder, input: ImportInput, node: OnnxNode): void {
  try {
    dispatch(builder, input, node);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { reason, remedy } = error;
    builder.problems.push({ node: node.name, operator: node.operator, reason, remedy });
  }
}

function dispatch(builder: Builder, input: ImportInput, node: OnnxNode): void {
  switch (node.operator) {
    case 'MatMul':
      return importMatMul(builder, node);
    case 'Gemm':
      return void importGemm(builder, node);
    case 'Conv':
      return importConv(builder, node);
    case 'MaxPool':
    case 'AveragePool':
      return importPool(builder, node);
    case 'GlobalAveragePool':
    case 'GlobalMaxPool':
    case 'ReduceMean':
      return importGlobalPool(builder, node);
    case 'Concat':
      return importConcat(builder, node);
    case 'Pad':
      return importPad(builder, node);
    case 'Add':
    case 'Sub':
    case 'Mul':
    case 'Div':
      return importArithmetic(builder, input, node);
    case 'BatchNormalization':
      return importBatchNorm(builder, node);
    case 'Relu':
    case 'Clip':
      return importClamp(builder, node);
    case 'Quant':
    case 'IntQuant':
    case 'BipolarQuant':
    case 'Sign':
      return importQuantiser(builder, input, node);
    case 'MultiThreshold':
      return importMultiThreshold(builder, node);
    case 'Trunc':
      return importTrunc(builder, node);
    default:
      return importMove(builder, node);
  }
}

/** Operators that keep every number and move it at most; and those at the end that only order the logits. */
export const MOVES = ['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Transpose', 'Identity', 'Dropout', 'Cast'];
const ORDERINGS = ['Softmax', 'LogSoftmax', 'Sigmoid', 'ArgMax', 'TopK'];

function importMove(builder: Builder, node: OnnxNode): void {
  const { model, where } = builder;
  const source = builder.source(node, 0);
  if (ORDERINGS.includes(node.operator)) {
    const last = node.outputs.some((name) => model.outputs.some((output) => output.name === name));
    if (last || leadsToEnd(builder, node)) return passOrdering(builder, node, source);
    throw new Refusal('stands in front of other layers', 'only the end of a network may have it');
  }
  if (!MOVES.includes(node.operator)) throw new Refusal('is executed, but not built', 'replace it (docs/onnx.md)');
  if (source.padding !== undefined)
    throw new Refusal('padding in front of it', 'pad directly in front of a convolution');
  const values = new Map<string, Value>(builder.graph.constants);
  values.set(node.inputs[0]!, indexed(source.dims, source.places));
  executeNode(node, values, model.opset, where);
  builder.pass(node, source, Int32Array.from(values.get(node.outputs[0]!)!.values));
}

/** All outputs of an ordering, values and indices, stand for the logits that it orders. */
function passOrdering(builder: Builder, node: OnnxNode, source: Source): void {
  for (const output of node.outputs) if (output !== '') builder.pass({ ...node, outputs: [output] }, source);
}

/** True where nothing but orderings and moves follows. */
function leadsToEnd(builder: Builder, node: OnnxNode): boolean {
  return builder.graph.nodes
    .filter(({ inputs }) => inputs.includes(node.outputs[0]!))
    .every((reader) => [...ORDERINGS, ...MOVES].includes(reader.operator) && leadsToEnd(builder, reader));
}

function measuredRanges(
  onnx: OnnxModel,
  samples: readonly Float64Array[],
  where: string,
): ReadonlyMap<string, ActivationRange> {
  const ranges = new Map<string, { min: number; max: number }>();
  for (const sample of samples) {
    for (const [name, { values, constant }] of executeGraph(onnx, new Map([[onnx.inputs[0]!.name, sample]]), where)) {
      if (constant) continue;
      const range = ranges.get(name) ?? { min: Infinity, max: -Infinity };
      for (const value of values) {
        range.min = Math.min(range.min, value);
        range.max = Math.max(range.max, value);
      }
      ranges.set(name, range);
    }
  }
  return ranges;
}

function rangeOf({ quantiser, tensor }: Draft, ranges: ReadonlyMap<string, ActivationRange>): ActivationRange {
  if (quantiser !== null) {
    const { low, high } = quantiserLimits(quantiser);
    return { min: low * quantiser.scale, max: high * quantiser.scale };
  }
  const { min, max } = ranges.get(tensor) ?? { min: -1, max: 1 };
  return { min: Math.fround(min), max: Math.fround(max) };
}

/** Range of the preprocessed input where the graph's input has the range of its samples. */
function inputRange(input: ImportInput, range: ActivationRange = { min: 0, max: 1 }): ActivationRange {
  const ends = Array.from({ length: input.shape.channels }, (_, c) => [
    input.preprocessed(range.min, c),
    input.preprocessed(range.max, c),
  ]).flat();
  return { min: Math.fround(Math.min(...ends)), max: Math.fround(Math.max(...ends)) };
}

function classNames({ shape }: Draft): string[] {
  return Array.from({ length: shape.channels }, (_, c) => String(c));
}

function inexactLayers(nodes: readonly ModelNode[]): string[] {
  const floats = nodes.filter((node) => 'weights' in node && node.weights.encoding === 'float').map(({ name }) => name);
  if (floats.length === 0) return [];
  return [`weights of ${floats.join(', ')} are floats: they are quantised when the model is lowered, not exactly`];
}

function sharedTensors(builder: Builder): SharedTensor[] {
  const drafts = new Map(Array.from(builder.drafts.values(), (draft) => [draft.tensor, draft.name]));
  return Array.from(builder.sources, ([tensor, { node, places, padding }]) => ({ tensor, node, places, padding }))
    .filter(({ tensor, node, padding }) => drafts.get(tensor) === node && padding === undefined)
    .map(({ tensor, node, places }) => ({ tensor, node, places }));
}

function preprocessing(input: ImportInput, places: Int32Array): (values: Float64Array) => Float32Array {
  const { channels } = input.shape;
  return (values) => {
    const result = new Float32Array(values.length);
    values.forEach((value, i) => (result[places[i]!] = input.preprocessed(value, places[i]! % channels)));
    return result;
  };
}
