/**
 * What training learns, in plain arrays that no engine owns: encrypted weights x per plane, α per plane and output
 * channel, and a bias per output channel where asked for.
 */
import { Random } from '../base/random.js';
import type { Shape } from '../model/types.js';
import type { XorMatrix } from '../xor/types.js';
import { adamState, type AdamState } from './adam.js';
import type { ArrayKernels } from './array-kernels.js';
import { flexorOp, type FlexorOp } from './flexor-op.js';
import { inputShapes, isWeighted, windowSize, type NetworkSpec, type WeightedSpec } from './network.js';

/** Standard deviation of the encrypted weights at the start (FleXOR, section 3). */
const INITIAL_STD = 0.001;

/** A learnt array with its gradient and optimiser state. */
export interface Parameter {
  /** Unique, e.g. `conv1.x0`. */
  readonly name: string;
  readonly values: Float32Array;
  readonly gradient: Float32Array;
  readonly adam: AdamState;
}

export interface PlaneParameters {
  readonly matrix: XorMatrix;
  readonly op: FlexorOp;
  /** Encrypted weights: slices × N_in. */
  readonly x: Parameter;
  /** One scale per output channel. */
  readonly alpha: Parameter;
  /** ±1, refreshed from `x` by `refreshCodes`. */
  readonly codes: Float32Array;
}

export interface LayerParameters {
  readonly spec: WeightedSpec;
  /** Shape of the codes as the engine wants them: [k_h, k_w, C_in, C_out] or [V, C_out]. */
  readonly shape: readonly number[];
  readonly planes: readonly PlaneParameters[];
  readonly bias: Parameter | null;
}

export interface InitialValues {
  readonly seed: number;
  /** M⊕ of each plane, shared by all layers. */
  readonly matrices: readonly XorMatrix[];
  /** α of the first plane at the start; each further plane starts at half the one before. Null: 1/sqrt(V). */
  readonly alpha: number | null;
  readonly bias: boolean;
}

function parameter(name: string, values: Float32Array): Parameter {
  return { name, values, gradient: new Float32Array(values.length), adam: adamState(values.length) };
}

/** Parameters of every weighted layer, by layer name, in network order. */
export function initialParameters(network: NetworkSpec, initial: InitialValues): Map<string, LayerParameters> {
  const shapes = inputShapes(network);
  const layers = new Map<string, LayerParameters>();
  network.layers.forEach((layer, index) => {
    if (isWeighted(layer)) layers.set(layer.name, layerParameters(layer, shapes[index]!, initial));
  });
  return layers;
}

function layerParameters(spec: WeightedSpec, input: Shape, initial: InitialValues): LayerParameters {
  const window = windowSize(spec, input);
  const weights = window * spec.outChannels;
  const planes = initial.matrices.map((matrix, i): PlaneParameters => {
    const random = Random.derive(initial.seed, `${spec.name}.x${i}`);
    const op = flexorOp(matrix, weights);
    const x = Float32Array.from({ length: op.slices * op.nIn }, () => INITIAL_STD * random.normal());
    const alpha = new Float32Array(spec.outChannels).fill((initial.alpha ?? 1 / Math.sqrt(window)) / 2 ** i);
    return {
      matrix,
      op,
      x: parameter(`${spec.name}.x${i}`, x),
      alpha: parameter(`${spec.name}.alpha${i}`, alpha),
      codes: new Float32Array(weights),
    };
  });
  return {
    spec,
    shape: spec.kind === 'conv' ? [...spec.kernel, input.channels, spec.outChannels] : [window, spec.outChannels],
    planes,
    bias: initial.bias ? parameter(`${spec.name}.bias`, new Float32Array(spec.outChannels)) : null,
  };
}

/** Decrypts the encrypted weights of every plane into its codes. */
export function refreshCodes(kernels: ArrayKernels, layers: Iterable<LayerParameters>): void {
  for (const { planes } of layers) for (const plane of planes) kernels.decrypt(plane.op, plane.x.values, plane.codes);
}

/** Every learnt array, in a fixed order. */
export function allParameters(layers: Iterable<LayerParameters>): Parameter[] {
  const all: Parameter[] = [];
  for (const layer of layers) {
    for (const plane of layer.planes) all.push(plane.x, plane.alpha);
    if (layer.bias !== null) all.push(layer.bias);
  }
  return all;
}
