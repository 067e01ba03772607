/**
 * What training learns, in plain arrays that no engine owns: encrypted weights x and α of every plane, or latent
 * weights at full precision; biases; batch norms with the moving averages that evaluation uses.
 */
import { Random } from '../base/random.js';
import type { Shape } from '../model/types.js';
import type { XorMatrix } from '../xor/types.js';
import type { ArrayKernels } from './array-kernels.js';
import { flexorOp, type FlexorOp } from './flexor-op.js';
import { isWeighted, tensorShapes, windowSize, type NetworkSpec, type WeightedSpec } from './network.js';
import { MOMENTS, type OptimiserKind } from './optimiser.js';
import { initialTtqScale, quantise, type LatentKind, type LatentWeights, type WeightKind } from './quantisers.js';

/** Standard deviation of the encrypted weights at the start (FleXOR, section 3). */
const INITIAL_STD = 0.001;

/** A learnt array with its gradient and optimiser state. */
export interface Parameter {
  /** Unique, e.g. `conv1.x0`. */
  readonly name: string;
  readonly values: Float32Array;
  readonly gradient: Float32Array;
  /** What the optimiser remembers (optimiser.ts), each as long as `values`. */
  readonly moments: readonly Float32Array[];
  /** Whether weight decay acts on it: on weights, not on scales and offsets. */
  readonly decays: boolean;
}

export interface PlaneParameters {
  readonly matrix: XorMatrix;
  readonly op: FlexorOp;
  /** Encrypted weights: slices × N_in. */
  readonly x: Parameter;
  /** One scale per output channel. */
  readonly alpha: Parameter;
  /** ±1, refreshed from `x` by `refreshWeights`. */
  readonly codes: Float32Array;
}

export type WeightParameters =
  { readonly kind: 'flexor'; readonly planes: readonly PlaneParameters[] } | LatentWeights<Parameter>;

export interface BatchNormParameters {
  readonly gamma: Parameter;
  readonly beta: Parameter;
  /** Moving averages of the batches' moments. */
  readonly mean: Float32Array;
  readonly variance: Float32Array;
}

export interface LayerParameters {
  readonly spec: WeightedSpec;
  /** Shape of the weights as the engine wants them: [k_h, k_w, C_in, C_out] or [V, C_out]. */
  readonly shape: readonly number[];
  readonly weights: WeightParameters;
  readonly bias: Parameter | null;
  readonly batchNorm: BatchNormParameters | null;
}

export interface InitialValues {
  readonly seed: number;
  readonly weights: WeightKind;
  /** M⊕ of each plane, by layer group; none where the weights are not FleXOR's. */
  readonly matrices: readonly (readonly XorMatrix[])[];
  /** α of the first plane at the start; each further plane starts at half the one before. Null: 1/sqrt(V). */
  readonly alpha: number | null;
  readonly optimiser: OptimiserKind;
}

/** Parameters of every weighted layer, by layer name, in network order. */
export function initialParameters(network: NetworkSpec, initial: InitialValues): Map<string, LayerParameters> {
  const shapes = tensorShapes(network);
  return new Map(
    network.layers
      .filter(isWeighted)
      .map((layer) => [layer.name, layerParameters(layer, shapes.get(layer.input)!, initial)]),
  );
}

function layerParameters(spec: WeightedSpec, input: Shape, initial: InitialValues): LayerParameters {
  const { name, outChannels } = spec;
  const make = (part: string, values: Float32Array, decays = false): Parameter => ({
    name: `${name}.${part}`,
    values,
    gradient: new Float32Array(values.length),
    moments: Array.from({ length: MOMENTS[initial.optimiser] }, () => new Float32Array(values.length)),
    decays,
  });
  const perChannel = (value: number): Float32Array => new Float32Array(outChannels).fill(value);
  const window = windowSize(spec, input);
  return {
    spec,
    shape: spec.kind === 'conv' ? [...spec.kernel, input.channels, outChannels] : [window, outChannels],
    weights:
      spec.group === null || initial.weights !== 'flexor'
        ? latent(spec.group === null || initial.weights === 'flexor' ? 'full' : initial.weights)
        : { kind: 'flexor', planes: initial.matrices[spec.group]!.map((matrix, i) => plane(matrix, i)) },
    bias: spec.bias ? make('bias', perChannel(0)) : null,
    batchNorm: spec.batchNorm
      ? {
          gamma: make('gamma', perChannel(1)),
          beta: make('beta', perChannel(0)),
          mean: perChannel(0),
          variance: perChannel(1),
        }
      : null,
  };

  function latent(rule: LatentKind): WeightParameters {
    const values = normals(initial.seed, `${name}.w`, window * outChannels, Math.sqrt(2 / window));
    const scale = (part: string): Parameter => make(part, Float32Array.of(initialTtqScale(values)));
    return {
      kind: 'latent',
      rule,
      channels: outChannels,
      latent: make('w', values, true),
      scales: rule === 'ttq' ? [scale('positive'), scale('negative')] : [],
      used: rule === 'full' ? values : new Float32Array(values.length),
    };
  }

  function plane(matrix: XorMatrix, i: number): PlaneParameters {
    const op = flexorOp(matrix, window * outChannels);
    const x = normals(initial.seed, `${name}.x${i}`, op.slices * op.nIn, INITIAL_STD);
    const alpha = perChannel((initial.alpha ?? 1 / Math.sqrt(window)) / 2 ** i);
    const codes = new Float32Array(op.weights);
    return { matrix, op, x: make(`x${i}`, x, true), alpha: make(`alpha${i}`, alpha), codes };
  }
}

/** Normal numbers; N(0, 2/V) keeps the variance behind a ReLU (He et al., Delving Deep into Rectifiers, 2015). */
function normals(seed: number, purpose: string, count: number, std: number): Float32Array {
  const random = Random.derive(seed, purpose);
  return Float32Array.from({ length: count }, () => std * random.normal());
}

/** Makes the weights that layers use from what is learnt: codes by decryption, others by their rule (quantisers.ts). */
export function refreshWeights(kernels: ArrayKernels, layers: Iterable<LayerParameters>, progress: number): void {
  for (const { weights } of layers) {
    if (weights.kind === 'latent') quantise(weights, progress);
    else for (const { op, x, codes } of weights.planes) kernels.decrypt(op, x.values, codes);
  }
}

/** Every learnt array, in a fixed order. */
export function allParameters(layers: Iterable<LayerParameters>): Parameter[] {
  const all: Parameter[] = [];
  for (const { weights, bias, batchNorm } of layers) {
    if (weights.kind === 'latent') all.push(weights.latent, ...weights.scales);
    else for (const plane of weights.planes) all.push(plane.x, plane.alpha);
    if (bias !== null) all.push(bias);
    if (batchNorm !== null) all.push(batchNorm.gamma, batchNorm.beta);
  }
  return all;
}

/** An array of a run's state under a name of its own. */
export interface NamedArray {
  readonly name: string;
  readonly values: Float32Array;
}

/** Everything that a run must keep to continue with the same bits. */
export function stateArrays(layers: Iterable<LayerParameters>): NamedArray[] {
  const list = [...layers];
  return [
    ...allParameters(list).flatMap(({ name, values, moments }) => [
      { name, values },
      ...moments.map((moment, i) => ({ name: `${name}.moment${i}`, values: moment })),
    ]),
    ...list.flatMap(({ spec, batchNorm }) =>
      batchNorm === null
        ? []
        : [
            { name: `${spec.name}.mean`, values: batchNorm.mean },
            { name: `${spec.name}.variance`, values: batchNorm.variance },
          ],
    ),
  ];
}
