/** The streams between the layers of a top: their names, what each port of a layer reads, and the forks behind them. */
import { REGISTER_FIFO_DEPTH } from '../fifo-sizes.js';
import { layerKind } from '../layers/index.js';
import type { InputPort } from '../layers/types.js';
import { forkName, type DesignNames } from '../names.js';
import { isBuffered, type Plan } from '../plan.js';
import { parameters, plural, type Parameter } from './common.js';
import type { Stream } from './instances.js';

export interface ForkView {
  readonly name: string;
  readonly source: string;
  readonly comment: string;
  readonly msb: number;
  readonly dataMsb: number;
  readonly parameters: readonly Parameter[];
}

function streamNames(names: DesignNames): readonly string[] {
  return ['input', ...names.layers];
}

/** What each port of each layer reads: a stream, or a branch of its fork. */
export function sourceViews(plan: Plan, names: DesignNames): (layer: number, port: string) => Stream {
  const views = new Map<string, Stream>();
  for (const [s, readers] of plan.readers.entries()) {
    const stream = streamNames(names)[s]!;
    const bits = beatBits(plan, s);
    for (const [b, { layer, port }] of readers.entries()) {
      const forked = isBuffered(readers);
      const name = forked ? forkName(stream) : stream;
      const bit = forked ? `[${b}]` : '';
      const slice = forked ? `[${b * bits + bits - 1}:${b * bits}]` : '';
      views.set(`${layer} ${port}`, {
        valid: `${name}_valid${bit}`,
        ready: `${name}_ready${bit}`,
        data: `${name}_data${slice}`,
      });
    }
  }
  return (layer, port) => views.get(`${layer} ${port}`)!;
}

/** The inputs of a layer. */
export function portsOf({ layers }: Plan, layer: number): readonly InputPort[] {
  const { node } = layers[layer]!;
  return layerKind(node).inputs(node);
}

/** The fork of a stream, if it has one. */
export function forkViews(plan: Plan, names: DesignNames, stream: number): readonly ForkView[] {
  const readers = plan.readers[stream]!;
  if (!isBuffered(readers)) return [];
  const source = streamNames(names)[stream]!;
  const bits = beatBits(plan, stream);
  const unit = plan.widths[stream] === 1 ? 'element' : 'beat';
  const targets = readers.map(
    ({ layer, port, fifoDepth }) =>
      `${names.layers[layer]!}${port === 'input' ? '' : ` (${port.replace('_', ' ')})`} ${plural(fifoDepth, unit)}`,
  );
  const depths = readers.map(({ fifoDepth }) => `32'd${fifoDepth}`).reverse();
  const view = {
    name: forkName(source),
    source,
    comment: `Branches of ${source}, with the depths of their FIFOs: ${targets.join(', ')}.`,
    msb: readers.length - 1,
    dataMsb: readers.length * bits - 1,
    parameters: parameters([
      ['Width', bits],
      ['Branches', readers.length],
      ['Depths', `{${depths.join(', ')}}`],
      ['RegisterDepth', REGISTER_FIFO_DEPTH],
    ]),
  };
  return [view];
}

/** Bits of a stream's data: the elements of a beat, the first one lowest. */
export function beatBits(plan: Plan, stream: number): number {
  const tensor = stream === 0 ? plan.network.input : plan.layers[stream - 1]!.node.outputTensor;
  return plan.widths[stream]! * tensor.format.bits;
}
