/** View-model of `top.v`; what it says of weight and keep ports serves `sim-top.v` (sim-top.ts) too. */
import type { Design } from '../design.js';
import { layerCycles, layerKind } from '../layers/index.js';
import type { InputPort } from '../layers/types.js';
import { bitsPerWeight, weightText } from '../layers/weighted/text.js';
import { forkName, type DesignNames } from '../names.js';
import { ADDRESS_BITS } from '../registers.js';
import { loadWords } from '../memory-words.js';
import { frameNumberBits, isBuffered, isLoadable, weightedLayers, type Plan } from '../plan.js';
import { REGISTER_FIFO_DEPTH, STREAM_FIFO_DEPTH } from '../fifo-sizes.js';
import {
  bitsText,
  describe,
  parameters,
  plural,
  range,
  rangeWidth,
  shapeText,
  widthText,
  type Heading,
  type Parameter,
} from './common.js';
import { into, outOf, type NamedValues } from './instances.js';
import { portBytes } from './port-bytes.js';
import { loadConnections, loadLink, loadWires } from './load-bus.js';

/** Rows of the table of layers in the top's head, columns aligned. */
function layerTable(plan: Plan): string[] {
  const rows = [
    ['layer', 'kind', 'output', 'PE', 'SIMD', 'N_in/N_out', 'bit/weight', 'cycles a frame'],
    ...plan.layers.map((layer) => [
      layer.node.name,
      layer.node.kind,
      shapeText(layer.node.outputTensor.shape),
      ...(layer.kind === 'weighted'
        ? [
            String(layer.fold.pe),
            String(layer.fold.simd),
            `${layer.node.planes[0]!.nIn}/${layer.node.planes[0]!.nOut}`,
            String(+bitsPerWeight(layer).toFixed(3)),
          ]
        : ['-', '-', '-', '-']),
      String(layerCycles(layer)),
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
}

/** Wires that a port of a layer reads. */
interface SourceView {
  readonly valid: string;
  readonly ready: string;
  readonly data: string;
}

interface ForkView {
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
function sourceViews(plan: Plan, names: DesignNames): (layer: number, port: string) => SourceView {
  const views = new Map<string, SourceView>();
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
function portsOf({ layers }: Plan, layer: number): readonly InputPort[] {
  const { node } = layers[layer]!;
  return layerKind(node).inputs(node);
}

/** The fork of a stream; null where it has none. */
function forkView(plan: Plan, names: DesignNames, stream: number): ForkView | null {
  const readers = plan.readers[stream]!;
  if (!isBuffered(readers)) return null;
  const source = streamNames(names)[stream]!;
  const bits = beatBits(plan, stream);
  const unit = plan.widths[stream] === 1 ? 'element' : 'beat';
  const targets = readers.map(
    ({ layer, port, fifoDepth }) =>
      `${names.layers[layer]!}${port === 'input' ? '' : ` (${port.replace('_', ' ')})`} ${plural(fifoDepth, unit)}`,
  );
  const depths = readers.map(({ fifoDepth }) => `32'd${fifoDepth}`).reverse();
  return {
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
}

/** Bits of a stream's data: the elements of a beat, the first one lowest. */
function beatBits(plan: Plan, stream: number): number {
  const tensor = stream === 0 ? plan.network.input : plan.layers[stream - 1]!.node.outputTensor;
  return plan.widths[stream]! * tensor.format.bits;
}

/** Keep bits of a stream of so many bytes: range and all ones. */
export function keepView(bytes: number): { range: string; ones: string } {
  return { range: range(bytes), ones: `{${bytes}{1'b1}}` };
}

/** The AXI4-Lite registers and, layer by layer and the last one first, when it waits for input and when for its output. */
function axilView(plan: Plan, names: DesignNames) {
  const source = sourceViews(plan, names);
  const list = (texts: readonly string[]) =>
    [...texts].reverse().map((text, i) => ({ text, last: i === texts.length - 1 }));
  const starving = ({ valid, ready }: SourceView) => `(${ready} && !${valid})`;
  const inputs = (layer: number) =>
    portsOf(plan, layer)
      .map(({ name }) => source(layer, name))
      .map(starving);
  return {
    addrBits: ADDRESS_BITS,
    addrRange: range(ADDRESS_BITS),
    digest: plan.network.modelDigest,
    layers: plan.layers.length,
    layerMsb: plan.layers.length - 1,
    starved: list(plan.layers.map((_, layer) => inputs(layer).join(' || '))),
    blocked: list(names.layers.map((name) => `${name}_valid && !${name}_ready`)),
  };
}

/** The loader and its chain through the weighted layers; null where weights are fixed. */
function loadView(plan: Plan) {
  if (!isLoadable(plan.layers)) return null;
  const layers = weightedLayers(plan);
  const weighted = layers.length;
  const frameBits = frameNumberBits(plan);
  return {
    words: loadWords(layers).length,
    frameBits,
    switchRange: range(frameBits + 1),
    wires: loadWires('load', weighted + 1),
    first: loadLink('load', 0),
    last: loadLink('load', weighted),
    settledMsb: weighted - 1,
  };
}

/** A layer's place on the load bus, where it holds weights that can be loaded. */
function linkConnections(plan: Plan, layer: number): NamedValues {
  if (!isLoadable(plan.layers) || plan.layers[layer]!.kind !== 'weighted') return [];
  const index = plan.layers.slice(0, layer).filter(({ kind }) => kind === 'weighted').length;
  return [
    ...loadConnections(loadLink('load', index), loadLink('load', index + 1)),
    ['switch_i', 'load_switch'],
    ['settled_o', `load_settled[${index}]`],
  ];
}

/** A layer's stream of weights from outside, where it has one. */
function weightConnections(port: ReturnType<typeof weightPorts>[number]): NamedValues {
  if (port === null) return [];
  return [
    ['weight_valid_i', port.valid],
    ['weight_ready_o', port.ready ?? `${port.port}_tready`],
    ['weight_data_i', `${port.port}_tdata${port.data}`],
    ['weight_last_i', `${port.port}_tlast`],
    ['weight_error_o', `weight_error_o[${port.index}]`],
  ];
}

/** Ports on which weights come in, with the wires of the layer behind them. */
export function weightPorts(plan: Plan, names: DesignNames, axiLite: boolean) {
  let index = 0;
  return plan.layers.map((layer, i) => {
    if (layer.kind !== 'weighted' || layer.weights !== 'stream') return null;
    const { rowBits, rows } = layer.memory;
    const port = `s_weights_${names.layers[i]!}`;
    const bits = 8 * Math.ceil(rowBits / 8);
    return {
      index: index++,
      port,
      bits,
      rows,
      rowBits,
      range: range(bits),
      pixels: layer.pixels,
      layer: layer.node.name,
      data: bits === rowBits ? '' : range(rowBits),
      unused: bits === rowBits ? null : `[${bits - 1}:${rowBits}]`,
      valid: axiLite ? `${port}_tvalid && core_rst_n` : `${port}_tvalid`,
      ready: axiLite ? `ready_${port}` : null,
    };
  });
}

export function presentPorts(ports: ReturnType<typeof weightPorts>) {
  const present = ports.filter((port) => port !== null);
  return present.length === 0 ? null : present;
}

export function topView({ network, plan, names, axiLite }: Design, heading: Heading) {
  const bytes = portBytes(plan);
  const inBits = plan.network.input.format.bits;
  const { bits: logitBits, signed: logitSigned } = plan.logitFormat;
  const sRange = range(8 * bytes.input);
  const mRange = range(8 * (bytes.logit + bytes.class));
  const source = sourceViews(plan, names);
  const weights = weightPorts(plan, names, axiLite);
  const weightStreams = presentPorts(weights);
  const coreReset = axiLite ? 'core_rst_n' : 'rst_ni';
  const extend = (bits: number, bit: string) => (bits > 0 ? `{${bits}{${bit}}}` : '');
  return {
    ...heading,
    module: names.topModule,
    optionsText: bitsText(network.bits ?? {}),
    table: layerTable(plan),
    weightStreams,
    weightLayers: weightStreams?.map(({ layer }) => layer).join(', '),
    weightErrorRange: range(weightStreams?.length ?? 1),
    widthWidth: rangeWidth(
      sRange,
      mRange,
      ...(weightStreams ?? []).map((port) => port.range),
      ...(axiLite || isLoadable(plan.layers) ? [range(32)] : []),
    ),
    load: loadView(plan),
    sRange,
    mRange,
    sKeepRange: keepView(bytes.input).range,
    mKeepRange: keepView(bytes.logit + bytes.class).range,
    mKeepOnes: keepView(bytes.logit + bytes.class).ones,
    inputBytes: bytes.input,
    statusErrors: [
      weightStreams === null ? "1'b0" : '|weight_error_o',
      isLoadable(plan.layers) ? 'load_error_o' : "1'b0",
      'frame_error_o',
    ].join(', '),
    pending: isLoadable(plan.layers) ? '!(&load_settled)' : "1'b0",
    axil: axiLite ? axilView(plan, names) : null,
    coreReset,
    inputValid: axiLite ? 's_axis_tvalid && core_rst_n' : 's_axis_tvalid',
    inputReady: axiLite ? 'ready_axis' : 's_axis_tready',
    sMsb: 8 * bytes.input - 1,
    mMsb: 8 * (bytes.logit + bytes.class) - 1,
    unusedTdata: 8 * bytes.input > inBits,
    inBits,
    inMsb: inBits - 1,
    inputElements: plan.inputElements,
    streamFifoDepth: STREAM_FIFO_DEPTH,
    inputFork: forkView(plan, names, 0),
    layers: plan.layers.map((layer, i) => ({
      name: names.layers[i]!,
      instance: `u_${names.layers[i]!}`,
      module: names.layerModules[i]!,
      fork: forkView(plan, names, i + 1),
      weights: weights[i] ?? null,
      connections: parameters([
        ['clk_i', 'clk_i'],
        ['rst_ni', coreReset],
        ...portsOf(plan, i).flatMap(({ name, prefix }) => into(prefix, source(i, name))),
        ...outOf('out', {
          valid: `${names.layers[i]}_valid`,
          ready: `${names.layers[i]}_ready`,
          data: `${names.layers[i]}_data`,
        }),
        ...weightConnections(weights[i] ?? null),
        ...linkConnections(plan, i),
      ]),
      comments: [
        describe(layer.node, layerKind(layer.node).title(layer.node)),
        ...widthText(layer),
        ...(layer.kind === 'weighted' ? [weightText(layer)] : []),
        `${layer.kind === 'weighted' ? `PE ${layer.fold.pe}, SIMD ${layer.fold.simd}; ` : ''}${layerCycles(layer)} cycles a frame.`,
      ],
      outMsb: beatBits(plan, i + 1) - 1,
    })),
    lastLayer: names.layers.at(-1)!,
    logitBits,
    logitMsb: logitBits - 1,
    logitSigned: logitSigned ? 1 : 0,
    logitCount: plan.logitCount,
    logitTdataBits: 8 * bytes.logit,
    logitTdataMsb: 8 * bytes.logit - 1,
    logitExtension: extend(8 * bytes.logit - logitBits, logitSigned ? `logit[${logitBits - 1}]` : "1'b0"),
    classBits: plan.classBits,
    classMsb: plan.classBits - 1,
    classTopBit: 8 * bytes.logit + plan.classBits - 1,
    classEnd: 8 * bytes.logit + plan.classBits,
    classExtension: extend(8 * bytes.class - plan.classBits, "1'b0"),
    outputFifoBits: 1 + plan.classBits + logitBits,
  };
}
