/** From a network file to the layers that are trained, for images of some shape and number of classes. */
import { FlexorError } from '../../base/errors.js';
import { INPUT_NAME } from '../../graph/order.js';
import { elementCount, outputShape } from '../../graph/shapes.js';
import type { Padding, Shape, Sliding } from '../../graph/types.js';
import { UNDILATED, wholeWindow, windowSpan } from '../../graph/window.js';
import { quantiserOf } from '../../model/quantiser-document.js';
import type { LayerDescription, NetworkDescription, QuantiserDescription } from './description.js';
import { groupOf } from './rates.js';
import { tensorShapes, type ActivationQuantiser, type LayerSpec, type NetworkSpec } from './network.js';

/** The network for images of a shape; an error of code `usage` where the two do not fit. */
export function describedNetwork(description: NetworkDescription, input: Shape, classes: number): NetworkSpec {
  const builder = new NetworkBuilder(description, input, classes);
  for (const layer of description.layers) builder.add(layer);
  const { quantiser } = quantiserOf(description.input?.quantiser);
  const network = {
    name: description.name,
    input,
    ...(quantiser === undefined ? {} : { inputQuantiser: quantiser }),
    layers: builder.layers,
  };
  const shapes = tensorShapes(network);
  const last = builder.layers.at(-1)!;
  if (last.kind !== 'conv' && last.kind !== 'dense') {
    throw new FlexorError('usage', `${network.name}: ${last.name}: the last layer must be a conv or dense layer`);
  }
  const logits = elementCount(shapes.get(last.name)!);
  if (logits !== classes) {
    const rule = `must give one number for each of the ${classes} classes`;
    throw new FlexorError(
      'usage',
      `${network.name}: ${last.name}: ${rule}, got ${logits}; use "outChannels": "classes"`,
    );
  }
  return network;
}

/** The field as the file has it, where it is there. */
function activationQuantiser(document: QuantiserDescription | undefined): { quantiser?: ActivationQuantiser } {
  if (document === undefined || !('learned' in document)) return quantiserOf(document);
  return { quantiser: { kind: 'learned', bits: document.bits, signed: document.signed ?? false } };
}

class NetworkBuilder {
  readonly layers: LayerSpec[] = [];
  private readonly shapes: Map<string, Shape>;
  private readonly network: string;

  constructor(
    private readonly description: NetworkDescription,
    input: Shape,
    private readonly classes: number,
  ) {
    this.shapes = new Map([[INPUT_NAME, input]]);
    this.network = description.name;
  }

  add(layer: LayerDescription): void {
    const name = layer.name ?? `${layer.kind}${this.layers.length + 1}`;
    const inputs = 'inputs' in layer ? layer.inputs : [layer.input ?? this.layers.at(-1)?.name ?? INPUT_NAME];
    const shapes = inputs.map((input) => this.shapeOf(name, input));
    const spec = this.spec(layer, name, inputs[0]!, shapes[0]!);
    const problem = (what: string): FlexorError => new FlexorError('usage', `${this.network}: ${name}${what}`);
    this.shapes.set(name, outputShape(spec, shapes, problem));
    this.layers.push(spec);
  }

  private shapeOf(layer: string, input: string): Shape {
    const shape = this.shapes.get(input);
    if (shape !== undefined) return shape;
    const rule = 'must name a layer that stands before it';
    throw new FlexorError('usage', `${this.network}: ${layer}.inputs: ${rule}, got '${input}'`);
  }

  private spec(layer: LayerDescription, name: string, input: string, from: Shape): LayerSpec {
    switch (layer.kind) {
      case 'conv': {
        const { bias = false, batchNorm = false, relu = true, kernel } = layer;
        const group = groupOf(this.description, layer);
        const { stride = [1, 1], dilation = UNDILATED } = layer;
        const groups = layer.groups === 'depthwise' ? from.channels : (layer.groups ?? 1);
        const padding = paddingOf(layer.padding, windowSpan({ kernel, stride, dilation, padding: NO_PADDING }));
        const outChannels = layer.outChannels === 'input' ? from.channels : this.channels(layer.outChannels);
        const window = { kernel, stride, padding, dilation, groups };
        const common = {
          name,
          input,
          outChannels,
          group,
          bias,
          batchNorm,
          relu,
          ...activationQuantiser(layer.quantiser),
        };
        return { kind: 'conv', ...common, ...window };
      }
      case 'dense': {
        const { bias = false, batchNorm = false, relu = true } = layer;
        const group = groupOf(this.description, layer);
        return {
          kind: 'dense',
          name,
          input,
          outChannels: this.channels(layer.outChannels),
          group,
          bias,
          batchNorm,
          relu,
          ...activationQuantiser(layer.quantiser),
        };
      }
      case 'maxPool':
      case 'avgPool':
        return { kind: layer.kind, name, input, ...poolWindow(layer, from) };
      case 'subsample':
        return { kind: 'subsample', name, input, stride: layer.stride, channelPadding: layer.channelPadding };
      case 'add':
        return {
          kind: 'add',
          name,
          inputs: layer.inputs,
          relu: layer.relu ?? true,
          ...activationQuantiser(layer.quantiser),
        };
      case 'activation': {
        const { clamp = [null, null] } = layer;
        return { kind: 'activation', name, input, clamp, ...activationQuantiser(layer.quantiser) };
      }
      case 'concat':
        return { kind: 'concat', name, inputs: layer.inputs };
      case 'flatten':
        return { kind: 'flatten', name, input };
    }
  }

  private channels(given: number | 'classes'): number {
    return given === 'classes' ? this.classes : given;
  }
}

const NO_PADDING: Padding = [0, 0, 0, 0];

/** 'same': the output of a window of stride 1 is as large as its input; the odd pixel is added below and to the right. */
function paddingOf(given: 'same' | Padding | undefined, [high, wide]: readonly [number, number]): Padding {
  if (given !== 'same') return given ?? NO_PADDING;
  return [(high - 1) >> 1, (wide - 1) >> 1, high >> 1, wide >> 1];
}

type PoolDescription = Extract<LayerDescription, { kind: 'maxPool' | 'avgPool' }>;

/** A pool's windows lie side by side unless its stride says otherwise. */
function poolWindow({ kernel, stride, padding }: PoolDescription, from: Shape): Sliding {
  if (kernel === 'whole') return wholeWindow(from);
  return { kernel, stride: stride ?? kernel, padding: paddingOf(padding, kernel) };
}
