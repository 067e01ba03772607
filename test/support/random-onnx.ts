/**
 * Random QONNX graphs from a seed, of the operators that the importer takes and the hardware has: convolutions and dense
 * layers whose weights are quantised in every way that exporters write, what stands behind them (biases, batch norms,
 * scales, ReLU, quantisers and thresholds), pools, sums, concatenations, and what only moves numbers.
 */
import { Random } from '../../src/base/random.js';
import { onnxBytes, QONNX, type WrittenAttribute, type WrittenNode, type WrittenTensor } from './onnx-file.js';

export interface RandomOnnx {
  readonly bytes: Uint8Array;
  /** Row-major, as the graph takes them: pixels p·(1/255). */
  readonly inputs: readonly Float64Array[];
  /** Operators in order, for messages. */
  readonly text: string;
}

/** A tensor of the graph: [1, C, H, W], [1, C, W] or [1, C]. */
interface Place {
  readonly name: string;
  readonly dims: readonly number[];
}

const FRAMES = 3;
const PIXEL = Math.fround(1 / 255);
const MODES = ['ROUND', 'FLOOR', 'CEIL', 'HALF_UP', 'HALF_DOWN', 'UP', 'DOWN'];

class GraphWriter {
  readonly nodes: WrittenNode[] = [];
  readonly initialisers: WrittenTensor[] = [];
  private count = 0;

  constructor(readonly random: Random) {}

  chance(n: number): boolean {
    return this.random.below(n) === 0;
  }

  fresh(stem: string): string {
    return `${stem}${++this.count}`;
  }

  /** A constant: an initialiser, or the output of a Constant node. */
  constant(dims: readonly number[], values: readonly number[], type: WrittenTensor['type'] = 'float32'): string {
    const name = this.fresh('k');
    const tensor: WrittenTensor = { name, dims, values, type };
    if (this.chance(4)) {
      const attributes = { value: { tensor: { ...tensor, name: '' } } };
      this.nodes.push({ operator: 'Constant', inputs: [], outputs: [name], attributes });
    } else this.initialisers.push(tensor);
    return name;
  }

  number(value: number): string {
    return this.constant(this.chance(2) ? [] : [1], [value]);
  }

  draw(dims: readonly number[], low: number, high: number): string {
    const size = dims.reduce((product, n) => product * n, 1);
    return this.constant(
      dims,
      Array.from({ length: size }, () => Math.fround(low + (high - low) * this.random.float())),
    );
  }

  node(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, WrittenAttribute>> = {},
    domain = '',
  ): string {
    const output = this.fresh('t');
    this.nodes.push({ operator, inputs, outputs: [output], attributes, domain });
    return output;
  }

  quant(input: string, scale: string, bits: number, signed: boolean, mode?: string): string {
    const operator = this.chance(4) ? 'IntQuant' : 'Quant';
    const parts = [input, scale, this.number(0), this.number(bits)];
    const narrow = bits > 2 || !signed ? (bits > 1 ? this.random.below(2) : 0) : 1;
    const rounding_mode = mode ?? this.random.pick(MODES);
    return this.node(operator, parts, { signed: Number(signed), narrow, rounding_mode }, QONNX);
  }
}

/** Scales are powers of two, as many exporters have them, or any number. */
function scale(random: Random, least: number, most: number): number {
  const value = least * (most / least) ** random.float();
  return random.below(2) === 0 ? 2 ** Math.round(Math.log2(value)) : Math.fround(value);
}

/** Weights [C_out, …] as an exporter writes them: quantised in the graph, or integers as they stand. */
function weights(g: GraphWriter, dims: readonly number[]): string {
  const { random } = g;
  const perChannel = [dims[0]!, ...dims.slice(1).map(() => 1)];
  const scales = (): string => {
    if (g.chance(2)) return g.number(scale(random, 0.1, 0.6));
    return g.constant(
      perChannel,
      Array.from({ length: dims[0]! }, () => scale(random, 0.1, 0.6)),
    );
  };
  switch (random.below(4)) {
    case 0:
      return g.node('BipolarQuant', [g.draw(dims, -1, 1), scales()], {}, QONNX);
    case 1: {
      const size = dims.reduce((product, n) => product * n, 1);
      return g.constant(
        dims,
        Array.from({ length: size }, () => random.between(-3, 3)),
      );
    }
    default:
      return g.quant(g.draw(dims, -1.5, 1.5), scales(), random.between(2, 4), true);
  }
}

/** A constant a channel of a tensor. */
function perChannel(g: GraphWriter, { dims }: Place, low: number, high: number): string {
  return g.draw([1, dims[1]!, ...dims.slice(2).map(() => 1)], low, high);
}

/** Bias, batch norm or scales, and ReLU behind a layer; nothing, often. Returns whether values below 0 are left. */
function between(g: GraphWriter, at: Place): { at: Place; signed: boolean } {
  let name = at.name;
  const channels = at.dims[1]!;
  const vector = (low: number, high: number): string => g.draw([channels], low, high);
  switch (g.random.below(5)) {
    case 0:
      name = g.node('BatchNormalization', [name, vector(-1, 1), vector(-0.5, 0.5), vector(-1, 1), vector(0.2, 2)], {
        epsilon: { float: Math.fround(1e-4) },
      });
      break;
    case 1:
      name = g.node('Mul', [name, perChannel(g, at, 0.2, 1.5)]);
      name = g.node('Add', [name, perChannel(g, at, -1, 1)]);
      break;
    case 2:
      name = g.node('Sub', [name, g.number(Math.fround(g.random.float()))]);
      name = g.node('Div', [name, g.number(scale(g.random, 0.5, 4))]);
      break;
    case 3:
      name = g.node('Add', [name, perChannel(g, at, -1, 1)]);
      break;
  }
  if (g.chance(6)) name = g.node('Identity', [name]);
  const relu = g.chance(2);
  return { at: { ...at, name: relu ? g.node('Relu', [name]) : name }, signed: !relu };
}

/** A quantiser of an activation. */
function quantised(g: GraphWriter, at: Place, signed: boolean): Place {
  const { random } = g;
  const kind = random.below(8);
  if (kind === 0)
    return { ...at, name: g.node('BipolarQuant', [at.name, g.number(scale(random, 0.25, 2))], {}, QONNX) };
  if (kind === 1 && signed) return { ...at, name: thresholds(g, at) };
  const bits = random.between(signed ? 2 : 1, 4);
  return { ...at, name: g.quant(at.name, g.number(scale(random, 0.15, 1.5)), bits, signed) };
}

/** MultiThreshold: one threshold a channel, or several equally far apart. */
function thresholds(g: GraphWriter, { name, dims }: Place): string {
  const { random } = g;
  // Of three dimensions, channels are the last in a MultiThreshold.
  const rows = dims.length === 3 || g.chance(3) ? 1 : dims[1]!;
  const bits = random.between(1, 3);
  const steps = 2 ** bits - 1;
  const distance = random.between(1, 4) / 4;
  const values = Array.from({ length: rows }, () => random.between(-12, 12) / 8).flatMap((first) =>
    Array.from({ length: steps }, (_, k) => first + k * distance),
  );
  const out = 2 ** random.between(-1, 1);
  const bias = bits === 1 ? random.pick([0, -out / 2]) : random.pick([0, -out * 2 ** (bits - 1)]);
  const attributes = { out_scale: { float: out }, out_bias: { float: bias }, out_dtype: `UINT${bits}` };
  return g.node('MultiThreshold', [name, g.constant([rows, steps], values)], attributes, QONNX);
}

interface Window {
  readonly kernel: number[];
  readonly strides: number[];
  readonly dilations: number[];
  readonly pads: number[];
  readonly out: number[];
}

function window(g: GraphWriter, spatial: readonly number[], keepsSize: boolean): Window {
  const { random } = g;
  const axes = spatial.map((size) => {
    const kernel = random.between(1, Math.min(3, size));
    const dilation = !keepsSize && kernel > 1 && g.chance(5) ? 2 : 1;
    const span = (kernel - 1) * dilation + 1;
    const before = keepsSize ? (span - 1) >> 1 : g.chance(2) ? 0 : random.below(span);
    const after = keepsSize ? span >> 1 : g.chance(2) ? before : random.below(span);
    const stride = !keepsSize && g.chance(4) ? 2 : 1;
    return { kernel, dilation, before, after, stride, out: Math.floor((size + before + after - span) / stride) + 1 };
  });
  if (axes.some(({ out }) => out < 2)) return window(g, spatial, true);
  return {
    kernel: axes.map(({ kernel }) => kernel),
    strides: axes.map(({ stride }) => stride),
    dilations: axes.map(({ dilation }) => dilation),
    pads: [...axes.map(({ before }) => before), ...axes.map(({ after }) => after)],
    out: axes.map(({ out }) => out),
  };
}

function conv(g: GraphWriter, from: Place, same?: { channels: number }): Place {
  const { random } = g;
  const inputs = from.dims[1]!;
  const depthwise = same === undefined && inputs > 1 && g.chance(4);
  const channels = same?.channels ?? (depthwise ? inputs * random.between(1, 2) : random.between(1, 5));
  const { kernel, strides, dilations, pads, out } = window(g, from.dims.slice(2), same !== undefined);
  const group = depthwise ? inputs : 1;
  const parts = [from.name, weights(g, [channels, inputs / group, ...kernel])];
  // Zeros around the image stand in the layer, or in a Pad node in front of it.
  const apart = pads.some((n) => n > 0) && g.chance(4);
  if (apart) {
    const rank = from.dims.length;
    const around = [0, 0, ...pads.slice(0, rank - 2), 0, 0, ...pads.slice(rank - 2)];
    parts[0] = g.node('Pad', [from.name, g.constant([2 * rank], around, 'int64')], { mode: 'constant' });
  }
  if (g.chance(4)) parts.push(g.draw([channels], -1, 1));
  const attributes = { kernel_shape: kernel, strides, dilations, group, pads: apart ? pads.map(() => 0) : pads };
  return { name: g.node('Conv', parts, attributes), dims: [1, channels, ...out] };
}

function dense(g: GraphWriter, from: Place, outputs: number): Place {
  const inputs = from.dims[1]!;
  const dims = [1, outputs];
  const stored = weights(g, [outputs, inputs]);
  if (g.chance(2)) {
    const parts = [from.name, stored, ...(g.chance(2) ? [g.draw([outputs], -1, 1)] : [])];
    return { name: g.node('Gemm', parts, { transB: 1 }), dims };
  }
  return { name: g.node('MatMul', [from.name, g.node('Transpose', [stored], { perm: [1, 0] })]), dims };
}

/** A pool of neighbours, where the image is large enough; a quantiser behind it, now and then. */
function pool(g: GraphWriter, at: Place): Place {
  const spatial = at.dims.slice(2);
  if (spatial.length === 0 || spatial.some((n) => n < 4)) return at;
  const two = spatial.map(() => 2);
  const dims = [...at.dims.slice(0, 2), ...spatial.map((n) => n >> 1)];
  const pooled = (operator: string, name: string): Place => {
    return { name: g.node(operator, [name], { kernel_shape: two, strides: two }), dims };
  };
  if (!g.chance(3)) {
    const largest = pooled('MaxPool', at.name);
    return g.chance(3) ? behind(g, largest) : largest;
  }
  if (!g.chance(4)) return behind(g, pooled('AveragePool', at.name));
  // The sums of a mean, of integers whose scale is known, without their lowest bits.
  const [step, taps] = [2 ** -g.random.between(0, 2), 2 ** spatial.length];
  const integers = g.quant(at.name, g.number(step), 4, true, 'FLOOR');
  const sums = pooled('AveragePool', integers);
  const parts = [sums.name, g.number(step / taps), g.number(0), g.number(6), g.number(g.random.between(3, 5))];
  return { dims, name: g.node('Trunc', parts, { rounding_mode: g.random.pick(['FLOOR', 'ROUND']) }, QONNX) };
}

/** A quantiser that no layer with weights is in front of; a batch norm and the like, too, now and then. */
function behind(g: GraphWriter, at: Place): Place {
  if (g.chance(3)) {
    const { at: changed, signed } = between(g, at);
    return quantised(g, changed, signed);
  }
  return quantised(g, at, true);
}

/** Layer → what is between → quantiser, with a branch now and then. */
function block(g: GraphWriter, from: Place): Place {
  const { random } = g;
  const isImage = from.dims.length > 2;
  if (isImage && g.chance(6)) return sum(g, from);
  if (isImage && g.chance(6)) return quantisedSum(g, from);
  if (isImage && g.chance(6)) return concat(g, from);
  const layer = isImage ? conv(g, from) : dense(g, from, random.between(2, 8));
  const { at, signed } = between(g, layer);
  const result = quantised(g, at, signed);
  if (g.chance(8)) return { ...result, name: g.node('Dropout', [result.name]) };
  return g.chance(3) ? pool(g, result) : result;
}

/** A quantised branch plus a layer's sums, then a quantiser. */
function sum(g: GraphWriter, from: Place): Place {
  const channels = g.random.between(1, 4);
  const a = quantised(g, conv(g, from, { channels }), true);
  const b = conv(g, from, { channels });
  const added = g.node('Add', g.chance(2) ? [a.name, b.name] : [b.name, a.name]);
  const relu = g.chance(2);
  const name = relu ? g.node('Relu', [added]) : added;
  // The hardware adds before it rounds: what lies halfway is not told apart, so nothing may.
  const step = g.number(Math.fround(0.2 + 0.7001 * g.random.float()));
  const mode = g.random.pick(['ROUND', 'FLOOR', 'CEIL', 'HALF_UP', 'HALF_DOWN']);
  return { ...b, name: g.quant(name, step, g.random.between(2, 4), !relu, mode) };
}

/** Two quantised branches, then perhaps a ReLU, and a quantiser. */
function quantisedSum(g: GraphWriter, from: Place): Place {
  const channels = g.random.between(1, 4);
  const [a, b] = [conv(g, from, { channels }), conv(g, from, { channels })];
  if (g.chance(2)) {
    // One scale: sums are integers, whatever is behind them.
    const step = g.number(scale(g.random, 0.15, 1.5));
    const branches = [a, b].map(({ name }) => g.quant(name, step, g.random.between(2, 4), true, 'ROUND'));
    return behind(g, { ...b, name: g.node('Add', branches) });
  }
  const added = g.node('Add', [quantised(g, a, true).name, quantised(g, b, true).name]);
  const relu = g.chance(2);
  return quantised(g, { ...b, name: relu ? g.node('Relu', [added]) : added }, !relu);
}

/** Channels of two layers with one quantiser's parameters side by side. */
function concat(g: GraphWriter, from: Place): Place {
  const { random } = g;
  const [bits, step] = [random.between(2, 3), g.number(scale(random, 0.2, 1))];
  const parts = [1, 2].map(() => {
    const layer = conv(g, from, { channels: random.between(1, 3) });
    return { ...layer, name: g.quant(layer.name, step, bits, true, 'ROUND') };
  });
  const channels = parts.reduce((total, { dims }) => total + dims[1]!, 0);
  const name = g.node(
    'Concat',
    parts.map((part) => part.name),
    { axis: 1 },
  );
  const joined = { name, dims: [1, channels, ...parts[0]!.dims.slice(2)] };
  return g.chance(3) ? behind(g, joined) : joined;
}

/** From images to a vector: in the graph's order, or with the channels last. */
function flattened(g: GraphWriter, at: Place): Place {
  if (at.dims.length === 2) return at;
  const size = at.dims.reduce((product, n) => product * n, 1);
  let { name } = at;
  if (g.chance(4)) name = g.node('Transpose', [name], { perm: [0, ...at.dims.slice(2).map((_, d) => d + 2), 1] });
  if (g.chance(2)) name = g.node('Flatten', [name], { axis: 1 });
  else name = g.node('Reshape', [name, g.constant([2], [1, g.chance(2) ? -1 : size], 'int64')]);
  return { name, dims: [1, size] };
}

function inputStage(g: GraphWriter, from: Place): Place {
  const { random } = g;
  const affine = (name: string): string => {
    const doubled = g.node('Mul', [name, g.number(2)]);
    return g.node('Sub', [doubled, g.number(1)]);
  };
  switch (random.below(4)) {
    case 0:
      return { ...from, name: g.node('BipolarQuant', [affine(from.name), g.number(1)], {}, QONNX) };
    case 1:
      return {
        ...from,
        name: g.quant(affine(from.name), g.number(2 ** -random.between(1, 6)), random.between(2, 8), true),
      };
    case 2:
      return { ...from, name: g.quant(from.name, g.number(Math.fround(1 / 15)), 4, false, 'ROUND') };
    default:
      return from;
  }
}

/** The graph of a seed. */
export function randomOnnx(seed: number): RandomOnnx {
  const random = Random.derive(seed, 'random QONNX graph');
  const g = new GraphWriter(random);
  const dims = random.pick([
    () => [1, random.between(1, 3), random.between(4, 7), random.between(4, 7)],
    () => [1, random.between(1, 3), random.between(5, 10)],
    () => [1, random.between(4, 16)],
  ])();
  const last = dims.length === 4 && g.chance(4);
  const port = last ? [1, dims[2]!, dims[3]!, dims[1]!] : dims;
  let at: Place = { name: 'x', dims };
  if (last) at = { ...at, name: g.node('Transpose', ['x'], { perm: [0, 3, 1, 2] }) };
  at = inputStage(g, at);
  for (let blocks = random.between(1, 3); blocks > 0; blocks--) at = block(g, at);
  if (at.dims.length > 2 && g.chance(6)) {
    at = {
      name: g.node('GlobalAveragePool', [at.name]),
      dims: [...at.dims.slice(0, 2), ...at.dims.slice(2).map(() => 1)],
    };
    if (g.chance(2)) at = behind(g, at);
  }
  at = flattened(g, at);
  if (g.chance(3)) at = quantised(g, dense(g, at, random.between(2, 6)), true);
  at = dense(g, at, random.between(2, 5));
  if (g.chance(3)) at = { ...at, name: g.node('Mul', [at.name, g.number(scale(random, 0.2, 2))]) };
  const end = random.pick(['Identity', 'Softmax', 'ArgMax', 'Identity']);
  const y = g.node(end, [at.name], end === 'Identity' ? {} : { axis: 1 });
  const size = port.reduce((product, n) => product * n, 1);
  return {
    bytes: onnxBytes({
      nodes: g.nodes,
      initialisers: g.initialisers,
      inputs: [{ name: 'x', dims: port }],
      outputs: [{ name: y, dims: null }],
    }),
    inputs: Array.from({ length: FRAMES }, () => Float64Array.from({ length: size }, () => random.below(256) * PIXEL)),
    text: `[${port.join()}] ${g.nodes.map(({ operator }) => operator).join(' ')}`,
  };
}
