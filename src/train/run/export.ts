/** From trained parameters to the float network of a `.flexor` file. */
import { packBits } from '../../base/bits.js';
import { invariant } from '../../base/errors.js';
import { encryptedHistogram } from '../../model/histogram.js';
import type { DatasetInfo } from '../../data/dataset.js';
import type {
  ActivationRange,
  BatchNorm,
  FlexorModel,
  LayerWeights,
  ModelData,
  ModelNode,
  Provenance,
  Quantiser,
} from '../../model/types.js';
import { identityMatrix } from '../../xor/matrix.js';
import type { ArrayKernels } from '../weights/array-kernels.js';
import {
  atStep,
  type ActivationQuantiser,
  type LayerSpec,
  type NetworkSpec,
  type WeightedSpec,
} from '../networks/network.js';
import { encryptedPlanes } from '../weights/nearest-rule.js';
import { EPSILON, type BatchNormParameters, type LayerParameters } from '../weights/parameters.js';
import { codesOfRule, type LatentWeights } from '../weights/quantisers.js';

function layerWeights(kernels: ArrayKernels, { weights, kept }: LayerParameters): LayerWeights {
  if (kept !== null) return kept;
  invariant(weights !== null, 'a weighted layer has weights');
  if (weights.kind === 'latent') return latentWeights(kernels, weights);
  return {
    encoding: 'xor',
    planes: weights.planes.map((plane) => ({
      matrix: plane.matrix,
      // sign(0) = +1, and +1 is bit 1.
      encrypted: packBits(Uint8Array.from(plane.x.values, (x) => (x >= 0 ? 1 : 0))),
      alpha: plane.alpha.values.slice(),
      encryptedHistogram: encryptedHistogram(plane.x.values),
    })),
  };
}

/** Nearest codes as what encrypts to them, other sums of binary codes as planes whose M⊕ is the identity, the rest as floats. */
function latentWeights(kernels: ArrayKernels, weights: LatentWeights): LayerWeights {
  if (weights.rule === 'flexor-nearest') {
    const { latent, channels, code } = weights;
    return {
      encoding: 'xor',
      planes: encryptedPlanes(kernels, latent.values, channels, code).map((plane) => ({
        ...plane,
        encrypted: packBits(plane.encrypted),
        encryptedHistogram: null,
      })),
    };
  }
  const planes = codesOfRule(weights);
  if (planes === null) return { encoding: 'float', values: weights.used.slice() };
  return {
    encoding: 'xor',
    planes: planes.map(({ bits, alpha }) => ({
      matrix: identityMatrix(1),
      encrypted: packBits(bits),
      alpha,
      encryptedHistogram: null,
    })),
  };
}

function batchNorm({ gamma, beta, mean, variance }: BatchNormParameters): BatchNorm {
  return {
    gamma: gamma.values.slice(),
    beta: beta.values.slice(),
    mean: mean.slice(),
    variance: variance.slice(),
    epsilon: EPSILON,
  };
}

export interface ExportOptions {
  readonly kernels: ArrayKernels;
  readonly name: string;
  /** What was trained on. */
  readonly images: DatasetInfo;
  readonly data: ModelData | null;
  /** Of every layer's output. */
  readonly ranges: ReadonlyMap<string, ActivationRange>;
  readonly provenance: Provenance;
}

export function exportModel(
  network: NetworkSpec,
  layers: ReadonlyMap<string, LayerParameters>,
  options: ExportOptions,
): FlexorModel {
  const { normalisation, classes, inputRange } = options.images;
  const { mean, std } = normalisation;
  const quantiser = network.inputQuantiser ?? (isLearnt(network) ? pixelQuantiser(options.images) : undefined);
  return {
    name: options.name,
    input: {
      shape: network.input,
      preprocessing: { mean, std },
      ...(quantiser === undefined ? {} : { quantiser }),
      range: inputRange ?? {
        min: Math.min(...mean.map((m, c) => (0 - m) / std[c]!)),
        max: Math.max(...mean.map((m, c) => (1 - m) / std[c]!)),
      },
    },
    nodes: network.layers.map((layer) =>
      modelNode(options.kernels, layer, layers.get(layer.name), options.ranges.get(layer.name)),
    ),
    output: network.layers.at(-1)!.name,
    classes,
    ...(options.data === null ? {} : { data: options.data }),
    provenance: options.provenance,
  };
}

function isLearnt({ layers }: NetworkSpec): boolean {
  return layers.some((layer) => 'quantiser' in layer && layer.quantiser?.kind === 'learned');
}

/**
 * Pixels p/255 are integers of 8 bits as they stand. Where activations are, too, a model that says so is the same as float
 * and as integer network; others have a mean and a deviation a channel, which no one scale holds.
 */
function pixelQuantiser({ normalisation: { mean, std }, inputRange }: DatasetInfo): Quantiser | undefined {
  const plain = mean.every((m) => m === 0) && std.every((s) => s === 1) && inputRange === undefined;
  if (!plain) return undefined;
  return { kind: 'uniform', bits: 8, signed: false, narrow: false, scale: 1 / 255, rounding: 'half-up' };
}

function modelNode(
  kernels: ArrayKernels,
  spec: LayerSpec,
  layer: LayerParameters | undefined,
  range: ActivationRange | undefined,
): ModelNode {
  invariant(range, `no range for layer ${spec.name}`);
  switch (spec.kind) {
    case 'conv':
    case 'dense':
      invariant(layer, `no parameters for layer ${spec.name}`);
      return weightedNode(kernels, spec, layer, range);
    case 'add': {
      const { name, inputs, relu } = spec;
      return { kind: 'add', name, inputs, relu, ...trainedQuantiser(spec, layer), range };
    }
    case 'activation': {
      const { name, input, clamp } = spec;
      return { kind: 'activation', name, input, clamp, ...trainedQuantiser(spec, layer), batchNorm: null, range };
    }
    case 'maxPool':
    case 'avgPool':
    case 'subsample':
    case 'concat':
    case 'flatten':
      return spec;
  }
}

/** The quantiser of a layer, a learnt one at its step. */
function trainedQuantiser(
  { name, quantiser }: { readonly name: string; readonly quantiser?: ActivationQuantiser },
  layer: LayerParameters | undefined,
): { quantiser?: Quantiser } {
  if (quantiser === undefined) return {};
  if (quantiser.kind !== 'learned') return { quantiser };
  invariant(layer?.step, `no step for layer ${name}`);
  return { quantiser: atStep(quantiser, layer.step.values[0]!) };
}

function weightedNode(
  kernels: ArrayKernels,
  spec: WeightedSpec,
  layer: LayerParameters,
  range: ActivationRange,
): ModelNode {
  const common = {
    name: spec.name,
    input: spec.input,
    outChannels: spec.outChannels,
    weights: layerWeights(kernels, layer),
    bias: layer.bias?.values.slice() ?? null,
    batchNorm: layer.batchNorm === null ? null : batchNorm(layer.batchNorm),
    relu: spec.relu,
    ...trainedQuantiser(spec, layer),
    range,
  };
  if (spec.kind === 'dense') return { kind: 'dense', ...common };
  const { kernel, stride, padding, dilation, groups } = spec;
  return { kind: 'conv', ...common, kernel, stride, padding, dilation, groups };
}
