/** View-models of the templates: what the plan says, as text. One function per template, no decisions. */
import type { IntFormat, IntShape } from '../fixed/types.js';
import { layerCycles } from './schedule/predict.js';
import { cyclesPerPixel } from './fold.js';
import {
  STREAM_FIFO_DEPTH,
  type LayerPlan,
  type Plan,
  type PoolPlan,
  type WeightedPlan,
  type WindowPlan,
} from './plan.js';
import { bitsOfInteger, concatBits, constant } from './text.js';

export interface Parameter {
  readonly name: string;
  readonly value: string;
  readonly last: boolean;
}

/** Lines that every generated file starts with. */
export interface Heading {
  readonly title: string;
  readonly origin: string;
}

type Shaped = Pick<LayerPlan['node'], 'name' | 'inputTensor' | 'outputTensor'>;

const LONGEST_KEYWORDED_RANGE = 8;

function parameters(list: readonly (readonly [name: string, value: string | number])[]): Parameter[] {
  return list.map(([name, value], i) => ({ name, value: String(value), last: i === list.length - 1 }));
}

function range(bits: number): string {
  return `[${bits - 1}:0]`;
}

/** Column in which port names start: the widest range and a space. */
function rangeWidth(...ranges: string[]): number {
  return Math.max(LONGEST_KEYWORDED_RANGE, ...ranges.map((text) => text.length + 1));
}

function shapeText({ height, width, channels }: IntShape): string {
  return `${height}x${width}x${channels}`;
}

function formatText({ bits, signed }: IntFormat): string {
  return `${signed ? 'signed' : 'unsigned'} ${bits}-bit`;
}

/** E.g. `Convolution 5x5, 28x28x1 (unsigned 8-bit) to 28x28x32 (unsigned 8-bit).` */
function describe(layer: LayerPlan): string {
  const { node } = layer;
  const what =
    node.kind === 'dense'
      ? 'Dense'
      : `${node.kind === 'conv' ? 'Convolution' : 'Max pool'} ${node.kernel.join('x')}, stride ${node.stride.join('x')}, ` +
        `padding ${node.padding.join(' ')},`;
  return (
    `${what} ${shapeText(node.inputTensor.shape)} (${formatText(node.inputTensor.format)}) to ` +
    `${shapeText(node.outputTensor.shape)} (${formatText(node.outputTensor.format)}).`
  );
}

function bitsPerWeight(layer: WeightedPlan): number {
  return layer.node.planes.reduce((sum, plane) => sum + plane.nIn / plane.nOut, 0);
}

function weightText(layer: WeightedPlan): string {
  const { nIn, nOut } = layer.node.planes[0]!;
  const planes = layer.node.planes.length;
  return (
    `N_in ${nIn}, N_out ${nOut}${planes > 1 ? `, ${planes} planes` : ''}: ${+bitsPerWeight(layer).toFixed(3)} bit/weight; ` +
    `${layer.memory.words} words of ${layer.memory.wordBits} bits, one every ${layer.memory.wordCycles} cycles.`
  );
}

function windowParameters(bits: number, window: WindowPlan): [string, string | number][] {
  return [
    ['Bits', bits],
    ['Height', window.input.height],
    ['Width', window.input.width],
    ['Channels', window.input.channels],
    ['KernelH', window.kernel[0]],
    ['KernelW', window.kernel[1]],
    ['StrideH', window.stride[0]],
    ['StrideW', window.stride[1]],
    ['PadTop', window.padding[0]],
    ['PadLeft', window.padding[1]],
    ['OutHeight', window.output.height],
    ['OutWidth', window.output.width],
    ['Rows', window.rows],
  ];
}

interface FeedView {
  readonly comment: string;
  readonly module: string;
  readonly instance: string;
  readonly parameters: readonly Parameter[];
}

function feedView(layer: WeightedPlan): FeedView | null {
  const { feed, fold, steps, node } = layer;
  const bits = node.inputTensor.format.bits;
  switch (feed.kind) {
    case 'direct':
      return null;
    case 'vector':
      return {
        comment: `// ${fold.simd} stretches of ${steps} elements; two frames deep.`,
        module: 'flexor_vector_buffer',
        instance: 'u_vector',
        parameters: parameters([
          ['Bits', bits],
          ['Size', node.windowSize],
          ['Simd', fold.simd],
          ['Steps', steps],
        ]),
      };
    case 'serial':
      return {
        comment: `// ${layer.window!.rows} image rows in one memory, ${node.windowSize} elements a window.`,
        module: 'flexor_window_serial',
        instance: 'u_window',
        parameters: parameters([
          ...windowParameters(bits, layer.window!),
          ['Simd', fold.simd],
          ['Steps', steps],
          ['PadValue', constant(new Uint8Array(bits))],
        ]),
      };
    case 'banked':
      return {
        comment: `// ${layer.window!.rows} image rows in banks; a lane is a ${feed.tapLanes ? 'kernel tap' : 'kernel row'}${feed.blocks > 1 ? `'s block of channels, ${feed.blocks} a tap` : ''}.`,
        module: 'flexor_window_banked',
        instance: 'u_window',
        parameters: parameters([
          ...windowParameters(bits, layer.window!),
          ['TapLanes', feed.tapLanes ? 1 : 0],
          ['Blocks', feed.blocks],
          ['Simd', fold.simd],
          ['Steps', steps],
        ]),
      };
  }
}

function engineParameters(layer: WeightedPlan, memoryFile: string): Parameter[] {
  const { node, fold, memory } = layer;
  const { nIn, nOut } = node.planes[0]!;
  return parameters([
    ['ActBits', node.inputTensor.format.bits],
    ['ActSigned', node.inputTensor.format.signed ? 1 : 0],
    ['Simd', fold.simd],
    ['Pe', fold.pe],
    ['Groups', layer.groups],
    ['Steps', layer.steps],
    ['Planes', node.planes.length],
    ['NIn', nIn],
    ['NOut', nOut],
    ['Matrices', constant(concatBits(...node.planes.map((plane) => plane.matrix)))],
    ['Slices', memory.slices],
    ['WordCycles', memory.wordCycles],
    ['Words', memory.words],
    ['Phases', constant(concatBits(...memory.phases.map((phase) => bitsOfInteger(phase, 16))))],
    ['HeadSlices', constant(memory.headSlices)],
    ['AccBits', layer.accBits],
    ['SumBits', layer.sumBits],
    ['MemFile', `"${memoryFile}"`],
  ]);
}

function requantiserParameters(layer: WeightedPlan, memoryFile: string): Parameter[] {
  const { node, scaledBits } = layer;
  const { output, multiplierBits } = node.requantiser;
  return parameters([
    ['Pe', layer.fold.pe],
    ['Groups', layer.groups],
    ['Planes', node.planes.length],
    ['ActSigned', node.inputTensor.format.signed ? 1 : 0],
    ['AccBits', layer.accBits],
    ['SumBits', layer.sumBits],
    ['DotBits', layer.dotBits],
    ['MulBits', multiplierBits],
    ['ScaledBits', scaledBits],
    ['Clamp', output === null ? 0 : 1],
    ['Shift', output?.shift ?? 0],
    ['Low', constant(bitsOfInteger(output?.low ?? 0, scaledBits))],
    ['High', constant(bitsOfInteger(output?.high ?? 0, scaledBits))],
    ['OutBits', node.outputTensor.format.bits],
    ['MemFile', `"${memoryFile}"`],
  ]);
}

function portRanges(node: Shaped, inBits: number) {
  const outBits = node.outputTensor.format.bits;
  return {
    inRange: range(inBits),
    outRange: range(outBits),
    outBits,
    outMsb: outBits - 1,
    widthWidth: rangeWidth(range(inBits), range(outBits)),
    streamFifoDepth: STREAM_FIFO_DEPTH,
  };
}

export function weightedView(
  layer: WeightedPlan,
  heading: Heading,
  module: string,
  files: { weights: string; scales: string },
) {
  const { node, fold } = layer;
  const actBits = node.inputTensor.format.bits;
  const groupBits = layer.sumBits + node.planes.length * fold.pe * layer.accBits;
  return {
    ...heading,
    ...portRanges(node, actBits),
    module,
    shapeText: describe(layer),
    weightText: weightText(layer),
    pe: fold.pe,
    simd: fold.simd,
    cyclesPerPixel: cyclesPerPixel(node, fold),
    cyclesPerFrame: layerCycles(layer),
    feed: feedView(layer),
    vectorMsb: fold.simd * actBits - 1,
    groupBits,
    groupMsb: groupBits - 1,
    groupFifoDepth: layer.groupFifoDepth,
    engineParameters: engineParameters(layer, files.weights),
    requantiserParameters: requantiserParameters(layer, files.scales),
  };
}

export function poolView(layer: PoolPlan, heading: Heading, module: string) {
  const { node, window, taps } = layer;
  const { bits, signed } = node.inputTensor.format;
  const lowest = signed ? -(2 ** (bits - 1)) : 0;
  return {
    ...heading,
    ...portRanges(node, bits),
    module,
    shapeText: describe(layer),
    cyclesPerFrame: layerCycles(layer),
    inMsb: bits - 1,
    windowParameters: parameters([
      ...windowParameters(bits, window),
      ['Simd', 1],
      ['Steps', taps * window.input.channels],
      ['PadValue', constant(bitsOfInteger(lowest, bits))],
    ]),
    poolParameters: parameters([
      ['Bits', bits],
      ['Signed', signed ? 1 : 0],
      ['Channels', window.input.channels],
      ['Taps', taps],
    ]),
  };
}

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

/** Bytes of the AXI4-Stream ports. */
export function portBytes(plan: Plan) {
  return {
    input: Math.ceil(plan.network.input.format.bits / 8),
    logit: Math.ceil(plan.logitFormat.bits / 8),
    class: Math.ceil(plan.classBits / 8),
  };
}

export function topView(
  plan: Plan,
  heading: Heading,
  module: string,
  layerModules: readonly string[],
  optionsText: string,
) {
  const bytes = portBytes(plan);
  const inBits = plan.network.input.format.bits;
  const { bits: logitBits, signed: logitSigned } = plan.logitFormat;
  const sRange = range(8 * bytes.input);
  const mRange = range(8 * (bytes.logit + bytes.class));
  const extend = (bits: number, bit: string) => (bits > 0 ? `{${bits}{${bit}}}` : '');
  return {
    ...heading,
    module,
    optionsText,
    table: layerTable(plan),
    widthWidth: rangeWidth(sRange, mRange),
    sRange,
    mRange,
    sMsb: 8 * bytes.input - 1,
    mMsb: 8 * (bytes.logit + bytes.class) - 1,
    unusedTdata: 8 * bytes.input > inBits,
    inBits,
    inMsb: inBits - 1,
    inputElements: plan.inputElements,
    streamFifoDepth: STREAM_FIFO_DEPTH,
    layers: plan.layers.map((layer, i) => ({
      name: layer.node.name,
      module: layerModules[i]!,
      source: layer.node.input,
      comments: [
        describe(layer),
        ...(layer.kind === 'weighted' ? [weightText(layer)] : []),
        `${layer.kind === 'weighted' ? `PE ${layer.fold.pe}, SIMD ${layer.fold.simd}; ` : ''}${layerCycles(layer)} cycles a frame.`,
      ],
      outMsb: layer.node.outputTensor.format.bits - 1,
    })),
    lastLayer: plan.layers.at(-1)!.node.name,
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

export function simTopView(plan: Plan, heading: Heading, top: string) {
  const bytes = portBytes(plan);
  const sRange = range(8 * bytes.input);
  const mRange = range(8 * (bytes.logit + bytes.class));
  const streams = [
    { name: 'input', format: plan.network.input.format },
    ...plan.layers.map(({ node }) => ({ name: node.name, format: node.outputTensor.format })),
  ];
  const probeRange = range(streams.length);
  const probeDataRange = range(64 * streams.length);
  return {
    ...heading,
    top,
    sRange,
    mRange,
    probeRange,
    probeDataRange,
    widthWidth: rangeWidth(sRange, mRange, probeRange, probeDataRange),
    streams: streams.map(({ name, format: { bits, signed } }, index) => ({
      index,
      name,
      high: 64 * index + 63,
      low: 64 * index,
      data: `{{${64 - bits}{${signed ? `u_top.${name}_data[${bits - 1}]` : "1'b0"}}}, u_top.${name}_data}`,
    })),
  };
}
