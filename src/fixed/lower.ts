/**
 * Lowers a float model to the integer network (design in docs/numbers.md): activations get formats and scales from their
 * ranges, α, batch norm, bias, ReLU and additions fold into requantisers, flatten nodes disappear (a stream has no shape).
 */
import { own } from '../base/dictionary.js';
import { FlexorError } from '../base/errors.js';
import { INPUT_NAME, isWeighted } from '../graph/order.js';
import { modelShapes } from '../model/shapes.js';
import { exactTensors } from '../model/exact-tensors.js';
import type { FlexorModel } from '../model/types.js';
import { oneBitTensors } from './encoding.js';
import { fuseAdditions } from './fuse.js';
import type { Fusion } from './fuse.js';
import { LoweredGraph } from './lowered-graph.js';
import { checkLowerOptions, loweredBits } from './options.js';
import type { LowerOptions } from './options.js';
import { quantisedFormat } from './quantise-stage.js';
import { activationFormat } from './scales.js';
import { sharedFormats } from './shared-formats.js';
import type { IntNetwork } from './types.js';
import { verifyNetwork } from './verify.js';

export { DEFAULT_BITS } from './options.js';
export type { LowerOptions } from './options.js';

/** The integer network of a model. `digest` is the SHA-256 of the model file's tensor bytes. */
export function lower(model: FlexorModel, digest: string, options: LowerOptions = {}): IntNetwork {
  return lowerWithPlaces(model, digest, options).network;
}

/** The same, with the node of the integer network that holds each tensor of the model, where one does. */
export function lowerWithPlaces(
  model: FlexorModel,
  digest: string,
  options: LowerOptions = {},
): { readonly network: IntNetwork; readonly places: ReadonlyMap<string, string> } {
  const { graph, bits, input } = startLowering(model, options);
  for (const node of model.nodes) graph.add(node);
  const { quantiser } = model.input;
  const network = verifyNetwork({
    name: model.name,
    modelDigest: digest,
    // The bits of a quantised input are the model's.
    bits: { ...bits, inputBits: input.format.bits },
    loadable: options.loadable ?? false,
    input: graph.place(INPUT_NAME).tensor,
    ...(quantiser === undefined ? {} : { inputQuantiser: quantiser }),
    preprocessing: model.input.preprocessing,
    nodes: graph.nodes,
    classes: model.classes,
  });
  return { network, places: graph.namedPlaces() };
}

/** A node of a model that cannot be lowered, and the error that says why. */
export interface LoweringProblem {
  readonly node: string;
  readonly error: FlexorError;
}

/** Every node that lowering refuses. What reads one of them is looked at as if that one were there. */
export function loweringProblems(model: FlexorModel, options: LowerOptions = {}): LoweringProblem[] {
  const { graph } = startLowering(model, options);
  return model.nodes.flatMap((node): LoweringProblem | [] => {
    try {
      graph.add(node);
      return [];
    } catch (error) {
      if (!(error instanceof FlexorError)) throw error;
      graph.assume(node);
      return { node: node.name, error };
    }
  });
}

/** What is found out before the nodes are gone through. */
function startLowering(model: FlexorModel, options: LowerOptions) {
  const shapes = modelShapes(model);
  const exact = exactTensors(model, shapes);
  const fusions = fuseAdditions(model, exact);
  checkLowerOptions(options, roundedLayers(model, fusions));
  checkOutput(model);
  const bits = loweredBits(options);
  const { inputBits, layerBits, activationBits } = bits;
  const shared = sharedFormats(model, (name) =>
    name === INPUT_NAME ? inputBits : (own(layerBits, name) ?? activationBits),
  );
  const oneBit = oneBitTensors(model, exact);
  const { quantiser } = model.input;
  const input = quantiser
    ? quantisedFormat(quantiser, oneBit.has(INPUT_NAME))
    : (shared.get(INPUT_NAME) ?? activationFormat(model.input.range, inputBits, INPUT_NAME));
  const graph = new LoweredGraph({ model, bits, options, shapes, fusions, shared, exact, oneBit }, input);
  return { graph, bits, input };
}

/** Layers whose outputs get activation bits. */
function roundedLayers(model: FlexorModel, fusions: ReadonlyMap<string, Fusion>): string[] {
  const fused = new Set(Array.from(fusions.values(), ({ layer }) => layer.name));
  const rounded = model.nodes.filter((node) => isWeighted(node) || node.kind === 'add');
  return rounded.map(({ name }) => name).filter((name) => !fused.has(name) && name !== model.output);
}

function checkOutput({ nodes, output }: FlexorModel): void {
  const last = nodes.find(({ name }) => name === output);
  if (last?.kind === 'conv' || last?.kind === 'dense') return;
  throw new FlexorError(
    'unsupported',
    `layer ${output}: the last layer must be a convolution or dense layer, got ${last?.kind}`,
  );
}
