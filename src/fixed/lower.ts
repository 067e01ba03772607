/**
 * Lowers a float model to the integer network (design in docs/numbers.md): activations get formats and scales from their
 * ranges, α, batch norm, bias, ReLU and additions fold into requantisers, flatten nodes disappear (a stream has no shape).
 */
import { FlexorError, invariant } from '../base/errors.js';
import { INPUT_NAME } from '../graph/order.js';
import { windowSize } from '../graph/shapes.js';
import { modelShapes } from '../model/shapes.js';
import type { ConcatNode, ConvNode, DenseNode, FlexorModel, ModelNode } from '../model/types.js';
import { fuseAdditions } from './fuse.js';
import type { Fusion } from './fuse.js';
import { lowerWeighted } from './lower-weighted.js';
import { checkLowerOptions, loweredBits } from './options.js';
import type { LowerOptions } from './options.js';
import { activationFormat, type ActivationFormat } from './scales.js';
import { sharedFormats } from './shared-formats.js';
import { isWeighted, sameShape, sumFormat } from './shapes.js';
import type { IntNetwork, IntNode, IntShape, IntTensor, LoweredBits } from './types.js';
import { MAX_ACTIVATION_BITS, verifyNetwork } from './verify.js';

export { DEFAULT_BITS } from './options.js';
export type { LowerOptions } from './options.js';

/** The integer network of a model. `digest` is the SHA-256 of the model file's tensor bytes. */
export function lower(model: FlexorModel, digest: string, options: LowerOptions = {}): IntNetwork {
  const shapes = modelShapes(model);
  const fusions = fuseAdditions(model);
  checkLowerOptions(options, roundedLayers(model, fusions));
  checkOutput(model);
  const bits = loweredBits(options);
  const { inputBits, layerBits, activationBits } = bits;
  const shared = sharedFormats(model, (name) =>
    name === INPUT_NAME ? inputBits : (layerBits[name] ?? activationBits),
  );
  const { format, scale } = shared.get(INPUT_NAME) ?? activationFormat(model.input.range, inputBits, INPUT_NAME);
  const input: IntTensor = { shape: model.input.shape, format, scale };
  const graph = new LoweredGraph(model, bits, options, shapes, fusions, shared, input);
  for (const node of model.nodes) graph.add(node);
  const { name, classes } = model;
  const loadable = options.loadable ?? false;
  return verifyNetwork({ name, modelDigest: digest, bits, loadable, input, nodes: graph.nodes, classes });
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

/** Where a float node's output is in the integer network. */
interface Place {
  readonly name: string;
  readonly tensor: IntTensor;
}

class LoweredGraph {
  readonly nodes: IntNode[] = [];
  private readonly places: Map<string, Place>;
  /** Layers that wait for their addition. */
  private readonly fused: ReadonlySet<string>;

  constructor(
    private readonly model: FlexorModel,
    private readonly bits: LoweredBits,
    private readonly options: LowerOptions,
    private readonly shapes: ReadonlyMap<string, IntShape>,
    private readonly fusions: ReadonlyMap<string, Fusion>,
    private readonly shared: ReadonlyMap<string, ActivationFormat>,
    input: IntTensor,
  ) {
    this.places = new Map([['input', { name: 'input', tensor: input }]]);
    this.fused = new Set(Array.from(fusions.values(), ({ layer }) => layer.name));
  }

  /** Lowers the next node; a fused layer comes with its addition. */
  add(node: ModelNode): void {
    if (this.fused.has(node.name)) return;
    if (node.kind === 'flatten') {
      this.places.set(node.name, this.places.get(node.input)!);
      return;
    }
    const lowered = this.lower(node);
    this.nodes.push(lowered);
    this.places.set(node.name, { name: lowered.name, tensor: lowered.outputTensor });
  }

  private lower(node: Exclude<ModelNode, { kind: 'flatten' }>): IntNode {
    switch (node.kind) {
      case 'conv':
      case 'dense':
        return this.weighted(node, null);
      case 'add':
        return this.weighted(this.fusions.get(node.name)!.layer, this.fusions.get(node.name)!);
      case 'maxPool': {
        const link = this.link(node.name, node.input);
        const { kernel, stride, padding } = node;
        const outputTensor = { ...link.inputTensor, shape: this.shape(node.name) };
        return { kind: 'maxPool', ...link, kernel, stride, padding, outputTensor };
      }
      case 'avgPool': {
        const link = this.link(node.name, node.input);
        const { kernel, stride, padding } = node;
        const outputTensor = averageTensor(node.name, link.inputTensor, kernel[0] * kernel[1], this.shape(node.name));
        return { kind: 'avgPool', ...link, kernel, stride, padding, outputTensor };
      }
      case 'subsample': {
        const link = this.link(node.name, node.input);
        const { stride, channelPadding } = node;
        const outputTensor = { ...link.inputTensor, shape: this.shape(node.name) };
        return { kind: 'subsample', ...link, stride, channelPadding, outputTensor };
      }
      case 'concat':
        return this.concat(node);
    }
  }

  private concat({ name, inputs }: ConcatNode): IntNode {
    const links = inputs.map((input) => this.link(name, input));
    const inputTensors = links.map(({ inputTensor }) => inputTensor);
    const outputTensor = { ...inputTensors[0]!, shape: this.shape(name) };
    return { kind: 'concat', name, inputs: links.map(({ input }) => input), inputTensors, outputTensor };
  }

  private weighted(node: ConvNode | DenseNode, fusion: Fusion | null): IntNode {
    const link = node.kind === 'dense' ? this.flatLink(node.name, node.input) : this.link(node.name, node.input);
    const residual = fusion && this.link(fusion.add.name, fusion.residual);
    return lowerWeighted(
      {
        node,
        add: fusion?.add ?? null,
        link,
        residual: residual && { input: residual.input, tensor: residual.inputTensor },
        shape: this.shape(node.name),
        window: windowSize(node, this.shape(node.input)),
        last: node.name === this.model.output,
        shared: this.shared.get((fusion?.add ?? node).name) ?? null,
      },
      this.bits,
      this.options,
    );
  }

  /** Input of a node that sees shapes: a flattened tensor has none. */
  private link(name: string, input: string) {
    const link = this.flatLink(name, input);
    if (sameShape(link.inputTensor.shape, this.shape(input))) return link;
    throw new FlexorError('unsupported', `layer ${name}: only a dense layer can follow a flattened tensor`);
  }

  private flatLink(name: string, input: string) {
    const place = this.places.get(input);
    invariant(place, `node ${name} stands before ${input}`);
    return { name, input: place.name, inputTensor: place.tensor };
  }

  private shape(name: string): IntShape {
    const shape = this.shapes.get(name);
    invariant(shape, `no shape for node ${name}`);
    return shape;
  }
}

/** The exact sum over `taps` elements; its scale makes it the mean. */
function averageTensor(name: string, input: IntTensor, taps: number, shape: IntShape): IntTensor {
  const format = sumFormat(input.format, taps);
  if (format.bits > MAX_ACTIVATION_BITS) {
    throw new FlexorError(
      'width',
      `layer ${name}: the exact sum of ${taps} activations of ${input.format.bits} bits needs ${format.bits} bits, the most ` +
        `are ${MAX_ACTIVATION_BITS}; use fewer activation bits before it`,
    );
  }
  return { shape, format, scale: input.scale / taps };
}
