/**
 * Weights of a graph as the model stores them: integers times a scale of their output channel where a quantiser made them
 * or where they are integers as they stand, ±1 as plain binary codes, else floats. Weights come as [V][C_out].
 */
import { packBits } from '../../base/bits.js';
import type { LayerWeights } from '../../model/types.js';
import { identityMatrix } from '../../xor/matrix.js';
import { executeNode } from '../execute/run.js';
import { broadcastDims, broadcastIndices } from '../execute/indices.js';
import type { Value } from '../execute/value.js';
import { QONNX_DOMAIN } from '../read.js';
import type { OnnxModel, OnnxNode } from '../types.js';
import { indexed } from './live.js';
import type { LiveGraph } from './live.js';

/** Most bits of integers that are kept as they are. */
const MAX_BITS = 16;
/** Widest slice of plain binary codes. */
const MAX_SLICE = 8;

const MOVES: readonly string[] = ['Transpose', 'Reshape', 'Squeeze', 'Unsqueeze', 'Flatten', 'Identity', 'Cast'];

/** The scale of every element of a constant that a quantiser made, moved as the constant was; null where there is none. */
function scalesOf(name: string, graph: LiveGraph, model: OnnxModel, where: string): Float64Array | null {
  const maker = graph.makers.get(name);
  if (maker === undefined) return null;
  if (maker.domain === QONNX_DOMAIN && ['Quant', 'IntQuant', 'BipolarQuant'].includes(maker.operator)) {
    return elementScales(maker, graph);
  }
  if (maker.domain !== '' || !MOVES.includes(maker.operator)) return null;
  const source = maker.inputs[0]!;
  const scales = scalesOf(source, graph, model, where);
  if (scales === null) return null;
  const values = new Map<string, Value>(graph.constants);
  values.set(source, indexed(graph.constants.get(source)!.dims, scales));
  executeNode(maker, values, model.opset, where);
  return values.get(maker.outputs[0]!)!.values;
}

function elementScales(quantiser: OnnxNode, graph: LiveGraph): Float64Array | null {
  const { dims } = graph.constants.get(quantiser.outputs[0]!)!;
  const scale = graph.constants.get(quantiser.inputs[1]!);
  if (scale === undefined || broadcastDims([scale.dims, dims]) === null) return null;
  return Float64Array.from(broadcastIndices(scale.dims, dims), (i) => scale.values[i]!);
}

/** Weights of a layer; `order[f]` is the element of the constant that is weight f = v·C_out + c. */
export function layerWeights(
  name: string,
  order: Int32Array,
  outChannels: number,
  graph: LiveGraph,
  model: OnnxModel,
  where: string,
): LayerWeights {
  const constant = graph.constants.get(name)!;
  const values = Float64Array.from(order, (i) => constant.values[i]!);
  const stated = scalesOf(name, graph, model, where);
  const scales = stated && Float64Array.from(order, (i) => stated[i]!);
  const perChannel = scales === null ? new Float64Array(outChannels).fill(1) : channelScales(scales, outChannels);
  if (perChannel !== null) {
    const integers = integersOf(values, perChannel);
    if (integers !== null) return integerWeights(integers, Float32Array.from(perChannel));
  }
  return { encoding: 'float', values: Float32Array.from(values) };
}

/** One scale a channel, null where a channel has several. */
function channelScales(scales: Float64Array, outChannels: number): Float64Array | null {
  const first = scales.slice(0, outChannels);
  return scales.every((scale, f) => scale === first[f % outChannels]) ? first : null;
}

/** Integers whose products with the scales are the values exactly; null where there are none. */
function integersOf(values: Float64Array, scales: Float64Array): Int32Array | null {
  const limit = 2 ** (MAX_BITS - 1);
  const integers = new Int32Array(values.length);
  for (const [f, value] of values.entries()) {
    const scale = scales[f % scales.length]!;
    const k = Math.round(value / scale);
    // The quantiser's output is k·scale in doubles, where that is exact.
    if (k * scale !== value || Math.abs(k) >= limit) return null;
    integers[f] = k;
  }
  return integers;
}

function integerWeights(integers: Int32Array, scale: Float32Array): LayerWeights {
  if (integers.every((k) => k === 1 || k === -1)) {
    return { encoding: 'xor', planes: [binaryPlane(integers, scale)] };
  }
  let bits = 2;
  const fits = (k: number): boolean => k >= -(2 ** (bits - 1)) && k < 2 ** (bits - 1);
  while (!integers.every(fits)) bits++;
  return { encoding: 'int', bits, values: integers, scale };
}

/** Plain binary codes: M⊕ is the identity, as wide as whole channels let it be. */
function binaryPlane(integers: Int32Array, alpha: Float32Array) {
  let width = MAX_SLICE;
  while (alpha.length % width !== 0) width--;
  const encrypted = packBits(Uint8Array.from(integers, (k) => (k > 0 ? 1 : 0)));
  return { matrix: identityMatrix(width), encrypted, alpha, encryptedHistogram: null };
}
