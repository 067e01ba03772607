/** From trained parameters to the float network of a `.flexor` file. */
import { packBits } from '../base/bits.js';
import { invariant } from '../base/errors.js';
import { encryptedHistogram } from '../model/histogram.js';
import type { ActivationRange, BinaryCodes, FlexorModel, ModelNode, Provenance } from '../model/types.js';
import type { LayerSpec, NetworkSpec } from './network.js';
import type { LayerParameters } from './parameters.js';

function binaryCodes(layer: LayerParameters): BinaryCodes {
  return {
    planes: layer.planes.map((plane) => ({
      matrix: plane.matrix,
      // sign(0) = +1, and +1 is bit 1.
      encrypted: packBits(Uint8Array.from(plane.x.values, (x) => (x >= 0 ? 1 : 0))),
      alpha: plane.alpha.values.slice(),
      encryptedHistogram: encryptedHistogram(plane.x.values),
    })),
  };
}

export interface ExportOptions {
  readonly name: string;
  readonly classes: readonly string[];
  readonly ranges: ReadonlyMap<string, ActivationRange>;
  readonly provenance: Provenance;
}

export function exportModel(
  network: NetworkSpec,
  layers: ReadonlyMap<string, LayerParameters>,
  options: ExportOptions,
): FlexorModel {
  let input = 'input';
  const nodes = network.layers.map((layer): ModelNode => {
    const node = modelNode(layer, input, layers.get(layer.name), options.ranges.get(layer.name));
    input = layer.name;
    return node;
  });
  const ones = new Array<number>(network.input.channels).fill(1);
  return {
    name: options.name,
    input: {
      shape: network.input,
      preprocessing: { mean: ones.map(() => 0), std: ones },
      range: { min: 0, max: 1 },
    },
    nodes,
    output: input,
    classes: options.classes,
    provenance: options.provenance,
  };
}

function modelNode(
  spec: LayerSpec,
  input: string,
  layer: LayerParameters | undefined,
  range: ActivationRange | undefined,
): ModelNode {
  if (spec.kind === 'flatten') return { kind: 'flatten', name: spec.name, input };
  if (spec.kind === 'maxPool') {
    const { name, kernel, stride, padding } = spec;
    return { kind: 'maxPool', name, input, kernel, stride, padding };
  }
  invariant(layer && range, `no parameters or range for layer ${spec.name}`);
  const common = {
    name: spec.name,
    input,
    outChannels: spec.outChannels,
    weights: binaryCodes(layer),
    bias: layer.bias?.values.slice() ?? null,
    batchNorm: null,
    relu: spec.relu,
    range,
  };
  if (spec.kind === 'dense') return { kind: 'dense', ...common };
  return { kind: 'conv', ...common, kernel: spec.kernel, stride: spec.stride, padding: spec.padding };
}
